/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Facts about the host: for the manifest of every result, and for doctor.
 */
#ifndef VNFT_LIB_HOST_H
#define VNFT_LIB_HOST_H

#include <jansson.h>

/* Host part of a manifest: hostname, kernel, architecture, machine (as the firmware calls it),
 * hypervisor_flag, hypervisor, cpu, cores, memory_bytes, mitigations, governor, clocksource, tool
 * version, libbpf and libvirt versions. New reference. */
json_t *vnft_host_facts(void);

#endif
