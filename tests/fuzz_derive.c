/* fuzz_derive.c -- libFuzzer: any bytes through the whole derivation checker.  No crash, no hang.
 *
 *   make derive-fuzz SECONDS=60       (clang and libclang-rt)
 *
 * The first byte chooses the format; two worlds and a small budget keep an execution short. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>

#include "derive/derive.h"
#include "derive/points.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static FILE *null;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    gsl_set_error_handler_off();
    null = fopen("/dev/null", "w");
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"f.tex", "f.md", "f.txt", "f.tex"};
    if (size < 2) return 0;
    const derive_options o = {.worlds = 2, .seed = 1, .budget = 200000};
    derive_result *r = derive_check_text(names[data[0] & 3], (const char *)data + 1, size - 1, &o);
    if (!r) return 0;
    derive_print(null, r, true);
    derive_award awards[DERIVE_MOST_AWARDS];
    if (data[0] & 4) derive_points(r, "HW1", awards);
    derive_free(r);
    return 0;
}
