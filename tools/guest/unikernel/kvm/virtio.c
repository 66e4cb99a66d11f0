/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The driver: nic.h by virtio. Two rings, one of buffers that wait for frames, one of frames that
 * wait to be sent. Nothing is copied: a frame that came in is handed to lwIP where it lies, and one
 * that goes out is read by the device where lwIP has it.
 */
#include "../nic.h"

#include <lwip/pbuf.h>

#include "../machine.h"
#include "ports.h"
#include "transport.h"

#define FEATURE_MAC	(1ull << 5)
#define FEATURE_LAYOUT	(1ull << 27)	/* old devices: a header may share its slot */
#define FEATURE_MODERN	(1ull << 32)
#define ACKNOWLEDGE	1
#define DRIVER		2
#define DRIVER_OK	4
#define FEATURES_OK	8
#define FRAME_BYTES	2048u

enum { RECEIVE, SEND, RINGS };

/**
 * struct rx_buffer - for a frame from the device; lwIP's header stands before it, so that lwIP can
 *	answer an echo in place
 */
struct rx_buffer {
	struct pbuf_custom head;
	uint8_t frame[FRAME_BYTES];
};

static const struct virtio_transport *device;
static struct virtio_ring rings[RINGS] __attribute__((aligned(4096)));
static uint16_t seen[RINGS];		/* of used_index */
static bool fresh[RINGS];		/* lent, and the device was not told */
static struct rx_buffer buffers[RING_SLOTS];
static uint16_t header_bytes;

/* Of the frames that we send: their first slot is the virtio header, which is all zeros. */
static const uint8_t header[12];
static struct pbuf *sending[RING_SLOTS];
static uint16_t free_slot, free_slots = RING_SLOTS;

static void lend(unsigned int n, uint16_t slot)
{
	struct virtio_ring *r = &rings[n];

	r->avail[r->avail_index % RING_SLOTS] = slot;
	in_order();
	r->avail_index++;
	fresh[n] = true;
}

static void tell(unsigned int n)
{
	if (!fresh[n])
		return;
	fresh[n] = false;
	write_before_read();
	if (!(rings[n].used_flags & 1))
		device->notify(n);
}

/* The next slot that the device gave back, or -1. */
static int take_back(unsigned int n, uint32_t *bytes)
{
	struct virtio_ring *r = &rings[n];
	uint32_t slot;

	if (seen[n] == r->used_index)
		return -1;
	in_order();
	slot = r->used[seen[n] % RING_SLOTS].slot;
	*bytes = r->used[seen[n]++ % RING_SLOTS].bytes;
	if (slot >= RING_SLOTS)
		die("virtio: the device gives back what it never had");
	return (int)slot;
}

/* lwIP is done with a frame: the device may have its buffer again. */
static void give_again(struct pbuf *p)
{
	lend(RECEIVE, (uint16_t)((struct rx_buffer *)p - buffers));
}

void nic_poll(void (*received)(struct pbuf *p))
{
	unsigned int left = RING_SLOTS;	/* timers want their turn, too */
	uint32_t bytes = 0;
	int slot;

	while (left-- && (slot = take_back(RECEIVE, &bytes)) >= 0) {
		struct rx_buffer *b = &buffers[slot];

		if (bytes < header_bytes || bytes > FRAME_BYTES)
			die("virtio: the device says that it wrote elsewhere");
		b->head.custom_free_function = give_again;
		received(pbuf_alloced_custom(PBUF_RAW, (u16_t)(bytes - header_bytes), PBUF_RAM,
					     &b->head, b->frame + header_bytes,
					     (u16_t)(FRAME_BYTES - header_bytes)));
	}
}

/* Frees what the device has sent. Slots of a frame, and free ones, are linked by their next. */
static void reap(void)
{
	struct virtio_desc *desc = rings[SEND].desc;
	uint32_t bytes = 0;
	int slot;

	while ((slot = take_back(SEND, &bytes)) >= 0) {
		uint16_t last = (uint16_t)slot;

		if (!sending[slot])
			die("virtio: the device sent what we did not");
		pbuf_free(sending[slot]);
		sending[slot] = NULL;
		for (free_slots++; desc[last].flags & VIRTIO_NEXT; free_slots++)
			last = desc[last].next;
		desc[last].next = free_slot;
		free_slot = (uint16_t)slot;
	}
}

static void fill(struct virtio_desc *desc, const void *from, uint16_t bytes)
{
	desc->address = (uint64_t)from;
	desc->bytes = bytes;
	desc->flags = 0;
}

err_t nic_send(struct pbuf *p)
{
	struct virtio_desc *desc = rings[SEND].desc;
	uint16_t first, at;

	reap();
	if (pbuf_clen(p) + 1 > free_slots)
		return ERR_MEM;
	pbuf_ref(p);
	first = at = free_slot;
	sending[first] = p;
	fill(&desc[at], header, header_bytes);
	free_slots--;
	for (; p; p = p->next) {
		if (!p->len)
			continue;
		desc[at].flags = VIRTIO_NEXT;
		at = desc[at].next;
		fill(&desc[at], p->payload, p->len);
		free_slots--;
	}
	free_slot = desc[at].next;
	lend(SEND, first);
	return ERR_OK;
}

void nic_sleep(void)
{
	tell(SEND);
	tell(RECEIVE);
	rings[RECEIVE].avail_flags = 0;
	write_before_read();
	if (seen[RECEIVE] == rings[RECEIVE].used_index)
		machine_sleep();
	rings[RECEIVE].avail_flags = 1;
	reap();
}

static void agree(void)
{
	const uint64_t modern = device->modern ? FEATURE_MODERN : 0;
	const uint64_t both = device->features() & (FEATURE_MAC | FEATURE_LAYOUT | modern);
	uint8_t status = ACKNOWLEDGE | DRIVER;

	if (!(both & FEATURE_MAC) || (both & modern) != modern)
		die("virtio: the device has no address, or is neither old nor modern");
	device->accept(both);
	if (!device->modern)
		return;
	device->set_status(status |= FEATURES_OK);
	if (!(device->status() & FEATURES_OK))
		die("virtio: the device takes back what it offered");
}

void nic_open(const struct unikernel_config *config, uint8_t mac[6])
{
	unsigned int i;

	device = virtio_by_mmio(config);
	if (!device)
		device = virtio_by_pci();
	if (!device)
		die("no virtio network device: neither on the command line nor on PCI");
	header_bytes = device->modern ? 12 : 10;
	device->set_status(0);
	device->set_status(ACKNOWLEDGE | DRIVER);
	agree();
	for (i = 0; i < RING_SLOTS; i++) {
		fill(&rings[RECEIVE].desc[i], buffers[i].frame, FRAME_BYTES);
		rings[RECEIVE].desc[i].flags = VIRTIO_WRITE;
		rings[SEND].desc[i].next = (uint16_t)(i + 1);
		lend(RECEIVE, (uint16_t)i);
	}
	/* What was sent is found when the next frame is: it needs no interrupt. */
	rings[SEND].avail_flags = rings[RECEIVE].avail_flags = 1;
	for (i = 0; i < RINGS; i++)
		if (!device->ring(i, &rings[i]))
			die("virtio: the device takes no ring of 256 slots");
	for (i = 0; i < 6; i++)
		mac[i] = device->config(i);
	device->set_status(device->status() | DRIVER_OK);
	tell(RECEIVE);
}
