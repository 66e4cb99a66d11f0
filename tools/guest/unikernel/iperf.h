/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIKERNEL_IPERF_H
#define UNIKERNEL_IPERF_H

#include <stdint.h>

/* Serves iperf 2 over TCP on @port, from now on. */
void iperf_listen(uint16_t port);

#endif
