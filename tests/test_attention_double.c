/* test_attention_double.c -- test_attention.c in double, with the naive gradient. */
#define NET_DOUBLE 1
#include "test_attention.c"
