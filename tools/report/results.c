/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reading results.json: whatever a file says, what passes here has the types that the pages count
 * on.
 *
 * A member may be absent (an older or failed run did not get there) or null (with its reason
 * beside it), never of another type.
 */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "../lib/text/error.h"
#include "../lib/text/json.h"
#include "results.h"

#define FILE_BYTES_MAX	(64u << 20)
#define ROWS_MAX	1000
#define ITEMS_MAX	1000000
#define TEXT_BYTES_MAX	4096
#define NUMBER_MAX	1e18

enum rule_type {
	NUMBER,		/* >= 0 */
	DELTA,		/* of any sign */
	TEXT,
	BOOL,
	PAIR,		/* [low, high] */
	SAMPLES,	/* [number, ...] */
	COUNTS,		/* {name: number, ...} */
	TEXTS,		/* {name: text, ...} */
	OBJECT,
	OBJECTS,	/* [{...}, ...] */
};

static const char *const type_words[] = {
	[NUMBER] = "a number from 0 to 1e18", [DELTA] = "a number", [TEXT] = "a text of one line",
	[BOOL] = "true or false", [PAIR] = "[low, high]", [SAMPLES] = "an array of numbers",
	[COUNTS] = "an object of numbers",
	[TEXTS] = "an object of texts", [OBJECT] = "an object", [OBJECTS] = "an array of objects",
};

struct rule {
	const char *path;
	enum rule_type type;
};

/* Members that appear under several parents. */
#define TIMES(at) \
	{ at, OBJECT }, { at ".n", NUMBER }, { at ".median_ns", NUMBER }, { at ".ci95_ns", PAIR }, \
	{ at ".p50_ns", NUMBER }, { at ".p90_ns", NUMBER }, { at ".p99_ns", NUMBER }, \
	{ at ".samples_ns", SAMPLES }, { at ".slot_ns", NUMBER }, { at ".bimodal", BOOL }, \
	{ at ".phases", OBJECTS }
#define HIST(at) \
	{ at, OBJECT }, { at ".n", NUMBER }, { at ".mean_ns", NUMBER }, { at ".min_ns", NUMBER }, \
	{ at ".p50_ns", NUMBER }, { at ".p90_ns", NUMBER }, { at ".p99_ns", NUMBER }, \
	{ at ".p999_ns", NUMBER }, { at ".max_ns", NUMBER }, { at ".samples_ns", SAMPLES }
#define RATE(at) \
	{ at, OBJECT }, { at ".median_bps", NUMBER }, { at ".ci95_bps", PAIR }, \
	{ at ".iperf3_bps", NUMBER }, { at ".samples_bps", SAMPLES }, \
	{ at ".median_pps", NUMBER }, { at ".ci95_pps", PAIR }, \
	{ at ".samples_pps", SAMPLES }, { at ".retransmits", NUMBER }

static const struct rule row_rules[] = {
	{ "type", TEXT }, { "title", TEXT }, { "accel", TEXT }, { "netns", TEXT },
	{ "runs", NUMBER }, { "cache", TEXT }, { "setup", TEXTS },
	{ "instantiation.queueing", OBJECT }, { "instantiation.queueing.n", NUMBER },
	{ "instantiation.queueing.runs_with", NUMBER }, { "instantiation.queueing.syns", NUMBER },
	{ "instantiation.queueing.first_wait_ns", NUMBER },
	{ "instantiation.queueing.longest_wait_ns", NUMBER },
	TIMES("instantiation"), TIMES("service_ready"), TIMES("teardown"),
	{ "rtt", OBJECT },
	HIST("rtt.flood"), HIST("rtt.flood.sender"), HIST("rtt.fixed"), HIST("rtt.fixed.sender"),
	{ "rtt.fixed.interval_ns", NUMBER },
	{ "throughput", OBJECT }, RATE("throughput.tx"), RATE("throughput.rx"),
	{ "image", OBJECT }, { "image.file_bytes", NUMBER }, { "image.disk_bytes", NUMBER },
	{ "memory", OBJECT }, { "memory.tool_bytes", NUMBER }, { "memory.pss_bytes", NUMBER },
	{ "memory.cgroup_bytes", NUMBER }, { "memory.host_delta_bytes", DELTA },
	{ "memory.load_tool_bytes", NUMBER }, { "memory.load_pss_bytes", NUMBER },
	{ "memory.load_cgroup_bytes", NUMBER }, { "memory.load_host_delta_bytes", DELTA },
	{ "memory.samples_bytes", SAMPLES }, { "memory.median_bytes", NUMBER },
	{ "lost", COUNTS }, { "invalid_runs", NUMBER }, { "valid", BOOL }, { "invalid_why", TEXT },
	{ "failed", OBJECTS }, { "missing", OBJECTS },
};

static const struct rule phase_rules[] = {
	{ "name", TEXT }, { "median_ns", NUMBER }, { "clock", TEXT }, { "why", TEXT },
	{ "median_ns_why", TEXT },
};

static const struct rule failed_rules[] = {
	{ "run", NUMBER }, { "why", TEXT },
};

static const struct rule missing_rules[] = {
	{ "run", NUMBER }, { "what", TEXT }, { "why", TEXT },
};

static bool is_number(const json_t *v, double least)
{
	double d = json_number_value(v);

	return json_is_number(v) && isfinite(d) && d >= least && d <= NUMBER_MAX;
}

/* One line that cannot talk to a terminal. */
static bool is_line(const char *text)
{
	size_t i;

	for (i = 0; text[i]; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return false;
	return i <= TEXT_BYTES_MAX;
}

static bool all_numbers(const json_t *array, size_t least, size_t most)
{
	size_t i;

	if (!json_is_array(array) || json_array_size(array) < least ||
	    json_array_size(array) > most)
		return false;
	for (i = 0; i < json_array_size(array); i++)
		if (!is_number(json_array_get(array, i), 0))
			return false;
	return true;
}

static bool fits(const json_t *v, enum rule_type type)
{
	const char *key;
	json_t *item;
	size_t i;

	switch (type) {
	case NUMBER:
		return is_number(v, 0);
	case DELTA:
		return is_number(v, -NUMBER_MAX);
	case TEXT:
		return json_is_string(v) && is_line(json_string_value(v));
	case BOOL:
		return json_is_boolean(v);
	case PAIR:
		return all_numbers(v, 2, 2);
	case SAMPLES:
		return all_numbers(v, 0, ITEMS_MAX);
	case OBJECT:
		return json_is_object(v);
	case COUNTS:
		if (!json_is_object(v))
			return false;
		json_object_foreach((json_t *)v, key, item)
			if (!is_number(item, 0))
				return false;
		return true;
	case TEXTS:
		if (!json_is_object(v))
			return false;
		json_object_foreach((json_t *)v, key, item)
			if (!json_is_string(item))
				return false;
		return true;
	case OBJECTS:
		if (!json_is_array(v) || json_array_size(v) > ITEMS_MAX)
			return false;
		json_array_foreach(v, i, item)
			if (!json_is_object(item))
				return false;
		return true;
	}
	return false;
}

static int check_rules(const json_t *object, const struct rule *rules, size_t n, const char *name,
		       const char *where)
{
	const json_t *v;
	size_t i;

	for (i = 0; i < n; i++) {
		v = vnft_view_at(object, rules[i].path);
		if (v && !json_is_null(v) && !fits(v, rules[i].type))
			return vnft_fail(-EBADMSG, "%s: %s.%s is not %s", name, where,
					 rules[i].path, type_words[rules[i].type]);
	}
	return 0;
}
#define CHECK_RULES(object, rules, name, where) \
	check_rules(object, rules, sizeof(rules) / sizeof((rules)[0]), name, where)

/* Reasons, names of losses and members that this version does not know are printed as well. */
static int check_texts(const json_t *v, unsigned int depth, const char *name, const char *where)
{
	const char *key;
	json_t *item;
	size_t i;

	if (depth > 16)
		return vnft_fail(-EBADMSG, "%s: %s is nested too deeply", name, where);
	if (json_is_string(v) && (!is_line(json_string_value(v)) ||
				  strlen(json_string_value(v)) != json_string_length(v)))
		return vnft_fail(-EBADMSG, "%s: %s holds a text with control characters", name,
				 where);
	if (json_is_object(v)) {
		json_object_foreach((json_t *)v, key, item) if (!is_line(key)) return vnft_fail(
			-EBADMSG, "%s: %s has a key with control characters", name, where);
		else if (check_texts(item, depth + 1, name, where)) return -EBADMSG;
	} else if (json_is_array(v)) {
		json_array_foreach(v, i, item)
			if (check_texts(item, depth + 1, name, where))
				return -EBADMSG;
	}
	return 0;
}

static int check_list(const json_t *row, const char *path, const struct rule *rules, size_t n,
		      const char *name, const char *where)
{
	const json_t *list = vnft_view_at(row, path);
	char item_where[96];
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item) {
		snprintf(item_where, sizeof(item_where), "%s.%s[%zu]", where, path, i);
		if (check_rules(item, rules, n, name, item_where))
			return -EBADMSG;
	}
	return 0;
}

static int check_row(const json_t *row, const char *name, size_t i)
{
	static const char *const phases[] = { "instantiation.phases", "service_ready.phases",
					      "teardown.phases" };
	char where[32];
	size_t k;

	snprintf(where, sizeof(where), "rows[%zu]", i);
	if (!json_is_object(row))
		return vnft_fail(-EBADMSG, "%s: %s is not an object", name, where);
	if (!json_is_string(json_object_get(row, "type")))
		return vnft_fail(-EBADMSG, "%s: %s has no type", name, where);
	if (CHECK_RULES(row, row_rules, name, where) || check_texts(row, 0, name, where))
		return -EBADMSG;
	for (k = 0; k < sizeof(phases) / sizeof(phases[0]); k++)
		if (check_list(row, phases[k], phase_rules,
			       sizeof(phase_rules) / sizeof(phase_rules[0]), name, where))
			return -EBADMSG;
	if (check_list(row, "failed", failed_rules,
		       sizeof(failed_rules) / sizeof(failed_rules[0]), name, where))
		return -EBADMSG;
	return check_list(row, "missing", missing_rules,
			  sizeof(missing_rules) / sizeof(missing_rules[0]), name, where);
}

int vnft_results_check(const json_t *results, const char *name)
{
	const json_t *schema = json_object_get(results, "schema"), *rows;
	json_t *row;
	size_t i;

	if (!json_is_object(results) || !json_is_integer(schema))
		return vnft_fail(-EBADMSG, "%s: no results of vnftrace: there is no schema number",
				 name);
	if (json_integer_value(schema) != VNFT_RESULTS_SCHEMA)
		return vnft_fail(-EBADMSG, "%s: schema %lld, this vnftrace reads schema %d", name,
				 (long long)json_integer_value(schema), VNFT_RESULTS_SCHEMA);
	if (!json_is_object(json_object_get(results, "manifest")))
		return vnft_fail(-EBADMSG, "%s: manifest is not an object", name);
	rows = json_object_get(results, "rows");
	if (!json_is_array(rows) || json_array_size(rows) > ROWS_MAX)
		return vnft_fail(-EBADMSG, "%s: rows is not an array of at most %d", name,
				 ROWS_MAX);
	json_array_foreach(rows, i, row)
		if (check_row(row, name, i))
			return -EBADMSG;
	return 0;
}

json_t *vnft_results_load(const char *path)
{
	char file[4096];
	struct stat st;
	json_t *results;

	if (stat(path, &st)) {
		vnft_fail(-errno, "%s: %s", path, strerror(errno));
		return NULL;
	}
	if ((size_t)snprintf(file, sizeof(file), "%s%s", path,
			     S_ISDIR(st.st_mode) ? "/" VNFT_RESULTS_FILE : "") >= sizeof(file)) {
		vnft_fail(-ENAMETOOLONG, "%s: path too long", path);
		return NULL;
	}
	results = vnft_json_load(file, FILE_BYTES_MAX);
	if (results && vnft_results_check(results, file)) {
		json_decref(results);
		return NULL;
	}
	return results;
}

const char *vnft_results_host(const json_t *results)
{
	const json_t *name = vnft_view_at(results, "manifest.host.hostname");

	if (!name)
		name = vnft_view_at(results, "manifest.hostname");
	if (!json_is_string(name) || !is_line(json_string_value(name)))
		return "?";
	return json_string_value(name);
}

/* Words of the setup in its order, and the cache state that is not the usual one. */
void vnft_results_label(const json_t *row, char *to, size_t bytes)
{
	const char *type = json_string_value(json_object_get(row, "type"));
	const char *cache = json_string_value(json_object_get(row, "cache"));
	const char *key, *text, *sep = " (";
	size_t used;
	json_t *item;

	used = (size_t)snprintf(to, bytes, "%s", type ? type : "?");
	json_object_foreach(json_object_get(row, "setup"), key, item) {
		text = json_string_value(item);
		if (!text || used >= bytes)
			continue;
		used += (size_t)snprintf(to + used, bytes - used, "%s%s", sep, text);
		sep = ", ";
	}
	if (cache && !strcmp(cache, "cold") && used < bytes) {
		used += (size_t)snprintf(to + used, bytes - used, "%scold", sep);
		sep = ", ";
	}
	if (sep[0] == ',' && used < bytes)
		used += (size_t)snprintf(to + used, bytes - used, ")");
	/* Cut, but not within a character. */
	for (used = used < bytes ? 0 : bytes - 1; used && (to[used - 1] & 0x80); used--)
		to[used - 1] = '\0';
}

int vnft_results_samples(const json_t *row, const char *path, struct vnft_samples *samples)
{
	const json_t *array = vnft_view_at(row, path);
	json_t *v;
	size_t i;
	int err;

	json_array_foreach(array, i, v) {
		err = vnft_samples_add(samples, json_number_value(v));
		if (err)
			return err;
	}
	return 0;
}
