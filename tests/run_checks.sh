#!/bin/sh
# run_checks.sh -- runs all tests, two at a time; prints `ok name` or the failing log; last line
# `N passed, N failed`.
# usage: run_checks.sh BUILD_DIR
set -u
B=$1
work=build/check
rm -rf "$work" && mkdir -p "$work" || exit 2

# name and command, one per line; the longest first, so that none is left over at the end
jobs()
{
    echo "golden tests/golden.sh $B"
    if [ -z "${SAN:-}" ]; then # golden runs all lessons; preloads do not mix with ASan; the others take minutes
        echo "test_independence tests/test_independence.sh $B"
        echo "test_figures tests/test_figures.sh $B"
        echo "seeds tests/seeds.sh $B ${SEEDS:-1} 101"
        echo "test_grade_variants tests/test_grade_variants.sh $B"
    fi
    for t in "$B"/tests/test_*; do
        case $t in *.o | *.d | *.gcno | *.gcda) continue ;; esac
        if [ -n "${SAN:-}" ] && [ "$(basename "$t")" = test_quality ]; then continue; fi # trains for minutes there
        echo "$(basename "$t") $t"
    done
    for t in tests/test_*.sh; do
        name=$(basename "$t" .sh)
        case $name in
            test_independence | test_figures | test_grade_variants) ;;
            test_eval_images) if [ -z "${SAN:-}" ]; then echo "$name $t $B"; fi ;;
            test_fetch_mnist) echo "$name $t $B/tests/http_server" ;;
            *) echo "$name $t $B" ;;
        esac
    done
}
cat > "$work/one" <<'ONE'
name=$1 work=$2; shift 2
begin=$(date +%s)
"$@" > "$work/$name.log" 2>&1
status=$?
echo "$status" > "$work/$name.status"
case $status in
    0) echo "ok      $name ($(($(date +%s) - begin)) s)" ;;
    77) echo "skipped $name: $(tail -n 1 "$work/$name.log")" ;;
    *) echo "FAILED  $name (exit status $status)"; tail -n 40 "$work/$name.log" | sed 's/^/        /' ;;
esac
ONE
jobs | xargs -P 2 -L 1 sh -c 'name=$1; shift; sh "$0" "$name" '"$work"' "$@"' "$work/one"

# What each log counts: `N passed, N failed` as its last line, or cmocka's summary, or the exit status.
passed=0 failed=0 skipped=0
for log in "$work"/*.log; do
    name=$(basename "$log" .log)
    status=$(cat "$work/$name.status")
    if [ "$status" = 77 ]; then skipped=$((skipped + 1)); continue; fi
    counted=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed.*/\1 \2/p' "$log" | tail -n 1)
    if [ -z "$counted" ]; then
        ok=$(sed -n 's/.*\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$log" | awk '{n += $1} END {print n + 0}')
        bad=$(grep '^\[  FAILED  \] [^0-9]' "$log" | sort -u | wc -l)
        counted="$ok $bad"
    fi
    set -- $counted
    if [ "$status" != 0 ] && [ "$2" = 0 ]; then set -- "$1" 1; fi
    if [ "$status" = 0 ] && [ "$1" = 0 ]; then echo "FAILED  $name: it tested nothing"; set -- 0 1; fi
    passed=$((passed + $1)) failed=$((failed + $2))
done
if [ $skipped -gt 0 ]; then echo "$passed passed, $failed failed, $skipped skipped"; else echo "$passed passed, $failed failed"; fi
[ $failed -eq 0 ]
