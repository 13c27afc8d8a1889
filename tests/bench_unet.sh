#!/bin/sh
# bench_unet.sh -- the U-Net against the same network in PyTorch: the same numbers, then training and sampling
# throughput, interleaved in one run.  usage: bench_unet.sh BUILD_DIR
# (WIDTHS="16 32", ROUNDS=3, SECONDS_EACH=6, THREADS=2)
set -u
cd "$(dirname "$0")/.." || exit 2
B=$1
widths=${WIDTHS:-16 32} rounds=${ROUNDS:-3} each=${SECONDS_EACH:-6} threads=${THREADS:-2}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

python=
for p in python3 /usr/bin/python3; do
    "$p" -c 'import torch' 2> /dev/null && python=$p && break
done
if [ -z "$python" ]; then
    echo "U-Net: skipped the comparison with PyTorch: no python3-torch here"
else
    "$python" -c 'import torch; print("PyTorch", torch.__version__, "oneDNN", torch.__config__.show().split("MKL-DNN v")[1].split()[0])' 2> /dev/null
    for width in $widths; do
        echo "width $width"
        "$B/tests/bench_unet" write "$width" "$work/unet" && "$python" tests/bench_unet.py check "$work/unet" || exit 1
    done
fi
for width in $widths; do
    for what in train sample; do
        rm -f "$work/ours" "$work/one" "$work/theirs"
        r=0
        while [ $r -lt "$rounds" ]; do
            "$B/tests/bench_unet" $what "$width" "$each" "$threads" >> "$work/ours"
            "$B/tests/bench_unet" $what "$width" "$each" 1 >> "$work/one"
            [ -z "$python" ] || OPENBLAS_NUM_THREADS=1 "$python" tests/bench_unet.py $what "$width" "$each" "$threads" >> "$work/theirs" 2> /dev/null
            r=$((r + 1))
        done
        sort -rn "$work/ours" | head -1 | awk -v w="$width" -v s="$what" '{rest = $0; sub(/^[^ ]* [^ ]* [^ ]* [^ ]* /, "", rest);
            printf "width %s, %s: %.1f images/s, %.0f GF/s of direct convolution = %.0f %% of the peak %.0f GF/s, %d MB (%s)\n", w, s, $1, $2, 100 * $2 / ($3 + 1e-9), $3, $4, rest}'
        best=$(sort -rn "$work/ours" | awk 'NR == 1 {print $1}')
        sort -rn "$work/one" | awk -v b="$best" -v t="$threads" 'NR == 1 {printf "    one thread %.1f; %s threads are %.2f times as fast\n", $1, t, b / $1}'
        [ -z "$python" ] || sort -rn "$work/theirs" | awk -v b="$best" -v t="$threads" \
            'NR == 1 {printf "    PyTorch %.1f (%s threads, OPENBLAS_NUM_THREADS=1); ours is %.2f times as fast\n", $1, t, b / $1}'
    done
done
