/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Between the files of the docker driver.
 *
 *	driver.c	life of a container: the vtable
 *	http.c		speaks to an Engine
 *	daemon.c	finds an Engine, or starts one
 *	net.c		what a container needs beforehand: image and network
 *	logs.c		what a container printed, and prints
 *	process.c	its first process
 */
#ifndef VNFT_GUEST_DOCKER_H
#define VNFT_GUEST_DOCKER_H

#include <curl/curl.h>

#include "../../lib/undo/journal.h"
#include "../parts.h"

/**
 * struct vnft_docker - an Engine that answers
 * @socket: path of its socket
 * @api: version that we speak, "v1.41"
 * @private_daemon: started by us, for this run
 */
struct vnft_docker {
	CURL *curl;
	char socket[108];
	char api[16];
	bool private_daemon;
};

int vnft_docker_open(struct vnft_docker *docker, const char *socket);
void vnft_docker_close(struct vnft_docker *docker);

/**
 * vnft_docker_call() - one request
 * @path: after the version, "/containers/NAME/start"
 * @body: sent as JSON, or NULL
 * @ok_status: a status from 400 that is no failure (404 for a delete), or 0
 * @answer: receives the JSON of the answer, NULL if there was none; may be NULL
 *
 * Return: 0, or negative errno after vnft_fail() with the Engine's own words; -ECONNREFUSED if
 * nobody answers.
 */
int vnft_docker_call(struct vnft_docker *docker, const char *method, const char *path,
		     const json_t *body, long ok_status, unsigned int timeout_ms, json_t **answer);
/* GET @path, and hand what comes to @take as curl does: it returns how much of it it took. */
int vnft_docker_stream(struct vnft_docker *docker, const char *path,
		       size_t (*take)(char *data, size_t size, size_t n, void *arg), void *arg,
		       unsigned int timeout_ms);
/* POST the file @from to @path as a tar archive. */
int vnft_docker_upload(struct vnft_docker *docker, const char *path, const char *from,
		       unsigned int timeout_ms);

/* Socket of a Docker that runs on this host and answers; asked once per process. NULL if none. */
const char *vnft_docker_system(void);
/* 0 if a private one can be started here, else -EOPNOTSUPP after vnft_fail() that names the fix. */
int vnft_docker_can_start(void);
/* The Engine for @run: the system's, or the run's private one, started by the first call. */
int vnft_docker_get(struct vnft_journal *journal, struct vnft_docker *docker);

/* Is it a container's id, of which names of files may be made? */
bool vnft_docker_is_id(const char *id);
/* First process of container @id, as a private Engine's cgroups name it by our numbers; 0: none. */
pid_t vnft_docker_find(const struct vnft_journal *journal, const char *id);
/*
 * Hold the process @pid that the Engine tells of container @id; -ESRCH after vnft_fail() if it is
 * not there, or not in that container's cgroup.
 */
int vnft_docker_hold(struct vnft_held *held, long long pid, const char *id);
/* End it, and wait; not if it lacks the session's mark. */
void vnft_docker_kill(const struct vnft_held *held, const struct vnft_journal *journal,
		      unsigned int timeout_ms);

/* Image of a type as the Engine knows it; imported when it is not there yet. */
int vnft_docker_image(struct vnft_docker *docker, const struct vnft_instance *in, char *ref,
		      size_t bytes);
/* A network named like the instance, on the instance's bridge; and its end. */
int vnft_docker_network(struct vnft_docker *docker, const struct vnft_instance *in);
int vnft_docker_network_remove(struct vnft_docker *docker, const char *name);
/* Add the last of what the container has printed until now. 0, or after vnft_fail(). */
int vnft_docker_logs(struct vnft_docker *docker, const char *name, struct vnft_guest_console *to);
/* The file to which the Engine writes what container @id (NULL: unknown) prints. */
void vnft_docker_log_file(struct vnft_docker *docker, const char *id,
			  struct vnft_guest_console_file *to);

#endif
