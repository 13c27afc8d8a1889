/* moments.c -- running mean, variance and skewness of a sample. */
#include "check/moments.h"

#include <math.h>

void moments_add(moments *m, double x)
{
    const double old = (double)m->n;
    m->n++;
    const double n = (double)m->n;
    const double delta = x - m->mean;
    const double step = delta / n;
    const double term = delta * step * old;
    m->mean += step;
    m->m3 += term * step * (n - 2.0) - 3.0 * step * m->m2;
    m->m2 += term;
}

double moments_variance(const moments *m)
{
    return m->n < 2 ? (double)NAN : m->m2 / (double)(m->n - 1);
}

double moments_se(const moments *m)
{
    return sqrt(moments_variance(m) / (double)m->n);
}

double moments_skewness(const moments *m)
{
    if (m->m2 == 0.0) return 0.0;
    const double n = (double)m->n;
    return (m->m3 / n) / pow(m->m2 / n, 1.5);
}
