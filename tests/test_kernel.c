/* test_kernel.c -- which instruction set computes: the widest, a narrower one on request, never a missing one. */
#include "reals.h"

#include <stdio.h>

#include "capture.h"
#include "net/kernel.h"

static bool has(kernel_isa isa)
{
#ifdef __x86_64__
    if (isa == KERNEL_AVX2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (isa == KERNEL_AVX512)
        return has(KERNEL_AVX2) && __builtin_cpu_supports("avx512f") &&
               __builtin_cpu_supports("avx512dq");
#endif
    return isa == KERNEL_BASELINE;
}

static kernel_isa widest(kernel_isa limit)
{
    while (!has(limit)) limit--;
    return limit;
}

/* The set that a fresh process chooses under DDPM_ISA. */
static int first_choice(void *wish)
{
    if (wish)
        setenv("DDPM_ISA", wish, 1);
    else
        unsetenv("DDPM_ISA");
    return (int)kernel_in_use();
}

static void test_the_environment_chooses(void **state)
{
    captured seen;
    (void)state;
    capture(&seen, first_choice, NULL);
    assert_int_equal(seen.status, widest(KERNEL_AVX512));
    for (kernel_isa isa = KERNEL_BASELINE; isa < KERNEL_SETS; isa++) {
        char name[20];
        snprintf(name, sizeof name, "%s", kernel_name(isa));
        capture(&seen, first_choice, name);
        assert_int_equal(seen.status, widest(isa));
    }
    capture(&seen, first_choice, (char[]){"sse9"}); /* unknown: as if not set */
    assert_int_equal(seen.status, widest(KERNEL_AVX512));
}

static void test_the_limit(void **state)
{
    (void)state;
    for (kernel_isa isa = KERNEL_SETS; isa-- > 0;) {
        assert_int_equal(kernel_limit(isa), widest(isa));
        assert_int_equal(kernel_in_use(), widest(isa));
        const kernel_gemm_table *k = kernel_gemm();
        assert_true(k->rows >= 4 && k->columns * sizeof(real) == 2u * (16u << widest(isa)));
        assert_true(isa == KERNEL_BASELINE || !has(isa) || kernel_flat()->adam);
    }
    assert_string_equal(kernel_name(KERNEL_BASELINE), "baseline");
    assert_string_equal(kernel_name(KERNEL_AVX2), "avx2");
    assert_string_equal(kernel_name(KERNEL_AVX512), "avx512");
    kernel_limit(KERNEL_SETS - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_environment_chooses), /* before any other call */
        cmocka_unit_test(test_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
