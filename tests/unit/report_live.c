/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two snapshots to an interval, and an interval to JSON and lines: differences add up, a device
 * that is new, gone or attached anew has no numbers, rates use the device's own stamps, and no line
 * is wider than it may be, whatever the names and numbers are.
 */
#include <stdlib.h>
#include <string.h>

#include "../../tools/lib/text/text.h"
#include "../../tools/lib/text/view.h"
#include "../../tools/report/live/lines.h"
#include "../../tools/report/live/who.h"
#include "unit.h"

#define S 1000000000ULL

/* Device @k of its first attachment, after @packets in and twice as many out, at @read_ns. */
static struct vnft_live_shot shot(unsigned int k, uint64_t packets, uint64_t read_ns)
{
	struct vnft_live_shot s = {
		.observer = VNFT_OBSERVER_BPF, .life = 100 + k, .netns_inode = 7,
		.ifindex = 10 + k, .read_ns = read_ns,
	};

	snprintf(s.ifname, sizeof(s.ifname), "dev%u", k);
	s.counters.dir[VNFT_DIR_IN].packets = packets;
	s.counters.dir[VNFT_DIR_IN].bytes = 100 * packets;
	s.counters.dir[VNFT_DIR_OUT].packets = 2 * packets;
	s.counters.dir[VNFT_DIR_OUT].bytes = 200 * packets;
	return s;
}

static void differences(void)
{
	struct vnft_live_shot a = shot(0, 1000, 5 * S), b = shot(0, 1500, 7 * S);
	struct vnft_live_row row;

	b.counters.dir[VNFT_DIR_IN].retrans_segments = 3;
	b.counters.lost[VNFT_LOST_EVICTED] = 4;
	vnft_live_difference(&a, &b, &row);
	CHECK_EQ(row.change, VNFT_LIVE_STEADY, "the same attachment twice is an interval");
	CHECK_EQ(row.counters.dir[VNFT_DIR_IN].packets, 500, "packets in of it");
	CHECK_EQ(row.counters.dir[VNFT_DIR_OUT].packets, 1000, "and out");
	CHECK_EQ(row.counters.dir[VNFT_DIR_IN].retrans_segments, 3, "retransmissions");
	CHECK_EQ(vnft_live_lost(&row.counters), 4, "losses");
	CHECK_EQ(row.span_ns, 2 * S, "the time is that between the device's own stamps");

	b.life++;
	vnft_live_difference(&a, &b, &row);
	CHECK_EQ(row.change, VNFT_LIVE_RESTARTED, "another attachment, even with larger counters");
	CHECK_EQ(row.counters.dir[VNFT_DIR_IN].packets, 0, "has no numbers");
	b = shot(0, 1500, 7 * S);
	b.counters.matched[VNFT_PAIRING_ECHO] = 0;
	a.counters.matched[VNFT_PAIRING_ECHO] = 1;
	vnft_live_difference(&a, &b, &row);
	CHECK_EQ(row.change, VNFT_LIVE_RESTARTED, "one counter of all went back");
	CHECK_EQ(row.counters.dir[VNFT_DIR_OUT].packets, 0, "then no other is a number either");
	a = shot(0, 1500, 7 * S);
	b = shot(0, 1500, 7 * S);
	vnft_live_difference(&a, &b, &row);
	CHECK_EQ(row.change, VNFT_LIVE_RESTARTED, "no time between: no rate");
	vnft_live_difference(NULL, &b, &row);
	CHECK_EQ(row.change, VNFT_LIVE_NEW, "only after: new");
	vnft_live_difference(&a, NULL, &row);
	CHECK_EQ(row.change, VNFT_LIVE_GONE, "only before: gone");
	CHECK(row.shot == &a, "what is gone is shown by what it was");
}

static void sums(void)
{
	struct vnft_live_shot a = shot(0, 17, S), b;
	uint64_t sum = 0, packets = 17, i;
	struct vnft_live_row row;

	srandom(1);
	for (i = 2; i < 200; i++) {
		packets += (uint64_t)random() % 1000;
		b = shot(0, packets, i * S);
		vnft_live_difference(&a, &b, &row);
		sum += row.counters.dir[VNFT_DIR_IN].packets;
		a = b;
	}
	CHECK_EQ(sum, packets - 17, "the intervals add up to what was counted in all");
}

static const struct vnft_live_row *row_of(const struct vnft_live_row *rows, size_t n,
					  const char *ifname)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!strcmp(rows[i].shot->ifname, ifname))
			return &rows[i];
	return NULL;
}

static void lists(void)
{
	struct vnft_live_shot was[4] = { shot(0, 1, S), shot(1, 1, S), shot(2, 9, S),
					 shot(3, 1, S) };
	struct vnft_live_shot is[4] = { shot(4, 1, 2 * S), shot(3, 5, 2 * S), shot(2, 99, 2 * S),
					shot(1, 4, 2 * S) };
	const struct vnft_live_shots before = { was, 4, 4 }, after = { is, 4, 4 };
	struct vnft_live_row *rows;
	size_t n;

	is[2].life = 999;			/* attached anew */
	is[3].ifindex = 77;			/* moved to another namespace, and renamed */
	is[3].netns_inode = 8;
	snprintf(is[3].ifname, sizeof(is[3].ifname), "moved");
	CHECK_EQ(vnft_live_differences(&before, &after, &rows, &n), 0, "two lists");
	CHECK_EQ(n, 5, "four that are there, and one that is gone");
	CHECK_EQ(row_of(rows, n, "dev0")->change, VNFT_LIVE_GONE, "one is gone");
	CHECK_EQ(row_of(rows, n, "dev4")->change, VNFT_LIVE_NEW, "one is new");
	CHECK_EQ(row_of(rows, n, "dev2")->change, VNFT_LIVE_RESTARTED, "one was attached anew");
	CHECK_EQ(row_of(rows, n, "dev3")->counters.dir[VNFT_DIR_IN].packets, 4,
		 "another place in the list is the same device");
	CHECK_EQ(row_of(rows, n, "moved")->counters.dir[VNFT_DIR_IN].packets, 3,
		 "and so is another namespace and name");
	free(rows);
	CHECK_EQ(vnft_live_differences(&(struct vnft_live_shots) { .n = 0 },
				       &(struct vnft_live_shots) { .n = 0 }, &rows, &n), 0,
		 "two empty lists");
	CHECK_EQ(n, 0, "have no rows");
	free(rows);
}

static struct vnft_hist *hist(void)
{
	return calloc(1, sizeof(struct vnft_hist));
}

static void fill(struct vnft_hist *h, uint64_t ns, unsigned int n)
{
	while (n--)
		vnft_hist_add(h, ns);
}

static void quantiles(void)
{
	struct vnft_live_shot a = shot(0, 1, S), b = shot(0, 2, 2 * S);
	const struct vnft_live_rtt *rtt;
	struct vnft_live_row row;

	a.hist[VNFT_PAIRING_ECHO][VNFT_DIR_OUT] = hist();
	b.hist[VNFT_PAIRING_ECHO][VNFT_DIR_OUT] = hist();
	fill(a.hist[0][VNFT_DIR_OUT], 1000, 5000);
	fill(b.hist[0][VNFT_DIR_OUT], 1000, 5000);
	fill(b.hist[0][VNFT_DIR_OUT], 50000, 98);
	fill(b.hist[0][VNFT_DIR_OUT], 900000, 2);
	vnft_live_difference(&a, &b, &row);
	rtt = &row.rtt[VNFT_PAIRING_ECHO][VNFT_DIR_OUT];
	CHECK_EQ(rtt->n, 100, "replies of the interval, not of all time");
	CHECK(rtt->p50_ns > 49500 && rtt->p50_ns < 50500, "p50 of these: %llu ns",
	      (unsigned long long)rtt->p50_ns);
	CHECK(rtt->p99_ns > 890000 && rtt->p99_ns <= 900000, "p99 of these: %llu ns",
	      (unsigned long long)rtt->p99_ns);
	fill(a.hist[0][VNFT_DIR_OUT], 50000, 1);
	vnft_live_difference(&a, &b, &row);
	CHECK_EQ(rtt->n, 99, "one less");
	CHECK_EQ(rtt->p99_ns, 0, "is too few for a p99");
	CHECK(!row.rtt[VNFT_PAIRING_ECHO][VNFT_DIR_IN].known, "and without a histogram is none");
	fill(a.hist[0][VNFT_DIR_OUT], 77, 1);
	vnft_live_difference(&a, &b, &row);
	CHECK_EQ(row.change, VNFT_LIVE_RESTARTED, "a bucket went back");
	free(a.hist[0][VNFT_DIR_OUT]);
	a.hist[0][VNFT_DIR_OUT] = NULL;
	vnft_live_difference(&a, &b, &row);
	CHECK_EQ(rtt->n, 5100, "the first replies of all are of this interval");
	CHECK(rtt->p50_ns >= 1000 && rtt->p50_ns < 1008, "and their p50: %llu ns",
	      (unsigned long long)rtt->p50_ns);
	free(b.hist[0][VNFT_DIR_OUT]);
}

static void sorting(void)
{
	struct vnft_live_shot shots[4] = { shot(0, 0, S), shot(1, 0, S), shot(2, 0, S),
					   shot(3, 0, S) };
	struct vnft_live_row rows[4] = { { &shots[0], .span_ns = S }, { &shots[1], .span_ns = S },
					 { &shots[2], .span_ns = 4 * S },
					 { &shots[3], .change = VNFT_LIVE_GONE } };
	const struct vnft_live_which which = vnft_live_which(0);

	rows[0].counters.dir[VNFT_DIR_IN].packets = 5;
	rows[1].counters.dir[VNFT_DIR_OUT].packets = 7;
	rows[2].counters.dir[VNFT_DIR_OUT].packets = 8;
	rows[2].counters.dir[VNFT_DIR_OUT].bytes = 900;
	rows[0].rtt[VNFT_PAIRING_ECHO][VNFT_DIR_OUT].p50_ns = 3;
	vnft_live_sort(rows, 4, VNFT_LIVE_BY_PACKETS, which);
	CHECK(rows[0].shot == &shots[1] && rows[1].shot == &shots[0] && rows[2].shot == &shots[2],
	      "by packets in a second of their own");
	CHECK(rows[3].shot == &shots[3], "what has none is the last");
	vnft_live_sort(rows, 4, VNFT_LIVE_BY_BITS, which);
	CHECK(rows[0].shot == &shots[2] && rows[1].shot == &shots[0] && rows[2].shot == &shots[1],
	      "by bits, equal ones by name");
	vnft_live_sort(rows, 4, VNFT_LIVE_BY_P50, which);
	CHECK(rows[0].shot == &shots[0] && rows[1].shot == &shots[1], "by p50");
	vnft_live_sort(rows, 4, VNFT_LIVE_BY_DEVICE, which);
	CHECK(rows[0].shot == &shots[0] && rows[3].shot == &shots[3], "by name");
	CHECK_EQ(strlen(vnft_live_key_letters), VNFT_LIVE_KEYS, "a letter for every key");
	CHECK(!strchr(vnft_live_key_letters, 'q') && !strchr(vnft_live_key_letters, 'm'),
	      "and none that means something else");
}

static json_t *object(struct vnft_live_row *rows, size_t n)
{
	const struct vnft_live_interval v = {
		.number = 1, .time_ns = 9 * S, .realtime_ns = 1700000000 * S, .span_ns = S,
		.which = vnft_live_which(0),
	};

	return vnft_live_json(&v, rows, n);
}

static void as_json(void)
{
	struct vnft_live_shot a = shot(0, 1000, 5 * S), b = shot(0, 1500, 7 * S);
	struct vnft_live_row rows[3];
	const json_t *d;
	json_t *o;

	b.counters.lost[VNFT_LOST_RING_FULL] = 2;
	vnft_live_difference(&a, &b, &rows[0]);
	vnft_live_difference(NULL, &b, &rows[1]);
	b.hooked[VNFT_DIR_OUT] = VNFT_HOOKED_REMOVED;
	vnft_live_difference(&b, &b, &rows[2]);
	rows[2].change = VNFT_LIVE_STEADY;
	rows[2].span_ns = S;
	o = object(rows, 3);
	CHECK(!strcmp(json_string_value(json_object_get(o, "event")), "interval"), "an event");
	CHECK_EQ(json_integer_value(vnft_view_at(o, "lost_by.ring_full")), 2, "losses of all");
	d = vnft_view_at(o, "devices[0]");
	CHECK_EQ(json_integer_value(vnft_view_at(d, "in.packets")), 500, "packets");
	CHECK(json_real_value(vnft_view_at(d, "in.rate_pps")) == 250, "in a second of two");
	CHECK_EQ(json_integer_value(vnft_view_at(d, "out.rate_bps")), 400000, "bits of bytes");
	CHECK_EQ(json_integer_value(vnft_view_at(d, "in.total_packets")), 1500, "and the total");
	d = vnft_view_at(o, "devices[1]");
	CHECK(json_is_null(vnft_view_at(d, "in.rate_pps")) &&
	      json_is_string(vnft_view_at(d, "in.rate_pps_why")), "a new one: null and why");
	CHECK(json_is_null(vnft_view_at(d, "lost")) && json_is_null(vnft_view_at(d, "span_ns")),
	      "nor are its losses 0");
	d = vnft_view_at(o, "devices[2]");
	CHECK(json_is_integer(vnft_view_at(d, "in.packets")) &&
	      json_is_null(vnft_view_at(d, "out.packets")),
	      "a direction without its program has no count, the other has");
	json_decref(o);
}

#define DEVICES 6

/* Names and numbers as bad as they come. */
static json_t *bad_object(struct vnft_live_shot *shots, struct vnft_live_who *who,
			  struct vnft_live_row *rows)
{
	static const char *const specs[DEVICES] = {
		"a", "a-namespace-with-a-name-that-is-far-too-long-for-it/veth-of-tenant9",
		"evil\x1b[2J\x07\nname/\xff\xfe", "µ名前名前名前名前名前名前名前名前/ü",
		"net:[4026531840]/eth0", "gone",
	};
	unsigned int i;

	for (i = 0; i < DEVICES; i++) {
		shots[i] = shot(i, 1, S);
		memset(&rows[i], 0, sizeof(rows[i]));
		rows[i].shot = &shots[i];
		rows[i].span_ns = 1;
		memset(&rows[i].counters, i == 1 ? 0x3f : 0, sizeof(rows[i].counters));
		memset(&who[i], 0, sizeof(who[i]));
		snprintf(who[i].spec, sizeof(who[i].spec), "%s", specs[i]);
		snprintf(who[i].behind.kind, sizeof(who[i].behind.kind), i % 2 ? "docker" : "");
		snprintf(who[i].behind.name, sizeof(who[i].behind.name), "\x1b]0;owned\x07%s",
			 "a-very-long-name-of-an-instance-with-many-words");
		rows[i].who = &who[i];
		rows[i].rtt[0][VNFT_DIR_OUT] = (struct vnft_live_rtt) { true, 100, 999999999999,
									999999 };
	}
	rows[5].change = VNFT_LIVE_GONE;
	return object(rows, DEVICES);
}

static bool is_clean(const char *line)
{
	for (; *line; line++)
		if ((unsigned char)*line < 0x20 || (unsigned char)*line == 0x7f)
			return false;
	return true;
}

static void one_width(const json_t *o, size_t width)
{
	char line[VNFT_LIVE_LINE_BYTES];
	struct vnft_live_layout l;
	const json_t *device;
	size_t i;

	vnft_live_lay_out(&l, o, width);
	vnft_live_title(&l, o, line, sizeof(line));
	QUIET(vnft_text_width(line) <= width && is_clean(line), "title at %zu: %s", width, line);
	vnft_live_head(&l, line, sizeof(line));
	QUIET(vnft_text_width(line) <= width, "head at %zu: %s", width, line);
	json_array_foreach(json_object_get(o, "devices"), i, device) {
		vnft_live_line(&l, device, line, sizeof(line));
		QUIET(vnft_text_width(line) <= width, "row %zu at %zu: %s", i, width, line);
		QUIET(is_clean(line), "row %zu at %zu is clean: %s", i, width, line);
	}
	QUIET(vnft_live_loss_line(&l, o, line, sizeof(line)), "there are losses");
	QUIET(vnft_text_width(line) <= width, "losses at %zu: %s", width, line);
	vnft_live_nothing(&l, line, sizeof(line));
	QUIET(vnft_text_width(line) <= width, "nothing at %zu: %s", width, line);
}

static void lines(void)
{
	static struct vnft_live_shot shots[DEVICES];
	static struct vnft_live_who who[DEVICES];
	static struct vnft_live_row rows[DEVICES];
	json_t *o = bad_object(shots, who, rows);
	char line[VNFT_LIVE_LINE_BYTES], row[VNFT_LIVE_LINE_BYTES];
	struct vnft_live_layout l;
	size_t width;

	for (width = VNFT_LIVE_NARROWEST; width <= 300; width++)
		one_width(o, width);
	CHECK(true, "no line is wider than it may be, from %d to 300", VNFT_LIVE_NARROWEST);
	vnft_live_lay_out(&l, o, 80);
	vnft_live_head(&l, line, sizeof(line));
	CHECK(strstr(line, "pps in") && strstr(line, "p99") && strstr(line, "lost"),
	      "80 columns have every number: %s", line);
	CHECK(!strstr(line, "instance"), "and no instance");
	vnft_live_line(&l, vnft_view_at(o, "devices[1]"), row, sizeof(row));
	CHECK(!strncmp(row, "a-names…", strlen("a-names…")) && strstr(row, "tenant9 "),
	      "a long name keeps both ends: %s", row);
	vnft_live_line(&l, vnft_view_at(o, "devices[5]"), row, sizeof(row));
	CHECK(strstr(row, "gone"), "one that is gone says so: %s", row);
	vnft_live_lay_out(&l, o, 120);
	vnft_live_head(&l, line, sizeof(line));
	CHECK(strstr(line, "instance"), "120 columns have the instance: %s", line);
	vnft_live_lay_out(&l, o, 40);
	vnft_live_head(&l, line, sizeof(line));
	CHECK(strstr(line, "pps out") && !strstr(line, "retr"), "40 have the packets: %s", line);
	vnft_live_lay_out(&l, o, 0);
	vnft_live_line(&l, vnft_view_at(o, "devices[1]"), row, sizeof(row));
	CHECK(strstr(row, who[1].spec), "a pipe has the whole name");
	json_decref(o);
}

static void shorten(void)
{
	char text[64];

	vnft_text_shorten(text, sizeof(text), "abcdefghij", 10);
	CHECK(!strcmp(text, "abcdefghij"), "what fits stays");
	vnft_text_shorten(text, sizeof(text), "abcdefghij", 7);
	CHECK(!strcmp(text, "abc…hij"), "the middle goes: %s", text);
	vnft_text_shorten(text, sizeof(text), "名前名前名前", 7);
	CHECK(vnft_text_width(text) <= 7, "wide characters count twice: %s", text);
	vnft_text_shorten(text, sizeof(text), "abcdef", 2);
	CHECK(!strcmp(text, "ab"), "no room for a middle: %s", text);
	vnft_text_cut(text, sizeof(text), "a名b", 2);
	CHECK(!strcmp(text, "a"), "half a wide character is none: %s", text);
	vnft_text_cut(text, 3, "a名b", 20);
	CHECK(!strcmp(text, "a"), "nor is half of its bytes: %s", text);
}

int main(void)
{
	differences();
	sums();
	lists();
	quantiles();
	sorting();
	as_json();
	lines();
	shorten();
	return unit_done();
}
