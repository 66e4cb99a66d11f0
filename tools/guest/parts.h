/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What several drivers need: images, programs and devices (look.c), processes (hold.c), programs of
 * ours (helper/), last words (said.c), memory (memory.c). Everybody else includes guest.h only.
 */
#ifndef VNFT_GUEST_PARTS_H
#define VNFT_GUEST_PARTS_H

#include "../lib/run/child.h"
#include "../lib/undo/journal.h"
#include "guest.h"

/*
 * Of the check_type() of a driver whose instances are containers with an image and a workload;
 * @macvlan: their device may be one.
 */
int vnft_guest_check_container(struct vnft_type *type, bool macvlan);
/*
 * 0 if @path can be read and, where it is in our cache, is nobody else's; else -EOPNOTSUPP after
 * vnft_fail() that names the fix.
 */
int vnft_guest_check_image(const struct vnft_type *type, const char *what, const char *path);
/* Likewise for an image that is the directory of a root file system, mount points included. */
int vnft_guest_check_root(const struct vnft_type *type);
/* Likewise for kernel, initrd and image of a type, as far as it has them. */
int vnft_guest_check_images(const struct vnft_type *type);
/* Is there the program that the type's command starts on this host? 0, or -EOPNOTSUPP. */
int vnft_guest_check_command(const struct vnft_type *type);
/* What runs the instructions of what the command starts; -EOPNOTSUPP if it wants what is not. */
int vnft_guest_choose_accel(const struct vnft_type *type, enum vnft_accel *accel);
/* Make a file of @text that was not there, for its owner alone. 0, or after vnft_fail(). */
int vnft_guest_write_new(const char *path, const char *text);
/* Is @program in PATH? Its path in @to if so. */
bool vnft_guest_find(const char *program, char *to, size_t bytes);
/* First line that "@program @option" prints; "" if it prints none. */
void vnft_guest_version(const char *program, const char *option, char *to, size_t bytes);
/* Note a process that is not our child in the session's journal. */
int vnft_guest_note_process(struct vnft_journal *journal, pid_t pid);
/* What the programs that make a veth are told of a place (tools/lib/net/veth.h). */
struct vnft_guest_veth_words {
	char address[16], prefix[8], gateway[16], mac[18];
};
void vnft_guest_veth_say(const struct vnft_place *place, struct vnft_guest_veth_words *to);
/* Remove a directory of plain files and directories below the session's own. */
void vnft_guest_remove_dir(const char *dir);
/*
 * Hold the process that a daemon or runtime names, which may be any number: it has to be in a
 * cgroup with @mark in its path. 0, -ECHILD if it has ended, or -ESRCH; both after vnft_fail() that
 * begins with @who.
 */
int vnft_guest_hold(struct vnft_held *held, long long pid, const char *mark, const char *who);
/* The number that a runtime wrote to a file; 0 if there is none. */
long long vnft_guest_read_pid(const char *path);
/* The device in our namespace whose peer is @ifname in the process's; 0 or after vnft_fail(). */
int vnft_guest_find_veth(const struct vnft_held *process, const char *ifname, char device[16]);
/* The next three are for teardown, which goes on after an interrupt. */
/* Wait until it is gone (a zombie is, and so is none): 0, or -ETIMEDOUT after vnft_fail(). */
int vnft_guest_wait_ended(const struct vnft_held *process, unsigned int timeout_ms);
/* Wait for a child: its status as from waitpid(), or negative errno. */
int vnft_guest_wait_child(struct vnft_child *child, unsigned int timeout_ms);
/* Run a program to its end, its output to @log: its status, or negative errno. */
int vnft_guest_finish(char *const argv[], unsigned int timeout_ms, const char *log);

/*
 * The calls of a driver whose instance is @program, one of those beside vnftrace. It is started
 * with @topology (NULL: without that word), what vnft_guest_veth_say() says, and the type's
 * command, its fields filled in.
 */
int vnft_guest_helper_check(const char *program);
int vnft_guest_helper_prepare(struct vnft_instance *in, const char *program);
int vnft_guest_helper_start(struct vnft_instance *in, const char *topology);
void vnft_guest_helper_last_words(struct vnft_instance *in, char *to, size_t bytes);
void vnft_guest_helper_console_file(const struct vnft_instance *in,
				    struct vnft_guest_console_file *to);
int vnft_guest_helper_stop(struct vnft_instance *in);
void vnft_guest_helper_release(struct vnft_instance *in);

#define VNFT_SAID_TAIL_BYTES	8192
#define VNFT_SAID_LINE_BYTES	160

/* Line feeds and control characters of @from become blanks. */
void vnft_said_one_line(const char *from, char *to, size_t bytes);
/* The last line of a log that says something. */
void vnft_said_last(const char *log, char *to, size_t bytes);
/* Last part of a file as printable text; its first line may be a part of one. */
void vnft_said_tail(const char *path, char text[VNFT_SAID_TAIL_BYTES + 1]);
/* Cut the last line that says something off @text; false if there is none. */
bool vnft_said_pop_line(char *text, char line[VNFT_SAID_LINE_BYTES]);
/* Of a guest's console: its panic; its last two lines; the one or else the other. Any there? */
bool vnft_said_panic(const char *console, char *to, size_t bytes);
bool vnft_said_end(const char *console, char *to, size_t bytes);
bool vnft_said_console(const char *console, char *to, size_t bytes);
/* Add to what a console said; what is too much is cut at its beginning. 0, or after vnft_fail(). */
int vnft_said_keep(struct vnft_guest_console *to, const char *data, size_t bytes);
/* The same of a file; none is nothing said. */
int vnft_said_keep_file(struct vnft_guest_console *to, const char *path);
/* Its last line that says something, as printable text; false if none does. */
bool vnft_said_last_line(const struct vnft_guest_console *of, char line[VNFT_SAID_LINE_BYTES]);

/* Directory of a process's memory cgroup as mounted here; "" if there is none. */
void vnft_guest_cgroup(const struct vnft_held *process, char *to, size_t bytes);
/* The memory() of every driver whose instance is a process tree: RSS, PSS, cgroup. */
int vnft_guest_memory(struct vnft_instance *in, struct vnft_memory *memory);
/* The same, but @tool_bytes as `docker stats` shows it (docs/method.md, "Memory"). */
int vnft_guest_container_memory(struct vnft_instance *in, struct vnft_memory *memory);

#endif
