#!/bin/sh
# coverage.sh -- line coverage of src/check, src/theory, src/data and src/derive by tests that assert.
# usage: coverage.sh BUILD_DIR       (built with COV=1)
# A line that no test reaches must stand in tests/uncovered.tsv with the reason.
set -u
B=$1
find "$B" -name '*.gcda' -delete
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
for t in "$B"/tests/test_*; do
    case $t in *.o | *.d | *.gcno | *.gcda) continue ;; esac
    "$t" > "$work/log" 2>&1 || { echo "$t fails"; tail -5 "$work/log"; exit 1; }
done
for lesson in "$B"/lessons/lesson[0-9][0-9]; do
    "$lesson" --out "$work" --json "$work/j.json" ${MNIST_DIR:+--mnist "$MNIST_DIR"} > "$work/log" 2>&1 || { echo "$lesson fails"; exit 1; }
done
[ -x "$B/ddpm" ] && "$B/ddpm" table > /dev/null
passed=0 failed=0 total=0 reached=0
for file in src/check/*.c src/theory/*.c src/data/*.c src/derive/*.c; do
    gcov -t -o "$B/$(dirname "$file")" "$file" 2> /dev/null | awk -F: -v f="$file" '
        $3 == "Source:" || /Source:/ {own = index($0, f) > 0}
        own && $2 + 0 > 0 {count = $1; gsub(/[ *]/, "", count); text = $0; sub(/^[^:]*:[^:]*:/, "", text); gsub(/^[ \t]+|[ \t]+$/, "", text);
            if (count != "-") print (count == "#####" || count == "=====" ? "MISS" : "HIT") "\t" f "\t" $2 + 0 "\t" text}' >> "$work/lines"
done
total=$(wc -l < "$work/lines")
reached=$(grep -c '^HIT' "$work/lines")
awk -F'\t' 'FNR == NR {if ($0 !~ /^#/) why[$1 FS $2] = $3; next}
    $1 == "MISS" {key = $2 FS $4; if (key in why) known++; else {print $2 ":" $3 ": no test reaches: " $4; bad++}}
    END {printf "%d lines are listed in tests/uncovered.tsv\n", known + 0; exit bad > 0}' tests/uncovered.tsv "$work/lines"
status=$?
awk -v r="$reached" -v t="$total" 'BEGIN {printf "%d of %d lines reached, %.2f %%\n", r, t, 100 * r / t}'
if [ $status -eq 0 ]; then echo "1 passed, 0 failed"; else echo "0 passed, 1 failed"; fi
exit $status
