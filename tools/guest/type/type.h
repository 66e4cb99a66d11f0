/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A virtualization type: what its file (types/NAME.conf) says, checked. docs/types.md describes the
 * file.
 */
#ifndef VNFT_GUEST_TYPE_H
#define VNFT_GUEST_TYPE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../lib/host/accel.h"

#define VNFT_TYPE_NAME_LEN 64

struct vnft_record;

/*
 * How the instance hangs from the host: X(id, word in a file, what it is). A vif's toolstack names
 * it (vifDOMID.0) and makes it in the host's first network namespace.
 */
#define VNFT_TOPOLOGIES(X) \
	X(TAP, "tap", "a tap made beforehand, with the host's address on it") \
	X(TAP_LAUNCH, "tap-launch", "a tap made at launch, on the run's bridge") \
	X(VETH, "veth", "a veth pair made at launch, its host's end on the run's bridge") \
	X(VIF, "vif", "a vif made at launch, put on the run's bridge by a script") \
	X(NETKIT, "netkit", "a netkit pair made at launch, its host's end on the run's bridge") \
	X(MACVLAN, "macvlan", "a macvlan made at launch, the instance's own end; frames are " \
	  "stamped at the host's own macvlan on the same device") \
	X(MACVTAP, "macvtap", "a macvtap made at launch, the guest's own end; frames are " \
	  "stamped at the host's own macvlan on the same device") \
	X(LO, "lo", "the loopback device of the host's own stack: both ends of each frame's way")

#define VNFT_TOPOLOGY_ID(id, ...) VNFT_TOPOLOGY_##id,
enum vnft_topology {
	VNFT_TOPOLOGIES(VNFT_TOPOLOGY_ID)
};
#undef VNFT_TOPOLOGY_ID

/**
 * enum vnft_answerer - how to tell who answered a SYN (docs/method.md, "Who answered")
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
 * enum vnft_kernel - whose command line "append" is
 * @VNFT_KERNEL_ANY: the guest's own: not a word of ours stands in it
 * @VNFT_KERNEL_LINUX: Linux's: a driver may add words that it needs on this host
 */
enum vnft_kernel {
	VNFT_KERNEL_ANY,
	VNFT_KERNEL_LINUX,
};

/**
 * enum vnft_workload - what the instance serves: what throughput is measured with
 * @VNFT_WORKLOAD_NONE: nothing, and there is no throughput
 * @VNFT_WORKLOAD_IPERF3: an iperf3 server
 * @VNFT_WORKLOAD_IPERF2: an iperf 2 server, as lwIP has one
 * @VNFT_WORKLOAD_TCP: no protocol: one port reads all, another may send without end
 */
enum vnft_workload {
	VNFT_WORKLOAD_NONE,
	VNFT_WORKLOAD_IPERF3,
	VNFT_WORKLOAD_IPERF2,
	VNFT_WORKLOAD_TCP,
};

/**
 * struct vnft_type - a type file, checked
 * @name: file name without .conf
 * @title: for the table
 * @driver: name of one of vnft_guest_drivers[]
 * @virtualization: one of vnft_virtualizations[]
 * @image: disk image or root file system, an absolute path; "" if none. So are @kernel and @initrd.
 * @append: kernel command line, with @FIELD@s (expand.c)
 * @command: exec: what starts an instance; docker, oci: the workload. sh words, with @FIELD@s
 * @config: exec alone: what stands in the file that its command reads as @CONFIG@; with @FIELD@s
 * @teardown: exec alone: command line that ends it; "" for SIGTERM
 * @machine: libvirt: machine type; xen: "pv" or "pvh"
 * @transport: libvirt alone: how disk and network are attached, one of vnft_transports[]; "": as
 *	the machine has it
 * @console: libvirt alone: one of vnft_consoles[]
 * @console_init: VMs: what is in the first line of its first process on the console; "": the lines
 *	of the kernel before it tell
 * @qemu_args: libvirt alone: more arguments for QEMU. sh words, with @FIELD@s
 * @vif: xen alone: what else stands in the vif's configuration, as xl has it, with @FIELD@s
 * @script: xen alone: hotplug script of the vif: "stock" (the toolstack's own), "minimal" (ours),
 *	or a path
 * @runtime: oci: program (crun, runc); docker: HostConfig.Runtime
 * @process: comm of the VMM or runtime whose exec is a phase
 * @build: command that makes the missing image
 * @needs: what users must bring themselves, as a sentence, where no command makes it
 * @timeout_s: an instance that has not answered by then has failed
 * @port: workload's TCP port (service-ready, throughput), 0 for none
 * @source_port: workload tcp alone: port that sends to whoever connects; 0 for none
 * @accel: what shall run its instructions: no word of its file, but of who measures it
 */
struct vnft_type {
	char name[VNFT_TYPE_NAME_LEN];
	char title[64];
	char driver[16];
	char virtualization[16];
	char image[512], kernel[512], initrd[512];
	char append[512], command[1024], config[1024], teardown[512];
	char machine[32], transport[8], console[8], console_init[64], qemu_args[512];
	char vif[256], script[256], runtime[64], process[16], build[128], needs[256];
	enum vnft_topology topology;
	enum vnft_answerer answerer;
	enum vnft_kernel kernel_is;
	enum vnft_workload workload;
	uint32_t memory_mib, vcpus, timeout_s;
	uint16_t port, source_port;
	enum vnft_accel_choice accel;
};

/**
 * vnft_type_load() - read a type file
 * @name: a type, or a path to a .conf file
 *
 * Return: 0, or negative errno after vnft_fail("FILE:LINE: ...").
 */
int vnft_type_load(struct vnft_type *type, const char *name);
/* Every type in the types directory, by name; stops at the first non-zero return. */
int vnft_type_each(int (*fn)(const struct vnft_type *type, int err, void *arg), void *arg);

/* What can stand behind "virtualization", "transport" and "console"; NULL-terminated. */
extern const char *const vnft_virtualizations[], *const vnft_transports[];
extern const char *const vnft_consoles[];
/* The words of enum vnft_topology, NULL-terminated; and what one is, for a row. */
extern const char *const vnft_topologies[];
extern const char *const vnft_topologies_say[];
bool vnft_type_is_container(const struct vnft_type *type);
/* A kernel of its own. Without one there is no default of memory and processors either. */
bool vnft_type_has_kernel(const struct vnft_type *type);
/* A VM of KVM or TCG, whichever it is. */
bool vnft_type_is_vm(const struct vnft_type *type);
/* What would run its instructions on this host; returns as vnft_accel_choose(). */
int vnft_type_accel(const struct vnft_type *type, enum vnft_accel *accel);

/* The words of enum vnft_kernel; NULL-terminated. */
extern const char *const vnft_kernels[];

/* The words of enum vnft_workload; NULL-terminated. */
extern const char *const vnft_workloads[];

/* The words of enum vnft_answerer; NULL-terminated. */
extern const char *const vnft_answerers[];
/* Was this RST sent by somebody else than an instance of which @answerer holds? */
bool vnft_answer_is_foreign(enum vnft_answerer answerer, const struct vnft_record *rst);

#endif
