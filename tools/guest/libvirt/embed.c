/* SPDX-License-Identifier: GPL-2.0 */
/*
 * libvirt's embedded driver: no daemon, its whole state in a directory below the session's, QEMU in
 * the namespace of the thread that creates the domain. Only what its capability probe found
 * outlives the session.
 */
#include "libvirt.h"
#include "../parts.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/host/place.h"
#include "../../lib/run/owned.h"
#include "../../lib/undo/journal.h"
#include "../../lib/text/error.h"

#define PROBE_BYTES_MAX	(1 << 20)

/*
 * No daemon to hold the log files, no confinement that needs one, no cgroup of its own: what the
 * instance costs is read from its processes.
 */
static const char config[] =
	"stdio_handler = \"file\"\n"
	"security_driver = \"none\"\n"
	"user = \"root\"\n"
	"group = \"root\"\n"
	"dynamic_ownership = 0\n"
	"remember_owner = 0\n"
	"namespaces = []\n"
	"cgroup_controllers = []\n"
	/* Hooks know QEMU by the name that it has from its file. */
	"set_process_name = 0\n";

static char embed_root[128];
static atomic_bool as_root;

const char *vnft_libvirt_embed_root(void)
{
	return embed_root;
}

void vnft_libvirt_embed_as_root(bool on)
{
	as_root = on;
}

/*
 * libvirt looks up the user libvirt-qemu, which libvirt-daemon-system makes, before it reads the
 * line above that says root, and gives up without it. Instead of making a user on the host, answer
 * that one question here: these two stand in front of the C library's, for libvirt too.
 */
int getpwnam_r(const char *name, struct passwd *pwd, char *buf, size_t bytes,
	       struct passwd **result)
{
	int (*next)(const char *, struct passwd *, char *, size_t, struct passwd **);
	int err;

	*(void **)&next = dlsym(RTLD_NEXT, "getpwnam_r");
	err = next(name, pwd, buf, bytes, result);
	return as_root && !*result ? getpwuid_r(0, pwd, buf, bytes, result) : err;
}

int getgrnam_r(const char *name, struct group *grp, char *buf, size_t bytes, struct group **result)
{
	int (*next)(const char *, struct group *, char *, size_t, struct group **);
	int err;

	*(void **)&next = dlsym(RTLD_NEXT, "getgrnam_r");
	err = next(name, grp, buf, bytes, result);
	return as_root && !*result ? getgrgid_r(0, grp, buf, bytes, result) : err;
}

/* mkdir -p of @dir/@below. */
static int make_dirs(const char *dir, const char *below)
{
	char path[512], *at;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", dir, below) >= sizeof(path))
		return vnft_fail(-ENAMETOOLONG, "%s/%s: path is too long", dir, below);
	for (at = strchr(path + 1, '/'); ; at = strchr(at + 1, '/')) {
		if (at)
			*at = 0;
		if (mkdir(path, 0700) && errno != EEXIST)
			return vnft_fail(-errno, "%s: %s", path, strerror(errno));
		if (!at)
			return 0;
		*at = '/';
	}
}

static int write_file(const char *path, const char *text, size_t bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool ok = fd >= 0 && write(fd, text, bytes) == (ssize_t)bytes;
	int err = errno;

	if (fd >= 0 && close(fd))
		ok = false;
	return ok ? 0 : vnft_fail(-(err ? err : EIO), "%s: %s", path, strerror(err ? err : EIO));
}

/* A file appears whole or not at all: others may read the cache meanwhile. */
static int copy_file(const char *from, const char *to)
{
	char *text = malloc(PROBE_BYTES_MAX), part[600];
	int fd = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), err = -EIO;
	ssize_t n = text && fd >= 0 ? read(fd, text, PROBE_BYTES_MAX) : -1;

	if (fd >= 0)
		close(fd);
	snprintf(part, sizeof(part), "%s.%d", to, getpid());
	if (n > 0 && n < PROBE_BYTES_MAX && !write_file(part, text, (size_t)n)) {
		err = rename(part, to) ? -errno : 0;
		if (err)
			unlink(part);
	}
	free(text);
	return err;
}

/*
 * Probes are XML files named by a hash of the emulator; libvirt itself checks that they still hold.
 */
static void copy_probes(const char *from, const char *to)
{
	DIR *dir = opendir(from);
	char source[512], target[512];
	struct dirent *de;

	while (dir && (de = readdir(dir))) {
		size_t n = strlen(de->d_name);

		if (n < 4 || strcmp(de->d_name + n - 4, ".xml") ||
		    (size_t)snprintf(source, sizeof(source), "%s/%s", from, de->d_name) >=
		    sizeof(source) ||
		    (size_t)snprintf(target, sizeof(target), "%s/%s", to, de->d_name) >=
		    sizeof(target))
			continue;
		if (copy_file(source, target))
			vnft_debug("%s: not kept in %s", source, to);
	}
	if (dir)
		closedir(dir);
}

/* What we would copy from the cache, libvirt believes: nobody else may write there. */
static bool cache_is_ours(const char *kept)
{
	int fd = vnft_owned_open(kept, 0);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void probe_dirs(char mine[256], char kept[256])
{
	snprintf(mine, 256, "%s/cache/qemu/capabilities", embed_root);
	snprintf(kept, 256, "%s/libvirt", vnft_cache_dir());
}

void vnft_libvirt_embed_keep_probe(void)
{
	char mine[256], kept[256];

	if (!embed_root[0])
		return;
	probe_dirs(mine, kept);
	/* Without a cache the next session probes again: slower, no failure. */
	if (!make_dirs(kept, "") && cache_is_ours(kept))
		copy_probes(mine, kept);
}

int vnft_libvirt_embed_prepare(struct vnft_journal *journal, char *root, size_t bytes)
{
	char path[256], kept[256];
	int err;

	if (geteuid())
		return vnft_fail(-EPERM,
				 "libvirt's embedded driver needs root: run as root, or name a "
				 "daemon in VNFT_LIBVIRT_URI");
	/* libvirt keeps its first directory until the process ends. */
	if (!embed_root[0])
		snprintf(embed_root, sizeof(embed_root), "%s/libvirt", journal->dir);
	err = vnft_journal_note(journal, "dir %s", embed_root);
	if (!err)
		err = make_dirs(embed_root, "etc");
	if (!err)
		err = make_dirs(embed_root, "cache/qemu/capabilities");
	/* libvirt makes these once, when it starts; an earlier session's end has removed them. */
	if (!err)
		err = make_dirs(embed_root, "run/qemu");
	if (err)
		return err;
	snprintf(path, sizeof(path), "%s/etc/qemu.conf", embed_root);
	err = write_file(path, config, sizeof(config) - 1);
	if (err)
		return err;
	probe_dirs(path, kept);
	if (cache_is_ours(kept))
		copy_probes(kept, path);
	snprintf(root, bytes, "%s", embed_root);
	return 0;
}
