/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Between the files of the engine driver.
 *
 *	driver.c	life of a container: the vtable
 *	line.c		a command line, word by word
 *	lxc.c, nspawn.c, podman.c	an engine each: what it is told
 */
#ifndef VNFT_GUEST_ENGINE_H
#define VNFT_GUEST_ENGINE_H

#include <limits.h>

#include "../parts.h"
#include "../type/words.h"

#define VNFT_ENGINE_WORDS	64
#define VNFT_ENGINE_TEXT_BYTES	16384

/**
 * struct vnft_engine_line - a command line
 * @argv: ended by NULL; its words are in @text
 * @full: something had no room
 */
struct vnft_engine_line {
	char *argv[VNFT_ENGINE_WORDS + 1];
	char text[VNFT_ENGINE_TEXT_BYTES];
	size_t words, used;
	bool full;
};
void vnft_engine_word(struct vnft_engine_line *line, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * struct vnft_engine_place - what an engine is told of, beside the instance
 * @dir: of the instance, below the session's own
 * @image: root file system, without a link in its path
 * @command: the workload, its fields filled in
 */
struct vnft_engine_place {
	char dir[128];
	char image[PATH_MAX];
	struct vnft_words command;
	struct vnft_guest_veth_words say;
};
/* The workload's words. */
void vnft_engine_command(struct vnft_engine_line *line, const struct vnft_engine_place *at);
/* A new file of @at->dir. 0, or negative errno after vnft_fail(). */
int vnft_engine_save(const struct vnft_engine_place *at, const char *name, const char *text);

typedef void vnft_engine_fill(const struct vnft_instance *in, const struct vnft_engine_place *at,
			      struct vnft_engine_line *line);

/**
 * struct vnft_engine - a row of the table
 * @name: as "runtime" in a type file; @package: Debian's that has @program
 * @ifname: of the device within
 * @macvlan: it can be one
 * @needs: of enum vnft_guest_mounts_need
 * @limits: it can limit memory and CPUs
 * @check: NULL, or: what else it needs: as the driver's own
 * @prepare: NULL, or: before t0: configuration; 0, or negative errno after vnft_fail()
 * @create: NULL, or: what creates the container, before t0
 * @start: what runs as long as the container; with @pid_file, what ends when that runs
 * @pid_file: NULL, or: file of the instance's directory in which the first process's number is then
 * @console: NULL (where it prints itself), or: file of the instance's directory that takes what the
 *	container prints
 * @stop: NULL (then: SIGTERM to what was started), or: what ends the container
 */
struct vnft_engine {
	const char *name, *program, *package, *ifname;
	unsigned int needs;
	bool limits, macvlan;
	const char *pid_file, *console;
	int (*check)(const struct vnft_type *type);
	int (*prepare)(const struct vnft_instance *in, const struct vnft_engine_place *at);
	vnft_engine_fill *create, *start, *stop;
};

extern const struct vnft_engine vnft_engine_lxc;
extern const struct vnft_engine vnft_engine_nspawn;
extern const struct vnft_engine vnft_engine_podman;

#endif
