/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The program: iperf 2's server over TCP, and its client where the other side asks for one (iperf
 * -c ADDR, with -r or -d). lwIP has one, lwiperf; that of 2.1.3 frees a connection twice which the
 * peer has reset, and wants the peer's settings to be repeated every 128 KiB.
 *
 * A client sends its settings first, six numbers in network byte order, and then bytes that mean
 * nothing. If the settings say so, we connect to the client's port and send for as long: at once
 * (-d), or when the client has closed (-r).
 */
#include "iperf.h"

#include <lwip/mem.h>
#include <lwip/sys.h>
#include <lwip/tcp.h>
#include <stdbool.h>
#include <string.h>

#include "machine.h"

#define ANSWER		0x80000000u	/* of the flags: connect back */
#define ANSWER_NOW	0x00000001u	/* do not wait for the end */
#define POLL_HALF_S	2		/* lwIP counts in half seconds */
#define QUIET_POLLS	30		/* then the peer is gone */

struct iperf_settings {
	u32_t flags, threads, port, buffer_bytes, window_bytes;
	u32_t amount;			/* bytes; if negative, time of 10 ms */
};

/**
 * struct iperf_stream - a connection
 * @settings: the peer's, @settings_bytes of them are here
 * @quiet: polls since the peer was heard of
 * @begun_ms, @sent_bytes: of one that sends
 */
struct iperf_stream {
	struct iperf_settings settings;
	u16_t settings_bytes;
	u8_t quiet;
	bool sends;
	u32_t begun_ms, sent_bytes;
};

static const u8_t nothing[4 * TCP_MSS];

static err_t end(struct iperf_stream *s, struct tcp_pcb *pcb)
{
	tcp_arg(pcb, NULL);
	tcp_recv(pcb, NULL);
	tcp_sent(pcb, NULL);
	tcp_poll(pcb, NULL, 0);
	tcp_err(pcb, NULL);
	mem_free(s);
	if (tcp_close(pcb) == ERR_OK)
		return ERR_OK;
	tcp_abort(pcb);
	return ERR_ABRT;
}

static bool is_over(const struct iperf_stream *s)
{
	u32_t amount = lwip_ntohl(s->settings.amount);

	if (amount & 0x80000000u)
		return sys_now() - s->begun_ms >= (0u - amount) * 10;
	return s->sent_bytes >= amount;
}

/* As much as lwIP takes now; sent() goes on when the peer has some of it. */
static err_t send_more(struct iperf_stream *s, struct tcp_pcb *pcb)
{
	while (!is_over(s)) {
		if (tcp_sndbuf(pcb) < sizeof(nothing) ||
		    tcp_write(pcb, nothing, sizeof(nothing), 0) != ERR_OK) {
			tcp_output(pcb);
			return ERR_OK;
		}
		s->sent_bytes += sizeof(nothing);
	}
	return end(s, pcb);
}

static err_t sent(void *arg, struct tcp_pcb *pcb, u16_t bytes)
{
	struct iperf_stream *s = arg;

	(void)bytes;
	s->quiet = 0;
	return send_more(s, pcb);
}

static err_t connected(void *arg, struct tcp_pcb *pcb, err_t err)
{
	struct iperf_stream *s = arg;

	(void)err;	/* lwIP promises that it is ERR_OK */
	s->sends = true;
	s->begun_ms = sys_now();
	tcp_sent(pcb, sent);
	return send_more(s, pcb);
}

/* lwIP has freed the connection already. */
static void failed(void *arg, err_t err)
{
	(void)err;
	mem_free(arg);
}

static err_t polled(void *arg, struct tcp_pcb *pcb)
{
	struct iperf_stream *s = arg;

	if (++s->quiet > QUIET_POLLS)
		return end(s, pcb);
	return s->sends ? send_more(s, pcb) : ERR_OK;
}

static err_t received(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err);

static struct iperf_stream *stream_new(struct tcp_pcb *pcb)
{
	struct iperf_stream *s = mem_malloc(sizeof(*s));

	if (!s)
		return NULL;
	memset(s, 0, sizeof(*s));
	tcp_arg(pcb, s);
	tcp_recv(pcb, received);
	tcp_poll(pcb, polled, POLL_HALF_S);
	tcp_err(pcb, failed);
	return s;
}

static void connect_back(const struct iperf_stream *peer, const ip_addr_t *addr)
{
	struct tcp_pcb *pcb = tcp_new_ip_type(IP_GET_TYPE(addr));
	struct iperf_stream *s = pcb ? stream_new(pcb) : NULL;

	if (!s) {
		if (pcb)
			tcp_abort(pcb);
		return;
	}
	s->settings = peer->settings;
	s->settings.flags = 0;		/* what comes from there asks for nothing */
	s->settings_bytes = sizeof(s->settings);
	if (tcp_connect(pcb, addr, (u16_t)lwip_ntohl(s->settings.port), connected) != ERR_OK)
		end(s, pcb);
}

static bool asks(const struct iperf_stream *s, u32_t when)
{
	return s->settings_bytes == sizeof(s->settings) &&
		(lwip_ntohl(s->settings.flags) & (ANSWER | ANSWER_NOW)) == (ANSWER | when);
}

static err_t received(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
	struct iperf_stream *s = arg;

	(void)err;
	if (!p) {
		if (s->sends)
			return ERR_OK;	/* it says no more, and listens on */
		if (asks(s, 0))
			connect_back(s, &pcb->remote_ip);
		return end(s, pcb);
	}
	s->quiet = 0;
	if (s->settings_bytes < sizeof(s->settings)) {
		s->settings_bytes += pbuf_copy_partial(p, (u8_t *)&s->settings + s->settings_bytes,
				(u16_t)(sizeof(s->settings) - s->settings_bytes), 0);
		if (asks(s, ANSWER_NOW))
			connect_back(s, &pcb->remote_ip);
	}
	tcp_recved(pcb, p->tot_len);
	pbuf_free(p);
	return ERR_OK;
}

static err_t accepted(void *arg, struct tcp_pcb *pcb, err_t err)
{
	(void)arg;
	return err == ERR_OK && pcb && stream_new(pcb) ? ERR_OK : ERR_MEM;
}

void iperf_listen(uint16_t port)
{
	struct tcp_pcb *pcb = tcp_new_ip_type(IPADDR_TYPE_ANY);

	if (!pcb || tcp_bind(pcb, IP_ANY_TYPE, port) != ERR_OK)
		die("iperf: the port cannot be bound");
	pcb = tcp_listen(pcb);
	if (!pcb)
		die("iperf: no memory to listen");
	tcp_accept(pcb, accepted);
}
