/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stimulus: SYN and ICMP echo on a schedule (open loop) from a thread or from the module's
 * generator, and the ping flood.
 */
#ifndef VNFT_LOAD_LOAD_H
#define VNFT_LOAD_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "../../kmod/core/hist.h"
#include "../source/source.h"

enum vnft_probe_kind {
	VNFT_PROBE_SYN,
	VNFT_PROBE_ECHO,	/* fixed rate */
	VNFT_PROBE_ECHO_FLOOD,	/* next on reply or after 10 ms, as ping -f */
};

/**
 * enum vnft_probe_sender - who sends
 */
enum vnft_probe_sender {
	VNFT_PROBE_USER = 0,	/* a thread of ours over a packet socket */
	/* the module's generator (SYN and fixed rate); -EOPNOTSUPP for a flood */
	VNFT_PROBE_KERNEL,
};

/**
 * enum vnft_stimulus - who is asked to send
 */
enum vnft_stimulus {
	VNFT_STIMULUS_AUTO = 0,	/* the kernel where it can, this process otherwise */
	VNFT_STIMULUS_KERNEL,
	VNFT_STIMULUS_USER,
	VNFT_STIMULUS_EXTERNAL,	/* another machine: nobody here */
};

#define VNFT_PROBE_WHY_BYTES	160

/**
 * struct vnft_probe_config - what to send
 * @sender: KERNEL counts no replies: received, duplicates and rtt stay 0
 * @ifname: device of the calling thread's namespace to send on (bridge, tap or veth)
 * @loopback: that is lo, which has no MAC address; no other device will do
 * @family: AF_INET or AF_INET6
 * @src: 4 or 16 bytes, network order; @dst likewise
 * @src_mac: all zero: the device's; @dst_mac: the instance's; never resolved
 * @dst_port: SYN: closed port; each SYN's sequence number is the last one + 1
 * @sport: SYN: first source port of @sports, 0: vnft_probe_choose_ports() finds them; SYN n leaves
 *	from @sport + n modulo @sports
 * @also_port: SYN: second port probed in turn (service-ready), 0 for none
 * @interval_ns: between departures; sent open-loop: a late one does not delay the next
 * @count: 0: until stopped
 * @duration_ns: 0: until stopped
 * @payload_bytes: ICMP payload (56 as ping)
 * @spin_ns: busy-wait this long before each departure (0: sleep only); the thread's alone
 * @until_rst: KERNEL: end with the first RST to a SYN of ours
 * @cpu: -1 or the CPU to pin to
 */
struct vnft_probe_config {
	enum vnft_probe_sender sender;
	enum vnft_probe_kind kind;
	const char *ifname;
	bool loopback;
	int family;
	uint8_t src[16], dst[16];
	uint8_t src_mac[6], dst_mac[6];
	uint16_t sport, sports, dst_port, also_port;
	uint16_t echo_id;
	uint64_t interval_ns;
	uint64_t count;
	uint64_t duration_ns;
	uint32_t payload_bytes;
	uint64_t spin_ns;
	bool until_rst;
	int cpu;
};

/**
 * struct vnft_probe_result - what was sent
 * @lateness: departure minus intended time
 * @failed: refused by the device or its queue; the slot is lost, the schedule is not
 * @rx_dropped: ICMP: replies that found the sender's socket full
 * @rtt: ICMP: send to receive at the sender, the whole way
 * @sent_lost: KERNEL: SENT records that found their ring full: @sent_fn never saw them
 * @queue_lost: KERNEL: taken by the device's queue and not handed to its driver: no SENT record
 * @answer_ns: KERNEL with until_rst: stamp of the RST that ended it, 0 if none came
 */
struct vnft_probe_result {
	uint64_t sent, failed, received, duplicates;
	uint64_t rx_dropped;
	uint64_t sent_lost, queue_lost;
	uint64_t answer_ns;
	uint64_t first_sent_ns, last_sent_ns;
	struct vnft_hist lateness;
	struct vnft_hist rtt;
};

struct vnft_load_probe;
/* Why only a thread can send this, or NULL when the module's generator can, too. */
const char *vnft_probe_user_only(const struct vnft_probe_config *config);
const char *vnft_probe_sender_name(enum vnft_probe_sender sender);	/* "user", "kernel" */
/*
 * Fill in config->sender as @asked. AUTO: @why receives the reason when it is not the kernel, ""
 * otherwise. KERNEL: -EOPNOTSUPP after vnft_fail() without the module, -EINVAL for what it cannot
 * send.
 */
int vnft_probe_choose(struct vnft_probe_config *config, enum vnft_stimulus asked,
		      char why[VNFT_PROBE_WHY_BYTES]);
/*
 * A SYN without a source port gets ports that no socket of the calling thread's namespace uses, one
 * for each SYN as far as they reach: to the guest each is a connection of its own. 0, or negative
 * errno after vnft_fail().
 */
int vnft_probe_choose_ports(struct vnft_probe_config *config);
/*
 * Start on the calling thread's namespace. @sent_fn gets a SENT record per packet, in a thread of
 * the probe's: USER right after the departure, so that it must be quick, KERNEL some milliseconds
 * later, with seq 0, as the record comes from no observer's ring. It may be NULL.
 */
int vnft_probe_start(struct vnft_load_probe **probe, const struct vnft_probe_config *config,
		     vnft_record_fn sent_fn, void *arg);
/* The service has answered: its port is probed no longer. */
void vnft_probe_drop_also_port(struct vnft_load_probe *probe);
/*
 * True when the last reply came, or 1 s after the last departure. SYN and KERNEL: right after the
 * last departure, as somebody else sees the answers.
 */
bool vnft_probe_done(const struct vnft_load_probe *probe);
/* Id of the FLOW record that the observer will give this probe's packet @n; flows.h has all. */
uint64_t vnft_probe_flow(const struct vnft_probe_config *config, uint64_t n, bool also_port);
/*
 * Ask to stop (nothing departs after 5 ms), join, hand out the result, free; the kernel takes about
 * 10 ms more for each packet socket that is closed. Negative errno when the device vanished under
 * it; the result is filled in all the same.
 */
int vnft_probe_finish(struct vnft_load_probe *probe, struct vnft_probe_result *result);

#endif
