/* tree.h -- the typed tree of a formula. */
#ifndef DERIVE_TREE_H
#define DERIVE_TREE_H

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>

#include "derive/arena.h"

typedef enum node_kind {
    NODE_BAD,
    NODE_NUMBER,   /* number */
    NODE_LABEL,    /* a name the world does not know: name, child[0] its index or NULL */
    NODE_STEPS,    /* T */
    NODE_DIM,      /* D */
    NODE_SCHEDULE, /* which quantity (schedule_symbol), child[0] index */
    NODE_X,        /* x at time child[0]; child[1] a coordinate or NULL */
    NODE_EPS,      /* noise of the jump to time child[0] */
    NODE_MU_TILDE, /* child[0] index; child[1], child[2] its arguments or NULL */
    NODE_NET,      /* which output (net_symbol), child[0] index, child[1] argument or NULL */
    NODE_ADD,
    NODE_SUB,
    NODE_MUL,
    NODE_DIV,
    NODE_NEG,
    NODE_POW,
    NODE_FUNCTION, /* which (function_symbol), child[0] */
    NODE_NORM,     /* child[0] */
    NODE_SUM,      /* letter, child[0] lower, child[1] upper, child[2] body */
    NODE_PROD,     /* the same */
    NODE_DENSITY,  /* family 'q' or 'p'; args and given are lists of NODE_RANGE; no args: bare */
    NODE_NORMAL,   /* child[0] argument or NULL, child[1] mean, child[2] variance */
    NODE_KL,       /* child[0] || child[1], each a DENSITY or NORMAL */
    NODE_EXPECT,   /* args: list of laws (empty: over everything random); child[0] body */
    NODE_INTEGRAL, /* args: list of NODE_RANGE; child[0] body */
    NODE_CONST,    /* a constant: free of theta */
    NODE_RANGE,    /* x at child[0] .. child[1] */
    NODE_LAW_EPS,  /* epsilon ~ N(0, I), the noise of the jump to time child[0] */
    NODE_LAW_TIME, /* t uniform on child[0] .. child[1] (NULL: 1 .. T) */
    NODE_LAW_DATA  /* x_0 ~ p_data */
} node_kind;

typedef enum schedule_symbol {
    SYMBOL_ALPHA,
    SYMBOL_BETA,
    SYMBOL_ALPHA_BAR,
    SYMBOL_BETA_TILDE,
    SYMBOL_SIGMA, /* standard deviation of p_theta */
    SYMBOL_SNR,
    SYMBOL_WEIGHT, /* w_t */
    SYMBOL_W_X0,
    SYMBOL_W_XT
} schedule_symbol;

typedef enum net_symbol { NET_EPS, NET_MU, NET_X0 } net_symbol;

typedef enum function_symbol {
    FUNCTION_LOG,
    FUNCTION_EXP,
    FUNCTION_SQRT,
    FUNCTION_SIN,
    FUNCTION_COS,
    FUNCTION_TANH,
    FUNCTION_ABS
} function_symbol;

typedef struct node node;
struct node {
    node_kind kind;
    int which;         /* the symbol enumerations; family of a density */
    char letter;       /* bound letter of a sum; letter of a one-letter label */
    bool power_of_sum; /* reserved for the printer: parentheses were written */
    double number;
    const char *name; /* of a label; reason of NODE_BAD */
    node *child[3];
    node *args, *given; /* lists through next */
    node *next;
    size_t from, to; /* bytes of the source */
};

node *node_new(arena *memory, node_kind kind, size_t from, size_t to);
node *node_number(arena *memory, double value, size_t at);
node *node_binary(arena *memory, node_kind kind, node *a, node *b);

/* A deep copy. */
node *node_copy(arena *memory, const node *n);

/* Equality of structure (positions do not count); NULLs are equal. */
bool node_equal(const node *a, const node *b);

/* A hash of the structure. */
uint64_t node_hash(const node *n);

/* Call visit for n and everything below it, until it returns true; returns whether it did. */
bool node_any(const node *n, bool (*visit)(const node *n, void *data), void *data);

/* Write the formula in plain notation, e.g. "(1 - abar_t) x_0"; cut to size. */
void node_print(const node *n, char *text, size_t size);

#endif
