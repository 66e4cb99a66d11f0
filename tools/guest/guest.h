/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A driver knows how to bring an instance of a type (type/type.h) up and down. Nobody outside this
 * folder knows libvirt or Docker: what differs between drivers stands in this vtable.
 *
 * Life of an instance, all calls from one thread that already is in the instance's home namespace:
 *   prepare   all that is not instantiation: connect, define, create, capability probes, daemons
 *   start     t0 is stamped inside, right before the call that counts (docs/method.md)
 *   ...       measured
 *   stop      teardown: returns when the instance's processes are gone
 *   release   undo prepare; also after a failed prepare or start; never fails, may be called twice
 * Of an instance that is kept for a look (bench --keep) neither stop nor release is called: it has
 * to outlive the process, and what was noted in the journal ends it.
 */
#ifndef VNFT_GUEST_GUEST_H
#define VNFT_GUEST_GUEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "../lib/host/accel.h"
#include "../lib/run/held.h"
#include "../lib/undo/journal.h"
#include "switch.h"
#include "type/type.h"

#define VNFT_GUEST_PHASES 4
/* Of what a console says no more is kept: the last of it. */
#define VNFT_GUEST_CONSOLE_BYTES (1U << 20)

/**
 * struct vnft_place - where an instance is put
 * @journal: to note objects in
 * @name: of the instance, unique: "vnft-ID-N"
 * @device: TAP: exists already; TAP_LAUNCH, VETH: the name to give the host-side device, if the
 *	driver can choose it; VIF: "", its toolstack names it
 * @bridge: all but TAP: exists, has the host's address; "" otherwise
 * @netns: name of the home namespace, "" for the host's
 * @host_ipv4: network order; so is @guest_ipv4
 * @prefix: length of their network's prefix: 30, or 29 when the stimulus comes from another
 *	machine; 0 is read as 30
 * @vhost: VMs: vhost-net where the host has it
 * @cold: drop the page cache of the images before
 */
struct vnft_place {
	struct vnft_journal *journal;
	char name[32];
	char device[16];
	char bridge[16];
	char netns[32];
	uint32_t host_ipv4, guest_ipv4;
	uint8_t prefix;
	uint8_t guest_mac[6], host_mac[6];
	bool vhost;
	bool cold;
};

/**
 * struct vnft_guest_phase - a moment of the launch that only the driver can see
 * @name: of one of its vnft_guest_moment
 * @time_ns: CLOCK_MONOTONIC, stamped in userspace; 0 if it was not seen, then @why says so
 */
struct vnft_guest_phase {
	const char *name;
	uint64_t time_ns;
	char why[96];
};

/**
 * struct vnft_instance - filled in by the driver
 * @t0_ns: CLOCK_MONOTONIC right before the call that counts
 * @exec_by_ns: when making the process returned to us. No bound of its exec: the kernel may stamp
 *	sched_process_exec later. 0: nothing of ours is exec'd (a daemon or library is called)
 * @started_ns: right after it returned
 * @create_ns: duration of create, where that is a part of prepare that users may want to know; else
 *	0
 * @stop_ns: CLOCK_MONOTONIC at the begin of the teardown
 * @stopped_ns: and when nothing of the instance was left
 * @device: host-side device, as soon as it is known
 * @process: VMM or container init, none while unknown; verified to be the instance's
 * @cgroup: memory cgroup directory, "" if none
 * @accel: what really ran it
 * @phase: what the driver saw, in any order; complete after ops->phases()
 * @phases: how many there are
 * @priv: the driver's own
 */
struct vnft_instance {
	const struct vnft_type *type;
	struct vnft_place place;
	uint64_t t0_ns, exec_by_ns, started_ns, create_ns, stop_ns, stopped_ns;
	char device[16];
	struct vnft_held process;
	char cgroup[256];
	enum vnft_accel accel;
	struct vnft_guest_phase phase[VNFT_GUEST_PHASES];
	unsigned int phases;
	void *priv;
};

/**
 * struct vnft_memory - memory of an instance; 0 with its @why set where it could not be read
 * @tool_bytes: as `top` (RSS), `docker stats` or the toolstack shows it
 */
struct vnft_memory {
	uint64_t tool_bytes, pss_bytes, cgroup_bytes;
	char tool_why[96], pss_why[96], cgroup_why[96];
};

/**
 * struct vnft_guest_console - what an instance's console said (parts.h has the means to fill it)
 * @text: the last @bytes of it, whatever they are; for the caller to free(). NULL: nothing
 * @said_bytes: all of it
 */
struct vnft_guest_console {
	char *text;
	size_t bytes;
	uint64_t said_bytes;
};

/**
 * struct vnft_guest_console_file - where a console can be read while it speaks
 * @path: file that takes what it says, which need not be there yet; "": there is none
 * @mixed: what a VMM says stands in it as well
 * @why: why there is none, or why it never came
 */
struct vnft_guest_console_file {
	char path[256];
	bool mixed;
	char why[96];
};

/**
 * struct vnft_guest_own - what a type file may say with one driver alone
 * @key: of the file, or "@FIELD@", in any of its texts
 * @value: NULL: whatever it says
 */
struct vnft_guest_own {
	const char *key, *value;
};

/**
 * struct vnft_guest_moment - a phase that only one driver can stamp
 * @name: of the phase
 * @after: the phase of docs/method.md that it follows in tables
 * @seen_in: where it is looked for, to say why a driver that does not look there has none
 */
struct vnft_guest_moment {
	const char *name, *after, *seen_in;
};

/**
 * struct vnft_guest_ops - a driver; what may be NULL says so
 * @virtualization: the only one that it runs; NULL: any
 * @own: NULL or: what no file of another driver may say; ended by a NULL key
 * @check_type: what a file of this driver must say, and the driver's own defaults: 0, or -EBADMSG
 *	after vnft_fail("what is wrong: what is allowed") without file and line
 * @appends: NULL, or: the words that it adds to a type's "append" on this host; NULL for none
 * @check_switches: NULL, or: can the switches of this driver be what they are? 0, or -EINVAL after
 *	vnft_fail()
 * @variants: NULL, or: call @each for every type that the switches make of @type, itself if they
 *	make none; stops at the first non-zero return and returns that
 * @undo_kind: NULL, or: first word of an object's line in the journal (lib/undo)
 * @undo: with @undo_kind: undo such an object of a dead session; the rest of the line is given.
 *	What is gone already is a success; 0, or negative errno after vnft_fail()
 * @moments: NULL, or: phases that only this driver stamps, at most VNFT_GUEST_PHASES, in the order
 *	of tables; ended by a NULL name. Types of its @virtualization have them, without a stamp,
 *	also where a driver of any virtualization runs them
 * @holds_init: of containers: an instance's @process is the container's first
 * @hook: NULL, or: program of ours that gives an instance its network, within the launch
 * @without: NULL, or: phases of docs/method.md that these types cannot have
 * @check: can this type run here? 0, or -EOPNOTSUPP after vnft_fail("what is missing: command that
 *	fixes it"). Cheap enough for `vnftrace types`
 * @vhost: NULL (none), or: would instances of this type have vhost-net on this host, if their place
 *	lets them? Cheap
 * @wants_host_netns: NULL, or: are devices made in the host's namespace? The driver's daemon
 *	already runs there, or the kernel makes them there
 * @device_fix: NULL, or: who has to do what, where a device is missing, or not where it has to be
 * @prepare: see above; so are @start, @stop and @release
 * @ended: NULL (then: has @process ended?), or: is the instance gone, crashed or shut down? Cheap,
 *	called every few milliseconds
 * @pin: NULL (then: every thread of @process), or: let all that it computes run on this CPU of the
 *	host; after the first answer
 * @phases: NULL, or: take what was seen of the launch into in->phase; after the first answer
 * @memory: 0, or negative errno after vnft_fail()
 * @available_bytes: NULL (then: MemAvailable of the host), or: memory that is left for instances; 0
 *	unknown
 * @setup: NULL, or: what of this row could have been otherwise, for results.json, such as
 *	{"machine": "pv"}; new reference, NULL if out of memory
 * @last_words: NULL, or: what an instance that never answered said last (console, VMM), as one line
 *	for the error; "" if nothing is known. Between start (also a failed one) and stop
 * @console: NULL, or: add what its console has said so far and what its VMM or workload has printed
 *	to @to, which is empty. Between start (also a failed one) and stop, but not while it is
 *	measured: it may take a second. 0, or negative errno after vnft_fail()
 * @console_file: NULL (it cannot be read in a launch), or: where its console, or what its workload
 *	prints, can be read from @start on. Between prepare and start
 * @manifest: versions of what it uses; new reference
 */
struct vnft_guest_ops {
	const char *name;

	const char *virtualization;
	const struct vnft_guest_own *own;
	int (*check_type)(struct vnft_type *type);
	const char *(*appends)(const struct vnft_type *type);
	int (*check_switches)(const struct vnft_guest_switches *switches);
	int (*variants)(const struct vnft_type *type, const struct vnft_guest_switches *switches,
			int (*each)(const struct vnft_type *type, void *arg), void *arg);
	const char *undo_kind;
	int (*undo)(const char *rest);
	const struct vnft_guest_moment *moments;
	const char *const *without;
	bool holds_init;
	const char *hook;

	int (*check)(const struct vnft_type *type);
	bool (*vhost)(const struct vnft_type *type);
	bool (*wants_host_netns)(const struct vnft_type *type);
	const char *(*device_fix)(const struct vnft_type *type);
	int (*prepare)(struct vnft_instance *in);
	int (*start)(struct vnft_instance *in);
	bool (*ended)(struct vnft_instance *in);
	int (*pin)(struct vnft_instance *in, uint32_t cpu);
	void (*phases)(struct vnft_instance *in);
	int (*memory)(struct vnft_instance *in, struct vnft_memory *memory);
	uint64_t (*available_bytes)(void);
	json_t *(*setup)(const struct vnft_type *type);
	void (*last_words)(struct vnft_instance *in, char *to, size_t bytes);
	int (*console)(struct vnft_instance *in, struct vnft_guest_console *to);
	void (*console_file)(const struct vnft_instance *in, struct vnft_guest_console_file *to);
	int (*stop)(struct vnft_instance *in);
	void (*release)(struct vnft_instance *in);
	json_t *(*manifest)(const struct vnft_type *type);
};

/* All drivers, NULL-terminated, and by name (NULL if there is none). */
extern const struct vnft_guest_ops *const vnft_guest_drivers[];
const struct vnft_guest_ops *vnft_guest_driver(const char *name);
/*
 * The reference of a bench (docs/method.md, "Reference"): no type that anybody can name, and a
 * driver that is not among the others.
 */
extern const struct vnft_guest_ops vnft_guest_reference;
void vnft_guest_reference_type(struct vnft_type *type);
/* Numbers of references of different versions have nothing to do with each other. */
#define VNFT_REFERENCE_VERSION	2
/* Once, before any sweep: registers how to undo the drivers' objects (lib/run). */
void vnft_guest_init(void);

/*
 * The driver whose @moments and @without a type has: its own, or, if that one runs any
 * virtualization, one that knows the type's. NULL: the phases of docs/method.md.
 */
const struct vnft_guest_ops *vnft_guest_phases_of(const struct vnft_type *type);

/* switches.c: can all switches be what they are? 0, or -EINVAL after vnft_fail(). */
int vnft_guest_check_switches(const struct vnft_guest_switches *switches);
/*
 * A switch that switches nothing is a mistake of whoever typed it. @has: is there a type of this
 * driver? Return: 0, or -EINVAL after vnft_fail() where a switch is set and there is none of its
 * driver.
 */
int vnft_guest_need_drivers(const struct vnft_guest_switches *switches,
			    bool (*has)(const char *driver, void *arg), void *arg);
/* Add them to results.json's parameters. */
void vnft_guest_switches_json(const struct vnft_guest_switches *switches, json_t *to);

#endif
