/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The library's start and its event loop, in a thread of its own as long as a connection is open.
 */
#include "virt.h"

#include <errno.h>
#include <libvirt/virterror.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../../lib/text/error.h"
#include "../parts.h"

#define PING_EVERY_S	5
#define PINGS		6

static struct {
	pthread_mutex_t lock;
	unsigned int connections;	/* that need the loop */
	pthread_t loop;
	int wake_timer;
	atomic_bool quit;
} shared = { .lock = PTHREAD_MUTEX_INITIALIZER };

const char *vnft_virt_error(void)
{
	static const char noise[] = "internal error: ";
	static _Thread_local char line[400];
	const char *message = virGetLastErrorMessage();

	if (!strncmp(message, noise, strlen(noise)))
		message += strlen(noise);
	vnft_said_one_line(message, line, sizeof(line));
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
int vnft_virt_start_library(void)
{
	static bool started;

	if (started)
		return 0;
	if (virInitialize() < 0 || virEventRegisterDefaultImpl() < 0)
		return vnft_fail(-EIO, "libvirt does not start: %s", vnft_virt_error());
	virSetErrorFunc(NULL, say_nothing);
	shared.wake_timer = virEventAddTimeout(-1, wake, NULL, NULL);
	if (shared.wake_timer < 0)
		return vnft_fail(-EIO, "libvirt's event loop: %s", vnft_virt_error());
	started = true;
	return 0;
}

/* Called with the lock held, as is the next. */
static int get_loop(void)
{
	sigset_t all, old;
	int err;

	err = vnft_virt_start_library();
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

bool vnft_virt_answers(const char *path)
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

int vnft_virt_connect(const char *uri, virConnectPtr *conn)
{
	int err;

	*conn = NULL;
	pthread_mutex_lock(&shared.lock);
	err = get_loop();
	if (!err)
		*conn = virConnectOpen(uri);
	if (*conn) {
		/* A daemon that hangs must not hang us; the embedded driver has no such call. */
		virConnectSetKeepAlive(*conn, PING_EVERY_S, PINGS);
	} else if (!err) {
		err = vnft_fail(-EIO, "libvirt at %s does not answer: %s", uri,
				vnft_virt_error());
		put_loop();
	}
	pthread_mutex_unlock(&shared.lock);
	return err;
}

void vnft_virt_disconnect(virConnectPtr conn)
{
	if (!conn)
		return;
	pthread_mutex_lock(&shared.lock);
	virConnectClose(conn);
	put_loop();
	pthread_mutex_unlock(&shared.lock);
}

json_t *vnft_virt_version(void)
{
	unsigned long number = 0;

	if (vnft_virt_start_library() || virGetVersion(&number, NULL, NULL))
		return NULL;
	return json_sprintf("%lu.%lu.%lu", number / 1000000, number / 1000 % 1000, number % 1000);
}
