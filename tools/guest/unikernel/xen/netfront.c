/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The driver: nic.h by Xen's netfront. Two rings in pages that dom0's netback maps; so are the
 * pages of the frames, each by a grant that is given once and stays. netback writes a frame where
 * lwIP reads it. One that goes out is copied into a page, because lwIP's own memory is granted to
 * nobody.
 */
#include "../nic.h"

#include <lwip/pbuf.h>
#include <string.h>

#include "../machine.h"
#include "hypercall.h"
#include "store.h"

#include <xen/grant_table.h>
#include <xen/io/netif.h>
#include <xen/io/xenbus.h>

#define RX_SLOTS	256u
#define TX_SLOTS	128u

enum { GRANT_TX = 8, GRANT_RX, GRANT_RX_PAGES, GRANT_TX_PAGES = GRANT_RX_PAGES + RX_SLOTS };

static uint8_t grant_page[XEN_PAGE] XEN_PAGE_ALIGNED;
static uint8_t tx_ring[XEN_PAGE] XEN_PAGE_ALIGNED, rx_ring[XEN_PAGE] XEN_PAGE_ALIGNED;
static uint8_t tx_page[TX_SLOTS][XEN_PAGE] XEN_PAGE_ALIGNED;
static uint8_t rx_page[RX_SLOTS][XEN_PAGE] XEN_PAGE_ALIGNED;
static struct netif_tx_front_ring tx;
static struct netif_rx_front_ring rx;
static struct pbuf_custom heads[RX_SLOTS];
static uint16_t tx_free[TX_SLOTS], tx_frees;
static uint32_t port;

static void grant(unsigned int ref, const void *page, uint16_t flags)
{
	struct grant_entry_v1 *g = (struct grant_entry_v1 *)grant_page + ref;

	g->domid = 0;
	g->frame = (uint32_t)xen_frame_of(page);
	xen_wmb();
	g->flags = GTF_permit_access | flags;
}

static void map_grants(void)
{
	unsigned long frame = 0;
	struct gnttab_setup_table setup = { .dom = DOMID_SELF, .nr_frames = 1 };

	set_xen_guest_handle(setup.frame_list, &frame);
	hypercall(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, &setup, 1);
	if (setup.status || !frame)
		die("no grant table");
	xen_map(grant_page, (uint64_t)frame * XEN_PAGE);
}

static void offer(unsigned int id)
{
	struct netif_rx_request *r = RING_GET_REQUEST(&rx, rx.req_prod_pvt++);

	r->id = (uint16_t)id;
	r->gref = GRANT_RX_PAGES + id;
}

static void give_again(struct pbuf *p)
{
	offer((unsigned int)((struct pbuf_custom *)p - heads));
}

void nic_poll(void (*received)(struct pbuf *p))
{
	unsigned int left = RX_SLOTS;	/* timers want their turn, too */

	while (left-- && RING_HAS_UNCONSUMED_RESPONSES(&rx)) {
		struct netif_rx_response r = *RING_GET_RESPONSE(&rx, rx.rsp_cons++);

		if (r.id >= RX_SLOTS)
			die("netback answers what was not asked");
		if (r.status <= 0 || r.offset + (unsigned int)r.status > XEN_PAGE) {
			offer(r.id);
			continue;
		}
		heads[r.id].custom_free_function = give_again;
		received(pbuf_alloced_custom(PBUF_RAW, (u16_t)r.status, PBUF_REF, &heads[r.id],
					     rx_page[r.id] + r.offset, (u16_t)r.status));
	}
}

static void reap(void)
{
	while (RING_HAS_UNCONSUMED_RESPONSES(&tx)) {
		uint16_t id = RING_GET_RESPONSE(&tx, tx.rsp_cons++)->id;

		if (id >= TX_SLOTS || tx_frees == TX_SLOTS)
			die("netback sent what we did not");
		tx_free[tx_frees++] = id;
	}
}

err_t nic_send(struct pbuf *p)
{
	struct netif_tx_request *r;
	uint16_t id;

	reap();
	if (!tx_frees || p->tot_len > XEN_PAGE)
		return ERR_MEM;
	id = tx_free[--tx_frees];
	pbuf_copy_partial(p, tx_page[id], p->tot_len, 0);
	r = RING_GET_REQUEST(&tx, tx.req_prod_pvt++);
	r->gref = GRANT_TX_PAGES + id;
	r->offset = 0;
	r->flags = 0;
	r->id = id;
	r->size = p->tot_len;
	return ERR_OK;
}

void nic_sleep(void)
{
	int push, more;

	RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(&tx, push);
	if (push)
		xen_notify(port);
	RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(&rx, push);
	if (push)
		xen_notify(port);
	RING_FINAL_CHECK_FOR_RESPONSES(&rx, more);
	if (!more)
		machine_sleep();
	reap();
}

static int hex(char c)
{
	return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

static void read_mac(uint8_t mac[6])
{
	const char *text = store_read("device/vif/0/mac");
	unsigned int i;

	if (strlen(text) != 17)
		die("xenstore has no address for the network device");
	for (i = 0; i < 6; i++)
		mac[i] = (uint8_t)(hex(text[3 * i]) << 4 | hex(text[3 * i + 1]));
}

void nic_open(const struct unikernel_config *config, uint8_t mac[6])
{
	struct evtchn_alloc_unbound alloc = { .dom = DOMID_SELF, .remote_dom = 0 };
	unsigned int i;

	(void)config;
	read_mac(mac);
	map_grants();
	SHARED_RING_INIT((struct netif_tx_sring *)tx_ring);
	SHARED_RING_INIT((struct netif_rx_sring *)rx_ring);
	FRONT_RING_INIT(&tx, (struct netif_tx_sring *)tx_ring, XEN_PAGE);
	FRONT_RING_INIT(&rx, (struct netif_rx_sring *)rx_ring, XEN_PAGE);
	grant(GRANT_TX, tx_ring, 0);
	grant(GRANT_RX, rx_ring, 0);
	for (i = 0; i < RX_SLOTS; i++) {
		grant(GRANT_RX_PAGES + i, rx_page[i], 0);
		offer(i);
	}
	for (i = 0; i < TX_SLOTS; i++) {
		grant(GRANT_TX_PAGES + i, tx_page[i], GTF_readonly);
		tx_free[tx_frees++] = (uint16_t)i;
	}
	RING_PUSH_REQUESTS(&rx);
	if (hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, &alloc, 0))
		die("no event channel");
	port = alloc.port;
	xen_wake_by(port);
	store_write("device/vif/0/tx-ring-ref", GRANT_TX);
	store_write("device/vif/0/rx-ring-ref", GRANT_RX);
	store_write("device/vif/0/event-channel", port);
	store_write("device/vif/0/request-rx-copy", 1);
	/* Or frames of the host itself would come without their checksums. */
	store_write("device/vif/0/feature-no-csum-offload", 1);
	/*
	 * No feature-rx-notify. Where both rings have one channel, Linux's netback may get its
	 * first interrupt before it has noted the number of that interrupt. With the feature the
	 * interrupt finds work for the thread that fills our buffers. If the thread runs before the
	 * number is noted, it ends interrupt 0 instead. Then none comes any more, and netback takes
	 * no frame of ours.
	 */
	store_write("device/vif/0/state", XenbusStateConnected);
}
