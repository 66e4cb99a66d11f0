/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A virtualization type is a file (types/NAME.conf); a driver knows how to bring an instance of it
 * up and down. bench knows neither libvirt nor Docker, only this vtable.
 *
 * Life of an instance, all calls from one thread that already is in the instance's home namespace:
 *   prepare   all that is not instantiation: connect, define, create, capability probes, daemons
 *   start     t0 is stamped inside, right before the call that counts (docs/method.md)
 *   ...       measured
 *   stop      teardown: returns when the instance's processes are gone
 *   release   undo prepare; also after a failed prepare or start; never fails, may be called twice
 */
#ifndef VNFT_GUEST_GUEST_H
#define VNFT_GUEST_GUEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "../lib/host/accel.h"
#include "../lib/run/run.h"

#define VNFT_TYPE_NAME_LEN 64
#define VNFT_GUEST_PHASES 4

/**
 * enum vnft_topology - how the instance hangs from the host
 * @VNFT_TOPOLOGY_TAP: a tap made beforehand, host address on it, no bridge
 * @VNFT_TOPOLOGY_TAP_LAUNCH: a tap made at launch by the driver, on the run's bridge
 * @VNFT_TOPOLOGY_VETH: a veth made at launch by the driver, on the run's bridge
 * @VNFT_TOPOLOGY_VIF: a vif that Xen's toolstack makes at launch, put on the run's bridge by its
 * hotplug
 *	script; vifDOMID.0, in the kernel's first network namespace
 */
enum vnft_topology {
	VNFT_TOPOLOGY_TAP,
	VNFT_TOPOLOGY_TAP_LAUNCH,
	VNFT_TOPOLOGY_VETH,
	VNFT_TOPOLOGY_VIF,
};

/**
 * enum vnft_answerer - how to tell who answered a SYN (method.md: "who answered matters")
 * @VNFT_ANSWER_ANY: only the instance can
 * @VNFT_ANSWER_LINUX: RST with DF set and IP id 0
 * @VNFT_ANSWER_GVISOR: RST with DF clear
 */
enum vnft_answerer {
	VNFT_ANSWER_ANY,
	VNFT_ANSWER_LINUX,
	VNFT_ANSWER_GVISOR,
};

/**
 * struct vnft_type - a type file, checked; strings live as long as the type
 * @name: file name without .conf
 * @title: for the table
 * @driver: "libvirt", "docker", "oci", "xen", "exec"
 * @virtualization: "kvm", "xen", "container"
 * @image: disk image or root file system; absolute after loading, $VNFT_CACHE/images/ in front of
 *         relative paths; "" if none. @kernel, @initrd likewise.
 * @append: kernel command line; @ADDR@ @PEER@ @MASK@ @MAC@ @PORT@ are filled in
 * @command: exec: command line (sh words, same fields and @NAME@ @DEV@ @MEMORY_MIB@);
 *           oci, docker: the workload's
 * @teardown: exec: command line that ends it; "" for SIGTERM
 * @machine: libvirt: machine type; xen: "pv" or "pvh"
 * @script: xen: hotplug script of the vif: "stock" (the toolstack's own), "minimal" (ours), or a
 * path
 * @runtime: oci: program (crun, runc); docker: HostConfig.Runtime
 * @process: comm of the VMM or runtime whose exec is a phase
 * @port: workload's TCP port (service-ready, iperf3), 0 for none
 * @build: command that makes the missing image
 * @needs: what the user must bring himself, as a sentence, where no command makes it
 */
struct vnft_type {
	char name[VNFT_TYPE_NAME_LEN];
	char title[64];
	char driver[16];
	char virtualization[16];
	char image[512], kernel[512], initrd[512];
	char append[512], command[1024], teardown[512];
	char machine[32], script[256], runtime[64], process[16], build[128], needs[256];
	enum vnft_topology topology;
	enum vnft_answerer answerer;
	uint32_t memory_mib, vcpus, timeout_s;
	uint16_t port;
	bool iperf3;		/* workload is an iperf3 server */
};

/**
 * struct vnft_place - where an instance is put
 * @run: to note objects in
 * @name: of the instance, unique: "vnft-ID-N"
 * @device: TAP: exists already; TAP_LAUNCH, VETH: the name to give the host-side device if the
 * driver
 *          can choose it
 * @bridge: TAP_LAUNCH, VETH: exists, has the host's address; "" otherwise
 * @netns: name of the home namespace, "" for the host's
 * @host_ipv4, @guest_ipv4: network order
 * @prefix: 30, or 29 when the stimulus comes from another machine; 0 is read as 30
 */
struct vnft_place {
	struct vnft_run *run;
	char name[32];
	char device[16];
	char bridge[16];
	char netns[32];
	uint32_t host_ipv4, guest_ipv4;
	uint8_t prefix;
	uint8_t guest_mac[6], host_mac[6];
	bool vhost;
	bool cold;		/* drop the page cache of the images before */
};

/**
 * struct vnft_guest_phase - a moment of the launch that only the driver can see (a xenstore change)
 * @name: a word; static
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
 * @started_ns: right after it returned
 * @create_ns: duration of create (prepare's part that users may want to know), 0 if none
 * @device: host-side device, as soon as it is known
 * @pid: VMM or container init, 0 while unknown
 * @cgroup: memory cgroup directory, "" if none
 * @accel: what really ran it
 * @domid: Xen's number of the domain, 0 if it is none or not known
 * @phase: what the driver saw, in the order of a launch; complete after ops->phases()
 * @priv: the driver's
 */
struct vnft_instance {
	const struct vnft_type *type;
	struct vnft_place place;
	uint64_t t0_ns, started_ns, create_ns, stop_ns, stopped_ns;
	char device[16];
	pid_t pid;
	char cgroup[256];
	enum vnft_accel accel;
	uint32_t domid;
	struct vnft_guest_phase phase[VNFT_GUEST_PHASES];
	unsigned int phases;
	void *priv;
};

/**
 * struct vnft_memory - memory of an instance; 0 with why[0] set where it could not be read
 * @tool_bytes: as `top` (RSS), the runtime or `xl list` shows it
 */
struct vnft_memory {
	uint64_t tool_bytes, pss_bytes, cgroup_bytes;
	char pss_why[96], cgroup_why[96];
};

/**
 * struct vnft_guest_ops - a driver
 * @check: can this type run here? 0, or -EOPNOTSUPP after vnft_fail("what is missing: command that
 *         fixes it"). Cheap enough for `vnftrace types`.
 * @last_words: NULL or: what an instance that never answered said last (console, VMM), as one line
 * for the
 *          error; "" if nothing is known. Between start (also a failed one) and stop.
 * @wants_host_netns: devices are made in the host's namespace: the driver's daemon already runs
 * outside, or
 *        the kernel makes them there (netback)
 * @ended: NULL (then: has @pid ended?) or: is the instance gone, crashed or shut down? Cheap,
 * called every
 *        few milliseconds
 * @pin: NULL (then: every thread of @pid) or: let all that it computes run on this CPU of the host;
 * after the first answer
 * @phases: NULL or: take what was seen of the launch into in->phase; after the first answer
 * @available_bytes: NULL (then: MemAvailable of the host) or: memory that is left for instances; 0
 * unknown
 * @setup: NULL or: what of this row could have been otherwise, for results.json: {"toolstack":
 * "xl",
 *        "machine": "pv", "script": "minimal"}; new reference, NULL if out of memory
 * @manifest: versions of what it uses, new reference
 */
struct vnft_guest_ops {
	const char *name;
	int (*check)(const struct vnft_type *type);
	bool (*wants_host_netns)(const struct vnft_type *type);
	int (*prepare)(struct vnft_instance *in);
	int (*start)(struct vnft_instance *in);
	bool (*ended)(struct vnft_instance *in);
	int (*pin)(struct vnft_instance *in, uint32_t cpu);
	void (*phases)(struct vnft_instance *in);
	int (*memory)(struct vnft_instance *in, struct vnft_memory *memory);
	uint64_t (*available_bytes)(void);
	json_t *(*setup)(const struct vnft_type *type);
	void (*last_words)(struct vnft_instance *in, char *to, size_t bytes);
	int (*stop)(struct vnft_instance *in);
	void (*release)(struct vnft_instance *in);
	json_t *(*manifest)(const struct vnft_type *type);
};

/* All drivers, NULL-terminated, and by name (NULL if there is none). */
extern const struct vnft_guest_ops *const vnft_guest_drivers[];
const struct vnft_guest_ops *vnft_guest_driver(const char *name);
/* Once, before anything else: registers how to undo domains and containers (run.h). */
void vnft_guest_init(void);

/*
 * @name: a type, or a path to a .conf file. 0, or negative errno after vnft_fail("FILE:LINE: ...").
 */
int vnft_type_load(struct vnft_type *type, const char *name);
/* Every type in the types directory, by name; stops at the first non-zero return. */
int vnft_type_each(int (*fn)(const struct vnft_type *type, int err, void *arg), void *arg);
/* Fill @FIELD@ in @text for an instance; -EINVAL for an unknown field, -E2BIG. */
int vnft_type_expand(const char *text, const struct vnft_instance *in, char *to, size_t bytes);

/* PSS and RSS of a process and its descendants, in bytes; 0 or negative errno after vnft_fail(). */
int vnft_process_memory(pid_t pid, uint64_t *rss_bytes, uint64_t *pss_bytes);

#endif
