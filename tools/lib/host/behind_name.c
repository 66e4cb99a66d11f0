/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which domain or container a process is, by its cgroup and its command line.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "behind.h"

#define ID_SHOWN	12	/* digits of a container's number, as docker and podman show it */
#define ID_DIGITS	64

/*
 * Parts of a path in /proc/PID/cgroup. @before stands before the name, @after behind it; @id: the
 * name is a number of 64 digits.
 */
static const struct {
	const char *kind, *before, *after;
	bool id;
} marks[] = {
	{ "docker", "/docker-", ".scope", true },
	{ "docker", "/docker/", "", true },
	{ "podman", "/libpod-", ".scope", true },
	{ "podman", "/libpod-", "", true },
	{ "containerd", "/cri-containerd-", ".scope", true },
	{ "cri-o", "/crio-", ".scope", true },
	{ "lxc", "/lxc.payload.", "", false },
	{ "lxc", "/lxc/", "", false },
	{ "libvirt", "/machine-qemu\\x2d", ".scope", false },
	{ "libvirt", "/machine-lxc\\x2d", ".scope", false },
	{ "nspawn", "/machine-", ".scope", false },
};

static bool is_id(const char *text, size_t bytes)
{
	size_t i;

	for (i = 0; i < bytes; i++)
		if (!isxdigit((unsigned char)text[i]))
			return false;
	return bytes == ID_DIGITS;
}

/* systemd writes bytes that a unit's name may not have as \xHH. */
static void unescape(char *name)
{
	unsigned int c;
	char *to = name;

	for (; *name; name++) {
		if (name[0] == '\\' && name[1] == 'x' && isxdigit((unsigned char)name[2]) &&
		    isxdigit((unsigned char)name[3]) && sscanf(name + 2, "%2x", &c) == 1 && c) {
			*to++ = (char)c;
			name += 3;
		} else {
			*to++ = *name;
		}
	}
	*to = '\0';
}

/* libvirt's unit is "qemu-NUMBER-NAME", escaped; the number is that of the domain. */
static const char *without_number(const char *name)
{
	size_t digits = strspn(name, "0123456789");

	return digits && name[digits] == '-' && name[digits + 1] ? name + digits + 1 : name;
}

/* @at is behind the mark, and the part of the path ends before @end. */
static bool take(size_t m, const char *at, const char *end, struct vnft_behind *behind)
{
	const size_t after = strlen(marks[m].after);
	char name[256];
	size_t bytes = (size_t)(end - at);

	if (bytes <= after || strncmp(end - after, marks[m].after, after))
		return false;
	bytes -= after;
	if (bytes >= sizeof(name) || (marks[m].id && !is_id(at, bytes)))
		return false;
	memcpy(name, at, marks[m].id ? ID_SHOWN : bytes);
	name[marks[m].id ? ID_SHOWN : bytes] = '\0';
	unescape(name);
	snprintf(behind->kind, sizeof(behind->kind), "%s", marks[m].kind);
	snprintf(behind->name, sizeof(behind->name), "%.79s",
		 strcmp(marks[m].kind, "libvirt") ? name : without_number(name));
	return behind->name[0];
}

bool vnft_behind_of_cgroup(const char *lines, struct vnft_behind *behind)
{
	const char *at;
	size_t m;

	for (m = 0; m < sizeof(marks) / sizeof(marks[0]); m++) {
		for (at = lines; (at = strstr(at, marks[m].before)); ) {
			at += strlen(marks[m].before);
			if (take(m, at, at + strcspn(at, "/\n"), behind))
				return true;
		}
	}
	return false;
}

/* QEMU's -name: "NAME", or "guest=NAME" among other settings. A comma of a name is doubled. */
static bool take_qemu_name(const char *value, struct vnft_behind *behind)
{
	const char *from = value, *other = strstr(value, ",guest=");
	size_t n = 0;

	if (!strncmp(value, "guest=", strlen("guest=")))
		from = value + strlen("guest=");
	else if (other)
		from = other + strlen(",guest=");
	else if (value[strcspn(value, ",=")] == '=')
		return false;
	for (; *from && n + 1 < sizeof(behind->name); from++) {
		if (from[0] == ',' && *++from != ',')
			break;
		behind->name[n++] = *from;
	}
	behind->name[n] = '\0';
	snprintf(behind->kind, sizeof(behind->kind), "qemu");
	return n;
}

bool vnft_behind_of_words(const char *words, size_t bytes, struct vnft_behind *behind)
{
	const char *const end = words + bytes;
	const char *program, *word;

	if (!bytes || words[bytes - 1])
		return false;
	program = strrchr(words, '/') ? strrchr(words, '/') + 1 : words;
	if (strncmp(program, "qemu", 4) && strncmp(program, "kvm", 3))
		return false;
	for (word = words + strlen(words) + 1; word < end; word += strlen(word) + 1)
		if ((!strcmp(word, "-name") || !strcmp(word, "--name")) &&
		    word + strlen(word) + 1 < end)
			return take_qemu_name(word + strlen(word) + 1, behind);
	return false;
}

bool vnft_behind_vif(const char *ifname, struct vnft_behind *behind)
{
	unsigned int domid, handle;
	char after;

	if (sscanf(ifname, "vif%u.%u%c", &domid, &handle, &after) != 2)
		return false;
	*behind = (struct vnft_behind) { .kind = "xen" };
	snprintf(behind->name, sizeof(behind->name), "domain %u", domid);
	return true;
}
