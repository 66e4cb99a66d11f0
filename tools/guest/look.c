/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Looking things up that several drivers want to know: programs, images, devices; and files that
 * they make.
 */
#include "parts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/host/kvm.h"
#include "../lib/host/place.h"
#include "../lib/net/link.h"
#include "../lib/net/netns.h"
#include "../lib/run/child.h"
#include "../lib/run/way.h"
#include "../lib/undo/dirs.h"
#include "../lib/text/error.h"
#include "type/words.h"

bool vnft_guest_find(const char *program, char *to, size_t bytes)
{
	const char *path = getenv("PATH"), *dir;
	size_t n;

	if (strchr(program, '/')) {
		snprintf(to, bytes, "%s", program);
		return !access(program, X_OK);
	}
	for (dir = path ? path : "/usr/sbin:/usr/bin:/sbin:/bin"; ; dir += n + 1) {
		n = strcspn(dir, ":");
		if (n && (size_t)snprintf(to, bytes, "%.*s/%s", (int)n, dir, program) < bytes &&
		    !access(to, X_OK))
			return true;
		if (!dir[n])
			return false;
	}
}

int vnft_guest_check_command(const struct vnft_type *type)
{
	struct vnft_words words;
	char path[512];
	int err;

	err = vnft_words_split(&words, type->command, NULL);
	if (err)
		return err;
	if (!words.n || !vnft_guest_find(words.argv[0], path, sizeof(path)))
		err = vnft_fail(-EOPNOTSUPP, "%s: no program %s: %s", type->name,
				words.n ? words.argv[0] : "in its command", type->needs[0] ?
				type->needs : "install it, or put it on PATH");
	vnft_words_free(&words);
	return err;
}

int vnft_guest_check_container(struct vnft_type *type, bool macvlan)
{
	if (!vnft_type_is_container(type) || !type->image[0] ||
	    (type->topology != VNFT_TOPOLOGY_VETH &&
	     (!macvlan || type->topology != VNFT_TOPOLOGY_MACVLAN)))
		return vnft_fail(-EBADMSG, "driver %s needs \"virtualization = container\", "
				 "\"topology = veth\"%s and an \"image\"", type->driver,
				 macvlan ? " or \"macvlan\"" : "");
	if (!type->command[0])
		return vnft_fail(-EBADMSG, "driver %s needs a \"command\": the workload",
				 type->driver);
	return 0;
}

/*
 * What root boots or runs out of our own cache, nobody else may have put there, nor exchange later.
 * Where other images lie was chosen by who wrote the type.
 */
static int check_owner(const struct vnft_type *type, const char *what, const char *path)
{
	const char *cache = vnft_cache_dir();
	size_t n = strlen(cache);
	char why[600];

	while (n && cache[n - 1] == '/')
		n--;
	if (strncmp(path, cache, n) || path[n] != '/' || vnft_way_is_owned(path) != -EPERM)
		return 0;
	snprintf(why, sizeof(why), "%s", vnft_why());
	return vnft_fail(-EOPNOTSUPP, "%s: %s %s", type->name, what, why);
}

int vnft_guest_check_image(const struct vnft_type *type, const char *what, const char *path)
{
	struct stat st;

	if (!path[0])
		return 0;
	/* Who opens or reads a pipe or a device waits for who knows whom. */
	if (!stat(path, &st) && !S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode) &&
	    !S_ISDIR(st.st_mode))
		return vnft_fail(-EOPNOTSUPP, "%s: %s %s is no file, directory or disk", type->name,
				 what, path);
	if (!access(path, R_OK))
		return check_owner(type, what, path);
	if (errno == EACCES)
		return vnft_fail(-EOPNOTSUPP, "%s: %s %s cannot be read: run as root", type->name,
				 what, path);
	return vnft_fail(-EOPNOTSUPP, "%s: %s %s is missing%s%s", type->name, what, path,
			 type->build[0] || type->needs[0] ? ": " : "",
			 type->build[0] ? type->build : type->needs);
}

/*
 * What will run a VM's instructions; a command that does not ask with @ACCEL@ is taken to need
 * KVM.
 */
int vnft_guest_choose_accel(const struct vnft_type *type, enum vnft_accel *accel)
{
	struct vnft_kvm_speed speed;
	int err = vnft_type_accel(type, accel);

	if (err || *accel != VNFT_ACCEL_TCG || strstr(type->command, "@ACCEL@"))
		return err;
	if (type->accel == VNFT_ACCEL_CHOICE_TCG)
		return vnft_fail(-EOPNOTSUPP, "%s: --accel tcg: its command does not ask what to "
				 "use: write @ACCEL@ into it", type->name);
	vnft_kvm_measure(&speed);
	return vnft_fail(-EOPNOTSUPP, "%s: KVM does not run guests here (%s): write @ACCEL@ into "
			 "its command to allow TCG", type->name, speed.why);
}

int vnft_guest_check_root(const struct vnft_type *type)
{
	char inner[600];
	int err = vnft_guest_check_image(type, "root file system", type->image);

	if (err)
		return err;
	/* A runtime would make a missing mount point inside the image. */
	snprintf(inner, sizeof(inner), "%s/proc", type->image);
	return vnft_guest_check_image(type, "root file system", inner);
}

int vnft_guest_check_images(const struct vnft_type *type)
{
	int err;

	err = vnft_guest_check_image(type, "kernel", type->kernel);
	if (!err)
		err = vnft_guest_check_image(type, "initrd", type->initrd);
	return err ? err : vnft_guest_check_image(type, "image", type->image);
}

int vnft_guest_write_new(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	const size_t bytes = strlen(text);
	ssize_t n;

	if (fd < 0)
		return vnft_fail(-errno, "%s: %s", path, strerror(errno));
	n = write(fd, text, bytes);
	close(fd);
	return n == (ssize_t)bytes ? 0 : vnft_fail(-EIO, "%s: cannot be written", path);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	return remove(path);
}

void vnft_guest_remove_dir(const char *dir)
{
	/* What stays behind is noted, and vnft_journal_end() says why. */
	if (!strncmp(dir, VNFT_RUN_DIR "/", strlen(VNFT_RUN_DIR) + 1))
		nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

int vnft_guest_find_veth(const struct vnft_held *process, const char *ifname, char device[16])
{
	struct vnft_link_info inner, outer;
	char where[32];
	int fd, back, err;

	snprintf(where, sizeof(where), "pid:%d", process->pid);
	fd = vnft_netns_open(where);
	if (fd < 0)
		return fd;
	err = vnft_held_lives(process) ? vnft_netns_enter(fd, &back) :
	      vnft_fail(-ESRCH, "process %d has ended", process->pid);
	close(fd);
	if (err)
		return err;
	err = vnft_link_get(ifname, &inner);
	vnft_netns_leave(back);
	if (!err)
		err = vnft_link_get_index(inner.peer_ifindex, &outer);
	if (err)
		return err;
	/* An index is only unique within a namespace: this one must point back. */
	if (outer.peer_ifindex != inner.ifindex)
		return vnft_fail(-ENODEV, "%s of process %d has no peer here", ifname,
				 process->pid);
	snprintf(device, 16, "%s", outer.name);
	return 0;
}

void vnft_guest_version(const char *program, const char *option, char *to, size_t bytes)
{
	char *const argv[] = { (char *)program, (char *)option, NULL };

	to[0] = 0;
	if (vnft_child_run(argv, 5000, to, bytes))
		to[0] = 0;
	to[strcspn(to, "\n")] = 0;
}

void vnft_guest_veth_say(const struct vnft_place *place, struct vnft_guest_veth_words *to)
{
	const uint8_t *m = place->guest_mac;

	inet_ntop(AF_INET, &place->guest_ipv4, to->address, sizeof(to->address));
	inet_ntop(AF_INET, &place->host_ipv4, to->gateway, sizeof(to->gateway));
	snprintf(to->prefix, sizeof(to->prefix), "%u", place->prefix ? place->prefix : 30);
	snprintf(to->mac, sizeof(to->mac), "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3],
		 m[4], m[5]);
}
