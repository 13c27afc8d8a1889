/* test_adam_double.c -- test_adam.c, compiled in double. */
#define NET_DOUBLE 1
#include "test_adam.c"
