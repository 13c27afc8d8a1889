/* fuzz_derive.c -- libFuzzer: any bytes through the whole derivation checker.  No crash, no hang.
 *
 *   make derive-fuzz SECONDS=60       (clang and libclang-rt)
 *
 * The first byte chooses, so that a corpus keeps what it has found: bits 0 and 1 the format, bits 2 and 3
 * the homework whose points are asked for; behind '0' to '?' every sixteenth text (by the sum of its bytes)
 * is checked with the options of the program, all others with one world and a small budget, for speed;
 * bit 6 prints JSON, bit 7 explains the first line. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <gsl/gsl_errno.h>

#include "derive/derive.h"
#include "derive/points.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

#if __has_feature(address_sanitizer)
enum { SLOW = 8 }; /* seconds: the sanitizers' share */
#else
enum { SLOW = 1 };
#endif

static FILE *null;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    gsl_set_error_handler_off();
    null = fopen("/dev/null", "w");
    return null ? 0 : 1;
}

static derive_options chosen(const uint8_t *data, size_t size)
{
    derive_options o = derive_defaults();
    const unsigned choice = data[0];
    unsigned sum = 0;
    for (size_t i = 0; i < size; i++) sum += data[i];
    if ((choice & 0xf0u) == 0x30u && sum % 16 == 0) return o;
    o.worlds = 1;
    o.budget = 20000;
    o.explain = (choice & 0x80u) ? 1 : 0;
    return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"f.tex", "f.md", "f.txt", "f"};
    static const char *const homework[] = {NULL, "HW1", "HW2", "HW3"};
    if (size < 2) return 0;
    const clock_t begin = clock();
    const derive_options o = chosen(data, size);
    derive_result *r = derive_check_text(names[data[0] & 3], (const char *)data + 1, size - 1, &o);
    if (!r) return 0;
    derive_award awards[DERIVE_MOST_AWARDS];
    const char *points = homework[data[0] >> 2 & 3];
    const size_t n = points ? derive_points(r, points, awards) : 0;
    if (data[0] & 0x40u)
        derive_print_json(null, r, points ? awards : NULL, n);
    else
        derive_print(null, r, true);
    if (n) derive_print_points(null, awards, n);
    derive_free(r);
    if (clock() - begin > SLOW * CLOCKS_PER_SEC)
        abort(); /* of its own, however busy the machine is */
    return 0;
}
