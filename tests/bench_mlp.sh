#!/bin/sh
# bench_mlp.sh -- training throughput of the default network, ours against PyTorch, interleaved in one run.
# usage: bench_mlp.sh BUILD_DIR        (ROUNDS=3, SECONDS_EACH=3, BATCH=512)
# PyTorch is tried with every setting that has been the fastest somewhere; the fastest one is quoted.
set -u
B=$1
rounds=${ROUNDS:-3} each=${SECONDS_EACH:-3} batch=${BATCH:-512}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

"$B/tests/bench_mlp" --layers
python=
for p in python3 /usr/bin/python3; do
    "$p" -c 'import torch' 2> /dev/null && python=$p && break
done
if [ -z "$python" ]; then
    echo "training: skipped the comparison with PyTorch: no python3-torch here"
else
    "$python" -c 'import torch; print("PyTorch", torch.__version__, torch.__config__.show().split("CPU capability usage: ")[1].split()[0])' 2> /dev/null
    readlink -f /etc/alternatives/libblas.so.3-x86_64-linux-gnu 2> /dev/null | sed 's/^/its BLAS: /'
fi
settings='1,1,0 1,1,1 1,,0 1,,1 2,1,0 2,1,1 2,,0 2,,1' # threads, OPENBLAS_NUM_THREADS, foreach
r=0
while [ $r -lt "$rounds" ]; do
    for s in $settings; do
        "$B/tests/bench_mlp" "$(echo "$each" | awk '{print $1 / 3}')" "$batch" >> "$work/ours"
        [ -n "$python" ] || continue
        IFS=, read -r threads blas foreach <<EOF
$s
EOF
        env ${blas:+OPENBLAS_NUM_THREADS=$blas} "$python" tests/bench_mlp.py "$each" "$batch" "$threads" "$foreach" 2> /dev/null |
            sed "s/\$/ $s/" >> "$work/theirs"
    done
    r=$((r + 1))
done
sort -rn "$work/ours" | head -1 | awk -v b="$batch" '{rest = $0; sub(/^[^ ]* [^ ]* [^ ]* /, "", rest);
    printf "ours, batch %s: %.0f steps/s, %.1f GF/s = %.0f %% of the peak %.1f GF/s measured with it (%s)\n", b, $1, $2, 100 * $2 / $3, $3, rest}'
[ -n "$python" ] || exit 0
sort -k3,3 -k1,1rn "$work/theirs" | awk '!($3 in seen) {seen[$3] = 1; split($3, s, ",");
    printf "  PyTorch, %s threads, OPENBLAS_NUM_THREADS %s, foreach %s: %.0f steps/s\n", s[1], s[2] == "" ? "unset" : s[2], s[3], $1}'
cat "$work/ours" "$work/theirs" | awk 'NF > 3 && $3 !~ /,/ {if ($1 > a) a = $1} $3 ~ /,/ {if ($1 > b) b = $1}
    END {printf "ratio of the fastest: %.2f\n", a / b}'
