/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the libvirt driver's files share.
 *
 *	driver.c	life of a domain: the vtable
 *	type.c		what its types say
 *	connect.c	which libvirt, and one connection to it (../virt/ has what Xen needs too)
 *	embed.c		the embedded driver's directory, where no daemon answers
 *	xml.c		instance to domain XML (../xml.c escapes)
 *	overlay.c	disk that takes the guest's writes
 *	reap.c		a VMM that became our child
 *	words.c		what a guest that failed said last
 *	undo.c		what a killed run left
 *	check.c		can a type run here, with which versions
 */
#ifndef VNFT_GUEST_LIBVIRT_H
#define VNFT_GUEST_LIBVIRT_H

#include <libvirt/libvirt.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <pthread.h>

#include "../../lib/undo/journal.h"
#include "../guest.h"

#define VNFT_LIBVIRT_XML_BYTES	8192
#define VNFT_LIBVIRT_EMULATOR	"qemu-system-x86_64"

/**
 * struct vnft_libvirt_domain - what the XML says beyond type and place
 * @append: kernel command line, complete
 * @disk: overlay over the type's image, "" if it has none
 * @disk_format: of the image below it, "raw" or "qcow2"
 * @console: file that takes the console, "" if it has none
 */
struct vnft_libvirt_domain {
	char emulator[256];
	char append[1024];
	char disk[160], disk_format[8];
	char console[160];
	bool kvm, vhost;
};

/* type.c: the vtable's, and: is it the machine without PCI? */
extern const struct vnft_guest_own vnft_libvirt_own[];
int vnft_libvirt_check_type(struct vnft_type *type);
bool vnft_libvirt_is_microvm(const struct vnft_type *type);

/* Domain XML of an instance; -E2BIG, or -EINVAL for a text XML cannot carry, after vnft_fail(). */
int vnft_libvirt_xml(const struct vnft_instance *in, const struct vnft_libvirt_domain *d, char *to,
		     size_t bytes);

/**
 * vnft_libvirt_uri() - which libvirt is meant
 *
 * $VNFT_LIBVIRT_URI, else $LIBVIRT_DEFAULT_URI, else the system's daemon if its socket answers,
 * else qemu:///embed. Returns whether it is the embedded driver.
 */
bool vnft_libvirt_uri(char *uri, size_t bytes);

/* The process's connection, opened by the first and closed with the last; @uri: what was opened. */
int vnft_libvirt_open(struct vnft_journal *journal, virConnectPtr *conn, char *uri, size_t bytes);
void vnft_libvirt_close(virConnectPtr conn);
/* Do the capability probe of @machine now. */
int vnft_libvirt_probe(virConnectPtr conn, const struct vnft_type *type, const char *emulator,
		       bool kvm);

/* Make the embedded driver's directory below the run's; @root receives it. */
int vnft_libvirt_embed_prepare(struct vnft_journal *journal, char *root, size_t bytes);
/* "" while the embedded driver was not used. */
const char *vnft_libvirt_embed_root(void);
/* While set, a user or group that libvirt wants and nobody made is root. */
void vnft_libvirt_embed_as_root(bool on);
/* Keep what the capability probe found for the next run. */
void vnft_libvirt_embed_keep_probe(void);

/* Write a qcow2 @overlay that takes the writes of @image; @format: of the image. */
int vnft_libvirt_overlay(const char *image, const char *overlay, char *format, size_t bytes);

/**
 * struct vnft_libvirt_reaper - thread that reaps a VMM whose parent has left it to us
 * @pidfile: libvirt's, appears while the domain is created
 * @vmm: what it names, held from then on
 * @seen: @vmm is written
 */
struct vnft_libvirt_reaper {
	char pidfile[160];
	pthread_t thread;
	bool running;
	struct vnft_held vmm;
	atomic_bool seen, quit;
};
int vnft_libvirt_reaper_start(struct vnft_libvirt_reaper *r);
void vnft_libvirt_reaper_stop(struct vnft_libvirt_reaper *r);

/* QEMU process of the domain @name, 0 if there is none. */
pid_t vnft_libvirt_find_qemu(const char *name);
/* Hold it: @told, if that is it, or who carries the name. None is held if there is none. */
void vnft_libvirt_hold(struct vnft_held *held, const char *name, const struct vnft_held *told);
/* End it; 0 also if there is none. */
int vnft_libvirt_kill_qemu(const char *name);

/* Last words: of @console, and of QEMU's log of @name if the process is gone. */
void vnft_libvirt_words(const char *name, const char *console, bool gone, char *to, size_t bytes);

/* What a killed run left: "URI NAME". */
int vnft_libvirt_undo(const char *rest);
int vnft_libvirt_check(const struct vnft_type *type);
json_t *vnft_libvirt_manifest(const struct vnft_type *type);

#endif
