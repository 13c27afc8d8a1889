#!/bin/sh
# test_grade_semester.sh -- a semester of a teaching assistant: several assignments, two people who mark, a
# roster that comes late, regrades, late submissions.  What people entered is never lost, and counts for
# nobody else; what does not fit is refused by name.
# usage: test_grade_semester.sh BUILD_DIR
set -u
cd "$(dirname "$0")/.." || exit 2
B=$(cd "$1" && pwd)
. tests/judge.sh
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
root=$(pwd) solutions=$(pwd)/tests/homework/solutions homework=$work/sheets
cp -r lessons/homework "$homework"; cp tests/homework/points.tsv "$homework/" # rows of points are compared
grade() { command=$1; shift; "$B/grade" "$command" --server "$B/grade_server" --solutions "$solutions" --homework "$homework" "$@"; }
class() { grade class "$@" > log 2>&1; }
cd "$work" || exit 2
merge() { grade merge "$@" > log 2>&1; }
says() { grep -qF -e "$1" log; judge $? "no word of '$1': $(cat log)"; } # what the last command said
row() { grep "^$2," "$1"; }
wrong() { # 'what it says' ARGUMENTS: refused with one line, and no table is touched
    what=$1; shift
    cat grades/hw03/*.csv > before; "$B/grade" "$@" > out 2> log; status=$?
    cat grades/hw03/*.csv > after
    [ $status = 2 ] && [ "$(wc -l < log)" = 1 ] && [ ! -s out ] && grep -qF -e "$what" log; judge $? "$*: status $status, '$what' expected: $(cat log out)"
    same before after "grade $* was refused and changed the tables"
}
for hw in hw02 hw03; do
    mkdir $hw
    for id in ann bob; do mkdir $hw/$id; cp $homework/$hw/$hw.c $solutions/$hw/answers.txt $hw/$id/; done # (skeletons: quick)
done

# Two assignments: each has its directory, and none takes the other's.
class --submissions hw03; judge $? "hw03: $(cat log)"
says 'pending: 6 points of 2 students wait in marks.csv; until then canvas.csv and moodle.csv count them as 0'
grep -q '^pending: 6 points' grades/hw03/summary.txt; judge $? "summary.txt says nothing of what waits"
sed -i 's/^ann,,hw03,,/ann,,hw03,0.5,/' grades/hw03/marks.csv; merge --marks grades/hw03/marks.csv; judge $? "marks filled in in place: $(cat log)"
class --submissions hw02; judge $? "hw02: $(cat log)"
[ "$(row grades/hw02/grades.csv ann | cut -d, -f3,6)" = hw02,0 ] && [ "$(row grades/hw03/grades.csv ann | cut -d, -f3,6)" = hw03,0.5 ]; judge $? "one assignment's marks count for the other"
wrong 'grades/hw03 holds hw03: give hw02 a directory of its own (OUT=)' class --submissions hw02 --out grades/hw03 --server "$B/grade_server" --homework $homework
wrong 'row 2 is of hw02, the results are of hw03' merge --marks grades/hw02/marks.csv --out grades/hw03
mkdir mixed mixed/students && cp -r grades/hw03/students/ann mixed/students/ && cp -r grades/hw02/students/bob mixed/students/
wrong 'mixed holds results of hw03 (ann) and of hw02 (bob)' merge --marks grades/hw03/marks.csv --out mixed

# Two people, each with a part of the marks: the one does not delete the other's.
printf 'student,C1\nann,1\nbob,0.25\n' > one.csv; merge --marks one.csv --hw hw03; judge $? "one: $(cat log)"
printf 'student,assignment,B3,C1,comment\nbob,hw03,1,,"asks for an hour, again"\n' > two.csv; merge --marks two.csv; judge $? "two: $(cat log)"
row grades/hw03/marks.csv ann | grep -q ',hw03,0.5,1,,,,ann$' && row grades/hw03/marks.csv bob | grep -q ',hw03,1,0.25,,,"asks for an hour, again",bob$'; judge $? "a part of the marks is lost: $(cat grades/hw03/marks.csv)"
printf 'student,C1\nbob,0.75\n' > three.csv; merge --marks three.csv --hw hw03; says 'bob, C1: 0.75 replaces 0.25'
# An old copy of marks.csv is saved over the new one: what is empty in it was not taken away.
cp one.csv grades/hw03/marks.csv; merge --marks grades/hw03/marks.csv; says 'bob, C1: 0.25 replaces 0.75'
row grades/hw03/marks.csv ann | grep -q ',hw03,0.5,1,' && row grades/hw03/marks.csv bob | grep -q ',hw03,1,0.25,'; judge $? "an old copy takes marks away: $(cat grades/hw03/marks.csv)"
sed -i 's/^bob,,hw03,1,/bob,,hw03,,/' grades/hw03/marks.csv; class --submissions hw03; says 'bob, B3: put back (- removes it): 1'
sed -i 's/^bob,,hw03,1,/bob,,hw03,-,/' grades/hw03/marks.csv; merge --marks marks.csv --out grades/hw03; says 'bob, B3: removed: 1'
row grades/hw03/marks.csv bob | grep -q ',hw03,,0.25,'; judge $? "a mark cannot be taken away: $(cat grades/hw03/marks.csv)"
rm grades/hw03/marks.csv; class --submissions hw03; row grades/hw03/marks.csv ann | grep -q ',hw03,0.5,1,'; judge $? "a deleted marks.csv takes the marks with it"

# Points of the machine are overruled by a person, whatever the kind of the item.
printf 'student,A1,B1n,C3c,A7,Notes\nann,0.25,0,0,1,by hand\n' > over.csv; merge --marks over.csv --hw hw03; judge $? "code, number and choice: $(cat log)"
[ "$(row grades/hw03/grades.csv ann | cut -d, -f4,6,8,11,17,19,26)" = 1.5,2.75,4.25,0.25,1,0,0 ]; judge $? "overruled: $(row grades/hw03/grades.csv ann)"
head -1 grades/hw03/marks.csv | grep -q '^student,name,assignment,A1,A7,B1n,B3,C1,C2,C3c,C3,comment,Notes,submission$' && row grades/hw03/marks.csv bob | grep -q '^bob,,hw03,auto,auto,auto,,0.25,,auto,,'; judge $? "columns: $(cat grades/hw03/marks.csv)"

# What does not fit is refused by name.
try() { printf "$1" > bad.csv; wrong "bad.csv: $2" merge --marks bad.csv --out grades/hw03; }
try 'student,B3\nanne,1\n' "row 2: no student 'anne' (no result, and not on the roster)"
try 'student,B9\nann,1\n' "the column 'B9' is no item of hw03 (text goes into a column 'comment')"
try 'student,B3,\nann,1,0.5\n' "the column '' is no item"
try 'student,B3,b3\nann,1,1\n' "the column 'b3' stands twice"
try 'student;B3\nann;1\n' "no column 'student' (the columns are separated by commas)"
try 'student,B3\nann,1\nann,0.5\n' 'ann stands twice'
try 'student,B3\n,1\n' 'row 2 names no student'
try 'student,B3\nann,0,5\n' 'row 2 (ann) has more cells than columns'
try 'student,B3\nann,"0,5"\n' 'ann, B3: not a number from 0 to 1'
wrong '/dev/null' merge --marks /dev/null --out grades/hw03
: > bad.csv; wrong 'bad.csv is empty' merge --marks bad.csv --out grades/hw03
wrong 'nowhere holds no results: grade first' merge --marks one.csv --out nowhere
wrong 'say HW= or OUT=' merge --marks one.csv
wrong 'cannot read none.csv' merge --marks none.csv --out grades/hw03
mkdir none; wrong 'none holds no results: grade first' merge --marks one.csv --out none

# A roster that comes late: one row per student, the marks go along, and it need not be given again.
mkdir late names; for name in hill_4711_882_hw03 zoe; do cp -r hw03/ann names/$name; done
class --submissions names --out late; printf 'student,B3\nhill_4711_882,1\n' > hill.csv; merge --marks hill.csv --out late; judge $? "hill: $(cat log)"
printf 'id,name,canvas\ngh78,Gus Hill,4711\nno00,Not There,4\n' > roster.csv
class --submissions names --out late --roster roster.csv; says 'students/hill_4711_882 does not count: students/gh78 is of gh78 too'
says 'zoe is nobody on the roster'
[ "$(cut -d, -f1,2 late/grades.csv | tr '\n' ' ')" = 'student,name gh78,Gus Hill no00,Not There zoe, ' ]; judge $? "rows: $(cut -d, -f1,2 late/grades.csv)"
[ "$(grep -c 'Gus Hill' late/canvas.csv)" = 1 ] && row late/marks.csv gh78 | grep -q '^gh78,Gus Hill,hw03,1,'; judge $? "a mark stays with the old name: $(cat late/marks.csv)"
class --submissions names --out late; row late/grades.csv gh78 | grep -q '^gh78,Gus Hill,hw03,.*,1,'; judge $? "the roster is forgotten: $(cat late/grades.csv)"
printf 'student,B3\nno00,0.75\n' > paper.csv; merge --marks paper.csv --out late; grep -q '^Not There,4,,no00,,0.75$' late/canvas.csv; judge $? "points for somebody who handed in on paper: $(cat late/canvas.csv)"
# The roster was wrong: the result and its marks go to whom they belong to.
printf 'id,name,canvas\nkl90,Kim Lee,4711\ngh78,Gus Hill,4712\nno00,Not There,4\n' > roster.csv
class --submissions names --out late --roster roster.csv; row late/grades.csv kl90 | grep -q '^kl90,Kim Lee,hw03,.*,1,' && row late/grades.csv gh78 | grep -q ',0,.*,no submission,'; judge $? "a result or its marks stay with the wrong student: $(cat late/grades.csv log)"
cp -r late/students/zoe late/students/zed; sed -i 's/"zoe"/"ann_4_1_hw03"/' late/students/zoe/result.json; sed -i 's/"zoe"/"ann_4_2_hw03"/' late/students/zed/result.json
grade merge --marks hill.csv --out late > out 2> log; says 'students/zed and students/zoe are both of no00: remove one of them'
printf 'id\nab\nab\n' > twice.csv; wrong 'the id ab stands twice' merge --marks one.csv --out grades/hw03 --roster twice.csv

# Two submissions of one student; late ones from another directory; one that is gone.
mkdir double; cp -r hw03/ann double/ann; (cd hw03 && tar czf ../double/ann_hw03.tar.gz ann)
wrong 'are both of ann: leave one of them' class --submissions double --hw hw03 --server "$B/grade_server" --homework $homework
wrong "holds no submission of 'anne'" class --submissions hw03 --only anne --server "$B/grade_server" --homework $homework
mkdir later; cp -r hw03/ann later/cid; class --submissions later --hw hw03; says 'bob is not in later this time: the earlier result stands'
[ "$(wc -l < grades/hw03/grades.csv)" = 4 ] && row grades/hw03/marks.csv ann | grep -q ',0.5,1,'; judge $? "a late submission takes the others away: $(cat grades/hw03/grades.csv)"
mv grades/hw03/students/ann gone; class --submissions later; says "ann has no result and is not on the roster: the marks stay in marks.csv"
mv gone grades/hw03/students/ann; class --submissions later; row grades/hw03/grades.csv ann | grep -q ',hw03,1.5,9,2.75,'; judge $? "marks of somebody who was away: $(row grades/hw03/grades.csv ann)"

echo '[B3] and more' >> hw03/ann/answers.txt; class --submissions hw03; grep -q 'ann  .*(handed in anew: marks stay, look at them)$' log && ! grep -q 'bob  .*anew' log && row grades/hw03/marks.csv ann | grep -q ',0.5,1,'; judge $? "a second try of somebody with marks: $(cat log)"

# Who handed in answers only did not fail to compile.
mkdir words words/dan words/eve; cp hw03/ann/answers.txt words/dan/; cp hw03/ann/answers.txt words/eve/; echo 'int x = ;' > words/eve/hw03.c
class --submissions words --out words.out
row words.out/grades.csv dan | grep -q ',no code,' && row words.out/grades.csv eve | grep -q ',does not compile,' && tr '\n' ' ' < words.out/summary.txt | grep -q 'Does not compile:   eve  No code was handed in:   dan'; judge $? "no code: $(cat words.out/grades.csv words.out/summary.txt)"

# A regrade sees what the marks and the reports depend on.
cp -r $homework mine; mkdir bin; printf '#!/bin/sh\n[ "$1" = --version ] && cat "%s/version"\nPATH=${PATH#*:} exec gcc "$@"\n' "$work" > bin/gcc; chmod 755 bin/gcc; echo 1 > version
again() { PATH=$work/bin:$PATH "$B/grade" class --submissions words --out words.out --homework mine --solutions "$solutions" --server "$B/grade_server" > log 2>&1; sed -n 's/^\([0-9]*\) graded, .*/\1/p' log; }
again > /dev/null; [ "$(again)" = 0 ]; judge $? "unchanged: $(tail -1 log)"
sed -i 's/^hw03	B3	/&Better: /' mine/rubric.tsv; [ "$(again)" = 2 ] && grep -q 'rubric   Better: ' words.out/students/dan/review.txt; judge $? "a new rubric: $(tail -1 log)"
echo '/* */' >> mine/hw03/hw03.h; [ "$(again)" = 2 ]; judge $? "a new header: $(tail -1 log)"
echo 2 > version; [ "$(again)" = 2 ]; judge $? "another compiler: $(tail -1 log)"

# What students type: a part that there is not, a small letter; a folder below many folders; handing in.
mkdir -p desk/hw03; cp hw03/ann/* desk/hw03/
grade check --hw hw03 --work desk --part b > log; grep -q '^Part B' log && ! grep -q '^Part A' log; judge $? "part b: $(head -5 log)"
wrong "hw03 has no part 'Z': the parts are A B C" check --hw hw03 --work desk --part Z --server "$B/grade_server" --homework $homework
mkdir -p nest/ann/1/2/3/4/5/6; cp hw03/ann/* nest/ann/1/2/3/4/5/6/; class --submissions nest --out nest.out; row nest.out/grades.csv ann | grep -q ',graded,'; judge $? "seven folders deep: $(cat nest.out/grades.csv)"
mkdir packed; make -s -C "$root" -o grader submit HW=03 WORK="$work/desk" STUDENT='Ann Bell' B="$B" OUT="$work/packed" > log 2>&1; judge $? "make submit: $(cat log)"
class --submissions packed --out packed.out; row packed.out/grades.csv 'Ann Bell' | grep -q ',graded,'; judge $? "make submit STUDENT= gives no name: $(ls packed) $(cat packed.out/grades.csv log)"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
