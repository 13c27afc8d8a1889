/* gradcheck.h -- is this the gradient of that function?  Central differences with their own error bars.
 *
 * Along a direction u, with step h,
 *     D(h) = (f(x + h u) - f(x - h u)) / 2h = df/du + h^2/6 d^3f/du^3 + O(h^4),
 * so that (D(2h) - D(h))/3 is the truncation error of D(h), and two evaluations that are each wrong by
 * at most `noise` put noise/h on top.  The comparison is
 *     |D(h) - gradient . u| <= 2 |D(2h) - D(h)|/3 + 2 noise/h,
 * where the factors 2 leave room for the O(h^4), and for a bound on the noise that was counted short.
 * With h = cbrt(DBL_EPSILON) max(1, |x|) both are about 1e-11 of f. */
#ifndef NET_GRADCHECK_H
#define NET_GRADCHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "net/counter.h"

typedef struct gradcheck_job {
    double (*f)(void *params); /* the function at the present x */
    void *params;
    double *x;              /* [n] where f reads its arguments; moved and put back */
    const double *gradient; /* [n] what is to be checked */
    size_t n;
    double noise;       /* |f as computed - f| is at most this */
    size_t directions;  /* how many random directions */
    size_t coordinates; /* how many single coordinates; >= n: every one */
} gradcheck_job;

typedef struct gradcheck_result {
    double
        excess; /* the largest |D - gradient . u| / tolerance; infinite if a number is not finite */
    double error;     /* the largest |D - gradient . u|, relative to `largest` */
    double sharpness; /* the largest tolerance, relative to `largest`: a greater error is noticed */
    double largest;   /* the largest |gradient . u| */
    size_t worst;     /* the coordinate with the largest excess; n: a direction */
} gradcheck_result;

/* Compare the gradient along random directions (normal in every coordinate), then along coordinates
 * (random ones, if there are more than asked for). */
gradcheck_result gradcheck(const gradcheck_job *job, counter_rng *rng);

/* Is the gradient right, and was that a test: excess <= 1, not all zero, and sharpness <= sharp? */
bool gradcheck_accepts(const gradcheck_result *r, double sharp);

#endif
