/* counter.h -- random numbers that are a pure function of their address.
 *
 * Training draws the noise of sample i in step k from the address (seed, stream, k, i): nothing is
 * remembered, so neither threads nor an interruption can change a byte.
 * Source  Philox-4x32-10, Salmon et al. 2011 (with their test vectors in tests/test_counter.c). */
#ifndef NET_COUNTER_H
#define NET_COUNTER_H

#include <stddef.h>
#include <stdint.h>

typedef struct counter_rng {
    uint32_t key[2], address[4];
    uint32_t word[4]; /* the current block; left tells how many words are unused */
    int left;
} counter_rng;

/* The generator at an address.
 * Args  seed    the user's seed;
 *       stream  what the numbers are for: different streams never meet (data, noise, init, sampling);
 *       step, sample   below 2^40 and 2^24. */
counter_rng counter_start(uint64_t seed, unsigned stream, uint64_t step, uint64_t sample);

/* The bijection itself: 128 bits from an address and a key. */
void counter_philox(uint32_t out[4], const uint32_t address[4], const uint32_t key[2]);

/* The next 32 bits. */
uint32_t counter_bits(counter_rng *rng);

/* Uniform in [0,1), a multiple of 2^-53; rng is a counter_rng (the argument of toy_sample). */
double counter_uniform(void *rng);

/* Standard normal, by Box and Muller (1958); two uniforms each, nothing kept. */
double counter_normal(counter_rng *rng);

/* A whole number in 0..n-1, without bias; 0 < n < 2^32. */
size_t counter_below(counter_rng *rng, size_t n);

#endif
