# make_hostile.awk -- writes the hostile submissions: the skeleton of homework 3 with functions replaced.
# usage: awk -f make_hostile.awk -v skeleton=FILE -v out=DIR -v secret=PATH -v results=DIR -v solutions=DIR code.txt
# Writes out/NAME/hw03.c and the lines of out.tsv:  NAME  regular expression
function finish(   line, skip, name, path) {
    if (id == "") return
    path = out "/" id "/hw03.c"
    system("mkdir -p '" out "/" id "'")
    while ((getline line < skeleton) > 0) {
        if (line ~ /^(double|void) /) { name = line; sub(/^[a-z]+ /, "", name); sub(/\(.*/, "", name); skip = index("," functions ",", "," name ",") > 0 }
        if (!skip) print line > path
        if (line == "}") skip = 0
    }
    close(skeleton)
    printf "\n%s", body > path
    close(path)
    print id "\t" says > (out ".tsv")
}
FNR == 1 { finish(); id = "" }
/^=== / { finish(); id = $3; functions = $5; says = $0; for (i = 1; i <= 5; i++) sub(/^[^ ]+ +/, "", says); body = ""; next }
id == "" { next }
{ gsub(/SECRET/, secret); gsub(/OUT/, results); gsub(/SOLUTIONS/, solutions); body = body $0 "\n" }
END { finish() }
