/* moments.h -- running mean, variance and skewness of a sample. */
#ifndef CHECK_MOMENTS_H
#define CHECK_MOMENTS_H

#include <stddef.h>

/* Start from `moments m = {0};`. */
typedef struct moments {
    size_t n;
    double mean;
    double m2; /* sum of squared deviations from the mean */
    double m3; /* sum of cubed deviations from the mean */
} moments;

/* Add one observation.
 * Eq.   Pebay 2008, eqs. (1.3)-(1.4): one-pass updates without cancellation. */
void moments_add(moments *m, double x);

/* Unbiased sample variance m2/(n-1); NaN when n < 2. */
double moments_variance(const moments *m);

/* Standard error of the mean, sqrt(variance/n). */
double moments_se(const moments *m);

/* Sample skewness (m3/n) / (m2/n)^(3/2); 0 for a constant sample. */
double moments_skewness(const moments *m);

#endif
