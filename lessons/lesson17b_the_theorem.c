/* Lesson 17, part b.  The theorem: two losses that differ by a constant, and their minimiser. */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson17.h"
#include "theory/perturb.h"

static const double ulp = GSL_DBL_EPSILON;

double guess(size_t i, double x)
{
    return i == 0 ? 0.2 - 0.7 * x : i == 1 ? sin(1.3 * x) - 0.4 * x : 0.0;
}

/* --- 17.3  The two losses ---------------------------------------------------------------------------
 * Explicit (ESM): the integral of q(x_sigma) |s - grad log q(x_sigma)|^2 over x_sigma.
 * Denoising (DSM): an integral over x and eps.  Every integral is a trapezoidal sum; the
 * integrands are analytic and vanish at the ends, so it converges exponentially. */
typedef struct total {
    double value, error;
} total;

/* A sum of n positive terms: at most n roundings, and 16 in each term. */
static total total_of(double sum, size_t n)
{
    return (total){sum, ((double)n + 16.0) * ulp * sum};
}

enum { EXPLICIT_NODES = 5201 };

static double explicit_node(size_t j)
{
    return -26.0 + 0.01 * (double)j;
}

static total explicit_loss(size_t i, double sigma)
{
    double sum = 0.0;
    for (size_t j = 0; j < EXPLICIT_NODES; j++) {
        const double x = explicit_node(j);
        double score;
        perturb_score(&score, bumps[0], sigma, &x);
        sum += 0.01 * exp(perturb_log_pdf(bumps[0], sigma, &x)) * gsl_pow_2(guess(i, x) - score);
    }
    return total_of(sum, 200); /* roundings of a long sum of small terms average out: 200, not n */
}

/* A loss at one draw: score s at x_sigma, noise eps. */
typedef double (*draw_loss)(double s, double eps, double sigma);

static double true_loss(double s, double eps, double sigma)
{
    return gsl_pow_2(s + eps / sigma);
}
static double wrong_sign(double s, double eps, double sigma)
{
    return gsl_pow_2(s - eps / sigma);
}
static double no_scale(double s, double eps, double sigma)
{
    (void)sigma;
    return gsl_pow_2(s + eps);
}
/* The loss of NCSN carries the weight sigma^2. */
static double ncsn_loss(double s, double eps, double sigma)
{
    return perturb_loss(&s, &eps, sigma, 1) / (sigma * sigma);
}

static double ends(size_t j)
{
    return -9.0 + 0.2 * (double)j;
}

static total denoising_loss(draw_loss loss, size_t i, double sigma)
{
    const mixture *m = bumps[0];
    double sum = 0.0;
    for (size_t k = 0; k < m->K; k++)
        for (size_t a = 0; a <= 90; a++)
            for (size_t b = 0; b <= 90; b++) {
                const double u = ends(a), eps = ends(b);
                const double x_sigma = m->mean[k] + sqrt(m->var[k]) * u + sigma * eps;
                sum += m->weight[k] * 0.04 / (2.0 * M_PI) * exp(-0.5 * (u * u + eps * eps)) *
                       loss(guess(i, x_sigma), eps, sigma);
            }
    return total_of(sum, 200);
}

/* E Var(x | x_sigma), by Bayes' rule at every node. */
static total mean_variance(double sigma)
{
    double sum = 0.0, size = 0.0;
    for (size_t j = 0; j < EXPLICIT_NODES; j += 2) {
        const double x = explicit_node(j);
        const seen s = look(bumps[0], sigma, &x);
        if (!(s.log_q > -60.0)) continue; /* beyond the sums' reach, and below rounding */
        const double q = 0.02 * exp(s.log_q);
        sum += q * (s.square - s.x_hat[0] * s.x_hat[0]);
        size += q * s.square * s.rounding;
    }
    return (total){sum, 2.0 * size + 200 * ulp * sum};
}

/* (ESM - DSM)(guess i) - (ESM - DSM)(guess j) = 0, for all pairs. */
static gap differences(draw_loss loss)
{
    gap g = {0};
    for (size_t n = 0; n < LEVELS; n++) {
        total e[GUESSES], d[GUESSES];
        for (size_t i = 0; i < GUESSES; i++) {
            e[i] = explicit_loss(i, levels[n]);
            d[i] = denoising_loss(loss, i, levels[n]);
        }
        for (size_t i = 0; i < GUESSES; i++)
            gap_add(&g, n, e[i].value - e[(i + 1) % GUESSES].value,
                    d[i].value - d[(i + 1) % GUESSES].value,
                    e[i].error + e[(i + 1) % GUESSES].error + d[i].error +
                        d[(i + 1) % GUESSES].error);
    }
    return g;
}

/* ESM = DSM + const with const = -E|x - x_hat|^2/sigma^4, or (wrong) 0. */
static gap constants(bool forgotten)
{
    gap g = {0};
    for (size_t n = 0; n < LEVELS; n++) {
        const double fourth = gsl_pow_4(levels[n]);
        const total v = mean_variance(levels[n]);
        for (size_t i = 0; i < GUESSES; i++) {
            const total e = explicit_loss(i, levels[n]),
                        d = denoising_loss(true_loss, i, levels[n]);
            gap_add(&g, n, e.value, d.value - (forgotten ? 0.0 : v.value / fourth),
                    e.error + d.error + v.error / fourth);
        }
    }
    return g;
}

/* In the plane, drawn: the losses of two guesses differ equally, -2 (s_1 - s_2)(target - score). */
static moments plane(lesson *L)
{
    const double sigma = 0.3;
    moments m = {0};
    for (size_t n = lesson_samples(L, 20000); n > 0; n--) {
        double x[2], y[2], eps[2], score[2], paired = 0.0;
        mixture_sample(bumps[1], lesson_rng(L), x);
        for (size_t d = 0; d < 2; d++) {
            eps[d] = gsl_ran_gaussian_ziggurat(lesson_rng(L), 1.0);
            y[d] = x[d] + sigma * eps[d];
        }
        perturb_score(score, bumps[1], sigma, y);
        for (size_t d = 0; d < 2; d++)
            for (size_t i = 0; i < 2; i++) {
                const double s = guess(i, y[d] + 0.3 * y[1 - d]);
                paired +=
                    (i ? -1.0 : 1.0) * (gsl_pow_2(s + eps[d] / sigma) - gsl_pow_2(s - score[d]));
            }
        moments_add(&m, paired);
    }
    return m;
}

void the_theorem(lesson *L)
{
    claim(L, "DSM-03");
    const moments drawn = plane(L);
    if (!lesson_random_only(L)) {
        const gap pairs = differences(true_loss), sign = differences(wrong_sign),
                  scale = differences(no_scale), full = constants(false), none = constants(true);
        road_gap(L, "perturb_score", "the constant is the same for three s, five sigma", &pairs);
        road_gap(L, "perturb_score", "and it is -E|x - E[x|x_sigma]|^2/sigma^4", &full);
        control_gap(L, "no constant at all", &none);
        control_gap(L, "target +eps/sigma", &sign);
        control_gap(L, "target -eps, without 1/sigma", &scale);
        double constant[3];
        static const double at[3] = {0.3, 1.0, 2.0}, ledger[3] = {-9.488646, -0.623722, -0.110809};
        for (size_t i = 0; i < 3; i++) {
            constant[i] = explicit_loss(0, at[i]).value - denoising_loss(true_loss, 0, at[i]).value;
            road(L, NULL, i == 0 ? "docs/claims.tsv: -9.488646" : "docs/claims.tsv, next sigma",
                 constant[i], ledger[i], 1e-6);
        }
        evidence(L, "ESM - DSM = %.6f (sigma 0.3), %.6f (1), %.6f (2), whatever s is", constant[0],
                 constant[1], constant[2]);
    }
    road_mean(L, NULL, "in the plane, drawn: differences of losses agree", &drawn, 0.0);
}

/* --- The minimiser ------------------------------------------------------------------------------- */
static gap scores(bool of_clean_data)
{
    gap g = {0};
    for (size_t w = 0; w < DIMENSIONS; w++)
        for (size_t i = 0; i < LEVELS * 12; i++) {
            const double sigma = levels[i % LEVELS];
            double x[MOST_D], score[MOST_D];
            place(x, bumps[w], sigma, i);
            const seen s = look(bumps[w], sigma, x);
            perturb_score(score, bumps[w], of_clean_data ? 0.0 : sigma, x);
            for (size_t d = 0; d < bumps[w]->D; d++)
                gap_add(&g, w + 1, score[d], s.target[d],
                        4 * s.rounding * (s.size_target[d] + 1.0 / sigma));
        }
    return g;
}

/* The denoising loss of score + delta * bend, by draws on a grid of x and eps. */
static double loss_of_score(double trained_at, double sigma, double delta)
{
    const mixture *m = bumps[0];
    double sum = 0.0;
    for (size_t k = 0; k < m->K; k++)
        for (size_t a = 0; a <= 90; a++)
            for (size_t b = 0; b <= 90; b++) {
                const double u = ends(a), eps = ends(b);
                const double x = m->mean[k] + sqrt(m->var[k]) * u + sigma * eps;
                double score;
                perturb_score(&score, bumps[0], trained_at, &x);
                sum += m->weight[k] * 0.04 / (2.0 * M_PI) * exp(-0.5 * (u * u + eps * eps)) *
                       gsl_pow_2(score + delta * cos(1.7 * x) + eps / sigma);
            }
    return sum;
}

/* delta of the vertex of the parabola through the losses at -h, 0 and h, times `factor`. */
static double vertex(double trained_at, double sigma, double factor)
{
    const double h = 0.5, low = factor * loss_of_score(trained_at, sigma, -h),
                 middle = factor * loss_of_score(trained_at, sigma, 0.0),
                 high = factor * loss_of_score(trained_at, sigma, h);
    return 0.5 * h * (low - high) / (low - 2.0 * middle + high);
}

void the_minimiser(lesson *L)
{
    claim(L, "DSM-04");
    const gap right = scores(false), clean = scores(true);
    gap lowest = {0}, half = {0}, elsewhere = {0};
    for (size_t n = 1; n < LEVELS; n++) {
        /* The losses are about 1/sigma^2 and carry 200 roundings; their second difference is
         * 2 h^2 E cos^2 > 0.2. */
        const double tolerance = 200 * ulp * (4.0 / gsl_pow_2(levels[n]) + 4.0) / 0.2;
        gap_add(&lowest, n, vertex(levels[n], levels[n], 1.0), 0.0, tolerance);
        gap_add(&half, n, vertex(levels[n], levels[n], 0.5), 0.0, tolerance);
        gap_add(&elsewhere, n, vertex(0.0, levels[n], 1.0), 0.0, tolerance);
    }
    road_gap(L, "perturb_score", "E[-eps/sigma|x_sigma] = score, D = 1, 2, 3", &right);
    control_gap(L, "the score of the clean data", &clean);
    road_gap(L, "perturb_score", "bending it by delta cos(1.7 x): best delta is 0", &lowest);
    road_gap(L, "perturb_score", "the same with the factor 1/2 before the loss", &half);
    control_gap(L, "best delta 0 for the score of the clean data", &elsewhere);
    const double best = loss_of_score(0.3, 0.3, 0.0), of_data = loss_of_score(0.0, 0.3, 0.0);
    road_below(L, "perturb_score", "sigma = 0.3: its loss is below the clean score's", best,
               of_data, 0.0);
    evidence(L,
             "sigma = 0.3: loss %.6f of the noisy score, %.4f of the clean one; the rest is noise",
             best, of_data);
}

/* --- The loss in eps ------------------------------------------------------------------------------
 * Against the other coordinates: an integral over x_sigma and x of
 * q(x_sigma|x) p(x) |s(x_sigma) + (x_sigma - x)/sigma^2|^2. */
static total loss_over_x(size_t i, double sigma)
{
    const mixture *m = bumps[0];
    double sum = 0.0;
    for (size_t k = 0; k < m->K; k++) {
        const double sd = sqrt(m->var[k]), h = fmin(sd, sigma) / 4.0, reach = 9.0 * sigma;
        for (double x = m->mean[k] - 9.0 * sd; x <= m->mean[k] + 9.0 * sd; x += 0.25 * sd)
            for (double y = -reach; y <= reach; y += h) {
                const double density =
                    exp(-0.5 * (gsl_pow_2((x - m->mean[k]) / sd) + gsl_pow_2(y / sigma))) /
                    (2.0 * M_PI * sd * sigma);
                sum += m->weight[k] * 0.25 * sd * h * density *
                       gsl_pow_2(guess(i, x + y) + y / (sigma * sigma));
            }
    }
    return total_of(sum, 800); /* the nodes are found by adding h up to 700 times */
}

static gap losses(draw_loss loss)
{
    gap g = {0};
    for (size_t n = 0; n < LEVELS; n++)
        for (size_t i = 0; i < GUESSES; i++) {
            const total value = denoising_loss(loss, i, levels[n]),
                        reference = loss_over_x(i, levels[n]);
            gap_add(&g, n, value.value, reference.value, value.error + reference.error);
        }
    return g;
}

void the_loss_in_eps(lesson *L)
{
    claim(L, "DSM-07");
    const gap right = losses(ncsn_loss), sign = losses(wrong_sign), scale = losses(no_scale);
    road_gap(L, "perturb_loss", "over (x, eps) = over (x, x_sigma), three s", &right);
    control_gap(L, "minus before eps/sigma", &sign);
    control_gap(L, "eps for eps/sigma", &scale);
    evidence(L, "sigma = 0.3: E|s + eps/sigma|^2 = %.6f, %.6f and (s = 0) %.6f = 1/sigma^2",
             denoising_loss(ncsn_loss, 0, 0.3).value, denoising_loss(ncsn_loss, 1, 0.3).value,
             denoising_loss(ncsn_loss, 2, 0.3).value);
}
