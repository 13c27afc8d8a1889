#!/bin/sh
# fuzz_derive.sh -- libFuzzer on the derivation checker: no crash, nothing over 1 s, nothing over 256 MB.
# usage: fuzz_derive.sh BUILD_DIR SECONDS
set -u
B=$1 seconds=$2
mkdir -p "$B/corpus" "$B/found"
for file in tests/derive/right/* tests/derive/wrong/* tests/derive/points/*; do # the first byte chooses the format
    case $file in *.tex) first=0 ;; *.md) first=1 ;; *) first=2 ;; esac
    { printf '%s' "$first"; head -c 800 "$file"; } > "$B/corpus/$(basename "$file")"
done
ASAN_OPTIONS=quarantine_size_mb=8 nice -n 15 "$B/fuzz_derive" -max_total_time="$seconds" -timeout=1 -rss_limit_mb=256 -malloc_limit_mb=256 -max_len=${MAX_LEN:-800} \
    -dict=tests/fuzz_derive.dict -print_final_stats=1 -artifact_prefix="$B/found/" "$B/corpus" 2> "$B/log"
status=$?
grep -E 'number_of_executed_units|peak_rss|slowest_unit|SUMMARY|ERROR' "$B/log"
exit $status
