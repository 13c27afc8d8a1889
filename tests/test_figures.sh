#!/bin/sh
# test_figures.sh -- every figure can be drawn in every format, silently, and again with the same bytes.
# usage: test_figures.sh BUILD_DIR          the lessons are BUILD_DIR/lessons/lessonNN
set -u
formats='png svg tex pdf dumb'

# One figure in all formats; called by xargs below: --figure NAME WORK
one_figure()
{
    name=$1 work=$2
    if [ -s "plots/$name.txt" ]; then echo "ok $name has a caption"; else echo "not ok $name has no caption plots/$name.txt"; fi
    for format in $formats; do
        for run in first second; do
            if ! DATA="$work/data" FIGURES="$work/$run/$name" FORMAT=$format plots/draw.sh "plots/$name.gp" \
                > "$work/$name.out" 2> "$work/$name.err" || [ -s "$work/$name.err" ]; then
                echo "not ok $name in $format, $run run: $(head -n 3 "$work/$name.err" | tr '\n' ' ')"
                continue 2
            fi
        done
        check_files
    done
    if [ -n "$(find "$work/first/$name" "$work/second/$name" -name '.draw*' 2> /dev/null)" ]; then
        echo "not ok $name: a half-drawn figure was left behind"
    fi
}

# Both runs of $name in $format: there, not empty, the same bytes; the caption beside it.
check_files()
{
    files=$name.$format
    if [ "$format" = tex ]; then files="$name.tex $name.pdf"; fi
    if [ -f "plots/$name.txt" ]; then files="$files $name.txt"; fi
    for file in $files; do
        if [ ! -s "$work/first/$name/$file" ]; then echo "not ok $name in $format: $file is missing or empty"; return; fi
        if ! cmp -s "$work/first/$name/$file" "$work/second/$name/$file"; then
            echo "not ok $name in $format: $file differs in a second run"
            return
        fi
    done
    echo "ok $name in $format, twice, $files"
}

if [ "${1:-}" = --figure ]; then
    one_figure "$3" "$2"
    exit 0
fi

B=${1:?usage: test_figures.sh BUILD_DIR}
if ! command -v gnuplot > /dev/null; then
    echo SKIP
    exit 77
fi
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
mkdir "$work/data"

# expect DESCRIPTION STATUS PATTERN COMMAND...: exit status and one line of the output
expect()
{
    what=$1 status=$2 pattern=$3
    shift 3
    output=$("$@" 2>&1)
    got=$?
    if [ $got = "$status" ] && echo "$output" | grep -q -e "$pattern"; then echo "ok $what"
    else echo "not ok $what: exit status $got, said: $output"; fi
}

# The two numbers of a PNG header.
png_size()
{
    od -A n -t u1 -j 16 -N 8 "$1" | awk '{print ($1 * 16777216 + $2 * 65536 + $3 * 256 + $4) "x" ($5 * 16777216 + $6 * 65536 + $7 * 256 + $8)}'
}

# The lessons' data, two lessons at a time.
figures=$(cd plots && ls ./*.gp | sed 's|^\./||; s|\.gp$||' | grep -v '^style$')
numbers=$(echo "$figures" | sed -n 's/^lesson\([0-9][0-9]\).*/\1/p' | sort -u)
for n in $numbers; do echo "lesson$n"; done |
    xargs -P 2 -I{} sh -c '"$1/lessons/$2" --quick --mnist none --out "$3/data" > "$3/$2.log" 2>&1 || echo "not ok $2 did not run to its end"' _ "$B" {} "$work" > "$work/results"

for f in $figures; do echo "$f"; done | xargs -P 2 -n 1 "$0" --figure "$work" >> "$work/results"

# Usage, on the first figure.
some=plots/$(echo "$figures" | head -n 1).gp
one=$(basename "$some" .gp)
export DATA="$work/data" FIGURES="$work/usage"
{
    expect 'an unknown format is refused' 2 'expected png, svg, pdf, tex' env FORMAT=jpg plots/draw.sh "$some"
    expect 'an unusable size is refused' 2 'expected width,height' env SIZE=8cm plots/draw.sh "$some"
    expect 'an unknown figure is refused' 2 'no such figure' plots/draw.sh plots/lesson99.gp
    expect 'missing data are named, with the way to get them' 2 'run `make lesson' env DATA="$work/usage" plots/draw.sh "$some"
    expect 'SIZE in centimetres' 0 "$one.png" env SIZE=8cm,6cm plots/draw.sh "$some"
    expect '8 cm are 640 pixels' 0 '^640x' png_size "$FIGURES/$one.png"
    expect 'SIZE in pixels' 0 "$one.png" env SIZE=1200,800 plots/draw.sh "$some"
    expect 'as many pixels as asked for' 0 '^1200x' png_size "$FIGURES/$one.png"
    expect 'SHOW draws in the terminal' 0 '[-+|]  *[-+|*]' env SHOW=1 plots/draw.sh "$some"

    mkdir "$work/bin"
    for tool in sh env dirname basename grep sed tr cut cat cp mv rm mkdir mktemp head sort awk; do
        ln -s "$(command -v $tool)" "$work/bin/$tool"
    done
    expect 'without gnuplot: how to get it' 0 'make setup' env PATH="$work/bin" plots/draw.sh "$some"
} >> "$work/results" 2>&1

grep '^not ok' "$work/results"
passed=$(grep -c '^ok' "$work/results")
failed=$(grep -c '^not ok' "$work/results")
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
