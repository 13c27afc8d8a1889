/* Lesson 18, part e.  The loss of NCSN: L_simple in other units, and why the weight is sigma_t^2. */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>

#include "lesson18.h"
#include "theory/perturb.h"
#include "theory/schedule.h"

static const double ulp = GSL_DBL_EPSILON;

/* --- 18.3  The loss of NCSN ----------------------------------------------------------------------- */
static const double eps_at[] = {-1.37, 0.43, 2.11, -0.29, 0.83},
                    score_at[] = {0.71, -2.3, 0.19, 1.4};

/* sigma^power |s + eps/sigma|^2 against |eps - eps_hat|^2, eps_hat = -sigma s, in 3 dimensions. */
static gap pointwise(int power)
{
    gap g = {0};
    for (size_t t = 1; t <= LEVELS; t++)
        for (size_t i = 0; i < 20; i++) {
            double s[3], eps[3], reference = 0.0, size = 0.0;
            const double sigma = rungs->sigma[t];
            for (size_t d = 0; d < 3; d++) {
                s[d] = score_at[(i + d) % 4] / (0.3 + sigma);
                eps[d] = eps_at[(i + 2 * d) % 5];
                const double eps_hat = -sigma * s[d];
                reference += gsl_pow_2(eps[d] - eps_hat);
                size += gsl_pow_2(fabs(eps[d]) + fabs(eps_hat));
            }
            gap_add(&g, t, perturb_loss(s, eps, sigma, 3) * pow(sigma, power - 2), reference,
                    16 * ulp * size);
        }
    return g;
}

/* The DDPM with the same noise: abar_t = 1/(1 + sigma_t^2). */
static schedule *same_noise(void)
{
    double beta[LEVELS], last = 0.0;
    for (size_t t = 1; t <= LEVELS; t++) {
        const double square = gsl_pow_2(rungs->sigma[t]);
        beta[t - 1] = (square - last) / (1.0 + square);
        last = square;
    }
    return schedule_from_beta_alloc(beta, LEVELS);
}

/* NCSN's loss of the perfect score against L_simple of the perfect eps_hat of that DDPM. */
static gap against_l_simple(const schedule *s, int power)
{
    gap g = {0};
    for (size_t t = 1; t <= LEVELS; t++)
        for (size_t i = 0; i < 20; i++) {
            const double sigma = rungs->sigma[t], eps = eps_at[i % 5];
            const double x = (i % 2 ? bump_at : -bump_at) + 0.5 * score_at[i / 5] + sigma * eps;
            const double x_t = sqrt(s->alpha_bar[t]) * x;
            double score, eps_hat;
            perturb_score(&score, uneven.m, sigma, &x);
            mixture_mean_eps(&eps_hat, uneven.m, s, t, &x_t);
            /* Each road knows the odds exp(8x/v) up to |8x/v| roundings; they move eps_hat by less
             * than 8 sigma/v. */
            const double v = bump_var + sigma * sigma, odds = 1.0 + 8.0 * fabs(x) / v + x * x / v;
            const double size = fabs(eps) + sigma * (fabs(x) + bump_at) / v;
            const double right = 1.0 / (1.0 + 3.0 / 7.0 * exp(-8.0 * x / v));
            gap_add(&g, t, perturb_loss(&score, &eps, sigma, 1) * pow(sigma, power - 2),
                    gsl_pow_2(eps - eps_hat),
                    ulp * size * (64 * size + 16 * odds * right * (1.0 - right) * 8.0 * sigma / v));
        }
    return g;
}

void the_loss(lesson *L)
{
    claim(L, "NCS-04");
    schedule *s = same_noise();
    if (!s) return;
    const gap right = pointwise(2), one = pointwise(1), none = pointwise(0);
    const gap simple = against_l_simple(s, 2), not_simple = against_l_simple(s, 1);
    road_gap(L, "perturb_loss", "sigma^2 |s + eps/sigma|^2 = |eps - eps_hat|^2", &right);
    control_gap(L, "weight sigma for sigma^2", &one);
    control_gap(L, "no weight", &none);
    road_gap(L, "perturb_score", "perfect nets: it is L_simple, abar = 1/(1+sigma^2)", &simple);
    control_gap(L, "L_simple with the weight sigma", &not_simple);
    evidence(L,
             "12 levels: equal to L_simple of the DDPM with abar_T = %.4f, within %.0e pointwise",
             s->alpha_bar[LEVELS], fabs(simple.value - simple.reference));
    schedule_free(s);
}

/* E of sigma^power |s + eps/sigma|^2 over eps and, for the perfect score, over the data. */
static double level_loss(size_t t, int power, bool perfect)
{
    const double sigma = rungs->sigma[t], sd = sqrt(bump_var);
    double sum = 0.0;
    for (double eps = -9.0; eps <= 9.0; eps += 0.2) {
        double inner = 0.0, zero = 0.0;
        if (perfect)
            for (double u = -9.0; u <= 9.0; u += 0.2) {
                const double x =
                    bump_at + sd * u + sigma * eps; /* the left bump is its mirror image */
                double score;
                perturb_score(&score, even.m, sigma, &x);
                inner += 0.2 / sqrt(2.0 * M_PI) * exp(-0.5 * u * u) *
                         perturb_loss(&score, &eps, sigma, 1);
            }
        else
            inner = perturb_loss(&zero, &eps, sigma, 1);
        sum += 0.2 / sqrt(2.0 * M_PI) * exp(-0.5 * eps * eps) * inner;
    }
    return sum * pow(sigma, power - 2);
}

static gap zero_net(int power)
{
    gap g = {0};
    for (size_t t = 1; t <= LEVELS; t++) /* 91 positive terms */
        gap_add(&g, t, level_loss(t, power, false), 1.0, 128 * ulp);
    return g;
}

static double spread(int power, bool perfect)
{
    double low = (double)INFINITY, high = 0.0;
    for (size_t t = 1; t <= LEVELS; t++) {
        const double loss = level_loss(t, power, perfect);
        low = fmin(low, loss);
        high = fmax(high, loss);
    }
    return high / low;
}

void the_weight(lesson *L)
{
    claim(L, "NCS-05");
    const gap right = zero_net(2), one = zero_net(1), none = zero_net(0);
    road_gap(L, "perturb_loss", "zero net: the weighted loss is D at every sigma", &right);
    control_gap(L, "weight sigma: 1/sigma", &one);
    control_gap(L, "no weight: 1/sigma^2", &none);
    const double perfect = spread(2, true), unweighted = spread(0, true);
    road_below(L, "perturb_loss", "perfect net: the levels differ by less than 10", perfect, 10.0,
               0.0);
    control_below(L, "perfect net, no weight", unweighted, 10.0, 0.0);
    evidence(
        L,
        "unweighted, zero net: %.4f (sigma 0.1), %.6f (8), a factor %.0f; weighted: 1; perfect "
        "net: %.2f",
        level_loss(1, 0, false), level_loss(LEVELS, 0, false), spread(0, false), perfect);
}
