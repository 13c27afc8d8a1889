#!/bin/sh
# mutants_units.sh -- do the unit tests notice when src/net or src/train is wrong?
# usage: mutants_units.sh BUILD_DIR      (ONLY="mlp trainer" for some files; JOBS=2; PROGRAMS="mlp gemm" for
#                                         some tests)
#
# As mutants.sh, with the unit tests in place of the lessons: each operator mutant (tests/mutate.c) is put
# into a copy of the library, and the tests that reach its function are run, the quick ones first, until
# one fails.  A kernel's mutants are planted in its AVX2 objects (baseline on other processors), what is
# compiled in float and in double in both; vector.h is part of kernel_gemm.c.  Here a crash counts as
# noticed, apart from the asserted checks: half of this code is addresses, and a wrong address may not
# live to be compared.  Survivors must stand in tests/mutants_equivalent.tsv.  Writes $WORK/table.tsv
# (build/mutants_units).
set -u
B=$1
M=${WORK:-build/mutants_units}
jobs=${JOBS:-2}
begin=$(date +%s)
tab=$(printf '\t')
libs="$(pkg-config --libs gsl libcjson zlib libmd) -lm -pthread"
set_of_kernel=baseline
[ -n "$(find "$B/pic" -name 'kernel_gemm_avx2.o')" ] && set_of_kernel=avx2
rm -rf "$M" && mkdir -p "$M/reach" && M=$(cd "$M" && pwd) || exit 2

# ---- Files, and the objects of each: path in the library, compiler flags ----
files=
for f in src/net/*.c src/net/vector.h src/train/*.c; do
    f=${f#src/} && f=${f%.[ch]}
    case " ${ONLY:-${f#*/}} " in *" ${f#*/} "*) files="$files $f" ;; esac
done
[ -n "$files" ] || exit 0 # ONLY names a file of another room
unit_of() { if [ "$1" = net/vector ]; then echo net/kernel_gemm; else echo "$1"; fi; }
source_of() { if [ "$1" = net/vector ]; then echo src/net/vector.h; else echo "src/$1.c"; fi; }
objects_of()
{
    set -- "$(unit_of "$1")"
    k=$(basename "$1")_$set_of_kernel
    wide='-O2 -fno-math-errno -fno-trapping-math'
    [ "$set_of_kernel" = avx2 ] && wide="$wide -mavx2 -mfma"
    [ "$1" != net/kernel_flat ] && wide="$wide -ffp-contract=fast"
    if [ -f "$B/pic/src/${1}_baseline.o" ]; then
        echo "src/net/$k $wide -DKERNEL_TABLE=$k"
        echo "src/net/${k}_double $wide -DNET_DOUBLE -DKERNEL_TABLE=${k}_double"
    else
        echo "src/$1 -O1"
        if [ -f "$B/pic/src/${1}_double.o" ]; then echo "src/${1}_double -O1 -DNET_DOUBLE"; fi
    fi
}
compile="${CC:-gcc} -std=c11 -D_POSIX_C_SOURCE=200809L -ffp-contract=off -Isrc -w -fPIC -fsemantic-interposition $(pkg-config --cflags gsl libcjson zlib)"

# ---- Which test reaches which function, and how long it takes ----
programs=${PROGRAMS:-$(grep -lE '#include "(net|train)/' tests/test_*.c | sed 's/.*\/test_\(.*\)\.c/\1/')}
replaced=
for f in $(for g in $files; do unit_of "$g"; done | sort -u); do
    objects_of "$f" > "$M/objects"
    while read -r object flags; do
        $compile $flags --coverage -c "src/$(unit_of "$f").c" -o "$M/reach/$(basename "$object").o" || exit 2
        replaced="$replaced /$object.o"
    done < "$M/objects"
done
others=$(find "$B/pic/src" "$B/pic/claims_table.o" -name '*.o' | grep -v -F -e "$(echo $replaced | tr ' ' '\n')")
${CC:-gcc} --coverage -shared -Wl,-soname,libddpm.so "$M"/reach/*.o $others $libs -o "$M/reach/libddpm.so" || exit 2
for p in $programs; do
    mkdir -p "$M/reach/$p" && cp "$M"/reach/*.gcno "$M/reach/$p/"
    start=$(date +%s%N)
    LD_LIBRARY_PATH=$M/reach GCOV_PREFIX="$M/reach/$p" GCOV_PREFIX_STRIP=99 "$B/pic/tests/test_$p" > "$M/log" 2>&1 ||
        { echo "test_$p fails without any mutant"; tail -5 "$M/log"; exit 2; }
    took=$(($(date +%s%N) - start))
    for f in $(for g in $files; do unit_of "$g"; done | sort -u); do
        objects_of "$f" | while read -r object flags; do
            gcov -f -n -o "$M/reach/$p" "$(basename "$object").c" 2> /dev/null |
                awk -v p="$p" -v f="$f" -v t="$took" '/^Function/ {gsub(/\x27/, "", $2); name = $2; sub(/_double$/, "", name)} /^Lines executed/ && name {split($2, part, ":"); if (part[2] + 0 > 0) print f "\t" name "\t" t "\t" p; name = ""}'
        done
    done
done | sort -u | sort -k1,1 -k2,2 -k3,3n > "$M/reach.tsv"
grep -q . "$M/reach.tsv" || { cat "$M/log"; exit 2; }
if grep -q 'fails without' "$M/reach.tsv"; then cat "$M/reach.tsv"; exit 2; fi

# ---- The list, and one worker, which takes every JOBS-th mutant ----
for f in $files; do "$B/tests/mutate" "$(source_of "$f")" | sed "s|^|$f\t|"; done > "$M/list.tsv"
printf '%s mutants of%s\n' "$(wc -l < "$M/list.tsv")" "$files" >&2
work()
{
    dir=$M/w$1
    mkdir -p "$dir/net"
    awk -v w="$1" -v n="$jobs" 'NR % n == w' "$M/list.tsv" | while IFS="$tab" read -r file number line function operator change; do
        rm -f "$dir"/*.o "$dir"/net/vector.h
        unit=$dir/$(basename "$file").c
        if [ "$file" = net/vector ]; then unit=src/net/kernel_gemm.c; fi
        "$B/tests/mutate" "$(source_of "$file")" "$number" > "$(if [ "$file" = net/vector ]; then echo "$dir/net/vector.h"; else echo "$unit"; fi)"
        objects_of "$file" > "$dir/objects"
        compile_mutant="${compile%% -Isrc *} -I$dir -Isrc/$(dirname "$file") -Isrc ${compile#* -Isrc }"
        verdict=-
        replaced=
        while read -r object flags; do
            $compile_mutant $flags -c "$unit" -o "$dir/$(basename "$object").o" 2> /dev/null || verdict='compile error'
            replaced="$replaced /$object.o"
        done < "$dir/objects"
        by=.
        if [ "$verdict" = - ]; then
            rest=$(find "$B/pic/src" "$B/pic/claims_table.o" -name '*.o' | grep -v -F -e "$(echo $replaced | tr ' ' '\n')")
            ${CC:-gcc} -shared -Wl,-soname,libddpm.so "$dir"/*.o $rest $libs -o "$dir/libddpm.so" || verdict='compile error'
        fi
        reached=$(awk -F'\t' -v f="$file" -v g="$function" '$1 == f && $2 == g {print $4}' "$M/reach.tsv")
        # a function that is inlined everywhere has no count of its own
        [ -n "$reached" ] || reached=$(awk -F'\t' -v f="$(unit_of "$file")" '$1 == f && !($4 in seen) {seen[$4] = 1; print $3, $4}' "$M/reach.tsv" | sort -n | cut -d' ' -f2)
        [ -n "$reached" ] || verdict=.
        for p in $reached; do
            [ "$verdict" = 'compile error' ] && break
            LD_LIBRARY_PATH=$dir timeout 30 "$B/pic/tests/test_$p" > "$dir/log" 2>&1
            case $? in
                0) continue ;;
                124) verdict=T by=$p ;;
                *) by=$p
                    if grep -q 'error: Failure!' "$dir/log"; then verdict=K; break; fi
                    verdict=C ;;
            esac
        done
        printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$file" "$number" "$line" "$function" "$operator" "$change" "$verdict" "$by"
    done > "$dir/rows.tsv"
}
k=0
while [ $k -lt "$jobs" ]; do work $k & k=$((k + 1)); done
wait

# ---- The table and the summary ----
{
    printf '# file\tnumber\tline\tfunction\toperator\tchange\tverdict\tby\n'
    cat "$M"/w*/rows.tsv | sort -t "$tab" -k1,1 -k2,2n
} > "$M/table.tsv"
awk -f tests/mutants_units.awk tests/mutants_equivalent.tsv "$M/table.tsv"
status=$?
echo "$(($(date +%s) - begin)) s; every mutant: $M/table.tsv" >&2
exit $status
