#!/bin/sh
# bench_mnist.sh -- how long must I train?  The default U-Net on MNIST (or digits), stopped and measured on its way.
# usage: bench_mnist.sh BUILD_DIR     (DATA_WORD=mnist, STOPS="1000 2000 4000 8000 14000", CALLS=16000)
# Also: L_simple against the bound at the same budget (LOSSES="simple vlb", LOSS_STEPS=2000, SEEDS="1 2"; LOSSES= for none).
set -u
cd "$(dirname "$0")/.." || exit 2
ddpm=$1/ddpm
data=${DATA_WORD:-mnist} stops=${STOPS-1000 2000 4000 8000 14000} calls=${CALLS:-16000}
losses=${LOSSES-simple vlb} steps=${LOSS_STEPS:-2000} seeds=${SEEDS:-1 2}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

# One row of the table from what `ddpm eval` prints: the bounds, then what the classifier says.
row()
{
    "$ddpm" eval --model "$1" --calls "$calls" > "$work/eval" 2> "$work/err" || { cat "$work/err" >&2; exit 2; }
    awk '$1 == "beta" && !beta {beta = $11} $1 == "beta_tilde" && !tilde {tilde = $11} $1 == "best" && !best {best = $11}
         /^ *Frechet distance/ {distance = $3} /^ *mean confidence/ {sure = $3} /^ *accuracy, samples/ {accuracy = $4}
         END {printf " %8s %8s %8s %8s %8s %8s\n", beta, tilde, best, distance, sure, accuracy}' "$work/eval"
}

titles() { printf '%-22s %8s %8s %8s %8s %8s %8s\n' "$1" beta tilde best Frechet sure accuracy; }

if [ -n "$stops" ]; then
    titles 'minutes   images'
    for stop in $stops; do
        if [ -f "$work/net.safetensors" ]; then begin=--resume; else begin="--data $data"; fi
        "$ddpm" train $begin --out "$work/net.safetensors" --log "$work/net.tsv" --stop-at "$stop" > "$work/train" 2> "$work/err" ||
            { cat "$work/err" >&2; exit 2; }
        tail -n 1 "$work/net.tsv" | awk '{printf "%7.1f %8d      ", $3 / 60, $2}'
        row "$work/net.safetensors"
    done
fi
if [ -n "$losses" ]; then
    titles "loss, seed, $steps steps"
    for seed in $seeds; do
        for loss in $losses; do
            "$ddpm" train --data "$data" --loss "$loss" --steps "$steps" --seed "$seed" --out "$work/$loss$seed.safetensors" \
                > "$work/train" 2> "$work/err" || { cat "$work/err" >&2; exit 2; }
            printf '%-22s' "$loss $seed"
            row "$work/$loss$seed.safetensors"
        done
    done
fi
