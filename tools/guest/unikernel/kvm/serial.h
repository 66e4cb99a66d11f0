/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIKERNEL_KVM_SERIAL_H
#define UNIKERNEL_KVM_SERIAL_H

#include <stdbool.h>

/* Whether say() says anything: each byte is an exit to the hypervisor. die() always does. */
void serial_open(bool on);

#endif
