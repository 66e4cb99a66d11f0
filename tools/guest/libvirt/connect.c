/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which libvirt runs the domains, and one connection to it per process (others, to other daemons,
 * may stand beside it), with libvirt's event loop in a thread of its own as long as any is open.
 */
#include "libvirt.h"
#include "../parts.h"

#include <errno.h>
#include <libvirt/virterror.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../../lib/run/run.h"
#include "../../lib/text/error.h"

#define EMBED		"qemu:///embed"
#define SYSTEM		"qemu:///system"
#define PING_EVERY_S	5
#define PINGS		6

static struct {
	pthread_mutex_t lock;
	virConnectPtr conn;
	unsigned int users;
	char uri[256];
	unsigned int connections;	/* that need the loop */
	pthread_t loop;
	int wake_timer;
	atomic_bool quit;
} shared = { .lock = PTHREAD_MUTEX_INITIALIZER };

void vnft_libvirt_one_line(const char *from, char *to, size_t bytes)
{
	size_t n = 0;

	for (; *from && n + 1 < bytes; from++) {
		bool blank = (unsigned char)*from <= ' ' || *from == 0x7f;

		if (!blank || (n && to[n - 1] != ' '))
			to[n++] = blank ? ' ' : *from;
	}
	while (n && to[n - 1] == ' ')
		n--;
	if (bytes)
		to[n] = 0;
}

const char *vnft_libvirt_error(void)
{
	static const char noise[] = "internal error: ";
	static _Thread_local char line[400];
	const char *message = virGetLastErrorMessage();

	if (!strncmp(message, noise, strlen(noise)))
		message += strlen(noise);
	vnft_libvirt_one_line(message, line, sizeof(line));
	return line;
}

/*
 * libvirt's log repeats on stderr what comes back to us as errors. It reads this once, at whatever
 * call of it comes first, in whatever room (virGetVersion() is enough), so it must be there before
 * main().
 */
__attribute__((constructor)) static void quiet_log(void)
{
	setenv("LIBVIRT_LOG_OUTPUTS", "4:file:/dev/null", 0);
}

static void say_nothing(void *opaque, virErrorPtr error)
{
}

static void wake(int timer, void *opaque)
{
	virEventUpdateTimeout(timer, -1);
}

static void *event_loop(void *arg)
{
	while (!shared.quit)
		if (virEventRunDefaultImpl() < 0)
			break;
	return NULL;
}

/* libvirt takes one event loop per process, before the first connection. */
int vnft_libvirt_start_library(void)
{
	static bool started;

	if (started)
		return 0;
	if (virInitialize() < 0 || virEventRegisterDefaultImpl() < 0)
		return vnft_fail(-EIO, "libvirt does not start: %s", vnft_libvirt_error());
	virSetErrorFunc(NULL, say_nothing);
	shared.wake_timer = virEventAddTimeout(-1, wake, NULL, NULL);
	if (shared.wake_timer < 0)
		return vnft_fail(-EIO, "libvirt's event loop: %s", vnft_libvirt_error());
	started = true;
	return 0;
}

/* Called with the lock held, as is the next. */
static int get_loop(void)
{
	sigset_t all, old;
	int err;

	err = vnft_libvirt_start_library();
	if (err)
		return err;
	if (!shared.connections) {
		shared.quit = false;
		/* Interrupts are for the thread that waits. */
		sigfillset(&all);
		pthread_sigmask(SIG_SETMASK, &all, &old);
		err = pthread_create(&shared.loop, NULL, event_loop, NULL);
		pthread_sigmask(SIG_SETMASK, &old, NULL);
		if (err)
			return vnft_fail(-err, "libvirt's event loop: %s", strerror(err));
	}
	shared.connections++;
	return 0;
}

static void put_loop(void)
{
	if (--shared.connections)
		return;
	shared.quit = true;
	virEventUpdateTimeout(shared.wake_timer, 0);
	pthread_join(shared.loop, NULL);
}

bool vnft_libvirt_answers(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool ok;

	if (fd < 0)
		return false;
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	ok = !connect(fd, (struct sockaddr *)&addr, sizeof(addr));
	close(fd);
	return ok;
}

bool vnft_libvirt_uri(char *uri, size_t bytes)
{
	const char *from = getenv("VNFT_LIBVIRT_URI");

	if (!from || !from[0])
		from = getenv("LIBVIRT_DEFAULT_URI");
	if (!from || !from[0])
		from = vnft_libvirt_answers("/run/libvirt/libvirt-sock") ||
		       vnft_libvirt_answers("/run/libvirt/virtqemud-sock") ? SYSTEM : EMBED;
	snprintf(uri, bytes, "%s", from);
	return !strncmp(from, EMBED, strlen(EMBED));
}

/* Called with the lock held, the loop running. */
static int connect_it(struct vnft_run *run)
{
	char root[128];
	bool embedded = vnft_libvirt_uri(shared.uri, sizeof(shared.uri));
	int err;

	if (embedded) {
		err = vnft_libvirt_embed_prepare(run, root, sizeof(root));
		if (err)
			return err;
		snprintf(shared.uri, sizeof(shared.uri), EMBED "?root=%s", root);
		vnft_libvirt_embed_as_root(true);
	}
	shared.conn = virConnectOpen(shared.uri);
	vnft_libvirt_embed_as_root(false);
	if (!shared.conn)
		return vnft_fail(-EIO, "libvirt at %s does not answer: %s", shared.uri,
				 vnft_libvirt_error());
	/* A daemon that hangs must not hang us; the embedded driver has no such call. */
	virConnectSetKeepAlive(shared.conn, PING_EVERY_S, PINGS);
	return 0;
}

int vnft_libvirt_open(struct vnft_run *run, virConnectPtr *conn, char *uri, size_t bytes)
{
	int err = 0;

	*conn = NULL;
	pthread_mutex_lock(&shared.lock);
	if (!shared.users) {
		err = get_loop();
		if (err)
			goto out;
		err = connect_it(run);
		if (err) {
			put_loop();
			goto out;
		}
	}
	shared.users++;
	*conn = shared.conn;
	snprintf(uri, bytes, "%s", shared.uri);
out:
	pthread_mutex_unlock(&shared.lock);
	return err;
}

void vnft_libvirt_close(virConnectPtr conn)
{
	if (!conn)
		return;
	pthread_mutex_lock(&shared.lock);
	if (!--shared.users) {
		virConnectClose(shared.conn);
		shared.conn = NULL;
		put_loop();
	}
	pthread_mutex_unlock(&shared.lock);
}

int vnft_libvirt_connect(const char *uri, virConnectPtr *conn)
{
	int err;

	*conn = NULL;
	pthread_mutex_lock(&shared.lock);
	err = get_loop();
	if (!err)
		*conn = virConnectOpen(uri);
	if (*conn) {
		virConnectSetKeepAlive(*conn, PING_EVERY_S, PINGS);
	} else if (!err) {
		err = vnft_fail(-EIO, "libvirt at %s does not answer: %s", uri,
				vnft_libvirt_error());
		put_loop();
	}
	pthread_mutex_unlock(&shared.lock);
	return err;
}

void vnft_libvirt_disconnect(virConnectPtr conn)
{
	if (!conn)
		return;
	pthread_mutex_lock(&shared.lock);
	virConnectClose(conn);
	put_loop();
	pthread_mutex_unlock(&shared.lock);
}

int vnft_libvirt_probe(virConnectPtr conn, const struct vnft_type *type, const char *emulator,
		       bool kvm)
{
	const char *machine = type->machine[0] ? type->machine : "q35";
	char *caps = virConnectGetDomainCapabilities(conn, emulator, "x86_64", machine,
						     kvm ? "kvm" : "qemu", 0);

	if (!caps)
		return vnft_fail(-EOPNOTSUPP, "%s: %s cannot be a %s with %s: %s", type->name,
				 machine, kvm ? "KVM guest" : "guest under TCG", emulator,
				 vnft_libvirt_error());
	free(caps);
	vnft_libvirt_embed_keep_probe();
	return 0;
}
