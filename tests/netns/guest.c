/* SPDX-License-Identifier: GPL-2.0 */
/*
 * guest TYPE [--pause] [--iperf3] [--hold=SECONDS] [--accel=kvm]	one instance's life, in a
 *							run of its own
 * guest TYPE --check					can it run here?
 * guest --sweep					undo what killed runs left
 *
 * What bench does with a driver, without observers: run, namespace, bridge or tap, address
 * 198.18.0.1/30, permanent neighbour; prepare, start, connect() until a closed port is refused,
 * then until the workload's port accepts; memory; stop, release. One JSON object on stdout. With
 * --pause, "ready" and the object so far come before the stop, which waits for end of file on
 * stdin.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../tools/guest/guest.h"
#include "../../tools/lib/host/accel.h"
#include "../../tools/lib/net/addr.h"
#include "../../tools/lib/net/link.h"
#include "../../tools/lib/net/link_set.h"
#include "../../tools/lib/net/netns.h"
#include "../../tools/lib/run/child.h"
#include "../../tools/lib/run/clock.h"
#include "../../tools/lib/run/interrupt.h"
#include "../../tools/lib/undo/journal.h"
#include "../../tools/lib/text/error.h"

#define CLOSED_PORT	9

/* A connect() that nothing answered is made anew. */
static int try_ms = 5;

struct options {
	const char *type;
	bool pause, iperf3, check, sweep, kvm;
	unsigned int hold_s;
};

static int make_device(struct vnft_place *p, bool tap)
{
	const char *name = tap ? p->device : p->bridge;
	int err;

	err = p->netns[0] ? 0 : vnft_journal_note(p->journal, "link - %s", name);
	if (!err)
		err = tap ? vnft_link_add_tap(name, true, false) : vnft_link_add_bridge(name);
	if (!err)
		err = vnft_link_set_mac(name, p->host_mac);
	if (!err)
		err = vnft_link_set_up(name, true);
	if (!err)
		err = vnft_addr_add(name, AF_INET, &p->host_ipv4, p->prefix);
	return err ? err : vnft_neigh_add(name, AF_INET, &p->guest_ipv4, p->guest_mac);
}

/* Its own namespace has one already: the host's address, and nobody's MAC address. */
static int make_lo(struct vnft_place *p)
{
	strcpy(p->device, "lo");
	p->bridge[0] = 0;
	return vnft_addr_add(p->device, AF_INET, &p->host_ipv4, VNFT_PREFIX_SINGLE);
}

static int make_place(struct vnft_place *p, struct vnft_journal *journal,
		      const struct vnft_type *type, bool in_host)
{
	const bool tap = type->topology == VNFT_TOPOLOGY_TAP;
	unsigned int id = (unsigned int)strtoul(journal->id, NULL, 16);
	uint32_t subnet = in_host ? 0xc6120000u + (id % 16384) * 8 : 0xc6120000u;
	int fd, back, err;

	memset(p, 0, sizeof(*p));
	p->journal = journal;
	p->prefix = 30;
	p->vhost = true;
	p->host_ipv4 = htonl(subnet + 1);
	p->guest_ipv4 = htonl(subnet + 2);
	memcpy(p->host_mac, (uint8_t[]){ 2, 0, (uint8_t)(id >> 16), (uint8_t)(id >> 8),
					 (uint8_t)id, 1 }, 6);
	memcpy(p->guest_mac, p->host_mac, 6);
	p->guest_mac[5] = 2;
	snprintf(p->name, sizeof(p->name), "%.20s-1", journal->netns);
	snprintf(p->device, sizeof(p->device), "vnft%s%c", journal->id, tap ? 't' : 'v');
	if (!tap)
		snprintf(p->bridge, sizeof(p->bridge), "vnft%sb", journal->id);
	if (in_host)
		return make_device(p, tap);
	snprintf(p->netns, sizeof(p->netns), "%s", journal->netns);
	err = vnft_journal_note(journal, "netns %s", journal->netns);
	if (!err)
		err = vnft_netns_create(journal->netns);
	fd = err ? err : vnft_netns_open(journal->netns);
	err = fd < 0 ? fd : vnft_netns_enter(fd, &back);
	if (fd >= 0)
		close(fd);
	/* Never back: the process ends when the run does. */
	if (!err)
		err = type->topology == VNFT_TOPOLOGY_LO ? make_lo(p) : make_device(p, tap);
	return err;
}

/* Stamp of the first answer from @port: @errno_wanted is 0 (accepted) or ECONNREFUSED (RST). */
static int await(const struct vnft_place *p, uint16_t port, int errno_wanted, uint64_t until_ns,
		 uint64_t *at_ns)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port),
				  .sin_addr.s_addr = p->guest_ipv4 };

	*at_ns = 0;
	while (vnft_now_ns() < until_ns) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), err = 0;
		struct pollfd pfd = { .fd = fd, .events = POLLOUT };
		socklen_t bytes = sizeof(err);

		if (vnft_interrupted()) {
			close(fd);
			return vnft_fail(-EINTR, "interrupted");
		}
		if (!connect(fd, (struct sockaddr *)&to, sizeof(to)) ||
		    (errno == EINPROGRESS && poll(&pfd, 1, try_ms) == 1)) {
			getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &bytes);
			if (err == errno_wanted)
				*at_ns = vnft_now_ns();
		}
		close(fd);
		if (*at_ns)
			return 0;
		if (err)
			vnft_sleep_ms(1);
	}
	return vnft_fail(-ETIMEDOUT, "no %s from port %u in time", errno_wanted ? "RST" : "SYN-ACK",
			 port);
}

static void since(json_t *o, const char *key, uint64_t t0_ns, uint64_t at_ns)
{
	json_object_set_new(o, key,
			at_ns ? json_integer((json_int_t)(at_ns - t0_ns)) : json_null());
}

static void add_device(json_t *o, const struct vnft_instance *in)
{
	struct vnft_link_info info, master = { .name = "" };

	json_object_set_new(o, "device", json_string(in->device));
	if (in->device[0] && !vnft_link_get(in->device, &info)) {
		json_object_set_new(o, "device_kind", json_string(info.kind));
		if (info.master_ifindex && !vnft_link_get_index(info.master_ifindex, &master))
			json_object_set_new(o, "device_master", json_string(master.name));
	}
	json_object_set_new(o, "bridge", json_string(in->place.bridge));
	json_object_set_new(o, "netns", json_string(in->place.netns));
}

static void add_memory(json_t *o, const struct vnft_guest_ops *ops, struct vnft_instance *in)
{
	struct vnft_memory m;

	if (ops->memory(in, &m)) {
		json_object_set_new(o, "memory_why", json_string(vnft_why()));
		return;
	}
	json_object_set_new(o, "tool_bytes", json_integer((json_int_t)m.tool_bytes));
	json_object_set_new(o, "pss_bytes", json_integer((json_int_t)m.pss_bytes));
	json_object_set_new(o, "cgroup_bytes", json_integer((json_int_t)m.cgroup_bytes));
	if (m.pss_why[0])
		json_object_set_new(o, "pss_why", json_string(m.pss_why));
	if (m.cgroup_why[0])
		json_object_set_new(o, "cgroup_why", json_string(m.cgroup_why));
}

/* A server that just saw our connect() come and go may still be busy with that. */
static int iperf3(const struct vnft_place *p, uint16_t port)
{
	char addr[INET_ADDRSTRLEN], port_text[8], out[2048];
	char *const argv[] = { "iperf3", "-c", addr, "-p", port_text, "-t", "1", NULL };
	int got = 0, try;

	inet_ntop(AF_INET, &p->guest_ipv4, addr, sizeof(addr));
	snprintf(port_text, sizeof(port_text), "%u", port);
	for (try = 0; try < 10; try++) {
		got = vnft_child_run(argv, 20000, out, sizeof(out));
		if (got <= 0 || vnft_sleep_ms(300))
			return got;
	}
	return vnft_fail(-EIO, "iperf3 -c %s ended with %d: %s", addr, got, out);
}

static void print(const json_t *o)
{
	json_dumpf(o, stdout, JSON_COMPACT);
	putchar('\n');
	fflush(stdout);
}

static void wait_for_eof(void)
{
	struct pollfd pfd = { .fd = 0, .events = POLLIN };
	char byte;

	while (!vnft_interrupted())
		if (poll(&pfd, 1, 50) > 0 && read(0, &byte, 1) <= 0)
			break;
}

/* The measured part, between prepare and stop. */
static int live(struct vnft_instance *in, const struct vnft_guest_ops *ops,
		const struct options *o, json_t *out)
{
	const struct vnft_type *type = in->type;
	uint64_t rst_ns = 0, service_ns = 0, until_ns;
	int err = ops->start(in);

	if (err)
		return err;
	until_ns = in->t0_ns + type->timeout_s * 1000000000ULL;
	err = await(&in->place, CLOSED_PORT, ECONNREFUSED, until_ns, &rst_ns);
	if (!err)
		err = await(&in->place, type->port, 0, until_ns, &service_ns);
	/* Some drivers look for their instance's process when it has answered, and not before. */
	if (ops->phases)
		ops->phases(in);
	json_object_set_new(out, "accel", json_string(vnft_accel_name(in->accel)));
	json_object_set_new(out, "pid", json_integer(in->process.pid));
	json_object_set_new(out, "cgroup", json_string(in->cgroup));
	json_object_set_new(out, "create_ns", json_integer((json_int_t)in->create_ns));
	since(out, "returned_ns", in->t0_ns, in->started_ns);
	since(out, "rst_ns", in->t0_ns, rst_ns);
	since(out, "service_ns", in->t0_ns, service_ns);
	add_device(out, in);
	add_memory(out, ops, in);
	if (!err && o->iperf3)
		err = iperf3(&in->place, type->port);
	if (!err && o->hold_s)
		vnft_sleep_ms(o->hold_s * 1000);
	if (!err && o->pause) {
		printf("ready ");
		print(out);
		wait_for_eof();
	}
	return err;
}

static int life(const struct vnft_type *type, const struct vnft_guest_ops *ops,
		const struct options *o, struct vnft_journal *journal, json_t *out)
{
	struct vnft_instance in = { .type = type };
	bool in_host = ops->wants_host_netns && ops->wants_host_netns(type);
	int err = make_place(&in.place, journal, type, in_host), stop_err = 0;

	if (err)
		return err;
	if (type->topology == VNFT_TOPOLOGY_TAP || type->topology == VNFT_TOPOLOGY_LO)
		strcpy(in.device, in.place.device);
	json_object_set_new(out, "run", json_string(journal->id));
	err = ops->prepare(&in);
	if (!err)
		err = live(&in, ops, o, out);
	if (err)
		json_object_set_new(out, "error", json_string(vnft_why()));
	if (err && in.t0_ns && ops->last_words) {
		char words[512];

		ops->last_words(&in, words, sizeof(words));
		json_object_set_new(out, "last_words", json_string(words));
	}
	if (in.t0_ns) {
		stop_err = ops->stop(&in);
		since(out, "teardown_ns", in.stop_ns, in.stopped_ns);
		if (stop_err && !err)
			json_object_set_new(out, "error", json_string(vnft_why()));
	}
	ops->release(&in);
	ops->release(&in);	/* the contract: may be called twice */
	return err ? err : stop_err;
}

static int run_one(const struct options *o)
{
	const struct vnft_guest_ops *ops;
	struct vnft_type type;
	struct vnft_journal journal;
	json_t *out = json_object();
	int err, end_err;

	err = vnft_type_load(&type, o->type);
	if (!err) {
		if (o->kvm) {
			type.accel = VNFT_ACCEL_CHOICE_KVM;
			try_ms = 200;	/* it may be emulated: an answer takes 10 ms */
		}
		ops = vnft_guest_driver(type.driver);
		err = ops->check(&type);
	}
	if (err || o->check)
		goto out;
	json_object_set_new(out, "type", json_string(type.name));
	err = vnft_journal_begin(&journal);
	if (err)
		goto out;
	err = life(&type, ops, o, &journal, out);
	if (err && !json_object_get(out, "error"))
		json_object_set_new(out, "error", json_string(vnft_why()));
	end_err = vnft_journal_end(&journal);
	if (end_err)
		json_object_set_new(out, "end_error", json_string(vnft_why()));
	json_object_set_new(out, "manifest", ops->manifest(&type));
	print(out);
	json_decref(out);
	return err ? err : end_err;
out:
	if (err)
		fprintf(stderr, "guest: %s\n", vnft_why());
	json_decref(out);
	return err;
}

int main(int argc, char **argv)
{
	struct options o = { 0 };
	unsigned int undone;
	int i, err;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--pause"))
			o.pause = true;
		else if (!strcmp(argv[i], "--iperf3"))
			o.iperf3 = true;
		else if (!strcmp(argv[i], "--check"))
			o.check = true;
		else if (!strcmp(argv[i], "--sweep"))
			o.sweep = true;
		else if (!strcmp(argv[i], "--accel=kvm"))
			o.kvm = true;
		else if (!strncmp(argv[i], "--hold=", 7))
			o.hold_s = (unsigned int)atoi(argv[i] + 7);
		else
			o.type = argv[i];
	}
	vnft_guest_init();
	vnft_interrupt_catch();
	if (o.sweep) {
		err = vnft_journal_sweep(&undone);
		if (err)
			fprintf(stderr, "guest: %s\n", vnft_why());
		printf("{\"undone\":%u}\n", undone);
		return vnft_exit_code(err);
	}
	if (!o.type) {
		fprintf(stderr,
			"usage: guest TYPE [--check] [--pause] [--iperf3] [--hold=SECONDS] "
			"[--accel=kvm] | guest --sweep\n");
		return 2;
	}
	return vnft_exit_code(run_one(&o));
}
