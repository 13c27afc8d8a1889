#!/bin/sh
# test_layers.sh -- the rooms of src/ and what they may include; headers alone; docs and registry agree.
# usage: test_layers.sh BUILD_DIR
set -u
cd "$(dirname "$0")/.." || exit 2
. tests/judge.sh

# What a room may include, besides itself (docs/design.md).
allowed()
{
    case $1 in
        check | net) echo "$1" ;;
        data) echo "data net" ;; # addressed random numbers, digests
        theory) echo "theory check" ;;
        train) echo "train theory net data check" ;;
        derive) echo "derive theory check" ;;
        grade) echo "grade theory check derive" ;;
        grade_server) echo "grade grade_server" ;;
        *) echo "check theory net data train derive grade $1" ;; # programs
    esac
}
rooms()
{
    for room in src/*/; do
        room=$(basename "$room")
        may=" $(allowed "$room") "
        for file in src/"$room"/*.c src/"$room"/*.h; do
            [ -f "$file" ] || continue
            for target in $(sed -n 's/^#include "\([a-z0-9_]*\)\/.*/\1/p' "$file"); do
                case $may in *" $target "*) ;; *) echo "$file includes $target" ;; esac
            done
            grep -nE '#include "(\.\./|lessons|tests)' "$file"
            for target in $(sed -n 's/^#include "\([a-z0-9_]*\.h\)".*/\1/p' "$file"); do # without a room: of the homework
                if [ "$room" = grade_server ]; then ls lessons/homework/$target lessons/homework/*/$target 2> /dev/null | grep -q .; else false; fi ||
                    echo "$file includes $target"
            done
        done
    done
}
upward=$(rooms); [ -z "$upward" ]; judge $? "an upward include: $upward"

flags="-std=c11 -D_POSIX_C_SOURCE=200809L -Isrc $(pkg-config --cflags gsl libcjson 2> /dev/null)"
for header in src/*/*.h; do
    echo "#include \"${header#src/}\"" | ${CC:-gcc} $flags -fsyntax-only -x c - 2> /dev/null
    judge $? "$header does not compile alone"
done

# Every .c of a room that has a header of its name includes it first.
for file in src/*/*.c; do
    header=${file%.c}.h
    [ -f "$header" ] || continue
    first=$(sed -n 's/^#include //p' "$file" | head -1)
    [ "$first" = "\"${header#src/}\"" ]; judge $? "$file does not include its own header first"
done

# Every public function of the theory that returns numbers can be poisoned (tests/poison.c).
for name in $(sed -n 's/^\(double\|void\) \([a-z0-9_]*\)(.*/\2/p' src/theory/*.h | grep -v -e _free -e schedule_); do
    grep -q "\b$name\b" tests/poison.c; judge $? "tests/poison.c cannot poison $name"
done

for file in lessons/lesson[0-9][0-9]_*.c; do
    n=$(basename "$file" | sed 's/lesson\([0-9][0-9]\).*/\1/')
    [ -f "docs/lesson$n.md" ]; judge $? "docs/lesson$n.md is missing"
    ls plots/lesson"$n"*.gp > /dev/null 2>&1; judge $? "lesson $n has no figure"
    [ -f "tests/golden/lesson$n.txt" ]; judge $? "lesson $n has no golden transcript"
    grep -q "lesson$n" README.md; judge $? "README.md does not mention lesson$n"
done

# Files stay readable in one sitting (docs/style.md): hard bounds, generous.
for file in src/*/*.c lessons/*.c; do
    case $file in */misprint*.c) continue ;; esac # a table
    [ "$(wc -l < "$file")" -le 340 ]; judge $? "$file has more than 340 lines"
done
for file in src/*/*.[ch] lessons/*.[ch]; do
    long=$(awk 'length > 120' "$file" | wc -l); [ "$long" -eq 0 ]; judge $? "$file has $long lines over 120 columns"
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
