#!/bin/sh
# bench.sh -- wall time (median of five) and peak memory of every lesson; never part of a test.
# usage: bench.sh BUILD_DIR       (memory needs Debian's package time)
set -u
B=$1
printf '%-10s %10s %10s\n' lesson seconds 'MB (peak)'
for program in "$B"/lessons/lesson[0-9][0-9]; do
    seconds=$(for i in 1 2 3 4 5; do
        start=$(date +%s.%N); "$program" > /dev/null 2>&1; end=$(date +%s.%N)
        echo "$end $start" | awk '{printf "%.3f\n", $1 - $2}'
    done | sort -n | sed -n 3p)
    memory='?'
    if [ -x /usr/bin/time ]; then
        memory=$(/usr/bin/time -f %M "$program" 2>&1 > /dev/null | tail -1 | awk '{printf "%.0f", $1 / 1024}')
    fi
    printf '%-10s %10s %10s\n' "$(basename "$program")" "$seconds" "$memory"
done
