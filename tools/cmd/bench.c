/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vnftrace bench: types in, a table with intervals out.
 */
#include <errno.h>
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "../bench/config.h"
#include "../bench/session.h"
#include "../guest/guest.h"
#include "../lib/cli/option.h"
#include "../lib/cli/verb.h"
#include "../lib/host/accel.h"
#include "../lib/text/error.h"
#include "../lib/text/json.h"
#include "../lib/text/view.h"
#include "../load/load.h"
#include "../report/gates/gate.h"
#include "../report/results.h"
#include "../stat/random.h"
#include "../stat/stat.h"
#include "cmd.h"

#define MS	1000000ULL
#define S	(1000 * MS)

static const char *const stimuli[] = { "auto", "kernel", "user", "external", NULL };
static const char *const observers[] = { "auto", "bpf", "module", NULL };
static const char *const hooks[] = { "auto", "tcx", "clsact", NULL };

#define AT(field) offsetof(struct vnft_bench_config, field)
#define SWITCH(id, driver, option, parameter, kind, field, what, words, offer, text, ...) \
	{ .name = option, .type = VNFT_OPT_##kind, \
	  .offset = AT(switches.at[VNFT_SWITCH_##id].field), .arg = what, .choices = words, \
	  .complete = offer, .help = text },
static const struct vnft_opt opts[] = {
	{ .name = "types", .letter = 'T', .type = VNFT_OPT_LIST, .offset = AT(types),
	  .arg = "TYPES", .complete = "type",
	  .help = "types to measure, comma separated: names, .conf files, or all-here for every "
		  "type that can run here (default all-here)" },
	{ .name = "runs", .letter = 'r', .type = VNFT_OPT_U64, .offset = AT(runs), .arg = "N",
	  .min = 1, .max = 10000, .help = "runs per type (default @, the fewest for an interval)" },
	{ .name = "output", .letter = 'o', .type = VNFT_OPT_STRING, .offset = AT(dir),
	  .arg = "DIR", .complete = "dir",
	  .help = "new or empty directory for results.json and records (default vnft-results-ID)" },
	{ .name = "stimulus", .type = VNFT_OPT_CHOICE, .offset = AT(stimulus), .arg = "WHO",
	  .choices = stimuli,
	  .help = "who sends SYN and echo: kernel (the module), user (this process), external "
		  "(another machine behind --uplink), auto (the module where it is loaded)" },
	{ .name = "uplink", .type = VNFT_OPT_STRING, .offset = AT(uplink), .arg = "DEV",
	  .complete = "dev", .help = "with external: device to the other machine; it joins the "
				     "run's bridge for the time of the bench" },
	{ .name = "hook", .type = VNFT_OPT_CHOICE, .offset = AT(hook), .arg = "HOOK",
	  .choices = hooks, .help = "mechanism at the device (default @: tcx, else clsact)" },
	{ .name = "observer", .type = VNFT_OPT_CHOICE, .offset = AT(observer), .arg = "WHO",
	  .choices = observers,
	  .help = "who stamps: bpf, module, or auto: BPF where this kernel lets us" },
	{ .name = "cache", .type = VNFT_OPT_CHOICE, .offset = AT(cache), .arg = "STATE",
	  .choices = vnft_bench_caches,
	  .help = "image in the page cache at launch (warm), dropped from it (cold), or a row of "
		  "each (both); default @" },
	{ .name = "accel", .type = VNFT_OPT_CHOICE, .offset = AT(accel), .arg = "WHAT",
	  .choices = vnft_accel_choices,
	  .help = "what runs VMs: kvm (also where a processor is emulated, and the row says so), "
		  "tcg, or auto: KVM where hardware runs its guests, else TCG" },
	VNFT_GUEST_SWITCHES(SWITCH)
	{ .name = "syn-interval", .type = VNFT_OPT_DURATION_NS, .offset = AT(syn_interval_ns),
	  .arg = "TIME", .min = 10000, .max = 10 * S,
	  .help = "between SYNs, open loop: the resolution of instantiation (default @)" },
	{ .name = "echoes", .type = VNFT_OPT_U64, .offset = AT(echoes), .arg = "N", .min = 1,
	  .max = 1000000, .help = "echoes of each RTT measurement (default @)" },
	{ .name = "echo-interval", .type = VNFT_OPT_DURATION_NS, .offset = AT(echo_interval_ns),
	  .arg = "TIME", .min = 10000, .max = 10 * S,
	  .help = "between echoes at the fixed rate (default @)" },
	{ .name = "throughput", .type = VNFT_OPT_DURATION_NS, .offset = AT(throughput_ns),
	  .arg = "TIME", .min = 1 * S, .max = 3600 * S,
	  .help = "length of each TCP stream, whole seconds (default @)" },
	{ .name = "settle", .type = VNFT_OPT_DURATION_NS, .offset = AT(settle_ns), .arg = "TIME",
	  .max = 3600 * S, .help = "from the first RST to the reading of idle memory (default @)" },
	{ .name = "timeout", .type = VNFT_OPT_DURATION_NS, .offset = AT(timeout_ns),
	  .arg = "TIME", .min = 100 * MS, .max = 86400 * S,
	  .help = "longest wait for the first RST (default: the type's timeout_s); the service "
		  "has 30 s more" },
	{ .name = "seed", .type = VNFT_OPT_U64, .offset = AT(seed), .arg = "N",
	  .max = VNFT_SEED_MAX,
	  .help = "of the order of runs and of the intervals (default 0: from the clock)" },
	{ .name = "mtu", .type = VNFT_OPT_U64, .offset = AT(mtu_bytes), .arg = "BYTES", .min = 576,
	  .max = 65521, .help = "MTU of the host-side devices (default: as they come)" },
	{ .name = "pin-load", .type = VNFT_OPT_U64, .offset = AT(pin_load), .arg = "CPU",
	  .max = 1023, .help = "pin the stimulus to a CPU" },
	{ .name = "pin-guest", .type = VNFT_OPT_U64, .offset = AT(pin_guest), .arg = "CPU",
	  .max = 1023,
	  .help = "pin every thread of the instance to a CPU, on Xen every CPU of the domain, as "
		  "soon as it has answered" },
	{ .name = "vhost", .type = VNFT_OPT_CHOICE, .offset = AT(vhost), .arg = "WHAT",
	  .choices = vnft_bench_vhosts,
	  .help = "VMs: vhost-net where it can be had (on), virtio-net in the VMM (off), or a row "
		  "of each (both); default @" },
	{ .name = "no-offload", .type = VNFT_OPT_FLAG, .offset = AT(no_offload),
	  .help = "checksum, TSO, GSO and GRO off on the host-side devices" },
	{ .name = "no-rtt", .type = VNFT_OPT_FLAG, .offset = AT(no_rtt), .help = "leave RTT out" },
	{ .name = "no-throughput", .type = VNFT_OPT_FLAG, .offset = AT(no_throughput),
	  .help = "leave throughput out" },
	{ .name = "no-memory", .type = VNFT_OPT_FLAG, .offset = AT(no_memory),
	  .help = "leave memory out, and the wait before it" },
	{ .name = "no-reference", .type = VNFT_OPT_FLAG, .offset = AT(no_reference),
	  .help = "leave the reference of the host beside each run out: compare cannot tell the "
		  "host's change from a type's then" },
	{ .name = "keep", .type = VNFT_OPT_FLAG, .offset = AT(keep),
	  .help = "leave the first instance that fails, and its namespace, for a look; the bench "
		  "ends with that run, and says how to enter and how to end it" },
	VNFT_GATES_OPTS(struct vnft_bench_config, gates,
			"exit with 3 when this holds of a row or cannot be known, as in "
			"'first_rst.p50 > 50ms'; may be given several times", 0),
	VNFT_GATES_SURE_OPT(struct vnft_bench_config, gates),
	{ 0 }
};

static const char *const examples[] = {
	"vnftrace bench -T container.crun,minilinux.kvm -r 6 -o results\ttwo rows with intervals",
	"vnftrace bench -T all-here -r 10 -o results\tall that can run here, in random order",
	"vnftrace bench -r 1 --no-throughput\ta first look at it",
	"vnftrace bench -T tinyx.xen --xen-machine both --xen-script stock,minimal\tfour rows of "
	"one type",
	"vnftrace bench -T container.crun -r 20 --fail-if 'first_rst > 80ms' --junit gates.xml\t"
	"for a CI: exit code 3 when it takes longer",
	"vnftrace report results\tthe same table again, from the directory", NULL
};

static int check_usage(const struct vnft_bench_config *c)
{
	if (c->stimulus == VNFT_STIMULUS_EXTERNAL && !c->uplink)
		return vnft_fail(-EINVAL,
				 "--stimulus external: name the device to the other machine "
				 "with --uplink DEV");
	if (c->hook && c->observer == VNFT_OBSERVER_MODULE)
		return vnft_fail(-EINVAL,
				 "--hook chooses BPF's mechanism: not with --observer module");
	if (c->uplink && c->stimulus != VNFT_STIMULUS_EXTERNAL)
		return vnft_fail(-EINVAL, "--uplink: only with --stimulus external");
	return vnft_guest_check_switches(&c->switches);
}

/* Judge and print; results.json itself has no gates. 0, or negative errno after vnft_fail(). */
static int finish(const struct vnft_bench_config *config, json_t *results,
		  struct vnft_gates *gates)
{
	int err = vnft_gates_judge(gates, results, NULL);

	if (err)
		return err;
	vnft_gates_named(gates);
	if (config->common.json) {
		vnft_gates_into(gates, results);
		vnft_json_print(results, vnft_view_stream(), JSON_INDENT(2));
		/* What follows on stderr is no second value. */
		vnft_view_printed = true;
	} else {
		vnft_report_table(vnft_view_stream(), results);
		vnft_gates_print(gates);
	}
	return 0;
}

static int run(const void *arg, int argc, char **argv)
{
	const struct vnft_bench_config *config = arg;
	struct vnft_gates *gates = NULL;
	json_t *results = NULL;
	enum vnft_exit code;
	int err;

	err = check_usage(config);
	if (!err)
		err = vnft_gates_begin(&gates, &config->gates, false);
	if (!err)
		err = vnft_bench_need_caps(config->observer == VNFT_OBSERVER_MODULE);
	if (err) {
		vnft_gates_drop(gates);
		return vnft_exit_code(err);
	}
	code = vnft_bench_session(config, &results);
	if (!results) {
		vnft_gates_drop(gates);
		return code;
	}
	err = finish(config, results, gates);
	json_decref(results);
	if (!err)
		return vnft_gates_end(gates, code);
	vnft_gates_drop(gates);
	return vnft_exit_code(err);
}

const struct vnft_cmd vnft_cmd_bench = {
	.name = "bench",
	.summary = "measure virtualization types: instantiation, RTT, throughput, image, memory",
	.args = "",
	.text =
	"Brings instances of each type up and down and measures them from inside the kernel: "
	"time from launch to the first RST (and to the first SYN-ACK of the workload), its "
	"phases, teardown, RTT (flood and fixed rate), TCP throughput both ways and 64-byte "
	"packets per second, image size and memory. Runs are made in rounds: each has one of "
	"every row, in random order, and before each run a small fixed instance, the reference, "
	"is launched and pinged, so that compare can tell a change of the host from one of a "
	"type (--no-reference leaves it out). "
	"They live in a network namespace of their own, vnft-ID, unless a daemon that already "
	"runs makes its devices in the host's.\n\n"
	"With the module loaded, its timer in the kernel sends SYNs and fixed-rate echoes. A "
	"thread always sends the flood, because its replies pace it. In results.json every "
	"measurement says who sent (\"stimulus\"), and the manifest says who stamped "
	"(\"observer\"). The module as observer sees no processes: the phases exec and vcpu are "
	"null then.\n\n"
	"The directory receives results.json, written again after every run, and records, the "
	"raw stamps that `vnftrace report` reads again. What the console of run N said, its last "
	"MiB, is in console-N: text, whatever a guest may send, and for its owner alone. While it "
	"launches, its first byte, and of a VM the first lines of kernel and init, are phases. "
	"docs/method.md defines every number; `vnftrace report --schema` prints the keys of "
	"results.json.\n\n"
	"Beside each number stands its bound, as in \"-2.40 ms +31 ns\": so far the truth may lie "
	"below and above it, because of the method and not by chance. It is the sum of named "
	"parts. Most of an instantiation's is the interval of the SYNs (--syn-interval). What is "
	"this host's is measured before the first run, in 0.2 s; a table shows which part is the "
	"largest.\n\n"
	"The directory is taken before anything else is done: it is new or empty, no other "
	"bench writes in it, and no other user may. Results are never overwritten, so there is "
	"no --force for it. A full disk, or anything else that keeps the raw stamps from being "
	"written, ends the bench at once with exit code 1: results.json has the runs that were "
	"finished before. After kill -9 it has them too, and of records the last second may be "
	"missing; `vnftrace report` says so.\n\n"
	"Xen: rows of driver xen are measured in dom0, in the host's network namespace, where "
	"netback makes its devices. --xen-machine and --xen-script vary the kind of domain and "
	"the hotplug script, --cache the image's page cache; rows multiply, and each says what "
	"it is, as in \"tinyx.xen (xl, pvh, minimal)\". What only userspace can see of a launch "
	"(changes in xenstore) is a phase on the same clock, marked so. SYNs that netback keeps "
	"until the guest has connected are answered late, each by its own RST: a sentence below "
	"the phases says how many waited, and how long.\n\n"
	"KVM is tried by a loop in a vCPU before it is taken. Where that says that the processor "
	"is emulated, VMs run by TCG; --accel kvm takes KVM all the same, and the row says \"kvm "
	"(emulated SVM)\". Its numbers are those of the emulator. Where no vCPU runs at all, that "
	"is exit 4.\n\n"
	"An instance that crashes or is destroyed while it is measured ends its run at once, and "
	"the run's reason says during which measurement.\n\n"
	"With --keep the first instance that fails is left as it was when its run ended: its "
	"process, devices and namespace, and its files in /run/vnftrace/ID. Only our programs are "
	"taken off its devices. The last lines of output say how to enter and which files to read. "
	"`vnftrace status` lists what is kept and the next bench mentions it; nothing ends it but "
	"`vnftrace detach --kept`, or --all.\n\n"
	"What else the host did stands beside each run: load, pressure, steal, frequency, idle "
	"states, interrupts, other VMs. A run is disturbed when tasks of others took more than "
	"20 % of the time of the CPUs that the tool may use, or the hypervisor 2 %. Its numbers "
	"count, and the row says how many runs were. `taskset` tells the tool its CPUs.\n\n"
	"With --stimulus external the SYN or ping flood comes from another machine behind "
	"--uplink; everything is still stamped here. The other machine takes the third address "
	"of the run's subnet, which the first line of output names.\n\n"
	VNFT_GATES_TEXT "\n\n"
	"Every wait has an end: --timeout for the first RST, 30 s more for the service, 20 s "
	"beyond its length for a stream, 2 s after the last echo. Exit 3: a run was lost or "
	"invalid, no run of a row has a measurement that was asked for, a type cannot run "
	"here, or a gate failed; 4: none can, and nothing is written.",
	.examples = examples,
	.opts = opts,
	.config_bytes = sizeof(struct vnft_bench_config),
	.defaults = &vnft_bench_defaults,
	.run = run,
};
