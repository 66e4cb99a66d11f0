/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records without addresses and names.
 */
#include "anonymize.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "../../lib/text/error.h"
#include "../../stat/keyed.h"

/* Never full: the table has twice the room. */
#define ROOM	(2 * VNFT_ANONYMOUS_NAMES)

/* What numbers are given to; each is counted by itself. */
enum what { DEVICE, PROCESS, TGID, MARK, WHATS };

/**
 * struct vnft_anonymous - one export
 * @slot: names by keyed hash, open addressing; @number 0: free
 * @numbers: given so far, @n in all
 */
struct vnft_anonymous {
	uint64_t key[2];
	struct {
		uint64_t hash;
		uint32_t number;
	} slot[ROOM];
	uint32_t numbers[WHATS], n;
};

/* Without the key nobody finds the address to a hash by trying all of them. */
static uint64_t hash(const struct vnft_anonymous *a, const void *data, size_t bytes)
{
	uint64_t word[8] = { 0 };

	memcpy(word, data, bytes);
	return vnft_keyed_hash_under(a->key, word, (bytes + 7) / 8);
}

static uint32_t number(struct vnft_anonymous *a, enum what what, const char *name)
{
	char whole[VNFT_NAME_LEN + 8] = "";
	uint64_t h;
	size_t at;

	snprintf(whole, sizeof(whole), "%c%.*s", 'a' + (int)what, VNFT_NAME_LEN, name);
	h = hash(a, whole, sizeof(whole));
	for (at = h & (ROOM - 1); a->slot[at].number; at = (at + 1) & (ROOM - 1))
		if (a->slot[at].hash == h)
			return a->slot[at].number;
	if (a->n == VNFT_ANONYMOUS_NAMES)
		return 0;
	a->n++;
	a->slot[at].hash = h;
	a->slot[at].number = ++a->numbers[what];
	return a->slot[at].number;
}

static void address(const struct vnft_anonymous *a, uint8_t addr[16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	const bool ipv4 = !memcmp(addr, mapped, sizeof(mapped));
	const uint64_t h = hash(a, addr, 16);

	memset(addr, 0, 16);
	addr[0] = 0xfd;
	addr[3] = ipv4 ? 4 : 6;
	memcpy(addr + 8, &h, 8);
}

static void device(struct vnft_anonymous *a, struct vnft_rec_device *dev)
{
	const uint32_t n = number(a, DEVICE, dev->name);

	memset(dev->mac, 0, sizeof(dev->mac));
	memset(dev->name, 0, sizeof(dev->name));
	snprintf(dev->name, sizeof(dev->name), "device%u", n);
}

static void life(struct vnft_anonymous *a, struct vnft_record *r)
{
	char tgid[16];
	uint32_t n;

	if (!r->life.comm[0] && !r->len32)
		return;		/* a stranger's: says nothing already */
	n = number(a, PROCESS, r->life.comm);
	memset(r->life.comm, 0, sizeof(r->life.comm));
	snprintf(r->life.comm, sizeof(r->life.comm), "process%u", n);
	snprintf(tgid, sizeof(tgid), "%u", r->len32);
	r->len32 = number(a, TGID, tgid);
	r->life.parent_tgid = 0;
}

/* "type=NAME": names of types and settings are whatever a user called them; counts stay. */
static void mark(struct vnft_anonymous *a, struct vnft_rec_mark *m)
{
	char *value = memchr(m->name, '=', sizeof(m->name) - 1);
	size_t room;

	if (!value || !value[1] || strspn(value + 1, "0123456789") == strlen(value + 1))
		return;
	value++;
	room = sizeof(m->name) - (size_t)(value - m->name);
	snprintf(value, room, "%u", number(a, MARK, m->name));
}

int vnft_anonymous_new(struct vnft_anonymous **anonymous)
{
	struct vnft_anonymous *a = calloc(1, sizeof(*a));

	if (!a)
		return vnft_fail(-ENOMEM, "out of memory");
	if (getrandom(a->key, sizeof(a->key), 0) != sizeof(a->key)) {
		free(a);
		return vnft_fail(-EIO, "no random key: addresses cannot be hashed");
	}
	*anonymous = a;
	return 0;
}

void vnft_anonymous_free(struct vnft_anonymous *anonymous)
{
	free(anonymous);
}

void vnft_anonymous_record(struct vnft_anonymous *a, struct vnft_record *r)
{
	uint64_t flow = r->flow;

	switch (r->kind) {
	case VNFT_KIND_FLOW:
		address(a, r->addr.addr_a);
		address(a, r->addr.addr_b);
		break;
	case VNFT_KIND_DEVICE:
		device(a, &r->dev);
		return;
	case VNFT_KIND_LIFE:
		life(a, r);
		return;
	case VNFT_KIND_MARK:
		mark(a, &r->mark);
		return;
	case VNFT_KIND_PACKET:
	case VNFT_KIND_STAGE:
	case VNFT_KIND_SENT:
		break;
	default:
		return;
	}
	/* A flow's id is made of its addresses, without a key. */
	if (flow)
		r->flow = hash(a, &flow, sizeof(flow)) | 1;
}
