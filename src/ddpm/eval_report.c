/* eval_report.c -- what was measured, for people and as JSON. */
#include "ddpm/eval_report.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include <cjson/cJSON.h>
#include <gsl/gsl_math.h>

/* ---- For people -------------------------------------------------------------------------------- */

static void print_part(const char *name, evaluate_part p)
{
    printf("  %-12s %10.5f %10.5f    %8.3f %% +- %.3f %%\n", name, p.bayes.value, p.excess.value,
           100.0 * p.ratio.value, 100.0 * p.ratio.error);
}

/* Short chains have tenths without an evaluated t. */
static bool is_empty(evaluate_part p)
{
    return !(p.bayes.value > 0.0);
}

void eval_report_excess(const evaluation *e)
{
    printf(
        "\nmean squared error of eps_hat per coordinate: the Bayes optimum and what is above it\n");
    if (!e->excess) {
        printf("  not run: %s\n", e->no_excess);
        return;
    }
    printf("  %-12s %10s %10s    %10s\n", "t", "optimum", "excess", "excess/optimum");
    for (size_t i = 0; i < 10; i++) {
        const evaluate_part p = evaluate_excess_tenth(e->excess, i);
        char name[48];
        snprintf(name, sizeof name, "%zu..%zu", p.first, p.last);
        if (!is_empty(p)) print_part(name, p);
    }
    print_part("all", evaluate_excess_part(e->excess, 1, e->excess->T));
}

static void print_nats(const char *name, double value, double error, size_t D)
{
    const double bits = 1.0 / ((double)D * M_LN2);
    printf("  %-38s %10.4f", name, value);
    if (error >= 0.0)
        printf(" +- %-8.4f", error);
    else
        printf("%12s", "");
    printf(" %10.4f", value * bits);
    if (error >= 0.0) printf(" +- %.4f", error * bits);
    printf("\n");
}

void eval_report_bound(const evaluation *e, const loaded *l)
{
    const evaluate_bound *b = e->bound;
    const size_t D = l->m->D;
    printf("\nthe variational bound on -log p of the data's density, %zu points, every t, "
           "sigma^2 = %s\n",
           b->n, task_sigma_word(l->w->sigma));
    printf("  %-38s %10s %12s %9s\n", "", "nats", "", "bits/dim");
    print_nats("L_T", b->prior.value, b->prior.error, D);
    print_nats("sum of L_{t-1}", b->denoising.value, b->denoising.error, D);
    print_nats("L_0", b->decoder.value + e->units, b->decoder.error, D);
    print_nats("the bound", e->total.value, e->total.error, D);
    if (e->has_own)
        print_nats("beside it: the law of the data itself", e->own.value, e->own.error, D);
    if (e->has_trivial) print_nats("a Gaussian of the same variances", e->trivial, -1.0, D);
    if (e->no_own) printf("  %s\n", e->no_own);
    if (e->worse_than_trivial)
        printf(
            "  This bound is worse than that of a Gaussian that knows nothing but the variances "
            "of the data:\n  as a density the model is of no use (too few steps of the chain, or "
            "of training?).\n");
}

static void print_distance(const char *name, evaluation_distance d)
{
    printf("  %-22s %10.5f   noise floor %.5f +- %.5f   ratio %.2f\n", name, d.value, d.floor,
           d.floor_sd, d.value / d.floor);
}

void eval_report_samples(const evaluation *e, const loaded *l)
{
    printf("\n%zu samples, %zu steps, beside as many data points\n", e->n,
           e->respace ? e->respace : l->m->s->T);
    print_distance("energy distance", e->energy);
    print_distance("sliced Wasserstein-1", e->sliced);
    printf("  %-22s %10.3f   permutation test of the energy distance\n", "p-value", e->p_value);
    if (e->modes > 0)
        printf("  %-22s %zu of %zu, chi^2 = %.1f with %zu degrees of freedom, p = %.3g\n",
               "modes occupied", e->occupied, e->modes, e->chi2, e->modes - 1, e->modes_p);
    if (e->has_outside)
        printf("  %-22s %10.4f   of the samples\n", "outside the fields",
               (double)e->outside / (double)e->n);
    printf("  (noise floor: the same distance between two sets of data, mean +- sd of %d pairs)\n",
           EVALUATION_PAIRS);
}

/* ---- As JSON ----------------------------------------------------------------------------------- */

static void add_value(cJSON *parent, const char *name, evaluate_number x)
{
    cJSON *item = cJSON_AddObjectToObject(parent, name);
    cJSON_AddNumberToObject(item, "value", x.value);
    cJSON_AddNumberToObject(item, "error", x.error);
}

static void add_part(cJSON *array, evaluate_part p)
{
    cJSON *item = cJSON_CreateObject();
    cJSON_AddNumberToObject(item, "first", (double)p.first);
    cJSON_AddNumberToObject(item, "last", (double)p.last);
    add_value(item, "bayes", p.bayes);
    add_value(item, "excess", p.excess);
    add_value(item, "ratio", p.ratio);
    cJSON_AddItemToArray(array, item);
}

static void add_excess(cJSON *root, const evaluation *e)
{
    cJSON *array = cJSON_AddArrayToObject(root, "excess");
    if (!e->excess) {
        cJSON_AddStringToObject(root, "excess_not_run", e->no_excess);
        return;
    }
    for (size_t i = 0; i < 10; i++)
        if (!is_empty(evaluate_excess_tenth(e->excess, i)))
            add_part(array, evaluate_excess_tenth(e->excess, i));
    add_part(array, evaluate_excess_part(e->excess, 1, e->excess->T));
}

static void add_bound(cJSON *root, const evaluation *e, size_t D)
{
    const evaluate_bound *b = e->bound;
    cJSON *nats = cJSON_AddObjectToObject(root, "bound_nats");
    add_value(nats, "L_T", b->prior);
    add_value(nats, "L_t", b->denoising);
    add_value(nats, "L_0", (evaluate_number){b->decoder.value + e->units, b->decoder.error});
    add_value(nats, "bound", e->total);
    if (e->has_own) add_value(nats, "law", e->own);
    if (e->has_trivial) cJSON_AddNumberToObject(nats, "gaussian", e->trivial);
    add_value(root, "bound_bits_per_dim", evaluate_bits(e->total, D));
    cJSON_AddBoolToObject(root, "bound_worse_than_gaussian", e->worse_than_trivial);
}

static void add_distance(cJSON *root, const char *name, evaluation_distance d)
{
    cJSON *item = cJSON_AddObjectToObject(root, name);
    cJSON_AddNumberToObject(item, "value", d.value);
    cJSON_AddNumberToObject(item, "floor", d.floor);
    cJSON_AddNumberToObject(item, "floor_sd", d.floor_sd);
}

static void add_samples(cJSON *root, const evaluation *e)
{
    add_distance(root, "energy_distance", e->energy);
    add_distance(root, "sliced_w1", e->sliced);
    cJSON_AddNumberToObject(root, "permutation_p", e->p_value);
    if (e->modes > 0) {
        cJSON *modes = cJSON_AddObjectToObject(root, "modes");
        cJSON *count = cJSON_AddArrayToObject(modes, "count");
        for (size_t k = 0; k < e->modes; k++)
            cJSON_AddItemToArray(count, cJSON_CreateNumber((double)e->count[k]));
        cJSON_AddNumberToObject(modes, "chi2", e->chi2);
        cJSON_AddNumberToObject(modes, "p", e->modes_p);
    }
    if (e->has_outside) cJSON_AddNumberToObject(root, "outside", (double)e->outside / (double)e->n);
}

bool eval_report_json(const evaluation *e, const loaded *l, const char *path, FILE *f)
{
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "model", path);
    cJSON *metadata = cJSON_Duplicate(l->c->header->metadata, true);
    if (!cJSON_AddItemToObject(root, "metadata", metadata)) cJSON_Delete(metadata);
    cJSON_AddStringToObject(root, "sigma", task_sigma_word(l->w->sigma));
    cJSON_AddNumberToObject(root, "n", (double)e->n);
    cJSON_AddNumberToObject(root, "seed", (double)e->seed);
    cJSON_AddNumberToObject(root, "steps_of_chain", (double)(e->respace ? e->respace : l->m->s->T));
    add_excess(root, e);
    add_bound(root, e, l->m->D);
    add_samples(root, e);
    char *text = cJSON_Print(root);
    cJSON_Delete(root);
    if (text) fprintf(f, "%s\n", text);
    const bool good = text != NULL;
    cJSON_free(text);
    return good;
}
