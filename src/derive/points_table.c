/* points_table.c -- the ladders.  Points as in the homework sheet of Chatterjee, Lecture 4; where the sheet
 * gives one number for several items, the split is ours (docs/derive.md). */
#include "derive/points_table.h"

#include "derive/points_form.h"

#define DECODER "\\log p_\\theta(x_0|x_1)"
#define PRIOR "\\log p(x_T)"
#define REVERSE_1 "\\sum_{t=1}^T \\log p_\\theta(x_{t-1}|x_t)"
#define REVERSE_2 "\\sum_{t=2}^T \\log p_\\theta(x_{t-1}|x_t)"
#define FORWARD_1 "-\\sum_{t=1}^T \\log q(x_t|x_{t-1})"
#define FORWARD_2 "-\\sum_{t=2}^T \\log q(x_t|x_{t-1})"
#define FIRST "-\\log q(x_1|x_0)"
#define LAST "-\\log q(x_T|x_{T-1})"
#define SHIFTED "-\\sum_{t=2}^T \\log q(x_{t-1}|x_{t-2})"
#define UNSHIFTED "-\\sum_{t=1}^{T-1} \\log q(x_t|x_{t-1})"
#define POSTERIOR "-\\sum_{t=2}^T \\log q(x_{t-1}|x_t,x_0)"
#define MARGINAL_T "-\\sum_{t=2}^T \\log q(x_t|x_0)"
#define MARGINAL_1 "-\\sum_{t=1}^T \\log q(x_t|x_0)"
#define END "-\\log q(x_T|x_0)"
#define KL_PRIOR "-D_{KL}(q(x_T|x_0) \\| p(x_T))"
#define KL_STEPS                                                                                   \
    "-\\sum_{t=2}^T \\mathbb{E}_{q(x_t|x_0)} D_{KL}(q(x_{t-1}|x_t,x_0) \\| "                       \
    "p_\\theta(x_{t-1}|x_t))"
#define RECONSTRUCTION "\\mathbb{E}_{q(x_1|x_0)} \\log p_\\theta(x_0|x_1)"
#define KL_STEP "D_{KL}(q(x_{t-1}|x_t,x_0) \\| p_\\theta(x_{t-1}|x_t))"

const rung rungs[] = {
    /* HW1: the bound.  The expectation stands around everything until the last rung. */
    {.ladder = "HW1/elbo",
     .height = 0,
     .must = {PRIOR, REVERSE_1, FORWARD_1},
     .only = true,
     .has = FORM_EXPECT},
    {.ladder = "HW1/elbo",
     .height = 1,
     .must = {PRIOR, DECODER, REVERSE_2},
     .must_not = {REVERSE_1},
     .has = FORM_EXPECT},
    {.ladder = "HW1/elbo",
     .height = 2,
     .must = {PRIOR, DECODER, REVERSE_2, LAST, UNSHIFTED},
     .only = true,
     .has = FORM_EXPECT},
    {.ladder = "HW1/elbo",
     .height = 3,
     .part = 2,
     .must = {PRIOR, DECODER, REVERSE_2, LAST, SHIFTED},
     .only = true,
     .has = FORM_EXPECT},
    {.ladder = "HW1/elbo",
     .height = 3,
     .part = 2,
     .must = {PRIOR, DECODER, REVERSE_2, FIRST, FORWARD_2},
     .only = true,
     .at_once = true,
     .has = FORM_EXPECT},
    {.ladder = "HW1/elbo",
     .height = 4,
     .part = 3,
     .must = {DECODER, REVERSE_2, POSTERIOR, PRIOR, MARGINAL_T},
     .must_not = {FORWARD_1, FORWARD_2, SHIFTED, UNSHIFTED, END},
     .densities = true,
     .has = FORM_EXPECT},
    {.ladder = "HW1/elbo",
     .height = 4,
     .part = 3,
     .must = {DECODER, REVERSE_2, POSTERIOR, PRIOR, MARGINAL_1},
     .must_not = {FORWARD_1, FORWARD_2, SHIFTED, UNSHIFTED, END},
     .densities = true,
     .has = FORM_EXPECT},
    {.ladder = "HW1/elbo",
     .height = 5,
     .part = 4,
     .must = {DECODER, REVERSE_2, POSTERIOR, PRIOR, END},
     .only = true,
     .has = FORM_EXPECT},
    {.ladder = "HW1/elbo",
     .height = 6,
     .part = 5,
     .must = {DECODER, REVERSE_2, POSTERIOR, PRIOR, END},
     .only = true,
     .apart = true,
     .has = FORM_EXPECT},
    {.ladder = "HW1/elbo",
     .height = 7,
     .part = 5,
     .must = {DECODER, KL_PRIOR, KL_STEPS},
     .only = true,
     .has = FORM_EXPECT | FORM_KL},
    {.ladder = "HW1/elbo",
     .height = 8,
     .part = 5,
     .must = {RECONSTRUCTION, KL_PRIOR, KL_STEPS},
     .only = true,
     .strict = true,
     .has = FORM_EXPECT | FORM_KL},
    /* HW1-C2: Bayes' rule, then the Markov property. */
    {.ladder = "HW1/bayes",
     .height = 0,
     .must = {"\\log q(x_{t-1}|x_t,x_0)"},
     .only = true,
     .lacks = FORM_EXPECT},
    {.ladder = "HW1/bayes",
     .height = 1,
     .must = {"\\log q(x_t|x_{t-1})", "\\log q(x_{t-1}|x_0)", "-\\log q(x_t|x_0)"},
     .only = true,
     .lacks = FORM_EXPECT},
    /* HW2-B1: the prior term in closed form; before that the laws or the means of logarithms are
     * written down, or the formula is not collected yet. */
    {.ladder = "HW2/prior", .height = 0, .must = {"D_{KL}(q(x_T|x_0) \\| p(x_T))"}, .only = true},
    {.ladder = "HW2/prior", .height = 1, .has = FORM_KL | FORM_NORMAL, .lacks = FORM_NAMED},
    {.ladder = "HW2/prior", .height = 1, .has = FORM_EXPECT | FORM_NORMAL, .lacks = FORM_KL},
    {.ladder = "HW2/prior",
     .height = 1,
     .has = FORM_EXPECT | FORM_NORM,
     .lacks = FORM_KL | FORM_DENSITY},
    {.ladder = "HW2/prior",
     .height = 2,
     .has = FORM_X0 | FORM_LOG,
     .lacks = FORM_KL | FORM_DENSITY | FORM_EXPECT | FORM_VARIANCE},
    {.ladder = "HW2/prior",
     .height = 2,
     .at_once = true,
     .has = FORM_X0 | FORM_LOG | FORM_VARIANCE,
     .lacks = FORM_KL | FORM_DENSITY | FORM_EXPECT},
    /* HW2-C3 and HW3-B: one divergence, the distance of the means, the distance of the noises. */
    {.ladder = "KL", .height = 0, .must = {KL_STEP}, .only = true},
    {.ladder = "KL",
     .height = 1,
     .has = FORM_NORM | FORM_MU | FORM_LOG,
     .lacks = FORM_KL | FORM_DENSITY | FORM_EPS | FORM_CONSTANT},
    {.ladder = "KL",
     .height = 2,
     .has = FORM_NORM | FORM_MU,
     .lacks = FORM_KL | FORM_DENSITY | FORM_EPS | FORM_LOG},
    {.ladder = "KL",
     .height = 3,
     .has = FORM_NORM | FORM_EPS | FORM_EPS_NET,
     .lacks = FORM_KL | FORM_DENSITY | FORM_MU | FORM_LOG | FORM_XT | FORM_X0},
    /* HW3-A: the posterior mean in x_t and epsilon. */
    {.ladder = "HW3/eps",
     .height = 0,
     .has = FORM_XT | FORM_X0 | FORM_BEFORE,
     .lacks = FORM_EPS | FORM_NORM | FORM_MU | FORM_KL | FORM_DENSITY},
    {.ladder = "HW3/eps",
     .height = 1,
     .has = FORM_XT | FORM_EPS | FORM_BEFORE,
     .lacks = FORM_X0 | FORM_NORM | FORM_MU | FORM_KL | FORM_DENSITY},
    {.ladder = "HW3/eps",
     .height = 2,
     .has = FORM_XT | FORM_EPS | FORM_BEFORE,
     .lacks = FORM_X0 | FORM_NORM | FORM_MU | FORM_KL | FORM_DENSITY,
     .once = true},
    {.ladder = "HW3/eps",
     .height = 3,
     .has = FORM_XT | FORM_EPS,
     .lacks = FORM_X0 | FORM_NORM | FORM_MU | FORM_KL | FORM_DENSITY | FORM_BEFORE,
     .once = true},
};
const size_t rung_n = sizeof rungs / sizeof rungs[0];

const rung_award rung_awards[] = {
    {"HW1-A1", "why log p_theta(x_0|x_1) is special", 1, NULL, 0},
    {"HW1-A2", "the decoder term is separated, the reverse sum runs from 2 to T", 3, "HW1/elbo", 1},
    {"HW1-B1", "the forward sum is split", 2, "HW1/elbo", 2},
    {"HW1-B3", "both sums run from 2 to T", 2, "HW1/elbo", 3},
    {"HW1-C1", "why the comparison makes no sense", 1, NULL, 0},
    {"HW1-C2", "Bayes' rule given x_0", 1, "HW1/bayes", 1},
    {"HW1-C3", "the forward kernels are replaced by posteriors", 2, "HW1/elbo", 4},
    {"HW1-C4", "the marginals telescope", 1, "HW1/elbo", 5},
    {"HW1-D1", "differences of logarithms become divergences", 2, "HW1/elbo", 7},
    {"HW1-D2", "the laws of the expectations", 1, "HW1/elbo", 8},
    {"HW1-D3", "the terms are labelled", 1, NULL, 0},
    {"HW1-E", "concepts", 3, NULL, 0},
    {"HW2-A", "reconstruction term", 4, NULL, 0},
    {"HW2-B1", "the prior term in closed form", 2, "HW2/prior", 2},
    {"HW2-B1-why", "why it is small, and when", 1, NULL, 0},
    {"HW2-C1", "intuition, and why both x_t and x_0", 3, NULL, 0},
    {"HW2-C3a", "the divergence is a distance of means", 1, "KL", 2},
    {"HW2-C3", "the distance of means is a distance of noises", 1, "KL", 3},
    {"HW2-D", "practice", 3, NULL, 0},
    {"HW3-A1", "x_0 is inserted", 1, "HW3/eps", 1},
    {"HW3-A2", "the coefficients of x_t and of the noise are collected", 2, "HW3/eps", 2},
    {"HW3-A3", "the coefficients are simplified", 2, "HW3/eps", 3},
    {"HW3-B1", "the divergence in means and variances", 1, "KL", 1},
    {"HW3-B2", "equal variances: a distance of means", 1, "KL", 2},
    {"HW3-B3", "a distance of noises", 1, "KL", 3},
    {"HW3-B3-why", "in which sense it is equivalent", 1, NULL, 0},
    {"HW3-C", "practical insights", 3, NULL, 0},
};
const size_t rung_award_n = sizeof rung_awards / sizeof rung_awards[0];
