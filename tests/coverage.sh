#!/bin/sh
# coverage.sh -- line coverage of src/check, theory, data, net, train, derive and grade by tests that assert.
# (The confinement of src/grade runs in a child that becomes another program, where no counter survives:
# confine.c and sandbox.c are left out; tests/test_grade_hostile.sh is their test.)
# usage: coverage.sh BUILD_DIR       (built with COV=1)
# A line that no test reaches must stand in tests/uncovered.tsv with the reason.  What is compiled several
# times (two types, several instruction sets) is reached when one of its objects reaches it.
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
    "$lesson" --quick --out "$work" --json "$work/j.json" ${MNIST_DIR:+--mnist "$MNIST_DIR"} > "$work/log" 2>&1 || { echo "$lesson fails"; exit 1; }
done
[ -x "$B/ddpm" ] && "$B/ddpm" table > /dev/null
for t in tests/test_grade_class.sh tests/test_grade_variants.sh tests/test_grade_hostile.sh; do
    SAN= "$t" "$B" > "$work/log" 2>&1 || { echo "$t fails"; tail -5 "$work/log"; exit 1; }
done
passed=0 failed=0 total=0 reached=0
for file in src/check/*.c src/theory/*.c src/data/*.c src/net/*.c src/train/*.c src/derive/*.c src/grade/*.c src/net/vector.h; do
    case $file in */confine.c | */sandbox.c) continue ;; esac
    unit=${file%.c}
    [ "$file" = src/net/vector.h ] && unit=src/net/kernel_gemm
    for notes in "$B/$unit.gcno" "$B/${unit}_double.gcno" "$B/$unit"_baseline*.gcno "$B/$unit"_avx*.gcno; do
        [ -f "$notes" ] && gcov -t -o "$(dirname "$notes")" "$(basename "$notes" .gcno).c" 2> /dev/null
    done | awk -F: -v f="$file" '
        $3 == "Source:" || /Source:/ {own = index($0, f) > 0}
        own && $2 + 0 > 0 {count = $1; gsub(/[ *]/, "", count); text = $0; sub(/^[^:]*:[^:]*:/, "", text); gsub(/^[ \t]+|[ \t]+$/, "", text);
            if (count == "-") next
            line = $2 + 0; of[line] = text; if (count != "#####" && count != "=====") hit[line] = 1}
        END {for (line in of) print (line in hit ? "HIT" : "MISS") "\t" f "\t" line "\t" of[line]}' | sort -t "$(printf '\t')" -k3,3n >> "$work/lines"
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
