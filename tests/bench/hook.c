/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a frame costs: ns per run of the hook by BPF_PROG_TEST_RUN, beside an empty program. All
 * variants take turns in every round of one process. The targets are 25 ns over the empty program
 * for a counted frame and 75 ns for a recorded one. They decide nothing.
 *
 * A run sees one frame over and over, which of TCP data is a retransmission. In order they come
 * through a program that moves their sequence number on and calls the hook; its own cost is a row.
 *
 *	hook [ROUNDS]
 */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../tools/lib/text/error.h"
#include "../../tools/source/bpf/session.h"
#include "../../tools/source/bpf/source.h"
#include "../../tools/stat/stat.h"
#include "frames.h"

/* Fewer than a ring holds, FLOW record included: nothing is lost while nobody reads. */
#define REPEAT 20000
#define SEQ_AT (14 + 20 + 4)
#define DATA_BYTES (1514 - 14 - 20 - 32)	/* payload of frame_tcp()'s large frame */

struct variant {
	const char *name;
	uint32_t frame_bytes;
	const uint8_t *frame;
	uint32_t record_mask;
	int program;		/* 0: the hook, else one of the two below */
	unsigned int target_ns;
	struct vnft_samples ns;
};

enum { HOOK, EMPTY, CLOCK, MOVED, IN_ORDER, PROGRAMS };

/* What a frame costs anyway, and one read of the clock: no hook that stamps can be cheaper. */
static int load_program(int what)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_ktime_get_ns },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = -1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	const int skip = what == EMPTY;

	return bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, "vnft_empty", "GPL", insns + skip,
			     (size_t)(3 - skip), NULL);
}

/* Adds @bytes to the sequence number of a frame of frame_tcp(), then calls @hook_fd if any. */
static int load_mover(int hook_fd, int bytes)
{
	const int hooks = bpf_map_create(BPF_MAP_TYPE_PROG_ARRAY, "vnft_hooks", 4, 4, 1, NULL);
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 6, .src_reg = 1 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 2, .imm = SEQ_AT },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 3, .src_reg = 10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 3, .imm = -8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 4, .imm = 4 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_skb_load_bytes },
		{ .code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 1, .src_reg = 10, .off = -8 },
		{ .code = BPF_ALU | BPF_END | BPF_TO_BE, .dst_reg = 1, .imm = 32 },
		{ .code = BPF_ALU | BPF_ADD | BPF_K, .dst_reg = 1, .imm = bytes },
		{ .code = BPF_ALU | BPF_END | BPF_TO_BE, .dst_reg = 1, .imm = 32 },
		{ .code = BPF_STX | BPF_MEM | BPF_W, .dst_reg = 10, .src_reg = 1, .off = -8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 1, .src_reg = 6 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 2, .imm = SEQ_AT },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 3, .src_reg = 10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 3, .imm = -8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 4, .imm = 4 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 5, .imm = 0 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_skb_store_bytes },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 1, .src_reg = 6 },
		{ .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = 2, .src_reg = BPF_PSEUDO_MAP_FD,
		  .imm = hooks }, { 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 3, .imm = 0 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_tail_call },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = -1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	const uint32_t first = 0;

	if (hooks < 0 || (hook_fd >= 0 && bpf_map_update_elem(hooks, &first, &hook_fd, BPF_ANY)))
		return -1;
	return bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, "vnft_moved", "GPL", insns,
			     sizeof(insns) / sizeof(insns[0]), NULL);
}

static int run_once(int prog_fd, const struct variant *v, double *ns)
{
	uint8_t out[2048];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = v->frame, .data_size_in = v->frame_bytes,
		    .data_out = out, .data_size_out = sizeof(out), .repeat = REPEAT);
	int err = bpf_prog_test_run_opts(prog_fd, &opts);

	*ns = opts.duration;
	return err;
}

static int ignore(const struct vnft_record *record, void *arg)
{
	return 0;
}

static void report(struct variant *v, const struct variant *empty)
{
	struct vnft_interval i = vnft_bootstrap_median(&v->ns, 1);
	double base = vnft_quantile(&empty->ns, 0.5), median = vnft_quantile(&v->ns, 0.5);

	printf("%-22s %6.0f ns  [%.0f, %.0f]", v->name, median, i.low, i.high);
	if (v != empty)
		printf("  over empty %+.0f ns", median - base);
	if (v->target_ns)
		printf("  (target %u)", v->target_ns);
	putchar('\n');
}

int main(int argc, char **argv)
{
	uint8_t udp[64], tcp[1514], next[1514], ack[66], echo[98], syn[74];
	struct variant variant[] = {
		{ .name = "empty program", .frame = udp, .frame_bytes = sizeof(udp),
		  .program = EMPTY },
		{ .name = "one clock read", .frame = udp, .frame_bytes = sizeof(udp),
		  .program = CLOCK },
		{ .name = "UDP, counted", .frame = udp, .frame_bytes = sizeof(udp),
		  .target_ns = 25 },
		{ .name = "TCP data, again", .frame = tcp, .frame_bytes = sizeof(tcp) },
		{ .name = "number moved on", .frame = next, .frame_bytes = sizeof(next),
		  .program = MOVED },
		{ .name = "TCP data, in order", .frame = next, .frame_bytes = sizeof(next),
		  .program = IN_ORDER },
		{ .name = "TCP ack, counted", .frame = ack, .frame_bytes = sizeof(ack),
		  .target_ns = 25 },
		{ .name = "echo, timed", .frame = echo, .frame_bytes = sizeof(echo) },
		{ .name = "echo, recorded", .frame = echo, .frame_bytes = sizeof(echo),
		  .record_mask = VNFT_RECORD_DEFAULT, .target_ns = 75 },
		{ .name = "SYN, recorded", .frame = syn, .frame_bytes = sizeof(syn),
		  .record_mask = VNFT_RECORD_DEFAULT, .target_ns = 75 },
		{ .name = "TCP data, recorded", .frame = tcp, .frame_bytes = sizeof(tcp),
		  .record_mask = VNFT_RECORD_TCP, .target_ns = 75 },
	};
	const size_t variants = sizeof(variant) / sizeof(variant[0]);
	const int rounds = argc > 1 ? atoi(argv[1]) : 40;
	struct vnft_bpf_device *d;
	struct vnft_source *s;
	uint32_t seq;
	int round, err, fd[PROGRAMS];
	uint16_t id;
	double ns;
	size_t i;

	frame_udp(udp, sizeof(udp));
	frame_tcp(tcp, sizeof(tcp), 0x18);
	frame_tcp(next, sizeof(next), 0x18);
	next[34]++;	/* a flow of its own */
	frame_tcp(ack, sizeof(ack), 0x10);
	frame_echo(echo, sizeof(echo));
	frame_tcp(syn, sizeof(syn), 0x02);
	if (unshare(CLONE_NEWNET)) {
		perror("namespace");
		return 1;
	}
	err = vnft_bpf_open(&s, NULL);
	if (!err)
		err = s->ops->attach(s, "lo", &id);
	fd[EMPTY] = err ? -1 : load_program(EMPTY);
	fd[CLOCK] = err ? -1 : load_program(CLOCK);
	if (err || fd[EMPTY] < 0 || fd[CLOCK] < 0) {
		fprintf(stderr, "%s\n", err ? vnft_why() : "no program to compare with");
		return 1;
	}
	d = vnft_bpf_find(s, id);
	fd[HOOK] = d->prog_fd[VNFT_DIR_OUT];
	fd[MOVED] = load_mover(-1, DATA_BYTES);
	fd[IN_ORDER] = load_mover(fd[HOOK], DATA_BYTES);
	if (fd[MOVED] < 0 || fd[IN_ORDER] < 0) {
		perror("a program that calls the hook");
		return 1;
	}
	for (round = 0; round < rounds + 1 && !err; round++) {
		seq = htonl((uint32_t)round * REPEAT * DATA_BYTES);
		memcpy(next + SEQ_AT, &seq, sizeof(seq));
		for (i = 0; i < variants && !err; i++) {
			s->ops->record(s, id, variant[i].record_mask);
			err = run_once(fd[variant[i].program], &variant[i], &ns);
			s->ops->drain(s, ignore, NULL);
			if (round && !err)	/* the first warms up */
				vnft_samples_add(&variant[i].ns, ns);
		}
	}
	if (err)
		fprintf(stderr, "test run: %s\n", strerror(-err));
	printf("# %d rounds of %d runs each; median [95 %%]\n", rounds, REPEAT);
	for (i = 0; i < variants && !err; i++)
		report(&variant[i], &variant[0]);
	s->ops->close(s);
	return err != 0;
}
