#!/bin/sh
# test_objects.sh -- the object files of src/net: the names of both sets, and fused multiply-adds where they
# belong and nowhere else (clang -O1 makes fewer).
# usage: test_objects.sh BUILD_DIR
set -u
B=$1
. "$(dirname "$0")/judge.sh"
defined() { nm "$1" | awk '$2 ~ /^[TDRB]$/ {print $3}' | grep -v -e '^__' | sort; }
code() { objdump -d --no-show-raw-insn "$1"; }

# What is compiled twice has the same names, all of them with _double at the end in the double set.
for double in "$B"/src/*/*_double.o; do
    float=${double%_double.o}.o
    names=$(defined "$float")
    [ -n "$names" ]; judge $? "$float defines nothing"
    twins=$(defined "$double")
    [ "$(echo "$names" | sed 's/$/_double/')" = "$twins" ]; judge $? "$double defines $(echo $twins); its names.h does not fit"
done
for name in $(sed -n 's/^#define \([a-z0-9_]*\) [a-z0-9_]*_double$/\1/p' src/net/names.h); do
    nm "$B/libddpm.a" 2> /dev/null | grep -q " [TDRB] ${name}_double$" ||
        case $name in kernel_*_avx*) [ "$(uname -m)" != x86_64 ] ;; *) false ;; esac
    judge $? "src/net/names.h: nothing is called $name"
done

if [ "$(uname -m)" != x86_64 ] || ! command -v objdump > /dev/null; then
    echo "$passed passed, $failed failed (the instructions are looked at on x86-64 only)"
    [ $failed -eq 0 ]; exit
fi
for type in '' _double; do
    for set in avx2 avx512; do
        fused=$(code "$B/src/net/kernel_gemm_$set$type.o" | grep -c vfmadd)
        [ -n "${SAN:-}" ] || [ "$fused" -ge 12 ]; judge $? "kernel_gemm_$set$type.o has $fused fused multiply-adds"
        code "$B/src/net/kernel_flat_$set$type.o" | grep -q vfmadd; [ $? = 1 ]; judge $? "kernel_flat_$set$type.o fuses"
    done
    code "$B/src/net/kernel_gemm_avx512$type.o" | grep -q zmm; judge $? "kernel_gemm_avx512$type.o has no wide vectors"
    code "$B/src/net/kernel_gemm_avx2$type.o" | grep -q zmm; [ $? = 1 ]; judge $? "kernel_gemm_avx2$type.o needs AVX-512"
done
case ${CFLAGS:-} in *-m*) echo "$passed passed, $failed failed"; [ $failed -eq 0 ]; exit ;; esac # the user chose a processor
# Whatever is not one of the wide kernels must run anywhere.
for object in "$B"/src/*/*.o; do
    case $object in *_avx2.o | *_avx512.o | *_avx2_double.o | *_avx512_double.o) continue ;; esac
    code "$object" | grep -qE '%[yz]mm|vfmadd'; [ $? = 1 ]; judge $? "$object needs more than the baseline"
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
