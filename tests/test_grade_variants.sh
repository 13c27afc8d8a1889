#!/bin/sh
# test_grade_variants.sh -- wrong submissions lose the points of their item and get the right hint;
# correct rewritings get full points.  Reports both rates.
# usage: test_grade_variants.sh BUILD_DIR       (SAN=1: each fifth; SALT=word: other seeds)
set -u
cd "$(dirname "$0")/.." || exit 2
B=$1
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
every=1; [ -n "${SAN:-}" ] && every=5
awk -f tests/homework/make_variant.awk -v every=$every -v solutions="${SOLUTIONS:-tests/homework/solutions}" -v out="$work/in" tests/homework/variants/*.txt
for hw in hw01 hw02 hw03 inclass selfcheck widgets; do
    [ -d "$work/in/$hw" ] || continue
    "$B/grade" class --hw "$hw" --submissions "$work/in/$hw" --out "$work/out/$hw" --server "$B/grade_server" \
        --salt "${SALT:-variants}" > "$work/$hw.log" 2>&1 || { cat "$work/$hw.log"; echo "0 passed, 1 failed"; exit 1; }
done

# Judge: one line per item of one student, `earned points signature single`, from errors.csv and grades.csv.
cat "$work"/out/*/errors.csv > "$work/errors.csv"
for hw in "$work"/out/*/; do
    awk -F, -v hw="$(basename "$hw")" 'NR == 1 {for (i = 11; i <= NF; i++) item[i] = $i; next}
        {for (i = 11; i <= NF; i++) print hw "\t" $1 "\t" item[i] "\t" $i "\t" $10}' "$hw/grades.csv"
done > "$work/items.tsv"
awk -F'\t' -v every=$every '
    FILENAME ~ /points.tsv$/ {if ($0 !~ /^#/) {points[$1, $3] = $4; kind[$1, $3] = $5}; next}
    FILENAME ~ /items.tsv$/ {earned[$2, $3] = $4; items[$1] = items[$1] " " $3; status[$2] = $5; next}
    FILENAME ~ /errors.csv$/ {
        split($0, c, ","); hint[c[1], c[2]] = c[3]
        if (match($0, /line [0-9]+ of the answer/)) row[c[1], c[2]] = substr($0, RSTART + 5) + 0
        next
    }
    function complain(why) {print $1 ": " why; bad = 1}
    {
        bad = 0; split($5, lost, ","); delete is_lost
        for (i in lost) is_lost[lost[i]] = 1
        if (!(($1) in status)) complain("was not graded")
        else if (status[$1] != "graded") complain(status[$1])
        for (key in points) {
            split(key, k, SUBSEP)
            if (k[1] != $4 || kind[key] == "human") continue
            got = earned[$1, k[2]]; want = points[key]
            if (k[2] in is_lost && $2 != "right") {
                if (want > 0 && got >= want) complain(k[2] " keeps its points")
                split($3, spec, ":") # NAME, for derivations NAME:LINE
                if (got == "") complain(k[2] " is left to a person")
                if (hint[$1, k[2]] != spec[1]) complain(k[2] ": hint is " hint[$1, k[2]])
                if (spec[2] != "" && row[$1, k[2]] != spec[2]) complain(k[2] ": line " row[$1, k[2]])
            } else if (got != want || hint[$1, k[2]] != "") complain(k[2] ": " got " of " want " (" hint[$1, k[2]] ")")
        }
        if ($2 == "right") {rights++; right_ok += !bad} else {wrongs++; wrong_ok += !bad}
        if (kind[$4, $5] == "derivation") {d_all[$2 == "right"]++; d_ok[$2 == "right"] += !bad}
        failed += bad; passed += !bad
    }
    END {
        printf "wrong submissions caught with the right hint: %d of %d (%.1f %%)\n", wrong_ok, wrongs, 100 * wrong_ok / wrongs
        printf "correct rewritings with full points: %d of %d (%.1f %%)\n", right_ok, rights, 100 * right_ok / rights
        printf "of these, derivations: %d of %d wrong ones at their line, %d of %d right ones\n", d_ok[0], d_all[0], d_ok[1], d_all[1]
        if (wrongs * every < 100 || rights * every < 40) {print "too few variants"; failed++}
        print passed + 0 " passed, " failed + 0 " failed"
        exit failed > 0
    }' lessons/homework/points.tsv "$work/items.tsv" "$work/errors.csv" "$work/in/expected.tsv"
