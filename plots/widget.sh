#!/bin/sh
# widget.sh -- the denoiser widget of lesson 24, driven by keys, or as an animation of all its stops.
#
# usage: plots/widget.sh view     keys: + - or the arrows one stop, > < ten; 0..9 tenths of T; q end
#        plots/widget.sh gif      writes FIGURES/lesson24_widget.gif
#
# DATA     where lesson 24 left its data (build/data);  FIGURES  where the animation goes (build/figures)
# SHOW     gnuplot's terminal for the view, such as qt or sixelgd (default: a window, else text)
# KEYS     keys to play instead of the keyboard's
set -u
cd "$(dirname "$0")/.." || exit 2
data=${DATA:-build/data}
figures=${FIGURES:-build/figures}

refuse()
{
    echo "$*" >&2
    exit 2
}
command -v gnuplot > /dev/null || refuse "the widget needs gnuplot (\`make setup\` installs it)"
case $figures$data in
    *[\'\"\\\$\`\|]*) refuse "FIGURES=$figures DATA=$data: quotes, \\, \$, \` and | are not possible in these names" ;;
esac
for table in lesson24_frames lesson24_readouts; do
    [ -f "$data/$table.tsv" ] || refuse "no data $data/$table.tsv; run \`make lesson24\` first"
done
export LC_ALL=C.UTF-8
stops=$(grep -c '^[0-9]' "$data/lesson24_readouts.tsv")

knows() { gnuplot -e 'set terminal' < /dev/null 2>&1 | awk '{print $1}' | grep -qx "$1"; }

choose_terminal()
{
    if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
        for t in qt wxt x11; do
            if knows $t; then echo $t && return; fi
        done
    fi
    echo dumb
}

# The commands that set gnuplot up for terminal $1.
setup()
{
    echo "data = '$data'"
    if [ "$1" = dumb ]; then
        size=$(stty size 2> /dev/null < /dev/tty | awk '$1 > 12 && $2 > 40 {print $2 - 2 "," $1 - 2}')
        echo "format = 'dumb'; load 'plots/style.gp'; set terminal dumb size ${size:-98,40} noenhanced"
    else
        echo "load 'plots/style.gp'; set terminal $1 size 760,850 font 'DejaVu Sans,13'"
    fi
}

# The commands that draw stop $1.
draw()
{
    if [ -n "$clear" ]; then echo 'set print "-"; print "\033[H\033[2J"'; fi
    echo "frame = $1; load 'plots/lesson24_widget.gp'"
}

# Prints + for the right arrow and - for the left one, which send escape sequences.
read_key()
{
    key=$(dd bs=1 count=1 2> /dev/null)
    if [ "$key" = "$(printf '\033')" ]; then
        stty min 0 time 1
        case $(dd bs=1 count=2 2> /dev/null) in
            '[C' | '[A') key=+ ;;
            '[D' | '[B') key=- ;;
            *) key=q ;;
        esac
        stty min 1 time 0
    fi
    echo "$key"
}

next_key()
{
    if [ -n "${KEYS:-}" ]; then
        rest=${KEYS#?}
        key=${KEYS%"$rest"}
        KEYS=${rest:-q}
    else
        key=$(read_key)
    fi
}

# The number of the stop nearest to t = $1 T/10.
stop_of_tenth()
{
    grep '^[0-9]' "$data/lesson24_readouts.tsv" | awk -v k="$1" '
        {t[NR] = $1}
        END {
            best = 1
            for (i = 1; i <= NR; i++) if (distance(i) < distance(best)) best = i
            print best
        }
        function distance(i) {return t[i] > k * t[NR] / 10 ? t[i] - k * t[NR] / 10 : k * t[NR] / 10 - t[i]}'
}

# Commands for gnuplot, one stop after the other, until q.
leaf_through()
{
    stop=1
    setup "$1"
    draw $stop
    while next_key; do
        case $key in
            + | n | ' ') stop=$((stop + 1)) ;;
            - | p) stop=$((stop - 1)) ;;
            '>' | .) stop=$((stop + 10)) ;;
            '<' | ,) stop=$((stop - 10)) ;;
            [0-9]) stop=$(stop_of_tenth "$key") ;;
            q | '') return ;;
            *) continue ;;
        esac
        if [ $stop -lt 1 ]; then stop=1; fi
        if [ $stop -gt "$stops" ]; then stop=$stops; fi
        draw $stop
    done
}

view()
{
    terminal=${SHOW:-1}
    if [ "$terminal" = 1 ]; then terminal=$(choose_terminal); fi
    knows "$terminal" || refuse "SHOW=$terminal: this gnuplot has no such terminal"
    clear=
    if [ -z "${KEYS:-}" ]; then
        [ -t 0 ] || refuse "the widget reads keys from a terminal (or KEYS=++9q)"
        if [ "$terminal" = dumb ]; then clear=1; fi
        echo "keys: + - or arrows one stop, > < ten, 0..9 tenths of T, q end"
        saved=$(stty -g)
        trap 'stty "$saved"' EXIT
        trap 'exit 130' INT TERM HUP
        stty -icanon -echo min 1 time 0
    fi
    leaf_through "$terminal" | gnuplot
}

gif()
{
    knows gif || refuse "this gnuplot cannot write gif"
    mkdir -p "$figures" || exit 2
    work=$(mktemp -d "$figures/.widget.XXXXXX") || exit 2
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT TERM HUP
    {
        echo "data = '$data'; load 'plots/style.gp'"
        echo "set terminal gif animate delay 12 loop 0 size 640,716 font 'DejaVu Sans,12' background '#ffffff'"
        echo "set output '$work/widget.gif'"
        # the last stop stays for a while
        echo "do for [i = 1:$stops + 15] { frame = i < $stops ? i : $stops; load 'plots/lesson24_widget.gp' }"
    } | gnuplot > /dev/null 2> "$work/errors" || { cat "$work/errors" >&2; exit 2; }
    chmod a+r "$work/widget.gif" && mv "$work/widget.gif" "$figures/lesson24_widget.gif" || exit 2
    echo "figure  $figures/lesson24_widget.gif"
}

case ${1:-} in
    view) view ;;
    gif) gif ;;
    *) refuse "usage: plots/widget.sh view|gif" ;;
esac
