/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the module's hook costs a frame, beside the BPF program's on the same frames:
 *
 *	module_hook [ROUNDS [FRAMES]]
 *
 * Four devices, alike but for who watches them: nobody, BPF, the module, both. A run makes the
 * kernel send FRAMES clones of one frame to one of them, in a loop of its own (BPF_PROG_TEST_RUN of
 * a program that is bpf_clone_redirect()): the whole egress path of dev_queue_xmit(), where both
 * hooks are, up to a queue that drops everything, because the device has no carrier. No system
 * call, no driver, no other task, no softirq is between two frames. What is left beside the hook is
 * the clone and that path: the run on the unwatched device, made in the same round, is subtracted.
 * Devices and classes take turns within a round, in random order; nothing is attached or detached
 * between runs. A run is shorter than a time slice, and there are many: what somebody else takes
 * from this CPU hits few of them, and the median does not see it. Under emulation look at the
 * ratios: a TCG nanosecond is no nanosecond.
 *
 * Both observers have the default record mask: UDP and TCP are counted, echo requests matched and
 * recorded, SYNs too. A frame that was not counted, or a record that was lost, fails the bench.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <math.h>
#include <net/if.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../tools/lib/net/link_set.h"
#include "../../tools/lib/run/clock.h"
#include "../../tools/lib/text/error.h"
#include "../../tools/source/open.h"
#include "../../tools/stat/stat.h"
#include "frames.h"

#define DEVICES		4
#define CLASSES		4

enum { NOBODY, BPF, MODULE, BOTH };

static const struct {
	const char *name, *peer, *who;
} device[DEVICES] = {
	{ "vnftn", "vnftn-p", "nobody" },
	{ "vnftb", "vnftb-p", "BPF" },
	{ "vnftm", "vnftm-p", "module" },
	{ "vnftx", "vnftx-p", "both" },
};

static struct {
	const char *name;
	uint8_t frame[98];
	uint32_t bytes;
	enum vnft_class class;
	struct vnft_samples ns[DEVICES];
} what[CLASSES] = {
	{ .name = "UDP, counted", .bytes = 64, .class = VNFT_CLASS_UDP },
	{ .name = "TCP, counted", .bytes = 66, .class = VNFT_CLASS_TCP },
	{ .name = "echo, recorded", .bytes = 98, .class = VNFT_CLASS_ECHO_REQUEST },
	{ .name = "SYN, recorded", .bytes = 74, .class = VNFT_CLASS_SYN },
};

/* Two sessions, each on its own device and on that of both. */
static struct vnft_source *source[2];
static uint16_t id[2][2];

static int ignore(const struct vnft_record *record, void *arg)
{
	return 0;
}

static void drain(void)
{
	source[0]->ops->drain(source[0], ignore, NULL);
	source[1]->ops->drain(source[1], ignore, NULL);
}

/* clone_redirect(skb, skb->mark, 0): the device is the caller's choice. */
static int load_sender(void)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = BPF_REG_2, .src_reg = BPF_REG_1,
		  .off = offsetof(struct __sk_buff, mark) },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_3, .imm = 0 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_clone_redirect },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, "vnft_sender", "GPL", insns, 5, NULL);
}

static int send_to(int prog_fd, unsigned int dev, int class, int frames, double *ns_per_frame)
{
	struct __sk_buff context = { .mark = if_nametoindex(device[dev].name) };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = what[class].frame,
		    .data_size_in = what[class].bytes, .ctx_in = &context,
		    .ctx_size_in = sizeof(context), .repeat = frames);
	int err = bpf_prog_test_run_opts(prog_fd, &opts);

	*ns_per_frame = opts.duration;
	drain();
	return err;
}

static int make_devices(void)
{
	int i, err = unshare(CLONE_NEWNET) ? -errno : 0;

	for (i = 0; !err && i < DEVICES; i++) {
		err = vnft_link_add_veth(device[i].name, device[i].peer, -1);
		if (!err)
			err = vnft_link_set_up(device[i].name, true);
	}
	return err;
}

static int attach(void)
{
	const struct vnft_source_config config = { .record_mask = VNFT_RECORD_DEFAULT };
	int i, err;

	err = vnft_source_open(&source[0], VNFT_OBSERVER_BPF, &config);
	if (!err)
		err = vnft_source_open(&source[1], VNFT_OBSERVER_MODULE, &config);
	for (i = 0; !err && i < 2; i++) {
		err = source[i]->ops->attach(source[i], device[BPF + i].name, &id[i][0]);
		if (!err)
			err = source[i]->ops->attach(source[i], device[BOTH].name, &id[i][1]);
	}
	return err;
}

/* Each observer saw every frame of each class, on both of its devices, and lost none. */
static int check_counts(uint64_t want)
{
	struct vnft_device_state state;
	int i, k, c, bad = 0;
	uint64_t got;

	for (i = 0; i < 2; i++)
		for (k = 0; k < 2; k++) {
			if (source[i]->ops->state(source[i], id[i][k], &state))
				return 1;
			for (c = 0; c < CLASSES; c++) {
				got = state.counters.dir[VNFT_DIR_OUT].classes[what[c].class];
				bad += got != want;
				if (got != want)
					fprintf(stderr, "%s on %s: %llu of %llu %s\n",
						source[i]->ops->name,
						device[k ? BOTH : BPF + i].name,
						(unsigned long long)got, (unsigned long long)want,
						what[c].name);
			}
			bad += state.counters.lost[VNFT_LOST_RING_FULL] != 0;
		}
	return bad;
}

/* What a run cost more than its neighbour on the unwatched device. */
static double print_over(int class, int dev)
{
	struct vnft_samples over = { 0 };
	struct vnft_interval i;
	double median;
	size_t k;

	for (k = 0; k < what[class].ns[dev].n; k++)
		vnft_samples_add(&over, what[class].ns[dev].value[k] -
					what[class].ns[NOBODY].value[k]);
	median = vnft_quantile(&over, 0.5);
	i = vnft_bootstrap_median(&over, 1);
	printf("  %s %+.0f", device[dev].who, median);
	if (i.valid)
		printf(" [%.0f, %.0f]", i.low, i.high);
	vnft_samples_free(&over);
	return median;
}

static void report(void)
{
	double bpf, module;
	int c;

	for (c = 0; c < CLASSES; c++) {
		printf("# %-15s nobody %.0f ns", what[c].name,
		       vnft_quantile(&what[c].ns[NOBODY], 0.5));
		bpf = print_over(c, BPF);
		module = print_over(c, MODULE);
		print_over(c, BOTH);
		if (bpf > 0)
			printf("  module/BPF %.2f", module / bpf);
		putchar('\n');
	}
}

static int run_round(int prog_fd, int frames, bool keep, unsigned int *seed)
{
	unsigned int turn[CLASSES * DEVICES], i, k, swap;
	double ns;
	int err;

	for (i = 0; i < CLASSES * DEVICES; i++)
		turn[i] = i;
	for (i = CLASSES * DEVICES; i > 1; i--) {
		k = (unsigned int)rand_r(seed) % i;
		swap = turn[i - 1];
		turn[i - 1] = turn[k];
		turn[k] = swap;
	}
	for (i = 0; i < CLASSES * DEVICES; i++) {
		err = send_to(prog_fd, turn[i] % DEVICES, (int)(turn[i] / DEVICES), frames, &ns);
		if (err)
			return err;
		if (keep)	/* one each a round: the k-th of each belong together */
			vnft_samples_add(&what[turn[i] / DEVICES].ns[turn[i] % DEVICES], ns);
	}
	return 0;
}

int main(int argc, char **argv)
{
	const int rounds = argc > 1 ? atoi(argv[1]) : 300, frames = argc > 2 ? atoi(argv[2]) : 200;
	unsigned int seed = (unsigned int)vnft_now_ns();
	int err, round, prog_fd = -1;

	frame_udp(what[0].frame, what[0].bytes);
	frame_tcp(what[1].frame, what[1].bytes, 0x10);
	frame_echo(what[2].frame, what[2].bytes);
	frame_tcp(what[3].frame, what[3].bytes, 0x02);
	err = make_devices();
	if (!err)
		err = attach();
	if (!err)
		prog_fd = load_sender();
	if (err || prog_fd < 0) {
		fprintf(stderr, "module_hook: %s\n", err ? vnft_why() : strerror(errno));
		return 1;
	}
	for (round = 0; round <= rounds && !err; round++)	/* the first warms up */
		err = run_round(prog_fd, frames, round, &seed);
	if (err) {
		fprintf(stderr, "module_hook: test run: %s\n", strerror(-err));
		return 1;
	}
	printf("# ns per frame over an unwatched device, median [95 %%], %d rounds of %d frames\n",
	       rounds, frames);
	report();
	err = check_counts((uint64_t)frames * (uint64_t)(rounds + 1));
	source[0]->ops->close(source[0]);
	source[1]->ops->close(source[1]);
	return err != 0;
}
