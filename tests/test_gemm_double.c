/* test_gemm_double.c -- test_gemm.c, compiled in double. */
#define NET_DOUBLE 1
#include "test_gemm.c"
