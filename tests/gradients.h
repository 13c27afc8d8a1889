/* gradients.h -- a naive layer's gradient against central differences, and mistakes that must be noticed.
 * For tests compiled with NET_DOUBLE. */
#ifndef TESTS_GRADIENTS_H
#define TESTS_GRADIENTS_H

#include "reals.h"

#include "net/gradcheck.h"

/* A layer y = f(x), where x are inputs and parameters one after the other; its loss is sum c y. */
typedef struct layer_test {
    void (*forward)(struct layer_test *l);
    void (*backward)(struct layer_test *l); /* d += gradient, after forward */
    const void *shape;
    double *x, *d; /* [n] */
    double *y, *c; /* [m] */
    size_t n, m;
} layer_test;

static inline double layer_loss(void *params)
{
    layer_test *l = params;
    double sum = 0.0;
    l->forward(l);
    for (size_t i = 0; i < l->m; i++) sum += l->c[i] * l->y[i];
    return sum;
}

static inline bool layer_accepted(layer_test *l, const double *gradient, counter_rng *rng)
{
    double size = 0.0; /* a thousand roundings of terms of the size of y, at most */
    layer_loss(l);
    for (size_t i = 0; i < l->m; i++) size += fabs(l->c[i]) * (1.0 + fabs(l->y[i]));
    const gradcheck_job job = {layer_loss, l,  l->x, gradient, l->n, 1000.0 * DBL_EPSILON * size,
                               3,          150};
    const gradcheck_result r = gradcheck(&job, rng);
    return gradcheck_accepts(&r, 1e-4);
}

/* The gradient is right; left out, too large by a hundredth, or shifted by one place it is not; and it
 * is added to what is there. */
static inline void check_layer(layer_test *l, counter_rng *rng)
{
    double *const right = zeros(l->n), *const wrong = zeros(l->n);
    l->x = normals(l->n, rng), l->c = normals(l->m, rng);
    l->d = zeros(l->n), l->y = zeros(l->m);
    layer_loss(l);
    l->backward(l);
    memcpy(right, l->d, l->n * sizeof *right);
    assert_true(layer_accepted(l, right, rng));
    for (size_t i = 0; i < l->n; i++) wrong[i] = 1.01 * right[i];
    assert_false(layer_accepted(l, wrong, rng));
    for (size_t i = 0; i < l->n; i++) wrong[i] = right[(i + 1) % l->n];
    assert_false(layer_accepted(l, wrong, rng));
    for (size_t i = 0; i < l->n; i++) wrong[i] = 2 * i < l->n ? 0.0 : right[i];
    assert_false(layer_accepted(l, wrong, rng));
    layer_loss(l);
    l->backward(l);
    for (size_t i = 0; i < l->n; i++)
        assert_true(fabs(l->d[i] - 2.0 * right[i]) <= 1e-10 * (1.0 + fabs(right[i])));
    free(right), free(wrong), free(l->x), free(l->d), free(l->y), free(l->c);
}

#endif
