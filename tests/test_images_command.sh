#!/bin/sh
# test_images_command.sh -- ddpm train, sample and export on images: the U-Net's words, resumes to the byte,
# pictures that are pictures, and every refusal.  Built-in digits only: it needs no MNIST.
# usage: test_images_command.sh BUILD_DIR
set -u
cd "$(dirname "$0")/.." || exit 2
here=$PWD
case $1 in /*) ddpm=$1/ddpm ;; *) ddpm=$here/$1/ddpm ;; esac
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
. "$here/tests/judge.sh"
tiny='--data digits --width 4 --mult 1,2 --attention no --T 20 --beta-min 0.01 --beta-max 0.4 --batch 8'
train() { "$ddpm" train $tiny "$@" > out 2> err; }

# ---- The same bytes, however it was interrupted, with any number of threads ----
train --steps 12 --out straight.st --log straight.log --threads 1; judge $? "a tiny training fails: $(cat err)"
cp err progress
train --steps 12 --out half.st --log half.log --stop-at 5 --threads 2; judge $? "--stop-at fails"
"$ddpm" train --resume --out half.st --log half.log --threads 3 > out 2> err; judge $? "--resume fails: $(cat err)"
same straight.st half.st "12 steps against 5 steps, stop, resume"
"$ddpm" train $tiny --decay 0 --steps 1000000 --save-every 3 --out KILL.st > out 2> err &
until [ "$(word KILL.st step 2> /dev/null)" -ge 3 ] 2> /dev/null || ! kill -0 $! 2> /dev/null; do sleep 0.1; done
kill -9 $!; wait $! 2> /dev/null
step=$(word KILL.st step); last=$((step + 4))
"$ddpm" train --resume --out KILL.st --stop-at $last > out 2> err; judge $? "resume after kill -9: $(cat err)"
train --decay 0 --steps 1000000 --out unkilled.st --stop-at $last; same KILL.st unkilled.st "killed at step $step"
[ "$(word straight.st model) $(word straight.st rows) $(word straight.st columns)" = "unet 28 28" ]
judge $? "words of the model: $(word straight.st model) $(word straight.st rows)"
[ -n "$(word straight.st data-sha256)" ] && [ "$(word straight.st mult)" = 1,2 ]; judge $? "data-sha256 or mult are missing"
grep -q '^built-in digits (train) (D = 784)' out; judge $? "the data are not called by their name: $(head -n 1 out)"
grep -q 'images/s' progress; judge $? "no images/s in the progress: $(cat progress)"
! grep -qi mnist out progress straight.log; judge $? "digits are called MNIST"

# ---- The log: one line per step here, and after a resume the same but for the clock ----
columns() { cut -f 1,2,4,5 "$1"; }
[ "$(columns straight.log)" = "$(columns half.log)" ] && [ "$(wc -l < straight.log)" = 13 ]
judge $? "log after a resume: $(columns half.log | diff - straight.log | head -n 3)"
awk -F '\t' 'NR > 2 && $3 < last {bad = 1} {last = $3} END {exit bad}' half.log; judge $? "the seconds of the log go back"
echo x > no.log
refused 2 '--log no.log: exists and is no log' train --resume --out half.st --log no.log
[ "$(cat no.log)" = x ]; judge $? "a file that is no log was changed"

# ---- Samples ----
sample() { "$ddpm" sample --model straight.st "$@" > out 2> err; }
sample --n 5 --out a.npy --threads 1; sample --n 5 --out b.npy --threads 2; same a.npy b.npy "one and two threads"
grep -aq "'shape': (5, 28, 28)" a.npy && [ "$(wc -c < a.npy)" = $((128 + 5 * 784 * 8)) ]; judge $? "shape of a.npy"
sample --n 5 --out c.npy --seed 2; ! cmp -s a.npy c.npy; judge $? "another seed, the same samples"
sample --n 2 --out a.tsv; [ "$(awk '!/^#/ {print NF}' a.tsv | sort -u)" = 784 ]; judge $? "a.tsv has not 784 columns"
sample --n 5 --out a.png --strip s.png --gif f.gif; judge $? "pictures: $(cat err)"
sample --n 5 --out b.png --respace 7; ! cmp -s a.png b.png; judge $? "a strided chain gives the same picture"
size() { od -A n -t u1 -j 16 -N 8 "$1" | awk '{print $3 * 256 + $4, $7 * 256 + $8}'; }
[ "$(od -A n -c -N 4 a.png | tr -d ' ')" = '211PNG' ]; judge $? "a.png is no PNG"
# zoom * (fields * 30 + 2) pixels: 3 x 2 samples at zoom 7, 11 x 5 snapshots at zoom 2
[ "$(size a.png)" = "644 434" ]; judge $? "size of a.png: $(size a.png)"
[ "$(size s.png)" = "664 304" ]; judge $? "size of s.png: $(size s.png)"
frames=$(od -A n -v -t x1 f.gif | tr -d ' \n' | grep -o '21f904' | wc -l)
[ "$(head -c 6 f.gif)" = GIF89a ] && [ "$frames" = 21 ]; judge $? "f.gif has $frames frames, expected one per t = 20..0"
sample --n 5 --gif g.gif; [ ! -s out ]; judge $? "a film alone prints samples as well"
same f.gif g.gif "the film depends on --out"

# ---- Export ----
"$ddpm" export --model straight.st --out small.st > out 2> err; judge $? "export: $(cat err)"
"$ddpm" sample --model small.st --n 5 --out d.npy; same a.npy d.npy "samples of an exported model"
"$ddpm" export --model straight.st --half --out half16.st > out 2> err; judge $? "export --half: $(cat err)"
[ "$(wc -c < half16.st)" -lt "$(wc -c < small.st)" ]; judge $? "--half is no smaller"
"$ddpm" sample --model half16.st --n 5 --out e.npy; ! cmp -s a.npy e.npy; judge $? "--half changes nothing"
refused 2 'no state of a training' train --resume --out small.st
refused 2 'small.st: exists' export --model straight.st --out small.st
refused 2 '--model FILE is missing' export --out x.st
refused 2 'absent.st' export --model absent.st --out x.st

# ---- What does not fit is refused by name, and leaves nothing behind ----
refused 2 '--depth: not with --data digits' train --data digits --depth 2 --out x.st
refused 2 '--mult: not with --data ring' train --mult 1,2 --out x.st
refused 2 '--attention: not with --data ring' train --attention no --out x.st
for mult in 0,1 1,,2 1, ,1 1,65 1,2,4,8,1,1,1 a -1; do
    refused 2 "--mult $mult: expected" train --data digits --mult $mult --out x.st
done
refused 2 'U-Net' train --data digits --mult 1,2,4,8 --out x.st
refused 2 '--blocks 9: expected' train --data digits --blocks 9 --out x.st
refused 2 '--attention maybe: expected' train --data digits --attention maybe --out x.st
refused 2 'absent' train --data idx:absent --out x.st
refused 2 'no MNIST file' train --data mnist --mnist "$work" --out x.st
refused 2 '--width 8 contradicts' train --resume --out half.st --width 8
"$ddpm" train --steps 1 --batch 4 --out ring.st > out 2> err
refused 2 '--out x.png: these samples are points' sample --model ring.st --out x.png
refused 2 'pictures need a model of images' sample --model ring.st --strip x.png
refused 2 'half.st/x.png' sample --model straight.st --n 1 --out half.st/x.png
refused 2 '/dev/full' sample --model straight.st --n 1 --gif /dev/full
refused 2 '/dev/full' sample --model straight.st --n 1 --out /dev/full
LC_ALL=C sed 's/"rows":"28"/"rows":"14"/' straight.st > bad.st
refused 2 'bad.st' sample --model bad.st
head -c 3000 straight.st > cut.st; refused 2 'cut.st' sample --model cut.st
[ ! -e x.st ] && [ ! -e x.png ] && ! ls | grep -q part; judge $? "something is left behind: $(ls)"

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
