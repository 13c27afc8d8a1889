/* points_form.h -- the form of a side: its terms, and the symbols it has. */
#ifndef DERIVE_POINTS_FORM_H
#define DERIVE_POINTS_FORM_H

#include "derive/checker.h"

/* One term of a sum of logarithms and divergences, at T = 5: coefficient times (a sum over lo .. hi of)
 * log q(A|B), log p(A|B) or KL(A|B || C|D), possibly under an expectation.  The sets are kept for the
 * first and the last value of the letter. */
typedef struct form_term {
    double coefficient;
    char kind;     /* 'q', 'p', 'K', or 'o' for anything else */
    int low, high; /* 0, 0 without a sum */
    unsigned set[8];
    unsigned over, given; /* of the expectation, at the first value of the letter; over = 0: none */
    const node *law;      /* the expectation itself */
    uint64_t other;       /* hash of what is none of these */
} form_term;

enum { FORM_TERMS = 48 };

typedef struct form {
    form_term t[FORM_TERMS];
    size_t n;
    bool too_long;
    unsigned has;         /* symbols, as bits */
    size_t n_xt, n_noise; /* how often x_t and epsilon stand there as vectors */
    size_t n_laws;        /* expectations with terms of their own */
} form;

enum {
    FORM_KL = 1,
    FORM_DENSITY = 2,
    FORM_NORM = 4,
    FORM_X0 = 8,
    FORM_XT = 16,
    FORM_EPS = 32,
    FORM_EPS_NET = 64,
    FORM_MU = 128,     /* mu_theta or mu_tilde as a name */
    FORM_BEFORE = 256, /* alpha_bar_{t-1} */
    FORM_EXPECT = 512,
    FORM_LOG = 1024,
    FORM_CONSTANT = 2048, /* + C */
    FORM_NORMAL = 4096,   /* a normal law, with its mean and variance */
    FORM_NAMED = 8192,    /* a density of q or p as a name */
    FORM_VARIANCE = 16384 /* 1 - alpha_bar outside of a logarithm */
};

form form_of(checker *c, const node *n);
/* 1 - alpha_bar, of any time. */
bool form_is_variance(const node *n);

/* Does the form have this term, with the same coefficient (and, if strict, the same expectation)? */
bool form_has(const form *f, const form_term *t, bool strict);

#endif
