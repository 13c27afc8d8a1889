/* Lesson 14, part d.  The .mean() of a training program beside the squared norm of the text. */
#define NET_DOUBLE /* the loss of src/train in 16 digits */

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>

#include "lesson14.h"
#include "train/loss.h"
#include "train/task.h"

/* --- 14.3  A batch of four images -----------------------------------------------------------------
 * eps_hat = c x_t with one c for all components.  The text's loss is the mean over the batch of
 *     |eps - c x_t|^2 = sum_d (eps_d - c x_{t,d})^2,
 * a parabola in c, lowest at sum eps x_t / sum x_t^2; the code's loss is that of src/train. */
enum { IMAGES = 4 };

typedef struct images {
    size_t D, t[IMAGES];
    double *x_0, *eps, *x_t, *out; /* [IMAGES,D] each, one block */
} images;

static images images_alloc(const schedule *s, size_t D)
{
    images a = {.D = D, .t = {1, 4, 7, 10}, .x_0 = malloc(4 * IMAGES * D * sizeof(double))};
    if (!a.x_0) check_refuse("lesson 14: out of memory");
    a.eps = a.x_0 + IMAGES * D;
    a.x_t = a.eps + IMAGES * D;
    a.out = a.x_t + IMAGES * D;
    for (size_t i = 0; i < IMAGES * D; i++) {
        a.x_0[i] = generic.m + sqrt(generic.v) * point(3 * i + 1);
        a.eps[i] = point(2 * i);
        a.x_t[i] = own_jump(s, a.t[i / D], (double[]){a.x_0[i], a.eps[i]});
    }
    return a;
}

static double squared_norm(const images *a, double c)
{
    double sum = 0.0;
    for (size_t i = 0; i < IMAGES * a->D; i++) sum += gsl_pow_2(a->eps[i] - c * a->x_t[i]);
    return sum / IMAGES;
}

static double lowest_norm(const images *a)
{
    double product = 0.0, square = 0.0;
    for (size_t i = 0; i < IMAGES * a->D; i++) {
        product += a->eps[i] * a->x_t[i];
        square += gsl_pow_2(a->x_t[i]);
    }
    return product / square;
}

/* What `ddpm train` minimises: it makes its own x_t. */
static double trained_loss(const images *a, const task *k, double c)
{
    double each[IMAGES], sum = 0.0;
    loss_input(a->out, a->x_0, a->eps, a->t, IMAGES, a->D, k);
    for (size_t i = 0; i < IMAGES * a->D; i++) a->out[i] *= c;
    loss_batch(each, a->out, a->out, a->x_0, a->eps, a->t, IMAGES, a->D, k, 1.0);
    for (size_t i = 0; i < IMAGES; i++) sum += each[i] / IMAGES;
    return sum;
}

/* Its lowest point from three values, and what rounding does to it: `relative` in each value. */
static double lowest_trained(const images *a, const task *k, double relative, double *error)
{
    const double left = trained_loss(a, k, -1.0), middle = trained_loss(a, k, 0.0),
                 right = trained_loss(a, k, 1.0), curvature = left - 2.0 * middle + right;
    *error = relative * (left + 2.0 * middle + right) / curvature;
    return 0.5 * (left - right) / curvature;
}

void mean_or_norm(lesson *L)
{
    claim(L, "SIM-05");
    char error[256];
    task *k = task_alloc(schedules[S10], "eps", "simple", "beta", error, sizeof error);
    if (!k) check_refuse("lesson 14: %s", error);
    gap factor = {0}, none = {0}, minimiser = {0};
    for (size_t D = 2; D <= 784; D += 782) {
        const images a = images_alloc(schedules[S10], D);
        /* Sums of positive terms: a rounding each, and 8 in a term. */
        const double relative = (double)(IMAGES * D + 8) * GSL_DBL_EPSILON;
        const double norm = squared_norm(&a, 0.3), mean = trained_loss(&a, k, 0.3);
        double lowest_error;
        const double lowest = lowest_trained(&a, k, relative, &lowest_error);
        gap_add(&factor, D, (double)D * mean, norm, relative * norm);
        gap_add(&none, D, mean, norm, relative * norm);
        gap_add(&minimiser, D, lowest, lowest_norm(&a), lowest_error);
        free(a.x_0);
    }
    task_free(k);
    road_gap(L, NULL, "squared norm = D times the trainer's .mean()", &factor);
    road_gap(L, NULL, "and it is lowest at sum eps x_t / sum x_t^2", &minimiser);
    control_gap(L, "the factor D forgotten", &none);
    evidence(L, "factor 2 on the ring, 784 on MNIST; the same minimiser");
}
