/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A stream without any protocol: to a port that reads, or from one that sends. Nobody reports, so
 * that only the hooks know the rate; here it is made sure that a stream was all there was to it.
 */
#include "workload.h"

#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/sockios.h>

#include "../lib/run/clock.h"
#include "../lib/run/interrupt.h"
#include "../lib/text/error.h"

#define NS_PER_MS	1000000ULL
#define NS_PER_S	1000000000ULL
#define CONNECT_MS	5000
#define ASK_MS		50
#define BLOCK_BYTES	(128 << 10)	/* as iperf's */

/**
 * struct stream - a connection, and how it went
 * @asked_ns: when we last looked whether to go on
 * @moved_ns: when a byte last went the way that is measured
 * @ends: the other end will send no more
 */
struct stream {
	const struct vnft_workload_config *config;
	int fd;
	uint64_t asked_ns, begun_ns, moved_ns;
	uint64_t bytes;
	bool ends;
};

static int failed(int err, const struct stream *s, const char *text)
{
	return vnft_workload_fail(err, "tcp", s->config, text);
}

static int go_on(struct stream *s, uint64_t now_ns)
{
	if (now_ns - s->asked_ns < ASK_MS * NS_PER_MS)
		return 0;
	s->asked_ns = now_ns;
	if (vnft_interrupted())
		return vnft_fail(-EINTR, "interrupted");
	if (s->config->give_up && s->config->give_up(s->config->give_up_arg))
		return failed(-ECANCELED, s, "given up");
	return 0;
}

/* What of @events happened, 0 when @until_ns has come, or negative errno after vnft_fail(). */
static int await(struct stream *s, short events, uint64_t until_ns)
{
	for (;;) {
		struct pollfd pfd = { .fd = s->fd, .events = events };
		const uint64_t now_ns = vnft_now_ns();
		uint64_t ms;
		int err;

		err = go_on(s, now_ns);
		if (err || now_ns >= until_ns)
			return err;
		ms = (until_ns - now_ns) / NS_PER_MS + 1;
		if (poll(&pfd, 1, ms < ASK_MS ? (int)ms : ASK_MS) > 0)
			return pfd.revents;
	}
}

static int broken(const struct stream *s)
{
	char why[96];

	snprintf(why, sizeof(why), "the other end closed it after %llu ms of %u s",
		 (unsigned long long)((vnft_now_ns() - s->begun_ns) / NS_PER_MS),
		 s->config->seconds);
	return failed(-EPROTO, s, why);
}

/* Reads what is there: bytes, 0 at the end and where there is nothing, or negative errno. */
static ssize_t take(struct stream *s)
{
	char block[BLOCK_BYTES];
	ssize_t n = recv(s->fd, block, sizeof(block), 0);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	s->ends = !n;
	return n;
}

static int open_stream(struct stream *s)
{
	const uint16_t port = s->config->reverse ? s->config->source_port : s->config->port;
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	socklen_t bytes = sizeof(int);
	int err;

	if (inet_pton(AF_INET, s->config->server, &to.sin_addr) != 1)
		return failed(-EINVAL, s, "no IPv4 address");
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->fd < 0)
		return failed(-errno, s, strerror(errno));
	if (connect(s->fd, (struct sockaddr *)&to, sizeof(to)) && errno != EINPROGRESS)
		return failed(-errno, s, strerror(errno));
	err = await(s, POLLOUT, vnft_now_ns() + CONNECT_MS * NS_PER_MS);
	if (err < 0)
		return err;
	if (!err)
		return failed(-ETIMEDOUT, s, "no answer to its SYN");
	if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &err, &bytes))
		err = errno;
	return err ? failed(-err, s, err == ECONNREFUSED ? "refused: nothing listens there" :
						  strerror(err)) : 0;
}

/*
 * Zeros: an iperf 2 server finds no wish in them. What comes back is read, or an echo would stop
 * reading in its turn.
 */
static int send_until(struct stream *s, uint64_t until_ns)
{
	static char zeros[BLOCK_BYTES];
	ssize_t n;
	int got;

	while ((got = await(s, s->ends ? POLLOUT : POLLOUT | POLLIN, until_ns)) > 0) {
		if (!s->ends && (got & POLLIN) && take(s) < 0)
			return broken(s);
		n = send(s->fd, zeros, sizeof(zeros), MSG_NOSIGNAL);
		if (n > 0) {
			s->bytes += (uint64_t)n;
			s->moved_ns = vnft_now_ns();
		} else if (n < 0 && errno != EAGAIN && errno != EINTR) {
			return broken(s);
		}
	}
	return got;
}

/* Until all that was sent has arrived. Nobody wakes us for an acknowledgment. */
static int drain(struct stream *s, uint64_t until_ns)
{
	socklen_t bytes = sizeof(int);
	int unsent, err;

	shutdown(s->fd, SHUT_WR);
	while (!ioctl(s->fd, SIOCOUTQ, &unsent) && unsent) {
		const uint64_t now_ns = vnft_now_ns();

		if (now_ns > until_ns)
			return failed(-ETIMEDOUT, s, "it did not take in time what was sent");
		err = go_on(s, now_ns);
		if (err)
			return err;
		if ((!s->ends && take(s) < 0) ||
		    getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &err, &bytes) || err)
			return broken(s);
		vnft_sleep_ms(1);
	}
	return 0;
}

static int receive_until(struct stream *s, uint64_t until_ns)
{
	ssize_t n;
	int got;

	while ((got = await(s, POLLIN, until_ns)) > 0) {
		n = take(s);
		if (n < 0 || s->ends)
			return broken(s);
		s->bytes += (uint64_t)n;
		s->moved_ns = n ? vnft_now_ns() : s->moved_ns;
	}
	return got;
}

/* A stream that stood still has a rate which says nothing. */
static int check_moved(const struct stream *s, uint64_t until_ns)
{
	char why[64];

	if (s->bytes && s->moved_ns + s->config->seconds * NS_PER_S / 2 >= until_ns)
		return 0;
	snprintf(why, sizeof(why), "it %s nothing%s", s->config->reverse ? "sent" : "read",
		 s->bytes ? " in the second half" : "");
	return failed(-EPROTO, s, why);
}

static int run_tcp(const struct vnft_workload_config *config, struct vnft_workload_result *result)
{
	struct stream s = { .config = config, .fd = -1 };
	uint64_t until_ns;
	int err;

	*result = (struct vnft_workload_result) { .tool_bps = NAN, .sent_bps = NAN,
						  .seconds = NAN };
	err = open_stream(&s);
	s.begun_ns = vnft_now_ns();
	until_ns = s.begun_ns + config->seconds * NS_PER_S;
	if (!err)
		err = config->reverse ? receive_until(&s, until_ns) : send_until(&s, until_ns);
	if (!err)
		err = check_moved(&s, until_ns);
	if (!err && !config->reverse)
		err = drain(&s, until_ns + vnft_workload_margin_ms(config) * NS_PER_MS);
	if (s.fd >= 0)
		close(s.fd);
	result->received_bytes = s.bytes;
	return err;
}

const struct vnft_workload_client vnft_workload_tcp = {
	.silent_why = "the workload has no report of its own",
	.run = run_tcp,
};
