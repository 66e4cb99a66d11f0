/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Running xl, and reading what it prints. Names of domains and words of guests are in that text:
 * every reader takes any bytes.
 */
#include "xen.h"
#include "../parts.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/run/child.h"
#include "../../lib/run/clock.h"
#include "../../lib/text/error.h"

/* The machine that emulates a Xen host may be busy. */
#define LOOK_MS		60000
#define SLICE_MS	50
/* Xen's DOMID_FIRST_RESERVED. */
#define DOMID_END	0x7ff0

int vnft_xen_xl(char *const argv[], unsigned int timeout_ms, char *out, size_t bytes)
{
	const uint64_t end_ns = vnft_now_ns() + timeout_ms * 1000000ULL;
	struct vnft_child child;
	size_t used = 0;
	int got;

	out[0] = 0;
	got = vnft_child_start(&child, argv, NULL);
	if (got)
		return got;
	while (vnft_now_ns() < end_ns) {
		struct pollfd p = { .fd = child.out_fd, .events = POLLIN };
		char spill[1024];	/* what does not fit is read, or xl would block */
		const bool room = used + 1 < bytes;
		ssize_t n;

		/* Whoever it left behind may keep the pipe open. */
		if (poll(&p, 1, SLICE_MS) <= 0) {
			if (vnft_process_ended(child.pid))
				break;
			continue;
		}
		n = read(child.out_fd, room ? out + used : spill,
			 room ? bytes - used - 1 : sizeof(spill));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		if (room)
			out[used += (size_t)n] = 0;
	}
	got = vnft_guest_wait_child(&child, vnft_now_ns() < end_ns ?
				    (unsigned int)((end_ns - vnft_now_ns()) / 1000000) : 0);
	vnft_child_stop(&child, 1000);
	if (got == -ETIMEDOUT)
		return vnft_fail(got, "%s %s: no end within %u ms", argv[0], argv[1], timeout_ms);
	return got;
}

/* Where in libxl's source a message comes from helps nobody: "file.c:12:function: ". */
static const char *skip_place(const char *at)
{
	const char *dot = at;
	size_t digits;

	while (isalnum((unsigned char)*dot) || *dot == '_')
		dot++;
	if (strncmp(dot, ".c:", 3))
		return at;
	digits = strspn(dot + 3, "0123456789");
	return digits && dot[3 + digits] == ':' ? dot + 3 + digits + 1 +
		(dot[3 + digits + 1] == ' ') : at;
}

/* The first error is the cause; what follows are its consequences. */
void vnft_xen_words(const char *output, char *to, size_t bytes)
{
	/* xl's, and in libvirt's log libxenlight's and its library's. */
	static const char *const marks[] = { "error: ", ": xc: ", ": libxl: " };
	static const char panic[] = "panic: ";
	char line[400], last[400] = "";
	size_t n, i;

	for (; *output; output += n + (output[n] == '\n')) {
		const char *at = NULL;

		n = strcspn(output, "\n");
		snprintf(line, sizeof(line), "%.*s", n < 399 ? (int)n : 399, output);
		for (i = 0; !at && i < sizeof(marks) / sizeof(marks[0]); i++)
			at = strstr(line, marks[i]);
		if (at) {
			at += strlen(marks[i - 1]);
			if (!strncmp(at, panic, strlen(panic)))
				at += strlen(panic);
			vnft_said_one_line(skip_place(at), to, bytes);
			if (to[0])
				return;
		}
		vnft_said_one_line(line, line, sizeof(line));
		if (line[0])
			memcpy(last, line, sizeof(last));
	}
	snprintf(to, bytes, "%s", last[0] ? last : "it said nothing");
}

bool vnft_xen_domid(const char *text, uint32_t *domid)
{
	uint32_t n = 0;
	size_t i;

	for (i = 0; text[i] >= '0' && text[i] <= '9' && i < 5; i++)
		n = n * 10 + (uint32_t)(text[i] - '0');
	if (!i || text[i] || !n || n >= DOMID_END)
		return false;
	*domid = n;
	return true;
}

#define LIST_WORDS 8

/*
 * "NAME ID MEM VCPUS STATE TIME UUID ...", as `xl list -v` has it. A name may hold anything, but no
 * line of another domain may pass for ours: every column must be what it has to be.
 */
static bool parse_line(char *line, struct vnft_xen_domain *d, const char **uuid)
{
	/* The fifth is why it was shut down: poweroff, reboot, suspend, crash, watchdog. */
	static const char *const flags[6] = { "-r", "-b", "-p", "-s", "-rscw?", "-d" };
	char *word[LIST_WORDS], *rest = NULL, *at;
	unsigned int n = 0, i;

	for (at = strtok_r(line, " \t\r", &rest); at && n < LIST_WORDS;
	     at = strtok_r(NULL, " \t\r", &rest))
		word[n++] = at;
	if (n < 7 || !vnft_xen_domid(word[1], &d->domid) || strlen(word[4]) != 6)
		return false;
	for (i = 0; word[2][i]; i++)
		if (i > 11 || !isdigit((unsigned char)word[2][i]))
			return false;
	for (i = 0; i < 6; i++)
		if (!strchr(flags[i], word[4][i]))
			return false;
	d->memory_mib = strtoull(word[2], NULL, 10);
	/* A dying domain has been destroyed, and only its memory is still being freed. */
	d->state = word[4][5] == 'd' ? VNFT_XEN_GONE : word[4][3] != 's' ? VNFT_XEN_RUNS :
		   strchr("cw", word[4][4]) ? VNFT_XEN_CRASHED : VNFT_XEN_SHUT_DOWN;
	*uuid = word[6];
	return true;
}

bool vnft_xen_list_line(const char *output, const char *uuid, struct vnft_xen_domain *d)
{
	struct vnft_xen_domain found;
	const char *has;
	char line[512];
	size_t n;

	for (; *output; output += n + (output[n] == '\n')) {
		n = strcspn(output, "\n");
		if (n >= sizeof(line))
			continue;
		memcpy(line, output, n);
		line[n] = 0;
		if (!parse_line(line, &found, &has) || strcasecmp(has, uuid))
			continue;
		*d = found;
		return true;
	}
	return false;
}

bool vnft_xen_info_value(const char *output, const char *key, char *to, size_t bytes)
{
	const size_t len = strlen(key);
	size_t n;

	for (; *output; output += n + (output[n] == '\n')) {
		const char *at = output + len;
		char line[400];

		n = strcspn(output, "\n");
		if (n <= len || strncmp(output, key, len))
			continue;
		at += strspn(at, " \t");
		if (*at++ != ':')
			continue;
		snprintf(line, sizeof(line), "%.*s",
			 (int)(output + n - at < 399 ? output + n - at : 399), at);
		vnft_said_one_line(line, to, bytes);
		return true;
	}
	return false;
}

int vnft_xen_pin(const char *name, uint32_t domid, uint32_t cpu)
{
	char dom[12], to[12], out[1024], said[200];
	char *const argv[] = { "xl", "vcpu-pin", dom, "all", to, NULL };
	int got;

	snprintf(dom, sizeof(dom), "%u", domid);
	snprintf(to, sizeof(to), "%u", cpu);
	got = vnft_xen_xl(argv, LOOK_MS, out, sizeof(out));
	if (got <= 0)
		return got;
	vnft_xen_words(out, said, sizeof(said));
	return vnft_fail(-EINVAL, "%s: cannot be pinned to CPU %u: %s", name, cpu, said);
}

int vnft_xen_find(const char *uuid, struct vnft_xen_domain *d)
{
	char *const argv[] = { "xl", "list", "-v", NULL };
	char *out = malloc(VNFT_XEN_OUTPUT_BYTES), said[200];
	int got;

	if (!out)
		return vnft_fail(-ENOMEM, "out of memory");
	got = vnft_xen_xl(argv, LOOK_MS, out, VNFT_XEN_OUTPUT_BYTES);
	if (got > 0) {
		vnft_xen_words(out, said, sizeof(said));
		got = vnft_fail(-EIO, "xl list: %s", said);
	} else if (!got) {
		got = vnft_xen_list_line(out, uuid, d);
	}
	free(out);
	return got;
}
