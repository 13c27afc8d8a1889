#!/bin/sh
# copy.sh -- gives a student a copy of an assignment; never overwrites what is there.
# usage: copy.sh WORK ASSIGNMENT
set -u
work=$1 name=$2 from=lessons/homework
mkdir -p "$work/$name" || exit 2
for file in "$name.c" answers.txt; do
    [ -e "$work/$name/$file" ] && continue
    cp "$from/$name/$file" "$work/$name/$file" || exit 2
    echo "new: $work/$name/$file"
done
# Headers and text are refreshed: they are ours.
cp "$from/noise.h" "$from/$name/$name.h" "$from/$name/README.md" "$work/$name/"
