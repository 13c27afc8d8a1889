#!/bin/sh
# golden.sh -- compares each lesson's transcript with tests/golden, or accepts it (bless).
# usage: golden.sh BUILD_DIR [bless]
# Masked, because they may differ in the last place between machines: how far below its tolerance a
# comparison stayed, how large a control was, and standard errors to one decimal.  A lesson that trains
# a network runs --quick; what it measured, and the numbers drawn from it, are not compared.
set -u
B=$1
here=$(dirname "$0")/golden
passed=0 failed=0
mask()
{
    sed -E -e 's/[0-9.e+-]+ of the tolerance [0-9.e+-]+/# of the tolerance/; s/  exact$/  # of the tolerance/' \
        -e 's/rejected: [0-9.e+-]+ tolerances/rejected: # tolerances/; s/rejected: inf tolerances/rejected: # tolerances/' \
        -e 's/[0-9.]+ standard errors \(/# standard errors (/; s/ +# of/ # of/; s/ +rejected:/ rejected:/'
}
trained() { sed -E 's/^  measured .*/  measured  #/' | awk '/^  number /{skip = 1; next} skip && /^            /{next} {skip = 0; print}'; }
for program in "$B"/lessons/lesson[0-9][0-9]; do
    name=$(basename "$program")
    quick= last=cat
    if grep -q lesson_steps lessons/"$name"*.c; then quick=--quick last=trained; fi
    work=$(mktemp) || exit 2
    "$program" --mnist none $quick > "$work" 2>&1
    status=$?
    if [ "${2:-}" = bless ]; then
        mask < "$work" | $last > "$here/$name.txt"
        echo "blessed $here/$name.txt"
    elif [ $status -eq 0 ] && [ -f "$here/$name.txt" ] && mask < "$work" | $last | diff -u "$here/$name.txt" - > "$work.diff"; then
        passed=$((passed + 1))
        echo "ok - $name"
    else
        failed=$((failed + 1))
        echo "not ok - $name (exit status $status)"
        if [ ! -f "$here/$name.txt" ]; then echo "no golden transcript: make bless"; else head -40 "$work.diff"; fi
    fi
    rm -f "$work" "$work.diff"
done
[ "${2:-}" = bless ] || echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
