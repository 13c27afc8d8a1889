/* eval_spend.c -- what an evaluation costs, and how it is abandoned. */
#include <math.h>

#include "derive/eval.h"

void eval_abandon(evaluation *ev, eval_outcome outcome, const node *culprit, const char *reason)
{
    ev->outcome = outcome;
    ev->culprit = culprit;
    arena_abandon(ev->memory, reason);
}

/* A result of k numbers takes 16 k bytes; making it takes about as long as k operations. */
enum { BYTES_PER_OPERATION = 16 };

size_t eval_spent(const evaluation *ev)
{
    return ev->operations + (ev->memory->total - ev->taken) / BYTES_PER_OPERATION;
}

void eval_spend(evaluation *ev, size_t n)
{
    ev->operations += n;
    if (eval_spent(ev) > ev->budget)
        eval_abandon(ev, EVAL_EXPENSIVE, NULL,
                     "too expensive: the budget of operations is used up");
}

value eval_nan(evaluation *ev, const char *trouble)
{
    if (!ev->trouble) ev->trouble = trouble;
    return value_scalar(ev->memory, (double)NAN, 0.0);
}
