/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every hook on a vif of netback, by both observers at once, which must see the same frames:
 *
 *	vif DEV DOMID QUEUES [-z] -- COMMAND...
 *
 * COMMAND makes traffic while BPF and the module (loaded) record every class at every stage. Each
 * stage has stamped each frame of its direction once, under one number, in the kernel's order;
 * netback's say DOMID and queues below QUEUES, each of them seen; no other hook says a domain; what
 * one observer has the other has too. -z: nothing that comes is too large to be copied.
 *
 * Lines "count NAME N" say what passed, for who counted it by other means.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../tools/lib/text/error.h"
#include "../../tools/source/open.h"
#include "../../tools/source/source.h"
#include "../unit/unit.h"
#include "../ways.h"

#define ALL_CLASSES	((1U << VNFT_CLASS_NR) - 1)
#define BIT(hook)	(1ULL << (hook))
#define ROW(hook)	vnft_hook_row(hook)
#define XENVIF(hook)	(ROW(hook)->links == VNFT_LINKS_VIF)
#define MAX_QUEUES	16
#define QUIET_MS	400

/* What one observer saw: STAGE records, and how many frames passed its boundary. */
static struct view {
	const char *name;
	enum vnft_observer observer;
	struct vnft_source *source;
	uint64_t missed;		/* calls of netback's functions */
	uint16_t id;
	uint64_t armed;
	struct vnft_record *stage;
	size_t n, room;
	uint64_t packets[VNFT_DIR_NR];
	uint64_t stamps[VNFT_HOOK_MAX];
} views[] = {
	{ .name = "bpf", .observer = VNFT_OBSERVER_BPF },
	{ .name = "module", .observer = VNFT_OBSERVER_MODULE },
};

#define VIEWS (sizeof(views) / sizeof(views[0]))

static int keep(const struct vnft_record *r, void *arg)
{
	struct view *v = arg;

	if (r->device != v->id || r->hook >= VNFT_HOOK_MAX)
		return 0;
	if (r->kind == VNFT_KIND_PACKET)
		v->packets[ROW(r->hook)->dir]++;
	if (r->kind != VNFT_KIND_STAGE)
		return 0;
	if (v->n == v->room) {
		v->room = v->room ? 2 * v->room : 4096;
		v->stage = realloc(v->stage, v->room * sizeof(*r));
		if (!v->stage)
			abort();
	}
	v->stage[v->n++] = *r;
	v->stamps[r->hook]++;
	return 0;
}

static size_t drain_all(void)
{
	size_t i, n = 0;

	for (i = 0; i < VIEWS; i++) {
		int got = views[i].source->ops->drain(views[i].source, keep, &views[i]);

		n += got > 0 ? (size_t)got : 0;
	}
	return n;
}

static bool traffic(char **argv)
{
	const struct timespec pause = { 0, 2000000 };
	int status = 0, quiet_ms = 0;
	pid_t pid = fork(), got = 0;

	if (!pid) {
		execvp(argv[0], argv);
		_exit(127);
	}
	while (pid > 0 && quiet_ms < QUIET_MS) {
		quiet_ms = drain_all() || !got ? 0 : quiet_ms + 2;
		nanosleep(&pause, NULL);
		if (!got)
			got = waitpid(pid, &status, WNOHANG);
	}
	return pid > 0 && got == pid && !status;
}

static int by_frame(const void *a, const void *b)
{
	const struct vnft_record *x = a, *y = b;

	if (ROW(x->hook)->dir != ROW(y->hook)->dir)
		return ROW(x->hook)->dir < ROW(y->hook)->dir ? -1 : 1;
	if (x->stage.packet != y->stage.packet)
		return x->stage.packet < y->stage.packet ? -1 : 1;
	return (x->time_ns > y->time_ns) - (x->time_ns < y->time_ns);
}

/* The order of what both observers must have alike: all but stamp, number and sequence. */
static int by_content(const void *a, const void *b)
{
	const struct vnft_record *x = a, *y = b;
	const uint64_t of_x[] = { x->hook, x->flow, x->len32, x->class, x->flags, x->stage.queue,
				  x->stage.peer };
	const uint64_t of_y[] = { y->hook, y->flow, y->len32, y->class, y->flags, y->stage.queue,
				  y->stage.peer };
	size_t i;

	for (i = 0; i < sizeof(of_x) / sizeof(of_x[0]); i++)
		if (of_x[i] != of_y[i])
			return of_x[i] < of_y[i] ? -1 : 1;
	return 0;
}

static void show(const struct view *v, const struct vnft_record *r)
{
	printf("#   %s: %s class %u, %u bytes, flow %llx, frame %llx, queue %d, "
	       "domain %u, at %llu\n",
	       v->name, ROW(r->hook)->name, r->class, r->len32, (unsigned long long)r->flow,
	       (unsigned long long)r->stage.packet, (int)r->stage.queue, r->stage.peer,
	       (unsigned long long)r->time_ns);
}

/* One frame after another: the stages of its direction that are armed, each once, in order. */
static void check_ways(struct view *v)
{
	/* netback hands frames up by netif_receive_skb alone. */
	const uint64_t passed = v->armed & ~WAYS_QUEUED;
	uint64_t bad = 0, frames = 0;
	const uint8_t *way = NULL;
	size_t i, step = 0;

	qsort(v->stage, v->n, sizeof(*v->stage), by_frame);
	for (i = 0; i < v->n; i++) {
		const struct vnft_record *r = &v->stage[i];

		if (r->hook == VNFT_HOOK_DEV_XMIT || r->hook == VNFT_HOOK_XENVIF_ZEROCOPY)
			continue;
		if (!way) {
			way = ways[ROW(r->hook)->dir];
			step = 0;
		}
		while (way[step] && !(passed & BIT(way[step])))
			step++;
		if (!r->stage.packet || way[step] != r->hook) {
			if (++bad <= 3)
				show(v, r);
			/* Begin again with the next frame's first. */
			way = NULL;
			continue;
		}
		do {
			step++;
		} while (way[step] && !(passed & BIT(way[step])));
		if (!way[step]) {
			frames++;
			way = NULL;
		}
	}
	CHECK(!bad, "%s: every stage follows the one before it, by number", v->name);
	CHECK_EQ(frames, v->packets[0] + v->packets[1], "%s: %llu frames have passed all of them",
		 v->name, (unsigned long long)frames);
}

static void check_peers(const struct view *v, uint32_t domid, uint32_t queues)
{
	uint64_t seen[VNFT_HOOK_MAX][MAX_QUEUES] = { { 0 } }, wrong = 0, said = 0;
	uint32_t hook, q;
	size_t i;

	for (i = 0; i < v->n; i++) {
		const struct vnft_record *r = &v->stage[i];

		if (!XENVIF(r->hook)) {
			said += r->stage.peer != 0;
		} else if (r->stage.peer != domid || r->stage.queue >= queues) {
			if (++wrong <= 3)
				show(v, r);
		} else {
			seen[r->hook][r->stage.queue]++;
		}
	}
	CHECK(!wrong, "%s: netback's hooks say domain %u and its queues", v->name, domid);
	CHECK(!said, "%s: no other hook says a domain", v->name);
	for (hook = 1; hook < VNFT_HOOK_MAX; hook++)
		for (q = 0; XENVIF(hook) && q < queues && v->stamps[hook]; q++)
			CHECK(seen[hook][q], "%s: %s: queue %u, %llu times", v->name,
			      ROW(hook)->name, q, (unsigned long long)seen[hook][q]);
}

/* May a task lose its CPU within a program? */
static bool preemptible(void)
{
	struct utsname name;

	return !uname(&name) && strstr(name.version, " PREEMPT ");
}

static void check_view(struct view *v, uint32_t domid, uint32_t queues, bool copied)
{
	struct vnft_device_state state;
	uint64_t lost = 0, want;
	uint32_t i;

	v->source->ops->state(v->source, v->id, &state);
	for (i = 0; i < VNFT_LOST_NR; i++)
		if (i != VNFT_LOST_EVICTED && i != VNFT_LOST_FLOW_EVICTED &&
		    i != VNFT_LOST_NESTED)
			lost += state.counters.lost[i];
	v->missed = state.counters.lost[VNFT_LOST_NESTED];
	CHECK(!v->missed || preemptible(), "%s: no call was missed: %llu", v->name,
	      (unsigned long long)v->missed);
	CHECK_EQ(lost, 0, "%s: nothing is lost", v->name);
	CHECK(v->packets[VNFT_DIR_OUT] && v->packets[VNFT_DIR_IN], "%s: %llu frames out, %llu in",
	      v->name, (unsigned long long)v->packets[VNFT_DIR_OUT],
	      (unsigned long long)v->packets[VNFT_DIR_IN]);
	for (i = 1; i < VNFT_HOOK_MAX; i++) {
		if (XENVIF(i))
			CHECK(v->armed & BIT(i), "%s: %s is armed", v->name, ROW(i)->name);
		if (!(v->armed & BIT(i)))
			QUIET(!v->stamps[i], "%s: %s was not armed", v->name, ROW(i)->name);
		else if (BIT(i) & WAYS_QUEUED)
			CHECK_EQ(v->stamps[i], 0, "%s: no frame passed %s", v->name, ROW(i)->name);
		else if (i == VNFT_HOOK_XENVIF_ZEROCOPY)
			CHECK(!v->stamps[i] == copied, "%s: %s stamped %llu moments", v->name,
			      ROW(i)->name, (unsigned long long)v->stamps[i]);
		else if (want = v->packets[ROW(i)->dir], XENVIF(i) && v->missed)
			CHECK(v->stamps[i] <= want && v->stamps[i] + v->missed >= want,
			      "%s: %s stamped %llu of %llu frames, and %llu calls were missed",
			      v->name, ROW(i)->name, (unsigned long long)v->stamps[i],
			      (unsigned long long)want, (unsigned long long)v->missed);
		else
			CHECK_EQ(v->stamps[i], want, "%s: %s stamped each frame once", v->name,
				 ROW(i)->name);
	}
	if (v->missed)
		SKIP("every stage follows the one before it", "calls were missed, and counted");
	else
		check_ways(v);
	check_peers(v, domid, queues);
}

/* The observers' boundaries are different hooks, and are not compared. */
static size_t common(struct view *v)
{
	size_t i, n = 0;

	for (i = 0; i < v->n; i++)
		if (!(vnft_hooks_boundary(BIT(v->stage[i].hook))))
			v->stage[n++] = v->stage[i];
	qsort(v->stage, n, sizeof(*v->stage), by_content);
	return n;
}

static void compare(struct view *a, struct view *b)
{
	const size_t n = common(a), m = common(b);
	size_t i = 0, j = 0, alone = 0;
	int order;

	while (i < n || j < m) {
		order = i == n ? 1 : j == m ? -1 : by_content(&a->stage[i], &b->stage[j]);
		if (order && ++alone <= 5)
			show(order < 0 ? a : b, order < 0 ? &a->stage[i] : &b->stage[j]);
		i += order <= 0;
		j += order >= 0;
	}
	CHECK(alone <= a->missed + b->missed && n,
	      "both have the same %zu stamps: hook, flow, length, queue, domain", n);
}

/* Polls that handed up a frame: those share its stamp. */
static size_t polls_of(const struct view *v)
{
	uint64_t *stamp = calloc(v->n + 1, sizeof(*stamp));
	size_t i, j, n = 0;

	for (i = 0; stamp && i < v->n; i++) {
		if (v->stage[i].hook != VNFT_HOOK_XENVIF_TX)
			continue;
		for (j = 0; j < n && stamp[j] != v->stage[i].time_ns; j++)
			;
		if (j == n)
			stamp[n++] = v->stage[i].time_ns;
	}
	free(stamp);
	return n;
}

int main(int argc, char **argv)
{
	const struct vnft_source_config config = { .ring_records = 1 << 16 };
	const uint32_t domid = argc > 3 ? (uint32_t)atoi(argv[2]) : 0;
	const uint32_t queues = argc > 3 ? (uint32_t)atoi(argv[3]) : 0;
	bool copied = false;
	const uint64_t all = vnft_hooks_by(VNFT_BY_BPF) | vnft_hooks_by(VNFT_BY_MODULE);
	uint32_t hook;
	size_t i;
	int arg = 4;

	if (argc > arg && !strcmp(argv[arg], "-z"))
		copied = arg++ > 0;
	if (argc < arg + 2 || strcmp(argv[arg], "--") || !queues || queues > MAX_QUEUES)
		return fprintf(stderr, "usage: vif DEV DOMID QUEUES [-z] -- COMMAND...\n"), 2;
	for (i = 0; i < VIEWS; i++) {
		struct view *v = &views[i];

		if (vnft_source_open(&v->source, v->observer, &config) ||
		    v->source->ops->attach(v->source, argv[1], &v->id) ||
		    v->source->ops->stages(v->source, v->id, all, &v->armed))
			return fprintf(stderr, "vif: %s: %s\n", v->name, vnft_why()), 1;
	}
	for (i = 0; i < VIEWS; i++)
		views[i].source->ops->record(views[i].source, views[i].id, ALL_CLASSES);
	CHECK(traffic(argv + arg + 1), "traffic: %s", argv[arg + 1]);
	for (i = 0; i < VIEWS; i++)
		views[i].source->ops->record(views[i].source, views[i].id, 0);
	drain_all();
	for (i = 0; i < VIEWS; i++)
		check_view(&views[i], domid, queues, copied);
	/* The module's, which runs in every call. */
	printf("count polls %zu\n", polls_of(&views[VIEWS - 1]));
	for (hook = 1; hook < VNFT_HOOK_MAX; hook++)
		if (XENVIF(hook))
			printf("count %s %llu\n", ROW(hook)->name,
			       (unsigned long long)views[VIEWS - 1].stamps[hook]);
	compare(&views[0], &views[1]);
	for (i = 0; i < VIEWS; i++) {
		views[i].source->ops->close(views[i].source);
		free(views[i].stage);
	}
	return unit_done();
}
