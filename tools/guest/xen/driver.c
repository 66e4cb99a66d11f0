/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Driver xen: an instance is a domain, made by xl or by libvirt. Connecting, the configuration and
 * a definition are prepare's; t0 is right before the exec of `xl create`, or the entry of
 * virDomainCreate.
 */
#include "xen.h"
#include "../virt/virt.h"
#include "../parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "../../lib/host/accel.h"
#include "../../lib/run/child.h"
#include "../../lib/run/clock.h"
#include "../../lib/undo/journal.h"
#include "../../lib/text/error.h"
#include "../drivers.h"

/**
 * struct xen_state - of one instance
 * @active: its creation was begun, and nothing has destroyed it since
 * @config, @log: xl's, below the session's directory
 * @conn, @dom: libvirt's, NULL with xl
 */
struct xen_state {
	bool libvirt, active;
	char uuid[VNFT_XEN_UUID_BYTES];
	char config[160], log[160];
	struct vnft_xen_watch *watch;
	virConnectPtr conn;
	virDomainPtr dom;
};

static bool xen_wants_host_netns(const struct vnft_type *type)
{
	return true;
}

static const char *xen_device_fix(const struct vnft_type *type)
{
	return "the vif's hotplug script (\"script\") has to put it there";
}

static int make_uuid(char to[VNFT_XEN_UUID_BYTES])
{
	uint8_t b[16];

	if (getrandom(b, sizeof(b), 0) != sizeof(b))
		return vnft_fail(-EIO, "no random numbers");
	b[6] = (b[6] & 0x0f) | 0x40;	/* RFC 4122: random */
	b[8] = (b[8] & 0x3f) | 0x80;
	snprintf(to, VNFT_XEN_UUID_BYTES,
		 "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
		 b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
		 b[15]);
	return 0;
}

static int write_config(const struct vnft_instance *in, struct xen_state *s)
{
	char text[VNFT_XEN_CONFIG_BYTES];
	int err;

	err = vnft_xen_config(in, s->uuid, text, sizeof(text));
	if (err)
		return err;
	vnft_debug("%s: %s", s->config, text);
	return vnft_guest_write_new(s->config, text);
}

static int xen_prepare(struct vnft_instance *in)
{
	const struct vnft_place *p = &in->place;
	struct xen_state *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return vnft_fail(-ENOMEM, "out of memory");
	in->priv = s;
	in->accel = VNFT_ACCEL_XEN;
	s->libvirt = vnft_xen_by_libvirt();
	snprintf(s->config, sizeof(s->config), "%s/%s.cfg", p->journal->dir, p->name);
	snprintf(s->log, sizeof(s->log), "%s/%s.log", p->journal->dir, p->name);
	err = make_uuid(s->uuid);
	if (!err)
		err = vnft_journal_note(p->journal, "xen %s %s %s", s->libvirt ? "libvirt" : "xl",
					p->name, s->uuid);
	if (!err)
		err = s->libvirt ? vnft_xen_define(in, s->uuid, &s->conn, &s->dom) :
				   write_config(in, s);
	return err ? err : vnft_xen_watch_start(&s->watch, s->uuid);
}

static int create_by_xl(struct vnft_instance *in, struct xen_state *s)
{
	/* -e: nobody waits for the domain's end. */
	char *const argv[] = { "xl", "create", "-e", s->config, NULL };
	struct vnft_child child;
	char out[4096] = "", said[256];
	int err, status = 0, fd;
	ssize_t n;

	err = vnft_child_start(&child, argv, s->log);
	in->t0_ns = child.begun_ns;
	in->exec_by_ns = child.exec_by_ns;
	if (!err) {
		err = vnft_child_wait(&child, in->type->timeout_s * 1000, &status);
		vnft_child_stop(&child, 2000);
	}
	in->started_ns = vnft_now_ns();
	if (err == -ETIMEDOUT)
		return vnft_fail(err, "%s: xl create does not return within %u s", in->type->name,
				 in->type->timeout_s);
	if (err || !status)
		return err == -EINTR ? vnft_fail(err, "interrupted") : err;
	fd = open(s->log, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	n = fd >= 0 ? read(fd, out, sizeof(out) - 1) : 0;
	if (fd >= 0)
		close(fd);
	out[n > 0 ? n : 0] = 0;
	vnft_xen_words(out, said, sizeof(said));
	return vnft_fail(-EIO, "%s: xl create failed: %s", in->type->name, said);
}

static int create_by_libvirt(struct vnft_instance *in, struct xen_state *s)
{
	const off_t log_bytes = vnft_xen_log_bytes();
	char said[256];
	int err;

	in->t0_ns = vnft_now_ns();
	err = virDomainCreate(s->dom);
	in->started_ns = vnft_now_ns();
	if (err >= 0)
		return 0;
	if (!vnft_xen_log_words(log_bytes, said, sizeof(said)))
		snprintf(said, sizeof(said), "%s", vnft_virt_error());
	return vnft_fail(-EIO, "%s: libvirt did not start it: %s", in->type->name, said);
}

/* What the watch knows is the instance's, too. */
static void learn(struct vnft_instance *in, struct xen_state *s, struct vnft_xen_seen *seen)
{
	memset(seen, 0, sizeof(*seen));
	if (s->watch)
		vnft_xen_watch_seen(s->watch, seen);
	if (seen->domid)
		snprintf(in->device, sizeof(in->device), "vif%u.0", seen->domid);
}

static int xen_start(struct vnft_instance *in)
{
	struct xen_state *s = in->priv;
	struct vnft_xen_seen seen;
	int err;

	s->active = true;
	err = s->libvirt ? create_by_libvirt(in, s) : create_by_xl(in, s);
	learn(in, s, &seen);
	return err;
}

static bool xen_ended(struct vnft_instance *in)
{
	struct xen_state *s = in->priv;
	struct vnft_xen_seen seen;

	learn(in, s, &seen);
	return seen.state != VNFT_XEN_RUNS;
}

static int xen_pin(struct vnft_instance *in, uint32_t cpu)
{
	struct xen_state *s = in->priv;
	struct vnft_xen_seen seen;

	learn(in, s, &seen);
	/* xl would take 0 for dom0. */
	if (!seen.domid)
		return vnft_fail(-ESRCH, "%s: cannot be pinned: xenstore never said its number",
				 in->place.name);
	return vnft_xen_pin(in->place.name, seen.domid, cpu);
}

static const struct vnft_guest_moment moments[VNFT_XEN_MOMENTS + 1] = {
	[VNFT_XEN_TOOLSTACK] = { "toolstack", "exec", "xenstore" },
	[VNFT_XEN_BUILT] = { "built", "exec", "xenstore" },
	[VNFT_XEN_HOTPLUG] = { "hotplug", "device", "xenstore" },
	[VNFT_XEN_CONNECTED] = { "connected", "device", "xenstore" },
};

/* Its processors are Xen's, and no kvm_entry tells of them. */
static const char *const without[] = { "vcpu", NULL };

static void xen_phases(struct vnft_instance *in)
{
	static const char *const why[VNFT_XEN_MOMENTS] = {
		[VNFT_XEN_TOOLSTACK] = "its keys were never seen in xenstore",
		[VNFT_XEN_BUILT] = "xenstore was never introduced to it",
		[VNFT_XEN_HOTPLUG] = "its vif's script was never seen done",
		[VNFT_XEN_CONNECTED] = "its vif was never seen connected",
	};
	struct xen_state *s = in->priv;
	struct vnft_xen_seen seen;
	unsigned int i;

	_Static_assert(VNFT_XEN_MOMENTS <= VNFT_GUEST_PHASES, "room for every moment");
	learn(in, s, &seen);
	for (i = 0; i < VNFT_XEN_MOMENTS; i++) {
		struct vnft_guest_phase *phase = &in->phase[i];

		phase->name = moments[i].name;
		phase->time_ns = seen.time_ns[i];
		snprintf(phase->why, sizeof(phase->why), "%s", phase->time_ns ? "" : why[i]);
	}
	in->phases = VNFT_XEN_MOMENTS;
}

static int xen_memory(struct vnft_instance *in, struct vnft_memory *memory)
{
	static const char why[] = "a domain's memory is not a process's";
	struct xen_state *s = in->priv;
	struct vnft_xen_domain d;
	int got;

	memset(memory, 0, sizeof(*memory));
	got = vnft_xen_find(s->uuid, &d);
	if (got < 0)
		return got;
	if (!got)
		return vnft_fail(-ESRCH, "%s: xl list does not have it", in->place.name);
	memory->tool_bytes = d.memory_mib << 20;
	strcpy(memory->pss_why, why);
	strcpy(memory->cgroup_why, why);
	return 0;
}

static void xen_last_words(struct vnft_instance *in, char *to, size_t bytes)
{
	static const char *const states[] = {
		[VNFT_XEN_CRASHED] = "the domain crashed; ",
		[VNFT_XEN_SHUT_DOWN] = "the domain shut down; ",
		[VNFT_XEN_GONE] = "the domain was destroyed; ",
	};
	struct xen_state *s = in->priv;
	struct vnft_xen_seen seen;
	char said[256];

	to[0] = 0;
	if (!s || !in->t0_ns)
		return;
	learn(in, s, &seen);
	vnft_xen_console_words(in->place.name, said, sizeof(said));
	snprintf(to, bytes, "%s%s", seen.state ? states[seen.state] : "", said);
}

static int xen_console(struct vnft_instance *in, struct vnft_guest_console *to)
{
	return vnft_xen_console(in->place.name, to);
}

static void xen_console_file(const struct vnft_instance *in, struct vnft_guest_console_file *to)
{
	vnft_xen_console_file(in->place.name, to);
}

static int xen_stop(struct vnft_instance *in)
{
	struct xen_state *s = in->priv;
	struct vnft_xen_seen seen;
	int err;

	in->stop_ns = in->stopped_ns = vnft_now_ns();
	if (!s || !s->active)
		return 0;
	learn(in, s, &seen);
	/* It has nothing more to see, and must not work while the teardown is timed. */
	vnft_xen_watch_stop(s->watch);
	s->watch = NULL;
	in->stop_ns = vnft_now_ns();
	if (s->dom && seen.domid && !virDomainDestroy(s->dom))
		err = vnft_xen_wait_gone(in->place.name, s->uuid, seen.domid, &in->stopped_ns);
	else
		err = vnft_xen_destroy(in->place.name, s->uuid, seen.domid, &in->stopped_ns);
	s->active = err;
	return err;
}

static void xen_release(struct vnft_instance *in)
{
	struct xen_state *s = in->priv;

	if (!s)
		return;
	if (s->active && xen_stop(in))
		vnft_warn("%s", vnft_why());
	vnft_xen_watch_stop(s->watch);
	if (s->dom) {
		if (virDomainUndefine(s->dom) < 0)
			vnft_warn("%s: libvirt does not forget it: %s", in->place.name,
				  vnft_virt_error());
		virDomainFree(s->dom);
	}
	vnft_virt_disconnect(s->conn);
	vnft_xen_console_remove(in->place.name);
	if (s->libvirt)
		vnft_xen_log_remove(in->place.name);
	unlink(s->config);
	unlink(s->log);
	free(s);
	in->priv = NULL;
}

const struct vnft_guest_ops vnft_guest_xen = {
	.name = "xen",
	.virtualization = "xen",
	.own = vnft_xen_own,
	.check_type = vnft_xen_check_type,
	.check_switches = vnft_xen_check_switches,
	.variants = vnft_xen_variants,
	.undo_kind = "xen",
	.undo = vnft_xen_undo,
	.moments = moments,
	.without = without,
	.check = vnft_xen_check,
	.wants_host_netns = xen_wants_host_netns,
	.device_fix = xen_device_fix,
	.prepare = xen_prepare,
	.start = xen_start,
	.ended = xen_ended,
	.pin = xen_pin,
	.phases = xen_phases,
	.memory = xen_memory,
	.available_bytes = vnft_xen_available_bytes,
	.setup = vnft_xen_setup,
	.last_words = xen_last_words,
	.console = xen_console,
	.console_file = xen_console_file,
	.stop = xen_stop,
	.release = xen_release,
	.manifest = vnft_xen_manifest,
};
