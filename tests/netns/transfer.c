/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One TCP stream over a way, seen before and behind it: transfer OBSERVER FROM_NETNS FROM_DEV
 * TO_NETNS TO_DEV ADDRESS BYTES lost|late|tunnel. The way loses frames, delivers some late, or both
 * devices carry a tunnel to ADDRESS, which is TO_NETNS's. Truth are the bytes that the receiver
 * read and what the sender's socket says of its segments.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../tools/lib/text/error.h"
#include "../../tools/source/open.h"
#include "../unit/unit.h"

enum { CHUNK_BYTES = 1 << 16 };

static struct place {
	const char *dev;
	enum vnft_dir dir;
	int netns_fd;
	uint16_t id;
	struct vnft_device_state state;
	struct vnft_stream stream;
} place[2] = { { .dir = VNFT_DIR_OUT }, { .dir = VNFT_DIR_IN } };

static struct vnft_source *source;
static int send_fd, receive_fd;

static bool enter(const struct place *p)
{
	return !setns(p->netns_fd, CLONE_NEWNET);
}

static bool open_place(struct place *p, const char *netns, const char *dev)
{
	char path[128];

	snprintf(path, sizeof(path), "/run/netns/%s", netns);
	p->netns_fd = open(path, O_RDONLY | O_CLOEXEC);
	p->dev = dev;
	return enter(p) && !source->ops->attach(source, dev, &p->id);
}

static bool connect_both(const char *address)
{
	const struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(7000),
					.sin_addr.s_addr = inet_addr(address) };
	int listen_fd, one = 1;

	if (!enter(&place[1]))
		return false;
	/* The last end of the connection before may have been lost on its way. */
	listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(listen_fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listen_fd, (const void *)&to, sizeof(to)) || listen(listen_fd, 1) ||
	    !enter(&place[0]))
		return false;
	send_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(send_fd, (const void *)&to, sizeof(to)))
		return false;
	receive_fd = accept(listen_fd, NULL, NULL);
	close(listen_fd);
	return receive_fd >= 0;
}

/* Return: how many bytes came, in its argument. */
static void *receive(void *arg)
{
	static char chunk[CHUNK_BYTES];
	uint64_t *bytes = arg;
	ssize_t n;

	while ((n = recv(receive_fd, chunk, sizeof(chunk), 0)) > 0)
		*bytes += (uint64_t)n;
	return NULL;
}

static bool all_acknowledged(struct tcp_info *said)
{
	socklen_t size = sizeof(*said);

	do {
		usleep(10000);
		if (getsockopt(send_fd, IPPROTO_TCP, TCP_INFO, said, &size))
			return false;
	} while (said->tcpi_unacked);
	return true;
}

/* The first byte goes alone: a stream begins with the first that passes, and nothing overtakes. */
static bool transfer(uint64_t bytes, uint64_t *received_bytes, struct tcp_info *said)
{
	static char chunk[CHUNK_BYTES];
	pthread_t thread;
	uint64_t left;
	ssize_t n = 1;

	if (pthread_create(&thread, NULL, receive, received_bytes) ||
	    send(send_fd, chunk, 1, 0) != 1 || !all_acknowledged(said))
		return false;
	for (left = bytes - 1; left && n > 0; left -= (uint64_t)n)
		n = send(send_fd, chunk, left < sizeof(chunk) ? left : sizeof(chunk), 0);
	shutdown(send_fd, SHUT_WR);
	pthread_join(thread, NULL);
	return n > 0 && all_acknowledged(said);
}

/* A tunnel's packets are no stream. */
static bool look(struct place *p, bool tunnel)
{
	return !source->ops->state(source, p->id, &p->state) &&
	       (tunnel || !source->ops->stream(source, p->id, p->dir, &p->stream));
}

/* Frames of other kinds, as ARP, are few. */
static void check_segments(const struct tcp_info *said)
{
	const struct vnft_counters_dir *out = &place[0].state.counters.dir[VNFT_DIR_OUT];
	const struct vnft_counters_dir *in = &place[1].state.counters.dir[VNFT_DIR_IN];

	printf("# the sender sent %u segments; %llu frames of %llu out, %llu of %llu in\n",
	       said->tcpi_segs_out, (unsigned long long)out->packets,
	       (unsigned long long)out->wire_packets, (unsigned long long)in->packets,
	       (unsigned long long)in->wire_packets);
	CHECK(out->packets < said->tcpi_segs_out / 4, "a frame has many segments");
	CHECK(out->wire_packets >= said->tcpi_segs_out &&
	      out->wire_packets <= said->tcpi_segs_out + 20, "out: as many as the sender sent");
	CHECK(in->wire_packets >= said->tcpi_segs_out &&
	      in->wire_packets <= said->tcpi_segs_out + 20, "in: the same");
}

static void check_bytes(uint64_t bytes, const struct tcp_info *said, bool lost)
{
	const struct vnft_counters_dir *out = &place[0].state.counters.dir[VNFT_DIR_OUT];
	const struct vnft_counters_dir *in = &place[1].state.counters.dir[VNFT_DIR_IN];

	printf("# the sender repeated %u segments, %llu bytes; before the way %llu, %llu; "
	       "behind it %llu, %llu of %llu\n",
	       said->tcpi_total_retrans, (unsigned long long)said->tcpi_bytes_retrans,
	       (unsigned long long)out->retrans_segments, (unsigned long long)out->retrans_bytes,
	       (unsigned long long)in->retrans_segments, (unsigned long long)in->retrans_bytes,
	       (unsigned long long)in->tcp_payload_bytes);
	CHECK_EQ(place[0].stream.payload_bytes, bytes, "before the way: each byte once");
	CHECK_EQ(place[1].stream.payload_bytes, bytes, "behind it: each byte once");
	CHECK_EQ(out->retrans_bytes, said->tcpi_bytes_retrans,
		 "before it: the bytes that the sender repeated");
	/*
	 * A SYN and a FIN that come again have no payload. A sender that was told in time what was
	 * only late (RACK) has repeated nothing.
	 */
	CHECK(out->retrans_segments <= said->tcpi_total_retrans &&
	      out->retrans_segments + 2 >= said->tcpi_total_retrans &&
	      (said->tcpi_total_retrans || !lost),
	      "before it: the segments that the sender repeated");
	CHECK_EQ(in->retrans_bytes, in->tcp_payload_bytes - bytes, "behind it: what came twice");
	if (lost)
		CHECK(in->retrans_bytes < said->tcpi_bytes_retrans / 2,
		      "what was lost on the way came once");
	else
		CHECK_EQ(in->retrans_bytes, said->tcpi_bytes_retrans,
			 "what was late was no retransmission, and what was repeated came twice");
}

int main(int argc, char **argv)
{
	const struct vnft_source_config config = { .record_mask = 0 };
	struct tcp_info said = { 0 };
	uint64_t bytes, received_bytes = 0;
	bool tunnel;

	if (argc != 9)
		return 2;
	tunnel = !strcmp(argv[8], "tunnel");
	bytes = strtoull(argv[7], NULL, 10);
	if (!CHECK(!vnft_source_open(&source, strcmp(argv[1], "module") ? VNFT_OBSERVER_BPF :
									  VNFT_OBSERVER_MODULE,
				     &config) &&
		   open_place(&place[0], argv[2], argv[3]) &&
		   open_place(&place[1], argv[4], argv[5]), "attached to both ends"))
		return printf("# %s\n", vnft_why()), unit_done();
	CHECK(connect_both(argv[6]) && transfer(bytes, &received_bytes, &said) &&
	      look(&place[0], tunnel) && look(&place[1], tunnel), "passed");
	CHECK_EQ(received_bytes, bytes, "the receiver has all");
	if (tunnel)
		check_segments(&said);
	else
		check_bytes(bytes, &said, !strcmp(argv[8], "lost"));
	source->ops->close(source);
	return unit_done();
}
