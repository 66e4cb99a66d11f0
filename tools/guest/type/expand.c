/* SPDX-License-Identifier: GPL-2.0 */
/*
 * @FIELD@ in a type's command lines, filled in for an instance. An '@' that does not open a
 * name of capitals closed by another '@' is an '@'.
 */
#include "expand.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../../lib/host/accel.h"
#include "../../lib/text/error.h"
#include "../guest.h"

enum field {
	ADDR, PEER, MASK, PREFIX, MAC, PORT, NAME, DEV, BRIDGE, MEMORY_MIB, VCPUS, IMAGE, KERNEL,
	INITRD, APPEND, ACCEL, CONFIG, CONSOLE,
};

const char *const vnft_type_fields[] = {
	[ADDR] = "ADDR", [PEER] = "PEER", [MASK] = "MASK", [PREFIX] = "PREFIX", [MAC] = "MAC",
	[PORT] = "PORT", [NAME] = "NAME", [DEV] = "DEV", [BRIDGE] = "BRIDGE",
	[MEMORY_MIB] = "MEMORY_MIB", [VCPUS] = "VCPUS", [IMAGE] = "IMAGE", [KERNEL] = "KERNEL",
	[INITRD] = "INITRD", [APPEND] = "APPEND", [ACCEL] = "ACCEL", [CONFIG] = "CONFIG",
	[CONSOLE] = "CONSOLE",
	NULL
};

/* Length of the "@NAME@" at @text, 0 if there is none. */
static size_t field_at(const char *text)
{
	size_t n;

	if (text[0] != '@')
		return 0;
	n = strspn(text + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
	return n && text[1 + n] == '@' ? n + 2 : 0;
}

static int field_number(const char *text, size_t n)
{
	int f;

	for (f = 0; vnft_type_fields[f]; f++)
		if (strlen(vnft_type_fields[f]) == n - 2 &&
		    !memcmp(vnft_type_fields[f], text + 1, n - 2))
			return f;
	return -1;
}

size_t vnft_type_unknown_field(const char *text, const char **at)
{
	size_t n;

	for (; *text; text += n ? n : 1) {
		n = field_at(text);
		*at = text;
		if (n && field_number(text, n) < 0)
			return n;
	}
	return 0;
}

static int expand(const char *text, const struct vnft_instance *in, char *to, size_t bytes,
		  bool nested);

static int value_of(enum field f, const struct vnft_instance *in, char *to, size_t bytes,
		    bool nested)
{
	const struct vnft_type *t = in->type;
	const struct vnft_place *p = &in->place;
	const unsigned int prefix = p->prefix ? p->prefix : 30;
	uint32_t mask = htonl(~0u << (32 - prefix));
	char addr[INET_ADDRSTRLEN];
	int n;

	switch (f) {
	case ADDR:
		n = snprintf(to, bytes, "%s",
			     inet_ntop(AF_INET, &p->guest_ipv4, addr, sizeof(addr)));
		break;
	case PEER:
		n = snprintf(to, bytes, "%s",
			     inet_ntop(AF_INET, &p->host_ipv4, addr, sizeof(addr)));
		break;
	case MASK:
		n = snprintf(to, bytes, "%s", inet_ntop(AF_INET, &mask, addr, sizeof(addr)));
		break;
	case PREFIX:
		n = snprintf(to, bytes, "%u", prefix);
		break;
	case MAC:
		n = snprintf(to, bytes, "%02x:%02x:%02x:%02x:%02x:%02x", p->guest_mac[0],
			     p->guest_mac[1], p->guest_mac[2], p->guest_mac[3], p->guest_mac[4],
			     p->guest_mac[5]);
		break;
	case PORT:
		n = snprintf(to, bytes, "%u", t->port);
		break;
	case NAME:
		n = snprintf(to, bytes, "%s", p->name);
		break;
	case DEV:
		n = snprintf(to, bytes, "%s", p->device);
		break;
	case BRIDGE:
		n = snprintf(to, bytes, "%s", p->bridge);
		break;
	case MEMORY_MIB:
		n = snprintf(to, bytes, "%u", t->memory_mib);
		break;
	case VCPUS:
		n = snprintf(to, bytes, "%u", t->vcpus);
		break;
	case IMAGE:
		n = snprintf(to, bytes, "%s", t->image);
		break;
	case KERNEL:
		n = snprintf(to, bytes, "%s", t->kernel);
		break;
	case INITRD:
		n = snprintf(to, bytes, "%s", t->initrd);
		break;
	case APPEND:
		if (nested)
			return vnft_fail(-EINVAL, "%s: \"append\" holds @APPEND@: leave it out",
					t->name);
		return expand(t->append, in, to, bytes, true);
	case ACCEL:
		n = snprintf(to, bytes, "%s", vnft_accel_is_kvm(in->accel) ? "kvm" : "tcg");
		break;
	case CONFIG:
	case CONSOLE:
		n = snprintf(to, bytes, "%s/%s.%s", p->journal ? p->journal->dir : "", p->name,
			     f == CONFIG ? "config" : "console");
		break;
	default:
		return -EINVAL;
	}
	return n < 0 || (size_t)n >= bytes ? -E2BIG : n;
}

/* Length of the result, or negative errno. */
static int expand(const char *text, const struct vnft_instance *in, char *to, size_t bytes,
		  bool nested)
{
	size_t used = 0, n;

	if (!bytes)
		return -E2BIG;
	to[0] = 0;
	for (; *text; text += n) {
		int f, got;

		n = field_at(text);
		if (!n) {
			if (used + 1 >= bytes)
				goto full;
			to[used++] = *text;
			to[used] = 0;
			n = 1;
			continue;
		}
		f = field_number(text, n);
		if (f < 0)
			return vnft_fail(-EINVAL, "%s: unknown field %.*s: see docs/types.md",
					 in->type->name, (int)n, text);
		got = value_of((enum field)f, in, to + used, bytes - used, nested);
		if (got == -E2BIG)
			goto full;
		if (got < 0)
			return got;
		used += (size_t)got;
	}
	return (int)used;
full:
	return vnft_fail(-E2BIG, "%s: a command line is longer than %zu bytes when its fields are "
			 "filled in: shorten it", in->type->name, bytes - 1);
}

int vnft_type_expand(const char *text, const struct vnft_instance *in, char *to, size_t bytes)
{
	int n = expand(text, in, to, bytes, false);

	return n < 0 ? n : 0;
}
