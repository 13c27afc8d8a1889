/* test_bits_error.c -- a bound in bits over many seeds: is it unbiased, are its errors true, is the
 * best variance the best and its price right? */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "check/moments.h"
#include "exact.h"
#include "net/counter.h"
#include "theory/linear.h"
#include "train/bits.h"

enum { D = 3, N = 60, SEEDS = 400, VALUES = 3 };
static unsigned char pixel[N * D];
static const unsigned char level[VALUES] = {0, 160, 255};

/* All pixels of an image are alike: each value with probability 1/3. */
static void draw_levels(uint64_t seed)
{
    counter_rng rng = counter_start(seed, 92, 0, 0);
    for (size_t i = 0; i < N; i++) {
        const unsigned char v = level[counter_below(&rng, VALUES)];
        for (size_t d = i * D; d < (i + 1) * D; d++) pixel[d] = v;
    }
}

static bits_pass *pass_of(exact *m, bits_plan **chosen, uint64_t seed, bool training)
{
    int status;
    draw_levels(seed);
    *chosen = bits_plan_alloc(plan, N, 600, seed, training);
    return bits_pass_alloc(m->w, *chosen, pixel, NULL, NULL, &status);
}

/* E -ln P(v | a x_1 + b, sigma) over x_1, by a sum over 12 standard deviations. */
static double decoder_of(const linear_chain *c, double sigma, unsigned v)
{
    const double x = v / 127.5 - 1.0, h = 0.05;
    double sum = 0.0;
    for (int i = -120; i <= 120; i++) {
        const double z = h * i, x_1 = sqrt(plan->alpha[1]) * x + sqrt(plan->beta[1]) * z;
        const double weight = h * exp(-0.5 * z * z) / sqrt(2.0 * M_PI);
        sum -= weight * elbo_decoder_bin(v, c->a[1] * x_1 + c->b[1], sigma);
    }
    return sum;
}

/* The network's mistake makes some images hard at every t. */
static const double wrong = 30.0;

/* The chain of the network: mu = (x - beta/noise eps_hat)/sqrt(alpha). */
static linear_chain *chain_with(const double *sigma2)
{
    linear_chain *c = linear_chain_alloc(plan, centre, spread, SIGMA_BETA);
    for (size_t t = 1; t <= 50; t++) {
        const double unit = wrong * plan->beta[t] / sqrt(plan->var_bar[t] * plan->alpha[t]);
        c->a[t] -= unit * slip_slope;
        c->b[t] -= unit * slip_offset;
        c->var[t] = sigma2[t];
    }
    return c;
}

/* The bound of the law of the data: prior, terms, decoder, all in closed form. */
static double known_bound(const double *sigma2)
{
    linear_chain *c = chain_with(sigma2);
    double sum = 0.0;
    for (size_t v = 0; v < VALUES; v++) {
        const double x = level[v] / 127.5 - 1.0;
        sum += elbo_prior(plan, x) + decoder_of(c, sqrt(sigma2[1]), level[v]);
        for (size_t t = 2; t <= 50; t++) sum += linear_denoising(plan, c, t, x);
    }
    linear_chain_free(c);
    return sum * D / VALUES;
}

/* Mean of 400 seeds within 5 standard errors; their scatter is the error that each of them claims,
 * to 20 % (5 standard errors of a standard deviation of 400 numbers).  Control: terms treated as
 * independent of each other claim much less, because every image is asked about ten times. */
static void test_errors_are_true(void **state)
{
    (void)state;
    exact *m = exact_alloc("eps", "beta", D, 1, wrong);
    double sigma2[64];
    bits_sigma2(sigma2, plan, SIGMA_BETA_TILDE);
    moments seen = {0}, sum = {0}, claimed = {0}, claimed_sum = {0}, naive = {0};
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        bits_plan *chosen;
        bits_pass *pass = pass_of(m, &chosen, seed, false);
        evaluate_bound *b = bits_bound_alloc(pass, &(bits_kernel){.sigma2 = sigma2}, NULL);
        double square = gsl_pow_2(b->prior.error);
        for (size_t t = 1; t <= 50; t++) square += gsl_pow_2(b->term[t].error);
        moments_add(&seen, b->total.value), moments_add(&sum, b->denoising.value);
        moments_add(&claimed, gsl_pow_2(b->total.error));
        moments_add(&claimed_sum, gsl_pow_2(b->denoising.error));
        moments_add(&naive, square);
        evaluate_bound_free(b), bits_pass_free(pass), bits_plan_free(chosen);
    }
    const double known = known_bound(sigma2), scatter = sqrt(moments_variance(&seen));
    print_message("bound %.4f, known %.4f; scatter %.4f, claimed %.4f, naive %.4f; sum %.4f %.4f\n",
                  seen.mean, known, scatter, sqrt(claimed.mean), sqrt(naive.mean),
                  sqrt(moments_variance(&sum)), sqrt(claimed_sum.mean));
    assert_true(fabs(seen.mean - known) <= 5.0 * moments_se(&seen));
    assert_true(fabs(scatter / sqrt(claimed.mean) - 1.0) < 0.2);
    assert_true(fabs(sqrt(moments_variance(&sum) / claimed_sum.mean) - 1.0) < 0.2);
    assert_true(!(fabs(scatter / sqrt(naive.mean) - 1.0) < 0.2));
    exact_free(m);
}

/* A table is the best for its own pass: 0.2 % more or less at any t is worse. */
static void test_best(void **state)
{
    (void)state;
    exact *m = exact_alloc("eps", "beta", D, 1, 1.0);
    double sigma2[64], other[64], cost;
    bits_plan *chosen;
    bits_pass *pass = pass_of(m, &chosen, 1, true);
    for (int clip = 0; clip < 2; clip++) {
        bits_kernel kernel = {.sigma2 = sigma2, .clip = clip == 1};
        assert_int_equal(bits_best_sigma2(sigma2, &cost, pass, kernel.clip, m->w->pool),
                         GSL_SUCCESS);
        evaluate_bound *best = bits_bound_alloc(pass, &kernel, NULL);
        for (int up = 0; up < 2; up++) {
            for (size_t t = 0; t <= 50; t++) other[t] = sigma2[t] * (up ? 1.002 : 1.0 / 1.002);
            kernel.sigma2 = other;
            evaluate_bound *b = bits_bound_alloc(pass, &kernel, NULL);
            for (size_t t = 1; t <= 50; t++) assert_true(b->term[t].value > best->term[t].value);
            evaluate_bound_free(b);
        }
        evaluate_bound_free(best);
    }
    bits_pass_free(pass), bits_plan_free(chosen);
    exact_free(m);
}

/* The expected decoder term as a function of sigma_1, per image. */
static double decoder_term(const linear_chain *c, double sigma)
{
    double sum = 0.0;
    for (size_t v = 0; v < VALUES; v++) sum += decoder_of(c, sigma, level[v]);
    return sum * D / VALUES;
}

/* What a table costs above the best one: D/2 (q - 1 - ln q) per t, q = best / table; the best is
 * the mean of all tables, up to 1/20 of the noise of one; at t = 1 the least of all terms. */
static void test_price(void **state)
{
    (void)state;
    exact *m = exact_alloc("eps", "beta", D, 1, 0.0);
    linear_chain *c = linear_chain_alloc(plan, centre, spread, SIGMA_BETA);
    double(*tables)[64] = calloc(SEEDS, sizeof *tables), mean[64] = {0.0}, least = HUGE_VAL, cost;
    moments claimed = {0}, paid = {0}, first = {0};
    for (size_t i = 0; i < SEEDS; i++) {
        bits_plan *chosen;
        bits_pass *pass = pass_of(m, &chosen, i + 1, true);
        assert_int_equal(bits_best_sigma2(tables[i], &cost, pass, false, NULL), GSL_SUCCESS);
        moments_add(&claimed, cost);
        for (size_t t = 1; t <= 50; t++) mean[t] += tables[i][t] / SEEDS;
        moments_add(&first, decoder_term(c, sqrt(tables[i][1])));
        least = fmin(least, decoder_term(c, sqrt(tables[i][1])));
        bits_pass_free(pass), bits_plan_free(chosen);
    }
    for (size_t i = 0; i < SEEDS; i++) {
        double price = first.mean - least;
        for (size_t t = 2; t <= 50; t++)
            price += 0.5 * D * (mean[t] / tables[i][t] - 1.0 - log(mean[t] / tables[i][t]));
        moments_add(&paid, price);
    }
    print_message("price %.4g +- %.2g (t = 1: %.4g), claimed %.4g\n", paid.mean, moments_se(&paid),
                  first.mean - least, claimed.mean);
    assert_true(fabs(paid.mean / claimed.mean - 1.0) < 0.15);
    free(tables);
    linear_chain_free(c);
    exact_free(m);
}

/* ---- Decoders: 256 probabilities that add up to 1 ---- */

static double closed_ends(unsigned v, double mean, double sigma)
{
    const double x = v / 127.5 - 1.0;
    return log(0.5 * (erf((x + 1.0 / 255.0 - mean) / sigma * M_SQRT1_2) -
                      erf((x - 1.0 / 255.0 - mean) / sigma * M_SQRT1_2)));
}

static double sum_of(bits_decoder decoder, double mean, double sigma)
{
    double sum = 0.0;
    for (unsigned v = 0; v < 256; v++) sum += exp(decoder(v, mean, sigma));
    return sum;
}

static void test_decoders(void **state)
{
    (void)state;
    static const double means[] = {-1.03, -0.997, 0.131, 1.4}, sigmas[] = {0.003, 0.0113, 0.21};
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < 3; j++) {
            assert_true(fabs(sum_of(elbo_decoder_bin, means[i], sigmas[j]) - 1.0) < 1e-12);
            assert_true(fabs(sum_of(bits_decoder_tanh, means[i], sigmas[j]) - 1.0) < 1e-9);
        }
    assert_true(sum_of(closed_ends, -1.03, 0.0113) < 0.1);
    assert_true(sum_of(closed_ends, -0.997, 0.0113) < 0.8);
    /* close to the exact one in the middle, up to 0.4 nats off in the flanks (../docs/ddpm.md) */
    double worst = 0.0;
    for (double z = -4.0; z <= 4.0; z += 0.01) {
        const double mean = 100.0 / 127.5 - 1.0 + z * 0.0113;
        worst = fmax(worst, fabs(bits_decoder_tanh(100, mean, 0.0113) -
                                 elbo_decoder_bin(100, mean, 0.0113)));
    }
    assert_true(worst > 0.2 && worst < 0.5);
    const double mean = -1.0 + 1.0 / 255.0 - 0.0113; /* the edge of the first bin is at z = 1 */
    assert_true(fabs(bits_decoder_tanh(0, mean, 0.0113) - log(0.8411919906)) < 1e-9);
    assert_true(fabs(bits_decoder_tanh(100, 0.9, 0.01) - log(1e-12)) < 1e-12); /* its floor */
    assert_true(elbo_decoder_bin(100, 0.9, 0.01) < -1000.0);
    gsl_error_handler_t *old = gsl_set_error_handler(remember);
    assert_true(isnan(elbo_decoder_bin(100, 0.9, 0.0)) && last_error == GSL_EDOM);
    gsl_set_error_handler(old);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_errors_are_true),
                                       cmocka_unit_test(test_best), cmocka_unit_test(test_price),
                                       cmocka_unit_test(test_decoders)};
    return cmocka_run_group_tests(tests, exact_open, exact_close);
}
