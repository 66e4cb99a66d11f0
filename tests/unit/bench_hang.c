/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why an instance that never answered could not: what is wrong with its device, and who mends it.
 */
#include <string.h>

#include "../../tools/bench/watch/hang.h"
#include "unit.h"

#define ON_BRIDGE .named = "vnft0v1", .bridge = "vnft0b1", .netns = "vnft-0"
#define SEEN ON_BRIDGE, .device = "vnft0v1", .there = true

int main(void)
{
	static const struct {
		const char *what, *why;		/* why: "": nothing is wrong */
		struct vnft_bench_hang hang;
	} of[] = {
		{ "all is well on a bridge", "",
		  { SEEN, .master = "vnft0b1", .up = true, .carrier = true } },
		{ "none appeared", "its device vnft0v1 never appeared in vnft-0 (do it)",
		  { ON_BRIDGE, .fix = "do it" } },
		{ "another did",
		  "its device vnft0v1 never appeared in vnft-0, but tap0 did, which is not on "
		  "vnft0b1",
		  { ON_BRIDGE, .other = "tap0" } },
		{ "none whose name nobody knew", "its device never appeared",
		  { .bridge = "vnft0b1", .fix = "" } },
		{ "it went away", "its device vnft0v1 is gone",
		  { ON_BRIDGE, .device = "vnft0v1" } },
		{ "it is on no bridge", "its device vnft0v1 is not on bridge vnft0b1 (do it)",
		  { SEEN, .up = true, .carrier = true, .fix = "do it" } },
		{ "it is on another", "its device vnft0v1 is on br0, not on bridge vnft0b1",
		  { SEEN, .master = "br0", .up = true, .carrier = true } },
		{ "it is down", "its device vnft0v1 is down",
		  { SEEN, .master = "vnft0b1", .carrier = true } },
		{ "its other end is",
		  "its device vnft0v1 has no carrier: nothing is up at its other end",
		  { SEEN, .master = "vnft0b1", .up = true } },
		{ "all is well with a tap", "",
		  { .made_before = true, .named = "t", .device = "t", .there = true, .up = true,
		    .carrier = true } },
		{ "nobody opened it", "nobody has opened its device t (open it)",
		  { .made_before = true, .named = "t", .device = "t", .there = true, .up = true,
		    .fix = "open it" } },
	};
	char why[256], little[20];
	size_t i;

	for (i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
		bool wrong = vnft_bench_hang_why(&of[i].hang, why, sizeof(why));

		if (!CHECK(!strcmp(why, of[i].why) && wrong == (of[i].why[0] != 0), "%s: %s",
			   of[i].what, of[i].why))
			printf("#   got %s\n", why);
	}
	CHECK(vnft_bench_hang_why(&of[2].hang, little, sizeof(little)) &&
	      strlen(little) == sizeof(little) - 1, "and it fits where there is little room");
	return unit_done();
}
