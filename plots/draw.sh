#!/bin/sh
# draw.sh -- draws gnuplot scripts into build/figures: FORMAT=png SIZE= SHOW= plots/draw.sh SCRIPT...
# Each figure is written beside and renamed when complete; its caption goes beside it.
set -u
cd "$(dirname "$0")/.." || exit 2
format=${FORMAT:-png}
size=${SIZE:-}
out=${FIGURES:-build/figures}
data=${DATA:-build/data}

case $format in
    png | svg | pdf | tex) ;;
    *) echo "FORMAT=$format: expected png, svg, pdf or tex" >&2; exit 2 ;;
esac
if ! command -v gnuplot > /dev/null; then
    echo "figure  not drawn: gnuplot is not installed (make setup); the data are in $data"
    exit 0
fi
mkdir -p "$out" || exit 2

# cairo writes the time of day into a PDF; a date of the same length keeps the file valid.
fix_date()
{
    LC_ALL=C sed 's/\/CreationDate (D:[0-9]\{14\}/\/CreationDate (D:20000101000000/' "$1" > "$1.fixed" && mv "$1.fixed" "$1"
}

for script in "$@"; do
    name=$(basename "$script" .gp)
    work=$(mktemp -d "$out/.draw.XXXXXX") || exit 2
    # The .tex of cairolatex names its .pdf: draw under the final name in a directory of its own.
    if ! gnuplot -e "format='$format'; size_option='$size'; data='$data'; out='$work/$name'" \
        plots/style.gp "$script" 2> "$work/errors"; then
        echo "$script: gnuplot failed:" >&2
        cat "$work/errors" >&2
        rm -rf "$work"
        exit 2
    fi
    if [ -s "$work/errors" ]; then cat "$work/errors" >&2; fi
    rm -f "$work/errors"
    for f in "$work"/*.pdf; do if [ -f "$f" ]; then fix_date "$f"; fi; done
    if [ "$format" = tex ]; then sed "s|$work/||g" "$work/$name.tex" > "$work/t" && mv "$work/t" "$work/$name.tex"; fi
    caption=plots/$name.txt
    if [ -f "$caption" ]; then cp "$caption" "$work/$name.txt"; fi
    mv "$work"/* "$out/" && rmdir "$work"
    echo "figure  $out/$name.$format"
    if [ -n "${SHOW:-}" ]; then
        gnuplot -e "format='dumb'; size_option='$(stty size 2> /dev/null | awk '$2 > 40 {print $2 - 2 ",32"}')'; data='$data'; out=''" \
            plots/style.gp "$script"
    fi
done
