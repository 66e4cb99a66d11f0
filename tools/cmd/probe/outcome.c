/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a probe came to: numbers of its outcome, and the exit code.
 */
#include <errno.h>

#include "../../lib/text/error.h"
#include "../../source/attachment.h"
#include "probe.h"

bool vnft_probing_told(const struct vnft_probe_config *config,
		       const struct vnft_probing_outcome *out)
{
	return out->observed ||
	       (config->kind != VNFT_PROBE_SYN && config->sender == VNFT_PROBE_USER);
}

uint64_t vnft_probing_answered(const struct vnft_probe_config *config,
			       const struct vnft_probing_outcome *out)
{
	if (!out->observed)
		return out->sent.received;
	if (config->kind != VNFT_PROBE_SYN)
		return out->pair[VNFT_PAIRING_ECHO].matched;
	return out->pair[VNFT_PAIRING_SYN_RST].matched + out->pair[VNFT_PAIRING_SYN_SYNACK].matched;
}

uint64_t vnft_probing_lost(const struct vnft_probing_outcome *out)
{
	uint64_t lost = out->sent.sent_lost;

	for (int i = 0; i < VNFT_LOST_NR; i++) {
		/* Of the kernel's own tables: this page pairs the records. */
		if (i == VNFT_LOST_EVICTED || i == VNFT_LOST_FLOW_EVICTED)
			continue;
		lost += out->after.counters.lost[i] - out->before.counters.lost[i];
	}
	return lost;
}

enum vnft_exit vnft_probing_verdict(const struct vnft_probing *o,
				    const struct vnft_probe_config *c,
				       const struct vnft_probing_outcome *out, const char *dest)
{
	const bool rst = out->pair[VNFT_PAIRING_SYN_RST].matched ||
			 (!out->observed && out->sent.answer_ns);

	if (out->gave_up)
		return vnft_exit_code(out->gave_up);
	if (vnft_hooked_lost(out->hooked)) {
		char text[VNFT_HOOKED_TEXT_BYTES];

		vnft_fail(-EIO, "probe: %s while it was observed: what is missing above may have "
			  "come", vnft_hooked_say(out->hooked, text, sizeof(text)));
		return VNFT_EXIT_INVALID;
	}
	if (vnft_probing_lost(out)) {
		vnft_fail(-ENOBUFS,
			  "probe: %llu records were lost: what is missing above may have come",
			  (unsigned long long)vnft_probing_lost(out));
		return VNFT_EXIT_INVALID;
	}
	if (o->until_rst && !rst)
		return vnft_exit_code(vnft_fail(-ETIMEDOUT, "%s: no RST came in %llu SYNs", dest,
						(unsigned long long)out->sent.sent));
	if (!out->sent.sent)
		return vnft_exit_code(
			vnft_fail(-ENOBUFS,
				  "%s: the device took none of %llu packets: is it up, "
				  "and does anybody read it?",
				  c->ifname, (unsigned long long)out->sent.failed));
	if (vnft_probing_told(c, out) && !vnft_probing_answered(c, out))
		return vnft_exit_code(vnft_fail(-ETIMEDOUT, "%s: none of %llu was answered", dest,
						(unsigned long long)out->sent.sent));
	return VNFT_EXIT_OK;
}
