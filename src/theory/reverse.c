/* reverse.c -- a denoiser as a reverse model. */
#include "theory/reverse.h"

#include "theory/predict.h"

static double mean_of(double x_t, size_t t, void *params)
{
    const reverse_denoiser *r = params;
    double eps_hat;
    r->net.eps(&eps_hat, &x_t, t, 1, r->net.params);
    return predict_mean_from_eps(r->s, t, x_t, eps_hat);
}

static double var_of(double x_t, size_t t, void *params)
{
    (void)x_t;
    const reverse_denoiser *r = params;
    if (r->sigma2) return r->sigma2[t];
    return t == 1 ? r->s->beta[1] : weight_sigma2(r->s, t, r->choice);
}

reverse_model reverse_of_denoiser(reverse_denoiser *r)
{
    return (reverse_model){mean_of, var_of, r};
}

reverse_model reverse_of_mixture(reverse_oracle *o, mixture *m, const schedule *s,
                                 weight_variance choice)
{
    o->oracle = (sampler_oracle){m, s};
    o->denoiser = (reverse_denoiser){
        .net = sampler_oracle_denoiser(&o->oracle), .s = s, .choice = choice, .sigma2 = NULL};
    return reverse_of_denoiser(&o->denoiser);
}

double reverse_last_mean(double x_1, void *p)
{
    const reverse_model *const model = p;
    return model->mean(x_1, 1, model->params);
}
