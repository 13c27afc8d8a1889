# operator_mutants.awk -- plants one operator mutant per submission in a reference solution.
# usage: awk -f operator_mutants.awk -v hw=hw03 -v answers=FILE -v out=DIR SOLUTION
# Writes out/NNN/{hw03.c,answers.txt} and the lines of out.tsv:  NNN  function  what  the changed line
function plant(i, changed, what,   k, path) {
    if (changed == line[i]) return
    n++; path = out "/" sprintf("%03d", n)
    system("mkdir -p '" path "' && cp '" answers "' '" path "/answers.txt'")
    for (k = 1; k <= NR; k++) print (k == i ? changed : line[k]) > (path "/" hw ".c")
    close(path "/" hw ".c")
    printf "%03d\t%s\t%s\t%s\n", n, inside[i], what, changed > (out ".tsv")
}
# Every occurrence of `from` (a plain string) on line i, one at a time.
function each(i, from, to,   at, before, rest) {
    before = ""; rest = line[i]
    while ((at = index(rest, from)) > 0) {
        plant(i, before substr(rest, 1, at - 1) to substr(rest, at + length(from)), from " -> " to)
        before = before substr(rest, 1, at + length(from) - 1); rest = substr(rest, at + length(from))
    }
}
{ line[NR] = $0 }
/^\/\* begin / { name = $3 }
/^\/\* end / { name = "" }
{ inside[NR] = name }
/^    / && !/for \(/ { body[NR] = 1 }
/for \(/ { body[NR] = 1 }
END {
    for (i = 1; i <= NR; i++) {
        if (!body[i] || inside[i] == "" || line[i] ~ /const double pi/) continue
        each(i, " + ", " - "); each(i, " - ", " + "); each(i, " * ", " / "); each(i, " / ", " * ")
        each(i, "sqrt(", "("); each(i, "log(", "("); each(i, "[t]", "[t - 1]"); each(i, "[t - 1]", "[t]")
        each(i, "s->alpha[", "s->alpha_bar["); each(i, "s->alpha_bar[", "s->alpha["); each(i, "s->var_bar[", "s->alpha_bar[")
        each(i, "s->beta[", "s->var_bar["); each(i, "2.0", "1.0"); each(i, "0.5", "1.0"); each(i, "<= T", "< T"); each(i, "t = 2", "t = 1")
        each(i, "return ", "return -"); each(i, "sum += ", "sum -= "); each(i, "square += ", "square -= ")
    }
}
