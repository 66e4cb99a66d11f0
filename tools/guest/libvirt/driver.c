/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Driver libvirt: an instance is a domain. Connecting, the capability probe and defining happen in
 * prepare; t0 is the entry of virDomainCreate.
 */
#include "libvirt.h"
#include "../parts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libvirt/virterror.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/host/accel.h"
#include "../../lib/run/clock.h"
#include "../../lib/undo/journal.h"
#include "../../lib/text/error.h"
#include "../drivers.h"
#include "../type/expand.h"
#include "../virt/virt.h"

#define GONE_MS 10000

/**
 * struct libvirt_state - of one instance
 * @active: virDomainCreate() was called and nothing has destroyed it since
 */
struct libvirt_state {
	virConnectPtr conn;
	virDomainPtr dom;
	char uri[256];
	bool embedded, active;
	struct vnft_libvirt_domain desc;
	struct vnft_libvirt_reaper reaper;
};

static bool libvirt_wants_host_netns(const struct vnft_type *type)
{
	char uri[256];

	return !vnft_libvirt_uri(uri, sizeof(uri));
}

/* Emulated, a Linux cannot calibrate its clock against a timer. */
static const char *libvirt_appends(const struct vnft_type *type)
{
	enum vnft_accel accel;

	if (!type->kernel[0] || type->kernel_is != VNFT_KERNEL_LINUX)
		return NULL;
	return !vnft_type_accel(type, &accel) && accel == VNFT_ACCEL_KVM ? NULL :
	       "tsc=reliable no_timer_check";
}

/* Made beforehand, so that nobody else's file takes what the guest says. */
static int make_console(const struct vnft_instance *in, struct vnft_libvirt_domain *d)
{
	int fd;

	if (!strcmp(in->type->console, "none"))
		return 0;
	snprintf(d->console, sizeof(d->console), "%s/%s.console", in->place.journal->dir,
		 in->place.name);
	fd = open(d->console, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return vnft_fail(-errno, "%s: %s", d->console, strerror(errno));
	close(fd);
	return 0;
}

static bool libvirt_vhost(const struct vnft_type *type)
{
	enum vnft_accel accel;

	return !vnft_type_accel(type, &accel) && vnft_accel_is_kvm(accel) &&
	       !access("/dev/vhost-net", R_OK | W_OK);
}

static int describe(struct vnft_instance *in, struct libvirt_state *s)
{
	const struct vnft_type *t = in->type;
	struct vnft_libvirt_domain *d = &s->desc;
	const char *added = libvirt_appends(t);
	int err = vnft_type_accel(t, &in->accel);

	if (err)
		return err;
	d->kvm = vnft_accel_is_kvm(in->accel);
	d->vhost = in->place.vhost && libvirt_vhost(t);
	if (!vnft_guest_find(VNFT_LIBVIRT_EMULATOR, d->emulator, sizeof(d->emulator)))
		return vnft_fail(-EOPNOTSUPP, "%s: no " VNFT_LIBVIRT_EMULATOR ": apt-get install "
				 "qemu-system-x86", t->name);
	err = vnft_type_expand(t->append, in, d->append,
			       sizeof(d->append) - (added ? strlen(added) + 1 : 0));
	if (err)
		return err;
	if (added) {
		strcat(d->append, " ");
		strcat(d->append, added);
	}

	err = make_console(in, d);
	if (err || !t->image[0])
		return err;
	snprintf(d->disk, sizeof(d->disk), "%s/%s.disk", in->place.journal->dir, in->place.name);
	return vnft_libvirt_overlay(t->image, d->disk, d->disk_format, sizeof(d->disk_format));
}

static int define(struct vnft_instance *in, struct libvirt_state *s)
{
	char xml[VNFT_LIBVIRT_XML_BYTES];
	int err;

	err = vnft_libvirt_xml(in, &s->desc, xml, sizeof(xml));
	if (err)
		return err;
	vnft_debug("%s: %s", in->place.name, xml);
	err = vnft_journal_note(in->place.journal, "domain %s %s", s->uri, in->place.name);
	if (err)
		return err;
	s->dom = virDomainDefineXML(s->conn, xml);
	if (!s->dom)
		return vnft_fail(-EIO, "%s: libvirt refuses the domain: %s", in->type->name,
				 vnft_virt_error());
	return 0;
}

static int libvirt_prepare(struct vnft_instance *in)
{
	struct libvirt_state *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return vnft_fail(-ENOMEM, "out of memory");
	in->priv = s;
	err = describe(in, s);
	if (!err)
		err = vnft_libvirt_open(in->place.journal, &s->conn, s->uri, sizeof(s->uri));
	if (!err)
		err = vnft_libvirt_probe(s->conn, in->type, s->desc.emulator, s->desc.kvm);
	if (err)
		return err;
	s->embedded = !strncmp(s->uri, "qemu:///embed", 13);
	if (s->embedded)
		snprintf(s->reaper.pidfile, sizeof(s->reaper.pidfile), "%s/run/qemu/%s.pid",
			 vnft_libvirt_embed_root(), in->place.name);
	return define(in, s);
}

static int libvirt_start(struct vnft_instance *in)
{
	struct libvirt_state *s = in->priv;
	int err;

	if (s->embedded) {
		err = vnft_libvirt_reaper_start(&s->reaper);
		if (err)
			return err;
	}
	s->active = true;
	in->t0_ns = vnft_now_ns();
	err = virDomainCreate(s->dom);
	in->started_ns = vnft_now_ns();
	if (err < 0)
		return vnft_fail(-EIO, "%s: it did not start: %s", in->type->name,
				 vnft_virt_error());
	vnft_libvirt_hold(&in->process, in->place.name, s->reaper.seen ? &s->reaper.vmm : NULL);
	/* The embedded driver leaves QEMU in our own cgroup, which says nothing about it. */
	if (!s->embedded)
		vnft_guest_cgroup(&in->process, in->cgroup, sizeof(in->cgroup));
	snprintf(in->device, sizeof(in->device), "%s", in->place.device);
	return 0;
}

static int libvirt_stop(struct vnft_instance *in)
{
	struct libvirt_state *s = in->priv;
	int err = 0;

	in->stop_ns = vnft_now_ns();
	if (!s || !s->active) {
		in->stopped_ns = in->stop_ns;
		return 0;
	}
	/* A domain that ended by itself cannot be destroyed, and need not. */
	if (virDomainDestroy(s->dom) < 0 && virGetLastErrorCode() != VIR_ERR_OPERATION_INVALID)
		err = vnft_fail(-EIO, "%s: it cannot be destroyed: %s", in->type->name,
				vnft_virt_error());
	if (err && s->embedded)
		err = vnft_libvirt_kill_qemu(in->place.name);
	else if (!err)
		err = vnft_guest_wait_ended(&in->process, GONE_MS);
	in->stopped_ns = vnft_now_ns();
	s->active = err;
	if (!err)
		vnft_held_drop(&in->process);
	vnft_libvirt_reaper_stop(&s->reaper);
	return err;
}

static void libvirt_release(struct vnft_instance *in)
{
	struct libvirt_state *s = in->priv;

	if (!s)
		return;
	if (s->active)
		libvirt_stop(in);
	if (s->dom) {
		virDomainUndefine(s->dom);
		virDomainFree(s->dom);
	}
	vnft_libvirt_reaper_stop(&s->reaper);
	vnft_libvirt_close(s->conn);
	if (s->desc.console[0])
		unlink(s->desc.console);
	if (s->desc.disk[0])
		unlink(s->desc.disk);
	vnft_held_drop(&in->process);
	free(s);
	in->priv = NULL;
}

static void libvirt_last_words(struct vnft_instance *in, char *to, size_t bytes)
{
	struct libvirt_state *s = in->priv;

	to[0] = 0;
	if (s && in->t0_ns)
		vnft_libvirt_words(in->place.name, s->desc.console,
				   !vnft_libvirt_find_qemu(in->place.name), to, bytes);
}

static int libvirt_console(struct vnft_instance *in, struct vnft_guest_console *to)
{
	const struct libvirt_state *s = in->priv;

	return s ? vnft_said_keep_file(to, s->desc.console) : 0;
}

static void libvirt_console_file(const struct vnft_instance *in,
				 struct vnft_guest_console_file *to)
{
	const struct libvirt_state *s = in->priv;

	snprintf(to->path, sizeof(to->path), "%s", s->desc.console);
	snprintf(to->why, sizeof(to->why), "it has no console (console = none)");
}

const struct vnft_guest_ops vnft_guest_libvirt = {
	.name = "libvirt",
	.virtualization = "kvm",
	.own = vnft_libvirt_own,
	.appends = libvirt_appends,
	.check_type = vnft_libvirt_check_type,
	.undo_kind = "domain",
	.undo = vnft_libvirt_undo,
	.check = vnft_libvirt_check,
	.vhost = libvirt_vhost,
	.wants_host_netns = libvirt_wants_host_netns,
	.prepare = libvirt_prepare,
	.start = libvirt_start,
	.memory = vnft_guest_memory,
	.last_words = libvirt_last_words,
	.console = libvirt_console,
	.console_file = libvirt_console_file,
	.stop = libvirt_stop,
	.release = libvirt_release,
	.manifest = vnft_libvirt_manifest,
};
