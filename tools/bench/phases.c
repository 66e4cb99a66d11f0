/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The moments of an instantiation, in the order of a launch: what the hooks and the reader saw, and
 * between them what only a driver could see; and those of a teardown (docs/method.md, "Phases").
 */
#include <stdio.h>
#include <string.h>

#include "../lib/host/accel.h"
#include "phases.h"

static void add(struct vnft_results_phases *to, const char *name, bool from_hook,
		enum vnft_span_role role, uint64_t since_ns, uint64_t time_ns, const char *why)
{
	struct vnft_results_phase *phase = &to->at[to->n++];

	*phase = (struct vnft_results_phase) { .name = name, .from_hook = from_hook,
					       .role = role };
	if (time_ns > since_ns)
		phase->time_ns = time_ns - since_ns;
	else
		snprintf(phase->why, sizeof(phase->why), "%s", why);
}

/* A phase that only a driver can see; its clock is userspace's. */
static void add_moment(struct vnft_results_phases *to, const struct vnft_guest_moment *moment,
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
		add(to, moment->name, false, VNFT_SPAN_STEP, in->t0_ns, 0, why);
		return;
	}
	add(to, moment->name, false, VNFT_SPAN_STEP, in->t0_ns, in->phase[i].time_ns,
	    in->phase[i].time_ns ? "seen before the launch: of another instance" :
				   in->phase[i].why);
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

/* What a console did not say, or said of before. */
static const char *said_why(const char *why)
{
	return why[0] ? why : "its console was not read in the launch";
}

/* Of whose launches a moment can be. */
enum whose { ANYBODY, VM, CONTAINER };

/*
 * A moment that somebody saw, or the reason why nobody did; a @look at the console, or NULL. One
 * that was looked for may have been @late_ns before.
 */
struct moment_seen {
	const char *name;
	bool from_hook;
	uint64_t time_ns;
	const char *why;
	enum vnft_span_role role;
	enum whose whose;
	const struct vnft_look *look;
	uint64_t late_ns;
};

static void set_late(struct vnft_results_phase *phase, uint64_t late_ns)
{
	phase->late_ns = late_ns < phase->time_ns ? late_ns : phase->time_ns;
}

/* A guest says something when it likes, and what it does next does not need that. */
static void set_look(struct vnft_results_phase *phase, const struct vnft_look *look)
{
	phase->alone = look != NULL;
	if (look)
		set_late(phase, look->time_ns - look->before_ns);
}

/* What a driver's hook does, one after the other. */
static const struct vnft_guest_moment steps[] = {
	{ "namespace", "hook", "the making of its network" },
	{ "veth", "hook", "the making of its network" },
	{ "bridge", "hook", "the making of its network" },
	{ "address", "hook", "the making of its network" },
};
#define STEPS	(sizeof(steps) / sizeof(steps[0]))

static const char *hook_why(const struct vnft_bench *b, const struct vnft_guest_ops *driver)
{
	if (!driver || !driver->hook)
		return "its network is made by others, not by a hook of ours";
	return b->life ? "the hook that makes its network was not seen" : b->life_why;
}

static const char *init_why(const struct vnft_bench *b, const struct vnft_guest_ops *driver)
{
	if (!b->life)
		return b->life_why;
	return driver && driver->holds_init ? "no exec of its first process was seen" :
	       "its driver does not know the container's first process";
}

void vnft_bench_phases(const struct vnft_bench *b, const struct vnft_type *type,
		       const struct vnft_instance *in, const struct vnft_bench_seen *seen,
		       struct vnft_results_run *s)
{
	const struct vnft_guest_ops *driver = vnft_guest_driver(type->driver);
	const struct vnft_guest_ops *ops = vnft_guest_phases_of(type);
	const enum whose whose = vnft_type_has_kernel(type) ? VM : CONTAINER;
	const struct vnft_bench_heard *heard = &seen->heard;
	const struct moment_seen all[] = {
		{ "exec", true, seen->exec_ns,
		  b->life ? "no exec of the type's process was seen" : b->life_why,
		  .whose = ANYBODY },
		{ "hook", true, seen->hook_ns, hook_why(b, driver), .whose = CONTAINER },
		{ "network", true, seen->hooked_ns, hook_why(b, driver), .whose = CONTAINER },
		{ "device", seen->born.in_kernel, seen->born.time_ns,
		  no_birth(type->topology), .whose = ANYBODY, .late_ns = seen->born.late_ns },
		{ "vcpu", true, seen->vcpu_ns,
		  !vnft_accel_is_kvm(in->accel) ? "no KVM: nothing to see" :
		  b->life ? "no kvm_entry was seen" : b->life_why, .whose = VM },
		{ "console", false, heard->byte.time_ns, said_why(heard->byte_why), .whose = VM,
		  .look = &heard->byte },
		{ "kernel", false, heard->kernel.time_ns, said_why(heard->kernel_why), .whose = VM,
		  .look = &heard->kernel },
		{ "init", false, heard->init.time_ns, said_why(heard->init_why), .whose = VM,
		  .look = &heard->init },
		{ "init", true, seen->init_ns, init_why(b, driver), .whose = CONTAINER },
		{ "console", false, heard->byte.time_ns, said_why(heard->byte_why),
		  .whose = CONTAINER, .look = &heard->byte },
		{ "returned", false, in->started_ns, "the launch did not return",
		  .role = VNFT_SPAN_ASIDE },
		{ "frame", true, seen->first_frame_ns, type->topology == VNFT_TOPOLOGY_LO ?
		  "on lo frames to the instance come in as well" :
		  "no frame of the instance was seen", .whose = ANYBODY },
		{ "arp", true, seen->first_arp_ns, "no ARP of the instance was seen",
		  .whose = ANYBODY },
		{ "rst", true, seen->first_rst_ns, "no RST of the instance was seen",
		  .role = VNFT_SPAN_END },
		{ "service", true, seen->first_synack_ns, s->service_why, .role = VNFT_SPAN_END },
	};
	const struct vnft_guest_moment *moment;
	size_t i, k;

	_Static_assert(sizeof(all) / sizeof(all[0]) + VNFT_GUEST_PHASES + STEPS <=
		       VNFT_RESULTS_PHASES, "room for every phase");
	s->launch.n = 0;
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (all[i].whose != ANYBODY && all[i].whose != whose)
			continue;
		if (!is_without(ops, all[i].name)) {
			add(&s->launch, all[i].name, all[i].from_hook, all[i].role, in->t0_ns,
			    all[i].time_ns, all[i].why);
			set_late(&s->launch.at[s->launch.n - 1], all[i].late_ns);
			set_look(&s->launch.at[s->launch.n - 1], all[i].look);
		}
		for (moment = ops ? ops->moments : NULL; moment && moment->name; moment++)
			if (!strcmp(moment->after, all[i].name))
				add_moment(&s->launch, moment, in);
		for (k = 0; k < STEPS; k++)
			if (!strcmp(steps[k].after, all[i].name))
				add_moment(&s->launch, &steps[k], in);
	}
}

void vnft_bench_endings(const struct vnft_bench *b, const struct vnft_instance *in,
			const struct vnft_bench_seen *seen, struct vnft_results_run *s)
{
	const struct moment_seen all[] = {
		{ "exit", true, seen->exit_ns,
		  in->accel == VNFT_ACCEL_XEN ? "a domain is no process of this host" :
		  b->life ? "no exit of its process was seen" : b->life_why,
		  .role = VNFT_SPAN_STEP },
		{ "gone", false, seen->gone_ns,
		  in->type->topology == VNFT_TOPOLOGY_TAP ? "device was made beforehand" :
							    "its device was not seen going",
		  .role = VNFT_SPAN_STEP, .late_ns = seen->gone_late_ns },
		{ "stopped", false, in->stopped_ns, "the teardown did not return",
		  .role = VNFT_SPAN_END },
	};
	size_t i;

	s->ending.n = 0;
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		add(&s->ending, all[i].name, all[i].from_hook, all[i].role, in->stop_ns,
		    all[i].time_ns, all[i].why);
		set_late(&s->ending.at[i], all[i].late_ns);
	}
}
