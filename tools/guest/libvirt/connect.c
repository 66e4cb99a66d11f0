/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which libvirt runs the domains, and one connection to it per process.
 */
#include "libvirt.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/undo/journal.h"
#include "../../lib/text/error.h"
#include "../virt/virt.h"

#define EMBED		"qemu:///embed"
#define SYSTEM		"qemu:///system"

static struct {
	pthread_mutex_t lock;
	virConnectPtr conn;
	unsigned int users;
	char uri[256];
} shared = { .lock = PTHREAD_MUTEX_INITIALIZER };

bool vnft_libvirt_uri(char *uri, size_t bytes)
{
	const char *from = getenv("VNFT_LIBVIRT_URI");

	if (!from || !from[0])
		from = getenv("LIBVIRT_DEFAULT_URI");
	if (!from || !from[0])
		from = vnft_virt_answers("/run/libvirt/libvirt-sock") ||
		       vnft_virt_answers("/run/libvirt/virtqemud-sock") ? SYSTEM : EMBED;
	snprintf(uri, bytes, "%s", from);
	return !strncmp(from, EMBED, strlen(EMBED));
}

/* Called with the lock held. */
static int connect_it(struct vnft_journal *journal)
{
	char root[128];
	bool embedded = vnft_libvirt_uri(shared.uri, sizeof(shared.uri));
	int err;

	if (embedded) {
		err = vnft_libvirt_embed_prepare(journal, root, sizeof(root));
		if (err)
			return err;
		snprintf(shared.uri, sizeof(shared.uri), EMBED "?root=%s", root);
		vnft_libvirt_embed_as_root(true);
	}
	err = vnft_virt_connect(shared.uri, &shared.conn);
	vnft_libvirt_embed_as_root(false);
	return err;
}

int vnft_libvirt_open(struct vnft_journal *journal, virConnectPtr *conn, char *uri, size_t bytes)
{
	int err = 0;

	*conn = NULL;
	pthread_mutex_lock(&shared.lock);
	if (!shared.users)
		err = connect_it(journal);
	if (!err) {
		shared.users++;
		*conn = shared.conn;
		snprintf(uri, bytes, "%s", shared.uri);
	}
	pthread_mutex_unlock(&shared.lock);
	return err;
}

void vnft_libvirt_close(virConnectPtr conn)
{
	if (!conn)
		return;
	pthread_mutex_lock(&shared.lock);
	if (!--shared.users) {
		vnft_virt_disconnect(shared.conn);
		shared.conn = NULL;
	}
	pthread_mutex_unlock(&shared.lock);
}

int vnft_libvirt_probe(virConnectPtr conn, const struct vnft_type *type, const char *emulator,
		       bool kvm)
{
	char *caps = virConnectGetDomainCapabilities(conn, emulator, "x86_64", type->machine,
						     kvm ? "kvm" : "qemu", 0);

	if (!caps)
		return vnft_fail(-EOPNOTSUPP, "%s: %s cannot be a %s with %s: %s", type->name,
				 type->machine, kvm ? "KVM guest" : "guest under TCG", emulator,
				 vnft_virt_error());
	free(caps);
	vnft_libvirt_embed_keep_probe();
	return 0;
}
