#!/bin/sh
# test_widget.sh -- the denoiser widget: what every key shows, read off the frames of gnuplot's text terminal.
# usage: test_widget.sh BUILD_DIR
set -u
cd "$(dirname "$0")/.." || exit 2
B=$1
if ! command -v gnuplot > /dev/null; then
    echo "SKIP: gnuplot is not installed"
    exit 77
fi
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
. tests/judge.sh

"$B/lessons/lesson24" --quick --mnist none --out "$work" > "$work/log" 2>&1
judge $? "lesson 24 did not write the frames"
DATA=$work FIGURES=$work/figures SHOW=dumb
export DATA FIGURES SHOW

# Play keys $1; the frames go to $work/frames.
play() { KEYS=$1 plots/widget.sh view > "$work/frames" 2> "$work/errors"; }
# The t of every frame, on one line.
seen() { grep -o 't = [0-9]*' "$work/frames" | cut -c5- | tr '\n' ' ' | sed 's/ $//'; }
shows() { play "$1" && [ "$(seen)" = "$2" ] && [ ! -s "$work/errors" ]; judge $? "keys $1: t = $(seen), expected $2; $(cat "$work/errors")"; }

shows '+++-' '1 2 3 4 3'
shows '-' '1 1'
shows '>' '1 11'
shows '><<' '1 11 1 1'
shows '19' '1 100 900'
shows '0' '1 1'
shows 'xn?p' '1 2 1'
shows '9>>' "1 900 1000 1000"
shows '+q5' '1 2'

# The three read-outs of some frames are those of the table.
play 9999159
grep -o -e 't = [0-9]*' -e '= [0-9]\.[0-9]*' "$work/frames" | awk '{print $NF}' | paste - - - - > "$work/shown"
while read -r signal noise t distance; do
    expected=$(awk -v t="$t" '$1 == t {printf "%.3f %.3f %.3f", $2, $3, $4}' "$work/lesson24_readouts.tsv")
    [ "$signal $noise $distance" = "$expected" ]
    judge $? "t = $t: read-outs $signal $noise $distance, the table says $expected"
done < "$work/shown"
[ "$(wc -l < "$work/shown")" = 8 ]; judge $? "a frame lacks a read-out"

# Cells that show symbol $2 in frame number $1; F blue, G green, B orange.  The last two lines are the key.
cells()
{
    awk -v n="$1" '/t = /{frame++} frame == n && /\|/ && !/mean/' "$work/frames" | tr -cd "$2" | wc -c
}
play '+>>>9+++++++++'
[ "$(cells 1 G)" -le 6 ]; judge $? "t = 1: $(cells 1 G) green cells are not covered by blue"
[ "$(cells 1 F)" -ge 20 ]; judge $? "t = 1: $(cells 1 F) blue cells"
last=$(grep -c 't = ' "$work/frames")
[ "$(cells "$last" F)" -le 2 ]; judge $? "t = T: $(cells "$last" F) blue cells, expected the mean of the data alone"
[ "$(cells "$last" B)" -ge 60 ]; judge $? "t = T: $(cells "$last" B) orange cells"
[ "$(cells "$last" G)" -ge 15 ]; judge $? "t = T: $(cells "$last" G) green cells"

# A chosen t as a figure: AT=.
for at in 1 200 1000; do
    AT=$at FORMAT=dumb plots/draw.sh plots/lesson24_widget.gp > /dev/null 2>&1 && grep -q "t = $at " "$FIGURES/lesson24_widget.dumb"
    judge $? "AT=$at draws another t"
done

# The keyboard: a terminal of its own, with arrow keys.
if command -v script > /dev/null; then
    { sleep 1; printf '+'; sleep 0.2; printf '\033[C'; sleep 0.4; printf '\033[D'; sleep 0.4; printf 'q'; } |
        SHELL=/bin/sh script -qec 'plots/widget.sh view' /dev/null > "$work/frames" 2> "$work/errors"
    judge $? "the view on a terminal fails"
    [ "$(seen)" = '1 2 3 2' ]; judge $? "arrow keys: t = $(seen)"
fi

# The animation, of the first 8 stops: a GIF with a frame for each and more, the same bytes again.
if gnuplot -e 'set terminal' < /dev/null 2>&1 | grep -q '^ *gif '; then
    mkdir "$work/few"
    head -n 9 "$work/lesson24_readouts.tsv" > "$work/few/lesson24_readouts.tsv"
    cp "$work/lesson24_frames.tsv" "$work/few"
    DATA=$work/few plots/widget.sh gif > "$work/log" 2>&1 && [ "$(head -c 6 "$FIGURES/lesson24_widget.gif")" = GIF89a ]
    judge $? "no animation: $(cat "$work/log")"
    frames=$(od -A n -v -t x1 "$FIGURES/lesson24_widget.gif" | tr -d ' \n' | grep -o '0021f904' | wc -l)
    [ "$frames" -ge 8 ]; judge $? "the animation has $frames frames for 8 stops"
    cp "$FIGURES/lesson24_widget.gif" "$work/first.gif"
    DATA=$work/few plots/widget.sh gif > /dev/null 2>&1 && cmp -s "$work/first.gif" "$FIGURES/lesson24_widget.gif"
    judge $? "a second animation has other bytes"
    [ -z "$(find "$FIGURES" -name '.widget*')" ]; judge $? "a half-made animation was left behind"
fi

# What is refused, and how.
refuses()
{
    what=$1 says=$2
    shift 2
    "$@" > "$work/log" 2>&1 < /dev/null
    status=$?
    [ $status = 2 ] && grep -q -e "$says" "$work/log"; judge $? "$what: exit status $status, said: $(head -n 2 "$work/log")"
}
refuses 'no command' 'usage: plots/widget.sh view|gif' plots/widget.sh
refuses 'missing data' 'run `make lesson24` first' env DATA="$work/none" plots/widget.sh view
refuses 'an unknown terminal' 'SHOW=crt: this gnuplot has no such' env SHOW=crt plots/widget.sh view
refuses 'keys from nowhere' 'reads keys from a terminal' plots/widget.sh view
refuses 'a name with a quote' 'quotes' env DATA="$work/a'b" plots/widget.sh gif
mkdir "$work/bin"
for tool in sh env dirname grep awk; do ln -s "$(command -v $tool)" "$work/bin/$tool"; done
refuses 'without gnuplot' 'needs gnuplot' env PATH="$work/bin" plots/widget.sh view
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
