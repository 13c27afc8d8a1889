#!/bin/sh
# fuzz.sh -- runs the fuzzers from seeds that are good files, and counts what they found.
# usage: fuzz.sh DIR SECONDS NAME...
set -u
cd "$(dirname "$0")/.." || exit 2
dir=$1 seconds=$2; shift 2
passed=0 failed=0

seed_checkpoint()
{
    header='{"__metadata__":{"format":"ddpm-lessons","version":"1","sha256":"0000000000000000000000000000000000000000000000000000000000000000"}'
    header="$header"',"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"k":{"dtype":"U64","shape":[],"data_offsets":[8,16]}}'
    { printf "\\$(printf %o ${#header})\\0\\0\\0\\0\\0\\0\\0"; printf %s "$header"; printf 0123456789abcdef; } > "$1/good"
}
seed_idx()
{
    printf '\0\0\10\3\0\0\0\2\0\0\0\2\0\0\0\2abcdefgh' > "$1/images"
    printf '\0\0\10\1\0\0\0\3\1\2\3' > "$1/labels"
    gzip -c "$1/images" > "$1/images.gz"; gzip -c "$1/labels" > "$1/labels.gz"
}
for name in "$@"; do
    corpus=$dir/corpus_$name
    mkdir -p "$corpus" && "seed_$name" "$corpus"
    dict=tests/fuzz_$name.dict; [ -f "$dict" ] && dict=-dict=$dict || dict=
    nice -n 15 "$dir/$name" -max_total_time="$seconds" -max_len=4096 -rss_limit_mb=2600 -print_final_stats=1 \
        -artifact_prefix="$dir/" $dict "$corpus" > "$dir/$name.log" 2>&1
    status=$?
    echo "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$dir/$name.log") executions, status $status"
    if [ $status = 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); tail -n 30 "$dir/$name.log"; fi
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
