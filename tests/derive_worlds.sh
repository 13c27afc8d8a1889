#!/bin/sh
# derive_worlds.sh -- the correct derivations in many fresh worlds: any alarm is a false one; and the wrong
# ones in eight worlds of many seeds: each must be found.
# usage: derive_worlds.sh BUILD_DIR N
set -u
B=$1 N=$2
cd "$(dirname "$0")/.." || exit 2
passed=0 failed=0 seed=1000 seen=0
while [ "$seen" -lt "$N" ]; do
    seed=$((seed + 1)) seen=$((seen + 50))
    for file in tests/derive/right/*; do
        if "$B/derive" --worlds 50 --seed $seed "$file" > build/derive_worlds.log 2>&1; then passed=$((passed + 1))
        else failed=$((failed + 1)); echo "FALSE ALARM: $B/derive --worlds 50 --seed $seed $file"; head -5 build/derive_worlds.log; fi
    done
    for file in tests/derive/wrong/*; do
        if "$B/derive" --seed $seed "$file" > build/derive_worlds.log 2>&1; then
            failed=$((failed + 1)); echo "NOT FOUND: $B/derive --seed $seed $file"
        else passed=$((passed + 1)); fi
    done
done
echo "$seen worlds per line"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
