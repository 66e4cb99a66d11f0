/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The moments of an instantiation, in the order of a launch: what the hooks and the reader saw, and
 * between them what only a driver could see (docs/method.md, "Phases").
 */
#include <stdio.h>
#include <string.h>

#include "../lib/host/accel.h"
#include "phases.h"

static void add(struct vnft_results_run *s, const char *name, bool from_hook, uint64_t t0_ns,
		uint64_t time_ns, const char *why)
{
	struct vnft_results_phase *phase = &s->phase[s->phases++];

	phase->name = name;
	phase->from_hook = from_hook;
	if (time_ns >= t0_ns && time_ns)
		phase->time_ns = time_ns - t0_ns;
	else
		snprintf(phase->why, sizeof(phase->why), "%s", why);
}

/* A phase that only a driver can see; its clock is userspace's. */
static void add_moment(struct vnft_results_run *s, const struct vnft_guest_moment *moment,
		       const struct vnft_instance *in)
{
	char why[96];
	unsigned int i;

	for (i = 0; i < in->phases && i < VNFT_GUEST_PHASES; i++)
		if (!strcmp(in->phase[i].name, moment->name))
			break;
	if (i == in->phases || i == VNFT_GUEST_PHASES) {
		snprintf(why, sizeof(why), "driver %s does not look into %s", in->type->driver,
			 moment->seen_in);
		add(s, moment->name, false, in->t0_ns, 0, why);
		return;
	}
	add(s, moment->name, false, in->t0_ns, in->phase[i].time_ns, in->phase[i].time_ns ?
	    "seen before the launch: of another instance" : in->phase[i].why);
}

static bool is_without(const struct vnft_guest_ops *ops, const char *name)
{
	const char *const *word;

	for (word = ops ? ops->without : NULL; word && *word; word++)
		if (!strcmp(*word, name))
			return true;
	return false;
}

static const char *no_birth(enum vnft_topology topology)
{
	switch (topology) {
	case VNFT_TOPOLOGY_TAP:
		return "device was made beforehand";
	case VNFT_TOPOLOGY_LO:
		return "lo is there before every launch";
	case VNFT_TOPOLOGY_MACVLAN:
		return "it is born in the instance's namespace, and nobody looks there";
	default:
		return "no device was seen being born";
	}
}

void vnft_bench_phases(const struct vnft_bench *b, const struct vnft_type *type,
		       const struct vnft_instance *in, const struct vnft_bench_seen *seen,
		       struct vnft_results_run *s)
{
	const struct {
		const char *name;
		bool from_hook;
		uint64_t time_ns;
		const char *why;
	} all[] = {
		{ "exec", true, seen->exec_ns,
		  b->life ? "no exec of the type's process was seen" : b->life_why },
		{ "device", seen->born_in_kernel, seen->born_ns,
		  no_birth(type->topology) },
		{ "vcpu", true, seen->vcpu_ns,
		  !vnft_accel_is_kvm(in->accel) ? "no KVM: nothing to see" :
		  b->life ? "no kvm_entry was seen" : b->life_why },
		{ "returned", false, in->started_ns, "the launch did not return" },
		{ "frame", true, seen->first_frame_ns, type->topology == VNFT_TOPOLOGY_LO ?
		  "on lo frames to the instance come in as well" :
		  "no frame of the instance was seen" },
		{ "arp", true, seen->first_arp_ns, "no ARP of the instance was seen" },
		{ "rst", true, seen->first_rst_ns, "" },
		{ "service", true, seen->first_synack_ns, s->service_why },
	};
	const struct vnft_guest_ops *ops = vnft_guest_phases_of(type);
	const struct vnft_guest_moment *moment;
	size_t i;

	_Static_assert(sizeof(all) / sizeof(all[0]) + VNFT_GUEST_PHASES <= VNFT_RESULTS_PHASES,
		       "room for every phase");
	s->phases = 0;
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (!is_without(ops, all[i].name))
			add(s, all[i].name, all[i].from_hook, in->t0_ns, all[i].time_ns,
			    all[i].why);
		for (moment = ops ? ops->moments : NULL; moment && moment->name; moment++)
			if (!strcmp(moment->after, all[i].name))
				add_moment(s, moment, in);
	}
}
