/* function.h -- the functions that students write: numbers and names, shared by grader and server.
 */
#ifndef GRADE_FUNCTION_H
#define GRADE_FUNCTION_H

#include <stdbool.h>

enum function_id {
    F_SEPARATE,
    F_SPLIT_LAST,
    F_REINDEX,
    F_ELBO_REINDEXED,
    F_LOG_GAUSSIAN,
    F_LOG_BAYES,
    F_FORWARD_SUM,
    F_LEFTOVER,
    F_ELBO_FROM_TERMS,
    F_ELBO_ON_PATH,
    F_RECONSTRUCTION_NLL,
    F_BIN_PROBABILITY,
    F_PRIOR_KL,
    F_MEAN_SLOPE,
    F_WEIGHT_EPS,
    F_X0_FROM_EPS,
    F_POSTERIOR_MEAN,
    F_POSTERIOR_VAR,
    F_COEFFICIENT_XT,
    F_COEFFICIENT_EPS,
    F_MEAN_FROM_EPS,
    F_GAUSSIAN_KL,
    F_KL_EQUAL_VARIANCE,
    F_FORWARD_STEP,
    F_TRAINING_INPUT,
    F_TRAINING_LOSS,
    F_ANCESTRAL_STEP,
    F_MEAN_FROM_X0,
    F_WEIGHT_X0,
    F_ZERO_PREDICTOR_LOSS,
    F_X0_ERROR,
    F_COUNT
};

/* Name of each function in the student's file. */
extern const char *const function_names[F_COUNT];

/* Can the reference take its place when a later function calls it?  These are the functions of
 * src/grade_server/replaceable.c. */
bool function_replaceable(enum function_id f);

/* The function of that name, or F_COUNT. */
enum function_id function_find(const char *name);

#endif
