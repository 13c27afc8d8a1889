#!/bin/sh
# fuzz_derive.sh -- libFuzzer on the derivation checker: no crash, nothing over 1 s, nothing over 256 MB.
# usage: fuzz_derive.sh PROGRAM SECONDS
#
# The corpus (build/fuzz/corpus) grows from run to run; what was found lies in build/fuzz/found, and one row
# per run in build/fuzz/campaign.tsv; the last line printed is their sum.  The run of docs/derive.md is
#     make derive-fuzz SECONDS=1800 FAST=1 MAX_LEN=90
# and a campaign is several of them, with FAST=1 and without.  The sanitizers make a run about eight times slower, and their own memory counts:
# only the program without them is held to 1 s (of its own time, which the program measures) and 256 MB.
set -u
program=$1 seconds=$2
B=$(dirname "$program")
length=${MAX_LEN:-200}
mkdir -p "$B/corpus" "$B/found"
for file in tests/derive/*/*; do # the first byte chooses the format and the options (tests/fuzz_derive.c)
    case $file in *.tex) format=0 ;; *.md) format=1 ;; *) format=2 ;; esac
    name=$(basename "$(dirname "$file")")-$(basename "$file")
    case $format in 0) quick=P plain=0 ;; 1) quick=Q plain=1 ;; *) quick=R plain=2 ;; esac
    { printf '%s' $quick; tail -n +2 "$file" | head -c "$length"; } > "$B/corpus/quick-$name"
    case $file in *hw3*|*slip*) { printf '%s' $plain; tail -n +2 "$file" | head -c "$length"; } > "$B/corpus/plain-$name" ;; esac
done
case $program in *_fast) limit=256 ;; *) limit=1024 ;; esac
log=$B/log-$(basename "$program")
MALLOC_TRIM_THRESHOLD_=1000000000 ASAN_OPTIONS=quarantine_size_mb=4:detect_leaks=0 nice -n 19 "$program" -max_total_time="$seconds" -timeout=120 \
    -rss_limit_mb=$limit -malloc_limit_mb=256 -max_len="$length" -seed="${SEED:-1}" \
    -dict=tests/fuzz_derive.dict -entropic=0 -print_final_stats=1 -artifact_prefix="$B/found/" "$B/corpus" 2> "$log"
status=$?
awk -v program="$(basename "$program")" -v status=$status '
    /number_of_executed_units/ {n = $2} /average_exec_per_sec/ {rate = $2} /peak_rss_mb/ {rss = $2}
    /slowest_unit_time_sec/ {slow = $2} / cov: / {for (i = 1; i < NF; i++) if ($i == "cov:") cov = $(i + 1)}
    END {print program "\t" n "\t" rate "\t" cov "\t" slow "\t" rss "\t" status}' "$log" >> "$B/campaign.tsv"
grep -E 'number_of_executed_units|peak_rss|slowest_unit|SUMMARY|ERROR' "$log"
awk -F'\t' '{n += $2} END {print n " executions so far"}' "$B/campaign.tsv"
exit $status
