/* embed.h -- the time t = 1..T as a vector of numbers.
 *
 * With h = size/2 frequencies, j = 0..h-1:
 *   sinusoidal  ( sin(t w_j) | cos(t w_j) ),  w_j = 10000^(-j/(h-1))
 *               (Vaswani et al. 2017; with h-1 as in the code of Ho et al. 2020)
 *   Fourier     ( sin(2 pi f_j t/T) | cos(2 pi f_j t/T) ),  f_j = 16 times a standard normal number
 *               (Tancik et al. 2020; the scale of Song et al. 2021), the same numbers in every network
 *   learned     row t of a table of parameters
 * The first two are tables, computed once. */
#ifndef NET_EMBED_H
#define NET_EMBED_H

#include <stddef.h>

#include "net/real.h"

typedef enum embed_kind { EMBED_SINUSOIDAL, EMBED_FOURIER, EMBED_LEARNED, EMBED_KINDS } embed_kind;

/* The table of a fixed embedding.
 * Args     kind  EMBED_SINUSOIDAL or EMBED_FOURIER;  T >= 1;  size  even, at least 2
 * Returns  [T+1, size], row 0 is t = 0; NULL for other arguments or without memory. */
real *embed_alloc(embed_kind kind, size_t T, size_t size);

/* NULL is legal. */
void embed_free(real *table);

#endif
