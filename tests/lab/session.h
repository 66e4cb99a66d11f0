/* SPDX-License-Identifier: GPL-2.0 */
/* A session of the module as the contract says it, and all records that it gave: for tests. */
#ifndef TESTS_LAB_SESSION_H
#define TESTS_LAB_SESSION_H

#include <errno.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>

#include "../../tools/lib/net/link.h"
#include "../../tools/source/module/ctl.h"
#include "../../tools/source/ring.h"
#include "../unit/unit.h"
#include "life.h"

/**
 * struct session - an open /dev/vnftrace
 * @record: what was read, in the order of reading, @n of them
 */
struct session {
	int fd;
	struct vnft_session_setup setup;
	struct vnft_rings rings;
	struct vnft_record *record;
	size_t n, room;
};

static inline int session_keep(const struct vnft_record *r, void *arg)
{
	struct session *s = arg;

	if (s->n == s->room) {
		s->room = s->room ? 2 * s->room : 1024;
		s->record = realloc(s->record, s->room * sizeof(*r));
		if (!s->record)
			abort();
	}
	s->record[s->n++] = *r;
	return 0;
}

static inline void session_drain(struct session *s)
{
	vnft_rings_drain(&s->rings, session_keep, s);
}

static inline bool session_open(struct session *s, uint32_t flags, uint32_t records)
{
	uint32_t cpu;

	*s = (struct session){
		.fd = open("/dev/" VNFT_CHARDEV_NAME, O_RDWR | O_CLOEXEC),
		.setup = { VNFT_ABI_VERSION, .flags = flags, .ring_records = records },
	};
	if (s->fd < 0 || ioctl(s->fd, VNFT_IOC_SETUP, &s->setup) ||
	    vnft_rings_new(&s->rings, s->setup.ncpus, records))
		return false;
	for (cpu = 0; cpu < s->setup.ncpus; cpu++) {
		off_t at = (off_t)(cpu * s->setup.ring_stride_bytes);
		void *memory = mmap(NULL, vnft_ring_bytes(records), PROT_READ, MAP_SHARED, s->fd,
				    at);

		if (memory == MAP_FAILED ||
		    mmap(memory, VNFT_PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
			 s->fd, at) == MAP_FAILED)
			return false;
		s->rings.ring[cpu].memory = memory;
	}
	return true;
}

static inline void session_close(struct session *s)
{
	vnft_rings_free(&s->rings);
	close(s->fd);
	free(s->record);
	*s = (struct session){ .fd = -1 };
}

/* Its id, 0 if it was refused: then vnft_why() says why. @answer may be NULL. */
static inline uint32_t session_attach(const struct session *s, const char *name, uint32_t mask,
				      uint64_t stages, struct vnft_module_device *answer)
{
	const struct vnft_module_attach how = {
		.ifindex = if_nametoindex(name),
		.session = s ? s->setup.session : 0,
		.record_mask = mask,
		.stages = stages,
		.match_slots = 64,
	};
	struct vnft_module_device device;

	if (!answer)
		answer = &device;
	return vnft_module_attach(&how, answer) ? 0 : answer->id;
}

static inline uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* Until @cond holds, looked at every millisecond, at most @ms long. */
#define UNTIL(ms, cond) ({						\
	uint64_t until_ = now_ns() + (ms) * 1000000ULL;			\
	bool holds_;							\
	while (!(holds_ = (cond)) && now_ns() < until_)			\
		usleep(1000);						\
	holds_;								\
})

/* A link is up some time after it was set up; until then its queue drops frames. */
static inline bool link_runs(const char *name)
{
	struct ifreq request = { 0 };
	struct vnft_link_info info;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool runs;

	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	runs = UNTIL(10000, !ioctl(fd, SIOCGIFFLAGS, &request) && request.ifr_flags & IFF_RUNNING);
	close(fd);
	/* Whoever said so holds the lock that this takes until the queue is ready. */
	return runs && !vnft_link_get(name, &info);
}

#endif
