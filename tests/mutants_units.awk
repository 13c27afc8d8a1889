# mutants_units.awk -- summary of the table of mutants_units.sh.  usage: awk -f mutants_units.awk EQUIVALENT TABLE
# K killed by an asserted check, C by a crash, T by a timeout, - survived, . not reached by any test.
BEGIN { FS = "\t" }
FNR == NR { if ($0 !~ /^#/ && NF >= 4) reason[$1 FS $2 FS $3] = $4; next }
FNR == 1 { next }
{
    total++; files[$1]++
    key = $1 FS $4 FS $6
    if ($7 == "compile error") { compile++; count[$1, "x"]++; next }
    if (key in reason && ($7 == "-" || $7 == ".")) { equal++; count[$1, "="]++; used[key] = 1; next }
    count[$1, $7]++; all[$7]++
    if ($7 == "K") tests[$8]++
    if ($7 == "-") bad[++n] = "survives: " $1 ":" $3 " " $4 " [" $5 "] " $6
    if ($7 == ".") bad[++n] = "no test reaches: " $1 ":" $3 " " $4 " [" $5 "] " $6
}
END {
    printf "%-24s %7s %7s %7s %7s %6s %6s %8s\n", "file", "mutants", "checked", "crashed", "timeout", "equal", "alive", "compile"
    for (f in files) order[++m] = f
    for (a = 1; a <= m; a++) for (b = a + 1; b <= m; b++) if (order[b] < order[a]) { x = order[a]; order[a] = order[b]; order[b] = x }
    for (a = 1; a <= m; a++) {
        f = order[a]
        printf "%-24s %7d %7d %7d %7d %6d %6d %8d\n", f, files[f], count[f, "K"], count[f, "C"], count[f, "T"], count[f, "="], count[f, "-"] + count[f, "."], count[f, "x"]
    }
    for (k = 1; k <= n; k++) print bad[k]
    for (k in reason) { split(k, part, FS); if (!(k in used) && part[1] in files) stale++ }
    if (stale) printf "%d rows of tests/mutants_equivalent.tsv fit no survivor\n", stale
    printf "%d mutants: %d killed by an asserted check, %d by a crash, %d by a timeout, %d equivalent (reasons in tests/mutants_equivalent.tsv), %d do not compile\n", total, all["K"], all["C"], all["T"], equal, compile
    printf "%d passed, %d failed\n", total - n, n
    exit n > 0 || total == 0
}
