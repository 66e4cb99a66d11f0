/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The moments of a frame on a link. docs/path.md has the same list, with what each means.
 */
#include "path_parts.h"

#define BIT(name)	VNFT_HOOK_BIT(name)
#define LEAVES		(BIT(TCX_OUT) | BIT(CLSACT_OUT) | BIT(NETFILTER_OUT))
#define ENTERS		(BIT(TCX_IN) | BIT(CLSACT_IN) | BIT(NETFILTER_IN))
#define N(array)	(sizeof(array) / sizeof((array)[0]))

/* One table for both directions: which end sends changes, and nothing else. */
static const struct vnft_path_moment veth[] = {
	{ "leaves stack", LEAVES, false, 0 },
	{ "queued", BIT(DEV_QUEUE), false, 0 },
	{ "driver entered", BIT(DEV_START_XMIT), false, VNFT_PATH_ENTERED },
	{ "veth_xmit", BIT(VETH_XMIT), false, 0 },
	/* A veth that polls hands its frames over by a ring, and up by GRO. */
	{ "handed over", BIT(RX_ENTRY), true, VNFT_PATH_OPTIONAL | VNFT_PATH_ARRIVED },
	{ "driver done", BIT(DEV_XMIT), false, VNFT_PATH_RETURN },
	{ "handed up", BIT(RECEIVE_ENTRY), true, VNFT_PATH_OPTIONAL | VNFT_PATH_ARRIVED },
	{ "taken", BIT(RECEIVE), true, VNFT_PATH_ARRIVED },
	{ "enters stack", ENTERS, true, 0 },
};

static const struct vnft_path_moment tap_out[] = {
	{ "leaves stack", LEAVES, false, 0 },
	{ "queued", BIT(DEV_QUEUE), false, 0 },
	{ "driver entered", BIT(DEV_START_XMIT), false, VNFT_PATH_ENTERED },
	{ "tun_net_xmit", BIT(TUN_XMIT), false, 0 },
	{ "driver done", BIT(DEV_XMIT), false, VNFT_PATH_RETURN },
	{ "tun_do_read", BIT(TUN_READ), false, 0 },
	{ "taken", BIT(COPY_DATAGRAM), false, 0 },
};

/* Everything is stamped at the one device that there is, which receives. */
static const struct vnft_path_moment tap_in[] = {
	{ "handed in", BIT(TUN_GET_USER), true, VNFT_PATH_OPTIONAL },
	{ "handed up", BIT(RECEIVE_ENTRY), true, VNFT_PATH_OPTIONAL | VNFT_PATH_ARRIVED },
	{ "received", BIT(RECEIVE), true, VNFT_PATH_ARRIVED },
	{ "enters stack", ENTERS, true, 0 },
};

_Static_assert(N(veth) <= VNFT_PATH_MOMENTS_MAX, "a way fits a leg");

bool vnft_path_knows(uint8_t link)
{
	return link == VNFT_LINK_VETH || link == VNFT_LINK_TAP || link == VNFT_LINK_TUN;
}

struct vnft_path_way vnft_path_way_of(uint8_t link, enum vnft_dir dir)
{
	if (link == VNFT_LINK_VETH)
		return (struct vnft_path_way) { veth, N(veth) };
	return dir == VNFT_DIR_OUT ? (struct vnft_path_way) { tap_out, N(tap_out) } :
				     (struct vnft_path_way) { tap_in, N(tap_in) };
}

enum vnft_path_end vnft_path_end_of(const struct vnft_path_moment *moment, enum vnft_dir dir)
{
	return moment->receiver == (dir == VNFT_DIR_OUT) ? VNFT_PATH_FAR : VNFT_PATH_NEAR;
}

uint64_t vnft_path_hooks(uint8_t link, enum vnft_path_end end)
{
	uint64_t hooks = 0;
	unsigned int i, dir;

	for (dir = 0; dir < VNFT_DIR_NR; dir++) {
		struct vnft_path_way way = vnft_path_way_of(link, (enum vnft_dir)dir);

		for (i = 0; i < way.n; i++)
			if (vnft_path_end_of(&way.moment[i], (enum vnft_dir)dir) == end)
				hooks |= way.moment[i].hooks;
	}
	return hooks;
}

static const struct {
	const char *name, *text;
} causes[VNFT_PATH_CAUSES] = {
	[VNFT_PATH_EDGE] = { "edge", "under way when the recording began or ended" },
	[VNFT_PATH_CUT] = { "cut", "cut up in front of the driver (GSO)" },
	[VNFT_PATH_SEGMENT] = { "segment", "begins at the driver: a segment of a frame that was "
				"cut up" },
	[VNFT_PATH_NOT_SENT] = { "not_sent", "not seen behind the queue: dropped, or waits there" },
	[VNFT_PATH_NOT_TAKEN] = { "not_taken", "not seen behind the driver: dropped, merged (GRO), "
				  "or waits there" },
	[VNFT_PATH_NO_BEGIN] = { "no_begin", "begins in the middle: a copy, or a stamp was lost" },
	[VNFT_PATH_GAP] = { "gap", "a stamp in the middle is missing" },
	[VNFT_PATH_BACKWARDS] = { "backwards", "stamped before what comes before it" },
	[VNFT_PATH_TABLE] = { "table", "too many frames were under way" },
};

const char *vnft_path_cause_name(enum vnft_path_cause cause)
{
	return (unsigned int)cause < VNFT_PATH_CAUSES ? causes[cause].name : "?";
}

const char *vnft_path_cause_text(enum vnft_path_cause cause)
{
	return (unsigned int)cause < VNFT_PATH_CAUSES ? causes[cause].text : "?";
}
