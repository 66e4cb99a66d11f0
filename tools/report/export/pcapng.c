/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frames for Wireshark: one interface for each hook of each device, stamps of the wall clock in ns.
 *
 * A packet's direction is the device's: inbound is what it receives. What was lost stands in the
 * statistics of the device's first interface, since no loss says at which hook it was.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../../../kmod/core/hooks.h"
#include "../../lib/host/version.h"
#include "../../lib/text/clean.h"
#include "../../lib/text/error.h"
#include "../../source/lost.h"
#include "../../source/side.h"
#include "export.h"
#include "pcapng_block.h"
#include "pcapng_frame.h"

#define LINKTYPE_ETHERNET	1
#define LINKTYPE_RAW		101	/* begins with the IP header */
#define TSRESOL_NS		9
#define EPB_INBOUND		1
#define EPB_OUTBOUND		2
/* Hooks, and the same at a device of the guest's side. */
#define PLACES			(2 * VNFT_HOOK_MAX)

/**
 * struct pcapng_device - a device of the file
 * @iface: numbers of its interfaces by place, from 1; 0: none yet
 * @dev: as defined last
 */
struct pcapng_device {
	uint32_t iface[PLACES];
	uint64_t lost[VNFT_LOST_NR];
	struct vnft_rec_device dev;
	uint64_t netns_inode;
};

/**
 * struct pcapng_iface - an interface that was written
 * @first: of its device
 */
struct pcapng_iface {
	uint16_t device;
	bool first;
	uint64_t packets, last_ns;
};

/**
 * struct pcapng_file - the capture so far
 * @held: a PACKET that is not written yet, if @holds: with stages, the next record may be the same
 *	frame's STAGE at the same hook, which knows its number
 */
struct pcapng_file {
	struct pcapng_device *device[UINT16_MAX + 1];
	struct vnft_record held;
	bool holds;
	struct pcapng_iface *iface;
	uint32_t ifaces, room;
	struct vnft_pcapng_block block;
};

static struct pcapng_device *device_of(struct pcapng_file *p, uint16_t id)
{
	if (!p->device[id])
		p->device[id] = calloc(1, sizeof(*p->device[id]));
	return p->device[id];
}

static unsigned int place_of(const struct vnft_record *r)
{
	return (r->hook & ~VNFT_HOOK_GUEST_SIDE) % VNFT_HOOK_MAX +
	       (r->hook & VNFT_HOOK_GUEST_SIDE ? VNFT_HOOK_MAX : 0);
}

static int begin(struct vnft_export *x)
{
	static const char comment[] =
		"Headers are rebuilt from vnftrace's records: MAC addresses, type of service, TCP "
		"options but time stamps, windows and payload are not recorded.";
	struct pcapng_file *p = calloc(1, sizeof(*p));
	char tool[64], clean[VNFT_NAME_SHOWN_BYTES(sizeof(tool))];

	if (!p)
		return vnft_fail(-ENOMEM, "%s: out of memory", x->path);
	x->own = p;
	snprintf(tool, sizeof(tool), "vnftrace %s, records of vnftrace %.*s", VNFT_VERSION,
		 (int)sizeof(x->manifest.manifest.tool), x->manifest.manifest.tool);
	vnft_text_clean(clean, sizeof(clean), tool);
	vnft_pcapng_begin(&p->block, VNFT_PCAPNG_SECTION);
	vnft_pcapng_put32(&p->block, 0x1a2b3c4d);
	vnft_pcapng_put16(&p->block, 1);
	vnft_pcapng_put16(&p->block, 0);
	vnft_pcapng_put32(&p->block, UINT32_MAX);	/* no length of the section is given */
	vnft_pcapng_put32(&p->block, UINT32_MAX);
	vnft_pcapng_option_text(&p->block, VNFT_PCAPNG_SHB_USERAPPL, clean);
	vnft_pcapng_option_text(&p->block, VNFT_PCAPNG_COMMENT, comment);
	vnft_pcapng_write(&p->block, x->to);
	return 0;
}

static bool has_iface(const struct pcapng_device *d)
{
	unsigned int i;

	for (i = 0; i < PLACES; i++)
		if (d->iface[i])
			return true;
	return false;
}

static bool is_ethernet(const struct pcapng_device *d)
{
	return d->dev.link != VNFT_LINK_TUN;
}

/* "tap0 tcx/egress", and what that is. */
static void put_iface(struct vnft_export *x, const struct vnft_record *r,
		      const struct pcapng_device *d)
{
	static const uint8_t resolution = TSRESOL_NS, no_mac[6];
	char shown[VNFT_NAME_SHOWN_BYTES(VNFT_IFNAME_LEN)], text[256];
	struct pcapng_file *p = x->own;

	vnft_pcapng_begin(&p->block, VNFT_PCAPNG_INTERFACE);
	vnft_pcapng_put16(&p->block, is_ethernet(d) ? LINKTYPE_ETHERNET : LINKTYPE_RAW);
	vnft_pcapng_put16(&p->block, 0);
	vnft_pcapng_put32(&p->block, 0);
	vnft_name_show(shown, sizeof(shown), x->ifname[r->device]);
	snprintf(text, sizeof(text), "%s %s", shown[0] ? shown : "?", vnft_hook_name(r->hook));
	vnft_pcapng_option_text(&p->block, VNFT_PCAPNG_IF_NAME, text);
	snprintf(text, sizeof(text), "%s: %s; %s, the %s's side; network namespace %" PRIu64,
		 vnft_hook_dir(r->hook) == VNFT_DIR_IN ? "in, from the guest" :
							 "out, to the guest",
		 vnft_hook_row(r->hook)->what ? vnft_hook_row(r->hook)->what : "?",
		 shown[0] ? shown : "?", vnft_side_name(d->dev.side), d->netns_inode);
	vnft_pcapng_option_text(&p->block, VNFT_PCAPNG_IF_DESCRIPTION, text);
	if (memcmp(d->dev.mac, no_mac, sizeof(no_mac)))
		vnft_pcapng_option(&p->block, VNFT_PCAPNG_IF_MAC, d->dev.mac, sizeof(d->dev.mac));
	vnft_pcapng_option(&p->block, VNFT_PCAPNG_IF_TSRESOL, &resolution, sizeof(resolution));
	vnft_pcapng_write(&p->block, x->to);
}

/* The number of the record's interface, which is written before its first packet. */
static int iface_of(struct vnft_export *x, const struct vnft_record *r, struct pcapng_device *d,
		    uint32_t *number)
{
	uint32_t *iface = &d->iface[place_of(r)], room;
	struct pcapng_file *p = x->own;
	struct pcapng_iface *grown;

	if (*iface) {
		*number = *iface - 1;
		return 0;
	}
	if (p->ifaces == p->room) {
		room = p->room ? 2 * p->room : 16;
		grown = reallocarray(p->iface, room, sizeof(*grown));
		if (!grown)
			return vnft_fail(-ENOMEM, "%s: out of memory", x->path);
		p->iface = grown;
		p->room = room;
	}
	put_iface(x, r, d);
	p->iface[p->ifaces] = (struct pcapng_iface){ .device = r->device,
						     .first = !has_iface(d) };
	*number = p->ifaces++;
	*iface = p->ifaces;
	return 0;
}

/* @id: of the frame, the same at all its stages; 0: not known. */
static int put_packet(struct vnft_export *x, const struct vnft_record *r, uint64_t id)
{
	const uint64_t wall_ns = vnft_export_wall_ns(x, r);
	struct pcapng_file *p = x->own;
	struct pcapng_device *d = p->device[r->device];
	struct vnft_rebuilt frame;
	uint32_t number = 0, flags;
	int err = iface_of(x, r, d, &number);

	if (err)
		return err;
	vnft_frame_rebuild(x, r, is_ethernet(d), &frame);
	vnft_pcapng_begin(&p->block, VNFT_PCAPNG_PACKET);
	vnft_pcapng_put32(&p->block, number);
	vnft_pcapng_put_time(&p->block, wall_ns);
	vnft_pcapng_put32(&p->block, frame.n);
	vnft_pcapng_put32(&p->block, r->len32);
	vnft_pcapng_put_data(&p->block, frame.b, frame.n);
	flags = vnft_hook_row(r->hook)->dir == VNFT_DIR_IN ? EPB_INBOUND : EPB_OUTBOUND;
	vnft_pcapng_option(&p->block, VNFT_PCAPNG_EPB_FLAGS, &flags, sizeof(flags));
	if (id)
		vnft_pcapng_option_u64(&p->block, VNFT_PCAPNG_EPB_PACKETID, id);
	if (r->kind == VNFT_KIND_PACKET && r->packet.gso_segs > 1)
		vnft_pcapng_option_text(&p->block, VNFT_PCAPNG_COMMENT,
					"one frame of the stack, several on the wire (GSO)");
	vnft_pcapng_write(&p->block, x->to);
	p->iface[number].packets++;
	if (wall_ns > p->iface[number].last_ns)
		p->iface[number].last_ns = wall_ns;
	return 0;
}

static int put_held(struct vnft_export *x, uint64_t id)
{
	struct pcapng_file *p = x->own;
	const bool holds = p->holds;

	p->holds = false;
	return holds ? put_packet(x, &p->held, id) : 0;
}

/* At a device's boundary a STAGE says of the PACKET before it which frame it was, and no more. */
static int take_boundary(struct vnft_export *x, const struct vnft_record *r)
{
	const struct pcapng_file *p = x->own;
	const struct vnft_record *h = &p->held;

	if (!p->holds || h->time_ns != r->time_ns || h->cpu != r->cpu || h->hook != r->hook ||
	    h->device != r->device || (h->flags ^ r->flags) & VNFT_RF_MODULE)
		return 0;
	return put_held(x, r->stage.packet);
}

static int record(struct vnft_export *x, const struct vnft_record *r)
{
	struct pcapng_file *p = x->own;
	struct pcapng_device *d = device_of(p, r->device);
	int err;

	if (!d)
		return vnft_fail(-ENOMEM, "%s: out of memory", x->path);
	if (r->kind == VNFT_KIND_STAGE && vnft_hook_row(r->hook)->where == VNFT_HOOK_BOUNDARY)
		return take_boundary(x, r);
	err = put_held(x, 0);
	if (err)
		return err;
	switch (r->kind) {
	case VNFT_KIND_DEVICE:
		d->dev = r->dev;
		d->netns_inode = r->flow;
		return 0;
	case VNFT_KIND_LOST:
		if (r->len32 < VNFT_LOST_NR && vnft_lost_in_records(r->len32))
			d->lost[r->len32] += r->lost.count;
		return 0;
	case VNFT_KIND_PACKET:
		p->held = *r;
		p->holds = true;
		return 0;
	case VNFT_KIND_STAGE:
		return put_packet(x, r, r->stage.packet);
	}
	return 0;
}

static uint64_t lost_of(const struct pcapng_device *d)
{
	uint64_t sum = 0;
	uint32_t cause;

	for (cause = 0; cause < VNFT_LOST_NR; cause++)
		sum += d->lost[cause];
	return sum;
}

/* What was lost, a comment for each cause. */
static void put_lost(struct vnft_pcapng_block *b, const struct pcapng_device *d,
		     const char *whose)
{
	char text[128];
	uint32_t cause;

	for (cause = 0; cause < VNFT_LOST_NR; cause++) {
		if (!d->lost[cause])
			continue;
		snprintf(text, sizeof(text), "%s lost %" PRIu64 " by %s", whose, d->lost[cause],
			 vnft_lost_name(cause));
		vnft_pcapng_option_text(b, VNFT_PCAPNG_COMMENT, text);
	}
}

/* Of the file as a whole, and of devices that have no interface to say it at. */
static void put_others(struct pcapng_file *p, const char *incomplete)
{
	uint32_t id;

	if (incomplete[0])
		vnft_pcapng_option_text(&p->block, VNFT_PCAPNG_COMMENT, incomplete);
	for (id = 0; id <= UINT16_MAX; id++)
		if (p->device[id] && !has_iface(p->device[id]))
			put_lost(&p->block, p->device[id],
				 id ? "a device without packets" : "the recording");
}

/* The first interface of all tells of the file, too. */
static void put_statistics(struct vnft_export *x, uint32_t number, const char *incomplete)
{
	struct pcapng_file *p = x->own;
	const struct pcapng_iface *iface = &p->iface[number];
	const struct pcapng_device *d = p->device[iface->device];

	vnft_pcapng_begin(&p->block, VNFT_PCAPNG_STATISTICS);
	vnft_pcapng_put32(&p->block, number);
	vnft_pcapng_put_time(&p->block, iface->last_ns);
	vnft_pcapng_option_u64(&p->block, VNFT_PCAPNG_ISB_IFDROP, iface->first ? lost_of(d) : 0);
	vnft_pcapng_option_u64(&p->block, VNFT_PCAPNG_ISB_USRDELIV, iface->packets);
	if (iface->first)
		put_lost(&p->block, d, "all hooks of the device");
	if (!number)
		put_others(p, incomplete);
	vnft_pcapng_write(&p->block, x->to);
}

static int end(struct vnft_export *x, int err)
{
	struct pcapng_file *p = x->own;
	char incomplete[256] = "";
	uint32_t i;
	int late;

	if (!p)
		return 0;
	late = put_held(x, 0);
	if (err || x->unfinished[0])
		snprintf(incomplete, sizeof(incomplete), "not all of the recording: %s",
			 err ? vnft_why_of(x->path) : x->unfinished);
	for (i = 0; i < p->ifaces; i++)
		put_statistics(x, i, incomplete);
	for (i = 0; i <= UINT16_MAX; i++)
		free(p->device[i]);
	free(p->iface);
	free(p);
	return late;
}

const struct vnft_export_format vnft_export_pcapng = {
	.name = "pcapng",
	.what = "frames for Wireshark and tshark",
	.binary = true,
	.begin = begin,
	.record = record,
	.end = end,
};
