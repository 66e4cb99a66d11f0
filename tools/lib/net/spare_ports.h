/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TCP ports that no socket of a namespace uses, for packets that no socket sends.
 */
#ifndef VNFT_LIB_SPARE_PORTS_H
#define VNFT_LIB_SPARE_PORTS_H

#include <stdint.h>

/*
 * The widest range of the calling thread's network namespace, from 1024 on: outside of the ports
 * that its kernel hands out (net.ipv4.ip_local_port_range) and of those that are set aside for
 * somebody (ip_local_reserved_ports), and with none that a socket is bound to. Where the kernel
 * hands out nearly all of them, what it hands out is taken as well, as long as it is free now.
 * @root: what stands before /proc, "". Return: 0, or -EADDRINUSE after vnft_fail().
 */
int vnft_spare_ports(const char *root, uint16_t *first, uint16_t *ports);

#endif
