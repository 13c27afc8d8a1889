#!/bin/sh
# mutants.sh -- do the lessons notice when a formula of src/theory is wrong?
# usage: mutants.sh BUILD_DIR            (ONLY=posterior for one file; JOBS=2)
#
# Operator mutants (tests/mutate.c) and the named wrong formulas (src/theory/misprint.c) are put into
# a copy of the library, one at a time, and every lesson that reaches the function is run.  Only an
# asserted check kills: exit status 1 with failed checks.  Crashes, timeouts and compile errors are
# counted apart.  Survivors must stand in tests/mutants_equivalent.tsv with the reason.
# Writes build/mutants/table.tsv (a row per mutant, a column per lesson) and prints a summary.
set -u
B=$1
M=build/mutants
jobs=${JOBS:-2}
begin=$(date +%s)
files=$(for f in ${ONLY:-$(cd src/theory && ls *.c | grep -v -e misprint -e schedule_file -e schedule_spec | sed "s/\.c$//")}; do
    if [ -f "src/theory/$f.c" ]; then echo "$f"; fi; done)
[ -n "$files" ] || exit 0 # ONLY names a file of another room
lessons=$(cd "$B/pic/lessons" && ls -d lesson[0-9][0-9])
cflags="-std=c11 -D_POSIX_C_SOURCE=200809L -ffp-contract=off -Isrc -w -O1 -fPIC -fsemantic-interposition $(pkg-config --cflags gsl libcjson zlib)"
libs="$(pkg-config --libs gsl libcjson zlib libmd) -lm -pthread"
rm -rf "$M" && mkdir -p "$M" || exit 2

# ---- Which lesson reaches which function (line coverage of a copy of the library) ----
mkdir -p "$M/reach/lessons"
objects=
for f in $files; do
    ${CC:-gcc} $cflags -O0 --coverage -c "src/theory/$f.c" -o "$M/reach/$f.o" || exit 2
    objects="$objects $M/reach/$f.o"
done
others=$(find "$B/pic" -name '*.o' | grep -v -F -e "$(for f in $files; do echo "theory/$f.o"; done)")
${CC:-gcc} --coverage -shared -Wl,-soname,libddpm.so $objects $others $libs -o "$M/reach/libddpm.so" || exit 2
for lesson in $lessons; do
    cp "$B/pic/lessons/$lesson" "$M/reach/lessons/"
    mkdir -p "$M/reach/$lesson" && cp "$M"/reach/*.gcno "$M/reach/$lesson/"
    LD_LIBRARY_PATH=$M/reach GCOV_PREFIX="$PWD/$M/reach/$lesson" GCOV_PREFIX_STRIP=99 "$M/reach/lessons/$lesson" --quick --mnist none > /dev/null 2>&1 ||
        { echo "$lesson fails without any mutant"; exit 2; }
    for f in $files; do
        gcov -f -n -o "$M/reach/$lesson" "$f.c" 2> /dev/null |
            awk -v l="$lesson" -v f="$f" '/^Function/ {gsub(/\x27/, "", $2); name = $2} /^Lines executed/ && name {split($2, p, ":"); if (p[2] + 0 > 0) print f "\t" name "\t" l; name = ""}'
    done
done > "$M/reach.tsv"

# ---- The list of mutants: file, number, line, function, operator, changed line ----
for f in $files; do "$B/tests/mutate" "src/theory/$f.c" | sed "s/^/$f\t/"; done > "$M/list.tsv"
if [ -z "${ONLY:-}" ]; then
    "$B/tests/list_misprints" | awk -F'\t' '{print "misprint\t" $1 "\t0\t" $2 "\tnamed wrong formula\t" $1}' >> "$M/list.tsv"
fi
printf '%s mutants of %s\n' "$(wc -l < "$M/list.tsv")" "$(echo $files)" >&2

# ---- One worker: takes every JOBS-th mutant ----
cat > "$M/work.sh" <<'WORK'
w=$1 jobs=$2 B=$3 M=$4
dir=$M/w$w
mkdir -p "$dir/lessons" && cp "$B"/pic/lessons/lesson[0-9][0-9] "$dir/lessons/"
cp "$B/pic/libddpm.so" "$dir/"
tab=$(printf '\t')
awk -v w="$w" -v n="$jobs" 'NR % n == w' "$M/list.tsv" | while IFS="$tab" read -r file number line function operator change; do
    cells= preload= misprint= where="^$file"
    if [ "$file" = misprint ]; then
        cp "$B/pic/libddpm.so" "$dir/libddpm.so"
        preload=$(readlink -f "$B/pic/poison.so") misprint=$number where=
    else
        "$B/tests/mutate" "src/theory/$file.c" "$number" > "$dir/$file.c"
        if ! ${CC:-gcc} $CFLAGS_M -Isrc/theory -c "$dir/$file.c" -o "$dir/$file.o" 2> /dev/null; then
            printf '%s\t%s\t%s\t%s\t%s\t%s\tcompile error\n' "$file" "$number" "$line" "$function" "$operator" "$change"
            continue
        fi
        ${CC:-gcc} -shared -Wl,-soname,libddpm.so "$dir/$file.o" $(find "$B/pic" -name '*.o' | grep -v "theory/$file.o") $LIBS_M -o "$dir/libddpm.so"
        rm -f "$dir/$file.o"
    fi
    for lesson in $LESSONS_M; do
        if ! grep -q "$where$tab$function$tab$lesson\$" "$M/reach.tsv"; then cells="$cells$tab."; continue; fi
        LD_LIBRARY_PATH=$dir LD_PRELOAD=$preload MISPRINT=$misprint timeout 10 "$dir/lessons/$lesson" --quick --mnist none --fail-fast > "$dir/log" 2> /dev/null
        case $? in
            0) cells="$cells$tab-" ;;
            1) if grep -q '^  FAILED\|FAILED' "$dir/log"; then cells="$cells${tab}K"; else cells="$cells${tab}?"; fi ;;
            124) cells="$cells${tab}T" ;;
            *) cells="$cells${tab}C" ;;
        esac
    done
    printf '%s\t%s\t%s\t%s\t%s\t%s%s\n' "$file" "$number" "$line" "$function" "$operator" "$change" "$cells"
done > "$dir/rows.tsv"
WORK
export CFLAGS_M="$cflags" LIBS_M="$libs" LESSONS_M="$lessons"
k=0
while [ $k -lt "$jobs" ]; do sh "$M/work.sh" $k "$jobs" "$B" "$M" & k=$((k + 1)); done
wait

# ---- The table and the summary ----
{
    printf '# file\tnumber\tline\tfunction\toperator\tchange'
    for lesson in $lessons; do printf '\t%s' "${lesson#lesson}"; done
    printf '\n'
    cat "$M"/w*/rows.tsv | sort -t "$(printf '\t')" -k1,1 -k2,2n
} > "$M/table.tsv"
awk -f tests/mutants.awk tests/mutants_equivalent.tsv "$M/table.tsv"
status=$?
echo "$(($(date +%s) - begin)) s; every mutant: $M/table.tsv" >&2
exit $status
