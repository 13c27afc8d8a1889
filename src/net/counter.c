/* counter.c -- Philox-4x32-10: ten rounds of multiplication and exchange turn an address into 128 bits. */
#include "net/counter.h"

#include <math.h>

/* Salmon, Moraes, Dror and Shaw: Parallel random numbers: as easy as 1, 2, 3 (2011), section 3.3. */
static const uint32_t M0 = 0xD2511F53u, M1 = 0xCD9E8D57u; /* the multipliers */
static const uint32_t W0 = 0x9E3779B9u,
                      W1 = 0xBB67AE85u; /* the key's steps: golden ratio, sqrt(3)-1 */

void counter_philox(uint32_t out[4], const uint32_t address[4], const uint32_t key[2])
{
    uint32_t a = address[0], b = address[1], c = address[2], d = address[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        const uint64_t p = (uint64_t)M0 * a, q = (uint64_t)M1 * c;
        a = (uint32_t)(q >> 32) ^ b ^ k0;
        b = (uint32_t)q;
        c = (uint32_t)(p >> 32) ^ d ^ k1;
        d = (uint32_t)p;
        k0 += W0;
        k1 += W1;
    }
    out[0] = a, out[1] = b, out[2] = c, out[3] = d;
}

counter_rng counter_start(uint64_t seed, unsigned stream, uint64_t step, uint64_t sample)
{
    /* The address: which block, the low half of the step, its high byte over the sample, the stream. */
    const uint32_t mixed = (uint32_t)(step >> 32) << 24 | (uint32_t)(sample & 0xFFFFFFu);
    return (counter_rng){.key = {(uint32_t)seed, (uint32_t)(seed >> 32)},
                         .address = {0, (uint32_t)step, mixed, stream}};
}

uint32_t counter_bits(counter_rng *rng)
{
    if (rng->left == 0) {
        counter_philox(rng->word, rng->address, rng->key);
        rng->address[0]++;
        rng->left = 4;
    }
    return rng->word[4 - rng->left--];
}

double counter_uniform(void *rng)
{
    const uint32_t high = counter_bits(rng) >> 5, low = counter_bits(rng) >> 6; /* 27 + 26 bits */
    return (high * 67108864.0 + low) * 0x1p-53;
}

double counter_normal(counter_rng *rng)
{
    static const double two_pi = 6.28318530717958647692;
    const double radius = sqrt(-2.0 * log(1.0 - counter_uniform(rng))); /* 1 - u: exact, in (0,1] */
    return radius * cos(two_pi * counter_uniform(rng));
}

size_t counter_below(counter_rng *rng, size_t n)
{
    /* The high half of 2^32 u n is uniform on 0..n-1 once the 2^32 mod n lowest products that
     * would come once too often are refused (Lemire 2019). */
    const uint32_t bound = (uint32_t)n;
    if (bound == 0) return 0;
    const uint32_t surplus = (uint32_t)(-bound) % bound;
    uint64_t product;
    do product = (uint64_t)counter_bits(rng) * bound;
    while ((uint32_t)product < surplus);
    return (size_t)(product >> 32);
}
