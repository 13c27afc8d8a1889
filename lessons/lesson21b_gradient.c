/* Lesson 21, part b.  Backpropagation against differences, and against the chain rule by hand. */
#define NET_DOUBLE /* a difference quotient wants 16 digits: the double set of src/net */

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>

#include "lesson21.h"
#include "net/counter.h"
#include "net/embed.h"
#include "net/mlp.h"
#include "train/loss.h"

/* --- A small network and a batch ----------------------------------------------------------------
 *   h_0 = (x | emb(t)),  h_1 = tanh(W_1 h_0 + b_1),  h_2 = tanh(W_2 h_1 + b_2),  out = W_3 h_2 + b_3,
 * loss = mean of |eps - out|^2 / D over the batch. */
enum { D = 2, WIDTH = 11, EMBED = 6, FIRST = D + EMBED, BATCH = 5, MOST = 16 };

typedef struct world {
    network *net;
    task *k;
    double *theta, *gradient, *work, *table; /* table: [T+1,EMBED], the embedding */
    double x_0[BATCH * D], eps[BATCH * D], input[BATCH * D], out[BATCH * D];
    size_t t[BATCH];
} world;

static bool world_open(world *w, const schedule *s)
{
    char error[256];
    const mlp_spec spec = {D, D, WIDTH, 2, EMBED_SINUSOIDAL, EMBED, ACT_TANH, s->T};
    *w = (world){.net = mlp_alloc(&spec, error, sizeof error),
                 .k = task_alloc(s, "eps", "simple", "beta", error, sizeof error),
                 .table = embed_alloc(EMBED_SINUSOIDAL, s->T, EMBED)};
    if (!w->net || !w->k || !w->table) return false;
    w->theta = calloc(w->net->parameters, sizeof *w->theta);
    w->gradient = calloc(w->net->parameters, sizeof *w->gradient);
    w->work = calloc(w->net->workspace(w->net, BATCH), sizeof *w->work);
    if (!w->theta || !w->gradient || !w->work) return false;
    counter_rng rng = counter_start(7, 1, 0, 0);
    w->net->init(w->net, w->theta, 7);
    for (size_t i = 0; i < w->net->parameters; i++) w->theta[i] += 0.1 * counter_normal(&rng);
    for (size_t i = 0; i < BATCH * D; i++) {
        w->x_0[i] = counter_normal(&rng);
        w->eps[i] = counter_normal(&rng);
    }
    for (size_t i = 0; i < BATCH; i++) w->t[i] = 1 + counter_below(&rng, s->T);
    loss_input(w->input, w->x_0, w->eps, w->t, BATCH, D, w->k);
    return true;
}

static void world_close(world *w)
{
    network_free(w->net);
    task_free(w->k);
    embed_free(w->table);
    free(w->theta);
    free(w->gradient);
    free(w->work);
}

static double loss_now(world *w, double *d_out)
{
    double each[BATCH], sum = 0.0, ignored[BATCH * D];
    w->net->forward(w->net, w->out, w->input, w->t, BATCH, w->theta, w->work);
    loss_batch(each, d_out ? d_out : ignored, w->out, w->x_0, w->eps, w->t, BATCH, D, w->k,
               1.0 / BATCH);
    for (size_t i = 0; i < BATCH; i++) sum += each[i] / BATCH;
    return sum;
}

/* --- The chain rule, layer by layer ---------------------------------------------------------------
 * delta_3 = d loss/d out,  delta_l = (W_{l+1}' delta_{l+1}) * (1 - h_l^2),
 * d loss/d W_l = delta_l h_{l-1}',  d loss/d b_l = delta_l.  `forget` leaves the factor 1 - h^2 out. */
static const size_t in_of[] = {FIRST, WIDTH, WIDTH}, out_of[] = {WIDTH, WIDTH, D};

static void by_hand(const world *w, const double *d_out, size_t i, bool forget, double *gradient)
{
    double h[4][MOST], delta[MOST];
    for (size_t d = 0; d < D; d++) h[0][d] = w->input[i * D + d];
    for (size_t d = 0; d < EMBED; d++) h[0][D + d] = w->table[w->t[i] * EMBED + d];
    for (size_t l = 0; l < 3; l++) {
        const double *W = w->theta + w->net->tensor[2 * l].at,
                     *b = w->theta + w->net->tensor[2 * l + 1].at;
        for (size_t r = 0; r < out_of[l]; r++) {
            double z = b[r];
            for (size_t c = 0; c < in_of[l]; c++) z += W[r * in_of[l] + c] * h[l][c];
            h[l + 1][r] = l < 2 ? tanh(z) : z;
        }
    }
    for (size_t d = 0; d < D; d++) delta[d] = d_out[i * D + d];
    for (size_t l = 3; l-- > 0;) {
        const double *W = w->theta + w->net->tensor[2 * l].at;
        double before[MOST] = {0.0};
        for (size_t r = 0; r < out_of[l]; r++) {
            gradient[w->net->tensor[2 * l + 1].at + r] += delta[r];
            for (size_t c = 0; c < in_of[l]; c++) {
                gradient[w->net->tensor[2 * l].at + r * in_of[l] + c] += delta[r] * h[l][c];
                before[c] += W[r * in_of[l] + c] * delta[r];
            }
        }
        for (size_t c = 0; l > 0 && c < in_of[l]; c++)
            delta[c] = before[c] * (forget ? 1.0 : 1.0 - h[l][c] * h[l][c]);
    }
}

/* --- Differences ----------------------------------------------------------------------------------
 * D(h) = (f(theta + h) - f(theta - h))/2h is off by h^2 f'''/6 + ..., and D(2h) by four times that:
 * |D(2h) - D(h)| / 3 is the error of D(h), to which rounding adds eps |f| / h per evaluation. */
static double difference(world *w, size_t j, double h)
{
    const double keep = w->theta[j];
    w->theta[j] = keep + h;
    const double up = loss_now(w, NULL), width = w->theta[j];
    w->theta[j] = keep - h;
    const double down = loss_now(w, NULL), span = width - w->theta[j];
    w->theta[j] = keep;
    return (up - down) / span;
}

static void compare(lesson *L, world *w, const double *hand, const double *forgotten)
{
    gap quotient = {0}, rule = {0}, no_slope = {0}, no_slope_either = {0};
    double largest = 0.0;
    for (size_t j = 0; j < w->net->parameters; j++) largest = fmax(largest, fabs(w->gradient[j]));
    const double h = 1e-5, noise = 100 * GSL_DBL_EPSILON; /* sums of 50 products, a loss near 1 */
    for (size_t j = 0; j < w->net->parameters; j++) {
        const double near = difference(w, j, h), far = difference(w, j, 2.0 * h);
        const double tolerance = 2.0 * fabs(far - near) / 3.0 + 2.0 * noise / h;
        gap_add(&quotient, j, w->gradient[j], near, tolerance);
        gap_add(&no_slope, j, forgotten[j], near, tolerance);
        /* at most 3 layers of 11 products and 5 samples: 200 roundings of the largest entry */
        gap_add(&rule, j, w->gradient[j], hand[j], 200 * GSL_DBL_EPSILON * largest);
        gap_add(&no_slope_either, j, w->gradient[j], forgotten[j], 200 * GSL_DBL_EPSILON * largest);
    }
    road_gap(L, NULL, "backpropagation = central difference, every weight", &quotient);
    road_gap(L, NULL, "backpropagation = the chain rule by hand", &rule);
    control_gap(L, "the derivative of tanh dropped: against differences", &no_slope);
    control_gap(L, "the same against backpropagation", &no_slope_either);
    evidence(L, "%zu weights; worst difference %.1e, of the largest gradient %.2g",
             w->net->parameters, fabs(quotient.value - quotient.reference), largest);
}

void gradient_by_hand(lesson *L)
{
    claim(L, "TRN-02");
    schedule *s = schedule_named_alloc("S50");
    world w = {0};
    if (!s || !world_open(&w, s)) check_refuse("lesson 21: out of memory");
    double *hand = calloc(w.net->parameters, sizeof *hand),
           *forgotten = calloc(w.net->parameters, sizeof *forgotten);
    double d_out[BATCH * D], kept[BATCH * D];
    if (!hand || !forgotten) check_refuse("lesson 21: out of memory");
    loss_now(&w, d_out);
    for (size_t i = 0; i < BATCH * D; i++) kept[i] = d_out[i];
    w.net->backward(w.net, w.gradient, d_out, w.input, w.t, BATCH, w.theta, w.work);
    for (size_t i = 0; i < BATCH; i++) {
        by_hand(&w, kept, i, false, hand);
        by_hand(&w, kept, i, true, forgotten);
    }
    compare(L, &w, hand, forgotten);
    free(hand);
    free(forgotten);
    world_close(&w);
    schedule_free(s);
}
