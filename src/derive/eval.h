/* eval.h -- the value of a formula in a world, on a batch of paths, with an error bound. */
#ifndef DERIVE_EVAL_H
#define DERIVE_EVAL_H

#include <stdbool.h>

#include "derive/tree.h"
#include "derive/value.h"
#include "derive/world.h"

/* How a label is known. */
typedef enum definition_kind {
    DEFINITION_EXACT,
    DEFINITION_CONSTANT, /* up to an additive constant */
    DEFINITION_FACTOR,   /* up to a factor */
    DEFINITION_AFFINE,   /* up to both */
    DEFINITION_VECTOR,   /* an arbitrary vector */
    DEFINITION_POSITIVE  /* an arbitrary positive number */
} definition_kind;

typedef struct definition {
    const node *label;
    const node *meaning; /* NULL for the arbitrary ones */
    definition_kind kind;
    uint64_t serial;         /* another one for every list of definitions */
    struct definition *next; /* older ones */
} definition;

/* Why an evaluation was abandoned (the jump of evaluation.memory). */
typedef enum eval_outcome {
    EVAL_EXPENSIVE,   /* memory or operations */
    EVAL_UNKNOWN,     /* a symbol without meaning: culprit */
    EVAL_UNDECIDABLE, /* a construction that is not evaluated here: culprit, memory->reason */
    EVAL_WISH         /* another kind of world is needed: wish */
} eval_outcome;

/* Definitions within definitions. */
enum { EVAL_NESTING = 8 };

/* The state of all evaluations of one line in one world. */
typedef struct evaluation {
    arena *memory;
    const world *w;
    world_variance choice;
    const definition *known;
    size_t operations, budget;
    size_t
        taken; /* memory->total when the evaluation began: every result lies there, so bytes count */
    eval_outcome outcome;
    const node *culprit;
    world_wish wish;
    const char *trouble; /* why something was not a number, or NULL */
    struct memo *memo;   /* expectations already taken */
    int nesting;         /* of definitions */
} evaluation;

/* The variables: states at all times, values of the letters. */
typedef struct env {
    int net, point;
    value x[WORLD_T + 1]; /* n = 1 or the batch */
    int index[26];
    bool bound[26];
    unsigned model;  /* states, as bits, whose law is p_theta's step where they are integrated */
    bool free_noise; /* epsilon is `noise`, not the noise of the path */
    value noise;
} env;

/* Size of the table of expectations already taken. */
extern const size_t eval_memo_bytes;

/* All states of the world's paths from its data point, theta the given network. */
env eval_env(evaluation *ev, int net, int point);

/* The value of a formula.  Jumps through ev->memory when it cannot be had. */
value eval(evaluation *ev, const env *at, const node *n);

/* log of a formula, without leaving log space where it is a product of densities. */
value eval_log(evaluation *ev, const env *at, const node *n);

/* ---- Parts ---- */

_Noreturn void eval_abandon(evaluation *ev, eval_outcome outcome, const node *culprit,
                            const char *reason);
/* Count n operations against the budget.  An operation takes one to three nanoseconds. */
void eval_spend(evaluation *ev, size_t n);
/* Operations so far: those counted, and the arithmetic by the memory of its results. */
size_t eval_spent(const evaluation *ev);
value eval_nan(evaluation *ev, const char *trouble);

/* total + term, or total times term; what was taken since `before` is given back when total can hold it. */
value eval_fold(evaluation *ev, value total, value term, bool times, arena_mark before);

int eval_index(evaluation *ev, const env *at, const node *n);
bool eval_time_ok(const evaluation *ev, int t, int least);

/* The definition of a label, and the variables under which its meaning is to be evaluated. */
const definition *eval_lookup(evaluation *ev, const env *at, const node *label, env *inside);

/* Times that a formula depends on, as a set of bits; times of a list of ranges. */
unsigned eval_depends(evaluation *ev, const env *at, const node *n);
unsigned eval_times(evaluation *ev, const env *at, const node *ranges);
/* Degree of a formula as a polynomial in x_t; 99 when it is none. */
int eval_degree(evaluation *ev, const env *at, const node *n, int t);

/* log N(x; mean, var I). */
value eval_log_normal(evaluation *ev, value x, value mean, value var);
value eval_log_density(evaluation *ev, const env *at, const node *n);
value eval_kl(evaluation *ev, const env *at, const node *n);
value eval_network(evaluation *ev, const env *at, const node *n);
value eval_mu_tilde(evaluation *ev, const env *at, const node *n);
value eval_state(evaluation *ev, const env *at, int t);
/* eps_theta, mu_theta or x_hat_theta at the points x; a number with the rounding of its computation. */
value eval_output(evaluation *ev, const env *at, net_symbol which, int t, value x);
value eval_constant(evaluation *ev, double v);

/* The law of x_t where it is integrated: that of q's bridge, or of p_theta's step. */
void eval_law_of(evaluation *ev, const env *at, int t, unsigned given, value *mean, value *var);
/* x_t given the states of `given` (0 among them or a nearest one below t) under q: mean, variance. */
void eval_bridge(evaluation *ev, const env *at, int t, unsigned given, value *mean, value *var);
/* Mean and variance of a law of one state; false when it is not one. */
bool eval_gaussian(evaluation *ev, const env *at, const node *law, value *mean, value *var);

/* The same over the states in `over`, state t first, where the body has that degree in x_t. */
value eval_over_state(evaluation *ev, const env *at, unsigned over, unsigned given,
                      const node *body, int t, int degree);
/* The same as a mean over paths that are common to all lines (D = 1). */
value eval_sampled(evaluation *ev, const env *at, unsigned over, unsigned given, const node *body);
/* Numbers that were computed already, by key. */
bool eval_recall(const evaluation *ev, uint64_t key, value *r);
void eval_remember(const evaluation *ev, uint64_t key, value r);

value eval_expect(evaluation *ev, const env *at, const node *n);
/* The same under the laws of one expectation sign: `model` are the states over which p_theta rules. */
value eval_expect_under(evaluation *ev, const env *at, unsigned over, unsigned given,
                        unsigned model, const node *body);
/* An expectation whose law is p_theta's. */
value eval_under_model(evaluation *ev, const env *at, const node *n);
/* The expectation of a body over the states `over` given the states `given` under q. */
value eval_expect_q(evaluation *ev, const env *at, unsigned over, unsigned given, const node *body);
/* The integral of a product over the states `over`, one after the other; D = 1. */
value eval_eliminate(evaluation *ev, const env *at, unsigned over, const node *integrand);
value eval_integral(evaluation *ev, const env *at, const node *n);

#endif
