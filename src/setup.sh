#!/bin/sh
# setup.sh -- installs what the project needs (install), or says what is missing (doctor).
set -u

# For everybody: build, lessons, figures, `make check`, `make mnist`.
needed='gcc libc6-dev make pkg-config libgsl-dev libcjson-dev zlib1g-dev libmd-dev libpng-dev libgif-dev libcmocka-dev gnuplot-nox fonts-dejavu-core curl ca-certificates
        libarchive-dev libseccomp-dev bubblewrap zip unzip'
# For developers: the second compiler, memory checks, coverage.
developer='clang libclang-rt-14-dev valgrind git'

install()
{
    root=
    if [ "$(id -u)" -ne 0 ]; then
        if command -v sudo > /dev/null; then root=sudo
        else echo "make setup: not root and no sudo; ask an administrator for: $*" >&2; exit 2; fi
    fi
    $root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends "$@" > /dev/null || {
        echo "make setup: apt-get failed; the packages are: $*" >&2; exit 2; }
    echo "installed: $*"
}

# One line per thing: have NAME WHAT-IT-IS-FOR PACKAGE  (missing things give the package)
missing=0
report()
{
    if [ "$1" = 0 ]; then printf '  ok       %-10s %s\n' "$2" "$3"
    else printf '  MISSING  %-10s %s  (Debian: %s)\n' "$2" "$3" "$4"; missing=$((missing + $5)); fi
}
program() { command -v "$1" > /dev/null; report $? "$1" "$2" "$3" "$4"; }
library() { pkg-config --exists "$1" 2> /dev/null; report $? "$1" "$2" "$3" "$4"; }

doctor()
{
    echo "needed to build and run the lessons:"
    program gcc "compiles everything (or CC=clang)" gcc 1
    program pkg-config "finds the libraries" pkg-config 1
    library gsl "quadrature, random numbers, linear algebra" libgsl-dev 1
    library libcjson "--json and the claims report" libcjson-dev 1
    library zlib "reads the MNIST files" zlib1g-dev 1
    library libmd "SHA-256: seals checkpoints, names data sets" libmd-dev 1
    library libpng "sheets of sampled images" libpng-dev 1
    library libgif "films of a batch being denoised" libgif-dev 1
    echo "without these something is left out:"
    program gnuplot "draws the figures; without it a lesson runs and writes data" gnuplot-nox 0
    library cmocka "the unit tests of make check" libcmocka-dev 0
    library libarchive "make hw03, make grade: reads what students hand in" libarchive-dev 0
    library libseccomp "make hw03, make grade: confines students' programs" libseccomp-dev 0
    program bwrap "make grade: the stronger confinement (otherwise Landlock)" bubblewrap 0
    program zip "make dist: the autograder for Gradescope" zip 0
    program unzip "make check: builds the grader from that zip" unzip 0
    program curl "make mnist; without the files the MNIST claims say not run" curl 0
    program clang "the second compiler of .ci/run" clang 0
    program valgrind "make check-long" valgrind 0
    dir=${MNIST_DIR:-build/mnist}
    if [ -f "$dir/t10k-images-idx3-ubyte.gz" ] || [ -f "$dir/t10k-images-idx3-ubyte" ]; then report 0 MNIST "found in $dir" - 0
    else printf '  absent   %-10s %s\n' MNIST "not in $dir: make mnist, or set MNIST_DIR (the MNIST claims say not run)"; fi
    if [ "$missing" -gt 0 ]; then echo "$missing needed thing(s) missing: run make setup"; exit 1; fi
    echo "nothing needed is missing"
}

case ${1:-} in
    install) install $needed ;;
    developer) install $needed $developer ;;
    doctor) doctor ;;
    *) echo "usage: setup.sh install|developer|doctor" >&2; exit 2 ;;
esac
