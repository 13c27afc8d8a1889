#!/bin/sh
# test_derive_docs.sh -- the formulas of the lessons' pages hold; docs/derive.md tells of the documents'
# displays what the checker says today.
# usage: test_derive_docs.sh BUILD_DIR [bless]
set -u
B=$1
cd "$(dirname "$0")/.." || exit 2
. tests/judge.sh
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

for page in docs/lesson[0-9][0-9].md docs/notation.md; do
    "$B/derive" "$page" > "$work/log" 2>&1
    judge $? "$page has a formula that does not hold"
    [ -s "$work/log" ] && grep -E "WRONG|undecided:|understood:" "$work/log"
done

# The tutorial shows what the program prints.
for file in hw3.tex elbo.md kl.txt; do
    (cd tests/derive/tutorial && case $B in /*) "$B/derive" --all "$file" ;; *) "../../../$B/derive" --all "$file" ;; esac) > "$work/log"
    missing=$(while IFS= read -r line; do grep -qF -e "$line" docs/derive.md || echo "$line"; done < "$work/log")
    [ -z "$missing" ]; judge $? "docs/derive.md shows something else than: $missing"
done

# Each table stands between `<!-- table: FILE -->` and `<!-- end -->`.
tables()
{
    awk -v B="$B" '/^<!-- table: / {print; file = $3; while ((("\"" B "/derive\" --table tests/derive/documents/" file) | getline line) > 0) print line; skip = 1; next}
        /^<!-- end -->/ {skip = 0} !skip {print}' docs/derive.md
}
tables > "$work/derive.md"
if [ "${2:-}" = bless ]; then cp "$work/derive.md" docs/derive.md; echo "blessed docs/derive.md"; fi
diff -u docs/derive.md "$work/derive.md"
judge $? "the tables of docs/derive.md are not what the checker says: tests/test_derive_docs.sh $B bless"
for file in tests/derive/documents/*; do
    grep -q "<!-- table: $(basename "$file") -->" docs/derive.md; judge $? "docs/derive.md has no table of $file"
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
