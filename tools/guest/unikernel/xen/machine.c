/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Time and sleep of a PV guest. It takes no interrupts: it asks Xen to be woken when the network's
 * event channel rings, or 50 ms are over.
 */
#include "../machine.h"

#include <lwip/sys.h>

#include "../cmdline.h"
#include "console.h"
#include "hypercall.h"

#define TICK_NS		50000000ull

static uint32_t waking_port;

void xen_start(const struct start_info *info) __attribute__((noreturn));

/* Xen writes when it last looked at the clock, and how fast the processor counts since. */
static uint64_t now_ns(void)
{
	const volatile struct vcpu_time_info *t = &xen_shared()->vcpu_info[0].time;
	uint64_t counts, ns;
	uint32_t version;

	do {
		version = t->version;
		xen_rmb();
		counts = __builtin_ia32_rdtsc() - t->tsc_timestamp;
		if (t->tsc_shift >= 0)
			counts <<= t->tsc_shift;
		else
			counts >>= -t->tsc_shift;
		ns = t->system_time +
			(uint64_t)(((unsigned __int128)counts * t->tsc_to_system_mul) >> 32);
		xen_rmb();
	} while ((version & 1) || version != t->version);
	return ns;
}

u32_t sys_now(void)
{
	return (u32_t)(now_ns() / 1000000);
}

void xen_wake_by(uint32_t port)
{
	waking_port = port;
}

void machine_sleep(void)
{
	xen_wait(waking_port, now_ns() + TICK_NS);
}

void machine_open(const struct unikernel_config *config)
{
	console_open(config->console);
}

void xen_start(const struct start_info *info)
{
	xen_open(info);
	unikernel((const char *)info->cmd_line);
}
