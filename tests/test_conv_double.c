/* test_conv_double.c -- test_conv.c in double, with the gradient of the naive convolution. */
#define NET_DOUBLE 1
#include "test_conv.c"
