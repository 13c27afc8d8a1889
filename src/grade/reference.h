/* reference.h -- what the students' functions should return (exercise_table.c lists which is
 * which).
 *
 * All share the signature of exercise_formula: a schedule (or NULL), t, n, the numbers in and out.
 */
#ifndef GRADE_REFERENCE_H
#define GRADE_REFERENCE_H

#include "grade/exercise.h"

exercise_formula reference_separate;
exercise_formula reference_split_last;
exercise_formula reference_reindex;
exercise_formula reference_elbo_reindexed;
exercise_formula reference_log_gaussian;
exercise_formula reference_log_bayes;
exercise_formula reference_forward_sum;
exercise_formula reference_leftover;
exercise_formula reference_elbo_from_terms;
exercise_formula reference_elbo_on_path;
exercise_formula reference_reconstruction_nll;
exercise_formula reference_bin_probability;
exercise_formula reference_prior_kl;
exercise_formula reference_mean_slope;
exercise_formula reference_weigh_eps;
exercise_formula reference_x0_from_eps;
exercise_formula reference_mean_of_posterior;
exercise_formula reference_var_of_posterior;
exercise_formula reference_coefficient_xt;
exercise_formula reference_coefficient_eps;
exercise_formula reference_mean_from_eps;
exercise_formula reference_kl;
exercise_formula reference_kl_equal;
exercise_formula reference_step_forward;
exercise_formula reference_training_input;
exercise_formula reference_training_loss;
exercise_formula reference_ancestral_step;
exercise_formula reference_weigh_x0;
exercise_formula reference_zero_loss;
exercise_formula reference_x0_error;

/* Sizes of summands that may cancel. */
exercise_formula reference_log_bayes_scale;
exercise_formula reference_one_array;
exercise_formula reference_two_arrays;
exercise_formula reference_elbo_on_path_scale;
exercise_formula reference_one;
exercise_formula reference_prior_scale;
exercise_formula reference_kl_scale;

#endif
