/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What `vnftrace report` is made of: pages of record files, of bench directories, of live devices.
 */
#ifndef VNFT_REPORT_REPORT_H
#define VNFT_REPORT_REPORT_H

#include <jansson.h>
#include <stdbool.h>

#include "../lib/text/view.h"
#include "../source/source.h"
#include "../stat/stat.h"

/*
 * Hand every record of a file to @fn; 0, @fn's first non-zero return, or -errno after vnft_fail().
 */
int vnft_records_each(const char *path, vnft_record_fn fn, void *arg);
/*
 * From now on that is done without addresses and names (records/anonymize.h): on with a new key, or
 * off. 0, or negative errno after vnft_fail().
 */
int vnft_records_anonymize(bool on);
bool vnft_records_anonymized(void);
/* vnft_file_unfinished() of a file that can be read. */
bool vnft_records_unfinished(const char *path, char *how, size_t bytes);

/**
 * struct vnft_given - what a path on a command line is
 * @records: a record file, perhaps a damaged one; else results of bench
 * @dir: a directory
 */
struct vnft_given {
	bool records, dir;
};
/* given.c: 0, or negative errno after vnft_fail() of a path that is neither. */
int vnft_report_given(const char *path, struct vnft_given *given);

/* Words for the numbers in records; never NULL. */
const char *vnft_class_name(uint8_t class);
const char *vnft_hook_name(uint8_t hook);
const char *vnft_pairing_name(unsigned int pairing);
const char *vnft_dir_name(int dir);

/**
 * struct vnft_flow - ends of a flow, as its FLOW record defines them
 */
struct vnft_flow {
	uint64_t id;
	uint8_t addr_a[16], addr_b[16];
	uint16_t port_a, port_b;
	uint8_t proto;
};

/* Flows by id, at most a million (more are counted, not kept). */
struct vnft_flows {
	struct vnft_flow *slot;
	size_t n, room;
	uint64_t dropped;
};
int vnft_flows_add(struct vnft_flows *flows, const struct vnft_record *record);
const struct vnft_flow *vnft_flows_find(const struct vnft_flows *flows, uint64_t id);
void vnft_flows_free(struct vnft_flows *flows);
/* "198.18.0.1:40000" or "[2001:db8::1]:80"; the port is left out when it is 0. */
void vnft_flow_end(char *to, size_t bytes, const uint8_t addr[16], uint16_t port);

/* Page of a record file: new reference, or NULL after vnft_fail(). */
json_t *vnft_records_tree(const char *path);
extern const struct vnft_view vnft_records_views[];

/*
 * First RSTs of the runs in @path, computed from raw records, beside those of @rows (rows of
 * results.json); one line per row is added to @table, with "agree". 0, or -errno after vnft_fail().
 */
int vnft_runs_check(const char *path, const json_t *rows, const char *host, json_t *table);

/*
 * Page of a device with a persistent attachment of @observer; AUTO, BOTH: of BPF, then "beside" it
 * the module's, as far as they are there. 0, or negative errno after vnft_fail().
 */
int vnft_device_tree(const char *ifname, enum vnft_observer observer, json_t **tree);
const struct vnft_view *vnft_device_views(const json_t *tree);

/* Rows {"from_ns", "to_ns", "n", "bar"} of a histogram, at most 24. */
json_t *vnft_hist_rows(const struct vnft_hist *h);

#endif
