#!/bin/sh
# test_eval_images.sh -- ddpm eval of an image model from outside: its numbers, files, bytes and refusals.
# usage: test_eval_images.sh BUILD_DIR
set -u
cd "$(dirname "$0")/.." || exit 2
here=$PWD
case $1 in /*) ddpm=$1/ddpm ;; *) ddpm=$here/$1/ddpm ;; esac
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
unset MNIST_DIR
python=$(command -v python3 || echo true) # reads the JSON a second time where there is one
. "$here/tests/judge.sh"
has() { grep -qF -e "$2" "$1"; judge $? "$1 lacks '$2'"; }
# refused STATUS 'part of the line' ARGUMENTS: exit status, one line on stderr that says why, no file left.
refused()
{
    status=$1 why=$2; shift 2
    "$ddpm" "$@" > out 2> err; got=$?
    [ $got = "$status" ] && grep -qF -e "$why" err && [ "$(wc -l < err)" = 1 ]
    judge $? "ddpm $*: status $got, expected $status and '$why': $(head -c 300 err)"
}
# Number K of the line of a choice in bits/dim: 1 L_T, 4 sum, 7 L_0, 10 the bound, 12 its error.
bits() { awk -v name="$2" -v k="$3" '$1 == name && $NF == "bits/dim" {print $(k + 1)}' "$1"; }
within() { awk -v a="$1" -v b="$2" -v tol="$3" 'BEGIN {exit !(a != "" && b != "" && a - b <= tol && b - a <= tol)}'; }
less() { awk -v a="$1" -v b="$2" 'BEGIN {exit !(a != "" && b != "" && a < b)}'; }

# ---- A tiny network on the built-in digits ----
net='--data digits --width 8 --mult 1,1 --attention no --T 12 --beta-min 0.01 --beta-max 0.8 --batch 8'
"$ddpm" train $net --steps 60 --lr 5e-3 --out tiny.st > out 2> err; judge $? "a tiny training fails: $(cat err)"
"$ddpm" eval --model tiny.st --calls 600 --threads 1 --json one.json --curve one.tsv --mistakes > one 2> err
judge $? "eval fails: $(cat err)"
has one "built-in digits (test), 10000 images, sha256 13d953aad2a1"
has one "all 12 t, "
! grep -qi mnist one one.json one.tsv; judge $? "built-in digits are called MNIST"
for choice in beta beta_tilde best beta_clip beta_tilde_clip best_clip; do
    sum=$(awk -v a="$(bits one $choice 1)" -v b="$(bits one $choice 4)" -v c="$(bits one $choice 7)" 'BEGIN {print a + b + c}')
    within "$sum" "$(bits one $choice 10)" 2e-4; judge $? "$choice: the terms do not add up to the bound"
done
less "$(bits one best 10)" "$(bits one beta 10)"; judge $? "best is not better than beta"
less "$(bits one best 10)" "$(bits one beta_tilde 10)"; judge $? "best is not better than beta_tilde"
less "$(bits one beta_clip 4)" "$(bits one beta 4)"; judge $? "clipping makes a KL larger"
[ "$(bits one best_clip 7)" = "$(bits one best 7)" ]; judge $? "best_clip clips the decoder"

# The curve adds up to the table; it has every t, and 2 columns per choice.
[ "$(grep -vc '^#' one.tsv)" = 12 ]; judge $? "the curve has not 12 lines"
within "$(awk '!/^#/ && $1 > 1 {s += $5} END {print s}' one.tsv)" "$(bits one beta_tilde 4)" 1e-4; judge $? "the curve's sum is not the table's"
within "$(awk '!/^#/ && $1 == 1 {print $5}' one.tsv)" "$(bits one beta_tilde 7)" 1e-4; judge $? "the curve's L_0 is not the table's"
awk '!/^#/ && (NF != 16 || $2 < 8 || $16 <= 0) {exit 1}' one.tsv; judge $? "a line of the curve is short, or without error"
$python -c '
import json
r = json.load(open("one.json"))["bits_per_dim"]
b = r["beta_tilde"]["bits_per_dim"]
assert abs(b["L_T"]["value"] + b["L_t"]["value"] + b["L_0"]["value"] - b["bound"]["value"]) < 1e-9
n = r["beta_tilde"]["nats"]["bound"]["value"]
assert abs(n / 784 / 0.6931471805599453 - b["bound"]["value"]) < 1e-9
assert r["data"]["name"] == "built-in digits (test)" and len(r["data"]["sha256"]) == 64
assert r["data"]["genuine"] is False and r["worse_than_uniform"] is False
assert 1 < r["baselines"]["histogram_per_pixel"]["value"] < r["baselines"]["histogram"]["value"] < 2.5
' 2> err; judge $? "the JSON is wrong: $(tail -n 1 err)"

# Mistakes: nats for bits is ln 2 of the truth; the others are not the truth.
awk '/no mistake, in bits/ {right = $NF} /nats called bits/ {exit !($NF > 0.692 * right && $NF < 0.694 * right)}' one; judge $? "nats called bits"
awk '/no mistake, in bits/ {right = $NF} /no mistake, an/ {next} right && !/no mistake/ && ($NF - right)^2 < 0.01 {exit 1}' one
judge $? "a mistake changes nothing"

# ---- Samples: only with a classifier; the shipped one is found from the repository ----
has one "1000 samples: not run, no classifier: no file lessons/trained/lenet_digits.safetensors"
judge_file=$here/lessons/trained/lenet_digits.safetensors
# The table of README.md: a hash of each file, then one of its parameters.
judge_hash=$(grep 'lenet_digits.safetensors$' "$here/lessons/trained/README.md" | tail -n 1 | cut -c 1-12)
"$ddpm" eval --model tiny.st --calls 100 --n 60 --respace 4 --classifier "$judge_file" --json s.json > samples 2> err
judge $? "eval with a classifier fails: $(cat err)"
has samples "60 samples, by a respaced chain of 4 of the 12 steps; judged by the classifier $judge_hash of built-in digits"
$python -c '
import json
s = json.load(open("s.json"))["samples"]
assert s["n"] == 60 and s["steps_of_chain"] == 4 and s["respaced"] is True and sum(s["classes"]) == 60
assert s["frechet_floor"] < s["frechet_distance"]["value"]  # four steps of a tiny network are no digits
assert s["planted_copies_found"] == s["planted_copies"] > 0
assert s["accuracy_taught_by_samples"]["value"] < s["accuracy_taught_by_real_images"]["value"]
' 2> err; judge $? "the JSON of the samples is wrong: $(tail -n 1 err)"

# ---- The same bytes for any number of threads, others for another seed ----
"$ddpm" eval --model tiny.st --calls 600 --threads 2 --json two.json --curve two.tsv --mistakes > two 2> err
for f in "" .json .tsv; do cmp -s one$f two$f; judge $? "two threads give other bytes: $f"; done
"$ddpm" eval --model tiny.st --calls 600 --seed 2 > seed 2> err; ! cmp -s one seed; judge $? "another seed, the same numbers"
within "$(bits seed best 10)" "$(bits one best 10)" "$(awk -v e="$(bits one best 12)" 'BEGIN {print 9 * e}')"; judge $? "two seeds differ by more than 6 errors"

# ---- A network that predicts its own variance ----
"$ddpm" train $net --steps 40 --lr 5e-3 --loss hybrid:0.01 --sigma learned --out own.st > out 2> err; judge $? "learned: $(cat err)"
"$ddpm" eval --model own.st --calls 400 --json own.json > own 2> err
grep -q '"as_trained":.*"learned"' own.json; judge $? "own.json does not say what it was trained for"
# Its variance lies between beta_tilde and beta everywhere: the bound is not far outside either.
awk -v l="$(bits own learned 10)" -v b="$(bits own beta 10)" -v t="$(bits own beta_tilde 10)" \
    'BEGIN {low = b < t ? b : t; high = b < t ? t : b; exit !(l > 0.5 * low && l < 1.5 * high)}'
judge $? "the bound of a learned variance is $(bits own learned 10)"
"$ddpm" eval --model own.st --calls 400 --sigma beta > own 2> err; [ -z "$(bits own learned 10)" ]; judge $? "--sigma beta measures the learned one"

# ---- A bound that is worse than nothing ----
"$ddpm" train $net --steps 1 --lr 1e-30 --T 100 --beta-min 0.001 --beta-max 0.2 --out none.st > out 2> err
"$ddpm" eval --model none.st --calls 400 --json none.json > none 2> err; [ $? = 1 ]; judge $? "an untrained network passes"
has none "worse than 8 bits/dim"
grep -q '"worse_than_uniform":.*true' none.json; judge $? "none.json does not say so"

# ---- Refusals ----
refused 2 "--calls 47: expected at least 48" eval --model tiny.st --calls 47 --json no.json
refused 2 "--classifier tiny.st" eval --model tiny.st --classifier tiny.st
refused 2 "--classifier nothing" eval --model tiny.st --classifier nothing
refused 2 "--calls x: expected" eval --model tiny.st --calls x
refused 2 "--json no/where.json" eval --model tiny.st --json no/where.json
refused 2 "--curve no/where.tsv" eval --model tiny.st --curve no/where.tsv
[ ! -e no.json ] && [ ! -e no.json.part ]; judge $? "a refusal leaves a file"
"$ddpm" train --data ring --schedule S10 --width 4 --depth 1 --steps 2 --batch 4 --out ring.st > out 2> err
for option in "--calls 100" --full "--curve c.tsv" --mistakes "--mnist ." "--classifier c"; do
    refused 2 "only for a model of images" eval --model ring.st $option
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
