/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every key of results.json that this version writes. docs/method.md defines the numbers.
 */
#include "keys.h"

#include "../guest/switch.h"

const char *const vnft_key_type_words[VNFT_KEY_TYPES] = {
	[VNFT_KEY_COUNT] = "a number from 0 to 1e18", [VNFT_KEY_DELTA] = "a number",
	[VNFT_KEY_SEED] = "a whole number from 0", [VNFT_KEY_REAL] = "a number from 0 to 1e18",
	[VNFT_KEY_CPU] = "the number of a CPU",
	[VNFT_KEY_BOOL] = "true or false", [VNFT_KEY_LINE] = "a text of one line",
	[VNFT_KEY_TEXT] = "a text", [VNFT_KEY_PAIR] = "[low, high]",
	[VNFT_KEY_SAMPLES] = "an array of numbers", [VNFT_KEY_TEXTS] = "an array of texts",
	[VNFT_KEY_OBJECT] = "an object", [VNFT_KEY_OBJECTS] = "an array of objects",
	[VNFT_KEY_COUNTS] = "an object of numbers", [VNFT_KEY_WORDS] = "an object of texts",
	[VNFT_KEY_PAIRS] = "an object of [low, high]",
};

#define NUL VNFT_KEY_NULL
#define REQ VNFT_KEY_REQUIRED
#define K(path, type, unit, flags, what) { path, VNFT_KEY_##type, unit, flags, what }

/* Parameters that are a driver's: what bench can vary (tools/guest/switch.h). */
#define TYPE_OF_CHOICE	VNFT_KEY_LINE
#define TYPE_OF_LIST	VNFT_KEY_TEXTS
#define SWITCH(id, driver, option, parameter, kind, field, arg, choices, complete, help, about) \
	{ PARAM "." parameter, TYPE_OF_##kind, "", 0, about },

/* Members that stand under several parents. */
#define BOUND(at, unit)									\
	K(at "_bound_" unit, PAIR, unit, NUL, "so far the truth may lie below, above"),	\
	K(at "_bound_parts_" unit, PAIRS, unit, 0, "what that consists of, by part")
#define SPREAD(at, unit, what)								\
	K(at ".median_" unit, COUNT, unit, NUL, "median over runs: " what), \
	BOUND(at ".median", unit),							\
	K(at ".ci95_" unit, PAIR, unit, NUL, "bootstrap 95 % interval of the median"),	\
	K(at ".samples_" unit, SAMPLES, unit, 0, "one value for each run that counts")
#define TIMES(at, what)									\
	K(at, OBJECT, "", 0, what),							\
	K(at ".n", COUNT, "", 0, "runs that count"),					\
	SPREAD(at, "ns", "the time"),							\
	K(at ".p50_ns", COUNT, "ns", NUL, "median"),					\
	K(at ".p90_ns", COUNT, "ns", NUL, "90th percentile, from 10 runs on"),		\
	K(at ".p99_ns", COUNT, "ns", NUL, "99th percentile, from 100 runs on"),		\
	K(at ".bimodal", BOOL, "", 0, "do the runs fall into two clusters?")
#define PHASES(at, what, since)								\
	K(at, OBJECTS, "", 0, what ", in the order in which they need each other"),	\
	K(at "[].name", LINE, "", 0, "name of the moment"),				\
	K(at "[].clock", LINE, "", 0, "who stamped it: hook or userspace"),		\
	K(at "[].n", COUNT, "", 0, "runs that saw it"),					\
	K(at "[].median_ns", COUNT, "ns", NUL, "median time since " since),		\
	BOUND(at "[].median", "ns"),							\
	K(at "[].took_median_ns", COUNT, "ns", NUL, "median time since the moment before")
#define SPANS(at, what, since)								\
	K(at, OBJECTS, "", 0, what ", of each run that counts"),			\
	K(at "[].run", COUNT, "", 0, "number of the run"),				\
	K(at "[].total_ns", COUNT, "ns", 0, "of all of it: the sum of took_ns"),	\
	K(at "[].phases", OBJECTS, "", 0, "its parts, in the order of time"),		\
	K(at "[].phases[].name", LINE, "", 0, "name of the moment at which it ends"),	\
	K(at "[].phases[].at_ns", COUNT, "ns", NUL, "that moment, since " since),	\
	K(at "[].phases[].took_ns", COUNT, "ns", NUL, "since the moment before, or " since)
#define HIST(at, flags, what)								\
	K(at, OBJECT, "", flags, what),							\
	K(at ".n", COUNT, "", 0, "values in the histogram"),				\
	K(at ".mean_ns", COUNT, "ns", NUL, "mean"),					\
	BOUND(at ".mean", "ns"),							\
	K(at ".quantile_bound_percent", REAL, "percent", 0,				\
	  "so far quantiles may be off, besides, by their buckets"),			\
	K(at ".min_ns", COUNT, "ns", NUL, "smallest"),					\
	K(at ".p50_ns", COUNT, "ns", NUL, "median"),					\
	K(at ".p90_ns", COUNT, "ns", NUL, "90th percentile"),				\
	K(at ".p99_ns", COUNT, "ns", NUL, "99th percentile, from 100 values on"),	\
	K(at ".p999_ns", COUNT, "ns", NUL, "99.9th percentile, from 1000 values on"),	\
	K(at ".max_ns", COUNT, "ns", NUL, "largest")
#define RTT(at, what)									\
	HIST(at, 0, what ", at the hook of the device"),			\
	K(at ".stimulus", LINE, "", 0, "who sent: kernel, user or external"),		\
	K(at ".stimulus_why", LINE, "", 0, "why not who was asked to send"),		\
	HIST(at ".sender", NUL, "the same round trips as their sender saw them"),	\
	K(at ".requests", COUNT, "", 0, "echoes that the hook saw go to the instance"),	\
	K(at ".unanswered", COUNT, "", 0, "those of them without a reply"),		\
	K(at ".sent", COUNT, "", 0, "echoes that the sender sent"),			\
	K(at ".samples_ns", SAMPLES, "ns", 0, "mean of each run that counts")
#define RATE(at, what)									\
	K(at, OBJECT, "", 0, what),							\
	SPREAD(at, "bps", "TCP payload, no retransmissions"),		\
	K(at ".tool_bps", COUNT, "bps", NUL, "median of what the workload's own tool says"),	\
	BOUND(at ".tool", "bps"),							\
	K(at ".iperf3_bps", COUNT, "bps", NUL, "tool_bps, where the tool is iperf3"),	\
	BOUND(at ".iperf3", "bps"),							\
	K(at ".retransmits", COUNT, "", NUL, "median of the retransmissions"),		\
	K(at ".slot_p10_bps", COUNT, "bps", NUL, "10th percentile of slots of 100 ms"),	\
	K(at ".slot_p90_bps", COUNT, "bps", NUL, "90th percentile of slots of 100 ms"),	\
	BOUND(at ".slot", "bps"),							\
	SPREAD(at, "pps", "64-byte UDP frames received")

/* A number of a run: median over the runs. */
#define NUMBER(id, at, type, unit, why, bound_why, what)				\
	K("rows[]." at "_" unit, type, unit, NUL, what),				\
	K("rows[]." at "_bound_" unit, PAIR, unit, NUL, "so far the truth may lie below, above"),

#define HOST	"manifest.host"
#define PARAM	"manifest.parameters"
#define COST	"manifest.self_overhead"
#define OFF	"manifest.bounds"
#define TYPE	"manifest.types.*"
#define LAUNCH	"rows[].instantiation"
#define QUEUE	LAUNCH ".queueing"
#define REFERENCE "rows[].reference"
#define MEANWHILE "rows[].conditions[]"
#define PRESSURE MEANWHILE ".pressure"

const struct vnft_key vnft_results_keys[] = {
	K("schema", COUNT, "", REQ, "number of this shape"),
	K("manifest", OBJECT, "", REQ, "what somebody needs to repeat the session or to doubt it"),
	K("manifest.id", LINE, "", 0, "of the session; its namespace and devices carry it"),
	K("manifest.started", LINE, "", 0, "wall clock at the start, UTC"),
	K("manifest.command", TEXTS, "", 0, "command line"),
	K(HOST, OBJECT, "", 0, "host that measured"),
	K(HOST ".hostname", LINE, "", 0, "its name"),
	K(HOST ".kernel", LINE, "", 0, "release of its kernel"),
	K(HOST ".kernel_build", LINE, "", 0, "build of that kernel"),
	K(HOST ".architecture", LINE, "", 0, "of the processor"),
	K(HOST ".machine", LINE, "", NUL, "vendor and product as the firmware says"),
	K(HOST ".hypervisor_flag", BOOL, "", 0, "does the processor say that it is virtual?"),
	K(HOST ".hypervisor", LINE, "", NUL, "what the kernel runs on"),
	K(HOST ".cpu", LINE, "", NUL, "model of the processor"),
	K(HOST ".cores", COUNT, "", 0, "CPUs online"),
	K(HOST ".memory_bytes", COUNT, "bytes", 0, "memory of the host"),
	K(HOST ".mitigations", WORDS, "", 0, "vulnerabilities of the processor and what is done"),
	K(HOST ".governor", LINE, "", NUL, "of the processor's frequency"),
	K(HOST ".clocksource", LINE, "", NUL, "of the kernel"),
	K(HOST ".kernel_command_line", TEXT, "", NUL, "of the kernel"),
	K(HOST ".vnftrace", LINE, "", 0, "version of the tool"),
	K(HOST ".libbpf", LINE, "", 0, "version of libbpf"),
	K(HOST ".libvirt", LINE, "", NUL, "version of libvirt"),
	K(PARAM, OBJECT, "", 0, "options of the session"),
	K(PARAM ".runs", COUNT, "", 0, "runs of each row"),
	K(PARAM ".stimulus", LINE, "", 0, "who sent SYNs: kernel, user or external"),
	K(PARAM ".stimulus_why", LINE, "", 0, "why not the kernel"),
	K(PARAM ".observer", LINE, "", 0, "who stamped: bpf or module"),
	K(PARAM ".cache", LINE, "", 0, "page cache of the images: warm, cold or both"),
	K(PARAM ".accel", LINE, "", 0, "what was to run VMs: auto, kvm or tcg"),
	VNFT_GUEST_SWITCHES(SWITCH)
	K(PARAM ".seed", SEED, "", 0, "of the order of runs and of the intervals"),
	K(PARAM ".syn_interval_ns", COUNT, "ns", 0, "between SYNs"),
	K(PARAM ".echoes", COUNT, "", 0, "echoes of each RTT measurement"),
	K(PARAM ".echo_interval_ns", COUNT, "ns", 0, "between echoes at the fixed rate"),
	K(PARAM ".throughput_ns", COUNT, "ns", 0, "length of each TCP stream"),
	K(PARAM ".settle_ns", COUNT, "ns", 0, "from the first RST to the reading of idle memory"),
	K(PARAM ".timeout_ns", COUNT, "ns", 0, "longest wait for the first RST; 0: the type's"),
	K(PARAM ".mtu_bytes", COUNT, "bytes", 0, "of the host-side devices; 0: as they come"),
	K(PARAM ".vhost", BOOL, "", 0, "is vhost-net used where a VM can?"),
	K(PARAM ".offload", BOOL, "", 0, "are offloads of the host-side devices left on?"),
	K(PARAM ".pin_load_cpu", CPU, "", NUL, "CPU of the stimulus"),
	K(PARAM ".pin_guest_cpu", CPU, "", NUL, "CPU of the instances"),
	K(PARAM ".reference", COUNT, "", NUL, "version of the reference: what it does"),
	K(COST, OBJECT, "", 0, "cost of the hooks for a frame; nothing is subtracted"),
	K(COST ".empty_ns", COUNT, "ns", 0, "test run of a program that does nothing"),
	K(COST ".counted_ns", COUNT, "ns", NUL, "of a frame that is counted"),
	K(COST ".recorded_ns", COUNT, "ns", NUL, "of a frame that is recorded"),
	K(OFF, OBJECT, "", 0, "what our stamps are off by on this host, measured: p99"),
	K(OFF ".clock_read_ns", COUNT, "ns", NUL, "one read of the clock"),
	K(OFF ".wakeup_ns", COUNT, "ns", NUL, "until a thread that was woken up stamps"),
	K(OFF ".hook_to_driver_ns", COUNT, "ns", NUL, "from a hook to the driver, and back"),
	K(OFF ".own_hook_ns", COUNT, "ns", NUL, "our hook, for a frame"),
	K(OFF ".snapshot_ns", COUNT, "ns", NUL, "reading a device's counters once"),
	K("manifest.types", OBJECT, "", 0, "the types, by name or by label of their row"),
	K(TYPE, OBJECT, "", 0, "a type; its driver may add versions of what it uses"),
	K(TYPE ".driver", LINE, "", 0, "name of the driver"),
	K(TYPE ".kernel", TEXT, "", 0, "path of the kernel"),
	K(TYPE ".image", TEXT, "", 0, "path of the image"),
	K(TYPE ".append", TEXT, "", 0, "command line of the kernel"),
	K(TYPE ".machine", TEXT, "", 0, "kind of machine"),
	K(TYPE ".script", TEXT, "", 0, "hotplug script"),
	K(TYPE ".vif", TEXT, "", 0, "what else stands in the vif's configuration"),
	K(TYPE ".transport", LINE, "", 0, "of disk and network: pci or mmio"),
	K(TYPE ".console", LINE, "", 0, "where the guest's console goes: serial, virtio or none"),
	K(TYPE ".console_init", TEXT, "", 0, "what is in init's first line on the console"),
	K(TYPE ".qemu_args", TEXT, "", 0, "arguments that QEMU got beside the driver's"),
	K(TYPE ".memory_bytes", COUNT, "bytes", 0, "memory that the instance gets"),
	K(TYPE ".vcpus", COUNT, "", 0, "virtual CPUs"),
	K(TYPE ".image_manifest", WORDS, "", 0, "what scripts/images noted beside the image"),

	K("rows", OBJECTS, "", REQ, "one for each type, setup and state of the page cache"),
	K("rows[].type", LINE, "", REQ, "name of the type: its file without .conf"),
	K("rows[].title", LINE, "", 0, "title of the type"),
	K("rows[].driver", LINE, "", 0, "driver that brings the instances up"),
	K("rows[].topology", LINE, "", 0, "how its instances hang from the host"),
	K("rows[].topology_is", LINE, "", 0, "what that is"),
	K("rows[].cache", LINE, "", 0, "page cache of the image at launch: warm or cold"),
	K("rows[].setup", WORDS, "", 0, "what could have been otherwise, as the driver says"),
	K("rows[].accel", LINE, "", NUL,
	  "what ran the instance: none, kvm, kvm (emulated SVM), tcg or xen"),
	K("rows[].netns", LINE, "", 0, "where the devices were: host or private"),
	K("rows[].runs", COUNT, "", 0, "runs that were made"),
	K("rows[].rounds", SAMPLES, "", 0, "round of the session of each run that counts"),
	TIMES(LAUNCH, "from t0 to the first RST of the instance"),
	BOUND(LAUNCH ".run", "ns"),
	PHASES(LAUNCH ".phases", "moments of the launch", "t0"),
	K(QUEUE, OBJECT, "", 0, "SYNs that something kept until the instance was there"),
	K(QUEUE ".n", COUNT, "", 0, "runs that count"),
	K(QUEUE ".runs_with", COUNT, "", 0, "those of them with such SYNs"),
	K(QUEUE ".syns", COUNT, "", NUL, "median of their number"),
	K(QUEUE ".first_wait_ns", COUNT, "ns", NUL,
	  "wait of the SYN that the first RST answers: median"),
	K(QUEUE ".longest_wait_ns", COUNT, "ns", NUL, "longest wait of a run: median"),
	K(QUEUE ".max_wait_ns", COUNT, "ns", NUL, "longest wait of all these runs"),
	BOUND(QUEUE ".wait", "ns"),
	K(LAUNCH ".stimulus", LINE, "", 0, "who sent SYNs: kernel, user or external"),
	K(LAUNCH ".slot_ns", COUNT, "ns", NUL, "resolution: interval at which the port is asked"),
	HIST(LAUNCH ".lateness", NUL, "departures of SYNs after their intended time"),
	K(LAUNCH ".busy_cpus", REAL, "", NUL,
	  "CPUs busy from t0 to the first answer, without the tool's own; mean"),
	K(LAUNCH ".stamped_at_bridge", COUNT, "", 0, "runs whose first RST the bridge stamped"),
	K(LAUNCH ".foreign_answers", COUNT, "", 0, "RSTs that the instance did not send"),
	TIMES("rows[].service_ready", "from t0 to the first SYN-ACK of the workload"),
	BOUND("rows[].service_ready.run", "ns"),
	TIMES("rows[].create", "creation of the instance, before t0"),
	TIMES("rows[].teardown", "from stop until the instance's processes are gone"),
	PHASES("rows[].teardown.phases", "moments of the teardown", "stop"),
	SPANS("rows[].launches", "where the time of a launch goes", "t0"),
	SPANS("rows[].endings", "where the time of a teardown goes", "stop"),
	K("rows[].rtt", OBJECT, "", 0, "round trips of ICMP echoes"),
	RTT("rows[].rtt.flood", "flood: the next on a reply or after 10 ms"),
	RTT("rows[].rtt.fixed", "fixed rate"),
	K("rows[].rtt.fixed.interval_ns", COUNT, "ns", 0, "between echoes"),
	K("rows[].throughput", OBJECT, "", 0, "streams between host and instance"),
	K("rows[].throughput.workload", LINE, "", 0,
	  "what the instance serves: iperf3, iperf2, tcp or none"),
	RATE("rows[].throughput.tx", "instance to host"),
	RATE("rows[].throughput.rx", "host to instance"),
	K("rows[].image", OBJECT, "", 0, "files that the type names"),
	K("rows[].image.file_bytes", COUNT, "bytes", NUL, "their size"),
	K("rows[].image.disk_bytes", COUNT, "bytes", NUL, "blocks that they use"),
	BOUND("rows[].image.size", "bytes"),
	K("rows[].memory", OBJECT, "", 0, "memory of an idle instance, and under load"),
	SPREAD("rows[].memory", "bytes", "tool_bytes"),
	VNFT_RESULTS_NUMBERS(NUMBER)
	K(REFERENCE, OBJECT, "", 0, "the host: a fixed instance, beside each run that counts"),
	K(REFERENCE ".launch", OBJECT, "", 0, "its instantiation"),
	SPREAD(REFERENCE ".launch", "ns", "the time"),
	K(REFERENCE ".rtt", OBJECT, "", 0, "its round trips, by a flood"),
	SPREAD(REFERENCE ".rtt", "ns", "mean of each run"),
	K("rows[].self_overhead", OBJECT, "", 0, "what the hooks cost"),
	K("rows[].self_overhead.frames", COUNT, "", 0, "frames that they saw"),
	K("rows[].self_overhead.recorded", COUNT, "", 0, "frames that they recorded"),
	K("rows[].self_overhead.cpu_percent", REAL, "percent", NUL,
	  "share of the observed time that they took on some CPU, from above"),
	K("rows[].self_overhead.cpu_bound_percent", PAIR, "percent", NUL,
	  "so far the truth may lie below, above"),
	K("rows[].table_evicted", COUNT, "", 0,
	  "requests that the kernel's table gave up; no loss, as the records are paired"),
	K("rows[].lost", COUNTS, "", 0, "records and states that were lost, by cause"),
	K("rows[].disturbed_runs", COUNT, "", NUL, "runs that the host disturbed"),
	K("rows[].disturbed_by", LINE, "", 0, "how many of them, and by what, if any"),
	K("rows[].conditions", OBJECTS, "", 0, "the host during each run, launch to teardown"),
	K(MEANWHILE ".run", COUNT, "", 0, "number of the run"),
	K(MEANWHILE ".disturbed", BOOL, "", NUL, "did the host do too much else?"),
	K(MEANWHILE ".disturbed_by", LINE, "", 0, "what it did, if so"),
	K(MEANWHILE ".observed_ns", COUNT, "ns", 0, "between the two readings"),
	K(MEANWHILE ".cpus", COUNT, "", NUL, "the run's CPUs: those that the tool may use"),
	K(MEANWHILE ".others_percent", REAL, "percent", NUL,
	  "share of their time that tasks of others took"),
	K(MEANWHILE ".launch_others_percent", REAL, "percent", NUL, "the same of the launch alone"),
	K(MEANWHILE ".launch_steal_percent", REAL, "percent", NUL,
	  "steal_percent of the launch alone"),
	K(MEANWHILE ".own_percent", REAL, "percent", NUL, "share of the tool and the instance"),
	K(MEANWHILE ".kernel_percent", REAL, "percent", NUL, "share of kernel threads"),
	K(MEANWHILE ".interrupts_percent", REAL, "percent", NUL,
	  "share of interrupts and softirqs"),
	K(MEANWHILE ".steal_percent", REAL, "percent", NUL, "share that the hypervisor took"),
	K(MEANWHILE ".idle_percent", REAL, "percent", NUL, "share of nothing"),
	K(MEANWHILE ".load", REAL, "", NUL, "load average of the minute before"),
	K(MEANWHILE ".other_vms", COUNT, "", NUL, "VMMs beside the run's, before it"),
	K(PRESSURE, OBJECT, "", 0, "time that tasks of the host waited (PSI)"),
	K(PRESSURE ".cpu_some_ns", COUNT, "ns", NUL, "some task for a CPU"),
	K(PRESSURE ".io_some_ns", COUNT, "ns", NUL, "some task for a disk"),
	K(PRESSURE ".io_full_ns", COUNT, "ns", NUL, "all tasks for a disk"),
	K(PRESSURE ".memory_some_ns", COUNT, "ns", NUL, "some task for memory"),
	K(PRESSURE ".memory_full_ns", COUNT, "ns", NUL, "all tasks for memory"),
	K(MEANWHILE ".frequency_low_hz", COUNT, "hz", NUL,
	  "lowest of the CPUs, before and after"),
	K(MEANWHILE ".frequency_high_hz", COUNT, "hz", NUL, "highest of them"),
	K(MEANWHILE ".interrupts", COUNT, "", NUL, "interrupts of the CPUs"),
	K(MEANWHILE ".most_interrupts", COUNTS, "", NUL, "the 8 that came most often, by name"),
	K(MEANWHILE ".softirqs", COUNTS, "", NUL, "softirqs of the CPUs, by name"),
	K(MEANWHILE ".idle_state_ns", COUNTS, "ns", NUL, "time in idle states, by name"),
	K(MEANWHILE ".idle_state_entries", COUNTS, "", NUL, "and how often they were entered"),
	K("rows[].consoles", OBJECTS, "", 0, "what consoles said, of the runs where one did"),
	K("rows[].consoles[].run", COUNT, "", 0, "number of the run"),
	K("rows[].consoles[].file", LINE, "", NUL, "file beside this one that has it"),
	K("rows[].consoles[].said_bytes", COUNT, "bytes", 0, "so much was said"),
	K("rows[].consoles[].kept_bytes", COUNT, "bytes", 0, "the last of it, which was kept"),
	K("rows[].failed", OBJECTS, "", 0, "runs that are not in any median"),
	K("rows[].failed[].run", COUNT, "", 0, "number of the run"),
	K("rows[].failed[].why", LINE, "", 0, "the reason"),
	K("rows[].missing", OBJECTS, "", 0, "measurements that single runs lack"),
	K("rows[].missing[].run", COUNT, "", 0, "number of the run"),
	K("rows[].missing[].what", LINE, "", 0, "the measurement"),
	K("rows[].missing[].why", LINE, "", 0, "the reason"),
	K("rows[].invalid_runs", COUNT, "", 0, "how many runs failed"),
	K("rows[].valid", BOOL, "", 0, "were there runs, and did none fail?"),
	K("rows[].invalid_why", LINE, "", 0, "why the row is not valid"),
	{ 0 }
};
