/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stages of the BPF observer against its own records at the boundary:
 *
 *	stages [-t] [-n] [-g] [-q] [-v] [-o DEV]... DEV... -- COMMAND...
 *
 * Every stage is asked for on every DEV while COMMAND makes traffic (-t: TCP segments too; -n: the
 * veth polls, NAPI; -g: GSO frames are cut in front of the driver, so that there are more behind;
 * -o: another device, recorded without stages). Each hook that is armed must
 * have stamped each recorded frame of its direction exactly once; the stamps of a frame must be in
 * the kernel's order; the other devices must have none. -q: what each hook is stamped by, no more.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../tools/lib/text/error.h"
#include "../../tools/source/bpf/source.h"
#include "../../tools/source/bpf/stages.h"
#include "../unit/unit.h"
#include "../ways.h"

#define MAX_RECORDS	2000000
#define MAX_DEVICES	8
#define MAX_FLOWS	4096
#define BIT(hook)	(1ULL << (hook))
#define ROW(hook)	vnft_hook_row(hook)
#define CPUS		64

struct tested {
	const char *spec;
	uint16_t id;
	bool other;
	uint8_t hook[VNFT_DIR_NR];
	uint64_t armed;
	uint64_t expected[VNFT_DIR_NR];		/* PACKET records by direction */
	uint64_t stamps[VNFT_HOOK_MAX];
	uint64_t dropped_before;		/* by its driver */
};

static struct tested tested[MAX_DEVICES];
static int ntested;
static struct vnft_record *records;
static size_t n;
static uint64_t flows[CPUS][MAX_FLOWS];
static size_t nflows[CPUS], undefined, numbers_like_pointers;

static bool known(const struct vnft_record *r)
{
	size_t i;

	for (i = 0; i < nflows[r->cpu % CPUS]; i++)
		if (flows[r->cpu % CPUS][i] == r->flow)
			return true;
	return false;
}

static int take(const struct vnft_record *r, void *arg)
{
	const unsigned int cpu = r->cpu % CPUS;
	int i;

	if (r->kind == VNFT_KIND_FLOW && nflows[cpu] < MAX_FLOWS && !known(r))
		flows[cpu][nflows[cpu]++] = r->flow;
	for (i = 0; i < ntested && r->kind == VNFT_KIND_PACKET; i++)
		if (tested[i].id == r->device)
			tested[i].expected[ROW(r->hook)->dir]++;
	if (r->kind != VNFT_KIND_STAGE)
		return 0;
	undefined += r->flow && !known(r);
	numbers_like_pointers += r->stage.packet >> 47 == 0x1ffff;
	if (n < MAX_RECORDS)
		records[n++] = *r;
	return 0;
}

static unsigned int rank(uint8_t hook)
{
	const uint8_t *way = ways[ROW(hook)->dir];
	unsigned int i;

	for (i = 0; way[i] && way[i] != hook; i++)
		;
	return i;
}

static int by_frame(const void *a, const void *b)
{
	const struct vnft_record *x = a, *y = b;

	if (x->device != y->device)
		return x->device < y->device ? -1 : 1;
	if (x->stage.packet != y->stage.packet)
		return x->stage.packet < y->stage.packet ? -1 : 1;
	/* A frame from the guest may be stamped before the last that had its memory was freed. */
	if (ROW(x->hook)->dir != ROW(y->hook)->dir)
		return ROW(x->hook)->dir < ROW(y->hook)->dir ? -1 : 1;
	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? -1 : 1;
	return rank(x->hook) < rank(y->hook) ? -1 : 1;
}

/* Which way a veth's frame takes is decided for each; DEV_XMIT is apart from the order. */
#define WAYS	(WAYS_QUEUED | BIT(VNFT_HOOK_VETH_POLL))
#define APART	(WAYS | BIT(VNFT_HOOK_DEV_XMIT))
#define READ_HOOKS	(BIT(VNFT_HOOK_TUN_READ) | BIT(VNFT_HOOK_COPY_DATAGRAM) | \
			 BIT(VNFT_HOOK_CONSUME))

static void show(size_t from, size_t to)
{
	for (to = to > n ? n : to; from < to; from++)
		printf("#   frame %llx: %llu CPU %u seq %u %s\n",
		       (unsigned long long)records[from].stage.packet,
		       (unsigned long long)records[from].time_ns, records[from].cpu,
		       records[from].seq, ROW(records[from].hook)->name);
}

/*
 * A frame begins where the rank falls; in between it must not repeat. An skb's memory is used
 * again, so that one number has many frames after one another.
 */
static void check_order(const struct tested *t, uint64_t *frames, uint64_t *bad)
{
	uint64_t seen = 0, in = 0, out = 0, hook;
	const struct vnft_record *last = NULL;
	size_t first = 0, i;

	*frames = *bad = 0;
	for (hook = 0; hook < VNFT_HOOK_MAX; hook++)
		if (t->stamps[hook] && !(BIT(hook) & APART))
			*(ROW(hook)->dir == VNFT_DIR_IN ? &in : &out) |= BIT(hook);
	for (i = 0; i <= n; i++) {
		const struct vnft_record *r = i < n ? &records[i] : NULL;

		if (r && (r->device != t->id || r->hook == VNFT_HOOK_DEV_XMIT))
			continue;
		if (!r || !last || r->stage.packet != last->stage.packet ||
		    rank(r->hook) <= rank(last->hook) ||
		    ROW(r->hook)->dir != ROW(last->hook)->dir) {
			if (last) {
				++*frames;
				if (seen != in && seen != out && ++*bad <= 3)
					show(first, i);
			}
			seen = 0;
			first = i;
		}
		if (r)
			seen |= BIT(r->hook) & ~APART;
		last = r;
	}
}

static void traffic(struct vnft_source *s, char **argv)
{
	struct timespec pause = { 0, 2000000 };
	const int max = 2500;
	int status, after = 0, silent = 0;
	pid_t pid = fork(), got = 0;
	size_t before;

	if (!pid) {
		execvp(argv[0], argv);
		_exit(127);
	}
	/* What stands in a tap's queue at the end is read when its reader gets a CPU. */
	while (silent < 100 && after < max) {
		before = n;
		s->ops->drain(s, take, NULL);
		nanosleep(&pause, NULL);
		if (!got)
			got = waitpid(pid, &status, WNOHANG);
		else
			after++;
		silent = got && n == before ? silent + 1 : 0;
	}
	CHECK(got == pid && !status, "traffic: %s", argv[0]);
}

static void say_hooks(struct vnft_source *s, const struct tested *t)
{
	const char *how, *why;
	int hook;

	for (hook = 1; hook < VNFT_HOOK_MAX; hook++) {
		if (!ROW(hook)->name)
			continue;
		how = vnft_bpf_stage_how(s, t->id, (enum vnft_hook)hook, &why);
		if (ROW(hook)->where != VNFT_HOOK_BOUNDARY || how)
			printf("# %s %s: %s%s%s\n", t->spec, ROW(hook)->name,
			       how ? how : "not armed (", how ? "" : why, how ? "" : ")");
		QUIET(!!how == !!(t->armed & BIT(hook)), "%s: armed as it says", ROW(hook)->name);
	}
}

static void check_hook(const struct tested *t, int hook, bool napi)
{
	const bool tap = t->armed & (BIT(VNFT_HOOK_COPY_DATAGRAM));
	uint64_t want = t->expected[ROW(hook)->dir], got = t->stamps[hook];

	if (BIT(hook) & WAYS && napi) {
		CHECK(got || hook != VNFT_HOOK_VETH_POLL, "%s: %s stamped %llu frames", t->spec,
		      ROW(hook)->name, (unsigned long long)got);
		if (!(~t->armed & WAYS))
			CHECK_EQ(t->stamps[VNFT_HOOK_RX_ENTRY] + t->stamps[VNFT_HOOK_VETH_POLL],
				 want, "%s: each frame was polled or queued", t->spec);
		return;
	}
	if (BIT(hook) & WAYS_QUEUED ? tap :
	    hook == VNFT_HOOK_RECEIVE_ENTRY ? !tap : hook == VNFT_HOOK_VETH_POLL)
		CHECK_EQ(got, 0, "%s: no frame passed %s", t->spec, ROW(hook)->name);
	else
		CHECK_EQ(got, want, "%s: %s stamped each frame once", t->spec, ROW(hook)->name);
}

/* What a tap's driver dropped because its queue was full. */
static uint64_t tx_dropped(const char *spec)
{
	const int ns_len = (int)strcspn(spec, "/");
	char command[160];
	uint64_t dropped = 0;
	FILE *f;

	snprintf(command, sizeof(command),
		 "ip netns exec %.*s cat /sys/class/net/%s/statistics/tx_dropped", ns_len, spec,
		 spec + ns_len + 1);
	f = popen(command, "r");
	CHECK(f && fscanf(f, "%" SCNu64, &dropped) == 1, "%s: has a count of drops", spec);
	if (f)
		pclose(f);
	return dropped;
}

/* From the driver on there are the segments, and behind its queue those that it had room for. */
static void check_cut(const struct tested *t)
{
	const uint64_t cut = t->stamps[VNFT_HOOK_DEV_START_XMIT];
	const uint64_t dropped = tx_dropped(t->spec) - t->dropped_before;
	int hook;

	CHECK(cut > t->expected[VNFT_DIR_OUT], "%s: %llu frames became %llu", t->spec,
	      (unsigned long long)t->expected[VNFT_DIR_OUT], (unsigned long long)cut);
	for (hook = 1; hook < VNFT_HOOK_MAX; hook++)
		if (t->armed & BIT(hook) && ROW(hook)->dir == VNFT_DIR_OUT &&
		    ROW(hook)->rank >= ROW(VNFT_HOOK_DEV_START_XMIT)->rank)
			CHECK_EQ(t->stamps[hook] + (BIT(hook) & READ_HOOKS ? dropped : 0), cut,
				 "%s: %s stamped each once", t->spec, ROW(hook)->name);
}

static void check(struct vnft_source *s, struct tested *t, bool napi, bool cut)
{
	struct vnft_device_state state;
	uint64_t frames, bad;
	int hook;
	size_t i;

	s->ops->state(s, t->id, &state);
	for (i = 0; i < n; i++)
		if (records[i].device == t->id)
			t->stamps[records[i].hook]++;
	for (i = 0; i < VNFT_LOST_NR; i++)
		if (i != VNFT_LOST_EVICTED && i != VNFT_LOST_FLOW_EVICTED)
			CHECK_EQ(state.counters.lost[i], 0, "%s: nothing lost, cause %zu", t->spec,
				 i);
	if (t->other) {
		for (hook = 0; hook < VNFT_HOOK_MAX; hook++)
			QUIET(!t->stamps[hook], "%s: has a stamp of %s", t->spec, ROW(hook)->name);
		CHECK(t->expected[VNFT_DIR_OUT] || t->expected[VNFT_DIR_IN],
		      "%s: had frames, and no stage was asked for", t->spec);
		return;
	}
	CHECK(t->expected[VNFT_DIR_OUT] && t->expected[VNFT_DIR_IN], "%s: %llu frames out, %llu in",
	      t->spec, (unsigned long long)t->expected[VNFT_DIR_OUT],
	      (unsigned long long)t->expected[VNFT_DIR_IN]);
	if (cut) {
		check_cut(t);
		return;
	}
	for (hook = 1; hook < VNFT_HOOK_MAX; hook++)
		if (t->armed & BIT(hook))
			check_hook(t, hook, napi);
		else
			QUIET(!t->stamps[hook], "%s: %s was not armed", t->spec,
			      ROW(hook)->name ? ROW(hook)->name : "?");
	check_order(t, &frames, &bad);
	CHECK_EQ(bad, 0, "%s: %llu frames passed all their stages in order", t->spec,
		 (unsigned long long)frames);
	CHECK_EQ(frames, t->expected[VNFT_DIR_OUT] + t->expected[VNFT_DIR_IN], "%s: all of them",
		 t->spec);
}

static double ms_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - start->tv_sec) * 1e3 +
	       (double)(now.tv_nsec - start->tv_nsec) / 1e6;
}

int main(int argc, char **argv)
{
	const struct vnft_source_config config = { .ring_records = 1 << 18 };
	bool tcp = false, napi = false, cut = false, quiet = false;
	struct vnft_source *s;
	struct timespec start;
	int opt, i;
	uint32_t mask;

	while ((opt = getopt(argc, argv, "+tngqvo:")) != -1) {
		tcp |= opt == 't';
		napi |= opt == 'n';
		cut |= opt == 'g';
		quiet |= opt == 'q';
		vnft_verbose |= opt == 'v';
		if (opt == 'o' && ntested < MAX_DEVICES)
			tested[ntested++] = (struct tested) { .spec = optarg, .other = true };
	}
	for (; optind < argc && strcmp(argv[optind], "--") && ntested < MAX_DEVICES; optind++)
		tested[ntested++].spec = argv[optind];
	mask = VNFT_RECORD_DEFAULT | (tcp ? VNFT_RECORD_TCP : 0);
	records = malloc(MAX_RECORDS * sizeof(*records));
	if (!records || vnft_bpf_open(&s, &config))
		return fprintf(stderr, "stages: %s\n", vnft_why()), 1;
	for (i = 0; i < ntested; i++) {
		struct tested *t = &tested[i];
		int err = s->ops->attach(s, t->spec, &t->id);

		clock_gettime(CLOCK_MONOTONIC, &start);
		if (!err && !t->other)
			err = s->ops->stages(s, t->id, ~0ULL, &t->armed);
		if (err)
			return fprintf(stderr, "stages: %s: %s\n", t->spec, vnft_why()), 1;
		printf("# %s: stages armed in %.1f ms\n", t->spec, ms_since(&start));
		if (!t->other)
			say_hooks(s, t);
	}
	if (!quiet) {
		for (i = 0; i < ntested; i++) {
			if (cut)
				tested[i].dropped_before = tx_dropped(tested[i].spec);
			s->ops->record(s, tested[i].id, mask);
		}
		traffic(s, argv + optind + 1);
		for (i = 0; i < ntested; i++)
			s->ops->record(s, tested[i].id, 0);
		s->ops->drain(s, take, NULL);
		qsort(records, n, sizeof(*records), by_frame);
		for (i = 0; i < ntested; i++)
			check(s, &tested[i], napi, cut);
		CHECK_EQ(undefined, 0, "every flow was defined in front of its stages");
		/* A scrambled address looks like one of the kernel's once in 2^17 times. */
		CHECK(numbers_like_pointers <= n / 100, "numbers of frames are no addresses: %zu "
		      "of %zu look like one", numbers_like_pointers, n);
	}
	s->ops->close(s);
	free(records);
	return quiet ? 0 : unit_done();
}
