/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The begin and the end of it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../lib/run/interrupt.h"
#include "../../lib/text/error.h"
#include "screen.h"
#include "top.h"

static int run(struct vnft_top *top, char **specs, int n)
{
	const struct vnft_live_ask ask = {
		.specs = specs,
		.n = (size_t)n,
		.observer = (enum vnft_observer)top->ask->observer,
		.hook = (enum vnft_hook_choice)top->ask->hook,
		.side = (enum vnft_side_choice)top->ask->side,
	};
	int err = vnft_live_feed_open(&top->feed, &ask);

	if (!err)
		err = vnft_top_look(top);
	if (err)
		return err;
	top->begin_ns = top->interval.time_ns;
	if (!top->json && !top->ask->batch)
		top->screen = vnft_screen_of_terminal();
	err = top->screen ? vnft_top_on_screen(top) : -EOPNOTSUPP;
	return err == -EOPNOTSUPP ? vnft_top_in_lines(top) : err;
}

int vnft_top(const struct vnft_top_ask *ask, char **specs, int n, bool as_json)
{
	struct vnft_top top = {
		.ask = ask,
		.json = as_json,
		.interval = {
			.key = (enum vnft_live_key)ask->key,
			.which = vnft_live_which(ask->which),
		},
	};
	char why[512] = "";
	int err;

	if (ask->hook != VNFT_HOOK_AUTO && ask->observer == VNFT_OBSERVER_MODULE)
		return vnft_exit_code(vnft_fail(-EINVAL, "top: --hook is for the BPF observer: "
						"leave it out with --observer module"));
	vnft_interrupt_catch();
	err = run(&top, specs, n);
	if (err)
		snprintf(why, sizeof(why), "%s", vnft_why());
	json_decref(top.value);
	free(top.rows);
	vnft_live_shots_free(&top.before);
	vnft_live_shots_free(&top.after);
	vnft_live_whos_free(&top.whos);
	vnft_live_feed_close(top.feed);
	return err ? vnft_exit_code(vnft_fail(err, "%s", why)) : 0;
}
