/* baseline.c -- what models that know nothing of shapes need for 8-bit images. */
#include "data/baseline.h"

#include <math.h>
#include <stdlib.h>

#include <zlib.h>

static baseline_number mean_of(const double *bits, size_t n)
{
    double mean = 0.0, square = 0.0;
    for (size_t i = 0; i < n; i++) mean += bits[i] / (double)n;
    for (size_t i = 0; i < n; i++) square += (bits[i] - mean) * (bits[i] - mean);
    return (baseline_number){mean, sqrt(square / ((double)(n - 1) * (double)n))};
}

/* ---- Histograms: place d has row d mod rows of 256 counts ------------------------------------ */

static void count(double *counts, const unsigned char *pixel, size_t n, size_t D, size_t rows)
{
    for (size_t i = 0; i < n * D; i++) counts[i % D % rows * 256 + pixel[i]] += 1.0;
}

/* counts become -log2 p. */
static void to_bits(double *counts, size_t rows, double weight)
{
    for (size_t row = 0; row < rows; row++) {
        double *const c = counts + 256 * row, sum = 256.0 * weight;
        for (size_t v = 0; v < 256; v++) sum += c[v];
        for (size_t v = 0; v < 256; v++) c[v] = log2(sum / (c[v] + weight));
    }
}

static baseline_number measure(const unsigned char *train, size_t n_train,
                               const unsigned char *test, size_t n_test, size_t D, size_t rows,
                               double weight)
{
    double *counts = calloc(256 * rows + n_test, sizeof *counts), *bits = counts + 256 * rows;
    if (!counts) return (baseline_number){(double)NAN, (double)NAN};
    count(counts, train, n_train, D, rows);
    to_bits(counts, rows, weight);
    for (size_t i = 0; i < n_test * D; i++)
        bits[i / D] += counts[i % D % rows * 256 + test[i]] / (double)D;
    const baseline_number mean = mean_of(bits, n_test);
    free(counts);
    return mean;
}

baseline_number baseline_histogram(const unsigned char *train, size_t n_train,
                                   const unsigned char *test, size_t n_test, size_t D)
{
    return measure(train, n_train, test, n_test, D, 1, 1.0);
}

baseline_number baseline_places(const unsigned char *train, size_t n_train,
                                const unsigned char *test, size_t n_test, size_t D, double weight)
{
    return measure(train, n_train, test, n_test, D, D, weight);
}

/* ---- Deflate --------------------------------------------------------------------------------- */

/* In pieces, so that the result need not be kept. */
static double compressed_bytes(z_stream *z, const unsigned char *pixel, size_t bytes)
{
    static const size_t piece = (size_t)1 << 20;
    unsigned char sink[4096];
    double sum = 0.0;
    int status = Z_OK;
    for (size_t done = 0; status == Z_OK;) {
        const size_t now = bytes - done < piece ? bytes - done : piece;
        z->next_in = (unsigned char *)(size_t)(pixel + done);
        z->avail_in = (uInt)now;
        done += now;
        do {
            z->next_out = sink;
            z->avail_out = sizeof sink;
            status = deflate(z, done == bytes ? Z_FINISH : Z_NO_FLUSH);
            sum += (double)(sizeof sink - z->avail_out);
        } while (z->avail_out == 0 && status == Z_OK);
        if (status == Z_BUF_ERROR) status = Z_OK;
        if (done == bytes) break;
    }
    return status == Z_STREAM_END ? sum : (double)NAN;
}

double baseline_deflate(const unsigned char *pixel, size_t n, size_t D)
{
    z_stream z = {0};
    if (deflateInit(&z, Z_BEST_COMPRESSION) != Z_OK) return (double)NAN;
    const double bytes = compressed_bytes(&z, pixel, n * D);
    deflateEnd(&z);
    return 8.0 * bytes / ((double)n * (double)D);
}
