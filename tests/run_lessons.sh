#!/bin/sh
# run_lessons.sh -- runs all lessons up to a number and prints a summary table.
# usage: run_lessons.sh BUILD_DIR UPTO     (LESSON_FLAGS, FORMAT, SIZE from the environment)
set -u
B=$1 upto=$2
data=${DATA:-build/data}
mkdir -p "$data" build/report
list=
for program in "$B"/lessons/lesson[0-9][0-9]; do
    n=$(basename "$program" | sed 's/lesson0*//')
    if [ "$n" -le "$upto" ]; then list="$list $program"; fi
done
set -- $list
claims=$(for p; do "$p" --list; done | wc -l)
echo "$# lessons, $claims claims"
printf '%-10s %-34s %7s %7s %7s\n' lesson '' passed failed skipped
plots=$(for p; do ls plots/"$(basename "$p")"*.gp; done)
status=0 passed=0 failed=0 skipped=0
for program; do
    name=$(basename "$program")
    log=build/report/$name.txt
    # shellcheck disable=SC2086
    "$program" --out "$data" ${LESSON_FLAGS:-} > "$log" 2> "$log.err" || status=1
    if [ -s "$log.err" ]; then cat "$log.err" >&2; fi
    title=$(sed -n '1s/^Lesson [0-9]*\.  //p' "$log" | cut -c1-34)
    set -- $(tail -n 1 "$log" | sed 's/[^0-9 ]//g') 0 0 0
    printf '%-10s %-34s %7s %7s %7s\n' "$name" "$title" "$1" "$2" "$3"
    passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
    if [ "$2" -gt 0 ]; then grep -n FAILED "$log" | head -5; fi
done
plots/draw.sh $plots > build/report/figures.txt || status=1
grep -cE '^figure  [^ ]+$' build/report/figures.txt | sed 's/$/ figures in build\/figures/'
grep 'not drawn' build/report/figures.txt | head -1
echo "transcripts in build/report; one lesson: make lesson04"
if [ "$skipped" -gt 0 ]; then echo "$passed passed, $failed failed, $skipped skipped"; else echo "$passed passed, $failed failed"; fi
exit $status
