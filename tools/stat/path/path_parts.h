/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of path.c share: path.c sorts, path_join.c joins, path_lives.c says why a frame
 * was not followed, path_hops.c has the histograms, path_table.c the frames that are under way, and
 * path_way.c the moments.
 */
#ifndef VNFT_STAT_PATH_PARTS_H
#define VNFT_STAT_PATH_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "../records/pair.h"
#include "path.h"

/* A stamp that is so far behind the last one is another frame's; a reply comes sooner. */
#define VNFT_PATH_LIFE_NS	10000000000ULL
#define VNFT_PATH_MOMENTS_MAX	9U
#define VNFT_PATH_NONE		0xffffffffu

/* A moment that not every frame has. */
#define VNFT_PATH_OPTIONAL	(1U << 0)
/* The driver's return: whoever gets the frame may be faster. */
#define VNFT_PATH_RETURN	(1U << 1)
/* The driver gets the frame: the kernel's software time stamp is taken right behind it. */
#define VNFT_PATH_ENTERED	(1U << 2)
/* The stack gets the frame: likewise, at the first of these that a frame has. */
#define VNFT_PATH_ARRIVED	(1U << 3)

/**
 * struct vnft_path_moment - of a way
 * @hooks: that stamp it, bits 1 << enum vnft_hook: one of them per device
 * @receiver: it is stamped where the frame arrives, not where it is sent
 * @flags: VNFT_PATH_OPTIONAL and so on
 */
struct vnft_path_moment {
	const char *name;
	uint64_t hooks;
	bool receiver;
	uint8_t flags;
};

/**
 * struct vnft_path_way - moments in their order
 * @n: of them
 */
struct vnft_path_way {
	const struct vnft_path_moment *moment;
	unsigned int n;
};

/* Of a kind of link that vnft_path_knows(). */
struct vnft_path_way vnft_path_way_of(uint8_t link, enum vnft_dir dir);
/* The end at which a moment of the way in this direction is stamped. */
enum vnft_path_end vnft_path_end_of(const struct vnft_path_moment *moment, enum vnft_dir dir);

/**
 * struct vnft_path_leg - a frame on its way over a link
 * @number, @flow, @from_b, @class: of its records
 * @at_ns: by moment; bits 1 << moment of @seen say which are stamped
 * @boundary_ns: stamp at the near end's boundary, 0: none yet
 * @other: the leg of its reply, or of the request that it answers; VNFT_PATH_NONE: not known
 * @is_request: of @other; @pairing: of both
 * @complete: every moment is stamped; it waits for @other
 * @next_number, @next_boundary: in the chains of the tables; @in_number, @in_boundary: it is there
 * @older, @younger: in order of their making
 */
struct vnft_path_leg {
	uint64_t number, flow;
	uint64_t at_ns[VNFT_PATH_MOMENTS_MAX];
	uint64_t first_ns, last_ns, boundary_ns;
	uint32_t next_number, next_boundary, older, younger, other;
	uint32_t len_bytes;
	uint16_t seen;
	uint8_t link, dir, class, pairing;
	bool from_b, is_request, complete, in_number, in_boundary;
};

/**
 * struct vnft_path_table - legs, found by the frame's number or by their near boundary's stamp
 * @leg: @room of them; @used were used, and the free ones are chained from @free by @younger
 */
struct vnft_path_table {
	struct vnft_path_leg *leg;
	uint32_t used, room, free, oldest, youngest;
	uint32_t *number, *boundary;
};

int vnft_path_table_init(struct vnft_path_table *t);
void vnft_path_table_free(struct vnft_path_table *t);
/* Are there as many legs as there may be? Then the oldest has to go before another is made. */
bool vnft_path_table_full(const struct vnft_path_table *t);
/* A copy of @leg, found by its number from now on. VNFT_PATH_NONE after vnft_fail(). */
uint32_t vnft_path_table_add(struct vnft_path_table *t, const struct vnft_path_leg *leg);
void vnft_path_table_drop(struct vnft_path_table *t, uint32_t at);
/* It has its last stamp: number and device may be another frame's. */
void vnft_path_table_hide(struct vnft_path_table *t, uint32_t at);
/* The youngest with the number, link and direction of @like, or the next older than @after. */
uint32_t vnft_path_table_find(const struct vnft_path_table *t, const struct vnft_path_leg *like,
			      uint32_t after);
/* Its near boundary is stamped: it is found by that and its flow, too. */
void vnft_path_table_mark(struct vnft_path_table *t, uint32_t at, uint64_t boundary_ns);
/* With the boundary's stamp, flow, link and direction of @like. */
uint32_t vnft_path_table_at(const struct vnft_path_table *t, const struct vnft_path_leg *like);

/**
 * struct vnft_path_tally - a link with what is known of it
 * @required: moments that every frame must have, bits 1 << moment, by direction
 * @hop: by pairing, direction, part, from, to; NULL: none yet
 * @trips: by pairing and direction of the request
 */
struct vnft_path_tally {
	struct vnft_path_link link;
	uint16_t required[VNFT_DIR_NR];
	struct vnft_path_count count[VNFT_DIR_NR];
	struct vnft_path_hop *hop[VNFT_PAIRING_NR + 1][VNFT_DIR_NR][VNFT_PATH_PARTS]
				 [VNFT_PATH_MOMENTS_MAX][VNFT_PATH_MOMENTS_MAX];
	struct vnft_path_trips *trips[VNFT_PAIRING_NR][VNFT_DIR_NR];
};

/**
 * struct vnft_path - all links
 * @place: of a device id: its link's index * VNFT_PATH_ENDS + its end, + 1; 0: none of ours
 * @record: fed, and not worked off yet
 * @ending: run() is the last one, and the recording ended at @to_ns
 * @flow: of the record that is being paired
 */
struct vnft_path {
	struct vnft_path_tally **link;
	unsigned int links;
	uint8_t place[UINT16_MAX + 1];
	struct vnft_record *record;
	size_t records, room;
	struct vnft_path_table table;
	struct vnft_pair *pair;
	uint64_t from_ns, to_ns, newest_ns;
	uint64_t flow;
	bool ending;
};

/* path_join.c: 0, or -ENOMEM after vnft_fail(). */

/* The next stamp in the order of time. */
int vnft_path_stamp(struct vnft_path *p, const struct vnft_record *stage);
/* A PACKET of a boundary. At the near end alone: each pair once, as the link has its directions. */
int vnft_path_pair(struct vnft_path *p, const struct vnft_record *packet);
/* A request and its reply, as they passed the near boundary; for vnft_pair_watch(). */
int vnft_path_told(const struct vnft_paired *paired, void *path);

/* path_lives.c */

/* What is the matter with a leg that lacks moments? */
enum vnft_path_cause vnft_path_cause_of(const struct vnft_path *p,
					const struct vnft_path_leg *leg);
/* The leg is over, and was not followed. */
void vnft_path_conclude(struct vnft_path *p, uint32_t at, enum vnft_path_cause cause);
/* A leg of a round trip was not followed: 0, or -ENOMEM after vnft_fail(). */
int vnft_path_trip_lost(struct vnft_path *p, const struct vnft_path_leg *leg,
			uint64_t request_ns);
/* Those that are too old are over, and with @one_more the oldest where there is no room for it. */
void vnft_path_expire(struct vnft_path *p, uint64_t now_ns, bool one_more);
/* All are over. */
void vnft_path_close(struct vnft_path *p);

/* path_hops.c */

/* Is a moment of @leg stamped before the one that comes before it? The driver's return may be. */
bool vnft_path_backwards(const struct vnft_path_leg *leg, struct vnft_path_way way);
/* Count the hops of a complete leg; 0 or -ENOMEM after vnft_fail(). */
int vnft_path_add_frame(struct vnft_path_tally *s, const struct vnft_path_leg *leg);
/* Of a round trip. *@sound: false if the reply is stamped before the request's last moment. */
int vnft_path_add_trip(struct vnft_path_tally *s, const struct vnft_path_leg *request,
		       const struct vnft_path_leg *reply, bool *sound);
/* NULL after vnft_fail(). */
struct vnft_path_trips *vnft_path_trips_of(struct vnft_path_tally *s, uint8_t pairing,
					   uint8_t request);

#endif
