#!/bin/sh
# fetch_mnist -- downloads the four MNIST files, verified, into a directory (run by `make mnist`).
#
# Usage: fetch_mnist.sh [DIR]          DIR defaults to build/mnist
#   MNIST_URL    mirrors to try in this order, separated by spaces, instead of the two below
#   MNIST_SUMS   file of lines "sha256  name", instead of the genuine sums below
#
# The sums are of the uncompressed content, because mirrors compress it differently.  A download
# goes to NAME.gz.part, which an interrupted run leaves behind and the next one continues, and
# gets its final name only when its sum is right.
# Exit status: 0 when all four files are there and right, otherwise 2.

set -uf

dir=${1:-build/mnist}
mirrors=${MNIST_URL:-'https://storage.googleapis.com/cvdf-datasets/mnist/
                      https://ossci-datasets.s3.amazonaws.com/mnist/'}
names='train-images-idx3-ubyte train-labels-idx1-ubyte t10k-images-idx3-ubyte
       t10k-labels-idx1-ubyte'
genuine_sums='
ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db  train-images-idx3-ubyte
65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5  train-labels-idx1-ubyte
0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7  t10k-images-idx3-ubyte
ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2  t10k-labels-idx1-ubyte
'

say()
{
    printf '%s\n' "$*"
}

complain()
{
    printf '%s\n' "$*" >&2
}

die()
{
    complain "fetch_mnist: $*"
    exit 2
}

need()
{
    command -v "$1" >/dev/null 2>&1 || die "$1 is not installed; \`make setup\` installs it"
}

# expected_sum NAME: the sum the content of NAME.gz must have; nothing if there is none.
expected_sum()
{
    printf '%s\n' "$sums" | while read -r sum entry; do
        [ "$entry" = "$1" ] && printf '%s' "$sum" && break
    done
}

# check FILE: is its content right?  Sets $found.  A stream cut inside its checksum still yields
# the whole content, and only the status of gzip tells; hence -t first.
check()
{
    found='no complete gzip stream'
    gzip -t <"$1" 2>/dev/null || return 1
    found=$(gzip -dc <"$1" | sha256sum)
    found=${found%% *}
    [ "$found" = "$expected" ]
}

# reject FILE: a wrong file goes, with its reason.
reject()
{
    complain "$1: expected SHA-256 $expected, found $found; deleted"
    rm -f "$1"
}

# accept: the download is right and gets its name.
accept()
{
    mv -f "$part" "$final" || return 1
    say "$name.gz: verified"
}

# download URL: gets or continues $part.  Returns 0 when it is accepted, 1 when the mirror failed
# and what is there may be continued, 3 when what came is wrong and was deleted.
download()
{
    if [ -s "$part" ]; then
        say "$name.gz: continuing after $(wc -c <"$part" | tr -d ' ') bytes from $1"
    else
        say "$name.gz: downloading from $1"
    fi
    http=$(curl --fail --location --continue-at - --silent --show-error --connect-timeout 20 \
                --speed-limit 100 --speed-time 30 --write-out '%{http_code}' \
                --output "$part" "$1")
    status=$?
    if [ -s "$part" ] && check "$part"; then
        accept
        return
    fi
    # Wrong are: a download that ended well, and a part that the server cannot continue (33, 36:
    # no ranges; 416: nothing after it).  Any other failure leaves a part to be continued.
    case $status:$http in
    0:* | 33:* | 36:* | *:416) reject "$part"; return 3 ;;
    *) complain "$name.gz: curl failed with status $status at $1"; return 1 ;;
    esac
}

# from_mirror URL: downloads, and once more from scratch if continuing an old part went wrong.
from_mirror()
{
    old=no
    [ -s "$part" ] && old=yes
    download "$1"
    result=$?
    [ "$result" -eq 3 ] && [ "$old" = yes ] || return "$result"
    download "$1"
}

# fetch NAME: sees to it that $dir/NAME.gz is there and right; returns 1 if it cannot.
fetch()
{
    name=$1 final=$dir/$1.gz part=$dir/$1.gz.part
    expected=$(expected_sum "$name")
    [ -n "$expected" ] || die "no SHA-256 for $name in ${MNIST_SUMS:-$0}"
    if [ -e "$final" ]; then
        check "$final" && say "$name.gz: already there" && return 0
        reject "$final"
    fi
    if [ -s "$part" ] && check "$part"; then
        accept
        return
    fi
    need curl
    for mirror in $mirrors; do
        from_mirror "${mirror%/}/$name.gz" && return 0
    done
    return 1
}

need gzip
need sha256sum
if [ -n "${MNIST_SUMS:-}" ]; then
    sums=$(cat "$MNIST_SUMS") || die "cannot read the sums in $MNIST_SUMS"
else
    sums=$genuine_sums
fi
mkdir -p "$dir" || die "cannot create the directory $dir"

missing=''
for wanted in $names; do
    fetch "$wanted" || missing="$missing $wanted.gz"
done
[ -z "$missing" ] || die "not available:$missing; run \`make mnist\` again to continue"
say "MNIST is complete in $dir"
