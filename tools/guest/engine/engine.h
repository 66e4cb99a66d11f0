/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Between the files of the engine driver.
 *
 *	driver.c	life of a container: the vtable
 *	line.c		a command line, word by word
 *	lxc.c, nspawn.c	an engine each: what it is told
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

/**
 * struct vnft_engine - a row of the table: an engine that runs a container in the foreground
 * @name: as "runtime" in a type file; @package: Debian's that has @program
 * @ifname: of the device within
 * @needs: of enum vnft_guest_mounts_need
 * @limits: it can limit memory and CPUs
 * @prepare: NULL, or: before t0: configuration; 0, or negative errno after vnft_fail()
 * @start: what runs as long as the container
 * @stop: NULL (then: SIGTERM to that), or: what ends it
 */
struct vnft_engine {
	const char *name, *program, *package, *ifname;
	unsigned int needs;
	bool limits;
	int (*prepare)(const struct vnft_instance *in, const struct vnft_engine_place *at);
	void (*start)(const struct vnft_instance *in, const struct vnft_engine_place *at,
		      struct vnft_engine_line *line);
	void (*stop)(const struct vnft_instance *in, const struct vnft_engine_place *at,
		     struct vnft_engine_line *line);
};

extern const struct vnft_engine vnft_engine_lxc;
extern const struct vnft_engine vnft_engine_nspawn;

#endif
