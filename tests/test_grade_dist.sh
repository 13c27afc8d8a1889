#!/bin/sh
# test_grade_dist.sh -- the zip for Gradescope holds all that the grader is built from, asks for every library
# it uses, and grades.
# usage: test_grade_dist.sh BUILD_DIR       (which is not used: the grader is built from the zip)
set -u
cd "$(dirname "$0")/.." || exit 2
. tests/judge.sh
for tool in zip unzip; do command -v $tool > /dev/null || { echo "$tool is not installed"; exit 77; }; done
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
unset MAKEFLAGS MFLAGS MAKELEVEL SAN COV WERROR # CC=clang or SAN=1 is meant for others
name=hw03 solutions=tests/homework/solutions at=$work/autograder

mkdir -p "$at/source" "$work/bin" "$work/hidden"
src/grade_main/gradescope.sh $name $solutions word "$work/$name.zip" > "$work/log" 2>&1; judge $? "make dist: $(cat "$work/log")"
unzip -q "$work/$name.zip" -d "$at/source"; judge $? "the zip cannot be unpacked"
for program in setup.sh run_autograder; do
    [ -x "$at/source/$program" ]; judge $? "the zip has no program $program"
    sed "s|/autograder|$at|g" "$at/source/$program" > "$work/$program"
done

# setup.sh, with an apt-get that notes what it is asked for.  What only other programs of the project need
# is hidden, as it is on a machine that has nothing else.
printf '#!/bin/sh\necho "$*" >> "%s"\n' "$work/packages" > "$work/bin/apt-get"; chmod 755 "$work/bin/apt-get"
for header in png.h gif_lib.h cmocka.h; do echo "#error \"$header is not installed there\"" > "$work/hidden/$header"; done
PATH=$work/bin:$PATH CPATH=$work/hidden CFLAGS=-O0 sh "$work/setup.sh" > "$work/log" 2>&1; judge $? "setup.sh fails: $(tail -5 "$work/log")"

# Every library that is linked is in a package that setup.sh installs.
package()
{
    case $1 in
        gsl | gslcblas) echo libgsl-dev ;;
        cjson) echo libcjson-dev ;;
        z) echo zlib1g-dev ;;
        m | dl) echo libc6-dev ;;
        *) echo "lib$1-dev" ;;
    esac
}
libraries=$(make -C "$at/source" -B -n grader | grep -o -e ' -l[a-z0-9]*' | sort -u)
[ -n "$libraries" ]; judge $? "no library is linked"
for library in $libraries; do
    grep -q -e " $(package "${library#-l}")\( \|$\)" "$work/packages"; judge $? "setup.sh does not install $(package "${library#-l}")"
done

# run_autograder gives the solution every point.
mkdir -p "$at/submission" "$at/results" && cp $solutions/$name/* "$at/submission/"
echo '{"users": [{"email": "ann@x"}]}' > "$at/submission_metadata.json"
sh "$work/run_autograder" > "$work/log" 2>&1; judge $? "run_autograder fails: $(tail -5 "$work/log")"
all=$(machine $name)
grep -q "\"score\":	$all," "$at/results/results.json"; judge $? "the solution does not get $all points: $(head -3 "$at/results/results.json")"

# The confinement can be chosen, the points are told, a misspelt word is refused.
src/grade_main/gradescope.sh $name $solutions "" "$work/none.zip" none > "$work/log" 2>&1
grep -q "worth $all points (salt: ddpm-lessons, confinement: none)" "$work/log"; judge $? "make dist CONFINE=none: $(cat "$work/log")"
unzip -p "$work/none.zip" run_autograder | grep -q -e '--confine none$'; judge $? "CONFINE=none does not reach run_autograder"
src/grade_main/gradescope.sh $name $solutions "" "$work/bad.zip" castle 2> "$work/err"; [ $? = 2 ] && [ ! -e "$work/bad.zip" ] && grep -q 'CONFINE is auto' "$work/err"; judge $? "CONFINE=castle: $(cat "$work/err")"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
