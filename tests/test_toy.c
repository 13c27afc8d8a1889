/* test_toy.c -- the toy data sets: what the header promises of their laws, their samples, and what is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gsl/gsl_math.h>
#include <gsl/gsl_rng.h>

#include "data/toy.h"
#include "theory/mixture.h"

enum { N = 100000 };
static const double bound = 6.1; /* |z| above it: two-sided p < 1e-9; about 60 comparisons */
static char path[] = "/tmp/test_toy.XXXXXX";
static char error[600];
static size_t calls;

static double uniform(void *state)
{
    calls++;
    return gsl_rng_uniform(state);
}

static toy *open_toy(const char *spec)
{
    toy *d = toy_alloc(spec, error, sizeof error);
    if (d == NULL) fail_msg("%s", error);
    return d;
}

static toy *open_file(const char *kind, const char *text)
{
    char spec[100];
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
    snprintf(spec, sizeof spec, "%s:%s", kind, path);
    return toy_alloc(spec, error, sizeof error);
}

/* Covariance of the first two coordinates, from the definition. */
static double covariance(const toy *d)
{
    double sum = 0.0;
    for (size_t k = 0; k < d->K; k++)
        sum += d->weight[k] * d->mean[k * d->D] * d->mean[k * d->D + 1];
    for (size_t b = 0; b < d->boxes; b++)
        sum += 0.25 * (d->low[2 * b] + d->high[2 * b]) * (d->low[2 * b + 1] + d->high[2 * b + 1]) /
               (double)d->boxes;
    return sum;
}

static void assert_moments(const char *spec, double var_x, double var_y, double cov, double tol)
{
    toy *d = open_toy(spec);
    double mean[2], sd[2];
    toy_moments(d, mean, sd);
    assert_string_equal(d->name, spec);
    assert_int_equal(d->D, 2);
    /* a sum of up to 256 terms of size 1 */
    assert_true(fabs(mean[0]) < 6e-14 && fabs(mean[1]) < 6e-14);
    assert_true(fabs(sd[0] * sd[0] - var_x) < tol && fabs(sd[1] * sd[1] - var_y) < tol);
    assert_true(fabs(covariance(d) - cov) < tol);
    toy_free(d);
}

/* Half a circle of n bumps at the angles (k+1/2) pi/n has mean height 1/(n sin(pi/2n)) and mean
 * square height 1/2: that gives the moons' moments without a sum. */
static void test_the_moments_of_the_header(void **state)
{
    (void)state;
    const double height = 1.0 / (48.0 * sin(M_PI / 96.0)), lift = height - 0.25,
                 var_x = 0.5 + 0.25 + 0.01, var_y = 0.5 - height * height + lift * lift + 0.01,
                 scale = 2.0 / (var_x + var_y);
    assert_moments("ring", 0.5025, 0.5025, 0.0, 1e-14);
    /* the upper moon lies half a unit to the left and `lift` above, the lower the other way */
    assert_moments("moons", scale * var_x, scale * var_y, -0.5 * lift * scale, 1e-13);
    assert_moments("moons", 1.499, 0.501, -0.381, 0.0005);
    assert_moments("swissroll", 0.930, 1.070, 0.125, 0.0005);
    assert_moments("checkerboard", 1.0, 1.0, 3.0 / 16.0, 1e-14);
}

static void test_the_ring_is_the_lessons_ring(void **state)
{
    (void)state;
    toy *d = open_toy("ring");
    mixture *m = mixture_ring_alloc(8, 1.0, 0.05 * 0.05, 0.0);
    assert_int_equal(d->K, m->K);
    assert_memory_equal(d->mean, m->mean, 16 * sizeof(double));
    assert_memory_equal(d->var, m->var, 8 * sizeof(double));
    assert_memory_equal(d->weight, m->weight, 8 * sizeof(double));
    mixture_free(m);
    toy_free(d);
}

/* Along a curve the density is smooth: at a bump's centre and half-way to the next it is the same
 * up to the curve's own slow change, far from the ends. */
static void test_the_curves_do_not_ripple(void **state)
{
    (void)state;
    static const char *const specs[] = {"moons", "swissroll"};
    for (size_t i = 0; i < 2; i++) {
        toy *d = open_toy(specs[i]);
        mixture *m = mixture_alloc(d->K, 2);
        memcpy(m->mean, d->mean, 2 * d->K * sizeof(double));
        memcpy(m->var, d->var, d->K * sizeof(double));
        const size_t k = i == 0 ? 24 : 128;
        double *a = m->mean + 2 * k, middle[2] = {0.5 * (a[0] + a[2]), 0.5 * (a[1] + a[3])};
        const double wave =
            mixture_log_pdf(m, middle) - 0.5 * (mixture_log_pdf(m, a) + mixture_log_pdf(m, a + 2));
        /* a chord lies h^2 curvature/8 inside the arc: a relative 0.002 */
        assert_true(fabs(wave) < 0.002);
        mixture_free(m);
        toy_free(d);
    }
}

/* ---- Samples against the exact moments ---- */

/* The largest |z| over the coordinates of the sample x [N,D]: its means and its second moments
 * about the exact mean, each with its own standard error; stretch plants an error. */
static double largest_z(const toy *d, const double *x, double stretch)
{
    double mean[8], sd[8], worst = 0.0;
    toy_moments(d, mean, sd);
    for (size_t i = 0; i < d->D; i++) {
        double sum = 0.0, square = 0.0, fourth = 0.0;
        for (size_t n = 0; n < N; n++) {
            const double y = stretch * (x[n * d->D + i] - mean[i]);
            sum += y;
            square += y * y;
            fourth += gsl_pow_4(y);
        }
        const double second = square / N, error_of_second = sqrt(fourth / N - second * second);
        worst = fmax(worst, fabs(sum / N) / (sd[i] / sqrt(N)));
        worst = fmax(worst, fabs(second - sd[i] * sd[i]) / (error_of_second / sqrt(N)));
    }
    return worst;
}

static double *draw(const toy *d)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, 20240521);
    double *x = malloc(N * d->D * sizeof *x);
    assert_non_null(x);
    for (size_t n = 0; n < N; n++) {
        calls = 0;
        toy_sample(d, x + n * d->D, uniform, rng);
        assert_true(calls >= 1 && calls <= d->D + 2);
    }
    gsl_rng_free(rng);
    return x;
}

static void assert_samples(toy *d)
{
    if (d == NULL) fail_msg("%s", error);
    double *x = draw(d);
    assert_true(largest_z(d, x, 1.0) < bound);
    assert_true(largest_z(d, x, 1.03) > bound); /* planted: 3 % too wide */
    free(x);
    toy_free(d);
}

static const char unequal[] = "# weight var mean\n3 0.04 1 -2 0.5\n1 0.25 -1 2 0\n0.5 0 9 9 9\n";

static void test_samples_have_the_exact_moments(void **state)
{
    (void)state;
    static const char *const specs[] = {"ring", "moons", "swissroll", "checkerboard"};
    for (size_t i = 0; i < 4; i++) assert_samples(open_toy(specs[i]));
    assert_samples(open_file("gmm", unequal));
    assert_samples(open_file("points", "1 2 3 4 5\n3 1 4 1 5\n2 7 1 8 2\n"));
}

/* Which component, and what around it: occupancy, and normal deviates with E z^2 = 1, E z^4 = 3,
 * no correlation between the coordinates. */
static void test_components_and_their_normals(void **state)
{
    (void)state;
    toy *d = open_file("gmm", unequal);
    double *x = draw(d), product = 0.0, square = 0.0, fourth = 0.0;
    size_t count[3] = {0, 0, 0};
    for (size_t n = 0; n < N; n++) {
        const double *y = x + 3 * n;
        const size_t k = y[0] == 9.0 ? 2 : y[1] < 0.0 ? 0 : 1; /* eight or four sd away */
        count[k]++;
        if (k != 0) continue;
        const double a = (y[0] - 1.0) / 0.2, b = (y[1] + 2.0) / 0.2, c = (y[2] - 0.5) / 0.2;
        product += a * b + b * c;
        square += a * a + c * c - 2.0;
        fourth += gsl_pow_4(a) - 3.0;
    }
    for (size_t k = 0; k < 3; k++) {
        const double p = (k == 0 ? 3.0 : k == 1 ? 1.0 : 0.5) / 4.5;
        assert_true(fabs(d->weight[k] - p) < 1e-15);
        /* an occasional one of 22 000 strays four sd into the neighbour: 0.7 of them on average */
        assert_true(fabs((double)count[k] - N * p) < bound * sqrt(N * p * (1.0 - p)) + 10.0);
    }
    const double root = sqrt((double)count[0]);
    assert_true(fabs(product) < bound * sqrt(2.0) * root); /* Var(ab + bc) = 2 */
    assert_true(fabs(square) < bound * 2.0 * root);        /* Var(a^2 + c^2) = 4 */
    assert_true(fabs(fourth) < bound * sqrt(96.0) * root); /* Var a^4 = 105 - 9 */
    free(x);
    toy_free(d);
}

static double at(void *u)
{
    return *(double *)u;
}

/* The two ends of [0,1), and every field of the board. */
static void test_the_ends_of_the_uniform(void **state)
{
    (void)state;
    toy *board = open_toy("checkerboard"), *four = open_file("points", "1 1\n2 2\n3 3\n4 4\n");
    double x[2], ends[] = {0.0, 1.0 - 0x1p-53};
    toy_sample(board, x, at, ends);
    assert_true(x[0] == board->low[0] && x[1] == board->low[1]);
    toy_sample(board, x, at, ends + 1);
    assert_true(x[0] <= board->high[14] && x[1] <= board->high[15] && x[0] > board->low[14]);
    for (size_t b = 0; b < 8; b++) { /* on the board, and of the right colour */
        const double i = (board->low[2 * b] + M_SQRT3) / (0.5 * M_SQRT3),
                     j = (board->low[2 * b + 1] + M_SQRT3) / (0.5 * M_SQRT3);
        assert_true(fabs(fmod(i + j + 0.5, 2.0) - 0.5) < 1e-14 && i >= 0.0 && i < 3.5);
    }
    double quarters[] = {0.0, 0.25, 0.5, 0.75, 1.0 - 0x1p-53}; /* each point owns [k/4, (k+1)/4) */
    for (size_t i = 0; i < 5; i++) {
        toy_sample(four, x, at, quarters + i);
        assert_true(x[0] == (i < 4 ? 1.0 + (double)i : 4.0) && x[1] == x[0]);
    }
    toy_free(board);
    toy_free(four);
}

/* ---- What is refused ---- */

static void test_refusals(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *text, *says;
    } cases[] = {
        {"points", "1 2\n", ": one point only, expected at least 2"},
        {"points", "", ": no numbers, expected one point per line"},
        {"points", "1 2\n3 x\n", ":2: found `x`, expected a number"},
        {"gmm", "", ": no numbers, expected one point per line"},
        {"gmm", "1 0.5\n", ":1: expected `weight var mean_1 .. mean_D`, at least three"},
        {"gmm", "1 0.5 2\n0 1 3\n", ":2: expected a weight above 0 in the first column"},
        {"gmm", "-1 0.5 2\n", ":1: expected a weight above 0 in the first column"},
        {"gmm", "1 1 1\n1 -0.5 2\n", ":2: expected a variance of 0 or more in the second"},
        {"gmm", "1 1 1\n1 1 1 1\n", ":2: 4 numbers in this row, expected 3"},
        {"gmm", "1 nan 1\n", ":1: found `nan`, expected a finite number"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char whole[200];
        snprintf(whole, sizeof whole, "%s%s", path, cases[i].says);
        assert_null(open_file(cases[i].kind, cases[i].text));
        if (strncmp(error, whole, strlen(whole)) != 0) fail_msg("%s", error);
        assert_null(strchr(error, '\n'));
    }
    static const char *const words[] = {"rign", "", "Ring", "gmm", "points", "ring:8", "file:x"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        char whole[200];
        snprintf(whole, sizeof whole,
                 "--data: `%s`, expected ring | moons | swissroll | checkerboard | gmm:FILE | "
                 "points:FILE; images: mnist | digits | idx:DIR",
                 words[i]);
        assert_null(toy_alloc(words[i], error, sizeof error));
        assert_string_equal(error, whole);
    }
    assert_null(toy_alloc("points:", error, sizeof error));
    assert_string_equal(error, "--data: expected a file name after the colon");
    assert_null(toy_alloc("gmm:/nonexistent", NULL, 0));
    toy_free(NULL);
}

static int make_path(void **state)
{
    (void)state;
    const int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_path(void **state)
{
    (void)state;
    return remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_the_moments_of_the_header),
                                       cmocka_unit_test(test_the_ring_is_the_lessons_ring),
                                       cmocka_unit_test(test_the_curves_do_not_ripple),
                                       cmocka_unit_test(test_samples_have_the_exact_moments),
                                       cmocka_unit_test(test_components_and_their_normals),
                                       cmocka_unit_test(test_the_ends_of_the_uniform),
                                       cmocka_unit_test(test_refusals)};
    return cmocka_run_group_tests(tests, make_path, remove_path);
}
