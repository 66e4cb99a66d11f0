/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words for the numbers in records.
 */
#include "../../kmod/core/hooks.h"
#include "report.h"

static const char *word(const char *const *words, size_t n, size_t i)
{
	return i < n && words[i] ? words[i] : "?";
}
#define WORD(words, i) word(words, sizeof(words) / sizeof((words)[0]), i)

const char *vnft_class_name(uint8_t class)
{
	static const char *const words[VNFT_CLASS_NR] = {
		[VNFT_CLASS_OTHER] = "other", [VNFT_CLASS_ARP_REQUEST] = "arp-request",
		[VNFT_CLASS_ARP_REPLY] = "arp-reply", [VNFT_CLASS_ECHO_REQUEST] = "echo-request",
		[VNFT_CLASS_ECHO_REPLY] = "echo-reply", [VNFT_CLASS_SYN] = "syn",
		[VNFT_CLASS_SYNACK] = "syn-ack", [VNFT_CLASS_RST] = "rst", [VNFT_CLASS_TCP] = "tcp",
		[VNFT_CLASS_UDP] = "udp",
	};

	return WORD(words, class);
}

const char *vnft_hook_name(uint8_t hook)
{
	const char *name = vnft_hook_row(hook)->name;

	return name ? name : "?";
}

const char *vnft_pairing_name(unsigned int pairing)
{
	static const char *const words[VNFT_PAIRING_NR] = { "echo", "syn-rst", "syn-synack" };

	return WORD(words, pairing);
}

const char *vnft_dir_name(int dir)
{
	return dir == VNFT_DIR_IN ? "in" : dir == VNFT_DIR_OUT ? "out" : "?";
}
