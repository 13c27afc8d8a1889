#!/bin/sh
# archives.sh -- hostile archives and folders, added to WORK/in and WORK/in.tsv.
# usage: archives.sh WORK
set -u
work=$1 in=$1/in
good=$(pwd)/tests/homework/solutions/hw03
t=$(mktemp -d) || exit 1
trap 'rm -rf "$t"' EXIT
say() { printf '%s\t%s\n' "$1" "$2" >> "$work/in.tsv"; }

# A path that leads out of the archive (and an absolute one); the files inside are a full solution.
mkdir -p "$t/a/b/c"; cp "$good"/* "$t/a/"
(cd "$t/a/b/c" && tar cPf "$in/dots.tar" ../../hw03.c ../../answers.txt); say dots 'leads out of the archive'
(cd "$t" && tar cPf "$in/absolute.tar" "$t/a/hw03.c"); say absolute 'absolute path'

# Symbolic and hard links, in archives and folders.
mkdir "$t/l"; ln -s "$work/secret.txt" "$t/l/answers.txt"; ln -s "$good/hw03.c" "$t/l/hw03.c"
(cd "$t/l" && tar cf "$in/links.tar" hw03.c answers.txt); say links 'is a link'
mkdir "$in/linked-folder"; ln -s "$good/hw03.c" "$in/linked-folder/hw03.c"; ln -s "$work/secret.txt" "$in/linked-folder/answers.txt"
say linked-folder 'hw03.c was not read'
mkdir "$in/linked-directory"; ln -s "$good" "$in/linked-directory/hw03"; say linked-directory 'No file hw03.c'
mkdir "$t/h"; cp "$good/hw03.c" "$t/h/first.txt"; ln "$t/h/first.txt" "$t/h/hw03.c"
(cd "$t/h" && tar cf "$in/hard-link.tar" first.txt hw03.c); say hard-link 'is a link'

# A fifo and a device.
mkdir "$in/fifo"; mkfifo "$in/fifo/hw03.c"; say fifo 'was not read'
mkdir "$t/f"; mkfifo "$t/f/hw03.c"; (cd "$t/f" && tar cf "$in/fifo-inside.tar" hw03.c); say fifo-inside 'no ordinary file'

# Bombs: much data, many entries, a big file of its own name.
mkdir "$t/z"; head -c 60000000 /dev/zero > "$t/z/padding"; cp "$good/hw03.c" "$t/z/zz.c"
(cd "$t/z" && tar czf "$in/bomb.tar.gz" padding); say bomb 'more than 8 MB'
mkdir "$t/m"; (cd "$t/m" && i=0 && while [ $i -lt 400 ]; do : > "f$i"; i=$((i + 1)); done; tar czf "$in/many.tar.gz" .); say many 'more than 200 entries'
mkdir "$in/big"; head -c 400000 /dev/zero | tr '\0' ' ' > "$in/big/hw03.c"; say big 'was not read: it is too big'
head -c 6000000 /dev/urandom > "$in/huge.tar.gz"; say huge 'bigger than 4 MB'

# Damage, rubbish, zero bytes, an empty archive, strange names.
(cd "$good" && tar czf - hw03.c) | head -c 200 > "$in/damaged.tar.gz"; say damaged '(damaged|No file hw03.c)'
echo "no archive" > "$in/rubbish.zip"; say rubbish '(no archive|damaged)'
: > "$in/empty.zip"; say empty '(no archive|damaged|No file hw03.c)'
mkdir "$in/zero-bytes"; printf 'double x;\0\0\0' > "$in/zero-bytes/hw03.c"; say zero-bytes 'zero bytes'
mkdir "$in/control"; printf '[B1n]\n\033[2J\033]0;evil\007 0.2\n' > "$in/control/answers.txt"; say control 'not a number'
deep=$in/deep/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17; mkdir -p "$deep"; cp "$good/hw03.c" "$deep/"; say deep 'lies too deep'
mkdir "$in/crowd"; (cd "$in/crowd" && i=0 && while [ $i -lt 200 ]; do : > "a$i"; i=$((i + 1)); done; cp "$good/hw03.c" "$in/crowd/"); say crowd 'more than 200 files'

# Twice the same name (the first counts; here it is the skeleton), a big file inside, an archive in a folder.
mkdir -p "$in/twice/a" "$in/twice/b"; cp lessons/homework/hw03/hw03.c "$in/twice/a/"; cp "$good/hw03.c" "$in/twice/b/"; say twice 'A second hw03.c'
mkdir -p "$t/two/a" "$t/two/b"; cp lessons/homework/hw03/hw03.c "$t/two/a/"; cp "$good/hw03.c" "$t/two/b/"
(cd "$t/two" && tar cf "$in/twice-inside.tar" a/hw03.c b/hw03.c); say twice-inside 'A second hw03.c'
(cd "$in/big" && tar czf "$in/big-inside.tar.gz" hw03.c); say big-inside 'bigger than 256 KB'
mkdir "$in/wrapped" "$t/w"; cp lessons/homework/hw03/hw03.c "$t/w/"; (cd "$t/w" && tar czf "$in/wrapped/upload.tgz" hw03.c); say wrapped 'machine points 0 of'
(cd "$good" && tar cf - hw03.c) | head -c 1200 > "$in/cut.tar"; say cut '(damaged|machine points 0 of)'
(cd lessons/homework/hw03 && tar cf - hw03.c) > "$t/x.tar"; size=$(wc -c < lessons/homework/hw03/hw03.c)
{ head -c $((512 + (size + 511) / 512 * 512)) "$t/x.tar"; head -c 2048 /dev/urandom; } > "$in/garbage-after.tar"; say garbage-after '(damaged|machine points 0 of)'
head -c 1000 /dev/urandom > "$t/noise"; (cd "$t" && tar czf - noise) | head -c 60 > "$in/beginning.tar.gz"; say beginning '(damaged|no archive)'
