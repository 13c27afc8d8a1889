#!/bin/sh
# test_classifier_command.sh -- ddpm classifier from outside: trains, stores, measures, refuses; and the
# classifiers that are shipped.
# usage: test_classifier_command.sh BUILD_DIR
set -u
cd "$(dirname "$0")/.." || exit 2
here=$PWD
case $1 in /*) ddpm=$1/ddpm ;; *) ddpm=$here/$1/ddpm ;; esac
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
. "$here/tests/judge.sh"
refused()
{
    why=$1; shift
    "$ddpm" classifier "$@" > out 2> err; got=$?
    [ $got = 2 ] && grep -qF -e "$why" err && [ "$(wc -l < err)" -le 2 ]
    judge $? "ddpm classifier $*: status $got, expected 2 and '$why': $(head -c 300 err)"
}

# ---- Train, store, measure: the same bytes from any number of threads ----
tiny='--data digits --steps 30 --batch 16'
"$ddpm" classifier $tiny --out a.st --threads 1 > a.out 2> err; judge $? "training fails: $(cat err)"
"$ddpm" classifier $tiny --out b.st --threads 2 > out 2> err; cmp -s a.st b.st; judge $? "threads change bytes"
"$ddpm" classifier $tiny --out c.st --seed 2 > out 2> err; ! cmp -s a.st c.st; judge $? "another seed, the same bytes"
"$ddpm" classifier --data digits --eval a.st > out 2> err; judge $? "--eval fails: $(cat err)"
[ "$(grep '^accuracy' out)" = "$(grep '^accuracy' a.out)" ]; judge $? "--eval has another accuracy than training"
grep -q 'built-in digits (test), 10000 images' out; judge $? "--eval does not name its images: $(cat out)"
grep -qi mnist a.out out; [ $? = 1 ]; judge $? "digits are called MNIST: $(cat out)"
[ "$(grep '^  [0-9] ' out | awk '{for (i = 2; i <= 11; i++) n += $i} END {print n}')" = 10000 ]
judge $? "the confusion table does not add up: $(cat out)"
[ "$(wc -c < a.st)" -lt 200000 ]; judge $? "the file has $(wc -c < a.st) bytes"
LC_ALL=C grep -aq '"command":"ddpm classifier --data digits --steps 30 --batch 16 --seed 1"' a.st
judge $? "the file does not say how it was made"

# ---- Refusals ----
refused 'expected --out FILE to train or --eval FILE to measure'
refused 'expected --out FILE to train or --eval FILE to measure' --out x --eval a.st
refused 'exists; --overwrite replaces it' $tiny --out a.st
refused 'trains nothing' --eval a.st --steps 3
refused 'trains nothing' --eval a.st --overwrite
refused '--data ring: expected mnist, digits or idx:DIR' --data ring --out x
refused '--data idx:: expected' --data idx: --out x
refused 'expected --mnist DIR' --mnist none --out x
refused 'no MNIST file here' --data idx:nowhere --out x
refused '--steps' --steps 0 --out x
refused '--batch' --batch 70000 --out x
refused '--seed' --seed -1 --out x
refused '--threads' --threads 65 --out x
refused 'unexpected argument' --out x more
refused "unrecognized option '--colour'" --colour
refused 'nowhere.st' --data digits --eval nowhere.st
refused 'a.cut' --data digits --eval a.cut
head -c 9999 a.st > a.cut; refused 'a.cut' --data digits --eval a.cut
"$ddpm" train --steps 2 --batch 8 --width 8 --depth 1 --out net.st > out 2> err
refused 'not a classifier' --data digits --eval net.st
refused 'missing/x.st' $tiny --out missing/x.st
[ ! -e x ] && [ -z "$(ls | grep -v -e '\.st$' -e out -e err -e a.cut)" ]; judge $? "files are left: $(ls)"
cp a.st before; "$ddpm" classifier $tiny --seed 3 --out a.st --overwrite > out 2> err; judge $? "--overwrite fails"
! cmp -s a.st before; judge $? "--overwrite did not replace the file"
if [ -w /dev/full ]; then
    "$ddpm" classifier --data digits --eval a.st > /dev/full 2> err; [ $? = 2 ]; judge $? "a full disk is not noticed"
fi
"$ddpm" classifier --help | grep -q -e --eval; judge $? "--help lacks --eval"

# ---- What is shipped ----
cd "$here" || exit 2
shipped() # NAME DATA OPTIONS: its hash is in the README, and it is as good as the README says
{
    file=lessons/trained/$1; data=$2; shift 2
    [ "$(wc -c < "$file")" -le 500000 ]; judge $? "$file is too large"
    grep -q "$(sha256sum < "$file" | cut -d ' ' -f 1)" lessons/trained/README.md; judge $? "the README has another hash for $file"
    "$ddpm" classifier --eval "$file" --data "$data" "$@" > "$work/out" 2> "$work/err"; judge $? "$file: $(cat "$work/err")"
    accuracy=$(sed -n 's/^accuracy *\([0-9.]*\) .*/\1/p' "$work/out")
    said=$(sed -n "s/^| .$(basename "$file").*| \(0\.[0-9]*\) ±.*/\1/p" lessons/trained/README.md)
    # (Another instruction set rounds differently: a few images of 10000 may change sides.)
    awk -v a="$accuracy" -v b="$said" 'BEGIN {exit !(a >= 0.99 && b > 0 && (a - b)^2 <= 0.0004^2)}'
    judge $? "$file: accuracy $accuracy, the README says $said"
}
shipped lenet_digits.safetensors digits
if [ -n "${MNIST_DIR:-}" ]; then
    shipped lenet_mnist.safetensors mnist --mnist "$MNIST_DIR"
    grep -q 'MNIST (test), 10000 images' "$work/out"; judge $? "MNIST is not genuine: $(cat "$work/out")"
else
    echo "# not run: lenet_mnist.safetensors on MNIST (MNIST_DIR is not set)"
fi
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
