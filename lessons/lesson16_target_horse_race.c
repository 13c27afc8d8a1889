/* Lesson 16.  The horse race: eps, x_0 or mu as the target
 * --------------------------------------------------------
 * CLAIM   For the predictor 0 the losses of eps and x_0 are flat in t, that of mu is smooth.  The
 *         expected parameter gradients of a linear net at W = 0, data N(0, v), are
 *           eps: 2 sqrt(1-abar_t)    x_0: 2 v sqrt(abar_t)    mu: 2 sqrt(alpha_t)  (v = 1)
 *         so mu is the flattest of the three, not eps.  What does explode at large t is an error of
 *         eps when it is read in x_0: by sqrt((1-abar_t)/abar_t); mu hardly feels it.
 * WHY     "The eps target is well scaled" is the reason given for the loss that everybody trains.
 * NEEDS   lessons 4, 12, 15.   Notes: docs/lesson16.md
 * RUN     make lesson16
 * FIGURE  build/figures/lesson16.png, its three panels alone, and lesson16_network.png
 *
 * Every reference comes from walking the chain step by step, from quadrature or from simulation.
 * Part b: the predictor 0.  Parts c and d: gradients, of one weight and of a small real network.
 * Part e: trained losses, and what an error of eps becomes. */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_gamma.h>

#include "check/check.h"
#include "data/mnist.h"
#include "lesson16.h"
#include "theory/forward.h"
#include "theory/schedule_spec.h"

schedule *schedules[N_SCHEDULES];
static const char *const names[N_SCHEDULES] = {"S10", "L1000", "S50", "COS1000"};
const double bump = 0.0025, ring = 0.5025, unit_ring = 1.0025, far_ring = 5.0025;
const double x_0 = 0.731, eps = -1.283, slip = 0.417;

/* --- The chain, walked ------------------------------------------------------------------------ */
static void walk_on(walk *w, const schedule *s, size_t t)
{
    w->old_signal = w->signal;
    w->old_noise = w->noise;
    w->signal *= sqrt(s->alpha[t]);
    w->noise = s->alpha[t] * w->noise + s->beta[t];
    w->roundings += 3.0 * GSL_DBL_EPSILON;
}

gap everywhere(compare f, void *params, size_t first_t)
{
    gap g = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        walk w = {1.0, 0.0, 1.0, 0.0, 24.0 * GSL_DBL_EPSILON};
        for (size_t t = 1; t <= schedules[k]->T; t++) {
            walk_on(&w, schedules[k], t);
            if (t < first_t) continue;
            const comparison c = f(schedules[k], t, &w, params);
            gap_add(&g, t, c.value, c.reference, c.tolerance);
        }
    }
    return g;
}

void control_misprints(lesson *L, const char *quantity, compare f)
{
    for (const misprint *m = NULL; (m = misprint_next(quantity, m));) {
        misprint_formula wrong = m->value;
        const gap g = everywhere(f, &wrong, 2);
        control_gap(L, m->what, &g);
    }
}

/* --- 16.1  How long are the targets? ---------------------------------------------------------- */

/* x_t and x_0 give back the same eps at every t; params: take the noise of one step instead. */
static comparison noise_again(const schedule *s, size_t t, const walk *w, void *params)
{
    const double x_t = w->signal * x_0 + sqrt(w->noise) * eps;
    const double scale = *(bool *)params ? sqrt(s->beta[t]) : 1.0;
    return (comparison){scale * forward_noise(s, t, x_t, x_0), eps,
                        w->roundings * (fabs(x_t) + w->signal * x_0) / sqrt(w->noise)};
}

static void the_noise(lesson *L)
{
    claim(L, "GRD-01");
    if (!lesson_random_only(L)) {
        const gap right = everywhere(noise_again, &(bool){false}, 1);
        const gap wrong = everywhere(noise_again, &(bool){true}, 1);
        road_gap(L, "forward_noise", "x_t and x_0 give back the same eps at all t", &right);
        control_gap(L, "the noise of one step, sqrt(beta_t) eps, as target", &wrong);
    }
    const schedule *s = schedules[S10];
    moments m = {0};
    for (size_t n = lesson_samples(L, 50000); n > 0; n--) {
        const double start = gsl_ran_gaussian_ziggurat(lesson_rng(L), sqrt(ring));
        double x = start;
        for (size_t t = 1; t <= 6; t++)
            x = sqrt(s->alpha[t]) * x + gsl_ran_gaussian_ziggurat(lesson_rng(L), sqrt(s->beta[t]));
        moments_add(&m, forward_noise(s, 6, x, start));
    }
    road_variance(L, NULL, "six steps of S10, simulated: the variance is 1", &m, 1.0);
    control_variance(L, "the variance of one step, beta_t", &m, s->beta[6], 400.0);
    evidence(L,
             "E|eps|^2/D = 1 at every t; the noise of one step: rms %.2f (t=1) to %.2f (T), L1000",
             sqrt(schedules[L1000]->beta[1]), sqrt(schedules[L1000]->beta[1000]));
}

/* E|eps| = sqrt(2) Gamma((D+1)/2) / Gamma(D/2). */
static double mean_length(size_t D, double *tolerance)
{
    gsl_sf_result above, below;
    gsl_sf_lngamma_e(0.5 * (double)(D + 1), &above);
    gsl_sf_lngamma_e(0.5 * (double)D, &below);
    const double length = M_SQRT2 * exp(above.val - below.val);
    *tolerance = length * (above.err + below.err + (8.0 + (double)D) * GSL_DBL_EPSILON);
    return length;
}

/* Without Gamma: E_1 and E_2 are elementary, integration by parts gives E_{D+2} = E_D (D+1)/D. */
static gap lengths_by_recursion(void)
{
    gap g = {0};
    double length[2] = {sqrt(M_PI_2), sqrt(M_2_PI)}, tolerance; /* even D, odd D */
    for (size_t D = 1; D <= 784; D++) {
        const double value = mean_length(D, &tolerance);
        gap_add(&g, D, value, length[D % 2], tolerance);
        length[D % 2] *= (double)(D + 1) / (double)D;
    }
    return g;
}

static void the_length(lesson *L)
{
    claim(L, "GRD-02");
    double tolerance;
    const double plane = mean_length(2, &tolerance), image = mean_length(784, &tolerance);
    if (!lesson_random_only(L)) {
        const gap g = lengths_by_recursion();
        printed(L, "|eps| = sqrt(2) in the plane, 1 percent allowed", M_SQRT2, plane, 0.01 * plane);
        printed(L, "|eps| = 28 for 784 pixels, to rounding", 28.0, image, tolerance);
        road_gap(L, NULL, "E|eps|: Gamma and recursion, D = 1 .. 784", &g);
    }
    moments length = {0}, square = {0};
    for (size_t n = lesson_samples(L, 100000); n > 0; n--) {
        const double r = hypot(gsl_ran_gaussian_ziggurat(lesson_rng(L), 1.0),
                               gsl_ran_gaussian_ziggurat(lesson_rng(L), 1.0));
        moments_add(&length, r);
        moments_add(&square, r * r);
    }
    printed_mean(L, "simulated in the plane: the mean length is sqrt(2)", &length, M_SQRT2, 78.0);
    road_mean(L, NULL, "simulated in the plane: the mean length is 1.2533", &length, plane);
    road_mean(L, NULL, "simulated in the plane: the mean square is D", &square, 2.0);
    evidence(L, "E|eps|: D=2 %.4f, not %.4f (%.1f percent); D=784 %.3f, not 28, with sd %.3f",
             plane, M_SQRT2, 100.0 * (plane / M_SQRT2 - 1.0), image, sqrt(784.0 - image * image));
}

/* rms of the pixels scaled to [-1,1] and to [0,1]; sums of integers below 2^53 are exact. */
static void the_images(lesson *L)
{
    mnist *data;
    char error[256];
    const char *dir = mnist_dir(lesson_mnist(L));
    if (!dir || mnist_read(dir, MNIST_TRAIN, &data, error, sizeof error) != 0) {
        not_run(L, "the MNIST images", dir ? error : "no files found; `make mnist` fetches them");
        return;
    }
    const double n = (double)(data->images->n * MNIST_SIDE * MNIST_SIDE);
    double direct = 0.0, first = 0.0, second = 0.0;
    for (size_t i = 0; i < (size_t)n; i++) {
        const double v = data->images->pixel[i], x = mnist_scale_pixel(data->images->pixel[i]);
        direct += x * x;
        first += v;
        second += v * v;
    }
    mnist_free(data);
    const double wide = sqrt(direct / n), narrow = sqrt(second / n) / 255.0;
    road(L, NULL, "MNIST in [-1,1]: rms by exact sums of integers", wide,
         sqrt((second / 127.5 - 2.0 * first) / 127.5 / n + 1.0), n * GSL_DBL_EPSILON);
    road(L, NULL, "MNIST in [-1,1]: |x_0| = sqrt(D) to 5 percent", wide, 1.0, 0.05);
    control(L, "MNIST in [0,1]: |x_0| = sqrt(D) to 5 percent", narrow, 1.0, 0.05);
    evidence(L, "rms |x_0|/sqrt(D): MNIST %.3f in [-1,1], %.3f in [0,1] (factor %.1f); ring %.3f",
             wide, narrow, wide / narrow, sqrt(ring));
}

static void the_data(lesson *L)
{
    claim(L, "GRD-03");
    evidence(L, "rms |x_0|/sqrt(D): ring of radius 1 %.3f, of radius sqrt(2) %.3f", sqrt(ring),
             sqrt(unit_ring));
    mixture *m = mixture_ring_alloc(8, M_SQRT2, bump, 0.0);
    moments sample = {0};
    for (size_t n = m ? lesson_samples(L, 50000) : 0; n > 0; n--) {
        double x[2];
        mixture_sample(m, lesson_rng(L), x);
        moments_add(&sample, 0.5 * (x[0] * x[0] + x[1] * x[1]));
    }
    mixture_free(m);
    road_mean(L, NULL, "ring of radius sqrt(2): E|x_0|^2/D = 1.0025", &sample, unit_ring);
    control_mean(L, "the ring of radius 1 taken for it", &sample, ring, 1500.0);
    if (!lesson_random_only(L)) the_images(L);
}

/* --- The figures: ring in the first and the last panel, N(0,1) in the second ------------------ */
static void figures(lesson *L)
{
    schedule *s = schedule_of_figure(L);
    mixture *m = mixture_ring_alloc(8, 1.0, bump, 0.0);
    const size_t step = s->T > 200 ? s->T / 200 : 1;
    data_file *zero = data_open(L, "zero_predictor", "t eps x_0 mu");
    data_file *gradient = data_open(L, "gradients", "t eps x_0 mu rms_eps rms_x_0 rms_mu");
    data_file *space = data_open(L, "x0_space", "t one_over_snr mmse_x0 data_variance");
    for (size_t t = 1; m && zero && t <= s->T; t = t < s->T && t + step > s->T ? s->T : t + step) {
        double y[3][TARGET_KINDS];
        for (size_t k = 0; k < TARGET_KINDS; k++) {
            y[0][k] = target_square(s, t, (target_kind)k, ring);
            y[1][k] = target_gradient(s, t, (target_kind)k, 1.0);
            y[2][k] = target_gradient_rms(s, t, (target_kind)k, 1.0);
        }
        data_line(zero, "%zu %.9g %.9g %.9g", t, y[0][0], y[0][1], y[0][2]);
        data_line(gradient, "%zu %.9g %.9g %.9g %.9g %.9g %.9g", t, y[1][0], y[1][1], y[1][2],
                  y[2][0], y[2][1], y[2][2]);
        data_line(space, "%zu %.9g %.9g %.9g", t, 1.0 / forward_snr(s, t), ring_mmse_x0(m, s, t),
                  ring);
    }
    data_close(zero);
    data_close(gradient);
    data_close(space);
    mixture_free(m);
    schedule_free(s);
}

int main(int argc, char **argv)
{
    lesson *L = lesson_open(argc, argv, 16, "The horse race: eps, x_0 or mu as the target");
    for (size_t k = 0; k < N_SCHEDULES; k++)
        if (!(schedules[k] = schedule_named_alloc(names[k]))) return 2;
    const bool all = !lesson_random_only(L);
    section(L, "16.1  How long are the targets?");
    the_noise(L);
    the_length(L);
    the_data(L);
    if (all) {
        section(L, "16.2  The predictor 0");
        the_predictor_0(L);
    }
    section(L, "16.3  The gradients");
    the_gradients(L);
    if (all) {
        section(L, "16.4  After training");
        after_training(L);
        one_network_for_all_t(L);
        section(L, "16.5  What an error of eps does");
        an_error_of_eps(L);
        figures(L);
    }
    for (size_t k = 0; k < N_SCHEDULES; k++) schedule_free(schedules[k]);
    return lesson_close(L);
}
