/* test_theory.c -- the documented errors and the ends of src/theory; its formulas are the lessons' business. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "theory/elbo.h"
#include "theory/forward.h"
#include "theory/gaussian.h"
#include "theory/law.h"
#include "theory/linear.h"
#include "theory/misprint.h"
#include "theory/mixture.h"
#include "theory/posterior.h"
#include "theory/sampler.h"
#include "theory/weight.h"

static int last_error;

static void remember(const char *reason, const char *file, int line, int code)
{
    (void)reason, (void)file, (void)line;
    last_error = code;
}

static void assert_domain(double value)
{
    assert_true(isnan(value));
    assert_int_equal(last_error, GSL_EDOM);
    last_error = 0;
}

static void test_domain_errors(void **state)
{
    (void)state;
    gsl_error_handler_t *old = gsl_set_error_handler(remember);
    const double bad[] = {0.0, -1.0, (double)NAN};
    for (size_t i = 0; i < 3; i++) {
        assert_domain(gaussian_log_pdf(0.3, 0.1, bad[i]));
        assert_domain(gaussian_kl(0.3, bad[i], 0.1, 0.5));
        assert_domain(gaussian_kl_variances(0.5, bad[i]));
        assert_domain(gaussian_entropy(bad[i]));
        assert_domain(weight_mu(bad[i]));
        assert_domain(elbo_decoder_bin(7, 0.1, bad[i]));
    }
    assert_domain(elbo_decoder_bin(256, 0.1, 0.2));
    schedule *s = schedule_named_alloc("S10");
    assert_domain(weight_x0(s, 1, weight_sigma2(s, 1, SIGMA_BETA_TILDE))); /* beta_tilde_1 = 0 */
    assert_domain(weight_eps(s, 1, 0.0));
    assert_domain(posterior_log_pdf(s, 1, 0.3, 0.2, 0.3)); /* a point mass */
    assert_null(linear_chain_alloc(s, 0.0, -1.0, SIGMA_BETA));
    assert_int_equal(last_error, GSL_EDOM);
    assert_null(mixture_alloc(0, 2));
    assert_null(mixture_alloc(2, 0));
    assert_null(mixture_alloc(2000, 2000));
    assert_int_equal(last_error, GSL_EINVAL);
    linear_chain *chain = linear_chain_alloc(s, 0.0, 1.0, SIGMA_BETA);
    const reverse_model p = linear_reverse_model(chain);
    assert_null(law_alloc(10, 10, &p, 8.0, 4.0)); /* last must be below T */
    assert_null(law_alloc(10, 0, &p, 0.0, 4.0));
    assert_null(law_alloc(10, 0, &p, 8.0, -4.0));
    assert_null(law_alloc(10, 0, &p, 8.0, 1e9)); /* a grid of 10^11 nodes */
    assert_int_equal(last_error, GSL_EINVAL);
    law *l = law_alloc(10, 0, &p, 8.0, 4.0);
    assert_true(law_below(l, -40.0) == 0.0 && fabs(law_below(l, 40.0) - 1.0) < 1e-12);
    law_free(l);
    law_free(NULL);
    linear_chain_free(chain);
    schedule_free(s);
    gsl_set_error_handler(old);
    mixture_free(NULL);
    linear_chain_free(NULL);
}

/* The series of the variance part joins its closed form without a step. */
static void test_kl_near_equal_variances(void **state)
{
    (void)state;
    for (int i = -400; i <= 400; i++) {
        const double d = 1e-4 * i + 3.3e-6; /* crosses the border at 0.03 */
        const long double exact = 0.5L * ((long double)d - log1pl((long double)d));
        const double value = gaussian_kl_variances(1.0 + d, 1.0);
        /* 1 + d is rounded: that moves the value by about d eps */
        assert_true(fabsl((long double)value - exact) <=
                    4e-16L * fabsl(exact) + 2.3e-16L * fabsl((long double)d));
    }
    assert_true(gaussian_kl_variances(0.7, 0.7) == 0.0);
}

/* Both tails of the bins: nothing overflows, and a far bin is still a number. */
static void test_decoder_bins_far_away(void **state)
{
    (void)state;
    for (unsigned k = 0; k <= 255; k++) {
        assert_true(isfinite(elbo_decoder_bin(k, 5.0, 0.01)) &&
                    elbo_decoder_bin(k, 5.0, 0.01) <= 0.0);
        assert_true(isfinite(elbo_decoder_bin(k, -5.0, 0.01)) &&
                    elbo_decoder_bin(k, -5.0, 0.01) <= 0.0);
        /* mirror image */
        assert_true(fabs(elbo_decoder_bin(k, 0.3, 0.1) - elbo_decoder_bin(255 - k, -0.3, 0.1)) <=
                    1e-12 * (1.0 + fabs(elbo_decoder_bin(k, 0.3, 0.1))));
    }
}

static void test_tables_of_misprints(void **state)
{
    (void)state;
    assert_null(misprint_find("no-such-misprint"));
    assert_null(misprint_quantity_find("no_such_quantity"));
    for (size_t i = 0; i < misprint_n; i++) {
        assert_ptr_equal(misprint_find(misprints[i].id), &misprints[i]);
        assert_non_null(misprint_quantity_find(misprints[i].quantity));
        assert_non_null(strchr(misprints[i].hint, '?')); /* a hint asks */
    }
    for (size_t i = 0; i < misprint_n_quantities; i++)
        assert_non_null(misprint_next(misprint_quantities[i].name, NULL));
}

/* Every misprint differs from the truth somewhere on S10, at a generic point. */
static void test_misprints_are_wrong(void **state)
{
    (void)state;
    schedule *s = schedule_named_alloc("S10");
    const double x[] = {0.731, -0.62, 0.417, 0.9}, positive[] = {0.31, 0.5, 0.2, 0.9};
    for (size_t i = 0; i < misprint_n; i++) {
        const misprint_quantity *q = misprint_quantity_find(misprints[i].quantity);
        const double *arg =
            strncmp(q->name, "weight", 6) == 0 || strcmp(q->name, "kl") == 0 ? positive : x;
        double largest = 0.0;
        for (size_t t = 2; t <= s->T; t++)
            largest =
                fmax(largest, fabs(misprints[i].value(s, t, arg) / q->value(s, t, arg) - 1.0));
        assert_true(largest > 1e-3);
    }
    schedule_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_domain_errors),
        cmocka_unit_test(test_kl_near_equal_variances),
        cmocka_unit_test(test_decoder_bins_far_away),
        cmocka_unit_test(test_tables_of_misprints),
        cmocka_unit_test(test_misprints_are_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
