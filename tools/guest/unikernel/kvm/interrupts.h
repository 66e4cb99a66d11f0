/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a device's interrupt finds us, for its driver. There is one device, so there is one handler.
 */
#ifndef UNIKERNEL_KVM_INTERRUPTS_H
#define UNIKERNEL_KVM_INTERRUPTS_H

#include <stdint.h>

#define INTERRUPT_LINES	24

/* By line @line of the I/O APIC, held until @acknowledge() has silenced the device. */
void interrupt_by_line(unsigned int line, void (*acknowledge)(void));
/* By message: what the device shall write, and where. */
void interrupt_by_message(uint64_t *address, uint32_t *data);

#endif
