/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Does the process that made a clsact filter still live? The filter's handle has a token, and as
 * long as the process lives it holds an abstract unix socket of that name in the device's network
 * namespace. So everybody who can see the filter sees the socket, from any PID, mount or user
 * namespace, and the kernel takes it away with the process. Somebody else in that network
 * namespace can hold such a name too: then the filters stay.
 */
#ifndef VNFT_SOURCE_BPF_OWNER_H
#define VNFT_SOURCE_BPF_OWNER_H

#include <stdbool.h>
#include <stdint.h>

#define VNFT_OWNER_BITS	22

/* A token that nobody has in the calling thread's namespace; returns the fd that holds it. */
int vnft_owner_take(uint32_t *token);
/* Is it held in the calling thread's namespace? True as well if that cannot be told. */
bool vnft_owner_lives(uint32_t token);

#endif
