/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the xen driver's files share.
 *
 *	driver.c	life of a domain: the vtable
 *	type.c		what its types say, and what `bench` can vary in them
 *	vif.c		what stands in a vif beside what is ours
 *	config.c	instance to xl's configuration file
 *	xl.c		running xl, and reading what it prints
 *	libvirt.c	the other toolstack: domain XML and libvirt's calls
 *	store.c		what xenstore says: a domain's number, and what is left of it
 *	watch.c		a thread that stamps the moments of a launch as xenstore shows them
 *	undo.c		ending a domain, and what a killed run left
 *	check.c		can a type run here, with which versions
 *
 * A domain is known by the UUID that we give it: unlike a name, it has that from its first moment.
 */
#ifndef VNFT_GUEST_XEN_H
#define VNFT_GUEST_XEN_H

#include <libvirt/libvirt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../guest.h"

#define VNFT_XEN_UUID_BYTES	37
#define VNFT_XEN_CONFIG_BYTES	8192
#define VNFT_XEN_OUTPUT_BYTES	(64 * 1024)
#define VNFT_XEN_URI		"xen:///system"
#define VNFT_XEN_VIF		"vif-vnft"	/* script = minimal: tools/guest/xen/vif-vnft */

struct xs_handle;

/**
 * enum vnft_xen_state - what became of a domain
 * @VNFT_XEN_RUNS: also while it is made, and while it waits
 */
enum vnft_xen_state {
	VNFT_XEN_RUNS = 0,
	VNFT_XEN_CRASHED,
	VNFT_XEN_SHUT_DOWN,
	VNFT_XEN_GONE,
};

/**
 * struct vnft_xen_domain - a line of `xl list -v`
 */
struct vnft_xen_domain {
	uint32_t domid;
	uint64_t memory_mib;
	enum vnft_xen_state state;
};

/* type.c: the vtable's, and: is this a word of "script"? */
extern const struct vnft_guest_own vnft_xen_own[];
int vnft_xen_check_type(struct vnft_type *type);
int vnft_xen_check_switches(const struct vnft_guest_switches *switches);
int vnft_xen_variants(const struct vnft_type *type, const struct vnft_guest_switches *switches,
		      int (*each)(const struct vnft_type *type, void *arg), void *arg);
bool vnft_xen_script_word(const char *word);

/*
 * vif.c: can @items stand in a vif's configuration? 0, or -EBADMSG after vnft_fail(). And a type's,
 * with its fields filled in.
 */
int vnft_xen_vif_check(const char *items);
int vnft_xen_vif(const struct vnft_instance *in, char *to, size_t bytes);

/* config.c: -E2BIG, or -EINVAL for a text that xl cannot carry, after vnft_fail(). */
int vnft_xen_config(const struct vnft_instance *in, const char *uuid, char *to, size_t bytes);
/* The path of a type's hotplug script, "" for the toolstack's own. */
int vnft_xen_script(const struct vnft_type *type, char *to, size_t bytes);

/*
 * xl.c: run xl to its end, also after an interrupt (teardown goes on); what it prints, bounded,
 * in @out. Its exit status, or negative errno after vnft_fail().
 */
int vnft_xen_xl(char *const argv[], unsigned int timeout_ms, char *out, size_t bytes);
/* What of xl's output says why it failed, as one line. */
void vnft_xen_words(const char *output, char *to, size_t bytes);
/* A domain's number as a text; dom0's is none. */
bool vnft_xen_domid(const char *text, uint32_t *domid);
/* The domain in what `xl list -v` prints. */
bool vnft_xen_list_line(const char *output, const char *uuid, struct vnft_xen_domain *d);
/* The value of "@key   : value" in what `xl info` prints. */
bool vnft_xen_info_value(const char *output, const char *key, char *to, size_t bytes);
/* Ask xl: 1 and @d, 0 if there is no such domain, or negative errno after vnft_fail(). */
int vnft_xen_find(const char *uuid, struct vnft_xen_domain *d);
/* Every virtual CPU of a domain to a CPU of Xen; 0, or negative errno after vnft_fail(). */
int vnft_xen_pin(const char *name, uint32_t domid, uint32_t cpu);

/* libvirt.c */
bool vnft_xen_by_libvirt(void);		/* is it the toolstack to use? else xl is */
/* Can it make this type's vif? 0, or -EOPNOTSUPP after vnft_fail(). */
int vnft_xen_libvirt_check(const struct vnft_type *type);
int vnft_xen_xml(const struct vnft_instance *in, const char *uuid, char *to, size_t bytes);
int vnft_xen_define(const struct vnft_instance *in, const char *uuid, virConnectPtr *conn,
		    virDomainPtr *dom);
/* Where libxenlight says why, libvirt does not: words since its log had @from bytes, if any. */
off_t vnft_xen_log_bytes(void);
bool vnft_xen_log_words(off_t from, char *to, size_t bytes);
/* Remove the log that libvirt keeps of a domain. */
void vnft_xen_log_remove(const char *name);
/* Forget what was defined; 0 also if nothing was. */
int vnft_xen_undefine(const char *name);

/* store.c; NULL after vnft_fail() where xenstore does not answer. */
struct xs_handle *vnft_xen_store_open(void);
/* Number of the domain that says it has this UUID, 0 if none does. */
uint32_t vnft_xen_store_find(struct xs_handle *xs, const char *uuid);
/* Is @value, as read from xenstore, this @text? */
bool vnft_xen_store_is(const char *value, unsigned int len, const char *text);
/* What a domain that has ended has left: its first key or device, false if nothing. */
bool vnft_xen_store_left(struct xs_handle *xs, uint32_t domid, const char *uuid, char *what,
			 size_t bytes);
/* Remove its keys; the back ends' devices go with them. */
void vnft_xen_store_remove(struct xs_handle *xs, uint32_t domid, const char *uuid);

/* In the order of a launch. */
enum vnft_xen_moment {
	VNFT_XEN_TOOLSTACK,	/* it has its keys in xenstore */
	VNFT_XEN_BUILT,		/* xenstore was introduced to it: memory and kernel are there */
	VNFT_XEN_HOTPLUG,	/* its vif's script is done */
	VNFT_XEN_CONNECTED,	/* front end and back end of its vif have met */
	VNFT_XEN_MOMENTS,
};

/**
 * struct vnft_xen_seen - what the watch knows by now
 * @domid: 0 while unknown
 * @time_ns: CLOCK_MONOTONIC of each moment, 0: not yet
 */
struct vnft_xen_seen {
	uint32_t domid;
	uint64_t time_ns[VNFT_XEN_MOMENTS];
	enum vnft_xen_state state;
};
struct vnft_xen_watch;
int vnft_xen_watch_start(struct vnft_xen_watch **watch, const char *uuid);
void vnft_xen_watch_seen(struct vnft_xen_watch *w, struct vnft_xen_seen *seen);
void vnft_xen_watch_stop(struct vnft_xen_watch *w);

/* undo.c: end a domain; @domid 0 if it is not known. *@gone_ns: when nothing of it was left. */
int vnft_xen_destroy(const char *name, const char *uuid, uint32_t domid, uint64_t *gone_ns);
/* Until nothing is left of a domain that has been destroyed. */
int vnft_xen_wait_gone(const char *name, const char *uuid, uint32_t domid, uint64_t *gone_ns);
/* What a killed run left: "TOOLSTACK NAME UUID". */
int vnft_xen_undo(const char *rest);
/* What its console said last; all of it; where that comes in; remove that log. */
void vnft_xen_console_words(const char *name, char *to, size_t bytes);
int vnft_xen_console(const char *name, struct vnft_guest_console *to);
void vnft_xen_console_file(const char *name, struct vnft_guest_console_file *to);
void vnft_xen_console_remove(const char *name);

/* check.c */
int vnft_xen_check(const struct vnft_type *type);
json_t *vnft_xen_setup(const struct vnft_type *type);
json_t *vnft_xen_manifest(const struct vnft_type *type);
uint64_t vnft_xen_available_bytes(void);

#endif
