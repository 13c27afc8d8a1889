# mutants.awk -- summary of the mutation table.  usage: awk -f mutants.awk EQUIVALENT TABLE
# K killed by an asserted check, - survived, . not reached, C crash, T timeout, ? failed without a check.
BEGIN { FS = "\t" }
FNR == NR { if ($0 !~ /^#/ && NF >= 4) reason[$1 FS $2 FS $3] = $4; next }
FNR == 1 { for (i = 7; i <= NF; i++) name[i] = $i; last = NF; next }
{
    total++; files[$1]++
    if ($7 == "compile error") { compile++; fcompile[$1]++; next }
    killed = 0; crash = 0; timeout = 0
    for (i = 7; i <= last; i++) {
        if ($i == "K") { killed = 1; kills[$1, i]++ }
        if ($i == "C" || $i == "?") crash = 1
        if ($i == "T") timeout = 1
    }
    if (killed) { dead++; fdead[$1]++ }
    else if (($1 FS $4 FS $6) in reason) { equal++; fequal[$1]++; used[$1 FS $4 FS $6] = 1 }
    else if (crash) { crashed++; fcrash[$1]++; bad[++n] = "only crashes: " $1 ":" $3 " " $4 " [" $5 "] " $6 }
    else if (timeout) { late++; flate[$1]++; bad[++n] = "only times out: " $1 ":" $3 " " $4 " [" $5 "] " $6 }
    else { bad[++n] = "survives: " $1 ":" $3 " " $4 " [" $5 "] " $6; falive[$1]++ }
}
END {
    printf "%-10s %7s %7s %6s %6s %6s %6s %6s |", "file", "mutants", "killed", "equal", "alive", "crash", "late", "compile"
    for (i = 7; i <= last; i++) printf " %4s", name[i]
    print "  (kills by lesson)"
    for (f in files) order[++m] = f
    for (a = 1; a <= m; a++) for (b = a + 1; b <= m; b++) if (order[b] < order[a]) { x = order[a]; order[a] = order[b]; order[b] = x }
    for (a = 1; a <= m; a++) {
        f = order[a]
        printf "%-10s %7d %7d %6d %6d %6d %6d %6d |", f, files[f], fdead[f], fequal[f], falive[f], fcrash[f], flate[f], fcompile[f]
        for (i = 7; i <= last; i++) printf " %4s", kills[f, i] ? kills[f, i] : "."
        print ""
    }
    for (k = 1; k <= n; k++) print bad[k]
    for (k in reason) { split(k, part, FS); if (!(k in used) && part[1] in files) stale++ }
    if (stale) printf "%d rows of tests/mutants_equivalent.tsv fit no survivor\n", stale
    printf "%d mutants: %d killed by an asserted check, %d equivalent (reasons in tests/mutants_equivalent.tsv), %d do not compile\n", total, dead, equal, compile
    printf "%d passed, %d failed\n", dead + equal + compile, n
    exit n > 0 || total == 0
}
