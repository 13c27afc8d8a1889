#!/bin/sh
# gradescope.sh -- packs the autograder for Gradescope: setup.sh and run_autograder at the root of a zip.
# usage: gradescope.sh ASSIGNMENT SOLUTIONS SALT ZIP [CONFINEMENT]
set -u
name=$1 solutions=$2 salt=${3:-ddpm-lessons} zip=$4 confine=${5:-auto}
here=$(pwd)
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
case $confine in auto | bwrap | landlock | none) ;; *) echo "make dist: CONFINE is auto, bwrap, landlock or none, not $confine" >&2; exit 2 ;; esac
[ -f "$solutions/$name/answers.txt" ] || { echo "make dist: there is no $solutions/$name/answers.txt" >&2; exit 2; }
mkdir -p "$work/tests/homework/solutions/$name" "$work/lessons" "$work/docs" "$(dirname "$zip")" || exit 2
cp -r Makefile src LICENSE "$work/" && cp -r lessons/homework "$work/lessons/" && cp docs/claims.tsv "$work/docs/" || exit 2
cp "$solutions/$name/answers.txt" "$work/tests/homework/solutions/$name/" || exit 2
cat > "$work/setup.sh" <<'SETUP'
#!/bin/sh
# Runs once, as root, when Gradescope builds the container (Debian or Ubuntu).
set -e
apt-get update
DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends gcc libc6-dev make pkg-config \
    libgsl-dev libcjson-dev zlib1g-dev libmd-dev libarchive-dev libseccomp-dev bubblewrap
cd /autograder/source
make -j2 grader
chmod -R go-rwx /autograder/source
SETUP
cat > "$work/run_autograder" <<RUN
#!/bin/sh
# Runs for every submission.  results.json is written first and after every item.
mkdir -p /autograder/results
cd /autograder/source && exec build/gcc/grade gradescope --hw $name --submission /autograder/submission \\
    --results /autograder/results/results.json --metadata /autograder/submission_metadata.json \\
    --server build/gcc/grade_server --salt '$salt' --confine $confine
RUN
chmod 755 "$work/setup.sh" "$work/run_autograder"
rm -f "$zip"
case $zip in /*) ;; *) zip=$here/$zip ;; esac
if command -v zip > /dev/null; then (cd "$work" && zip -qr "$zip" .)
elif command -v bsdtar > /dev/null; then (cd "$work" && bsdtar -a -cf "$zip" ./*)
else echo "make dist: needs zip or bsdtar (make setup)" >&2; exit 2; fi || exit 2
points=$(awk -F'\t' -v name="$name" '$1 == name && $5 != "human" {sum += $4} END {print sum + 0}' lessons/homework/points.tsv)
echo "$zip: upload it as the autograder of $name, worth $points points (salt: $salt, confinement: $confine)"
