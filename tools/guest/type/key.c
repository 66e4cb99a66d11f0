/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The keys of a type file: one table says what a file may hold. docs/types.md explains it and
 * tests/unit/guest_type.c compares the two.
 */
#include "key.h"

#include <stdio.h>
#include <string.h>

#include "../guest.h"

#define KEY(f, what, ...) { .name = #f, .kind = VNFT_TYPE_KEY_##what, \
	.offset = offsetof(struct vnft_type, f), .bytes = sizeof(((struct vnft_type *)0)->f), \
	##__VA_ARGS__ }

/* In the order in which `vnftrace types TYPE` shows them. */
const struct vnft_type_key vnft_type_keys[] = {
	KEY(title, TEXT),
	KEY(driver, DRIVER, .required = true),
	KEY(virtualization, WORD, .choices = vnft_virtualizations, .required = true),
	KEY(image, PATH),
	KEY(kernel, PATH),
	KEY(initrd, PATH),
	KEY(kernel_is, CHOICE, .choices = vnft_kernels),
	KEY(append, FIELDS),
	KEY(command, FIELDS, .words = true),
	KEY(config, FIELDS),
	KEY(teardown, FIELDS, .words = true),
	KEY(machine, TEXT),
	KEY(transport, WORD, .choices = vnft_transports),
	KEY(console, WORD, .choices = vnft_consoles),
	KEY(console_init, TEXT),
	KEY(qemu_args, FIELDS, .words = true),
	KEY(script, TEXT),
	KEY(vif, FIELDS),
	KEY(runtime, TEXT),
	KEY(process, TEXT),
	KEY(build, TEXT),
	KEY(needs, TEXT),
	KEY(topology, CHOICE, .choices = vnft_topologies, .required = true),
	KEY(answerer, CHOICE, .choices = vnft_answerers),
	KEY(memory_mib, NUMBER, .min = 1, .max = 1 << 20),
	KEY(vcpus, NUMBER, .min = 1, .max = 1024),
	KEY(timeout_s, NUMBER, .min = 1, .max = 3600),
	KEY(workload, CHOICE, .choices = vnft_workloads),
	KEY(port, PORT, .min = 1, .max = 65535),
	KEY(source_port, PORT, .min = 1, .max = 65535),
	{ .name = NULL }
};

void vnft_word_list(char *to, size_t bytes, const char *const *word)
{
	size_t used = 0;

	for (to[0] = 0; *word && used < bytes; word++)
		used += snprintf(to + used, bytes - used, "%s%s", used ? ", " : "", *word);
}

void vnft_type_choices(const struct vnft_type_key *key, char *to, size_t bytes)
{
	size_t used = 0, i;

	if (key->kind != VNFT_TYPE_KEY_DRIVER) {
		vnft_word_list(to, bytes, key->choices);
		return;
	}
	to[0] = 0;
	for (i = 0; vnft_guest_drivers[i] && used < bytes; i++)
		used += (size_t)snprintf(to + used, bytes - used, "%s%s", used ? ", " : "",
					 vnft_guest_drivers[i]->name);
}

json_t *vnft_type_value(const struct vnft_type *type, const struct vnft_type_key *key)
{
	const char *from = (const char *)type + key->offset;
	uint32_t number;
	uint16_t port;
	int i;

	switch (key->kind) {
	case VNFT_TYPE_KEY_CHOICE:
		memcpy(&i, from, sizeof(i));
		return json_string(key->choices[i]);
	case VNFT_TYPE_KEY_NUMBER:
		memcpy(&number, from, sizeof(number));
		return json_integer(number);
	case VNFT_TYPE_KEY_PORT:
		memcpy(&port, from, sizeof(port));
		return port ? json_integer(port) : NULL;
	default:
		return *from ? json_string(from) : NULL;
	}
}
