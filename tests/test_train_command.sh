#!/bin/sh
# test_train_command.sh -- ddpm train, sample and eval from outside: resumes to the byte, every refusal, every
# way in which a file can be bad.
# usage: test_train_command.sh BUILD_DIR
set -u
cd "$(dirname "$0")/.." || exit 2
here=$PWD
case $1 in /*) ddpm=$1/ddpm ;; *) ddpm=$here/$1/ddpm ;; esac
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
. "$here/tests/judge.sh"
tiny='--lr 2e-3 --T 20 --beta-min 0.01 --beta-max 0.4 --width 8 --depth 1 --embed 6 --batch 20 --threads 1'
train() { "$ddpm" train $tiny "$@" > out 2> err; }

# ---- The same bytes, however it was interrupted ----
train --steps 200 --out straight.st; judge $? "a tiny training fails: $(cat err)"
train --steps 200 --out half.st --stop-at 77; judge $? "--stop-at fails"
[ "$(word half.st step)" = 77 ]; judge $? "--stop-at 77 stopped at $(word half.st step)"
grep -q 'ddpm train --resume --out half.st' out; judge $? "it does not say how to resume"
"$ddpm" train --resume --out half.st > out 2> err; judge $? "--resume fails: $(cat err)"
same straight.st half.st "train 200 against train 77, stop, resume"
train --steps 200 --out two.st --threads 2 --save-every 9; same straight.st two.st "two threads, more checkpoints"
train --steps 200 --out other.st --seed 2; ! cmp -s straight.st other.st; judge $? "another seed gives the same bytes"
"$ddpm" train --resume --out half.st > out 2> err; judge $? "resuming a finished training"
same straight.st half.st "resuming a finished training changes it"

# Killed: resume from whatever is on the disk, and compare with a training that nobody killed.
interrupted() # NAME: NAME.st was interrupted somewhere; go on for 50 steps
{
    last=$(($(word "$1.st" step) + 50))
    "$ddpm" train --resume --out "$1.st" --stop-at $last > out 2> err; judge $? "resume after $1: $(cat err)"
    train --decay 0 --steps 1000000000 --out "$1.ok" --stop-at $last; same "$1.st" "$1.ok" "interrupted by $1"
}
timeout -s KILL 0.4 "$ddpm" train $tiny --decay 0 --steps 1000000000 --save-every 37 --out KILL.st > out 2> err
[ "$(($(word KILL.st step) % 37))" = 0 ]; judge $? "kill -9 left step $(word KILL.st step)"
interrupted KILL
for name in INT TERM; do # ten times in a row: an impatient hand, or timeout, which signals twice
    "$ddpm" train $tiny --decay 0 --steps 1000000000 --out $name.st > out 2> err &
    sleep 0.3; for again in 0 1 2 3 4 5 6 7 8 9; do kill -s $name $!; done 2> /dev/null
    wait $!; got=$?
    [ $got = $([ $name = INT ] && echo 130 || echo 143) ]; judge $? "SIG$name: exit status $got"
    grep -q "continue with: ddpm train --resume --out $name.st" out; judge $? "SIG$name: $(cat out)"
    interrupted $name
done
# A training with --decay 0 can be extended, and is then the longer one.
train --decay 0 --warm-up 9 --steps 60 --out short.st; train --decay 0 --warm-up 9 --steps 90 --out long.st
"$ddpm" train --resume --out short.st --steps 90 > out 2> err; judge $? "extending fails: $(cat err)"
same short.st long.st "60 steps extended to 90"
ls | grep -q part; [ $? = 1 ]; judge $? "something half-written is left: $(ls)"

# ---- What does not fit is refused by name ----
refused 2 'half.st: exists; --resume continues it' train --out half.st
refused 2 '--lr 0.01 contradicts half.st, which has --lr 0.002' train --resume --out half.st --lr 0.01
refused 2 '--data moons contradicts half.st, which has --data ring' train --resume --out half.st --data moons
refused 2 '--seed 3 contradicts half.st' train --resume --out half.st --seed 3
refused 2 '--steps 100 is less than the 200' train --resume --out half.st --steps 100
refused 2 'only a training with --decay 0 can be extended' train --resume --out half.st --steps 300
"$ddpm" train --resume --out half.st --lr 2e-3 --T 20 > out 2> err; judge $? "agreeing options are refused: $(cat err)"
refused 2 'absent.st: No such file' train --resume --out absent.st
refused 2 '--resume and --overwrite contradict' train --resume --overwrite --out half.st
refused 2 '--out FILE is missing' train
refused 2 "unexpected argument 'x'" train --out x.st x
refused 2 'unrecognized option' train --out x.st --nonsense
refused 2 '--sigma learned needs --loss vlb or hybrid' train --out x.st --sigma learned
refused 2 '--loss hybrid needs --sigma learned' train --out x.st --loss hybrid:0.001 --sigma beta
refused 2 '--loss foo' train --out x.st --loss foo
refused 2 '--predict foo' train --out x.st --predict foo
refused 2 '--sigma foo' train --out x.st --sigma foo
refused 2 '--data: `foo`' train --out x.st --data foo
refused 2 '--schedule foo' train --out x.st --schedule foo
refused 2 '--schedule S10: has its own 10 betas' train --out x.st --schedule S10 --T 20
refused 2 '--schedule cosine: --beta-min and --beta-max do not apply' train --out x.st --schedule cosine --beta-min 0.1
"$ddpm" train --T 20 --schedule cosine --width 4 --depth 1 --steps 2 --out cosine.st > out 2> err; judge $? "the cosine schedule: $(cat err)"
refused 2 'contradicts cosine.st, which has no --beta-min' train --resume --out cosine.st --beta-min 0.1
refused 2 '--T 5: needs --beta-max' train --out x.st --T 5
refused 2 'embed 3 is odd' train --out x.st --embed 3
refused 2 '--embedding foo: expected one of sinusoidal fourier learned' train --out x.st --embedding foo
refused 2 "--embedding sinusoidal fourier" train --out x.st --embedding 'sinusoidal fourier'
refused 2 '--activation relu: expected one of silu tanh' train --out x.st --activation relu
refused 2 '--stratified maybe' train --out x.st --stratified maybe
refused 2 '--steps 0: expected a whole number' train --out x.st --steps 0
refused 2 '--steps 1e3' train --out x.st --steps 1e3
refused 2 '--batch -1' train --out x.st --batch -1
refused 2 '--lr nan: expected a number above 0' train --out x.st --lr nan
refused 2 '--ema 1' train --out x.st --ema 1
refused 2 '--depth 99' train --out x.st --depth 99
refused 2 '--threads 65' train --out x.st --threads 65
refused 2 'expected a word' train --out x.st --data ''
refused 2 'no such command' train_
refused 2 '--model FILE is missing' sample
refused 2 '--model FILE is missing' eval
refused 2 '--n 0' sample --model half.st --n 0
refused 2 '--respace 1:' sample --model half.st --respace 1
refused 2 '--respace 21: the chain of half.st has 20 steps' sample --model half.st --respace 21
refused 2 '--respace 21: the chain of half.st has 20 steps' eval --model half.st --respace 21
refused 2 'it has no variance to offer' sample --model half.st --sigma learned
refused 2 '--sigma foo: expected one of' eval --model half.st --sigma foo
refused 2 "unexpected argument 'x'" sample --model half.st x
refused 2 "unexpected argument 'x'" eval --model half.st x
[ ! -e x.st ]; judge $? "a refused training leaves a file"

# ---- Data of one's own ----
printf '# three points\n0 10\n1\t12\n2,17\n' > points
printf '0.25 0.01 -100\n0.75 0.04 300\n' > gmm
for data in moons swissroll checkerboard points:points gmm:gmm; do
    train --data $data --steps 20 --out data.st --overwrite; judge $? "--data $data: $(cat err)"
    "$ddpm" eval --model data.st --n 60 --json data.json > out 2> err; judge $? "eval of $data: $(cat err)"
    grep -q '"value"' data.json; judge $? "no JSON for $data"
done
grep -q "\"data-sha256\":	\"$(sha256sum gmm | cut -d ' ' -f 1)\"" data.json; judge $? "the data's hash is not in the JSON"
"$ddpm" sample --model data.st --n 200 | awk 'NR > 1 {s += $1} END {exit !(s / (NR - 1) > 100)}'
judge $? "samples are not in the data's units"
printf '0.25 0.01 -100\n0.75 0.04 301\n' > gmm
refused 2 'not the data that data.st was trained on' eval --model data.st
refused 2 'not the data that data.st was trained on' train --resume --out data.st
"$ddpm" sample --model data.st --n 1 > out 2> err; judge $? "sampling needs the data file"
rm gmm; refused 2 'No such file' eval --model data.st
printf '1 2\n3\n' > points; refused 2 'points:2:' train --out x.st --data points:points
printf '1 2\n1 2\n' > points; refused 2 'all points agree' train --out x.st --data points:points
refused 2 'expected a regular file' train --out x.st --data points:.

# ---- Checkpoints that are bad ----
for command in 'sample --model' 'eval --model' 'train --resume --out'; do
    head -c 1000 straight.st > bad.st; refused 2 'bad.st: is truncated' $command bad.st
    { cat straight.st; echo; } > bad.st; refused 2 'bad.st: ' $command bad.st
    sed 's/"lr":"0.002"/"lr":"0.003"/' straight.st > bad.st; refused 2 'checksum mismatch' $command bad.st
    sed 's/"version":"1"/"version":"2"/' straight.st > bad.st; refused 2 'a newer version' $command bad.st
    echo 'Hello, I am a text file.' > bad.st; refused 2 'is not a safetensors file' $command bad.st
    : > bad.st; refused 2 'too short' $command bad.st
    refused 2 'no regular file' $command .
done

# ---- Disks that are full, files that cannot be written ----
refused 2 'nodir/x.st: cannot write: No such file' train --out nodir/x.st
refused 2 '/dev/full: cannot write: it is no regular file' train --overwrite --out /dev/full
(ulimit -f 8; exec "$ddpm" train $tiny --width 64 --steps 5 --out full.st > out 2> err); got=$?
[ $got = 2 ] && grep -q 'cannot write: File too large' err && [ ! -e full.st ]; judge $? "full disk at the start: $got $(cat err)"
# The disk fills up during the training: the old checkpoint survives, the training goes on and says so.
train --width 64 --steps 90 --out full.st --stop-at 30; cp full.st before.st
(ulimit -f 8; exec "$ddpm" train --resume --out full.st --save-every 20 > out 2> err); got=$?
[ $got = 2 ] && grep -q 'going on, the next checkpoint' err && grep -q 'it still holds step 30' err
judge $? "full disk during the training: $got $(cat err)"
same before.st full.st "a full disk damaged the old checkpoint"
refused 2 '--out nodir/x: cannot write' sample --model half.st --out nodir/x
refused 2 '--out /dev/full: cannot write' sample --model half.st --out /dev/full
refused 2 '--json nodir/x: cannot write' eval --model half.st --json nodir/x
"$ddpm" sample --model half.st --n 3 > /dev/full 2> err; got=$?
[ $got = 2 ] && grep -q 'No space left' err; judge $? "standard output on a full disk: $got"
"$ddpm" sample --model half.st --n 3 --out /dev/null; [ -c /dev/null ]; judge $? "--out /dev/null replaced the device"

# ---- A number that is not finite ----
refused 1 'the last good checkpoint is nan.st, step' train --T 20 --beta-max 0.4 --lr 1 --depth 30 --width 64 --batch 8 --steps 200 --save-every 1 --out nan.st
grep -q 'step [0-9]*: the .* is not finite' err; judge $? "the step and the quantity: $(cat err)"
"$ddpm" sample --model nan.st --n 2 > out 2> err; judge $? "the last good checkpoint cannot be sampled: $(cat err)"
grep -q 'note: nan.st holds step' err; judge $? "no word on the unfinished training"

# ---- Samples ----
"$ddpm" sample --model half.st --n 5 --seed 7 > a.tsv; "$ddpm" sample --model half.st --n 5 --seed 7 --threads 2 --out b.tsv
same a.tsv b.tsv "one and two threads, standard output and --out"
head -n 1 a.tsv | grep -q '^# x_1	x_2$' && [ "$(wc -l < a.tsv)" = 6 ]; judge $? "the table of samples: $(head -n 2 a.tsv)"
"$ddpm" sample --model half.st --n 5 --seed 8 --out b.tsv; ! cmp -s a.tsv b.tsv; judge $? "another seed, the same samples"
"$ddpm" sample --model half.st --n 5 --seed 7 --sigma beta_tilde --out b.tsv; ! cmp -s a.tsv b.tsv; judge $? "--sigma changes nothing"
"$ddpm" sample --model half.st --n 5 --seed 7 --respace 5 --out b.tsv; ! cmp -s a.tsv b.tsv; judge $? "--respace changes nothing"
"$ddpm" sample --model half.st --n 5 --seed 7 --steps 20 --out b.tsv; same a.tsv b.tsv "all 20 steps by name"
"$ddpm" sample --model half.st --n 5 --seed 7 --out s.npy
[ "$(wc -c < s.npy)" = 208 ] && head -c 127 s.npy | LC_ALL=C grep -aq "NUMPY.*{'descr': '<f8', 'fortran_order': False, 'shape': (5, 2), }"
judge $? "the header of s.npy: $(head -c 128 s.npy | od -c | head -n 9)"
od -An -v -t f8 -w16 -j 128 s.npy | awk '{printf "%.9g\t%.9g\n", $1, $2}' > n.tsv; tail -n +2 a.tsv > t.tsv
same n.tsv t.tsv "s.npy and its table"
"$ddpm" train $tiny --loss hybrid:0.001 --sigma learned --steps 20 --out learned.st > out 2> err; judge $? "a learned variance: $(cat err)"
"$ddpm" sample --model learned.st --n 2 --sigma learned > out; judge $? "sampling with it"

# ---- What is printed ----
script -qec "'$ddpm' train $tiny --steps 300 --out pty.st" /dev/null > pty 2>&1; judge $? "on a terminal: $(cat pty)"
tr '\r' '\n' < pty | grep -q 'step 300/300 100 %  loss .*lr .*steps/s  ETA' && ! grep -q 'ETA.*ETA' out; judge $? "progress on a terminal"
[ "$(grep -c 'ETA' pty)" -le 1 ]; judge $? "a terminal gets one line, rewritten"
train --steps 300 --out pipe.st; [ "$(grep -c '^step .* ETA ' err)" = 20 ] && ! grep -q "$(printf '\r')" err; judge $? "progress on a pipe: $(wc -l < err) lines"
"$ddpm" eval --model pipe.st --n 60 > out 2> err; judge $? "eval: $(cat err)"
for part in 'excess/optimum' 'the bound' 'noise floor' 'modes occupied'; do grep -qF "$part" out; judge $? "eval does not print '$part'"; done
for command in train sample eval table; do
    "$ddpm" $command --help > a && "$ddpm" help $command > b; same a b "help of $command"
    [ "$(awk 'length > 110' a | wc -l)" = 0 ]; judge $? "long lines in the help of $command"
done

# ---- A second reader ----
if command -v python3 > /dev/null; then
    # Where x_t is nearly all noise, a trained network must say eps_hat = x_t, whoever evaluates it.
    train --steps 3000 --width 24 --out noise.st
    python3 "$here/tests/read_checkpoint.py" noise.st 0.9 -0.7 20 > out 2> err; judge $? "another reader: $(cat err)"
    awk '/^step 3000 of 3000 output/ && ($6 - 0.9)^2 < 0.02 && ($7 + 0.7)^2 < 0.02 {good = 1} END {exit !good}' out
    judge $? "another reader: $(cat out)"
    printf x | dd of=noise.st bs=1 seek=4000 conv=notrunc 2> err
    ! python3 "$here/tests/read_checkpoint.py" noise.st 0.9 -0.7 20 > out 2> err; judge $? "another reader accepts a broken seal"
else
    echo "no python3: the second reader of checkpoints is not run"
fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
