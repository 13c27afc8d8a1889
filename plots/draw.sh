#!/bin/sh
# draw.sh -- draws gnuplot scripts: FORMAT=png SIZE=8cm,6cm SHOW=1 plots/draw.sh SCRIPT...
#
# FORMAT   png (default), svg, pdf, tex (LaTeX with a pdf beside it) or dumb (text)
# SIZE     Wcm,Hcm or W,H in pixels (in characters for dumb)
# SHOW     not empty: draw in the terminal as well (sixel: as an image, where the terminal can)
# DATA     where the lessons left their data (build/data)
# FIGURES  where the figures go, each with its caption and its data beside it (build/figures)
#
# A figure is drawn in a directory of its own and moved when complete.  The same data give the same
# bytes.  Exit status: 0, or 2 for bad usage, missing data or a script that gnuplot refuses.
set -u
cd "$(dirname "$0")/.." || exit 2
format=${FORMAT:-png}
size=${SIZE:-}
show=${SHOW:-}
out=${FIGURES:-build/figures}
data=${DATA:-build/data}

refuse()
{
    echo "$*" >&2
    exit 2
}

case $format in
    png | svg | pdf | tex | dumb) ;;
    *) refuse "FORMAT=$format: expected png, svg, pdf, tex or dumb" ;;
esac
number='[0-9][0-9]*\(\.[0-9][0-9]*\)\{0,1\}'
if [ -n "$size" ] && ! echo "$size" | grep -q -e "^${number}cm,${number}cm\$" -e '^[0-9][0-9]*,[0-9][0-9]*$'; then
    refuse "SIZE=$size: expected width,height such as 8cm,6cm or 1200,800 (pixels)"
fi
case $out$data in
    *[\'\"\\\$\`\|]*) refuse "FIGURES=$out DATA=$data: quotes, \\, \$, \` and | are not possible in these names" ;;
esac
if ! command -v gnuplot > /dev/null; then
    echo "figure  not drawn: gnuplot is not installed (\`make setup\` installs it); the data are in $data"
    exit 0
fi
mkdir -p "$out" || exit 2

export LC_ALL=C.UTF-8 TZ=UTC0
work=
trap 'if [ -n "$work" ]; then rm -rf "$work"; fi' EXIT
trap 'exit 130' INT TERM HUP

# Width, height and unit as gnuplot variables.
size_for_gnuplot()
{
    unit=px
    case $1 in *cm) unit=cm ;; esac
    echo "$1" | tr -d cm | { IFS=, read -r width height; echo "size_w=${width}.0; size_h=${height}.0; size_unit='$unit'"; } |
        sed 's/\(\.[0-9]*\)\.0;/\1;/g'
}

# FORMAT SIZE NAME SCRIPT
run_gnuplot()
{
    settings="format='$1'; data='$data'; out='$3'"
    if [ -n "$2" ]; then settings="$settings; $(size_for_gnuplot "$2")"; fi
    gnuplot -e "$settings" plots/style.gp "$4"
}

# cairo writes the time of day into a PDF; another date of the same length keeps the file valid.
fix_date()
{
    LC_ALL=C sed 's/\/CreationDate (D:[0-9]\{14\}/\/CreationDate (D:20000101000000/' "$1" > "$1.fixed" && mv "$1.fixed" "$1"
}

draw()
{
    script=$1
    name=$(basename "$script" .gp)
    if [ ! -f "$script" ]; then refuse "$script: no such figure; try: ls plots/*.gp"; fi
    parts=$(sed -n "s/^load '\(plots\/[a-z0-9_]*\.gp\)'.*/\1/p" "$script")
    tables=$(cat "$script" $parts | grep -o "file('[A-Za-z0-9_]*')" | sed "s/file('\(.*\)')/\1/" | sort -u)
    for table in $tables; do
        if [ ! -f "$data/$table.tsv" ]; then
            refuse "$script: no data $data/$table.tsv; run \`make $(echo "$name" | cut -c1-8)\` first"
        fi
    done
    work=$(mktemp -d "$out/.draw.XXXXXX") || exit 2
    # The .tex of cairolatex names its .pdf: hence the final name, and the directory taken out after.
    if ! run_gnuplot "$format" "$size" "$work/$name" "$script" 2> "$work/errors"; then
        echo "$script: gnuplot failed:" >&2
        cat "$work/errors" >&2
        exit 2
    fi
    cat "$work/errors" >&2
    rm -f "$work/errors"
    for f in "$work"/*.pdf; do if [ -f "$f" ]; then fix_date "$f"; fi; done
    if [ "$format" = tex ]; then sed "s|$work/||g" "$work/$name.tex" > "$work/t" && mv "$work/t" "$work/$name.tex"; fi
    if [ -f "plots/$name.txt" ]; then cp "plots/$name.txt" "$work/"; fi
    for table in $tables; do cp "$data/$table.tsv" "$work/"; done
    chmod a+r "$work"/* && mv "$work"/* "$out/" && rmdir "$work" || exit 2
    work=
    echo "figure  $out/$name.$format"
}

# In the terminal, as wide as it is.
show_it()
{
    columns=$(stty size 2> /dev/null | awk '$2 > 40 {print $2 - 2}')
    if [ "$show" = sixel ]; then run_gnuplot sixel '' '' "$1"
    else run_gnuplot dumb "${columns:-98},32" '' "$1"; fi
}

for figure in "$@"; do
    draw "$figure"
    if [ -n "$show" ]; then show_it "$figure"; fi
done
