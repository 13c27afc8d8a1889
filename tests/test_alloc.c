/* test_alloc.c -- the k-th allocation fails, for every k: an error is returned, nothing leaks or crashes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>
#include <zlib.h>

#include "check/quad.h"
#include "data/mnist.h"
#include "failing_alloc.h"
#include "play.h"
#include "theory/distance.h"
#include "theory/law.h"
#include "theory/linear.h"
#include "theory/mixture.h"
#include "theory/schedule_spec.h"

static schedule *plan;
static linear_chain *chain;
static reverse_model model;
static char error[200];
static char betas[] = "/tmp/test_alloc.XXXXXX";

static void *make_schedule(void)
{
    return schedule_linear_alloc(10, 0.01, 0.5);
}
static void *make_sigmoid(void)
{
    return schedule_sigmoid_alloc(10, 0.01, 0.5);
}
static void *make_quadratic(void)
{
    return schedule_quadratic_alloc(10, 0.01, 0.5);
}
static void *make_cosine(void)
{
    return schedule_cosine_alloc(10, 0.008, 0.999);
}
static void *make_from_beta(void)
{
    return schedule_from_beta_alloc((const double[]){0.1, 0.2}, 2);
}
static void *make_named(void)
{
    return schedule_spec_alloc("S10", 0, 0, 0, error, sizeof error);
}
static void *make_file(void)
{
    return schedule_file_alloc(betas, error, sizeof error);
}
static void *make_mixture(void)
{
    return mixture_alloc(3, 2);
}
static void *make_pair(void)
{
    return mixture_pair_alloc(0.04);
}
static void *make_ring(void)
{
    return mixture_ring_alloc(8, 1.0, 0.0025, 0.0);
}
static void *make_chain(void)
{
    return linear_chain_alloc(plan, 0.1, 1.0, SIGMA_BETA);
}
static void *make_law(void)
{
    return law_alloc(plan->T, 0, &model, 8.0, 4.0);
}
static void free_law(void *p)
{
    law_free(p);
}
static void *make_quad(void)
{
    return quad_alloc();
}
static const double few[4] = {0.3, -0.7, 1.1, 0.2};
static void *make_pairs(void)
{
    return distance_pairs_alloc(few, 2, few + 2, 2, 1);
}
static void free_pairs(void *p)
{
    distance_pairs_free(p);
}
static void free_schedule(void *p)
{
    schedule_free(p);
}
static void free_mixture(void *p)
{
    mixture_free(p);
}
static void free_chain(void *p)
{
    linear_chain_free(p);
}
static void free_quad(void *p)
{
    quad_free(p);
}

/* Run make(k-th allocation fails) for k = 0, 1, ... until it succeeds; count the refusals. */
static size_t refusals(void *(*make)(void), void (*destroy)(void *))
{
    gsl_error_handler_t *old = gsl_set_error_handler_off();
    for (size_t k = 0; k < 1000; k++) {
        allocator.countdown = (long)k;
        void *made = make();
        const int reached = allocator.countdown < 0;
        allocator.countdown = -1;
        if (made) destroy(made);
        if (made && !reached) {
            gsl_set_error_handler(old);
            return k;
        }
        /* stdio reads on without its buffer; everything else must refuse. */
        if (made && make != make_file) fail_msg("allocation %zu failed and nobody noticed", k);
    }
    fail_msg("never succeeded");
    return 0;
}

/* Three images and labels, gzipped, as small as MNIST can be. */
static char images_dir[] = "/tmp/test_alloc_mnist.XXXXXX";

static void write_gz(const char *name, const unsigned char *bytes, unsigned n)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", images_dir, name);
    gzFile f = gzopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(gzwrite(f, bytes, n), n);
    assert_int_equal(gzclose(f), Z_OK);
}

static void write_images(void)
{
    static unsigned char images[16 + 3 * 784] = {0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 28, 0, 0, 0, 28};
    const unsigned char labels[8 + 3] = {0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1};
    assert_non_null(mkdtemp(images_dir));
    write_gz("t10k-images-idx3-ubyte.gz", images, sizeof images);
    write_gz("t10k-labels-idx1-ubyte.gz", labels, sizeof labels);
}

static void *make_images(void)
{
    mnist *m;
    const int status = mnist_read(images_dir, MNIST_TEST, &m, error, sizeof error);
    assert_true((status == GSL_SUCCESS) == (m != NULL));
    assert_true(m != NULL || strstr(error, "memory") != NULL);
    return m;
}
static void *find_images(void)
{
    return (void *)(mnist_dir(NULL) ? "found" : NULL);
}
static void free_images(void *p)
{
    mnist_free(p);
}

static void test_images(void **state)
{
    (void)state;
    char command[200];
    write_images();
    assert_true(refusals(make_images, free_images) >= 6);
    unsetenv("MNIST_DIR"); /* looks for build/mnist: out of memory means not found */
    allocator.countdown = 0;
    void *found = find_images();
    allocator.countdown = -1;
    assert_null(found);
    snprintf(command, sizeof command, "rm -rf %s", images_dir);
    assert_int_equal(system(command), 0);
}

static double step(double y, void *params)
{
    (void)params;
    return y < 0.0 ? 0.0 : 1.0;
}

static void test_constructors(void **state)
{
    (void)state;
    plan = schedule_linear_alloc(10, 0.01, 0.5);
    chain = linear_chain_alloc(plan, 0.1, 1.0, SIGMA_BETA);
    model = linear_reverse_model(chain);
    void *(*const schedules[])(void) = {make_schedule, make_sigmoid,   make_quadratic,
                                        make_cosine,   make_from_beta, make_named};
    for (size_t i = 0; i < 6; i++) assert_int_equal(refusals(schedules[i], free_schedule), 2);
    assert_true(refusals(make_file, free_schedule) >= 4);
    assert_int_equal(refusals(make_mixture, free_mixture), 2);
    assert_int_equal(refusals(make_pair, free_mixture), 2);
    assert_int_equal(refusals(make_ring, free_mixture), 2);
    assert_int_equal(refusals(make_chain, free_chain), 2);
    assert_int_equal(refusals(make_law, free_law), 4);
    assert_int_equal(refusals(make_pairs, free_pairs), 4);
    assert_true(refusals(make_quad, free_quad) >= 3);
    law *l = law_alloc(plan->T, 0, &model, 8.0, 4.0);
    allocator.countdown = 0; /* the distance needs memory for its nodes */
    const double distance = law_wasserstein(l, NULL, NULL, step, NULL, 8.0, 101, NULL);
    allocator.countdown = -1;
    assert_true(distance != distance);
    law_free(l);
    const distance_metric energy = distance_metric_energy();
    gsl_error_handler_t *old = gsl_set_error_handler_off();
    allocator.countdown = 0; /* so do projections and fresh samples */
    assert_true(isnan(distance_sliced_w1(few, 2, few + 2, 2, 1, few, 1)));
    allocator.countdown = 0;
    assert_true(isnan(distance_floor(&energy, NULL, 2, 2, 1, 1, NULL, NULL)));
    allocator.countdown = -1;
    gsl_set_error_handler(old);
    linear_chain_free(chain);
    schedule_free(plan);
}

/* ---- A whole lesson ---- */

static void little_lesson(lesson *L)
{
    claim(L, "ERR-01");
    road(L, NULL, "two roads", 1.0, 1.0, 1e-13);
    control(L, "a mistake", 2.0, 1.0, 1e-13);
    data_file *f = data_open(L, "alloc", "t");
    data_line(f, "%d", 1);
    data_close(f);
}

static long fail_at;

static int whole_lesson(void *argument)
{
    char *const *argv = argument;
    allocator.countdown = fail_at;
    lesson *L = lesson_open(5, (char **)argv, 20, "A lesson of the tests");
    little_lesson(L);
    return lesson_close(L);
}

static void test_lesson(void **state)
{
    (void)state;
    static const char *const argv[] = {"lesson", "--json", "/tmp/test_alloc.json",
                                       "--out",  "/tmp",   NULL};
    size_t refused = 0;
    for (fail_at = 0; fail_at < 200; fail_at++) {
        capture(&play_seen, whole_lesson, (void *)argv);
        /* 1: the lesson itself (claims are missing); 2: refused for memory; never a crash */
        if (play_seen.status != 1 && play_seen.status != 2)
            fail_msg("allocation %ld: status %d\n%s", fail_at, play_seen.status, play_seen.err);
        refused += play_seen.status == 2 && strstr(play_seen.err, "out of memory") != NULL;
    }
    assert_true(refused >= 4);
    remove("/tmp/test_alloc.json");
    remove("/tmp/lesson20_alloc.tsv");
}

static int write_betas(void **state)
{
    (void)state;
    const int fd = mkstemp(betas);
    FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!f) return -1;
    for (int t = 1; t <= 1500; t++) fprintf(f, "%g\n", 1e-6 * t); /* more than the first room */
    return fclose(f);
}

static int remove_betas(void **state)
{
    (void)state;
    return remove(betas);
}

int main(void)
{
#ifdef NO_INTERPOSING
    puts("SKIP: the sanitizer has an allocator of its own");
    return 77;
#endif
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_constructors),
                                       cmocka_unit_test(test_images),
                                       cmocka_unit_test(test_lesson)};
    return cmocka_run_group_tests(tests, write_betas, remove_betas);
}
