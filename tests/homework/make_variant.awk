# make_variant.awk -- writes one submission per variant: the reference solution with some functions (or
# one answer) replaced.  A right variant with an item is another answer, too.
# usage: awk -f make_variant.awk -v solutions=DIR -v out=DIR VARIANTS...
# With -v every=5 only each fifth.  Writes out/ASSIGNMENT/NAME/{ASSIGNMENT.c,answers.txt} and the lines of out/expected.tsv:
#     NAME  kind  hint  ASSIGNMENT  items
function finish(   source, line, inside, name, path, written) {
    if (kind == "" || (every > 1 && n % every != 0)) return
    path = out "/" hw "/" id
    system("mkdir -p '" path "'")
    source = solutions "/" hw "/" hw ".c"
    written = kind == "answer" || (kind == "right" && items != "-")
    if (written) {
        while ((getline line < source) > 0) print line > (path "/" hw ".c")
    } else {
        while ((getline line < source) > 0) {
            if (line ~ /^\/\* begin /) { name = line; sub(/^\/\* begin /, "", name); sub(/ .*/, "", name); inside = index("," functions ",", "," name ",") > 0 }
            if (!inside) print line > (path "/" hw ".c")
            if (line ~ /^\/\* end /) inside = 0
        }
        printf "\n%s", body > (path "/" hw ".c")
    }
    close(source); close(path "/" hw ".c")
    source = solutions "/" hw "/answers.txt"; inside = 0
    while ((getline line < source) > 0) {
        if (line ~ /^\[/) { inside = written && line == "[" items "]"; if (inside) printf "%s\n%s", line, body > (path "/answers.txt") }
        if (!inside) print line > (path "/answers.txt")
    }
    close(source); close(path "/answers.txt")
    print id "\t" kind "\t" hint "\t" hw "\t" items > (out "/expected.tsv")
}
FNR == 1 { finish(); kind = "" }
/^=== / { finish(); kind = $2; hint = $3; hw = $4; items = $5; functions = $6; body = ""; n++; id = sprintf("%03d-%s-%s", n, hint, items); gsub(/[^A-Za-z0-9-]/, "", id); next }
kind == "" || (body == "" && /^#[^i]/) { next }
{ body = body $0 "\n" }
END { finish() }
