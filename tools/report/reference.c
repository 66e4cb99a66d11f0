/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The numbers of the reference study, and this host's beside them.
 *
 * draft-natarajan-nfvrg-containers-for-nfv-03, sections 4.2 to 4.6 (July 2016): Intel Xeon E5-1630
 * v3 3.7 GHz (4 cores), 32 GB; KVM on Linux 4.4.1, Xen 4.6.0, Docker 1.11. Its instantiation is the
 * time from a SYN flood's start to the guest's RST, throughput is iperf between guest and host,
 * image sizes are those of ls, memory is top's (xl's for Xen). Its RTT is printed in ms, which is
 * implausible for a LAN: only the order of the rows is used.
 */
#include <string.h>

#include "../lib/text/view.h"
#include "reference.h"
#include "results.h"

const struct vnft_reference vnft_references[] = {
	{ "standardvm.xen",		6500, 23.1, 24.5, 34, 913, 112 },
	{ "standardvm.kvm",		2988, 20.1, 38.9, 18, 913, 82 },
	{ "container.docker",		1711, 45.1, 43.8, 4, 61, 3.8 },
	{ "tinyx.kvm",			1081, 21.5, 37.9, 19, 3.5, 30 },
	{ "tinyx.xen",			431, 28.6, 24.9, 15, 3.7, 31 },
	{ "unikernel.osv.kvm",		330, 47.9, 47.7, 9, 12, 52 },
	{ "unikernel.minios.xen",	31, 49.5, 32.6, 5, 2, 8 },
	{ NULL, 0, 0, 0, 0, 0, 0 }
};

/* The study measured one container; other runtimes stand beside it, and the row says so. */
const struct vnft_reference *vnft_reference_of(const json_t *row)
{
	const char *type = json_string_value(json_object_get(row, "type"));
	const struct vnft_reference *r;

	if (type && !strncmp(type, "container.", 10))
		type = "container.docker";
	for (r = vnft_references; type && r->type; r++)
		if (!strcmp(r->type, type))
			return r;
	return NULL;
}

static double here_rtt(const json_t *row)
{
	return json_number_value(vnft_view_at(row, "rtt.flood.mean_ns"));
}

bool vnft_reference_same_host(const json_t *a, const json_t *b)
{
	const char *host_a = json_string_value(json_object_get(a, "host"));
	const char *host_b = json_string_value(json_object_get(b, "host"));

	return !strcmp(host_a ? host_a : "", host_b ? host_b : "");
}

/*
 * Place of a row among those of its host that both studies have an RTT of, 1 is the shortest; 0 if
 * it has none.
 */
static int rank(const json_t *rows, const json_t *row, bool theirs)
{
	const struct vnft_reference *mine = vnft_reference_of(row), *ref;
	int place = 1;
	json_t *other;
	size_t i;

	if (!mine || here_rtt(row) <= 0)
		return 0;
	json_array_foreach(rows, i, other) {
		ref = vnft_reference_of(other);
		if (ref && here_rtt(other) > 0 && vnft_reference_same_host(row, other))
			place += theirs ? ref->rtt < mine->rtt : here_rtt(other) < here_rtt(row);
	}
	return place;
}

static void put(json_t *to, const char *here_key, const json_t *row, const char *path,
		const char *reference_key, double reference_value, const char *ratio_key)
{
	const json_t *here = vnft_view_at(row, path);

	json_object_set(to, here_key, json_is_number(here) ? (json_t *)here : json_null());
	json_object_set_new(to, reference_key, json_integer((json_int_t)(reference_value + 0.5)));
	json_object_set_new(to, ratio_key, json_is_number(here) ?
			    json_real(json_number_value(here) / reference_value) : json_null());
}

json_t *vnft_reference_rows(const json_t *rows)
{
	json_t *out = json_array(), *to, *row;
	const struct vnft_reference *r;
	size_t i;

	json_array_foreach(rows, i, row) {
		r = vnft_reference_of(row);
		if (!r)
			continue;
		to = json_object();
		json_array_append_new(out, to);
		if (json_object_get(row, "host"))
			json_object_set(to, "host", json_object_get(row, "host"));
		json_object_set(to, "type", json_object_get(row, "type"));
		if (json_object_get(row, "label"))
			json_object_set(to, "label", json_object_get(row, "label"));
		json_object_set_new(to, "reference_type", json_string(r->type));
		put(to, "instantiation_ns", row, "instantiation.median_ns",
		    "reference_instantiation_ns", r->instantiation_ms * 1e6, "instantiation_ratio");
		put(to, "tx_bps", row, "throughput.tx.median_bps", "reference_tx_bps",
		    r->tx_gbps * 1e9, "tx_ratio");
		put(to, "rx_bps", row, "throughput.rx.median_bps", "reference_rx_bps",
		    r->rx_gbps * 1e9, "rx_ratio");
		put(to, "image_bytes", row, "image.file_bytes", "reference_image_bytes",
		    r->image_mb * 1e6, "image_ratio");
		put(to, "memory_bytes", row, "memory.tool_bytes", "reference_memory_bytes",
		    r->memory_mb * 1e6, "memory_ratio");
		json_object_set_new(to, "rtt_order", rank(rows, row, false) ?
				    json_integer(rank(rows, row, false)) : json_null());
		json_object_set_new(to, "reference_rtt_order", rank(rows, row, true) ?
				    json_integer(rank(rows, row, true)) : json_null());
	}
	return out;
}
