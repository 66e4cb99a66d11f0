/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a container's processes printed, as the Engine kept it. Without a terminal it comes in
 * frames, each with a head of 8 bytes: which stream, three bytes of nothing, and the length.
 */
#include "docker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/text/error.h"

#define HEAD_BYTES	8
#define LOGS_MS		10000
#define INFO_MS		20000

/**
 * struct logs - the frames as they come in, in any pieces
 * @head: @have bytes of it are there; @left: bytes of the present frame that are not
 */
struct logs {
	struct vnft_guest_console *to;
	uint8_t head[HEAD_BYTES];
	unsigned int have;
	uint32_t left;
};

static size_t take(char *data, size_t size, size_t n, void *arg)
{
	struct logs *l = arg;
	const uint8_t *h = l->head;
	size_t all = size * n, at = 0, part;

	while (at < all) {
		if (l->left) {
			part = l->left < all - at ? l->left : all - at;
			if (vnft_said_keep(l->to, data + at, part))
				return 0;
			at += part;
			l->left -= (uint32_t)part;
			continue;
		}
		l->head[l->have++] = (uint8_t)data[at++];
		if (l->have < HEAD_BYTES)
			continue;
		l->have = 0;
		l->left = (uint32_t)h[4] << 24 | (uint32_t)h[5] << 16 | (uint32_t)h[6] << 8 | h[7];
	}
	return all;
}

int vnft_docker_logs(struct vnft_docker *docker, const char *name, struct vnft_guest_console *to)
{
	struct logs logs = { .to = to };
	char path[160];
	int err;

	snprintf(path, sizeof(path), "/containers/%.64s/logs?stdout=true&stderr=true", name);
	err = vnft_docker_stream(docker, path, take, &logs, LOGS_MS);
	if (err) {
		/* What came of it is the Engine's own word. */
		free(to->text);
		*to = (struct vnft_guest_console){ 0 };
	}
	return err;
}

/* Where an Engine keeps its containers; asked once, for it looks up much else to answer. */
static const char *root_of(struct vnft_docker *docker, const char **driver)
{
	static char asked[sizeof(docker->socket)], root[160], logs[32];
	const char *text;
	json_t *info;

	if (strcmp(asked, docker->socket)) {
		root[0] = logs[0] = 0;
		if (vnft_docker_call(docker, "GET", "/info", NULL, 0, INFO_MS, &info)) {
			vnft_debug("docker: %s", vnft_why());
		} else {
			text = json_string_value(json_object_get(info, "DockerRootDir"));
			snprintf(root, sizeof(root), "%s", text ? text : "");
			text = json_string_value(json_object_get(info, "LoggingDriver"));
			snprintf(logs, sizeof(logs), "%s", text ? text : "");
			json_decref(info);
		}
		snprintf(asked, sizeof(asked), "%s", docker->socket);
	}
	*driver = logs;
	return root;
}

void vnft_docker_log_file(struct vnft_docker *docker, const char *id,
			  struct vnft_guest_console_file *to)
{
	const char *driver, *root = root_of(docker, &driver);

	if (strcmp(driver, "json-file") || root[0] != '/' || !id || !vnft_docker_is_id(id)) {
		snprintf(to->why, sizeof(to->why), "Docker's log is no file of JSON (%s)",
			 driver[0] ? driver : "unknown");
		return;
	}
	if ((size_t)snprintf(to->path, sizeof(to->path), "%s/containers/%s/%s-json.log", root, id,
			     id) >= sizeof(to->path))
		to->path[0] = 0;
	snprintf(to->why, sizeof(to->why), "Docker's log is not where it says, or not yet");
}
