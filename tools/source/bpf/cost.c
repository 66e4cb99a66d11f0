/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the observer itself costs on this machine, for the manifest. BPF_PROG_TEST_RUN measures ns
 * per frame, in turn with an empty program. tests/bench/hook.c has more variants.
 */
#include "cost.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/text/error.h"
#include "../../stat/stat.h"
#include "session.h"
#include "source.h"

#define ROUNDS	9
/* Fewer than a ring holds, so that nothing is lost while nobody reads. */
#define REPEAT	10000

enum { EMPTY, COUNTED, RECORDED, VARIANTS };

/* 198.18.0.1 to 198.18.0.2: a UDP datagram, and an echo request. */
static const uint8_t udp[64] = {
	2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 50, 0, 1, 0x40, 0, 64, 17, 0, 0,
	198, 18, 0, 1, 198, 18, 0, 2, 0, 7, 0, 9, 0, 30,
};
static const uint8_t echo[98] = {
	2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 84, 0, 1, 0x40, 0, 64, 1, 0, 0,
	198, 18, 0, 1, 198, 18, 0, 2, 8, 0, 0, 0, 0, 42, 0, 1,
};

static int ignore(const struct vnft_record *record, void *arg)
{
	return 0;
}

static int load_empty(void)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = -1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, "vnft_empty", "GPL", insns, 2, NULL);
}

static int run(int prog_fd, const uint8_t *frame, uint32_t bytes, struct vnft_samples *to)
{
	uint8_t out[256];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = bytes,
		    .data_out = out, .data_size_out = sizeof(out), .repeat = REPEAT);
	int err = bpf_prog_test_run_opts(prog_fd, &opts);

	return err ? err : vnft_samples_add(to, opts.duration);
}

static int run_all(struct vnft_source *s, uint16_t id, int empty_fd, struct vnft_samples *ns)
{
	const int prog_fd = vnft_bpf_find(s, id)->prog_fd[VNFT_DIR_OUT];
	int round, err = 0;

	for (round = 0; round < ROUNDS && !err; round++) {
		s->ops->record(s, id, 0);
		err = run(empty_fd, udp, sizeof(udp), &ns[EMPTY]);
		if (!err)
			err = run(prog_fd, udp, sizeof(udp), &ns[COUNTED]);
		s->ops->record(s, id, VNFT_RECORD_DEFAULT);
		if (!err)
			err = run(prog_fd, echo, sizeof(echo), &ns[RECORDED]);
		s->ops->drain(s, ignore, NULL);
	}
	return err;
}

int vnft_bpf_cost(const char *ifname, struct vnft_bpf_cost *cost)
{
	struct vnft_samples ns[VARIANTS] = { { 0 } };
	struct vnft_source *s;
	int empty_fd, err, i;
	uint16_t id;

	memset(cost, 0, sizeof(*cost));
	err = vnft_bpf_open(&s, NULL);
	if (err)
		return err;
	err = s->ops->attach(s, ifname, &id);
	empty_fd = err ? -1 : load_empty();
	if (!err && empty_fd < 0)
		err = vnft_fail(empty_fd, "test run: %s", strerror(-empty_fd));
	if (!err) {
		err = run_all(s, id, empty_fd, ns);
		if (err)
			vnft_fail(err, "test run: %s", strerror(-err));
		close(empty_fd);
	}
	if (!err) {
		cost->empty_ns = vnft_quantile(&ns[EMPTY], 0.5);
		cost->counted_ns = vnft_quantile(&ns[COUNTED], 0.5);
		cost->recorded_ns = vnft_quantile(&ns[RECORDED], 0.5);
	}
	for (i = 0; i < VARIANTS; i++)
		vnft_samples_free(&ns[i]);
	s->ops->close(s);
	return err;
}
