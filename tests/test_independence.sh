#!/bin/sh
# test_independence.sh -- every lesson's references stand still when the formula under test is poisoned.
# usage: test_independence.sh BUILD_DIR [LESSON]
set -u
B=$1
passed=0 failed=0
LD_LIBRARY_PATH=$B/pic # $ORIGIN needs /proc, which a bare chroot lacks
export LD_LIBRARY_PATH
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
ls "$B"/pic/lessons/lesson${2:-[0-9][0-9]} | xargs -P 2 -I{} sh -c '"$1"/tests/independence "$2" "$1"/pic/poison.so > "$3/$(basename "$2")" 2>&1' _ "$B" {} "$work"
for log in "$work"/lesson*; do
    last=$(tail -n 1 "$log")
    grep -H 'not ok' "$log" | sed "s|$work/||"
    case $last in
        *passed,*failed) set -- $last; passed=$((passed + $1)) failed=$((failed + $3)) ;;
        *) failed=$((failed + 1)); cat "$log" ;;
    esac
    [ "${V:-}" ] && echo "$(basename "$log"): $(sed -n 's/ formulas poisoned//p' "$log") formulas, $last"
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
