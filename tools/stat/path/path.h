/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a hop costs: the stamps of frames on a link, put together to ways, and ways to round trips.
 * docs/path.md says what is counted, and as what.
 *
 * A *link* is a veth pair, a tap or a tun. Its near end is the host's, its far end the guest's. A
 * *way* is what one frame does on a link in one direction, and it consists of *moments*. A *hop*
 * is from one moment to the next. A round trip is the way of a request, what lies between, and the
 * way of its reply.
 *
 * Memory is bounded whatever passes: ways are closed after a time, durations go into histograms.
 */
#ifndef VNFT_STAT_PATH_H
#define VNFT_STAT_PATH_H

#include <stdint.h>

#include "../../../kmod/core/hist.h"
#include "../../source/source.h"

#define VNFT_PATH_LINKS_MAX	32U

enum vnft_path_end {
	VNFT_PATH_NEAR,
	VNFT_PATH_FAR,
	VNFT_PATH_ENDS
};

/**
 * struct vnft_path_link - a link whose ends are recorded
 * @link: enum vnft_link: VETH, TAP or TUN
 * @id: of its ends in records, 0 for one that is not recorded; the near end is
 * @armed: hooks that stamp there, bits 1 << enum vnft_hook, those of the boundary among them
 * @mtu_bytes: of the ends
 */
struct vnft_path_link {
	uint8_t link;
	uint16_t id[VNFT_PATH_ENDS];
	uint64_t armed[VNFT_PATH_ENDS];
	uint32_t mtu_bytes[VNFT_PATH_ENDS];
};

/* Can frames be followed on a device of this enum vnft_link? */
bool vnft_path_knows(uint8_t link);
/* The hooks that its ways are made of, at one end: bits 1 << enum vnft_hook. */
uint64_t vnft_path_hooks(uint8_t link, enum vnft_path_end end);

struct vnft_path;
int vnft_path_new(struct vnft_path **path, const struct vnft_path_link *links, unsigned int n);
void vnft_path_free(struct vnft_path *path);

/* Every end is recorded from @from_ns on. A frame with an earlier stamp is not counted. */
void vnft_path_begin(struct vnft_path *path, uint64_t from_ns);
/* A vnft_record_fn. Records of one CPU in their order, CPUs in any: they are kept until run(). */
int vnft_path_feed(const struct vnft_record *record, void *path);
/*
 * Work off what was stamped up to @until_ns: every record of before must have been fed. 0, or
 * -errno after vnft_fail().
 */
int vnft_path_run(struct vnft_path *path, uint64_t until_ns);
/* Work off everything; recording ended at @to_ns. */
int vnft_path_end(struct vnft_path *path, uint64_t to_ns);

/**
 * enum vnft_path_cause - why a frame was not followed from its first moment to its last
 * @VNFT_PATH_EDGE: it was under way when the recording began or ended
 * @VNFT_PATH_CUT: longer than the device's frames, and not seen behind the queue: GSO cut it up
 * @VNFT_PATH_SEGMENT: begins at the driver: a segment of such a frame
 * @VNFT_PATH_NOT_SENT: not seen behind the queue: dropped there, or it waits still
 * @VNFT_PATH_NOT_TAKEN: not seen behind the driver: dropped, merged with others (GRO), or it waits
 * @VNFT_PATH_NO_BEGIN: begins in the middle
 * @VNFT_PATH_GAP: a moment in the middle has no stamp
 * @VNFT_PATH_BACKWARDS: a moment is stamped before the one that comes before it
 * @VNFT_PATH_TABLE: too many frames were under way
 */
enum vnft_path_cause {
	VNFT_PATH_EDGE,
	VNFT_PATH_CUT,
	VNFT_PATH_SEGMENT,
	VNFT_PATH_NOT_SENT,
	VNFT_PATH_NOT_TAKEN,
	VNFT_PATH_NO_BEGIN,
	VNFT_PATH_GAP,
	VNFT_PATH_BACKWARDS,
	VNFT_PATH_TABLE,
	VNFT_PATH_CAUSES
};

/* One word, as in JSON, and what it means. */
const char *vnft_path_cause_name(enum vnft_path_cause cause);
const char *vnft_path_cause_text(enum vnft_path_cause cause);

/**
 * enum vnft_path_part - where in a round trip a hop lies; hops of single frames are THERE
 */
enum vnft_path_part {
	VNFT_PATH_THERE,
	VNFT_PATH_BETWEEN,
	VNFT_PATH_BACK,
	VNFT_PATH_PARTS
};

/* In the place of a pairing: hops of all frames, whether they are part of a round trip or not. */
#define VNFT_PATH_FRAMES	VNFT_PAIRING_NR

/**
 * struct vnft_path_hop - from a moment to the next
 * @link: its index
 * @pairing: enum vnft_pairing of the round trips, or VNFT_PATH_FRAMES
 * @dir: of the request; of the frame with VNFT_PATH_FRAMES
 * @part: enum vnft_path_part
 * @from, @to: names of the moments
 * @stamps: of ours that lie in it, the one at its beginning included, all frames added up
 * @overtaken: frames whose end of the hop came before the driver returned: it took them 0 ns
 */
struct vnft_path_hop {
	unsigned int link;
	uint8_t pairing, dir, part;
	const char *from, *to;
	struct vnft_hist hist;
	uint64_t stamps, overtaken;
};
/* In the order of the way. A non-zero return of @fn ends it and is returned. */
int vnft_path_each(const struct vnft_path *path,
		   int (*fn)(const struct vnft_path_hop *hop, void *arg), void *arg);

/**
 * struct vnft_path_trips - round trips of one link, pairing and direction of the request
 * @whole: from the request's first moment to the reply's last: the hops add up to it
 * @driver: of requests to the guest: from the driver's entry to the reply in the hands of the
 *	stack, which is what a software time stamp of the kernel (SO_TIMESTAMPING) sees
 * @not_followed: pairs of which a frame was not followed
 * @requests: at the near boundary; @answered of them, a SYN by either of its answers
 */
struct vnft_path_trips {
	struct vnft_hist whole, driver;
	uint64_t not_followed, requests, answered;
};
void vnft_path_trips(const struct vnft_path *path, unsigned int link, enum vnft_pairing pairing,
		     enum vnft_dir request, struct vnft_path_trips *trips);

/**
 * struct vnft_path_count - frames of one link and direction
 */
struct vnft_path_count {
	uint64_t followed, not_followed[VNFT_PATH_CAUSES];
};
void vnft_path_count(const struct vnft_path *path, unsigned int link, enum vnft_dir dir,
		     struct vnft_path_count *count);

#endif
