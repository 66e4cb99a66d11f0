/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of this room share with each other; everybody else includes guest.h only.
 */
#ifndef VNFT_GUEST_PARTS_H
#define VNFT_GUEST_PARTS_H

#include "../lib/run/child.h"
#include "../lib/run/run.h"
#include "guest.h"

/* The drivers, one file each. */
extern const struct vnft_guest_ops vnft_guest_libvirt, vnft_guest_docker, vnft_guest_oci,
	vnft_guest_exec, vnft_guest_xen;
/* How to undo what a killed run left: rest of the line in the run's object list (run.h). */
int vnft_libvirt_undo(const char *rest);
int vnft_docker_undo(const char *rest);
int vnft_oci_undo(const char *rest);
int vnft_xen_undo(const char *rest);

/**
 * enum vnft_key_kind - what a key's value may be
 */
enum vnft_key_kind {
	VNFT_KEY_TEXT,		/* anything that fits */
	VNFT_KEY_FIELDS,	/* text with @FIELD@s */
	VNFT_KEY_PATH,		/* a file; relative ones are below the images directory */
	VNFT_KEY_WORD,		/* one of the choices, stored as text */
	VNFT_KEY_CHOICE,	/* one of the choices, stored as its index in an int-sized enum */
	VNFT_KEY_NUMBER,	/* in [min, max] */
	VNFT_KEY_PORT,		/* likewise, stored in 16 bits; "none" is 0 */
	VNFT_KEY_FLAG,		/* yes or no */
};

/**
 * struct vnft_key - a key of a type file
 * @bytes: room of a text
 * @required: in every file
 */
struct vnft_key {
	const char *name;
	enum vnft_key_kind kind;
	size_t offset, bytes;
	uint32_t min, max;
	const char *const *choices;
	bool required;
};
extern const struct vnft_key vnft_type_keys[];	/* ended by a NULL name */

/**
 * vnft_type_parse() - text of a type file to a checked type
 * @type: receives all but the name, which must be set already
 * @file: its name, for messages
 * @images: directory that relative image paths are below
 *
 * Return: 0, or -EBADMSG after vnft_fail("FILE:LINE: what is wrong: what is allowed").
 */
int vnft_type_parse(struct vnft_type *type, const char *file, const char *text, size_t bytes,
		    const char *images);

/* First "@FIELD@" of @text that is unknown, as its length with *at set; 0 if all are known. */
size_t vnft_type_unknown_field(const char *text, const char **at);
/* Names of all fields, NULL-terminated. */
extern const char *const vnft_type_fields[];

/**
 * struct vnft_words - a command line as words
 * @argv: NULL-terminated
 */
struct vnft_words {
	char **argv;
	size_t n;
};
/*
 * Split as sh does: white space, '...', "...", backslash; nothing is substituted. With an instance,
 * @FIELD@s are filled in after the split, so that a value never becomes two words.
 * 0, or -EINVAL (open quote), -E2BIG, -ENOMEM after vnft_fail().
 */
int vnft_words_split(struct vnft_words *words, const char *text, const struct vnft_instance *in);
void vnft_words_free(struct vnft_words *words);

/* Directory of a process's memory cgroup as mounted here; "" if there is none. */
void vnft_guest_cgroup(pid_t pid, char *to, size_t bytes);
/* The memory() of every driver whose instance is a process tree: RSS, PSS, cgroup. */
int vnft_guest_memory(struct vnft_instance *in, struct vnft_memory *memory);
/* 0 if @path can be read, else -EOPNOTSUPP after vnft_fail() that names how to make it. */
int vnft_guest_check_image(const struct vnft_type *type, const char *what, const char *path);
/* Likewise for kernel, initrd and image of a type, as far as it has them. */
int vnft_guest_check_images(const struct vnft_type *type);
/* Is @program in PATH? Its path in @to if so. */
bool vnft_guest_find(const char *program, char *to, size_t bytes);
/* Note a process that is not our child in the run's objects. */
int vnft_guest_note_process(struct vnft_run *run, pid_t pid);
/* The last line of a log that says something. */
void vnft_guest_last_words(const char *log, char *to, size_t bytes);
/* Remove a directory of plain files and directories below the run's own. */
void vnft_guest_remove_dir(const char *dir);
/*
 * The three for teardown, which goes on after an interrupt. Wait until process @pid is gone (a
 * zombie is): 0, or -ETIMEDOUT after vnft_fail(). Wait for a child: its status as from waitpid(),
 * or negative errno. Run a program to its end, output to @log: likewise.
 */
int vnft_guest_wait_gone(pid_t pid, unsigned int timeout_ms);
int vnft_guest_wait_child(struct vnft_child *child, unsigned int timeout_ms);
int vnft_guest_finish(char *const argv[], unsigned int timeout_ms, const char *log);
/* The device in the caller's namespace whose peer is @ifname in @pid's; 0 or after vnft_fail(). */
int vnft_guest_find_veth(pid_t pid, const char *ifname, char device[16]);
/* First line that "@program @option" prints; "" if it prints none. */
void vnft_guest_version(const char *program, const char *option, char *to, size_t bytes);

#endif
