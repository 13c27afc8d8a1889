/* eval_model.c -- whose law rules a state that is integrated: q's bridge, or p_theta's step. */
#include "derive/eval.h"

void eval_law_of(evaluation *ev, const env *at, int t, unsigned given, value *mean, value *var)
{
    if (!(at->model & (1u << t))) {
        eval_bridge(ev, at, t, given, mean, var);
        return;
    }
    const bool end = t == (int)ev->w->T; /* the prior */
    *mean = end ? eval_constant(ev, 0.0) : eval_output(ev, at, NET_MU, t + 1, at->x[t + 1]);
    *var = eval_constant(ev, end ? 1.0 : world_sigma2(ev->w, ev->choice, (size_t)t + 1));
}

value eval_expect_under(evaluation *ev, const env *at, unsigned over, unsigned given,
                        unsigned model, const node *body)
{
    env inner = *at;
    if (over == ~0u || given == ~0u) return eval_nan(ev, "a state outside x_0 .. x_T appears");
    if (over & given) return eval_nan(ev, "a state given itself is a point mass (t = 1)");
    inner.model = (at->model & ~over) | model;
    return eval_expect_q(ev, &inner, over, given, body);
}

/* E over p_theta(x_{t-1} | x_t) or over p(x_T); the laws of longer stretches of the model have no closed
 * form and no grid in more than one dimension. */
value eval_under_model(evaluation *ev, const env *at, const node *n)
{
    const node *law = n->args;
    const unsigned args = eval_times(ev, at, law->args), given = eval_times(ev, at, law->given);
    if (args == ~0u || given == ~0u) return eval_nan(ev, "a state outside x_0 .. x_T appears");
    const bool prior = !given && args == 1u << ev->w->T;
    if (law->next || args == 0 || (args & (args - 1u)) || !(prior || given == args << 1))
        eval_abandon(ev, EVAL_UNDECIDABLE, law,
                     "an expectation under p_theta of more than one step is not evaluated");
    return eval_expect_under(ev, at, args, given, args, n->child[0]);
}
