/* kernel.c -- which instruction set computes. */
#include "net/kernel.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

extern const kernel_gemm_table kernel_gemm_baseline, kernel_gemm_avx2, kernel_gemm_avx512;
extern const kernel_flat_table kernel_flat_baseline, kernel_flat_avx2, kernel_flat_avx512;

#ifdef __x86_64__
static const kernel_gemm_table *const gemm_tables[] = {&kernel_gemm_baseline, &kernel_gemm_avx2,
                                                       &kernel_gemm_avx512};
static const kernel_flat_table *const flat_tables[] = {&kernel_flat_baseline, &kernel_flat_avx2,
                                                       &kernel_flat_avx512};

/* Does this processor, and its operating system, have all that the set was compiled with? */
static bool available(kernel_isa isa)
{
    if (isa == KERNEL_BASELINE) return true;
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return false;
    return isa == KERNEL_AVX2 ||
           (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"));
}
#else
static const kernel_gemm_table *const gemm_tables[] = {&kernel_gemm_baseline};
static const kernel_flat_table *const flat_tables[] = {&kernel_flat_baseline};

static bool available(kernel_isa isa)
{
    return isa == KERNEL_BASELINE;
}
#endif

const char *kernel_name(kernel_isa isa)
{
    static const char *const names[] = {"baseline", "avx2", "avx512"};
    return names[isa];
}

static kernel_isa widest(kernel_isa limit)
{
    kernel_isa isa = limit;
    while (!available(isa)) isa--;
    return isa;
}

/* The one thing in src/net that is remembered: the set in use plus 1; 0 before the first call.  All
 * threads that come first find the same answer, so it does not matter who writes. */
static atomic_int in_use;

kernel_isa kernel_limit(kernel_isa isa)
{
    const kernel_isa found = widest(isa);
    atomic_store_explicit(&in_use, (int)found + 1, memory_order_relaxed);
    return found;
}

static kernel_isa first_call(void)
{
    const char *const wish = getenv("DDPM_ISA");
    for (kernel_isa isa = KERNEL_BASELINE; wish && isa < KERNEL_SETS; isa++)
        if (strcmp(wish, kernel_name(isa)) == 0) return kernel_limit(isa);
    return kernel_limit(KERNEL_SETS - 1);
}

kernel_isa kernel_in_use(void)
{
    const int known = atomic_load_explicit(&in_use, memory_order_relaxed);
    return known ? (kernel_isa)(known - 1) : first_call();
}

const kernel_gemm_table *kernel_gemm(void)
{
    return gemm_tables[kernel_in_use()];
}

const kernel_flat_table *kernel_flat(void)
{
    return flat_tables[kernel_in_use()];
}
