#!/bin/sh
# test_grade_hostile.sh -- hostile submissions gain no point, read no secret, harm nothing and disturb
# nobody; each gets a plain sentence.  Honest submissions in the same class get full points.
# usage: test_grade_hostile.sh BUILD_DIR [CONFINEMENT [root|user]]
set -u
cd "$(dirname "$0")/.." || exit 2
B=$1 mode=${2:-auto} who=${3:-here}
root=$(pwd)
. tests/judge.sh
work=$(mktemp -d) || exit 2
trap 'chmod -R u+w "$work"; rm -rf "$work"; rm -f /tmp/ddpm-was-here' EXIT
chmod 755 "$work"; rm -f /tmp/ddpm-was-here
canary=canary-$$-$(od -An -N4 -tx4 /dev/urandom | tr -d ' ')
echo "char *secret = \"$canary\";" > "$work/secret.txt"; chmod 644 "$work/secret.txt"
awk -f tests/homework/make_hostile.awk -v skeleton=lessons/homework/hw03/hw03.c -v out="$work/in" \
    -v secret="$work/secret.txt" -v results="$work/out" -v solutions="$root/tests/homework/solutions" tests/homework/hostile/code.txt
tests/homework/hostile/archives.sh "$work" || { echo "0 passed, 1 failed"; exit 1; }
for n in 1 2 3; do cp -r "${SOLUTIONS:-tests/homework/solutions}/hw03" "$work/in/honest-$n"; done
cp -r "$work/in/honest-1" "$work/in/zz-honest-last"

run() { "$@"; }
if [ "$who" = user ] && [ "$(id -u)" = 0 ]; then
    chown -R 65534:65534 "$work"; run() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
fi
set -- class --hw hw03 --submissions "$work/in" --out "$work/out" --server "$B/grade_server" --confine "$mode"
if [ "$who" = user ]; then run "$B/grade" "$@" > "$work/log" 2> "$work/err"; status=$?; grader=none
else "$B/grade" "$@" > "$work/log" 2> "$work/err" & grader=$!; wait $grader; status=$?; fi
judge $status "the grader fails: $(tail -3 "$work/err")"
sed -n 's/.*confinement: /confinement: /p' "$work/log"

# Everybody: no points, a sentence, no secret.
while IFS='	' read -r name says; do
    result=$work/out/students/$name/result.json report=$work/out/students/$name/report.txt
    [ -f "$result" ]; judge $? "$name: no result"
    [ -f "$result" ] || continue
    grep -q '"earned":	0,' "$result" && ! grep -q '"state":	"right"' "$result"; judge $? "$name gains a point: $(grep '^machine' "$report")"
    tr -s ' \n' ' ' < "$report" | grep -qE "$says"; judge $? "$name: the report does not say '$says': $(sed -n '3,14p' "$report")"
done < "$work/in.tsv"
! grep -rq "$canary" "$work/out"; judge $? "a secret was read: $(grep -rl "$canary" "$work/out")"
! grep -rq "root:x:0" "$work/out"; judge $? "/etc/passwd was read"
! LC_ALL=C grep -rlq "$(printf '\033')" "$work/out"; judge $? "control characters reach a report"
for name in honest-1 honest-2 honest-3 zz-honest-last; do
    grep -q "^machine points $(machine hw03) of $(machine hw03)," "$work/out/students/$name/report.txt"; judge $? "$name was disturbed"
done
[ ! -e /tmp/ddpm-was-here ]; judge $? "a file was written outside"
[ ! -e "$work/out/results.json" ]; judge $? "results.json was written"
[ "$(cat "$work/secret.txt")" = "char *secret = \"$canary\";" ]; judge $? "the secret was changed"
left=$(ps -eo args= | grep -c "[d]dpm-grade-$grader-"); [ "$left" = 0 ]; judge $? "$left processes are left behind"
! ls -d /tmp/ddpm-grade-"$grader"-* > /dev/null 2>&1; judge $? "scratch directories are left behind"

# The control: without confinement of files the same constructor reads the secret.
mkdir "$work/one" && cp -r "$work/in/constructor-reads-secret" "$work/one/" && run mkdir "$work/control"
run "$B/grade" class --hw hw03 --submissions "$work/one" --out "$work/control" --server "$B/grade_server" --confine none > /dev/null 2>&1
grep -rq "$canary" "$work/control"; judge $? "the control: an unconfined program cannot read the secret, so the test proves nothing"

# Hostile derivations: no point, quickly, and nobody is disturbed; each gets a sentence or waits for a person.
awk -f tests/homework/make_text.awk -v skeletons=lessons/homework -v out="$work/texts" -v secret="$work/secret.txt" tests/homework/hostile/texts.txt
tests/homework/hostile/texts.sh "$work/texts"
[ "$who" = user ] && chown -R 65534:65534 "$work/texts" 2> /dev/null
begin=$(date +%s)
for hw in hw01 hw02 hw03; do
    cp -r "${SOLUTIONS:-tests/homework/solutions}/$hw" "$work/texts/$hw/zz-honest"
    run "$B/grade" class --hw $hw --submissions "$work/texts/$hw" --out "$work/read/$hw" --server "$B/grade_server" --confine "$mode" > "$work/log.$hw" 2> "$work/err"
    judge $? "the grader fails on texts: $(tail -3 "$work/err")"
    all=$(machine $hw)
    grep -q "^machine points $all of $all" "$work/read/$hw/students/zz-honest/report.txt"; judge $? "$hw: honest among texts was disturbed"
done
texts=0 decided=0
while IFS='	' read -r hw name state; do
    texts=$((texts + 1)) result=$work/read/$hw/students/$name/result.json
    grep -q '"earned":	0,' "$result" && ! grep -qE '"state":	"(right|part)"' "$result"; judge $? "$hw $name gains a point: $(grep '^machine' "$work/read/$hw/students/$name/report.txt")"
    awk '/"kind":/ {d = /derivation/} /"why":/ && d && !/not answered/ {found = 1} END {exit !found}' "$result"; judge $? "$hw $name: not a word about it"
    awk '/"kind":/ {d = /derivation/} /"state":/ && d && /wrong/ {found = 1} END {exit !found}' "$result"
    refused=$?; [ $refused = 0 ] && decided=$((decided + 1))
    [ $refused = 0 ] || [ -z "$state" ]; judge $? "$hw $name is left to a person"
done < "$work/texts/texts.tsv"
seconds=$(($(date +%s) - begin))
[ $texts -ge 40 ]; judge $? "only $texts hostile texts"
! grep -rq "$canary" "$work/read"; judge $? "a text read a secret"
! LC_ALL=C grep -rlq "$(printf '\033')" "$work/read"; judge $? "control characters of a text reach a report"
[ ! -e /tmp/ddpm-was-here ]; judge $? "a text wrote a file"
echo "$texts hostile texts: none earns a point, $decided are refused, the others wait for a person; $seconds s"

echo "$(wc -l < "$work/in.tsv") hostile submissions, $(sed -n 's/.* graded, .* failed, //p' "$work/log")"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
