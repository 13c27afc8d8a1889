/* test_norm_double.c -- test_norm.c in double, with the gradients of the naive versions. */
#define NET_DOUBLE 1
#include "test_norm.c"
