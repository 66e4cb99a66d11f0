/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Xen's console, a ring that a daemon in dom0 empties, and the end.
 */
#include "console.h"

#include "../machine.h"
#include "hypercall.h"

#include <xen/io/console.h>
#include <xen/sched.h>

static bool is_on;

void console_open(bool on)
{
	is_on = on;
}

/* What the ring has no room for is lost. */
static void write_text(const char *text)
{
	struct xencons_interface *c = xen_page_of(xen_start_info()->console.domU.mfn);
	uint32_t at = c->out_prod;

	for (; *text && at - c->out_cons < sizeof(c->out); text++)
		c->out[at++ % sizeof(c->out)] = *text;
	xen_wmb();
	c->out_prod = at;
	xen_notify(xen_start_info()->console.domU.evtchn);
}

void say(const char *line)
{
	if (is_on)
		write_text(line);
}

void die(const char *why)
{
	struct sched_shutdown how = { .reason = SHUTDOWN_crash };

	write_text("unikernel: ");
	write_text(why);
	write_text("\r\n");
	hypercall(__HYPERVISOR_sched_op, SCHEDOP_shutdown, &how, 0);
	__builtin_trap();
}
