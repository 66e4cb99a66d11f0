/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An instance whose moment of readiness is known: ready TAP LOG drop|keep DELAY_NS. From 20 to 40
 * ms after its start, at a moment that it stamps itself (CLOCK_MONOTONIC), it begins to answer SYNs
 * with RST and echoes, each DELAY_NS after it was read. What came before that moment it drops, or
 * keeps unread and answers then. It ends with SIGTERM.
 *
 * Its log, a line each: "ready NS" for a launch, or "starved NS" where the host did not let it look
 * at its tap for a while after that moment, so that it was not ready. "echo N LEAST MOST": of N
 * echoes, the means of what their round trips behind the driver took at least (from the end of the
 * read to the begin of the write) and at most (from the last look that found the tap empty to the
 * end of the write), in ns.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define EARLIEST_NS	20000000ULL
#define FRAME_BYTES	2048
#define IP		14
#define L4		34
#define NAP_US		50
#define STARVED_NS	500000ULL

static volatile sig_atomic_t over;
static uint64_t echoes, least_ns, most_ns;
static bool starved;

static void end(int sig)
{
	over = 1;
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static void say(const char *log, const char *line)
{
	int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);

	if (fd < 0 || write(fd, line, strlen(line)) < 0)
		perror(log);
	close(fd);
}

static int open_tap(const char *name)
{
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);

	strncpy(ifr.ifr_name, name, IFNAMSIZ - 1);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &ifr)) {
		perror(name);
		exit(1);
	}
	return fd;
}

static void set_sum(uint8_t *from, int bytes, uint32_t sum, uint8_t *to)
{
	uint16_t folded;

	for (to[0] = to[1] = 0; bytes > 1; bytes -= 2, from += 2)
		sum += (uint32_t)from[0] << 8 | from[1];
	sum = (sum & 0xffff) + (sum >> 16);
	folded = htons((uint16_t)~((sum & 0xffff) + (sum >> 16)));
	memcpy(to, &folded, 2);
}

static void swap(uint8_t *a, uint8_t *b, int bytes)
{
	uint8_t kept[6];

	memcpy(kept, a, (size_t)bytes);
	memcpy(a, b, (size_t)bytes);
	memcpy(b, kept, (size_t)bytes);
}

/* The frame becomes its answer: its length, or 0 where there is none. */
static int answer(uint8_t *f, int bytes)
{
	uint32_t seq, sum;
	int i;

	if (bytes < L4 + 8 || f[12] != 8 || f[13] || f[IP] != 0x45)
		return 0;
	swap(f, f + 6, 6);
	swap(f + IP + 12, f + IP + 16, 4);
	if (f[IP + 9] == IPPROTO_ICMP && f[L4] == 8) {
		f[L4] = 0;
		set_sum(f + L4, bytes - L4, 0, f + L4 + 2);
		return bytes;
	}
	if (f[IP + 9] != IPPROTO_TCP || f[L4 + 13] != 2)
		return 0;
	/* As Linux does for a closed port: no id, "don't fragment". */
	memcpy(f + IP + 2, "\0\x28\0\0\x40\0", 6);
	set_sum(f + IP, 20, 0, f + IP + 10);
	swap(f + L4, f + L4 + 2, 2);
	memcpy(&seq, f + L4 + 4, 4);
	seq = htonl(ntohl(seq) + 1);
	memset(f + L4 + 4, 0, 16);
	memcpy(f + L4 + 8, &seq, 4);
	f[L4 + 12] = 5 << 4;
	f[L4 + 13] = 0x14;
	for (sum = IPPROTO_TCP + 20, i = IP + 12; i < IP + 20; i += 2)
		sum += (uint32_t)f[i] << 8 | f[i + 1];
	set_sum(f + L4, 20, sum, f + L4 + 16);
	return L4 + 20;
}

/* What was read before @due_ns is dropped. When that was over: before the first read behind it. */
static uint64_t serve(int fd, uint64_t due_ns, uint64_t delay_ns)
{
	uint64_t empty_ns = now_ns(), ready_ns = 0, look_ns, read_ns, write_ns;
	uint8_t frame[FRAME_BYTES];
	bool echo, answered = false;
	uint64_t seen_ns = now_ns();
	int bytes;

	while (!over) {
		look_ns = now_ns();
		if (!ready_ns && look_ns >= due_ns)
			ready_ns = look_ns;
		bytes = (int)read(fd, frame, sizeof(frame));
		read_ns = now_ns();
		starved |= ready_ns && ready_ns != look_ns && !answered &&
			   read_ns - seen_ns > STARVED_NS;
		seen_ns = read_ns;
		if (bytes < 0) {
			empty_ns = look_ns;
			/* Echoes are awaited busily: when each came is part of the truth. */
			if (!echoes && errno == EAGAIN)
				usleep(NAP_US);
			continue;
		}
		if (!ready_ns)
			continue;
		echo = frame[IP + 9] == IPPROTO_ICMP;
		bytes = answer(frame, bytes);
		if (!bytes)
			continue;
		answered = true;
		while (now_ns() < read_ns + delay_ns)
			;
		write_ns = now_ns();
		if (write(fd, frame, (size_t)bytes) < 0 || !echo)
			continue;
		echoes++;
		least_ns += write_ns - read_ns;
		most_ns += now_ns() - empty_ns;
	}
	return ready_ns;
}

int main(int argc, char **argv)
{
	const struct sched_param first = { .sched_priority = 10 };
	struct sigaction act = { .sa_handler = end };
	uint64_t due_ns = now_ns(), ready_ns;
	char line[128];
	int fd;

	if (argc != 5)
		return 2;
	sigaction(SIGTERM, &act, NULL);
	/* Between its stamp and its first look at the tap nobody else shall run. */
	if (sched_setscheduler(0, SCHED_FIFO, &first))
		perror("no real-time priority");
	due_ns += EARLIEST_NS + due_ns / 7 % EARLIEST_NS;
	fd = open_tap(argv[1]);
	while (!strcmp(argv[3], "keep") && now_ns() < due_ns && !over)
		usleep(NAP_US);
	ready_ns = serve(fd, due_ns, strtoull(argv[4], NULL, 10));
	snprintf(line, sizeof(line), "%s %llu\n", starved ? "starved" : "ready",
		 (unsigned long long)ready_ns);
	say(argv[2], line);
	if (echoes) {
		snprintf(line, sizeof(line), "echo %llu %llu %llu\n", (unsigned long long)echoes,
			 (unsigned long long)(least_ns / echoes),
			 (unsigned long long)(most_ns / echoes));
		say(argv[2], line);
	}
	return 0;
}
