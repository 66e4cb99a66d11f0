/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The moments of an instantiation, in the order of a launch: what the hooks and the reader saw, and
 * for Xen what the driver saw in xenstore (docs/method.md, "Phases").
 */
#include <stdio.h>
#include <string.h>

#include "../lib/host/accel.h"
#include "bench.h"

static void add(struct vnft_bench_sample *s, const char *name, bool from_hook, uint64_t t0_ns,
		uint64_t time_ns, const char *why)
{
	struct vnft_bench_phase *phase = &s->phase[s->phases++];

	phase->name = name;
	phase->from_hook = from_hook;
	if (time_ns >= t0_ns && time_ns)
		phase->time_ns = time_ns - t0_ns;
	else
		snprintf(phase->why, sizeof(phase->why), "%s", why);
}

/* A phase that only the driver can see; its clock is userspace's. */
static void add_driver(struct vnft_bench_sample *s, const char *name,
		       const struct vnft_instance *in)
{
	char why[96];
	unsigned int i;

	for (i = 0; i < in->phases && i < VNFT_GUEST_PHASES; i++)
		if (!strcmp(in->phase[i].name, name))
			break;
	if (i == in->phases || i == VNFT_GUEST_PHASES) {
		snprintf(why, sizeof(why), "driver %s does not look into xenstore",
			 in->type->driver);
		add(s, name, false, in->t0_ns, 0, why);
		return;
	}
	add(s, name, false, in->t0_ns, in->phase[i].time_ns, in->phase[i].time_ns ?
	    "seen before the launch: of another domain" : in->phase[i].why);
}

void vnft_bench_phases(const struct vnft_bench *b, const struct vnft_type *type,
		       const struct vnft_instance *in, const struct vnft_bench_seen *seen,
		       struct vnft_bench_sample *s)
{
	const bool xen = in->accel == VNFT_ACCEL_XEN || type->topology == VNFT_TOPOLOGY_VIF;
	const uint64_t t0 = in->t0_ns;

	s->phases = 0;
	add(s, "exec", true, t0, seen->exec_ns, b->life ?
	    "no exec of the type's process was seen" : b->life_why);
	if (xen) {
		add_driver(s, "toolstack", in);
		add_driver(s, "built", in);
	}
	add(s, "device", seen->born_in_kernel, t0, seen->born_ns,
	    type->topology == VNFT_TOPOLOGY_TAP ? "device was made beforehand" :
						  "no device was seen being born");
	if (xen) {
		add_driver(s, "hotplug", in);
		add_driver(s, "connected", in);
	} else {
		add(s, "vcpu", true, t0, seen->vcpu_ns, in->accel != VNFT_ACCEL_KVM ?
		    "no KVM: nothing to see" : b->life ? "no kvm_entry was seen" : b->life_why);
	}
	add(s, "returned", false, t0, in->started_ns, "the launch did not return");
	add(s, "frame", true, t0, seen->first_frame_ns, "no frame of the instance was seen");
	add(s, "arp", true, t0, seen->first_arp_ns, "no ARP of the instance was seen");
	add(s, "rst", true, t0, seen->first_rst_ns, "");
	add(s, "service", true, t0, seen->first_synack_ns, s->service_why);
}
