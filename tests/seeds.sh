#!/bin/sh
# seeds.sh -- runs the random checks of every lesson under fresh seeds; no failure is allowed.
# usage: seeds.sh BUILD_DIR N [FIRST]     (two at a time; JOBS=n for more)
# Lessons that train a network also run whole, --quick, under the first 20 of the seeds.
set -u
B=$1 n=$2 first=${3:-1}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
begin=$(date +%s)
# One process runs all lessons under one seed; a failed check leaves a file.
cat > "$work/one" <<'ONE'
#!/bin/sh
for program in "$2"/lessons/lesson[0-9][0-9]; do
    name=$(basename "$program")
    "$program" --random-only --quick --mnist none --seed "$1" > "$3/$1.$name" 2>&1
    status=$?
    # A lesson without random checks has nothing to pass: exit 1 with 0 failed is no failure.
    if grep -q ', 0 failed' "$3/$1.$name" && [ $status -le 1 ]; then rm "$3/$1.$name"; fi
    if [ "$1" -lt "$4" ] && grep -q lesson_steps lessons/"$name"*.c; then
        "$program" --quick --mnist none --seed "$1" > "$3/$1.$name.quick" 2>&1 && rm "$3/$1.$name.quick"
    fi
done
ONE
chmod +x "$work/one"
seq "$first" $((first + n - 1)) | xargs -P "${JOBS:-2}" -I{} "$work/one" {} "$B" "$work" $((first + 20))
failed=$(find "$work" -name '*.lesson*' | wc -l)
total=$(find "$B"/lessons -name 'lesson[0-9][0-9]' | wc -l)
for f in "$work"/*.lesson*; do
    if [ -f "$f" ]; then echo "seed $(basename "$f" | sed 's/\./, /'):"; grep -B2 -A3 FAILED "$f" | head -12; fi
done
echo "$n seeds, $total lessons, $(($(date +%s) - begin)) s" >&2
echo "$((n * total - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]
