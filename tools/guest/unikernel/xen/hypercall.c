/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every part of a PV guest asks of Xen: its pages and its event channels.
 */
#include "hypercall.h"

#include "../machine.h"

#include <xen/sched.h>

/* Present, writable, user (a PV kernel is in ring 3), accessed, dirty. */
#define PAGE_FLAGS	0x67

static const struct start_info *start_info;
static uint8_t shared_page[XEN_PAGE] XEN_PAGE_ALIGNED;

struct shared_info *xen_shared(void)
{
	return (struct shared_info *)shared_page;
}

const struct start_info *xen_start_info(void)
{
	return start_info;
}

uint64_t xen_frame_of(const void *page)
{
	return ((const uint64_t *)start_info->mfn_list)[(uintptr_t)page / XEN_PAGE];
}

/* Xen has a table, the same for all guests, of where each machine page is in its guest. */
void *xen_page_of(uint64_t frame)
{
	return (void *)(((const uint64_t *)MACH2PHYS_VIRT_START)[frame] * XEN_PAGE);
}

void xen_map(void *page, uint64_t machine_address)
{
	if (hypercall(__HYPERVISOR_update_va_mapping, page, machine_address | PAGE_FLAGS,
		      UVMF_INVLPG))
		die("a page cannot be mapped");
}

void xen_notify(uint32_t port)
{
	struct evtchn_send send = { .port = port };

	hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &send, 0);
}

void xen_wait(uint32_t port, uint64_t until_ns)
{
	evtchn_port_t ports[1] = { port };
	struct sched_poll poll = { .nr_ports = 1, .timeout = until_ns };

	set_xen_guest_handle(poll.ports, ports);
	hypercall(__HYPERVISOR_sched_op, SCHEDOP_poll, &poll, 0);
	__asm__ volatile("lock btr %1, %0" : "+m"(xen_shared()->evtchn_pending)
			 : "r"((uint64_t)port) : "memory");
}

void xen_open(const struct start_info *info)
{
	start_info = info;
	xen_map(shared_page, info->shared_info);
}
