/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ports of flows, from FLOW records: a PACKET record names its flow and no port.
 */
#ifndef VNFT_STAT_PORTS_H
#define VNFT_STAT_PORTS_H

#include <stdint.h>

#include "../../../kmod/uapi/vnftrace.h"

/* Flows that are remembered; the ports of those beyond are not known. */
#define VNFT_PORTS_FLOWS_MAX	(1u << 20)

struct vnft_ports;

/* 0, or -ENOMEM after vnft_fail(). */
int vnft_ports_new(struct vnft_ports **ports);
void vnft_ports_free(struct vnft_ports *ports);

/* The next record of any CPU; all but FLOW are passed over. 0, or -ENOMEM after vnft_fail(). */
int vnft_ports_feed(const struct vnft_record *record, struct vnft_ports *ports);

/* The port that a PACKET record's frame was sent from; -1: its flow is not known. */
int vnft_ports_sender(const struct vnft_ports *ports, const struct vnft_record *packet);
/* And the port that it was sent to. */
int vnft_ports_receiver(const struct vnft_ports *ports, const struct vnft_record *packet);

#endif
