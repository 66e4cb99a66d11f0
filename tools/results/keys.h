/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The keys of results.json: one table, from which come its JSON Schema (schema.c), the check of
 * what is read (check.c), and the members that hold one number a run (row.c).
 */
#ifndef VNFT_RESULTS_KEYS_H
#define VNFT_RESULTS_KEYS_H

#include <jansson.h>

/* Grows when a reader of the older shape would read the newer one wrongly. */
#define VNFT_RESULTS_SCHEMA	1

enum vnft_key_type {
	VNFT_KEY_COUNT,		/* whole number from 0 */
	VNFT_KEY_DELTA,		/* whole number of any sign */
	VNFT_KEY_SEED,		/* whole number below 2^53, older files: 2^63; no quantity */
	VNFT_KEY_REAL,		/* number from 0 */
	VNFT_KEY_CPU,		/* number of a CPU; files of older versions say -1 for none */
	VNFT_KEY_BOOL,
	VNFT_KEY_LINE,		/* text of one line, fit for a terminal */
	VNFT_KEY_TEXT,		/* any text; no page prints it */
	VNFT_KEY_PAIR,		/* [low, high], numbers from 0 */
	VNFT_KEY_SAMPLES,	/* array of numbers from 0 */
	VNFT_KEY_TEXTS,		/* array of texts */
	VNFT_KEY_OBJECT,
	VNFT_KEY_OBJECTS,	/* array of objects */
	VNFT_KEY_COUNTS,	/* object whose members are numbers from 0 */
	VNFT_KEY_WORDS,		/* object whose members are texts */
	VNFT_KEY_PAIRS,		/* object whose members are [low, high], numbers from 0 */
	VNFT_KEY_TYPES,
};

#define VNFT_KEY_NULL		1	/* may be null; then NAME_why says why */
#define VNFT_KEY_REQUIRED	2	/* a file without it is refused */

/**
 * struct vnft_key - a member of results.json
 * @path: from the top; "rows[].failed[].run": of every item, "types.*": of every member
 * @unit: "ns", "bytes", "bps", "pps", "percent", "hz": the last word of its name; "" for none
 * @what: its meaning
 */
struct vnft_key {
	const char *path;
	enum vnft_key_type type;
	const char *unit;
	unsigned int flags;
	const char *what;
};

/* Parents stand before their members. Ends with an entry without path. */
extern const struct vnft_key vnft_results_keys[];

/* "a whole number from 0": what a value of the type is. */
extern const char *const vnft_key_type_words[VNFT_KEY_TYPES];

/*
 * Members of a row that are one number a run; the row has the median of the runs that count. A new
 * one is a line here: X(id, path, type, unit, why, bound_why, what); its key is PATH_UNIT. @why:
 * the reason of a null where no run gives one; NULL: that of the row. @bound_why: why nobody knows
 * what the number may be off by (docs/method.md, "Bounds").
 */
#define VNFT_RESULTS_COUNTED	"who counts it, kernel or hypervisor, does not say how well"
#define VNFT_RESULTS_MIXED	"what else the host did meanwhile is in it, and is not known"

#define VNFT_RESULTS_NUMBERS(X)								\
	X(TOOL_BYTES, "memory.tool", COUNT, "bytes", NULL, VNFT_RESULTS_COUNTED,	\
	  "memory as top, docker stats or xl list shows it")				\
	X(PSS_BYTES, "memory.pss", COUNT, "bytes", NULL, VNFT_RESULTS_COUNTED,		\
	  "proportional share of the memory of the instance's processes")		\
	X(CGROUP_BYTES, "memory.cgroup", COUNT, "bytes", NULL, VNFT_RESULTS_COUNTED,	\
	  "memory of its cgroup")							\
	X(HOST_DELTA_BYTES, "memory.host_delta", DELTA, "bytes", NULL,			\
	  VNFT_RESULTS_MIXED,								\
	  "what the host, or the hypervisor, has less for instances")			\
	X(LOAD_TOOL_BYTES, "memory.load_tool", COUNT, "bytes", "not read under load",	\
	  VNFT_RESULTS_COUNTED, "tool_bytes in the middle of the first TCP stream")	\
	X(LOAD_PSS_BYTES, "memory.load_pss", COUNT, "bytes", "not read under load",	\
	  VNFT_RESULTS_COUNTED, "pss_bytes in the middle of the first TCP stream")

/* The JSON Schema (2020-12) of results.json. New reference. */
json_t *vnft_results_schema(void);

#endif
