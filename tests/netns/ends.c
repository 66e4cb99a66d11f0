/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A stream ends with its last segment with payload, however its connection does: ends OBSERVER DEV
 * NETNS ADDRESS. DEV is on the way to ADDRESS, which is NETNS's. Truth are the sender's own stamps
 * around send(), on the same clock. No connection may cost another its slot.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../../tools/lib/run/clock.h"
#include "../../tools/lib/text/error.h"
#include "../../tools/source/open.h"
#include "../unit/unit.h"

#define MS		1000000ULL
#define CHUNKS		50
#define CHUNK_BYTES	8000
#define CONNECTIONS	2000

enum end { FIN, RST, PEER_RST, OPEN };
static const char *const end_name[] = { "a late FIN", "a RST", "a RST of its peer", "nothing" };

static struct {
	struct vnft_source *source;
	const char *dev;
	uint16_t id;
	int own_fd, other_fd, listen_fd;
	struct sockaddr_in to;
} t;

static uint64_t coarse_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (uint64_t)now.tv_sec * 1000 * MS + (uint64_t)now.tv_nsec;
}

static int enter(int fd)
{
	return setns(fd, CLONE_NEWNET);
}

static bool open_all(char **argv)
{
	static const char *const name[] = { "bpf", "module" };
	const struct vnft_source_config config = { .record_mask = 0 };
	char path[128];
	int one = 1;

	snprintf(path, sizeof(path), "/run/netns/%s", argv[3]);
	t.own_fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	t.other_fd = open(path, O_RDONLY | O_CLOEXEC);
	t.dev = argv[2];
	t.to = (struct sockaddr_in) { .sin_family = AF_INET, .sin_port = htons(7000),
				      .sin_addr.s_addr = inet_addr(argv[4]) };
	if (t.own_fd < 0 || t.other_fd < 0 || enter(t.other_fd))
		return false;
	t.listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(t.listen_fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	return !bind(t.listen_fd, (void *)&t.to, sizeof(t.to)) && !listen(t.listen_fd, 16) &&
	       !enter(t.own_fd) &&
	       !vnft_source_open(&t.source, strcmp(argv[1], name[1]) ? VNFT_OBSERVER_BPF :
								       VNFT_OBSERVER_MODULE,
				 &config);
}

/* @fd: the near end, the far end. */
static bool connect_pair(int fd[2])
{
	fd[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(fd[0], (void *)&t.to, sizeof(t.to)))
		return false;
	fd[1] = accept(t.listen_fd, NULL, NULL);
	return fd[1] >= 0;
}

static bool pass(int from, int to, size_t bytes)
{
	static char chunk[CHUNK_BYTES];

	return send(from, chunk, bytes, 0) == (ssize_t)bytes &&
	       recv(to, chunk, bytes, MSG_WAITALL) == (ssize_t)bytes;
}

static void close_hard(int fd)
{
	struct linger linger = { .l_onoff = 1 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	close(fd);
}

static void one_end(enum vnft_dir dir, enum end how)
{
	struct vnft_stream s = { 0 };
	uint64_t first_ns[2], last_ns[2], lag_ns = 0;
	int fd[2], from, to, i;
	bool whole = true;

	if (!CHECK(!t.source->ops->attach(t.source, t.dev, &t.id) && connect_pair(fd),
		   "attached and connected"))
		return;
	from = fd[dir == VNFT_DIR_IN];
	to = fd[dir != VNFT_DIR_IN];
	for (i = 0; i < CHUNKS; i++) {
		last_ns[0] = vnft_now_ns();
		whole &= pass(from, to, CHUNK_BYTES);
		last_ns[1] = vnft_now_ns();
		lag_ns = last_ns[1] - coarse_ns();
		if (!i)
			memcpy(first_ns, last_ns, sizeof(first_ns));
		usleep(2000);
	}
	usleep(300000);
	if (how == RST)
		close_hard(from);
	else if (how == PEER_RST)
		close_hard(to);
	else if (how == FIN)
		shutdown(from, SHUT_WR);
	usleep(200000);
	CHECK(!t.source->ops->stream(t.source, t.id, dir, &s) && whole &&
	      s.payload_bytes == CHUNKS * CHUNK_BYTES && s.first_ns >= first_ns[0] &&
	      s.first_ns <= first_ns[1], "%s, %s: all its payload, from its first segment",
	      dir == VNFT_DIR_IN ? "in" : "out", end_name[how]);
	/* Where the timer's interrupt comes late, as in emulated machines, a tick is longer. */
	CHECK(s.last_ns + (lag_ns > 8 * MS ? lag_ns : 4 * MS) >= last_ns[0] &&
	      s.last_ns - s.late_ns <= last_ns[1] &&
	      s.late_ns <= 11 * MS, "its end is %+.3f ms from the last send(), at most %.3f late",
	      (double)(int64_t)(s.last_ns - last_ns[1]) / 1e6, (double)s.late_ns / 1e6);
	if (how != RST)
		close(from);
	if (how != PEER_RST)
		close(to);
	t.source->ops->detach(t.source, t.id);
}

static void slots(bool peer)
{
	struct vnft_device_state state = { 0 };
	int fd[2], i;
	bool good = true;

	if (!CHECK(!t.source->ops->attach(t.source, t.dev, &t.id), "attached"))
		return;
	for (i = 0; good && i < CONNECTIONS; i++) {
		good = connect_pair(fd) && pass(fd[0], fd[1], 1);
		close_hard(fd[peer]);
		close(fd[!peer]);
	}
	t.source->ops->state(t.source, t.id, &state);
	CHECK(good && !state.counters.lost[VNFT_LOST_FLOW_EVICTED],
	      "%d connections, one after the other, each ended by a RST%s: %llu lost their slot", i,
	      peer ? " of the far end" : "",
	      (unsigned long long)state.counters.lost[VNFT_LOST_FLOW_EVICTED]);
	t.source->ops->detach(t.source, t.id);
}

int main(int argc, char **argv)
{
	int dir, how;

	if (argc != 5)
		return 2;
	if (!CHECK(open_all(argv), "opened"))
		return printf("# %s\n", vnft_why()), unit_done();
	for (dir = 0; dir < VNFT_DIR_NR; dir++)
		for (how = 0; how <= OPEN; how++)
			one_end((enum vnft_dir)dir, (enum end)how);
	slots(false);
	slots(true);
	t.source->ops->close(t.source);
	return unit_done();
}
