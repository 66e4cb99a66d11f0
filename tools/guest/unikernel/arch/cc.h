/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What lwIP asks of a compiler and a machine (lwip/arch.h has the list).
 */
#ifndef UNIKERNEL_ARCH_CC_H
#define UNIKERNEL_ARCH_CC_H

#include "../machine.h"

/* The headers of the host's C library are there, and its functions are not. */
#define LWIP_NO_CTYPE_H			1

#define LWIP_PLATFORM_DIAG(text)	do { } while (0)
#define LWIP_PLATFORM_ASSERT(text)	die("lwIP: " text)
/* First local port: no secret, but not the same after each boot. */
#define LWIP_RAND()			((u32_t)__builtin_ia32_rdtsc())

#endif
