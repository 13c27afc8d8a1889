#!/bin/sh
# test_grade_homework.sh -- what students are told is so: `make hw03` on a machine without confinement, the
# reports in docs/homework.md, the points on the sheets.
# usage: test_grade_homework.sh BUILD_DIR
set -u
cd "$(dirname "$0")/.." || exit 2
B=$1
. tests/judge.sh
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
solutions=tests/homework/solutions

# A machine without bubblewrap (which needs mount) and without Landlock.
cat > "$work/bare.c" <<'C'
#include <errno.h>
#include <seccomp.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(mount), 0);
    seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), 444 /* landlock_create_ruleset */, 0);
    return argc > 1 && seccomp_load(filter) == 0 ? execvp(argv[1], argv + 1) : 2;
}
C
"${CC:-gcc}" -o "$work/bare" "$work/bare.c" -lseccomp; judge $? "tests/test_grade_homework.sh: bare.c does not compile"

# The student's own programs run there all the same; other people's need a word.
mkdir -p "$work/mine/hw03" && cp $solutions/hw03/* "$work/mine/hw03/"
bare() { "$work/bare" make -s hw03 WORK="$work/mine" "$@" > "$work/log" 2> "$work/err"; }
bare; judge $? "make hw03 without confinement: $(cat "$work/err")"
grep -q '(NO confinement of files, ' "$work/log" && grep -q "^machine points $(machine hw03) of $(machine hw03)," "$work/log"; judge $? "make hw03 without confinement: $(cat "$work/log")"
bare CONFINE=auto; grep -q 'neither bubblewrap nor Landlock works here; .*CONFINE=none' "$work/err"; judge $? "make hw03 CONFINE=auto without confinement: $(cat "$work/err")"
bare CONFINE=none; grep -q "^machine points $(machine hw03) of $(machine hw03)," "$work/log"; judge $? "make hw03 CONFINE=none: $(cat "$work/err")"
mkdir "$work/class" && cp -r $solutions/hw03 "$work/class/ann"
"$work/bare" make -s grade SUBMISSIONS="$work/class" OUT="$work/out" > "$work/log" 2> "$work/err"; [ $? != 0 ] && [ ! -e "$work/out/grades.csv" ]; judge $? "a class is graded without confinement"
grep -q 'neither bubblewrap nor Landlock works here; .*CONFINE=none' "$work/err"; judge $? "a class without confinement: $(cat "$work/err")"
# The reports in docs/homework.md are what the program prints: a root forgotten in A1, a sign in the last line of A7.
sed 's/sqrt(s->var_bar\[t\]) \* eps/s->var_bar[t] * eps/' $solutions/hw03/hw03.c > "$work/mine/hw03/hw03.c"
sed 's/\\frac{1}{\\sqrt{\\alpha_t}}\\Big(x_t-/\\frac{1}{\\sqrt{\\alpha_t}}\\Big(x_t+/' $solutions/hw03/answers.txt > "$work/mine/hw03/answers.txt"
cp -r lessons/homework "$work/sheets"; cp tests/homework/points.tsv "$work/sheets/" # the points that are shown there
"$B/grade" check --hw hw03 --work "$work/mine" --server "$B/grade_server" --homework "$work/sheets" > "$work/log"
awk '/^```/ {inside = !inside; first = inside; next} first {report = /^  [A-E][0-9]/; first = 0} inside && report' docs/homework.md > "$work/shown"
[ "$(grep -c '^  A' "$work/shown")" = 2 ]; judge $? "docs/homework.md shows no report: $(cat "$work/shown")"
missing=$(grep -vxF -f "$work/log" "$work/shown"); [ -z "$missing" ]; judge $? "docs/homework.md shows what is not printed: $missing"

# The sheets and docs/homework.md tell the points that points.tsv gives.
for hw in hw01 hw02 hw03; do
    awk -F'\t' -v hw=$hw '$1 == hw {all += $4; part[$2] += $4} END {print "^# .*(" all " points)$"; for (p in part) print "^\\*\\*" p " (" part[p] " points*)"}' lessons/homework/points.tsv > "$work/patterns"
    while IFS= read -r pattern; do grep -q -e "$pattern" lessons/homework/$hw/README.md; judge $? "lessons/homework/$hw/README.md tells other points than points.tsv: $pattern"; done < "$work/patterns"
    grep -q -e "\`$hw\` ($(sed -n '1s/.*(\([0-9.]*\) .*/\1/p' "$work/patterns")[ )]" docs/homework.md; judge $? "docs/homework.md tells other points for $hw"
done

# Every function that may stand in for a wrong one is in the function server.
names=$(sed -n '/^bool function_replaceable/,/^}/s/.*case F_\([A-Z0-9_]*\):.*/\1/p' src/grade/function.c | tr A-Z a-z)
[ -n "$names" ]; judge $? "function_replaceable lists nothing"
for f in $names; do
    nm -D --defined-only "$B/grade_server" | grep -q " T $f\$"; judge $? "src/grade_server/replaceable.c has no $f"
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
