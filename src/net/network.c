/* network.c -- the end of any network. */
#include "net/network.h"

void network_free(network *net)
{
    if (net) net->free(net);
}
