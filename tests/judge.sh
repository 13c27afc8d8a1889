# judge.sh -- sourced by the shell tests: counts what holds and what does not.
passed=0 failed=0
# judge STATUS 'what is wrong when STATUS is not 0'
judge() { if [ "$1" = 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "not ok - $2"; fi; }
# same FILE FILE 'what they are'
same() { cmp -s "$1" "$2"; judge $? "$1 and $2 differ: $3"; }
# word FILE KEY: the value of a word of a checkpoint's metadata
word() { LC_ALL=C grep -ao "\"$2\":\"[^\"]*\"" "$1" | head -n 1 | cut -d '"' -f 4; }
# machine HOMEWORK: the points that the grader awards without a person
machine() { awk -F'\t' -v name="$1" '$1 == name && $5 != "human" {sum += $4} END {print sum + 0}' lessons/homework/points.tsv; }
# refused STATUS 'part of the line' ARGUMENTS: what $ddpm does with them: exit status, one line (or two) that says why
refused()
{
    status=$1 why=$2; shift 2
    "$ddpm" "$@" > out 2> err; got=$?
    [ $got = "$status" ] && grep -qF -e "$why" err && [ "$(wc -l < err)" -le 2 ]
    judge $? "ddpm $*: status $got, expected $status and '$why': $(head -c 300 err)"
}
