/* test_half.c -- half precision, all 65536 numbers of it; and SHA-256. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "forge.h"
#include "net/digest.h"
#include "net/half.h"

static void test_halves(void **state)
{
    (void)state;
    for (uint32_t h = 0; h < 65536; h++) { /* every half is its own nearest half */
        const float x = half_to_float((uint16_t)h);
        if (!isnan(x)) assert_int_equal(half_from_float(x), h);
        if (h >= 0x7c00 || h == 0) continue; /* between two neighbours: the nearer, ties to even */
        const float y = half_to_float((uint16_t)(h - 1)), middle = 0.5f * (x + y);
        assert_true(y < x);
        assert_int_equal(half_from_float(middle), h % 2 == 0 ? h : h - 1);
        assert_int_equal(half_from_float(nextafterf(middle, x)), h);
        assert_int_equal(half_from_float(nextafterf(-middle, y)), 0x8000 | (h - 1));
    }
    assert_true(half_to_float(0x3555) == 1365.0f / 4096.0f && half_to_float(1) == ldexpf(1, -24));
    assert_int_equal(half_from_float(65519.996f), 0x7bff); /* 65504 */
    assert_int_equal(half_from_float(65520.0f), 0x7c00);   /* infinity */
    assert_int_equal(half_from_float((float)NAN) & 0x7fff, 0x7e00);
    assert_true(isnan(half_to_float(0x7e00)) && isinf(half_to_float(0xfc00)));
}

static void test_digest(void **state)
{
    (void)state;
    char hex[DIGEST_HEX];
    digest_bytes(hex, "abc", 3); /* FIPS 180-4, its first example */
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    forge_bytes("/tmp/test_half.abc", "abc", 3);
    memset(hex, 0, sizeof hex);
    assert_true(digest_file(hex, "/tmp/test_half.abc") && strncmp(hex, "ba7816bf", 8) == 0);
    remove("/tmp/test_half.abc");
    assert_false(digest_file(hex, "/tmp/test_half.abc"));
    digest_pieces(hex, (digest_piece[]){{"a", 1}, {NULL, 0}, {"bc", 2}}, 3);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_halves),
                                       cmocka_unit_test(test_digest)};
    return cmocka_run_group_tests_name("half", tests, NULL, NULL);
}
