/* bits_plan.c -- how the calls of a network are spread over the terms of the bound. */
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>

#include "net/counter.h"
#include "theory/forward.h"
#include "theory/weight.h"
#include "train/bits.h"
#include "train/trainer.h"

/* Least images per t, when the budget allows: a standard error from fewer is no error. */
enum { LEAST = 8 };

/* A guess at the standard deviation of term t over images, up to a factor: the weight w_t times a
 * mean squared error of eps_hat that goes as SNR where the noise is large, because the best
 * denoiser then knows the mean image only, and about as SNR^(1/4) where it is small.  The best plan
 * has n_t in proportion to the standard deviation (Neyman 1934); off by a factor of two it costs
 * little. */
static double spread(const schedule *s, size_t t)
{
    const double snr = forward_snr(s, t);
    return weight_eps(s, t, s->beta[t]) * snr / pow(1.0 + snr, 0.75);
}

static double total_spread(const schedule *s)
{
    double sum = 0.0;
    for (size_t t = 2; t <= s->T; t++) sum += spread(s, t);
    return sum;
}

/* first[t+1] - first[t] images at t: a quarter of the budget for L_0, which is one term but about
 * half of the bound's spread; the rest by the guess. */
static void share_out(bits_plan *plan, const schedule *s, size_t budget)
{
    const size_t T = s->T, least = GSL_MAX(2, GSL_MIN(LEAST, budget / (2 * T)));
    const size_t spare = budget - least * T;
    const size_t decoder = T > 1 ? GSL_MIN(spare / 4, plan->images) : spare;
    const double unit = T > 1 ? (double)(spare - decoder) / total_spread(s) : 0.0;
    plan->first[1] = 0;
    for (size_t t = 1; t <= T; t++) {
        const size_t extra = t == 1 ? decoder : (size_t)(unit * spread(s, t));
        plan->first[t + 1] = plan->first[t] + GSL_MIN(least + extra, plan->images);
    }
    plan->pairs = plan->first[T + 1];
}

/* The images go round and round in one random order, so that each is asked about as often as
 * another, and never twice at one t. */
static bool choose(bits_plan *plan)
{
    uint32_t *order = malloc(plan->images * sizeof *order);
    if (!order) return false;
    counter_rng rng = counter_start(plan->seed, STREAM_EVALUATE, 0, plan->training);
    for (size_t i = 0; i < plan->images; i++) order[i] = (uint32_t)i;
    for (size_t i = plan->images; i-- > 1;) {
        const size_t j = counter_below(&rng, i + 1);
        const uint32_t swapped = order[i];
        order[i] = order[j];
        order[j] = swapped;
    }
    for (size_t p = 0; p < plan->pairs; p++) plan->image[p] = order[p % plan->images];
    free(order);
    return true;
}

bits_plan *bits_plan_alloc(const schedule *s, size_t n, size_t budget, uint64_t seed, bool training)
{
    if (!(n >= 2 && n <= (size_t)1 << 23 && budget / 4 >= s->T))
        GSL_ERROR_NULL("a plan needs two images and four calls per t", GSL_EINVAL);
    bits_plan *plan = calloc(1, sizeof *plan);
    if (plan) {
        *plan = (bits_plan){.T = s->T, .images = n, .seed = seed, .training = training};
        plan->first = calloc(s->T + 2, sizeof *plan->first);
        if (plan->first) share_out(plan, s, budget);
        plan->image = plan->first ? malloc(plan->pairs * sizeof *plan->image) : NULL;
    }
    if (plan && plan->image && choose(plan)) return plan;
    bits_plan_free(plan);
    GSL_ERROR_NULL("out of memory for a plan", GSL_ENOMEM);
}

void bits_plan_free(bits_plan *plan)
{
    if (!plan) return;
    free(plan->first);
    free(plan->image);
    free(plan);
}
