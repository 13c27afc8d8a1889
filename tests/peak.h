/* peak.h -- the peak of this machine in fused multiply-adds on registers, for the benchmarks. */
#ifndef TESTS_PEAK_H
#define TESTS_PEAK_H

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef __x86_64__
#include <immintrin.h>
#endif

#include "net/kernel.h"
#include "train/parallel.h"

/* Seconds; with BENCH_CLOCK=cpu in the environment, of processor time: for one thread on a busy machine. */
static inline double peak_now(void)
{
    struct timespec t;
    const char *clock = getenv("BENCH_CLOCK");
    clock_gettime(clock && strcmp(clock, "cpu") == 0 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

enum { PEAK_CHAINS = 12, PEAK_LINKS = 1000000 };
static volatile float peak_sink;

#ifdef __x86_64__
__attribute__((target("avx512f"))) static inline double peak_512(void)
{
    __m512 s[PEAK_CHAINS];
    for (int i = 0; i < PEAK_CHAINS; i++) s[i] = _mm512_set1_ps((float)i);
    const __m512 a = _mm512_set1_ps(0.999f), b = _mm512_set1_ps(0.001f);
    for (long k = 0; k < PEAK_LINKS; k++)
#pragma GCC unroll 12
        for (int i = 0; i < PEAK_CHAINS; i++) s[i] = _mm512_fmadd_ps(s[i], a, b);
    for (int i = 1; i < PEAK_CHAINS; i++) s[0] = _mm512_add_ps(s[0], s[i]);
    peak_sink = s[0][0];
    return 32.0 * PEAK_CHAINS * PEAK_LINKS;
}

__attribute__((target("avx2,fma"))) static inline double peak_256(void)
{
    __m256 s[PEAK_CHAINS];
    for (int i = 0; i < PEAK_CHAINS; i++) s[i] = _mm256_set1_ps((float)i);
    const __m256 a = _mm256_set1_ps(0.999f), b = _mm256_set1_ps(0.001f);
    for (long k = 0; k < PEAK_LINKS; k++)
#pragma GCC unroll 12
        for (int i = 0; i < PEAK_CHAINS; i++) s[i] = _mm256_fmadd_ps(s[i], a, b);
    for (int i = 1; i < PEAK_CHAINS; i++) s[0] = _mm256_add_ps(s[0], s[i]);
    peak_sink = s[0][0];
    return 16.0 * PEAK_CHAINS * PEAK_LINKS;
}
#endif

typedef float peak_four __attribute__((vector_size(16)));

static inline double peak_128(void)
{
    peak_four s[PEAK_CHAINS];
    for (int i = 0; i < PEAK_CHAINS; i++) s[i] = (peak_four){0} + (float)i;
    for (long k = 0; k < PEAK_LINKS; k++)
#pragma GCC unroll 12
        for (int i = 0; i < PEAK_CHAINS; i++) s[i] = s[i] * 0.999f + 0.001f;
    for (int i = 1; i < PEAK_CHAINS; i++) s[0] += s[i];
    peak_sink = s[0][0];
    return 8.0 * PEAK_CHAINS * PEAK_LINKS;
}

static inline double peak_chains(void)
{
#ifdef __x86_64__
    if (kernel_in_use() == KERNEL_AVX512) return peak_512();
    if (kernel_in_use() == KERNEL_AVX2) return peak_256();
#endif
    return peak_128();
}

static inline void peak_piece(size_t piece, void *done)
{
    ((double *)done)[8 * piece] = peak_chains();
}

/* GF/s of all threads together, the best of 20 attempts. */
static inline double peak(parallel *pool)
{
    static double done[64 * 8];
    const size_t threads = parallel_threads(pool);
    double best = 0.0;
    for (int i = 0; i < 20; i++) {
        const double begin = peak_now();
        parallel_run(pool, threads, peak_piece, done);
        best = fmax(best, 1e-9 * (double)threads * done[0] / (peak_now() - begin));
    }
    return best;
}

#endif
