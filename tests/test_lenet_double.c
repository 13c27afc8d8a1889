/* test_lenet_double.c -- test_lenet.c in double, with the gradient of the naive classifier. */
#define NET_DOUBLE 1
#include "test_lenet.c"
