/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A map of all ports, from which everything that is or may be used is taken.
 */
#include "spare_ports.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../text/error.h"

#define PORTS		65536u
#define PRIVILEGED	1024u
/* A range that is narrower is no range: an hour of one SYN per second has more. */
#define LEAST		1024u
/* As of a kernel that nobody told otherwise. */
#define HANDED_FIRST	32768u
#define HANDED_LAST	60999u

struct map {
	bool taken[PORTS];
};

static void take(struct map *map, unsigned long first, unsigned long last)
{
	for (; first <= last && first < PORTS; first++)
		map->taken[first] = true;
}

static FILE *open_below(const char *root, const char *path)
{
	char at[512];

	snprintf(at, sizeof(at), "%s%s", root, path);
	return fopen(at, "re");
}

static void take_handed_out(struct map *map, const char *root)
{
	FILE *f = open_below(root, "/proc/sys/net/ipv4/ip_local_port_range");
	unsigned int first, last;

	if (!f || fscanf(f, "%u %u", &first, &last) != 2) {
		first = HANDED_FIRST;
		last = HANDED_LAST;
	}
	if (f)
		fclose(f);
	take(map, first, last);
}

/* "8080,9148-9150", or nothing. */
static void take_set_aside(struct map *map, const char *root)
{
	FILE *f = open_below(root, "/proc/sys/net/ipv4/ip_local_reserved_ports");
	char *line = NULL, *word, *at, *end;
	unsigned long first, last;
	size_t room = 0;

	if (f && getline(&line, &room, f) > 0) {
		for (word = strtok_r(line, ",\n", &at); word; word = strtok_r(NULL, ",\n", &at)) {
			first = last = strtoul(word, &end, 10);
			if (*end == '-')
				last = strtoul(end + 1, NULL, 10);
			if (end != word)
				take(map, first, last);
		}
	}
	free(line);
	if (f)
		fclose(f);
}

/* "  0: 0100007F:0016 00000000:0000 0A ...": the second word is the local end. */
static void take_bound(struct map *map, const char *root, const char *path)
{
	FILE *f = open_below(root, path);
	unsigned int port;
	char *line = NULL;
	size_t room = 0;

	while (f && getline(&line, &room, f) > 0)
		if (sscanf(line, " %*u: %*[0-9A-Fa-f]:%4x", &port) == 1)
			take(map, port, port);
	free(line);
	if (f)
		fclose(f);
}

static uint32_t widest(const struct map *map, uint32_t *first)
{
	uint32_t port, run = 0, best = 0;

	for (port = PRIVILEGED; port < PORTS; port++) {
		run = map->taken[port] ? 0 : run + 1;
		if (run <= best)
			continue;
		best = run;
		*first = port + 1 - run;
	}
	return best;
}

int vnft_spare_ports(const char *root, uint16_t *first, uint16_t *ports)
{
	/* The thread's namespace, which need not be the process's. */
	static const char *const tables[] = { "/proc/thread-self/net/tcp",
					      "/proc/thread-self/net/tcp6" };
	struct map *used = calloc(1, sizeof(*used)), *map = malloc(sizeof(*map));
	uint32_t from = 0, n = 0;
	size_t i;

	if (used && map) {
		for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
			take_bound(used, root, tables[i]);
		take_set_aside(used, root);
		*map = *used;
		take_handed_out(map, root);
		n = widest(map, &from);
		if (n < LEAST)
			n = widest(used, &from);
	}
	free(used);
	free(map);
	if (n < LEAST)
		return vnft_fail(-EADDRINUSE,
				 "no %u TCP ports in a row are free of sockets: name one with "
				 "--sport, or end what uses them (ss -tan)", LEAST);
	*first = (uint16_t)from;
	*ports = (uint16_t)n;
	return 0;
}
