// SPDX-License-Identifier: GPL-2.0
//
// The smallest guest that a Xen host can measure, for the tests' sake: a PV kernel that drives one
// netfront, answers ARP, ICMP echo and every TCP segment (with a reset), and nothing else. It has
// no interrupts, no heap and no second thread. Its command line is ip=A.B.C.D and more that it
// ignores.
#include <stddef.h>
#include <stdint.h>

#define xen_mb()	__asm__ volatile("mfence" ::: "memory")
#define xen_rmb()	__asm__ volatile("" ::: "memory")
#define xen_wmb()	__asm__ volatile("" ::: "memory")
#include <xen/xen.h>
#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/sched.h>
#include <xen/io/console.h>
#include <xen/io/netif.h>
#include <xen/io/xenbus.h>
#include <xen/io/xs_wire.h>

#define PAGE		4096
#define BUFFERS		64
#define PAGE_ALIGNED	__attribute__((aligned(PAGE)))
// Present, writable, user (a PV kernel is in ring 3), accessed, dirty.
#define PTE_FLAGS	0x67

// Where Xen enters, and what its domain builder wants to know: virtual address = physical address.
__asm__(".macro note type:req, desc:vararg\n"
	".pushsection .note.Xen, \"a\", @note\n"
	".balign 4; .long 4; .long 2f - 1f; .long \\type; .asciz \"Xen\"\n"
	"1: \\desc\n2: .balign 4\n.popsection\n.endm\n"
	"note 6, .asciz \"minipv\"\n"
	"note 8, .asciz \"generic\"\n"
	"note 5, .asciz \"xen-3.0\"\n"
	"note 1, .quad start\n"
	"note 2, .quad hypercall_page\n"
	"note 3, .quad 0\n"
	"note 4, .quad 0\n"
	".text\n.globl start\nstart: cld; lea stack_end(%rip), %rsp; mov %rsi, %rdi; "
	"call kernel; ud2\n"
	".balign 4096\nhypercall_page: .skip 4096\n"
	".bss\n.balign 16\n.skip 16384\nstack_end:\n.text\n");

#define hypercall(nr, a, b, c) ({					\
	long r_, a_ = (long)(a), b_ = (long)(b), c_ = (long)(c);	\
	__asm__ volatile("call hypercall_page + %c4"			\
			 : "=a"(r_), "+D"(a_), "+S"(b_), "+d"(c_)	\
			 : "i"((nr) * 32)				\
			 : "rcx", "r8", "r9", "r10", "r11", "memory");	\
	r_; })

static struct start_info *info;
static uint8_t shared_page[PAGE] PAGE_ALIGNED, grant_page[PAGE] PAGE_ALIGNED;
static uint8_t tx_page[PAGE] PAGE_ALIGNED, rx_page[PAGE] PAGE_ALIGNED;
static uint8_t tx_buf[BUFFERS][PAGE] PAGE_ALIGNED, rx_buf[BUFFERS][PAGE] PAGE_ALIGNED;
static struct netif_tx_front_ring tx;
static struct netif_rx_front_ring rx;
static uint16_t tx_free[BUFFERS], tx_frees;
static uint32_t port;
static uint8_t mac[6], ip[4];

enum { GRANT_TX = 8, GRANT_RX, GRANT_BUFFERS };	// the first eight are Xen's

void *memcpy(void *to, const void *from, size_t n)
{
	void *r = to;

	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) :: "memory");
	return r;
}

void *memset(void *to, int byte, size_t n)
{
	void *r = to;

	__asm__ volatile("rep stosb" : "+D"(to), "+c"(n) : "a"(byte) : "memory");
	return r;
}

static int same(const void *a, const void *b, size_t n)
{
	const uint8_t *x = a, *y = b;

	while (n && *x == *y)
		x++, y++, n--;
	return !n;
}

static size_t length(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

static uint64_t frame_of(const void *page)
{
	return ((const uint64_t *)info->mfn_list)[(uintptr_t)page / PAGE];
}

// The builder's pages of ours are named by machine frame; Xen's table tells where we have them.
static void *page_of(uint64_t mfn)
{
	return (void *)(((const uint64_t *)MACH2PHYS_VIRT_START)[mfn] * PAGE);
}

static void notify(uint32_t to)
{
	struct evtchn_send send = { .port = to };

	hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &send, 0);
}

// Sleeps until something happened on the channel.
static void wait(uint32_t on)
{
	struct shared_info *s = (void *)shared_page;
	evtchn_port_t ports[1] = { on };
	struct sched_poll poll = { .nr_ports = 1 };

	set_xen_guest_handle(poll.ports, ports);
	hypercall(__HYPERVISOR_sched_op, SCHEDOP_poll, &poll, 0);
	__asm__ volatile("lock btr %1, %0" : "+m"(s->evtchn_pending)
			 : "r"((uint64_t)on) : "memory");
}

static void say(const char *s)
{
	struct xencons_interface *c = page_of(info->console.domU.mfn);
	uint32_t at = c->out_prod;

	for (; *s && at - c->out_cons < sizeof(c->out); s++)
		c->out[at++ % sizeof(c->out)] = *s;
	xen_mb();
	c->out_prod = at;
	notify(info->console.domU.evtchn);
}

static void die(const char *why)
{
	struct sched_shutdown how = { .reason = SHUTDOWN_crash };

	say("minipv: ");
	say(why);
	say("\r\n");
	hypercall(__HYPERVISOR_sched_op, SCHEDOP_shutdown, &how, 0);
	__builtin_trap();
}

static void store_put(const void *from, uint32_t n)
{
	struct xenstore_domain_interface *s = page_of(info->store_mfn);
	const uint8_t *p = from;

	while (n) {
		if (s->req_prod - s->req_cons == sizeof(s->req)) {
			wait(info->store_evtchn);
			continue;
		}
		s->req[s->req_prod % sizeof(s->req)] = *p++;
		xen_mb();
		s->req_prod++;
		n--;
	}
	notify(info->store_evtchn);
}

static void store_get(void *to, uint32_t n)
{
	struct xenstore_domain_interface *s = page_of(info->store_mfn);
	uint8_t *p = to;

	while (n) {
		if (s->rsp_prod == s->rsp_cons) {
			wait(info->store_evtchn);
			continue;
		}
		xen_mb();
		*p++ = s->rsp[s->rsp_cons % sizeof(s->rsp)];
		xen_mb();
		s->rsp_cons++;
		n--;
	}
	notify(info->store_evtchn);
}

// One question, one answer: what it says lies in answer[] afterwards.
static char answer[XENSTORE_PAYLOAD_MAX + 1];

static void store_ask(uint32_t type, const char *path, const char *value)
{
	struct xsd_sockmsg m = { .type = type };

	m.len = length(path) + 1 + (value ? length(value) : 0);
	store_put(&m, sizeof(m));
	store_put(path, length(path) + 1);
	if (value)
		store_put(value, length(value));
	store_get(&m, sizeof(m));
	if (m.len > XENSTORE_PAYLOAD_MAX)
		die("xenstore speaks another language");
	store_get(answer, m.len);
	answer[m.len] = '\0';
	if (m.type == XS_ERROR)
		die(path);
}

static void store_number(const char *path, uint32_t value)
{
	char digits[12];
	int at = sizeof(digits);

	digits[--at] = '\0';
	do
		digits[--at] = '0' + value % 10;
	while (value /= 10);
	store_ask(XS_WRITE, path, digits + at);
}

static void grant(unsigned int ref, const void *page, uint16_t flags)
{
	struct grant_entry_v1 *g = (struct grant_entry_v1 *)grant_page + ref;

	g->domid = 0;
	g->frame = frame_of(page);
	xen_wmb();
	g->flags = GTF_permit_access | flags;
}

static void map(void *page, uint64_t machine_address)
{
	if (hypercall(__HYPERVISOR_update_va_mapping, page, machine_address | PTE_FLAGS,
		      UVMF_INVLPG))
		die("a page cannot be mapped");
}

static void map_grants(void)
{
	unsigned long frame = 0;
	struct gnttab_setup_table setup = { .dom = DOMID_SELF, .nr_frames = 1 };

	set_xen_guest_handle(setup.frame_list, &frame);
	hypercall(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, &setup, 1);
	if (setup.status || !frame)
		die("no grant table");
	map(grant_page, (uint64_t)frame * PAGE);
}

static void rx_offer(unsigned int id)
{
	struct netif_rx_request *r = RING_GET_REQUEST(&rx, rx.req_prod_pvt++);

	r->id = id;
	r->gref = GRANT_BUFFERS + id;
}

static int hex(char c)
{
	return c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
}

static void net_up(void)
{
	struct evtchn_alloc_unbound alloc = { .dom = DOMID_SELF, .remote_dom = 0 };
	unsigned int i;

	store_ask(XS_READ, "device/vif/0/mac", NULL);
	for (i = 0; i < 6; i++)
		mac[i] = hex(answer[3 * i]) << 4 | hex(answer[3 * i + 1]);
	SHARED_RING_INIT((struct netif_tx_sring *)tx_page);
	SHARED_RING_INIT((struct netif_rx_sring *)rx_page);
	FRONT_RING_INIT(&tx, (struct netif_tx_sring *)tx_page, PAGE);
	FRONT_RING_INIT(&rx, (struct netif_rx_sring *)rx_page, PAGE);
	grant(GRANT_TX, tx_page, 0);
	grant(GRANT_RX, rx_page, 0);
	for (i = 0; i < BUFFERS; i++) {
		grant(GRANT_BUFFERS + i, rx_buf[i], 0);
		grant(GRANT_BUFFERS + BUFFERS + i, tx_buf[i], GTF_readonly);
		rx_offer(i);
		tx_free[tx_frees++] = i;
	}
	RING_PUSH_REQUESTS(&rx);
	if (hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, &alloc, 0))
		die("no event channel");
	port = alloc.port;
	store_number("device/vif/0/tx-ring-ref", GRANT_TX);
	store_number("device/vif/0/rx-ring-ref", GRANT_RX);
	store_number("device/vif/0/event-channel", port);
	store_number("device/vif/0/request-rx-copy", 1);
	// No feature-rx-notify. Where both rings have one channel, Linux's netback may get its
	// first interrupt before it has noted the number of that interrupt. With the feature the
	// interrupt finds work for the thread that fills our buffers. If the thread runs before the
	// number is noted, it ends interrupt 0 instead. Then none comes any more, and netback takes
	// no frame of ours.
	store_number("device/vif/0/state", XenbusStateConnected);
}

static uint32_t sum(const uint8_t *p, unsigned int n, uint32_t s)
{
	for (; n > 1; p += 2, n -= 2)
		s += p[0] << 8 | p[1];
	return n ? s + (p[0] << 8) : s;
}

static void put16(uint8_t *to, uint32_t v)
{
	to[0] = v >> 8;
	to[1] = v;
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

static void put32(uint8_t *to, uint32_t v)
{
	put16(to, v >> 16);
	put16(to + 2, v);
}

static uint32_t fold(uint32_t s)
{
	s = (s & 0xffff) + (s >> 16);
	return ~((s & 0xffff) + (s >> 16)) & 0xffff;
}

static void swap(uint8_t *a, uint8_t *b, unsigned int n)
{
	for (uint8_t t; n--; a++, b++)
		t = *a, *a = *b, *b = t;
}

static unsigned int answer_arp(uint8_t *f, unsigned int bytes)
{
	uint8_t *a = f + 14;

	if (bytes < 42 || a[7] != 1 || !same(a + 24, ip, 4))
		return 0;
	a[7] = 2;
	memcpy(a + 18, a + 8, 10);	// who asked
	memcpy(a + 8, mac, 6);
	memcpy(a + 14, ip, 4);
	return 42;
}

static unsigned int answer_ip(uint8_t *f, unsigned int bytes)
{
	uint8_t *h = f + 14, *t;
	unsigned int total, head;
	uint32_t seq, pseudo;

	if (bytes < 34 || h[0] != 0x45 || !same(h + 16, ip, 4))
		return 0;
	total = h[2] << 8 | h[3];
	if (total > bytes - 14 || total < 28 || (h[6] & 0x3f) || h[7])
		return 0;
	t = h + 20;
	if (h[9] == 1 && t[0] == 8) {
		t[0] = 0;
		put16(t + 2, 0);
		put16(t + 2, fold(sum(t, total - 20, 0)));
	} else if (h[9] == 6 && total >= 40 && !(t[13] & 4)) {
		head = t[12] >> 4 << 2;
		if (head < 20 || head > total - 20)
			return 0;
		seq = get32(t + 4) + total - 20 - head + (t[13] & 1) + (t[13] >> 1 & 1);
		memcpy(t + 4, t + 8, 4);
		if (!(t[13] & 16))
			memset(t + 4, 0, 4);
		put32(t + 8, seq);
		swap(t, t + 2, 2);
		t[12] = 5 << 4;
		t[13] = 4 | 16;
		memset(t + 14, 0, 6);
		total = 40;
		pseudo = sum(h + 12, 8, 6 + 20);
		put16(t + 16, fold(sum(t, 20, pseudo)));
	} else {
		return 0;
	}
	swap(h + 12, h + 16, 4);
	h[1] = 0;
	put16(h + 2, total);
	put32(h + 4, 0x4000);	// id 0, do not fragment
	h[8] = 64;
	put16(h + 10, 0);
	put16(h + 10, fold(sum(h, 20, 0)));
	return 14 + total;
}

static void send(const uint8_t *frame, unsigned int bytes)
{
	struct netif_tx_request *r;
	unsigned int id;

	if (!tx_frees)
		return;
	id = tx_free[--tx_frees];
	memcpy(tx_buf[id], frame, bytes);
	memcpy(tx_buf[id], frame + 6, 6);
	memcpy(tx_buf[id] + 6, mac, 6);
	r = RING_GET_REQUEST(&tx, tx.req_prod_pvt++);
	r->gref = GRANT_BUFFERS + BUFFERS + id;
	r->offset = 0;
	r->flags = 0;
	r->id = id;
	r->size = bytes;
}

static void received(uint8_t *f, int bytes)
{
	unsigned int reply = 0;

	if (bytes < 14)
		return;
	if (f[12] == 8 && f[13] == 6)
		reply = answer_arp(f, bytes);
	else if (f[12] == 8 && f[13] == 0)
		reply = answer_ip(f, bytes);
	if (reply)
		send(f, reply);
}

static void serve(void)
{
	int more, push;

	do {
		while (RING_HAS_UNCONSUMED_RESPONSES(&tx))
			tx_free[tx_frees++] = RING_GET_RESPONSE(&tx, tx.rsp_cons++)->id;
		while (RING_HAS_UNCONSUMED_RESPONSES(&rx)) {
			struct netif_rx_response r = *RING_GET_RESPONSE(&rx, rx.rsp_cons++);

			if (r.id >= BUFFERS)
				die("netback answers what was not asked");
			if (r.offset < PAGE && r.status <= PAGE - r.offset)
				received(rx_buf[r.id] + r.offset, r.status);
			rx_offer(r.id);
		}
		RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(&tx, push);
		if (push)
			notify(port);
		RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(&rx, push);
		if (push)
			notify(port);
		RING_FINAL_CHECK_FOR_RESPONSES(&rx, more);
		if (!more)
			RING_FINAL_CHECK_FOR_RESPONSES(&tx, more);
	} while (more);
}

static void read_ip(const char *s)
{
	unsigned int i, v;

	while (*s && !same(s, "ip=", 3))
		s++;
	if (!*s)
		die("no ip=A.B.C.D on the command line");
	s += 3;
	for (i = 0; i < 4; i++, s += *s == '.') {
		for (v = 0; *s >= '0' && *s <= '9'; s++)
			v = v * 10 + *s - '0';
		ip[i] = v;
	}
}

void kernel(struct start_info *at)
{
	info = at;
	map(shared_page, info->shared_info);
	map_grants();
	read_ip((const char *)info->cmd_line);
	net_up();
	say("minipv: up\r\n");
	for (;;) {
		serve();
		wait(port);
	}
}
