#!/bin/sh
# test_shipped.sh -- the trained networks that come with the source: small, what lessons/trained/README.md says
# they are, and still able to do what they did; a file of a later version is refused by name.
# usage: test_shipped.sh BUILD_DIR [bless]
set -u
cd "$(dirname "$0")/.." || exit 2
ddpm=$1/ddpm
trained=lessons/trained golden=tests/golden/shipped_samples.tsv
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
. tests/judge.sh

for file in "$trained"/*.safetensors; do
    hash=$(sha256sum "$file" | cut -d ' ' -f 1)
    grep -qF "$hash" "$trained/README.md"; judge $? "$file: README.md does not have its SHA-256, $hash"
    [ "$(wc -c < "$file")" -le 2097152 ]; judge $? "$file has more than 2 MB"
    [ -n "$(word "$file" command)" ] && [ -n "$(word "$file" data-sha256)" ]; judge $? "$file: no command or data hash"
    LC_ALL=C sed 's/"version":"1"/"version":"2"/' "$file" > "$work/later.safetensors"
    "$ddpm" sample --model "$work/later.safetensors" --n 1 > /dev/null 2> "$work/err"
    [ $? = 2 ] && grep -q 'version' "$work/err"; judge $? "$file as version 2: $(cat "$work/err")"
done

# Two samples, 20 of the steps, pixel by pixel.  Other kernels round differently, by 1e-3 at most over 20 steps;
# another network, schedule or variance moves pixels by 0.1 and more.
pixels() { "$ddpm" sample --model "$trained/mnist.safetensors" --n 2 --respace 20 --seed "$1" | grep -v '^#'; }
if [ "${2:-}" = bless ]; then pixels 5 | tr '\t' '\n' > "$golden"; echo "blessed $golden"; exit 0; fi
furthest() { tr '\t' '\n' | paste - "$golden" | awk '{d = $1 - $2; if (d < 0) d = -d; if (d > m) m = d} END {print (NR == 1568 ? m : 9)}'; }
moved=$(pixels 5 | furthest)
awk -v m="$moved" 'BEGIN {exit !(m < 0.02)}'; judge $? "the samples of mnist.safetensors have moved by $moved"
moved=$(pixels 6 | furthest)
awk -v m="$moved" 'BEGIN {exit !(m > 0.1)}'; judge $? "another seed's samples are the same to $moved"

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
