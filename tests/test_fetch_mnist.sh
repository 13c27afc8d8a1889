#!/bin/sh
# test_fetch_mnist -- drives fetch_mnist.sh against a local server that is good, bad or gone.
#
# Usage: test_fetch_mnist.sh HTTP_SERVER     (or the environment variable HTTP_SERVER)
# HTTP_SERVER is the compiled tests/http_server.c.  No other network is used.
# Prints `ok - case` or `not ok - case` lines; exit status 1 if any failed, 77 if skipped.

set -u

here=$(cd "$(dirname "$0")" && pwd) || exit 1
fetch=$here/../src/data/fetch_mnist.sh
server=${1:-${HTTP_SERVER:-}}
command -v curl >/dev/null 2>&1 || { echo "SKIP test_fetch_mnist: curl is not installed"; exit 77; }
[ -x "$server" ] || { echo "test_fetch_mnist: no server at '$server'" >&2; exit 1; }
case $server in /*) ;; *) server=$(pwd)/$server ;; esac

names='train-images-idx3-ubyte train-labels-idx1-ubyte t10k-images-idx3-ubyte
       t10k-labels-idx1-ubyte'
victim=t10k-images-idx3-ubyte
passed=0 failed=0
unset MNIST_URL no_proxy NO_PROXY http_proxy HTTP_PROXY all_proxy ALL_PROXY

tmp=$(mktemp -d "${TMPDIR:-/tmp}/test_fetch_mnist.XXXXXX") || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
cd "$tmp" || exit 1

# --- The server's directory, one folder per behaviour -----------------------------------------

# content N LINE: N bytes that compress badly enough for a half file to be worth resuming.
content()
{
    awk -v n="$1" -v x="$2" 'BEGIN { for (i = 0; i < n; i += 8) {
        x = (x * 16807) % 2147483647; printf "%07x\n", x % 268435456 } }'
}

make_site()
{
    mkdir -p www/good www/truncated www/corrupted www/cut www/norange plain
    seed=731
    for name in $names; do
        seed=$((seed + 137))
        content 20000 $seed >"plain/$name"
        gzip -nc "plain/$name" >"www/good/$name.gz"
        for copy in truncated corrupted cut norange; do
            cp "www/good/$name.gz" "www/$copy/"
        done
    done
    (cd plain && sha256sum -- *) >sums
    size=$(wc -c <"www/good/$victim.gz" | tr -d ' ')
    half=$((size / 2))
    head -c $half "www/good/$victim.gz" >"www/truncated/$victim.gz"
    content 20000 99 | gzip -nc >"www/corrupted/$victim.gz"
}

start_server()
{
    mkfifo control port_pipe
    "$server" "$tmp/www" 60 <control >port_pipe 2>>requests &
    exec 3>control
    read -r port <port_pipe || { echo "test_fetch_mnist: the server did not start"; exit 1; }
    site=http://127.0.0.1:$port
}

stop_server()
{
    exec 3>&-
    wait
}

# --- Running one case --------------------------------------------------------------------------

# run MIRRORS: the script into the directory out, with the tools in $tools; sets $status.
run()
{
    : >requests
    MNIST_URL=$1 MNIST_SUMS=$sums PATH=$tools sh "$fetch" out >log 2>&1
    status=$?
}

# right FILE NAME: is its content that of NAME?
right()
{
    gzip -t <"$1" 2>/dev/null && gzip -dc <"$1" | cmp -s - "plain/$2"
}

# Whatever the case, a file under its final name is a right one.
nothing_wrong_is_kept()
{
    for name in $names; do
        [ ! -e "out/$name.gz" ] || right "out/$name.gz" "$name" || return 1
    done
}

all_are_there()
{
    for name in $names; do
        [ -e "out/$name.gz" ] || return 1
    done
    for left in out/*.part; do
        [ ! -e "$left" ] || return 1
    done
}

# verdict CASE: reports the case from $good, and from what holds for every case.
verdict()
{
    if $good && nothing_wrong_is_kept; then
        passed=$((passed + 1))
        echo "ok - $1"
    else
        failed=$((failed + 1))
        echo "not ok - $1 (exit status $status)"
        sed 's/^/#   log: /' log
        sed 's/^/#   request: /' requests
    fi
    rm -rf out
    good=true
}

# expect COMMAND...: the case fails unless the command succeeds.
expect()
{
    "$@" || { good=false; echo "# failed: $*"; }
}

expect_success()
{
    expect [ "$status" -eq 0 ]
    expect all_are_there
    expect grep -q '^MNIST is complete in out$' log
}

# expect_failure: exit status 2, the victim is absent, the last line names it and nothing else.
expect_failure()
{
    expect [ "$status" -eq 2 ]
    expect [ ! -e "out/$victim.gz" ]
    tail -n 1 log >last
    expect grep -q "^fetch_mnist: not available: $victim.gz; " last
}

# start_with_part FOLDER BYTES: the first BYTES bytes of FOLDER's file are there already.
start_with_part()
{
    mkdir -p out
    head -c "$2" "www/$1/$victim.gz" >"out/$victim.gz.part"
}

requested()
{
    grep -q "^/$1/$victim.gz $2\$" requests
}

# --- The cases ---------------------------------------------------------------------------------

make_site
start_server
good=true tools=$PATH sums=$tmp/sums

run "$site/good/"
expect_success
verdict "a good server gives all four files"

start_with_part good $half
run "$site/good"
expect_success
expect requested good $half
expect [ "$(grep -c "$victim" requests)" -eq 1 ]
verdict "an interrupted download is continued by a range request"

run "$site/cut/"
expect [ "$status" -eq 2 ]
expect [ "$(wc -c <"out/$victim.gz.part")" -eq $half ]
run "$site/good/"
expect_success
expect requested good $half
verdict "a connection lost half-way leaves a part that the next run continues"

run "$site/cut/ $site/good/"
expect_success
expect requested good $half
verdict "a connection lost half-way is continued from the second mirror"

run "$site/truncated/"
expect_failure
expect grep -q "^out/$victim.gz.part: expected SHA-256 .*, found no complete gzip stream; del" log
verdict "a file truncated on the server is refused"

head -c $((size - 3)) "www/good/$victim.gz" >"www/truncated/$victim.gz"
run "$site/truncated/"
expect_failure
verdict "a file truncated inside its gzip checksum is refused"

run "$site/corrupted/"
expect_failure
expect [ "$(grep -c "$victim" requests)" -eq 1 ]
wrong_sum=$(gzip -dc <"www/corrupted/$victim.gz" | sha256sum | cut -d ' ' -f 1)
right_sum=$(sha256sum <"plain/$victim" | cut -d ' ' -f 1)
expect grep -q "^out/$victim.gz.part: expected SHA-256 $right_sum, found $wrong_sum; deleted" log
expect [ ! -e "out/$victim.gz.part" ]
verdict "good gzip with wrong content is refused, with both sums in the message"

start_with_part corrupted $half
run "$site/good/"
expect_success
expect requested good $half
expect requested good -1
verdict "a corrupted part is thrown away and the download starts from scratch"

start_with_part corrupted "$(wc -c <"www/corrupted/$victim.gz")"
head -c 50 "www/good/$victim.gz" >>"out/$victim.gz.part"
run "$site/good/"
expect_success
expect requested good -1
verdict "a part longer than the file starts from scratch"

start_with_part corrupted $half
run "$site/corrupted/"
expect [ "$(grep -c "$victim" requests)" -eq 2 ]
expect_failure
verdict "from scratch is tried once, not for ever"

start_with_part good $half
run "$site/norange/"
expect_success
expect requested norange $half
verdict "a server without ranges starts from scratch"

start_with_part good "$size"
run "$site/good/"
expect_success
expect [ "$(grep -c "$victim" requests)" -eq 0 ]
verdict "a complete part is taken without the network"

mkdir -p out
cp "www/corrupted/$victim.gz" out/
run "$site/good/"
expect_success
expect grep -q "^out/$victim.gz: expected SHA-256 $right_sum, found $wrong_sum; deleted" log
verdict "a wrong file under its final name is replaced"

run "$site/absent/ $site/good/"
expect_success
expect requested absent -1
verdict "the second mirror is tried when the first answers 404"

run "http://127.0.0.1:1/ $site/corrupted/ $site/good/"
expect_success
verdict "the third mirror is tried when the first two are gone or wrong"

: >empty
sums=empty
run "$site/good/"
sums=$tmp/sums
expect [ "$status" -eq 2 ]
expect grep -q "^fetch_mnist: no SHA-256 for train-images-idx3-ubyte in empty" log
verdict "a list without the sums is refused"

run "$site/good/"
mv out kept
mkdir tools
for tool in sh cat gzip mkdir mv rm sha256sum tr wc; do
    ln -s "$(command -v "$tool")" "tools/$tool"
done
tools=$tmp/tools
run "$site/good/"
expect [ "$status" -eq 2 ]
expect grep -q "^fetch_mnist: curl is not installed; .make setup. installs it\$" log
expect [ "$(wc -l <log)" -eq 1 ]
verdict "without curl one line says what to do"

stop_server
cp -r kept out
run "$site/good/"
expect_success
verdict "files already there need no server and no curl"

tools=$PATH
run "$site/good/"
expect [ "$status" -eq 2 ]
expect grep -q '^fetch_mnist: not available: train-images-idx3-ubyte.gz train-labels-i' log
verdict "without any server the missing files are named"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
