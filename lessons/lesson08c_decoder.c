/* Lesson 8, part c: the discretised decoder, also on real pixels. */
#include <math.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "check/quad.h"
#include "data/mnist.h"
#include "theory/elbo.h"

#include "lesson08.h"

/* --- 8.4  The discretised decoder ---------------------------------------------------------------
 * 256 bins of width 2/255 around the grey levels; the first reaches to -infinity, the last to
 * +infinity. */
typedef struct bin {
    double mean, sigma, nearest;
} bin;

static double scaled_density(double x, void *params) /* density / its largest value in the bin */
{
    const bin *b = params;
    return exp((b->nearest - x) * (b->nearest + x - 2.0 * b->mean) / (2.0 * b->sigma * b->sigma));
}

/* log of the integral of the density over a bin, by quadrature; edges included, cut at 14 sigma. */
static double bin_by_quadrature(quad *w, int k, double mean, double sigma, double *error)
{
    double a = (2.0 * k - 1.0) / 255.0 - 1.0, b = (2.0 * k + 1.0) / 255.0 - 1.0;
    if (k == 0) a = fmin(b, mean) - 14.0 * sigma;
    if (k == 255) b = fmax(a, mean) + 14.0 * sigma;
    bin here = {mean, sigma, fmin(fmax(mean, a), b)};
    const double integral = quad_interval(w, scaled_density, &here, a, b, error);
    const double z = (here.nearest - mean) / sigma,
                 log_top = -0.5 * z * z - log(sigma * sqrt(2.0 * M_PI));
    *error = *error / integral +
             16.0 * eps * (1.0 + z * z + fabs(z) / sigma + fabs(log(integral)) + fabs(log_top));
    return log(integral) + log_top;
}

static double interior(unsigned k, double mean,
                       double sigma) /* every bin closed: a mistake at the ends */
{
    const double a = ((2.0 * k - 1.0) / 255.0 - 1.0 - mean) / sigma, b = a + 2.0 / 255.0 / sigma;
    return a > 0.0 ? gsl_cdf_ugaussian_Q(a) - gsl_cdf_ugaussian_Q(b)
                   : gsl_cdf_ugaussian_P(b) - gsl_cdf_ugaussian_P(a);
}

/* Real pixels, the mean predicted perfectly: nats per pixel with open and with closed edge bins. */
static void real_pixels(lesson *L)
{
    const char *dir = mnist_dir(lesson_mnist(L));
    mnist *data = NULL;
    char error[256];
    if (!dir || mnist_read(dir, MNIST_TEST, &data, error, sizeof error) != 0) {
        not_run(L, "the decoder on MNIST test images",
                dir ? error : "no MNIST files (make mnist, or --mnist DIR)");
        return;
    }
    const size_t n = data->images->n * data->images->rows * data->images->cols;
    size_t count[256] = {0};
    const double sigma = sqrt(schedules[L1000]->beta[1]);
    double open = 0.0, reference = 0.0, closed = 0.0;
    for (size_t i = 0; i < n; i++) count[data->images->pixel[i]]++;
    for (unsigned k = 0; k < 256; k++) {
        const double share = (double)count[k] / (double)n,
                     centre = mnist_scale_pixel((unsigned char)k);
        const double half = gsl_cdf_ugaussian_P(1.0 / 255.0 / sigma);
        open -= share * elbo_decoder_bin(k, centre, sigma);
        reference -= share * log(k == 0 || k == 255 ? half : 2.0 * half - 1.0);
        closed -= share * log(2.0 * half - 1.0);
    }
    road(L, "elbo_decoder_bin", "MNIST test pixels, mu = x_0: nats per pixel", open, reference,
         64.0 * eps / sigma);
    control(L, "MNIST test pixels: edge bins closed", closed, reference, 64.0 * eps / sigma);
    say(L,
        "MNIST: %.1f %% of the pixels are exactly 0 and %.1f %% exactly 255.  Open edge bins cost "
        "%.3f nats per pixel, "
        "closed ones %.3f.",
        100.0 * (double)count[0] / (double)n, 100.0 * (double)count[255] / (double)n, open, closed);
    mnist_free(data);
}

void discretised_decoder(lesson *L)
{
    static const double mean[] = {0.3, -0.99, 1.2, 0.237}, sigma[] = {0.01, 0.05, 0.01, 0.173};
    claim(L, "TRM-04");
    quad *w = quad_alloc();
    gap sums = {0}, bins = {0}, closed = {0}, middle = {0};
    double without_edges[4] = {0.0}, allowed = 0.0;
    for (size_t i = 0; w && i < 4; i++) {
        double sum = 0.0, sum_closed = 0.0, sum_middle = 0.0;
        for (unsigned k = 0; k < 256; k++) {
            double error;
            const double value = elbo_decoder_bin(k, mean[i], sigma[i]);
            const double reference = bin_by_quadrature(w, (int)k, mean[i], sigma[i], &error);
            gap_add(&bins, k, value, reference, error);
            sum += exp(value);
            sum_closed += interior(k, mean[i], sigma[i]);
            sum_middle +=
                2.0 / 255.0 *
                gsl_ran_gaussian_pdf(mnist_scale_pixel((unsigned char)k) - mean[i], sigma[i]);
        }
        /* The edges carry the rounding of (edge - mean)/sigma; 256 additions. */
        const double tolerance = eps * (256.0 + 16.0 / sigma[i]);
        without_edges[i] = sum_closed;
        allowed = fmax(allowed, tolerance);
        gap_add(&sums, i, sum, 1.0, tolerance);
        gap_add(&closed, i, sum_closed, 1.0, tolerance);
        gap_add(&middle, i, sum_middle, 1.0, tolerance);
        say(L, "mu = %6.3f, sigma = %.3f: all bins %.12f, edge bins closed %.4f", mean[i], sigma[i],
            sum, sum_closed);
    }
    quad_free(w);
    road_gap(L, "elbo_decoder_bin", "256 bins sum to 1, four (mu, sigma)", &sums);
    road_gap(L, "elbo_decoder_bin", "each bin = integral of the density over it", &bins);
    gsl_error_handler_t *old = gsl_set_error_handler_off();
    const int refused = gsl_isnan(elbo_decoder_bin(0, -1.237, 0.0)) +
                        gsl_isnan(elbo_decoder_bin(256, 0.237, 0.173));
    gsl_set_error_handler(old);
    road_all(L, "elbo_decoder_bin", "refused: sigma = 0, grey level 256", (size_t)(2 - refused), 2);
    control_gap(L, "without the open edge bins", &closed);
    control_gap(L, "density at the grey level times 2/255", &middle);
    real_pixels(L);
    evidence(L,
             "sum over the 256 bins = 1 within its roundings (at most %.1e); with closed edge bins "
             "%.4f at (%g, %g) and %.4f at (%g, %g)",
             allowed, without_edges[1], mean[1], sigma[1], without_edges[2], mean[2], sigma[2]);
}

/* --- 8.8  Figure: the bins at the black end, open and closed --------------------------------- */
void draw_decoder(lesson *L)
{
    data_file *f = data_open(L, "decoder", "k open closed");
    for (unsigned k = 0; f && k <= 16; k++)
        data_line(f, "%u %.9g %.9g", k, exp(elbo_decoder_bin(k, -0.99, 0.05)),
                  interior(k, -0.99, 0.05));
    data_close(f);
}
