/* test_bits_pass.c -- who is asked at which t, and what each answer is worth. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "bits_images.h"
#include "check/moments.h"
#include "theory/posterior.h"
#include "train/trainer.h"

/* ---- Plans ---- */

/* w_t SNR / (1 + SNR)^(3/4) */
static double guess(size_t t)
{
    const double snr = plan->alpha_bar[t] / plan->var_bar[t];
    return weight_eps(plan, t, plan->beta[t]) * snr / pow(1.0 + snr, 0.75);
}

static void test_plan(void **state)
{
    (void)state;
    const schedule *s = plan;
    bits_plan *p = bits_plan_alloc(s, 1000, 4000, 5, false);
    assert_true(p->T == 50 && p->images == 1000 && p->first[1] == 0);
    assert_true(p->pairs == p->first[51] && p->pairs <= 4000 && p->pairs > 3900);
    size_t used[1000] = {0}, least = p->pairs, most = 0;
    for (size_t t = 1; t <= 50; t++) {
        bool seen[1000] = {false};
        assert_true(p->first[t + 1] - p->first[t] >= 8);
        for (size_t j = p->first[t]; j < p->first[t + 1]; j++) {
            assert_true(p->image[j] < 1000 && !seen[p->image[j]]);
            seen[p->image[j]] = true;
            used[p->image[j]]++;
        }
    }
    for (size_t i = 0; i < 1000; i++)
        least = GSL_MIN(least, used[i]), most = GSL_MAX(most, used[i]);
    assert_true(most - least <= 1); /* each image as often as another */
    assert_true(p->first[2] == 908 &&
                p->first[3] - p->first[2] > 100); /* more where it varies more */
    assert_true(p->first[51] - p->first[50] < 20);
    const double seen =
        (double)(p->first[4] - p->first[3] - 8) / (double)(p->first[8] - p->first[7] - 8);
    assert_true(fabs(seen / (guess(3) / guess(7)) - 1.0) < 0.05);
    bits_plan *same = bits_plan_alloc(s, 1000, 4000, 5, false);
    bits_plan *other = bits_plan_alloc(s, 1000, 4000, 6, false);
    bits_plan *train = bits_plan_alloc(s, 1000, 4000, 5, true);
    const size_t bytes = p->pairs * sizeof *p->image;
    assert_memory_equal(p->image, same->image, bytes);
    assert_true(memcmp(p->image, other->image, bytes) != 0);
    assert_true(memcmp(p->image, train->image, bytes) != 0);
    bits_plan_free(same), bits_plan_free(other), bits_plan_free(train), bits_plan_free(p);
    p = bits_plan_alloc(s, 2, 200, 5, false); /* fewer images than any t would like */
    assert_true(p->pairs == 100);
    bits_plan_free(p);
    p = bits_plan_alloc(s, 100, 200, 5, false); /* the least budget */
    assert_true(p->pairs <= 200 && p->pairs > 150 && p->first[51] - p->first[50] == 2);
    bits_plan_free(p);
    bits_plan_free(NULL);
    gsl_error_handler_t *old = gsl_set_error_handler(remember);
    assert_null(bits_plan_alloc(s, 1, 4000, 5, false));
    assert_null(bits_plan_alloc(s, ((size_t)1 << 23) + 1, 4000, 5, false));
    assert_null(bits_plan_alloc(s, 300, 199, 5, false));
    assert_int_equal(last_error, GSL_EINVAL);
    gsl_set_error_handler(old);
}

/* ---- The same numbers, pair by pair ---- */

/* |mu_tilde - mu_theta|^2 of a pair, worked out here; clip as asked. */
static double square_of(const bits_plan *p, size_t t, size_t pair, bool clip)
{
    const size_t i = p->image[pair];
    counter_rng rng =
        counter_start(p->seed, STREAM_EVALUATE, t, p->training ? ((uint64_t)1 << 23) + i : i);
    const double V = plan->alpha_bar[t] * spread + plan->var_bar[t];
    const double signal = sqrt(plan->alpha_bar[t]), noise = sqrt(plan->var_bar[t]);
    double sum = 0.0;
    for (size_t d = 0; d < D; d++) {
        const double x = x_0[i * D + d], x_t = signal * x + noise * counter_normal(&rng);
        const double eps = noise * (x_t - signal * centre) / V + slip_slope * x_t + slip_offset;
        double hat = (x_t - noise * eps) / signal;
        if (clip) hat = GSL_MAX(GSL_MIN(hat, 1.0), -1.0);
        sum += gsl_pow_2(posterior_mean(plan, t, x_t, x) - posterior_mean(plan, t, x_t, hat));
    }
    return sum;
}

static void test_pairs(void **state)
{
    (void)state;
    draw_levels(MOST, 8);
    exact *m = exact_alloc("eps", "beta", D, 2, 1.0);
    for (int training = 0; training < 2; training++) {
        bits_plan *p = bits_plan_alloc(plan, MOST, 5000, 4, training == 1);
        bits_pass *pass = pass_of(m, p);
        size_t moved = 0;
        assert_null(pass->learned);
        for (size_t t = 1; t <= 50; t++)
            for (size_t j = p->first[t]; j < p->first[t + 1]; j++) {
                const double plain = square_of(p, t, j, false), clip = square_of(p, t, j, true);
                assert_true(fabs(pass->square[j] - plain) <= 1e-4 * plain + 1e-12);
                assert_true(fabs(pass->clipped[j] - clip) <= 1e-4 * plain + 1e-12);
                moved += clip < 0.9 * plain;
            }
        assert_true(moved > p->pairs / 10);
        bits_pass_free(pass);
        bits_plan_free(p);
    }
    exact_free(m);
}

/* A bound of clipped means has the clipped squares and a decoder with a mean inside [-1,1]. */
static void test_clip(void **state)
{
    (void)state;
    draw_levels(MOST, 8);
    exact *m = exact_alloc("eps", "beta", D, 1, 1.0);
    bits_plan *p = bits_plan_alloc(plan, MOST, 5000, 4, false);
    bits_pass *pass = pass_of(m, p);
    bits_sigma2(table, plan, SIGMA_BETA);
    evaluate_bound *b = bits_bound_alloc(pass, &(bits_kernel){.sigma2 = table, .clip = true}, NULL);
    for (size_t t = 2; t <= 50; t++) {
        moments mean = {0};
        for (size_t j = p->first[t]; j < p->first[t + 1]; j++) moments_add(&mean, pass->clipped[j]);
        const double known = D * kl_constant(t, table[t]) + 0.5 * mean.mean / table[t];
        assert_true(fabs(b->term[t].value - known) < 1e-9 * known);
    }
    double nats = 0.0;
    for (size_t j = 0; j < p->first[2]; j++)
        for (size_t d = 0; d < D; d++) {
            const double raw = (double)pass->x_0_hat[j * D + d];
            assert_true(bits_decoder_mean(pass, j, d, false) == raw);
            nats -= elbo_decoder_bin(pixel[p->image[j] * D + d], fmax(-1.0, fmin(1.0, raw)),
                                     sqrt(table[1]));
        }
    assert_true(fabs(b->decoder.value - nats / (double)p->first[2]) < 1e-9 * fabs(nats));
    evaluate_bound_free(b);
    bits_pass_free(pass);
    bits_plan_free(p);
    exact_free(m);
}

/* ---- Refusals ---- */

static int stop_at(size_t pairs, void *params)
{
    size_t *seen = params; /* the last number, and how many */
    seen[0] = pairs;
    seen[1]++;
    return pairs >= 1000;
}

static void test_refusals(void **state)
{
    (void)state;
    gsl_error_handler_t *old = gsl_set_error_handler(remember);
    draw_levels(MOST, 8);
    int status;
    size_t seen[2] = {0, 0};
    exact *m = exact_alloc("eps", "beta", D, 1, 0.0);
    bits_plan *p = bits_plan_alloc(plan, MOST, 5000, 4, false);
    assert_null(bits_pass_alloc(m->w, p, pixel, stop_at, seen, &status));
    assert_true(status == GSL_EFAILED && seen[0] == 1024 && seen[1] == 2);
    bits_pass_free(NULL);
    m->theta[tabular_at(&m->net, 31, 1) + 1] = (real)NAN;
    assert_null(bits_pass_alloc(m->w, p, pixel, NULL, NULL, &status));
    assert_int_equal(status, GSL_ERANGE);
    bits_plan_free(p);
    schedule *short_one = schedule_named_alloc("S10");
    p = bits_plan_alloc(short_one, MOST, 5000, 4, false);
    assert_null(bits_pass_alloc(m->w, p, pixel, NULL, NULL, &status));
    assert_int_equal(status, GSL_EINVAL);
    bits_plan_free(p);
    schedule_free(short_one);
    exact_free(m);
    gsl_set_error_handler(old);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_plan), cmocka_unit_test(test_pairs),
                                       cmocka_unit_test(test_clip),
                                       cmocka_unit_test(test_refusals)};
    return cmocka_run_group_tests(tests, exact_open, exact_close);
}
