/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The page of a device that is attached: what its hooks have seen so far.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../kmod/core/match.h"
#include "../lib/text/error.h"
#include "../lib/text/json.h"
#include "../lib/text/shell.h"
#include "../lib/text/view.h"
#include "../results/bounds.h"
#include "../source/attached.h"
#include "../source/attachment.h"
#include "../source/lost.h"
#include "../source/self.h"
#include "../source/side.h"
#include "../stat/throughput.h"
#include "report.h"

#define HISTOGRAMS_MAX	(VNFT_PAIRING_NR * VNFT_DIR_NR)

static void put(json_t *o, const char *key, uint64_t value)
{
	json_object_set_new(o, key,
			    json_integer(value > INT64_MAX ? INT64_MAX : (json_int_t)value));
}

static json_t *device_json(const char *ifname, const char *observer, uint16_t id,
			   const struct vnft_source_device *device,
			   const struct vnft_device_state *state)
{
	char text[VNFT_HOOKED_TEXT_BYTES];
	json_t *o = json_object();
	uint64_t lost = 0;
	int i;

	for (i = 0; i < VNFT_LOST_NR; i++)
		lost += state->counters.lost[i];
	json_object_set_new(o, "dev", vnft_json_typed(ifname));
	json_object_set_new(o, "observer", json_string(observer));
	put(o, "device", id);
	json_object_set_new(o, "state", json_string(vnft_hooked_say(device->hooked, text,
								    sizeof(text))));
	json_object_set_new(o, "side", json_string(vnft_side_name(device->side)));
	json_object_set_new(o, "hook_in", json_string(vnft_hook_name(state->hook[VNFT_DIR_IN])));
	json_object_set_new(o, "hook_out", json_string(vnft_hook_name(state->hook[VNFT_DIR_OUT])));
	put(o, "memory_bytes", state->memory_bytes);
	put(o, "unanswered", vnft_match_unanswered(&state->counters));
	put(o, "malformed", state->counters.malformed);
	put(o, "lost", lost);
	return o;
}

static json_t *dir_json(struct vnft_source *s, uint16_t id, const struct vnft_device_state *state,
			enum vnft_dir dir, const struct vnft_bound_sizes *host)
{
	struct vnft_bound_sizes sizes = *host;
	struct vnft_bound bound;
	const struct vnft_counters_dir *c = &state->counters.dir[dir];
	struct vnft_stream stream;
	json_t *o = json_object();
	double bps, bound_bps;

	json_object_set_new(o, "dir", json_string(vnft_dir_name(dir)));
	put(o, "packets", c->packets);
	put(o, "wire_packets", c->wire_packets);
	put(o, "frame_bytes", c->bytes);
	put(o, "tcp_payload_bytes", c->tcp_payload_bytes);
	put(o, "retrans_segments", c->retrans_segments);
	put(o, "retrans_bytes", c->retrans_bytes);
	if (!s->ops->stream || s->ops->stream(s, id, dir, &stream)) {
		vnft_json_null(o, "stream_bps", "no TCP stream with payload yet");
		return o;
	}
	bps = vnft_stream_bps(&stream, &bound_bps);
	put(o, "stream_bytes", stream.payload_bytes);
	if (isnan(bps)) {
		vnft_json_null(o, "stream_bps", "the stream is shorter than its end is sure");
		return o;
	}
	json_object_set_new(o, "stream_bps", json_integer((json_int_t)llround(bps)));
	sizes.ns[VNFT_BOUND_TICK] = (double)stream.late_ns;
	bound = vnft_bound_of_rate(VNFT_BOUNDED_STREAM, &sizes, bps,
				   (double)(stream.last_ns - stream.first_ns));
	vnft_bound_put(o, "stream", "bps", &bound);
	return o;
}

static json_t *classes_json(const struct vnft_device_state *state)
{
	json_t *out = json_array(), *o;
	uint8_t class;

	for (class = 0; class < VNFT_CLASS_NR; class++) {
		uint64_t in = state->counters.dir[VNFT_DIR_IN].classes[class];
		uint64_t to = state->counters.dir[VNFT_DIR_OUT].classes[class];

		if (!in && !to)
			continue;
		o = json_object();
		json_object_set_new(o, "class", json_string(vnft_class_name(class)));
		put(o, "in", in);
		put(o, "out", to);
		json_array_append_new(out, o);
	}
	return out;
}

static json_t *losses_json(const struct vnft_device_state *state)
{
	json_t *out = json_array(), *o;
	uint32_t i;

	for (i = 0; i < VNFT_LOST_NR; i++) {
		if (!state->counters.lost[i])
			continue;
		o = json_object();
		json_object_set_new(o, "cause", json_string(vnft_lost_name(i)));
		put(o, "count", state->counters.lost[i]);
		json_array_append_new(out, o);
	}
	return out;
}

static int add_pairings(struct vnft_source *s, uint16_t id, const struct vnft_device_state *state,
			const struct vnft_bound_sizes *sizes, json_t *pairings)
{
	struct vnft_hist *h = malloc(sizeof(*h));
	unsigned int pairing, dir;
	int err = h ? 0 : vnft_fail(-ENOMEM, "out of memory");
	json_t *o;

	for (pairing = 0; !err && pairing < VNFT_PAIRING_NR; pairing++) {
		for (dir = 0; !err && dir < VNFT_DIR_NR; dir++) {
			memset(h, 0, sizeof(*h));
			err = s->ops->hist(s, id, pairing, dir, h);
			if (err || !h->count)
				continue;
			o = vnft_bound_hist(h, VNFT_BOUNDED_RTT, sizes);
			json_object_set_new(o, "pairing", json_string(vnft_pairing_name(pairing)));
			json_object_set_new(o, "request", json_string(vnft_dir_name((int)dir)));
			put(o, "strays", state->counters.unmatched[pairing]);
			json_object_set_new(o, "histogram", vnft_hist_rows(h));
			json_array_append_new(pairings, o);
		}
	}
	free(h);
	return err;
}

static int one_tree(const char *ifname, enum vnft_observer observer, json_t **tree)
{
	struct vnft_device_state state = { .read_ns = 0 };
	struct vnft_source_device device;
	struct vnft_bound_sizes sizes;
	struct vnft_source *source;
	struct vnft_self self;
	json_t *pairings;
	uint16_t id;
	int err;

	err = vnft_attached_open(&source, ifname, observer, &id);
	if (err)
		return err;
	pairings = json_array();
	vnft_self_measure(!strcmp(source->ops->name, "bpf") ? VNFT_OBSERVER_BPF :
							      VNFT_OBSERVER_MODULE, &self);
	vnft_bound_sizes_init(&sizes, &self);
	err = source->ops->state(source, id, &state);
	if (!err)
		err = source->ops->device(source, id, &device);
	if (!err)
		err = add_pairings(source, id, &state, &sizes, pairings);
	if (!err)
		*tree = json_pack("{s:o, s:[o, o], s:o, s:O, s:o}", "device",
				  device_json(ifname, source->ops->name, id, &device, &state),
				  "counters",
				  dir_json(source, id, &state, VNFT_DIR_IN, &sizes),
				  dir_json(source, id, &state, VNFT_DIR_OUT, &sizes), "classes",
				  classes_json(&state), "pairings", pairings, "losses",
				  losses_json(&state));
	json_decref(pairings);
	source->ops->close(source);
	return err;
}

/* Each observer has its own page: both counted the same packets, so nothing is added up. */
int vnft_device_tree(const char *ifname, enum vnft_observer observer, json_t **tree)
{
	json_t *beside;
	int err;

	if (observer == VNFT_OBSERVER_BPF || observer == VNFT_OBSERVER_MODULE)
		return one_tree(ifname, observer, tree);
	err = one_tree(ifname, VNFT_OBSERVER_BPF, tree);
	if (err && err != -ENOENT)
		return err;
	if (err) {
		err = one_tree(ifname, VNFT_OBSERVER_MODULE, tree);
		/* If the module is not loaded, the device is not attached by it: no error. */
		return err == -EOPNOTSUPP ?
			       vnft_fail(-ENOENT, "%s: not attached: `vnftrace attach %s` first",
					 ifname, vnft_shell(ifname)) : err;
	}
	err = one_tree(ifname, VNFT_OBSERVER_MODULE, &beside);
	if (!err)
		json_object_set_new(*tree, "beside", beside);
	else if (err != -ENOENT && err != -EOPNOTSUPP)
		json_decref(*tree);
	else
		err = 0;
	return err;
}

static const struct vnft_column device_columns[] = {
	{ "device", "dev" }, { "observer", "observer" }, { "state", "state" },
	{ "side", "side" }, { "hook in", "hook_in" },
	{ "hook out", "hook_out" }, { "memory", "memory_bytes" },
	{ "requests unanswered so far", "unanswered" },
	{ "malformed frames", "malformed" }, { "lost", "lost" }, { NULL, NULL }
};
static const struct vnft_column dir_columns[] = {
	{ "direction", "dir" }, { "frames", "packets" }, { "on the wire", "wire_packets" },
	{ "bytes", "frame_bytes" }, { "TCP payload", "tcp_payload_bytes" },
	{ "retransmitted", "retrans_bytes" }, { "largest stream", "stream_bytes" },
	{ "its rate", "stream_bps" }, { "bound", "stream_bound_bps" }, { NULL, NULL }
};
static const struct vnft_column class_columns[] = {
	{ "class", "class" }, { "in", "in" }, { "out", "out" }, { NULL, NULL }
};
static const struct vnft_column pairing_columns[] = {
	{ "pairing", "pairing" }, { "request", "request" }, { "n", "n" }, { "mean", "mean_ns" },
	{ "bound", "mean_bound_ns" }, { "min", "min_ns" }, { "p50", "p50_ns" },
	{ "p90", "p90_ns" }, { "p99", "p99_ns" },
	{ "p99.9", "p999_ns" }, { "max", "max_ns" }, { "strays", "strays" }, { NULL, NULL }
};
static const struct vnft_column lost_columns[] = {
	{ "lost by", "cause" }, { "count", "count" }, { NULL, NULL }
};
static const struct vnft_column histogram_columns[] = {
	{ "from", "from_ns" }, { "to", "to_ns" }, { "n", "n" }, { "", "bar" }, { NULL, NULL }
};

/* As many sections as the page of one observer can have: a histogram per pairing. */
#define SECTIONS (5 + HISTOGRAMS_MAX)
struct section {
	char path[48], heading[112];
};

static size_t add_sections(const json_t *page, const char *prefix, struct section *section,
			   struct vnft_view *views)
{
	static const struct {
		const char *heading, *path;
		const struct vnft_column *columns;
	} parts[] = {
		{ NULL, "device", device_columns },
		{ "Since attach (in: from the guest, out: to it)", "counters", dir_columns },
		{ "Frames", "classes", class_columns },
		{ "Replies to requests (request out: the guest's share, in: the host's)",
		  "pairings", pairing_columns },
		{ "Losses", "losses", lost_columns },
	};
	size_t n, i;
	json_t *p;

	for (n = 0; n < sizeof(parts) / sizeof(parts[0]); n++) {
		snprintf(section[n].path, sizeof(section[n].path), "%s%s", prefix, parts[n].path);
		views[n] = (struct vnft_view) { parts[n].heading, section[n].path,
						parts[n].columns };
	}
	json_array_foreach(json_object_get(page, "pairings"), i, p) {
		if (i >= HISTOGRAMS_MAX)
			break;
		snprintf(section[n].path, sizeof(section[n].path), "%spairings[%zu].histogram",
			 prefix, i);
		snprintf(section[n].heading, sizeof(section[n].heading), "%s, request %s",
			 json_string_value(json_object_get(p, "pairing")),
			 json_string_value(json_object_get(p, "request")));
		views[n] = (struct vnft_view) { section[n].heading, section[n].path,
						histogram_columns };
		n++;
	}
	return n;
}

const struct vnft_view *vnft_device_views(const json_t *tree)
{
	static struct vnft_view views[2 * SECTIONS + 1];
	static struct section section[2 * SECTIONS];
	const json_t *beside = json_object_get(tree, "beside");
	size_t n = add_sections(tree, "", section, views);

	if (beside)
		n += add_sections(beside, "beside.", section + n, views + n);
	views[n] = (struct vnft_view) { NULL, NULL, NULL };
	return views;
}
