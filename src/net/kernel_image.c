/* kernel_image.c -- the tables of kernel_conv.c, kernel_planes.c and kernel_norm.c in use. */
#include "net/kernel_image.h"

#include "net/kernel.h"

extern const kernel_conv_table kernel_conv_baseline, kernel_conv_avx2, kernel_conv_avx512;
extern const kernel_planes_table kernel_planes_baseline, kernel_planes_avx2, kernel_planes_avx512;
extern const kernel_norm_table kernel_norm_baseline, kernel_norm_avx2, kernel_norm_avx512;

#ifdef __x86_64__
static const kernel_conv_table *const conv_tables[] = {&kernel_conv_baseline, &kernel_conv_avx2,
                                                       &kernel_conv_avx512};
static const kernel_planes_table *const planes_tables[] = {
    &kernel_planes_baseline, &kernel_planes_avx2, &kernel_planes_avx512};
static const kernel_norm_table *const norm_tables[] = {&kernel_norm_baseline, &kernel_norm_avx2,
                                                       &kernel_norm_avx512};
#else
static const kernel_conv_table *const conv_tables[] = {&kernel_conv_baseline};
static const kernel_planes_table *const planes_tables[] = {&kernel_planes_baseline};
static const kernel_norm_table *const norm_tables[] = {&kernel_norm_baseline};
#endif

const kernel_conv_table *kernel_conv(void)
{
    return conv_tables[kernel_in_use()];
}

const kernel_planes_table *kernel_products(void)
{
    return planes_tables[kernel_in_use()];
}

const kernel_norm_table *kernel_norm(void)
{
    return norm_tables[kernel_in_use()];
}
