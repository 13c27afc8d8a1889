/* test_classify.c -- training of the classifier on built-in digits: bytes, threads, files, refusals. */
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

#include "net/checkpoint.h"
#include "net/half.h"
#include "train/classify.h"

static char error[600];
static images *train, *test;

static classify_config tiny(void)
{
    classify_config c = classify_defaults();
    c.batch = 20, c.steps = 12, c.seed = 3;
    return c;
}

static classifier *made(const classify_config *c, const unsigned char *label, parallel *pool)
{
    classifier *const k = classify_train(train, label, c, pool, NULL, NULL, error, sizeof error);
    if (!k) fail_msg("%s", error);
    return k;
}

/* 150 steps on 64 images each take a second and are right nine times in ten. */
static void test_it_learns(void **state)
{
    (void)state;
    parallel *const pool = parallel_alloc(2);
    classify_config c = classify_defaults();
    c.batch = 64, c.steps = 150;
    classifier *const k = made(&c, NULL, pool);
    classify_score s;
    assert_true(classify_measure(k, test, NULL, &s, pool));
    print_message("accuracy %.4f +- %.4f, confidence %.3f, loss %.3f\n", s.accuracy, s.accuracy_se,
                  s.confidence, s.loss);
    assert_true(s.accuracy > 0.9 && s.n == test->n);
    assert_true(fabs(s.accuracy - (double)s.right / (double)s.n) < 1e-15);
    assert_true(fabs(s.accuracy_se - sqrt(s.accuracy * (1 - s.accuracy) / (double)s.n)) < 1e-12);
    size_t all = 0, diagonal = 0;
    for (size_t i = 0; i < 100; i++) {
        all += s.confusion[i / 10][i % 10];
        diagonal += i / 10 == i % 10 ? s.confusion[i / 10][i % 10] : 0;
    }
    assert_true(all == s.n && diagonal == s.right);
    /* Against labels that are moved by one class it is wrong, and the loss says so. */
    unsigned char *const wrong = malloc(test->n);
    for (size_t i = 0; i < test->n; i++) wrong[i] = (unsigned char)((test->label[i] + 1) % 10);
    classify_score w;
    assert_true(classify_measure(k, test, wrong, &w, pool));
    assert_true(w.accuracy < 0.1 && w.loss > 1.0 && w.confidence == s.confidence);
    free(wrong), classify_free(k), parallel_free(pool);
}

/* Threads change no byte; seed, labels, shift, steps do. */
static void test_bytes(void **state)
{
    (void)state;
    parallel *const pool = parallel_alloc(3);
    const classify_config c = tiny();
    classifier *const a = made(&c, NULL, NULL), *const b = made(&c, NULL, pool);
    assert_string_equal(a->hash, b->hash);
    assert_memory_equal(a->theta, b->theta, a->net->parameters * sizeof(real));
    assert_string_equal(a->data, train->name);
    assert_string_equal(a->data_hash, train->hash);
    unsigned char *const label = calloc(train->n, 1);
    for (int change = 0; change < 5; change++) { /* what the result depends on */
        classify_config d = c;
        if (change == 0) d.seed++;
        if (change == 1) d.shift = 0;
        if (change == 2) d.steps--;
        if (change == 3) d.rate *= 2;
        classifier *const other = made(&d, change == 4 ? label : NULL, pool);
        if (strcmp(a->hash, other->hash) == 0) fail_msg("change %d changes nothing", change);
        classify_free(other);
    }
    free(label), classify_free(a), classify_free(b), parallel_free(pool);
}

/* Three steps on a single image that does not move, by the textbook: Adam with a rate that falls by
 * thirds.  A step moves a parameter of 0.03 by about 2e-3, half precision by 2e-5. */
static void test_three_steps_by_hand(void **state)
{
    (void)state;
    images one = *train;
    one.n = 1;
    classify_config c = tiny();
    c.batch = 5, c.steps = 3, c.shift = 0;
    classifier *const k = classify_train(&one, NULL, &c, NULL, NULL, NULL, error, sizeof error);
    network *const net = lenet_naive_alloc();
    const size_t P = net->parameters;
    real *const theta = calloc(4 * P, sizeof *theta), *const g = theta + P, *const m = g + P;
    real *const v = m + P, *const workspace = malloc(net->workspace(net, 1) * sizeof *workspace);
    real x[784], out[10];
    images_scale(&one, 0, x);
    net->init(net, theta, c.seed);
    for (int s = 1; s <= 3; s++) {
        memset(g, 0, P * sizeof *g);
        net->forward(net, out, x, NULL, 1, theta, workspace);
        lenet_cross_entropy(NULL, out, out, train->label, 1, 1.0);
        net->backward(net, g, out, x, NULL, 1, theta, workspace);
        for (size_t i = 0; i < P; i++) {
            m[i] = 0.9f * m[i] + 0.1f * g[i], v[i] = 0.999f * v[i] + 0.001f * g[i] * g[i];
            const double m_hat = (double)m[i] / (1 - pow(0.9, s));
            const double v_hat = (double)v[i] / (1 - pow(0.999, s));
            theta[i] -= (real)(c.rate * (4 - s) / 3.0 * m_hat / (sqrt(v_hat) + 1e-8));
        }
    }
    double off = 0.0, moved = 0.0;
    net->init(net, g, c.seed);
    for (size_t i = 0; i < P; i++) {
        off += pow((double)theta[i] - (double)k->theta[i], 2.0);
        moved += pow((double)theta[i] - (double)g[i], 2.0);
    }
    print_message("off by %.4f of the way\n", sqrt(off / moved));
    assert_true(off < 0.02 * 0.02 * moved);
    free(theta), free(workspace), network_free(net), classify_free(k);
}

/* One logit per class and one feature per unit of dense1, image by image. */
static void test_apply(void **state)
{
    (void)state;
    parallel *const pool = parallel_alloc(2);
    const classify_config c = tiny();
    classifier *const k = made(&c, NULL, pool);
    images few = *test;
    few.n = 133; /* two whole batches and a piece */
    real *const logits = malloc(133 * 10 * sizeof *logits), *const out = malloc(10 * sizeof *out);
    real *const features = malloc(133 * 128 * sizeof *features), x[784];
    real *const workspace = malloc(k->net->workspace(k->net, 1) * sizeof *workspace);
    assert_true(classify_apply(k, &few, logits, features, pool));
    for (size_t i = 0; i < 133; i += 11) {
        images_scale(test, i, x);
        k->net->forward(k->net, out, x, NULL, 1, k->theta, workspace);
        assert_memory_equal(out, logits + i * 10, 10 * sizeof *out);
        assert_memory_equal(lenet_features(k->net, 1, workspace), features + i * 128,
                            128 * sizeof *out);
    }
    assert_true(classify_apply(k, &few, NULL, features, NULL));
    few.rows = 14, few.columns = 56;
    assert_false(classify_apply(k, &few, logits, NULL, NULL));
    free(logits), free(out), free(features), free(workspace);
    classify_free(k), parallel_free(pool);
}

/* ---- Files ---- */

static void test_a_file_gives_the_same_classifier(void **state)
{
    (void)state;
    const char *const path = "/tmp/test_classify.st";
    const classify_config c = tiny();
    classifier *const k = made(&c, NULL, NULL);
    const char *const also[] = {"accuracy", "0.5", NULL};
    assert_true(classify_write(k, path, "made by a test", also, error, sizeof error));
    classifier *const back = classify_read(path, error, sizeof error);
    if (!back) fail_msg("%s", error);
    assert_memory_equal(back->theta, k->theta, k->net->parameters * sizeof(real));
    assert_string_equal(back->hash, k->hash);
    assert_string_equal(back->data, k->data);
    assert_string_equal(back->data_hash, k->data_hash);
    assert_true(back->config.batch == 20 && back->config.steps == 12 && back->config.seed == 3);
    assert_true(back->config.rate == c.rate && back->config.shift == c.shift);
    checkpoint *const f = checkpoint_read(path, error, sizeof error);
    assert_string_equal(checkpoint_get(f, "accuracy"), "0.5");
    assert_string_equal(checkpoint_get(f, "command"), "made by a test");
    for (size_t i = 0; i < f->header->tensors; i++)
        assert_true(f->header->tensor[i].type == SAFETENSORS_F16);
    checkpoint_free(f), classify_free(k), classify_free(back);
    unlink(path);
    classify_free(NULL);
}

/* A checkpoint with these words and, if wanted, one tensor too few or a number too many. */
static void refused(const char *kind, const char *network_word, bool whole, real number,
                    const char *why)
{
    const char *const path = "/tmp/test_classify.st";
    network *const net = lenet_alloc();
    real *const theta = calloc(net->parameters, sizeof *theta);
    theta[4711] = number;
    checkpoint *const c = checkpoint_alloc();
    if (kind) checkpoint_set(c, "kind", kind);
    checkpoint_set(c, "network", network_word);
    for (size_t i = whole ? 0 : 1; i < net->tensors; i++) {
        const network_tensor *const v = &net->tensor[i];
        assert_true(checkpoint_add(c, v->name, SAFETENSORS_F32, v->rank, v->shape, theta + v->at,
                                   error, sizeof error));
    }
    assert_true(checkpoint_write(c, path, error, sizeof error));
    classifier *const k = classify_read(path, error, sizeof error);
    if (why) {
        assert_null(k);
        if (!strstr(error, why) || !strstr(error, path) || strchr(error, '\n'))
            fail_msg("'%s' lacks '%s'", error, why);
    } else {
        assert_non_null(k);
        assert_string_equal(k->data, "unknown");
    }
    classify_free(k), checkpoint_free(c), network_free(net), free(theta), unlink(path);
}

static void test_files_that_are_no_classifier(void **state)
{
    (void)state;
    refused("classifier", "lenet", true, 0, NULL);
    refused(NULL, "lenet", true, 0, "not a classifier");
    refused("denoiser", "lenet", true, 0, "not a classifier");
    refused("classifier", "alexnet", true, 0, "not a classifier");
    refused("classifier", "lenet", false, 0, "conv1.weight");
    refused("classifier", "lenet", true, (real)NAN, "not finite");
    refused("classifier", "lenet", true, 1e6f, "not finite"); /* beyond half precision */
    assert_null(classify_read("/tmp/there is no such file", error, sizeof error));
    assert_non_null(strstr(error, "no such file"));
}

static void test_a_place_that_cannot_be_written(void **state)
{
    (void)state;
    const classify_config c = tiny();
    classifier *const k = made(&c, NULL, NULL);
    assert_false(classify_write(k, "/nowhere/x.st", "", NULL, error, sizeof error));
    assert_non_null(strstr(error, "/nowhere/x.st"));
    classify_free(k);
}

/* ---- Refusals ---- */

static void refuses(const images *s, const classify_config *c, const char *why)
{
    assert_null(classify_train(s, NULL, c, NULL, NULL, NULL, error, sizeof error));
    if (!strstr(error, why)) fail_msg("'%s' lacks '%s'", error, why);
    assert_null(classify_train(s, NULL, c, NULL, NULL, NULL, NULL, 0));
}

static bool thrice(uint64_t step, double loss, void *params)
{
    double *const seen = params;
    if (step <= 3) seen[step - 1] = loss;
    return step < 3;
}

static void test_refusals(void **state)
{
    (void)state;
    const classify_config good = tiny();
    images other = *train;
    other.rows = 14, other.columns = 56;
    refuses(&other, &good, "28 x 28");
    other = *train, other.n = 0;
    refuses(&other, &good, "28 x 28");
    unsigned char *const label = calloc(train->n, 1);
    label[train->n - 1] = 10;
    assert_null(classify_train(train, label, &good, NULL, NULL, NULL, error, sizeof error));
    assert_non_null(strstr(error, "label is above 9"));
    free(label);
    classify_config c = good;
    c.batch = 0, refuses(train, &c, "batch"), c.batch = 65537, refuses(train, &c, "batch");
    c = good, c.steps = 0, refuses(train, &c, "steps"), c.steps = 10000001;
    refuses(train, &c, "steps");
    c = good, c.rate = 0, refuses(train, &c, "rate"), c.rate = (double)NAN;
    refuses(train, &c, "rate");
    c = good, c.shift = 28, refuses(train, &c, "shift");
    double loss[3] = {0};
    assert_null(classify_train(train, NULL, &good, NULL, thrice, loss, error, sizeof error));
    assert_non_null(strstr(error, "stopped"));
    assert_true(fabs(loss[0] - log(10.0)) < 0.2 && loss[1] > 0 && loss[2] > 0);
}

static int start(void **state)
{
    (void)state;
    train = images_read("digits", IMAGES_TRAIN, NULL, error, sizeof error);
    test = images_read("digits", IMAGES_TEST, NULL, error, sizeof error);
    if (test) test->n = 2000;
    return !train || !test;
}

static int stop(void **state)
{
    (void)state;
    images_free(train), images_free(test);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_learns),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_three_steps_by_hand),
        cmocka_unit_test(test_apply),
        cmocka_unit_test(test_a_file_gives_the_same_classifier),
        cmocka_unit_test(test_files_that_are_no_classifier),
        cmocka_unit_test(test_a_place_that_cannot_be_written),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
