/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vnftrace's record file against the responder's log, packet by packet.
 * truth_compare RECORDS LOG [SHIFT_NS]: SHIFT_NS is added to the stamps of all answers, to show
 * that a wrong stamp is found. One line of numbers; exit 0 if everything agrees, 1 if only the
 * quantiles do not (noise of the host may do that), 2 if a packet is missing, invented or stamped
 * at an impossible time.
 *
 * What is compared (all stamps on one clock):
 *
 *	send0 |..H_out..| send1      poll0 |..| read1 ==DELAY== write0 |..H_in..| write1
 *	 sendto() of the asker        read() of the responder    write() of the responder
 *
 * 1. Each H_out, the record of the request, lies within the system call that sent it, and each H_in
 *    within the one that wrote the answer: both hooks run inside these calls. No tolerance.
 * 2. The quantiles of H_in - H_out are those of write0 - send0 within 5 us + 1 %, and p90 of the
 *    difference packet by packet is below 5 us. Every packet counts.
 * 3. The quantiles of H_in - H_out are those of write0 - read1, the responder's own delay, within
 *    5 us + 1 %. H_in - H_out also holds the request's wait in the tap's queue: 1 to 2 us while the
 *    responder polls, and tens of ms when the host has just given its CPU to somebody else, which
 *    the hooks are right to say and the log cannot know. So only requests count here that the log
 *    itself proves not to have waited: the tap was seen empty (poll0) less than 3 us before the
 *    request was read. They must be 80 % of all at least. An interrupt between a hook and the tap's
 *    queue is in the hooks' time too, and seen by no log: 1 % of packets meet one on a slow host,
 *    so p99 may be 10 us apart.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../kmod/core/hooks.h"
#include "../../kmod/uapi/vnftrace.h"
#include "truth.h"

#define PROMPT_NS 3000

static void *read_all(const char *path, size_t item_bytes, size_t *n)
{
	FILE *f = fopen(path, "r");
	char *data;
	long bytes;

	if (!f || fseek(f, 0, SEEK_END) || (bytes = ftell(f)) < 0 || (size_t)bytes % item_bytes) {
		fprintf(stderr, "truth_compare: %s: cannot read\n", path);
		exit(2);
	}
	rewind(f);
	data = malloc((size_t)bytes + 1);
	*n = (size_t)bytes / item_bytes;
	if (!data || fread(data, item_bytes, *n, f) != *n)
		exit(2);
	fclose(f);
	return data;
}

static int by_value(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static const double at[3] = { 0.5, 0.9, 0.99 };
/* How far two quantiles at these may be apart, but for 1 %: see 2. and 3. above. */
static const int64_t same_ns[3] = { 5000, 5000, 5000 };
static const int64_t in_tap_ns[3] = { 5000, 5000, 10000 };

static void quantiles(int64_t *values, size_t n, int64_t q[3])
{
	qsort(values, n, sizeof(*values), by_value);
	for (int i = 0; i < 3; i++)
		q[i] = values[(size_t)(at[i] * (double)(n - 1) + 0.5)];
}

static bool within(const int64_t got[3], const int64_t want[3], const int64_t limit_ns[3])
{
	for (int i = 0; i < 3; i++)
		if (llabs(got[i] - want[i]) > limit_ns[i] + want[i] / 100)
			return false;
	return true;
}

static void print(const char *what, const int64_t q[3])
{
	printf("; %s %.1f/%.1f/%.1f", what, (double)q[0] / 1e3, (double)q[1] / 1e3,
	       (double)q[2] / 1e3);
}

static unsigned int wrong;

static void complain(const char *what, const struct truth *t)
{
	if (wrong++ < 5)
		fprintf(stderr, "truth_compare: packet %08x: %s\n", t ? t->key : 0, what);
}

static bool is_request(const struct vnft_record *r)
{
	return r->class == VNFT_CLASS_ECHO_REQUEST || r->class == VNFT_CLASS_SYN;
}

static bool class_fits(const struct vnft_record *r, uint32_t kind)
{
	static const uint8_t classes[][2] = {
		[TRUTH_ECHO] = { VNFT_CLASS_ECHO_REQUEST, VNFT_CLASS_ECHO_REPLY },
		[TRUTH_RST] = { VNFT_CLASS_SYN, VNFT_CLASS_RST },
		[TRUTH_SYNACK] = { VNFT_CLASS_SYN, VNFT_CLASS_SYNACK },
	};

	return r->class == classes[kind][0] || r->class == classes[kind][1];
}

static bool hook_fits(const struct vnft_record *r)
{
	if (is_request(r))
		return r->hook == VNFT_HOOK_TCX_OUT || r->hook == VNFT_HOOK_CLSACT_OUT;
	return r->hook == VNFT_HOOK_TCX_IN || r->hook == VNFT_HOOK_CLSACT_IN;
}

/* Stamps of a request and its answer, as recorded. */
struct seen {
	uint64_t out_ns, in_ns;
};

static void take(const struct vnft_record *r, const struct truth *truth, size_t n,
		 struct seen *seen, int64_t shift_ns)
{
	uint32_t key = is_request(r) || truth->kind == TRUTH_ECHO ? r->packet.tcp_seq
								  : r->packet.tcp_ack - 1;
	size_t k = key - truth->key;	/* keys are consecutive, also over two echo ids */
	uint64_t *slot;

	if (k >= n || !class_fits(r, truth->kind) || !hook_fits(r)) {
		complain("recorded, but never sent", NULL);
		return;
	}
	slot = is_request(r) ? &seen[k].out_ns : &seen[k].in_ns;
	if (*slot)
		complain("recorded twice", &truth[k]);
	*slot = is_request(r) ? r->time_ns : r->time_ns + (uint64_t)shift_ns;
}

int main(int argc, char **argv)
{
	int64_t shift_ns = argc > 3 ? atoll(argv[3]) : 0;
	int64_t hook[3], whole[3], apart[3], prompt[3], own[3];
	size_t records, n, i, packets = 0, flows = 0, prompts = 0;
	const struct vnft_record *r;
	const struct truth *truth;
	uint64_t lost = 0;
	struct seen *seen;
	int64_t *v[5];

	if (argc < 3)
		return 2;
	r = read_all(argv[1], sizeof(*r), &records);
	truth = read_all(argv[2], sizeof(*truth), &n);
	seen = calloc(n, sizeof(*seen));
	for (i = 0; i < 5; i++)
		v[i] = calloc(n, sizeof(int64_t));
	if (!records || r[0].kind != VNFT_KIND_MANIFEST || !n || !seen)
		return 2;
	for (i = 0; i < records; i++) {
		if (r[i].kind == VNFT_KIND_LOST)
			lost += r[i].lost.count;
		flows += r[i].kind == VNFT_KIND_FLOW;
		if (r[i].kind != VNFT_KIND_PACKET)
			continue;
		packets++;
		take(&r[i], truth, n, seen, shift_ns);
	}
	for (i = 0; i < n; i++) {
		const struct truth *t = &truth[i];

		if (!seen[i].out_ns || !seen[i].in_ns) {
			complain(seen[i].out_ns ? "the answer is missing"
						: "the request is missing",
				 t);
			continue;
		}
		if (seen[i].out_ns < t->send0_ns || seen[i].out_ns > t->send1_ns ||
		    seen[i].out_ns > t->read1_ns)
			complain("request stamped outside of its sendto()", t);
		if (seen[i].in_ns < t->write0_ns || seen[i].in_ns > t->write1_ns)
			complain("answer stamped outside of its write()", t);
		v[0][i] = (int64_t)(seen[i].in_ns - seen[i].out_ns);
		v[1][i] = (int64_t)(t->write0_ns - t->send0_ns);
		v[2][i] = llabs(v[0][i] - v[1][i]);
		if (t->read1_ns - t->poll0_ns < PROMPT_NS) {
			v[3][prompts] = v[0][i];
			v[4][prompts++] = (int64_t)(t->write0_ns - t->read1_ns);
		}
	}
	if (!prompts)
		return 1;
	quantiles(v[0], n, hook);
	quantiles(v[1], n, whole);
	quantiles(v[2], n, apart);
	quantiles(v[3], prompts, prompt);
	quantiles(v[4], prompts, own);
	printf("%zu sent, %zu recorded, %llu lost, %u wrong; us at p50/p90/p99", n, packets,
	       (unsigned long long)lost, wrong);
	print("hooks", hook);
	print("truth", whole);
	print("apart", apart);
	printf("; the %zu that did not wait", prompts);
	print("hooks", prompt);
	print("log", own);
	printf("\n");
	if (wrong || lost || packets != 2 * n || !flows)
		return 2;
	return within(hook, whole, same_ns) && apart[1] <= 5000 &&
	       within(prompt, own, in_tap_ns) && prompts >= n / 5 * 4 ? 0 : 1;
}
