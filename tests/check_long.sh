#!/bin/sh
# check_long.sh -- what takes longer than `make check`: valgrind, coverage, many seeds, mutants.
# usage: check_long.sh BUILD_DIR COVERAGE_BUILD_DIR
set -u
B=$1 C=$2
passed=0 failed=0
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
judge()
{
    if [ "$1" = 0 ]; then passed=$((passed + 1)) && echo "ok      $2"; return 0; fi
    failed=$((failed + 1))
    echo "FAILED  $2"
    return 1
}

for program in "$B"/lessons/lesson[0-9][0-9]; do
    valgrind -q --leak-check=full --error-exitcode=9 "$program" --quick --mnist none --out "$work" > "$work/log" 2>&1
    judge $? "valgrind $(basename "$program")" || tail -20 "$work/log"
done
for program in test_schedule test_theory test_quad test_idx test_derive test_checkpoint test_checkpoint_faults test_half \
               test_act test_adam test_gemm test_dense test_mlp test_network; do
    valgrind -q --leak-check=full --error-exitcode=9 "$B/tests/$program" > "$work/log" 2>&1
    judge $? "valgrind $program" || tail -20 "$work/log"
done
for how in "bwrap here" "landlock here" "bwrap user" "landlock user"; do
    tests/test_grade_hostile.sh "$B" $how > "$work/log" 2>&1; judge $? "hostile submissions, $how" || tail -20 "$work/log"
done
for salt in 1 2 3; do
    SALT=$salt-$(date +%s) tests/test_grade_variants.sh "$B" > "$work/log" 2>&1; judge $? "variants of submissions, fresh seeds" || tail -20 "$work/log"
done
tests/grade_mutants.sh "$B" > "$work/log" 2>&1; judge $? "operator mutants of the homework solutions" || tail -20 "$work/log"
tests/coverage.sh "$C"; judge $? coverage
tests/seeds.sh "$B" "${N:-200}"; judge $? "seeds"
make -s fuzz > "$work/log" 2>&1; judge $? "fuzz" || tail -20 "$work/log"
tests/mutants.sh "$B"; judge $? "mutants"
tests/mutants_units.sh "$B"; judge $? "mutants of src/net and src/train"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
