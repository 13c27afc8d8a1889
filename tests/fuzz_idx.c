/* fuzz_idx.c -- arbitrary bytes as an IDX file, plain or gzipped: refused with one line, or read whole;
 * never a crash.  `make fuzz` builds it with clang's libFuzzer and sanitizers. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gsl/gsl_errno.h>

#include "data/idx.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int condition, const char *what)
{
    if (condition) return;
    fprintf(stderr, "violated: %s\n", what);
    abort();
}

/* Every byte is really read. */
static size_t sum(const unsigned char *byte, size_t n)
{
    size_t total = 0;
    for (size_t i = 0; i < n; i++) total += byte[i];
    return total;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char path[64], error[300] = "";
    snprintf(path, sizeof path, "/dev/shm/fuzz_idx.%ld", (long)getpid());
    FILE *f = fopen(path, "wb");
    must(f && fwrite(bytes, 1, n, f) == n && fclose(f) == 0, "room in /dev/shm");
    idx_images *images;
    idx_labels *labels;
    if (idx_images_read(path, &images, error, sizeof error) == GSL_SUCCESS)
        must(sum(images->pixel, images->n * images->rows * images->cols) <= 255 * (n * 1100 + 1),
             "as many bytes as a gzip of this size can hold");
    else
        must(images == NULL && error[0] != '\0' && !strchr(error, '\n'), "one line");
    if (idx_labels_read(path, &labels, error, sizeof error) == GSL_SUCCESS)
        must(sum(labels->label, labels->n) <= IDX_MAX_LABEL * labels->n, "labels are digits");
    else
        must(labels == NULL && error[0] != '\0' && !strchr(error, '\n'), "one line");
    idx_images_free(images);
    idx_labels_free(labels);
    remove(path);
    return 0;
}
