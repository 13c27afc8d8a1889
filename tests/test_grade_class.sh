#!/bin/sh
# test_grade_class.sh -- the grader from end to end: skeletons, solutions, a class, its tables, a kill in
# the middle, handing in, Gradescope.
# usage: test_grade_class.sh BUILD_DIR
set -u
cd "$(dirname "$0")/.." || exit 2
B=$1
. tests/judge.sh
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
sheets=lessons/homework
grade() { command=$1; shift; "$B/grade" "$command" --server "$B/grade_server" --homework "$sheets" "$@"; }
points() { sed -n 's/.*"earned":	\([0-9.]*\),$/\1/p' "$1" | head -1; }
solutions=${SOLUTIONS:-tests/homework/solutions}

# Skeletons compile as handed out, without a warning, and score 0; solutions score every machine point.
for name in hw01 hw02 hw03 inclass selfcheck widgets; do
    for dir in lessons/homework $solutions; do
        "${CC:-gcc}" -std=c11 -Wall -Werror -Ilessons/homework -Ilessons/homework/$name -fsyntax-only $dir/$name/$name.c
        judge $? "$dir/$name/$name.c does not compile cleanly"
    done
    mkdir -p "$work/skeletons/$name" && cp -r lessons/homework/$name/. "$work/skeletons/$name/"
    grade one --submission "$work/skeletons/$name" > "$work/one.json"; judge $? "$name skeleton: exit status"
    ! grep -qE '"state":	"(right|part)"' "$work/one.json"; judge $? "the skeleton of $name has a free point"
    grep -q '"compiled":	true' "$work/one.json"; judge $? "the skeleton of $name does not compile in the grader"
    grade one --submission $solutions/$name > "$work/one.json"; judge $? "$name solution: exit status"
    ! grep -qE '"state":	"(wrong|part|unanswered|skipped)"' "$work/one.json"; judge $? "the solution of $name misses a point"
    ! grep -q single_precision "$work/one.json"; judge $? "the solution of $name gets advice"
    all=$(machine $name)
    [ "$(points "$work/one.json")" = $all ]; judge $? "the solution of $name: $(points "$work/one.json") of $all"
done

# The other compiler gives the same marks.
if command -v clang > /dev/null; then
    grade one --submission $solutions/hw03 --compiler clang > "$work/one.json"; [ "$(points "$work/one.json")" = "$(machine hw03)" ]; judge $? "clang: $(points "$work/one.json") of $(machine hw03)"
fi

# From here on with points that no course changes, because rows of points are compared.
sheets=$work/sheets; cp -r lessons/homework "$sheets"; cp tests/homework/points.tsv "$sheets/"

# What students run: progress is kept, one part can be asked for, and it is fast.
mkdir -p "$work/mine" && cp -r lessons/homework/hw03 "$work/mine/"
grade check --hw hw03 --work "$work/mine" > "$work/first"; [ $? = 1 ]; judge $? "an unfinished check: exit status"
begin=$(date +%s)
cp $solutions/hw03/* "$work/mine/hw03/"; grade check --hw hw03 --work "$work/mine" > "$work/second"; judge $? "a finished check: exit status"
[ $(($(date +%s) - begin)) -le 5 ]; judge $? "a check takes more than 3 seconds"
grep -q '^new since last time: A1 A2' "$work/second"; judge $? "progress is not remembered"
grep -q 'Hand in with: make submit HW=03' "$work/second"; judge $? "no word on handing in"
grade check --hw hw03 --work "$work/mine" --part B > "$work/third"; grep -q '^Part B' "$work/third" && ! grep -q '^Part A' "$work/third"; judge $? "--part B shows more than B"
sed 's/sqrt(s->var_bar\[t\]) \* eps/s->var_bar[t] * eps/; s/return coefficient_xt.*/return oops;/' $solutions/hw03/hw03.c > "$work/mine/hw03/hw03.c"
grade check --hw hw03 --work "$work/mine" > "$work/fourth"
[ "$(sed -n 3p "$work/fourth")" = "The program does not compile:" ] && grep -q "line [0-9]*: error: .*oops" "$work/fourth"; judge $? "compiler errors do not come first"
sed 's/sqrt(s->var_bar\[t\]) \* eps/s->var_bar[t] * eps/' $solutions/hw03/hw03.c > "$work/mine/hw03/hw03.c"
grade check --hw hw03 --work "$work/mine" > "$work/fifth"
grep -q 'at t = 500 of L1000: got .*, expected' "$work/fifth" && grep -q '? Is 1-abar_t a variance or a standard deviation?' "$work/fifth" && grep -q 'A1 was right before' "$work/fifth"; judge $? "no got, expected and question: $(sed -n 3,8p "$work/fifth")"

# Watching: a save is noticed.
cp -r "$work/mine" "$work/watch"; "$B/grade" check --hw hw03 --work "$work/watch" --watch --server "$B/grade_server" --homework "$sheets" > "$work/watched" & watcher=$!
i=0; while [ $i -lt 50 ] && ! grep -q watching "$work/watched"; do sleep 0.2; i=$((i + 1)); done
cp $solutions/hw03/hw03.c "$work/watch/hw03/hw03.c"
i=0; while [ $i -lt 50 ] && [ "$(grep -c watching "$work/watched")" -lt 2 ]; do sleep 0.2; i=$((i + 1)); done
kill $watcher 2> /dev/null; wait $watcher 2> /dev/null
grep -q 'saved, checking' "$work/watched" && grep -q 'machine points 9 of 9' "$work/watched"; judge $? "--watch does not notice a save"

# Handing in: the archive is graded like the folder, and is the same every time.
grade submit --hw hw03 --work "$work/mine" --archive "$work/a.tar.gz" --student ann > /dev/null; judge $? "submit fails"
grade submit --hw hw03 --work "$work/mine" --archive "$work/b.tar.gz" --student ann > /dev/null; cmp -s "$work/a.tar.gz" "$work/b.tar.gz"; judge $? "two archives of the same files differ"
grade one --submission "$work/a.tar.gz" --student ann | grep -v seconds > "$work/from-archive"
grade one --submission "$work/mine/hw03" --student ann | grep -v seconds > "$work/from-folder"
cmp -s "$work/from-archive" "$work/from-folder"; judge $? "archive and folder are graded differently, or a regrade differs"
grade submit --hw hw02 --work "$work/mine" --archive "$work/c.tar.gz" 2> "$work/err"; [ $? = 2 ] && [ "$(wc -l < "$work/err")" -le 4 ]; judge $? "submit without a copy"

# A class: folders, archives, names of downloads, a roster, someone missing.
mkdir "$work/class"
for id in ab12 cd34 ef56; do cp -r $solutions/hw03 "$work/class/$id"; done
cp "$work/a.tar.gz" "$work/class/hill_4711_882_hw03.tar.gz"; cp -r lessons/homework/hw03 "$work/class/Kim Lee_77_assignsubmission_file_"
mkdir "$work/class/zz99"; echo "int x = ;" > "$work/class/zz99/hw03.c"
printf 'id,name,email,canvas\nab12,Ann Bell,a@x,1\ngh78,Gus Hill,g@x,4711\nkl90,Kim Lee,k@x,3\nno00,Not There,n@x,4\nzz99,"Zed, Z",z@x,5\n' > "$work/roster.csv"
grade class --submissions "$work/class" --out "$work/out" --roster "$work/roster.csv" > "$work/log" 2>&1; judge $? "class: $(tail -3 "$work/log")"
grep -q '^hw03, 6 submissions' "$work/log"; judge $? "the assignment is not found by itself"
[ "$(wc -l < "$work/out/grades.csv")" = 8 ]; judge $? "grades.csv has $(wc -l < "$work/out/grades.csv") lines"
grep -q '^ab12,Ann Bell,hw03,9,9,0,3,9,12,graded,' "$work/out/grades.csv"; judge $? "the row of ab12: $(grep ab12 "$work/out/grades.csv")"
grep -q '^gh78,Gus Hill,hw03,8.5,' "$work/out/grades.csv"; judge $? "a Canvas download is not matched"
grep -q '^kl90,Kim Lee,hw03,0,' "$work/out/grades.csv"; judge $? "a Moodle download is not matched"
grep -q '^no00,Not There,.*,no submission' "$work/out/grades.csv"; judge $? "somebody without a submission is not listed"
grep -q '^zz99,"Zed, Z",.*,does not compile,' "$work/out/grades.csv"; judge $? "who does not compile: $(grep zz99 "$work/out/grades.csv")"
grep -q '^Ann Bell,1,,ab12,,9$' "$work/out/canvas.csv" && grep -q '^    Points Possible,,,,,12$' "$work/out/canvas.csv" && grep -q '^Not There,4,,no00,,$' "$work/out/canvas.csv"; judge $? "canvas.csv: $(head -3 "$work/out/canvas.csv")"
grep -q '^ab12,Ann Bell,a@x,9,' "$work/out/moodle.csv"; judge $? "moodle.csv: $(head -2 "$work/out/moodle.csv")"
grep -q '1  A1 *x0-eps-no-root' "$work/out/summary.txt" && grep -q '^  zz99' "$work/out/summary.txt"; judge $? "summary.txt: $(cat "$work/out/summary.txt")"
grep -q 'rubric   The difference of means' "$work/out/students/ab12/review.txt" && grep -q 'number   .*= 157' "$work/out/students/ab12/review.txt"; judge $? "review.txt lacks rubric or numbers"
! grep -q rubric "$work/out/students/ab12/report.txt"; judge $? "the rubric is in the student's report"
for file in results.json result.json; do
    grep -q '"score"\|"earned"' "$work/out/students/zz99/$file"; judge $? "$file of zz99"
done

# Marks of people are joined without grading; what has been entered stays.
head -1 "$work/out/marks.csv" | grep -q '^student,name,assignment,B3,C1,C2,C3,submission$'; judge $? "marks.csv: $(head -1 "$work/out/marks.csv")"
sed 's/^ab12,Ann Bell,hw03,,,/ab12,Ann Bell,hw03,1,0.5,/' "$work/out/marks.csv" > "$work/marks.csv"
touch "$work/before"; grade merge --out "$work/out" --marks "$work/marks.csv" --roster "$work/roster.csv" > /dev/null; judge $? "merge fails"
grep -q '^ab12,Ann Bell,hw03,9,9,1.5,1,10.5,12,graded,' "$work/out/grades.csv"; judge $? "merged: $(grep ab12 "$work/out/grades.csv")"
[ -z "$(find "$work/out/students" -newer "$work/before" -name result.json)" ]; judge $? "merge graded again"
sed 's/^ab12,Ann Bell,hw03,1,/ab12,Ann Bell,hw03,99,/' "$work/marks.csv" > "$work/bad.csv"
grade merge --out "$work/out" --marks "$work/bad.csv" 2> "$work/err"; [ $? = 2 ] && grep -q 'ab12, B3: not a number from 0 to 1' "$work/err"; judge $? "99 points of 2 are accepted: $(cat "$work/err")"
grade class --submissions "$work/class" --out "$work/out" --roster "$work/roster.csv" > "$work/log" 2>&1
grep -q '^0 graded, 6 unchanged' "$work/log" && grep -q '^ab12,Ann Bell,hw03,1,0.5,' "$work/out/marks.csv"; judge $? "a second run grades again or loses marks: $(tail -1 "$work/log")"
cp $solutions/hw03/hw03.c "$work/class/zz99/"; grade class --submissions "$work/class" --out "$work/out" --roster "$work/roster.csv" > "$work/log" 2>&1
grep -q '^1 graded, 5 unchanged' "$work/log"; judge $? "a changed submission: $(tail -1 "$work/log")"
grade class --submissions "$work/class" --out "$work/out" --only ab12 > "$work/log" 2>&1; grep -q '^1 graded, 0 unchanged' "$work/log"; judge $? "--only: $(tail -1 "$work/log")"

# Derivations: decided by the machine, or left to a person with the reason; people can overrule.
mkdir "$work/written"; for id in right wrong stuck words none; do cp -r $solutions/hw03 "$work/written/$id"; done
answer() { # ID: the text of A7 from standard input
    awk -v file="$work/a7" '/^\[/ {skip = $0 == "[A7]"; if (skip) {print; while ((getline line < file) > 0) print line}} !skip' $solutions/hw03/answers.txt > "$work/written/$1/answers.txt"
}
sed -n '/^\[A7\]/,/end{align}/p' $solutions/hw03/answers.txt | sed '1d' > "$work/good"
sed 's/\\frac{1}{\\sqrt{\\alpha_t}}\\Big(x_t-/\\frac{1}{\\sqrt{\\alpha_t}}\\Big(x_t+/' "$work/good" > "$work/a7"; answer wrong
{ sed '3,$d' "$work/good"; printf '%s\n' ' &= \zeta x_t + \xi \epsilon' '\end{align}'; } > "$work/a7"; answer stuck
echo 'One inserts x_0 and collects what stands before each term.' > "$work/a7"; answer words
: > "$work/a7"; answer none
grade class --submissions "$work/written" --out "$work/judged" > "$work/log" 2>&1; judge $? "written: $(tail -3 "$work/log")"
row() { grep "^$1," "$work/judged/${2:-grades.csv}"; }
row right | grep -q ',hw03,9,9,0,3,9,12,graded,.*,2,'; judge $? "right: $(row right)"
row wrong | grep -q ',hw03,8.25,9,0,3,8.25,12,graded,.*,1.25,'; judge $? "a wrong last line keeps the steps before it: $(row wrong)"
row stuck | grep -q ',hw03,7,7,0,5,7,12,graded,'; judge $? "what is not understood waits: $(row stuck)"
row words | grep -q ',hw03,7,7,0,5,7,12,graded,'; judge $? "words wait for a person: $(row words)"
row none | grep -q ',hw03,7,9,0,3,7,12,graded,.*,0,'; judge $? "nothing earns nothing: $(row none)"
grep -q 'line 5 of the answer is wrong: &= .*left = ' "$work/judged/students/wrong/results.json" && tr -s ' \n' ' ' < "$work/judged/students/wrong/report.txt" | grep -q 'A7 .* 1.25 / 2 partly line 5 of the answer is wrong: .*? '; judge $? "no line, no values, no question: $(grep -A5 A7 "$work/judged/students/wrong/report.txt")"
tr -s ' \n' ' ' < "$work/judged/students/stuck/report.txt" | grep -q 'A7 .* - / 2 pending left to a person: line 3 (.*zeta.*): what is'; judge $? "no reason: $(grep -A4 A7 "$work/judged/students/stuck/report.txt")"
grep -q 'A7 .*(derivation, 2 points)' "$work/judged/students/stuck/review.txt" && grep -q 'awarded 1.25 of 2; marks.csv overrules' "$work/judged/students/wrong/review.txt" && ! grep -q A7 "$work/judged/students/right/review.txt"; judge $? "review.txt of derivations"
grep -q '"number":	"A7"' "$work/judged/students/wrong/results.json" && ! grep -q '"number":	"A7"' "$work/judged/students/stuck/results.json"; judge $? "results.json: what waits is no test, what is decided is one"
head -1 "$work/judged/marks.csv" | grep -q '^student,name,assignment,A7,B3,C1,C2,C3,submission$' && row wrong marks.csv | grep -q '^wrong,,hw03,auto,' && row stuck marks.csv | grep -q '^stuck,,hw03,,'; judge $? "marks.csv: $(cat "$work/judged/marks.csv")"
sed 's/^wrong,,hw03,auto,/wrong,,hw03,1.5,/; s/^stuck,,hw03,,/stuck,,hw03,2,/' "$work/judged/marks.csv" > "$work/overrule.csv"
grade merge --out "$work/judged" --marks "$work/overrule.csv" > /dev/null
row wrong | grep -q ',hw03,7,9,1.5,3,8.5,12,graded,.*,1.5,' && row stuck | grep -q ',hw03,7,7,2,3,9,12,graded,' && row right | grep -q ',hw03,9,9,0,3,9,12,'; judge $? "overruled: $(cat "$work/judged/grades.csv")"
printf 'student,A7\nright,0.5\n' > "$work/column.csv"; grade merge --out "$work/judged" --marks "$work/column.csv" > /dev/null; row right | grep -q ',hw03,7,9,0.5,3,7.5,12,'; judge $? "a column added by hand: $(row right)"
grep -q '  A7   .*' "$work/judged/summary.txt"; judge $? "the signatures of derivations are not counted"

# Everything under one heading counts for the others; names of an earlier answer are known in a later one.
mkdir -p "$work/whole/one" "$work/names/one"; cp $solutions/hw01/hw01.c "$work/whole/one/"; cp $solutions/hw02/hw02.c "$work/names/one/"
awk -F'[][]' 'FNR == 1 {file++} file == 1 {if (/^=== /) on = / the-whole-derivation /; else if (on) body = body $0 "\n"; next}
    /^\[/ {item = $2; print; if (item == "D5") printf "%s", body; next} item !~ /^(A4|B4|C6|D5)$/' tests/homework/variants/right_derivations.txt $solutions/hw01/answers.txt > "$work/whole/one/answers.txt"
grade one --submission "$work/whole/one" > "$work/one.json"; [ "$(points "$work/one.json")" = 16 ]; judge $? "the whole derivation under D5: $(points "$work/one.json") of 16"
awk -F'[][]' 'FNR == 1 {file++} file == 1 {if (/^=== /) on = / a-name-of-ones-own /; else if (on && /derive: let/) name = $0; else if (on) body = body $0 "\n"; next}
    /^\[/ {item = $2; print; if (item == "B3") print name; if (item == "C5") printf "%s", body; next} item != "C5"' tests/homework/variants/right_derivations.txt $solutions/hw02/answers.txt > "$work/names/one/answers.txt"
grade one --submission "$work/names/one" > "$work/one.json"; [ "$(points "$work/one.json")" = 10.5 ]; judge $? "a name from B3 in C5: $(points "$work/one.json") of 10.5"
cp "$work/names/one/answers.txt" "$work/names.txt"; sed -i 's/|r_t(/|2r_t(/' "$work/names/one/answers.txt"; grade one --submission "$work/names/one" | grep -A9 '"C5"' | grep -q 'line 4 of the answer is wrong'; judge $? "the line of a mistake behind a name of an earlier answer"
cp "$work/names.txt" "$work/names/one/answers.txt"; sed -i '/derive: let/d' "$work/names/one/answers.txt"; grade one --submission "$work/names/one" > "$work/one.json"; [ "$(points "$work/one.json")" = 9 ]; judge $? "the control: without the name: $(points "$work/one.json") of 9"

# Killed at any moment: finished results stay, and the next run does only the rest.
mkdir "$work/many"; i=0; while [ $i -lt 12 ]; do cp -r $solutions/hw03 "$work/many/s$i"; i=$((i + 1)); done
for delay in 0.7 1.3; do
    rm -rf "$work/killed"
    "$B/grade" class --submissions "$work/many" --out "$work/killed" --server "$B/grade_server" --homework "$sheets" > "$work/killed.log" 2>&1 & victim=$!
    sleep $delay; kill -9 $victim 2> /dev/null; wait $victim 2> /dev/null; sleep 0.3
    done=$(find "$work/killed" -name result.json 2> /dev/null | wc -l)
    for file in $(find "$work/killed" -name '*.json' 2> /dev/null); do tail -c 3 "$file" | grep -q '}' || { judge 1 "$file is cut short"; }; done
    grade class --submissions "$work/many" --out "$work/killed" > "$work/log" 2>&1
    grep -q "^$((12 - done)) graded, $done unchanged since last time, 0 failed" "$work/log"; judge $? "after a kill with $done done: $(tail -1 "$work/log")"
    [ "$(grep -c ',hw03,9,9,' "$work/killed/grades.csv")" = 12 ]; judge $? "after a kill the class is not complete"
done

# Gradescope: results.json, the trouble cases, and a key of the course's own.
mkdir -p "$work/gs/submission"; cp $solutions/hw03/* "$work/gs/submission/"; echo '{"users": [{"id": 5, "email": "ann@x"}]}' > "$work/gs/meta.json"
grade gradescope --submission "$work/gs/submission" --results "$work/gs/results.json" --metadata "$work/gs/meta.json"; judge $? "gradescope"
for word in '"score":	9,' '"max_score":	0.5' '"status":	"passed"' '"number":	"A1"' '"visibility":	"visible"' '"execution_time":'; do grep -q "$word" "$work/gs/results.json"; judge $? "results.json lacks $word"; done
mkdir "$work/gs/nothing"; grade gradescope --submission "$work/gs/nothing" --results "$work/gs/none.json"; grep -q 'No file such as hw03.c' "$work/gs/none.json"; judge $? "an empty submission: $(cat "$work/gs/none.json")"
cp -r $solutions "$work/own"; sed 's/^b$/c/' $solutions/hw03/answers.txt > "$work/own/hw03/answers.txt"
grade one --submission $solutions/hw03 --solutions "$work/own" | grep -A2 '"C3c"' | grep -q wrong; judge $? "SOLUTIONS is not used"

mkdir "$work/nothing"; touch "$work/nothing/other.c"; "$B/grade" one --submission "$work/nothing" --server "$B/grade_server" > "$work/one.json"; [ $? = 1 ] && grep -q 'no assignment called' "$work/one.json"; judge $? "a folder without an assignment: $(cat "$work/one.json")"
grade one --submission $solutions/hw03 --solutions "$work/nowhere" | grep -A6 '"C3c"' | grep -q 'no key'; judge $? "a missing key is not said"

# Bad usage: one line, exit status 2.
refused() { what=$1; shift; grade "$@" > "$work/out.txt" 2> "$work/err"; [ $? = 2 ] && [ "$(wc -l < "$work/err")" = 1 ] && grep -q "$what" "$work/err"; judge $? "grade $*: $(cat "$work/err")"; }
refused 'unknown option --frob' class --frob 1
refused 'needs a number' class --jobs many
refused 'no assignment hw99' check --hw hw99 --work x
refused 'needs auto' one --confine castle
refused 'cannot copy' one --submission $solutions/hw03 --server "$work/none" # the later --server counts
refused 'no column' class --submissions "$work/class" --out "$work/o4" --roster "$work/marks.csv.none"
refused 'cannot read' merge --out "$work/out" --marks "$work/none.csv"
refused 'cannot read' one --submission $solutions/hw03 --homework "$work/none"
refused 'nothing to grade\|cannot read' class --submissions "$work/nowhere" --out "$work/o2"
env PATH=/nonexistent "$B/grade" one --submission $solutions/hw03 --confine bwrap 2> "$work/err"
[ $? = 2 ] && grep -q 'bubblewrap does not work here; --confine none' "$work/err"; judge $? "without bubblewrap: $(cat "$work/err")"
cp -r $solutions/hw02 "$work/class/other"; refused 'more than one assignment' class --submissions "$work/class" --out "$work/o3"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
