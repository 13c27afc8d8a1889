/* table.c -- `ddpm table`: every coefficient of a schedule as tab-separated numbers. */
#include "ddpm/table.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "check/options.h"
#include "check/output.h"
#include "ddpm/schedule_words.h"
#include "theory/posterior.h"
#include "theory/predict.h"
#include "theory/weight.h"

typedef struct request {
    const char *shape, *out;
    size_t T;                  /* 0: not given */
    double beta_min, beta_max; /* 0: not given */
} request;

/* ---- The columns ----------------------------------------------------------------------------- */

static double beta(const schedule *s, size_t t)
{
    return s->beta[t];
}
static double alpha(const schedule *s, size_t t)
{
    return s->alpha[t];
}
static double alpha_bar(const schedule *s, size_t t)
{
    return s->alpha_bar[t];
}
static double var_bar(const schedule *s, size_t t)
{
    return s->var_bar[t];
}
static double log_snr(const schedule *s, size_t t)
{
    return s->log_snr[t];
}

/* The coefficients are the values at (1, 0) and (0, 1) of the maps of predict.h. */
static double eps_form_xt(const schedule *s, size_t t)
{
    return predict_mean_from_eps(s, t, 1.0, 0.0);
}
static double eps_form_eps(const schedule *s, size_t t)
{
    return -predict_mean_slope_eps(s, t);
}
static double x0_eps_xt(const schedule *s, size_t t)
{
    return predict_x0_from_eps(s, t, 1.0, 0.0);
}
static double x0_eps_eps(const schedule *s, size_t t)
{
    return predict_x0_from_eps(s, t, 0.0, 1.0);
}
static double x0_v_xt(const schedule *s, size_t t)
{
    return predict_x0_from_v(s, t, 1.0, 0.0);
}
static double x0_v_v(const schedule *s, size_t t)
{
    return predict_x0_from_v(s, t, 0.0, 1.0);
}

/* mu_tilde with x_0 = sqrt(alpha_bar_t) x_t - sqrt(1 - alpha_bar_t) v: the coefficient of x_t,
 * w_xt + w_x0 sqrt(alpha_bar_t), is sqrt(alpha_t). */
static double v_form_xt(const schedule *s, size_t t)
{
    return sqrt(s->alpha[t]);
}
static double v_form_v(const schedule *s, size_t t)
{
    return posterior_weight_x0(s, t) * predict_x0_from_v(s, t, 0.0, 1.0);
}

static double w_eps_beta(const schedule *s, size_t t)
{
    return weight_eps(s, t, weight_sigma2(s, t, SIGMA_BETA));
}

/* beta_tilde_1 = 0: a squared error is punished infinitely at t = 1. */
static double w_eps_beta_tilde(const schedule *s, size_t t)
{
    const double sigma2 = weight_sigma2(s, t, SIGMA_BETA_TILDE);
    return sigma2 > 0.0 ? weight_eps(s, t, sigma2) : (double)INFINITY;
}

static const struct {
    const char *name, *meaning;
    double (*value)(const schedule *s, size_t t);
} columns[] = {
    {"beta", "variance added by step t; all other columns follow from this one", beta},
    {"alpha", "1 - beta", alpha},
    {"alpha_bar", "product of alpha_1 .. alpha_t", alpha_bar},
    {"var_bar", "1 - alpha_bar, without cancellation", var_bar},
    {"beta_tilde", "variance of q(x_{t-1}|x_t,x_0); 0 at t = 1", posterior_var},
    {"log_snr", "ln(alpha_bar/var_bar)", log_snr},
    {"w_x0", "mu_tilde = w_x0 x_0 + w_xt x_t", posterior_weight_x0},
    {"w_xt", "", posterior_weight_xt},
    {"eps_form_xt", "mu_tilde = eps_form_xt x_t + eps_form_eps eps", eps_form_xt},
    {"eps_form_eps", "", eps_form_eps},
    {"v_form_xt",
     "mu_tilde = v_form_xt x_t + v_form_v v, v = sqrt(alpha_bar) eps - sqrt(var_bar) x_0",
     v_form_xt},
    {"v_form_v", "", v_form_v},
    {"x0_eps_xt", "x_0 = x0_eps_xt x_t + x0_eps_eps eps", x0_eps_xt},
    {"x0_eps_eps", "", x0_eps_eps},
    {"x0_v_xt", "x_0 = x0_v_xt x_t + x0_v_v v   (and eps = -x0_v_v x_t + x0_v_xt v)", x0_v_xt},
    {"x0_v_v", "", x0_v_v},
    {"w_eps_beta", "weight w_t of ||eps - eps_hat||^2 in the bound for sigma_t^2 = beta_t",
     w_eps_beta},
    {"w_eps_beta_tilde", "the same for sigma_t^2 = beta_tilde_t; inf at t = 1", w_eps_beta_tilde},
};
enum { N_COLUMNS = sizeof columns / sizeof columns[0] };

static void print_help(void)
{
    printf("usage: ddpm table [options]\n"
           "Prints a header line and one line per step t = 1 .. T, separated by tabs, 17 digits "
           "each.\n"
           "  --schedule WORD   linear (default), cosine, quadratic, sigmoid, constant, file:PATH "
           "(one beta\n"
           "                    per line), or L1000, S10, S50, BAD50, COS1000, COS50\n"
           "  --T N             steps, 1 .. 10^7 (default 1000)\n"
           "  --beta-min X      (default 0.1/T)\n"
           "  --beta-max X      (default 20/T); constant uses this one, cosine uses neither\n"
           "  --out FILE        write FILE, complete or not at all (default: standard output)\n"
           "  --help            print this\n"
           "columns:\n  %-17s step\n",
           "t");
    for (size_t i = 0; i < N_COLUMNS; i++)
        printf("  %-17s%s%s\n", columns[i].name, *columns[i].meaning ? " " : "",
               columns[i].meaning);
    printf("The numbers are right to 2e-13 relative, given the printed betas; none is ever nan.  "
           "At t = 1\n"
           "beta_tilde and w_xt are 0 and w_eps_beta_tilde is infinite, printed as inf.\n"
           "exit status: 0 good, 2 bad usage or output that cannot be written\n");
}

/* ---- Output ---------------------------------------------------------------------------------- */

static bool print_table(FILE *f, const schedule *s)
{
    fputs("# t", f);
    for (size_t i = 0; i < N_COLUMNS; i++) fprintf(f, "\t%s", columns[i].name);
    fputc('\n', f);
    for (size_t t = 1; t <= s->T && !ferror(f); t++) {
        fprintf(f, "%zu", t);
        for (size_t i = 0; i < N_COLUMNS; i++) fprintf(f, "\t%.17g", columns[i].value(s, t));
        fputc('\n', f);
    }
    return fflush(f) == 0 && !ferror(f);
}

/* A reader never sees half a table. */
static void write_table(const char *path, const schedule *s)
{
    output *o = output_open("--out", path);
    print_table(o->stream, s);
    output_close(o);
}

/* ---- Command line ---------------------------------------------------------------------------- */

static request read_request(int argc, char **argv)
{
    enum { SCHEDULE, STEPS, BETA_MIN, BETA_MAX, OUT, HELP };
    static const struct option options[] = {{"schedule", required_argument, NULL, SCHEDULE},
                                            {"T", required_argument, NULL, STEPS},
                                            {"beta-min", required_argument, NULL, BETA_MIN},
                                            {"beta-max", required_argument, NULL, BETA_MAX},
                                            {"out", required_argument, NULL, OUT},
                                            {"help", no_argument, NULL, HELP},
                                            {NULL, 0, NULL, 0}};
    request r = {.shape = "linear"};
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case SCHEDULE: r.shape = optarg; break;
        case STEPS: r.T = options_read_steps(optarg); break;
        case BETA_MIN: r.beta_min = options_read_beta("beta-min", optarg); break;
        case BETA_MAX: r.beta_max = options_read_beta("beta-max", optarg); break;
        case OUT: r.out = optarg; break;
        case HELP: print_help(); exit(0);
        default: exit(2); /* getopt has named the option */
        }
    }
    if (optind < argc)
        check_refuse("ddpm table: unexpected argument '%s'; try --help", argv[optind]);
    return r;
}

int table_main(int argc, char **argv)
{
    const request r = read_request(argc, argv);
    schedule *s = schedule_words_alloc(r.shape, r.T, r.beta_min, r.beta_max);
    if (r.out)
        write_table(r.out, s);
    else if (!print_table(stdout, s))
        check_refuse("ddpm table: cannot write: %s", strerror(errno));
    schedule_free(s);
    return 0;
}
