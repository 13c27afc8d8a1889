# make_text.awk -- writes one submission per hostile text: the answers of the skeleton with one filled in.
# usage: awk -f make_text.awk -v skeletons=DIR -v out=DIR -v secret=FILE TEXTS
# Writes out/ASSIGNMENT/NAME/answers.txt (no program) and the lines `ASSIGNMENT TAB NAME TAB STATE` of out/texts.tsv.
function finish(   path, line, source) {
    if (name == "") return
    path = out "/" hw "/" name
    system("mkdir -p '" path "'")
    source = skeletons "/" hw "/answers.txt"
    while ((getline line < source) > 0) {
        print line > (path "/answers.txt")
        if (line == "[" item "]") printf "%s", body > (path "/answers.txt")
    }
    close(source); close(path "/answers.txt")
    print hw "\t" name "\t" state > (out "/texts.tsv")
}
/^=== / { finish(); name = $3; hw = $4; item = $5; state = $6; body = ""; next }
name == "" { next }
{ gsub(/SECRET/, secret); body = body $0 "\n" }
END { finish() }
