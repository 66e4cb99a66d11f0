/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An interval as a JSON object.
 */
#include <math.h>
#include <stdio.h>

#include "../../lib/text/json.h"
#include "../../source/lost.h"
#include "../../source/open.h"
#include "../../source/side.h"
#include "../report.h"
#include "who.h"

static void put(json_t *o, const char *key, uint64_t value)
{
	json_object_set_new(o, key,
			    json_integer(value > INT64_MAX ? INT64_MAX : (json_int_t)value));
}

static const char *change_name(enum vnft_live_change change)
{
	static const char *const words[] = {
		[VNFT_LIVE_STEADY] = "steady", [VNFT_LIVE_NEW] = "new",
		[VNFT_LIVE_RESTARTED] = "restarted", [VNFT_LIVE_GONE] = "gone",
	};

	return words[change];
}

/* Why a row has no values, or NULL: it has some. */
static const char *why_nothing(const struct vnft_live_row *row)
{
	switch (row->change) {
	case VNFT_LIVE_STEADY:
		return NULL;
	case VNFT_LIVE_NEW:
		return "new: its first interval is the next one";
	case VNFT_LIVE_RESTARTED:
		return "attached anew: its counters began again";
	case VNFT_LIVE_GONE:
		return "gone: detached, or its device was removed";
	}
	return "?";
}

/* Why a direction has no values: none of its frames can be seen, and none was. */
static const char *why_no_direction(const struct vnft_live_row *row, enum vnft_dir dir,
				    char *text, size_t bytes)
{
	const char *why = why_nothing(row);

	if (why || row->shot->hooked[dir] == VNFT_HOOKED || row->counters.dir[dir].packets)
		return why;
	return vnft_hooked_say(row->shot->hooked, text, bytes);
}

/* Three digits behind the point: a packet in 1,000 seconds. */
static json_t *rate(uint64_t count, uint64_t span_ns)
{
	return json_real(round((double)count * 1e12 / (double)span_ns) / 1e3);
}

static json_t *direction(const struct vnft_live_row *row, enum vnft_dir dir)
{
	static const char *const keys[] = { "packets", "rate_pps", "frame_bytes", "rate_bps",
					    "wire_packets", "tcp_payload_bytes",
					    "retrans_segments", "retrans_bytes" };
	const struct vnft_counters_dir *c = &row->counters.dir[dir];
	char text[VNFT_HOOKED_TEXT_BYTES];
	const char *why = why_no_direction(row, dir, text, sizeof(text));
	json_t *o = json_object();
	size_t i;

	if (why) {
		for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
			vnft_json_null(o, keys[i], why);
	} else {
		put(o, "packets", c->packets);
		json_object_set_new(o, "rate_pps", rate(c->packets, row->span_ns));
		put(o, "frame_bytes", c->bytes);
		put(o, "rate_bps", (uint64_t)llround(fmin((double)c->bytes * 8e9 /
							  (double)row->span_ns, 9e18)));
		put(o, "wire_packets", c->wire_packets);
		put(o, "tcp_payload_bytes", c->tcp_payload_bytes);
		put(o, "retrans_segments", c->retrans_segments);
		put(o, "retrans_bytes", c->retrans_bytes);
	}
	put(o, "total_packets", row->shot->counters.dir[dir].packets);
	put(o, "total_frame_bytes", row->shot->counters.dir[dir].bytes);
	return o;
}

/* docs/method.md, "Quantile": a p99 needs 100 samples. */
static json_t *round_trips(const struct vnft_live_rtt *rtt, unsigned int pairing, int request)
{
	json_t *o = json_pack("{s:s, s:s}", "pairing", vnft_pairing_name(pairing), "request",
			      vnft_dir_name(request));
	char why[64];

	put(o, "n", rtt->n);
	if (rtt->n)
		put(o, "p50_ns", rtt->p50_ns);
	else
		vnft_json_null(o, "p50_ns", "no reply in this interval");
	snprintf(why, sizeof(why), "%llu samples, %u needed", (unsigned long long)rtt->n,
		 VNFT_MIN_SAMPLES_FOR_P99);
	if (rtt->n >= VNFT_MIN_SAMPLES_FOR_P99)
		put(o, "p99_ns", rtt->p99_ns);
	else
		vnft_json_null(o, "p99_ns", rtt->n ? why : "no reply in this interval");
	return o;
}

static json_t *all_round_trips(const struct vnft_live_row *row)
{
	json_t *list = json_array();
	unsigned int pairing;
	int dir;

	for (pairing = 0; pairing < VNFT_PAIRING_NR; pairing++)
		for (dir = 0; dir < VNFT_DIR_NR; dir++)
			if (row->rtt[pairing][dir].known)
				json_array_append_new(list, round_trips(&row->rtt[pairing][dir],
									pairing, dir));
	return list;
}

/* The histogram that stands for the RTT, in the row itself: what the table shows. */
static void put_shown(json_t *o, const struct vnft_live_row *row, struct vnft_live_which which)
{
	const char *why = why_nothing(row);
	json_t *shown;

	if (why) {
		vnft_json_null(o, "rtt", why);
		return;
	}
	shown = round_trips(&row->rtt[which.pairing][which.request], which.pairing,
			    (int)which.request);
	json_object_set_new(o, "rtt", shown);
}

static json_t *losses(const struct vnft_counters *c)
{
	json_t *o = json_object();
	uint32_t cause;

	for (cause = 0; cause < VNFT_LOST_NR; cause++)
		put(o, vnft_lost_name(cause), c->lost[cause]);
	return o;
}

static void put_instance(json_t *o, const struct vnft_live_who *who)
{
	const bool asked = who && who->asked_ns;
	json_t *instance;

	if (!who || !who->behind.kind[0]) {
		vnft_json_null(o, "instance", asked ? "no process or domain was found behind it" :
						      "not looked for yet");
		return;
	}
	instance = json_pack("{s:s, s:o}", "kind", who->behind.kind, "name",
			     vnft_json_name(who->behind.name));
	if (who->behind.pid)
		put(instance, "pid", (uint64_t)who->behind.pid);
	else
		vnft_json_null(instance, "pid", "not a process of this host");
	json_object_set_new(o, "instance", instance);
}

static json_t *device(const struct vnft_live_row *row, struct vnft_live_which which)
{
	const struct vnft_live_shot *shot = row->shot;
	const char *why = why_nothing(row);
	char text[VNFT_HOOKED_TEXT_BYTES];
	json_t *o = json_object();

	json_object_set_new(o, "device", vnft_json_name(shot->ifname));
	json_object_set_new(o, "spec", vnft_json_name(row->who ? row->who->spec : shot->ifname));
	json_object_set_new(o, "netns", vnft_json_name(row->who ? row->who->netns : ""));
	put(o, "netns_inode", shot->netns_inode);
	put(o, "ifindex", shot->ifindex);
	json_object_set_new(o, "observer", json_string(vnft_observer_name(shot->observer)));
	put(o, "id", shot->id);
	json_object_set_new(o, "side", json_string(vnft_side_name(shot->side)));
	put_instance(o, row->who);
	json_object_set_new(o, "state", json_string(shot->recording &&
						    vnft_hooked_both(shot->hooked) ? "recording" :
						    vnft_hooked_say(shot->hooked, text,
								    sizeof(text))));
	json_object_set_new(o, "change", json_string(change_name(row->change)));
	put(o, "read_ns", shot->read_ns);
	if (why)
		vnft_json_null(o, "span_ns", why);
	else
		put(o, "span_ns", row->span_ns);
	json_object_set_new(o, "in", direction(row, VNFT_DIR_IN));
	json_object_set_new(o, "out", direction(row, VNFT_DIR_OUT));
	put_shown(o, row, which);
	json_object_set_new(o, "round_trips", all_round_trips(row));
	if (why) {
		vnft_json_null(o, "retrans_segments", why);
		vnft_json_null(o, "lost", why);
		vnft_json_null(o, "lost_by", why);
		return o;
	}
	put(o, "retrans_segments", row->counters.dir[VNFT_DIR_IN].retrans_segments +
				   row->counters.dir[VNFT_DIR_OUT].retrans_segments);
	put(o, "lost", vnft_live_lost(&row->counters));
	json_object_set_new(o, "lost_by", losses(&row->counters));
	return o;
}

json_t *vnft_live_json(const struct vnft_live_interval *v, const struct vnft_live_row *rows,
		       size_t n)
{
	struct vnft_counters lost = { .expired = 0 };
	json_t *o = json_object(), *devices = json_array();
	uint32_t cause;
	size_t i;

	json_object_set_new(o, "event", json_string("interval"));
	put(o, "number", v->number);
	put(o, "time_ns", v->time_ns);
	put(o, "realtime_ns", v->realtime_ns);
	put(o, "span_ns", v->span_ns);
	json_object_set_new(o, "sort", json_string(vnft_live_key_names[v->key]));
	json_object_set_new(o, "rtt_pairing", json_string(vnft_pairing_name(v->which.pairing)));
	json_object_set_new(o, "rtt_request", json_string(vnft_dir_name((int)v->which.request)));
	for (i = 0; i < n; i++) {
		json_array_append_new(devices, device(&rows[i], v->which));
		for (cause = 0; cause < VNFT_LOST_NR; cause++)
			lost.lost[cause] += rows[i].counters.lost[cause];
	}
	json_object_set_new(o, "lost_by", losses(&lost));
	json_object_set_new(o, "devices", devices);
	return o;
}
