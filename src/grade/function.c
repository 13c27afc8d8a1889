/* function.c -- names of the functions that students write. */
#include "grade/function.h"

#include <string.h>

const char *const function_names[F_COUNT] = {
    [F_SEPARATE] = "separate",
    [F_SPLIT_LAST] = "split_last",
    [F_REINDEX] = "reindex",
    [F_ELBO_REINDEXED] = "elbo_reindexed",
    [F_LOG_GAUSSIAN] = "log_gaussian",
    [F_LOG_BAYES] = "log_bayes",
    [F_FORWARD_SUM] = "forward_sum",
    [F_LEFTOVER] = "leftover",
    [F_ELBO_FROM_TERMS] = "elbo_from_terms",
    [F_ELBO_ON_PATH] = "elbo_on_path",
    [F_RECONSTRUCTION_NLL] = "reconstruction_nll",
    [F_BIN_PROBABILITY] = "bin_probability",
    [F_PRIOR_KL] = "prior_kl",
    [F_MEAN_SLOPE] = "mean_slope",
    [F_WEIGHT_EPS] = "weight_eps",
    [F_X0_FROM_EPS] = "x0_from_eps",
    [F_POSTERIOR_MEAN] = "posterior_mean",
    [F_POSTERIOR_VAR] = "posterior_var",
    [F_COEFFICIENT_XT] = "coefficient_xt",
    [F_COEFFICIENT_EPS] = "coefficient_eps",
    [F_MEAN_FROM_EPS] = "mean_from_eps",
    [F_GAUSSIAN_KL] = "gaussian_kl",
    [F_KL_EQUAL_VARIANCE] = "kl_equal_variance",
    [F_FORWARD_STEP] = "forward_step",
    [F_TRAINING_INPUT] = "training_input",
    [F_TRAINING_LOSS] = "training_loss",
    [F_ANCESTRAL_STEP] = "ancestral_step",
    [F_MEAN_FROM_X0] = "mean_from_x0",
    [F_WEIGHT_X0] = "weight_x0",
    [F_ZERO_PREDICTOR_LOSS] = "zero_predictor_loss",
    [F_X0_ERROR] = "x0_error",
};

bool function_replaceable(enum function_id f)
{
    switch (f) {
    case F_SEPARATE:
    case F_SPLIT_LAST:
    case F_REINDEX:
    case F_LOG_GAUSSIAN:
    case F_LOG_BAYES:
    case F_FORWARD_SUM:
    case F_LEFTOVER:
    case F_ELBO_FROM_TERMS:
    case F_MEAN_SLOPE:
    case F_X0_FROM_EPS:
    case F_POSTERIOR_MEAN:
    case F_POSTERIOR_VAR:
    case F_COEFFICIENT_XT:
    case F_COEFFICIENT_EPS:
    case F_GAUSSIAN_KL: return true;
    default: return false;
    }
}

enum function_id function_find(const char *name)
{
    for (int f = 0; f < F_COUNT; f++)
        if (strcmp(function_names[f], name) == 0) return (enum function_id)f;
    return F_COUNT;
}
