/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tables of hops: of each kind of round trip, and of all frames.
 */
#include <jansson.h>
#include <stdio.h>

#include "../../lib/text/json.h"
#include "../../report/report.h"
#include "page.h"

const char *vnft_tracing_way(uint8_t dir)
{
	return dir == VNFT_DIR_OUT ? "to guest" : "from guest";
}

json_t *vnft_tracing_device(const struct vnft_tracing *t, unsigned int link)
{
	return vnft_json_typed(t->link[link].end[VNFT_PATH_NEAR].spec);
}

/**
 * struct vnft_hops_wanted - of which round trips, or of which frames
 * @whole_ns: what they took, all added up; 0: there is no whole
 */
struct vnft_hops_wanted {
	const struct vnft_tracing *t;
	unsigned int link;
	uint8_t pairing, dir;
	uint64_t whole_ns;
	json_t *hops;
};

static const char *part_word(const struct vnft_path_hop *hop)
{
	if (hop->part == VNFT_PATH_BETWEEN)
		return hop->dir == VNFT_DIR_OUT ? "guest" : "host";
	return vnft_tracing_way(hop->part == VNFT_PATH_THERE ? hop->dir : !hop->dir);
}

static int add_hop(const struct vnft_path_hop *hop, void *arg)
{
	const struct vnft_hops_wanted *want = arg;
	const double n = (double)hop->hist.count, stamps = (double)hop->stamps / (n > 0 ? n : 1);
	json_t *o;

	if (hop->link != want->link || hop->pairing != want->pairing || hop->dir != want->dir)
		return 0;
	o = vnft_hist_json(&hop->hist);
	json_object_set_new(o, "way", json_string(part_word(hop)));
	json_object_set_new(o, "from", json_string(hop->from));
	json_object_set_new(o, "to", json_string(hop->to));
	vnft_tracing_put(o, "sum_ns", hop->hist.sum_ns);
	if (want->whole_ns)
		json_object_set_new(o, "share_percent", json_real(100.0 * (double)hop->hist.sum_ns /
								  (double)want->whole_ns));
	vnft_tracing_put(o, "overtaken", hop->overtaken);
	json_object_set_new(o, "own_stamps", json_real(stamps));
	vnft_tracing_own(want->t, o, "own_ns", stamps * want->t->stamp.ns);
	vnft_tracing_own(want->t, o, "own_rested_ns", stamps * want->t->stamp.rested_ns);
	json_array_append_new(want->hops, o);
	return 0;
}

static json_t *hops_json(const struct vnft_tracing *t, unsigned int link, uint8_t pairing,
			 uint8_t dir, uint64_t whole_ns)
{
	struct vnft_hops_wanted want = { t, link, pairing, dir, whole_ns, json_array() };

	vnft_path_each(t->path, add_hop, &want);
	return want.hops;
}

static json_t *trip_json(const struct vnft_tracing *t, unsigned int link, uint8_t pairing,
			 uint8_t dir, const struct vnft_path_trips *trips)
{
	json_t *o = vnft_hist_json(&trips->whole);

	json_object_set_new(o, "device", vnft_tracing_device(t, link));
	json_object_set_new(o, "pairing", json_string(vnft_pairing_name(pairing)));
	json_object_set_new(o, "request", json_string(vnft_tracing_way(dir)));
	vnft_tracing_put(o, "sum_ns", trips->whole.sum_ns);
	vnft_tracing_put(o, "not_followed", trips->not_followed);
	vnft_tracing_put(o, "requests", trips->requests);
	vnft_tracing_put(o, "unanswered", trips->requests - trips->answered);
	if (dir == VNFT_DIR_OUT)
		json_object_set_new(o, "driver", vnft_hist_json(&trips->driver));
	else
		vnft_json_null(o, "driver", "the request does not come from this host's stack");
	json_object_set_new(o, "hops", hops_json(t, link, pairing, dir, trips->whole.sum_ns));
	return o;
}

json_t *vnft_tracing_trips(const struct vnft_tracing *t, uint64_t *followed,
			   uint64_t *not_followed)
{
	static struct vnft_path_trips trips;
	json_t *out = json_array();
	uint8_t pairing, dir;
	unsigned int link;

	for (link = 0; link < t->links; link++)
		for (pairing = 0; pairing < VNFT_PAIRING_NR; pairing++)
			for (dir = VNFT_DIR_NR; dir--;) {
				vnft_path_trips(t->path, link, pairing, dir, &trips);
				*followed += trips.whole.count;
				*not_followed += trips.not_followed;
				if (trips.whole.count || trips.not_followed)
					json_array_append_new(out, trip_json(t, link, pairing, dir,
									     &trips));
			}
	return out;
}

json_t *vnft_tracing_frames(const struct vnft_tracing *t, uint64_t *followed)
{
	struct vnft_path_count count;
	json_t *out = json_array();
	unsigned int link;
	uint8_t dir;

	for (link = 0; link < t->links; link++)
		for (dir = VNFT_DIR_NR; dir--;) {
			vnft_path_count(t->path, link, dir, &count);
			*followed += count.followed;
			if (!count.followed)
				continue;
			json_array_append_new(out, json_pack("{s:o, s:s, s:o, s:o}",
				"device", vnft_tracing_device(t, link),
				"way", vnft_tracing_way(dir),
				"followed", vnft_tracing_count(count.followed),
				"hops", hops_json(t, link, VNFT_PATH_FRAMES, dir, 0)));
		}
	return out;
}
