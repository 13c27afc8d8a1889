#!/bin/sh
# grade_mutants.sh -- operator mutants of the reference solutions: each must lose points and get a question.
# usage: grade_mutants.sh BUILD_DIR       (about 400 submissions; part of check-long)
# Mutants that cannot matter stand in tests/homework/equivalent.tsv with the reason.
set -u
cd "$(dirname "$0")/.." || exit 2
B=$1
solutions=${SOLUTIONS:-tests/homework/solutions}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 equivalent=0
for hw in hw01 hw02 hw03 inclass selfcheck widgets; do
    awk -f tests/homework/operator_mutants.awk -v hw=$hw -v answers="$solutions/$hw/answers.txt" -v out="$work/$hw" "$solutions/$hw/$hw.c"
    "$B/grade" class --hw $hw --submissions "$work/$hw" --out "$work/out" --server "$B/grade_server" > "$work/log" 2>&1 || { cat "$work/log"; exit 1; }
    while IFS='	' read -r id function what line; do
        result=$work/out/students/$id/result.json
        line=$(echo "$line" | sed 's/^ *//')
        if awk -F'\t' -v f="$function" -v w="$what" -v l="$line" '$1 == f && $2 == w && $3 == l {found = 1} END {exit !found}' tests/homework/equivalent.tsv; then equivalent=$((equivalent + 1)); continue; fi
        if grep -qE '"state":	"(wrong|part)"' "$result" && { grep -q '"signature"' "$result" || grep -q '"why":	"at \|"compiled":	false' "$result"; }; then passed=$((passed + 1))
        else failed=$((failed + 1)); printf 'survives: %s\t%s\t%s\n' "$function" "$what" "$line"; fi
    done < "$work/$hw.tsv"
    rm -rf "$work/out"
done
echo "$equivalent mutants are listed as equivalent"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
