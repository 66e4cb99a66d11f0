/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The Engine API: one bounded HTTP request over a unix socket. The handle, and with it the
 * connection, is kept, so that an instantiation does not measure how a connection is made.
 */
#include "docker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../../lib/text/error.h"

#define CONNECT_MS	2000
#define ANSWER_BYTES_MAX (4U << 20)
#define API_OURS	41	/* 1.41: Docker 20.10 */

/**
 * struct buffer - an answer as it comes in, always NUL-terminated
 */
struct buffer {
	char *text;
	size_t n, room;
};

static size_t take(char *data, size_t size, size_t n, void *arg)
{
	struct buffer *b = arg;
	char *more;

	n *= size;
	if (b->n + n + 1 > ANSWER_BYTES_MAX)
		return 0;
	if (b->n + n + 1 > b->room) {
		more = realloc(b->text, b->room + n + 4096);
		if (!more)
			return 0;
		b->text = more;
		b->room += n + 4096;
	}
	memcpy(b->text + b->n, data, n);
	b->n += n;
	b->text[b->n] = 0;
	return n;
}

static void set_up(struct vnft_docker *docker, const char *method, const char *path,
		   unsigned int timeout_ms, struct buffer *buffer)
{
	CURL *c = docker->curl;
	char url[512];

	curl_easy_reset(c);
	snprintf(url, sizeof(url), "http://docker%s%s%s", docker->api[0] ? "/" : "", docker->api,
		 path);
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_UNIX_SOCKET_PATH, docker->socket);
	/* Else curl would speak to a proxy that the environment names, through this socket. */
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http");
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
	curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, buffer);
}

/* Send the request and check the status of the answer. */
static int perform(struct vnft_docker *docker, const char *method, const char *path,
		   long ok_status, const struct buffer *buffer)
{
	CURLcode code = curl_easy_perform(docker->curl);
	const char *message;
	json_t *answer;
	long status = 0;
	int err;

	if (code == CURLE_COULDNT_CONNECT || code == CURLE_GOT_NOTHING ||
	    code == CURLE_RECV_ERROR ||
	    code == CURLE_SEND_ERROR)
		return vnft_fail(-ECONNREFUSED, "docker: nobody answers at %s (%s): is dockerd "
				 "running?", docker->socket, curl_easy_strerror(code));
	if (code == CURLE_OPERATION_TIMEDOUT)
		return vnft_fail(-ETIMEDOUT, "docker: %s %s: no answer in time", method, path);
	if (code != CURLE_OK)
		return vnft_fail(-EIO, "docker: %s %s: %s", method, path, curl_easy_strerror(code));
	curl_easy_getinfo(docker->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status < 400 || status == ok_status)
		return 0;
	answer = buffer->text ? json_loadb(buffer->text, buffer->n, 0, NULL) : NULL;
	message = json_string_value(json_object_get(answer, "message"));
	err = vnft_fail(status == 404 ? -ENOENT : -EIO, "docker: %s %s: %s (HTTP %ld)", method,
			path,
			message ? message : "refused", status);
	json_decref(answer);
	return err;
}

int vnft_docker_call(struct vnft_docker *docker, const char *method, const char *path,
		     const json_t *body, long ok_status, unsigned int timeout_ms, json_t **answer)
{
	struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
	char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
	struct buffer buffer = { 0 };
	int err;

	if (answer)
		*answer = NULL;
	set_up(docker, method, path, timeout_ms, &buffer);
	/* A POST without a body still says how long it is. */
	if (text || !strcmp(method, "POST")) {
		curl_easy_setopt(docker->curl, CURLOPT_POSTFIELDS, text ? text : "");
		curl_easy_setopt(docker->curl, CURLOPT_HTTPHEADER, headers);
	}
	err = perform(docker, method, path, ok_status, &buffer);
	if (!err && answer && buffer.n)
		*answer = json_loadb(buffer.text, buffer.n, 0, NULL);
	curl_slist_free_all(headers);
	free(buffer.text);
	free(text);
	return err;
}

int vnft_docker_stream(struct vnft_docker *docker, const char *path,
		       size_t (*take_part)(char *data, size_t size, size_t n, void *arg),
		       void *arg, unsigned int timeout_ms)
{
	struct buffer none = { 0 };

	set_up(docker, "GET", path, timeout_ms, &none);
	curl_easy_setopt(docker->curl, CURLOPT_WRITEFUNCTION, take_part);
	curl_easy_setopt(docker->curl, CURLOPT_WRITEDATA, arg);
	return perform(docker, "GET", path, 0, &none);
}

int vnft_docker_upload(struct vnft_docker *docker, const char *path, const char *from,
		       unsigned int timeout_ms)
{
	struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/x-tar");
	struct buffer buffer = { 0 };
	FILE *f = fopen(from, "re");
	struct stat st;
	int err;

	if (!f || fstat(fileno(f), &st)) {
		err = vnft_fail(-errno, "%s: %s", from, strerror(errno));
		goto out;
	}
	headers = curl_slist_append(headers, "Expect:");
	set_up(docker, "POST", path, timeout_ms, &buffer);
	curl_easy_setopt(docker->curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(docker->curl, CURLOPT_READDATA, f);
	curl_easy_setopt(docker->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)st.st_size);
	curl_easy_setopt(docker->curl, CURLOPT_HTTPHEADER, headers);
	err = perform(docker, "POST", path, 0, &buffer);
	/* The answer reports progress line by line; a late failure is one of these lines. */
	if (!err && buffer.text && strstr(buffer.text, "\"error\""))
		err = vnft_fail(-EIO, "docker: import of %s: %.200s", from,
				strstr(buffer.text, "\"error\""));
out:
	curl_slist_free_all(headers);
	free(buffer.text);
	if (f)
		fclose(f);
	return err;
}

/* Speak our version, or the oldest that the Engine still knows. */
static void choose_api(struct vnft_docker *docker, const json_t *version)
{
	const char *least = json_string_value(json_object_get(version, "MinAPIVersion"));
	unsigned int minor = API_OURS, least_minor;

	if (least && sscanf(least, "1.%u", &least_minor) == 1 && least_minor > minor)
		minor = least_minor;
	snprintf(docker->api, sizeof(docker->api), "v1.%u", minor % 1000);
}

int vnft_docker_open(struct vnft_docker *docker, const char *socket)
{
	json_t *version;
	int err;

	memset(docker, 0, sizeof(*docker));
	if (strlen(socket) >= sizeof(docker->socket))
		return vnft_fail(-ENAMETOOLONG, "%s: too long for a socket", socket);
	strcpy(docker->socket, socket);
	docker->curl = curl_easy_init();
	if (!docker->curl)
		return vnft_fail(-ENOMEM, "docker: libcurl cannot be used");
	err = vnft_docker_call(docker, "GET", "/version", NULL, 0, CONNECT_MS, &version);
	if (err) {
		vnft_docker_close(docker);
		return err;
	}
	choose_api(docker, version);
	json_decref(version);
	return 0;
}

void vnft_docker_close(struct vnft_docker *docker)
{
	if (docker->curl)
		curl_easy_cleanup(docker->curl);
	docker->curl = NULL;
}
