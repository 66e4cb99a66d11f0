/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Does the instance still live? Whoever waits for it asks: a domain that crashes or is destroyed by
 * somebody else must end its measurement at once, with that as the reason.
 */
#include "alive.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../lib/run/clock.h"
#include "../lib/run/interrupt.h"
#include "../lib/text/error.h"
#include "records.h"

#define POLL_MS		20
/* A daemon hears of an end a little later than the packets do. */
#define GRACE_NS	500000000ULL
/* libxl takes a domain's devices away before the domain itself. */
#define DEVICE_GRACE_NS	5000000000ULL

bool vnft_bench_ended(const struct vnft_guest_ops *ops, struct vnft_instance *in)
{
	if (ops->ended)
		return ops->ended(in);
	return in->process.pid > 0 && !vnft_held_lives(&in->process);
}

int vnft_bench_alive(const struct vnft_bench_alive *alive)
{
	const struct vnft_guest_ops *ops = alive->row->ops;
	char words[256] = "";
	int err = vnft_bench_broken(alive->b);

	if (err || !vnft_bench_ended(ops, alive->in))
		return err;
	if (ops->last_words)
		ops->last_words(alive->in, words, sizeof(words));
	return vnft_fail(-ECHILD, "%s: it was destroyed or ended by itself during %s%s%s",
			 alive->row->label, alive->doing, words[0] ? ": " : "", words);
}

int vnft_bench_alive_still(const struct vnft_bench_alive *alive)
{
	return vnft_bench_alive_until(alive, vnft_now_ns() + GRACE_NS);
}

int vnft_bench_alive_or(const struct vnft_bench_alive *alive, int err)
{
	char why[256];
	int gone;

	snprintf(why, sizeof(why), "%s", vnft_why());
	gone = vnft_bench_alive_until(alive, vnft_now_ns() +
				      (err == -ENODEV ? DEVICE_GRACE_NS : GRACE_NS));
	return gone ? gone : vnft_fail(err, "%s", why);
}

int vnft_bench_alive_until(const struct vnft_bench_alive *alive, uint64_t until_ns)
{
	uint64_t now_ns;
	int err;

	for (;;) {
		err = vnft_bench_alive(alive);
		now_ns = vnft_now_ns();
		if (err || now_ns >= until_ns)
			return err;
		now_ns = until_ns - now_ns;
		if (vnft_sleep_ms(now_ns < POLL_MS * 1000000ULL ?
				  (unsigned int)(now_ns / 1000000ULL) + 1 : POLL_MS))
			return vnft_fail(-EINTR, "interrupted");
	}
}
