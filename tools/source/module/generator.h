/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module's generators; returns and numbers as in ctl.h.
 */
#ifndef VNFT_SOURCE_MODULE_GENERATOR_H
#define VNFT_SOURCE_MODULE_GENERATOR_H

#include <stdbool.h>
#include <stdint.h>

#include "../../../kmod/core/hist.h"
#include "../../../kmod/uapi/vnftrace.h"

/**
 * struct vnft_module_probe_setup - a generator; 0 leaves out what may be left out
 * @addr_bytes: 4 or 16
 * @sports: source ports of SYNs, from @sport on; 0 is 1
 * @cpu: -1: the sender's
 * @device: id that SENT records carry, 0: none
 */
struct vnft_module_probe_setup {
	uint32_t session;
	uint32_t ifindex;
	enum vnft_probe_what kind;
	uint8_t addr_bytes;
	bool until_rst;
	uint8_t src[16], dst[16];
	uint8_t src_mac[6], dst_mac[6];
	uint16_t sport, sports, dport, also_port, echo_id;
	uint32_t echo_bytes;
	int cpu;
	uint32_t device;
	uint64_t interval_ns, count, duration_ns;
};

struct vnft_module_probe {
	uint32_t id;
	uint8_t running;
	uint64_t sent, failed;
	uint64_t start_ns, first_ns, last_ns, answer_ns;
	struct vnft_hist lateness;
};
int vnft_module_probe_start(const struct vnft_module_probe_setup *setup, uint32_t *probe,
			    uint64_t *start_ns);
int vnft_module_probe_set(uint32_t session, uint32_t probe, uint16_t also_port);
/* @answer may be NULL for stop. */
int vnft_module_probe_stop(uint32_t session, uint32_t probe, struct vnft_module_probe *answer);
int vnft_module_probe_get(uint32_t session, uint32_t probe, struct vnft_module_probe *answer);

#endif
