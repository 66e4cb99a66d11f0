/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Record files as a source. The bytes of a file may be anything. Either it is refused with one line
 * that names the record, or every record handed out is one that the contract allows. Stamps and
 * numbers in it may still be nonsense, and those who read them take any value. A file that stops
 * early is not damaged: its whole records are handed out, and vnft_file_unfinished() says so.
 */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../kmod/core/hooks.h"
#include "../lib/text/error.h"

#define BATCH_RECORDS	1024
#define MAX_CPUS	4096
/* Of the contract: what it wrote means the same, but for tags' bytes and halves of GSO frames. */
#define OLDEST_VERSION	1

/**
 * struct file_source - an open record file
 * @next: sequence number that the next record of each CPU's ring must have, 0 before its first;
 *        the module's rings apart
 * @unread: records missing in the sequences of all CPUs
 * @cut_bytes: of a record that is not whole, at the end
 * @finished: its last record says so
 * @defined: bit per device id
 * @told: @unread was handed out
 */
struct file_source {
	struct vnft_source source;
	char *path;
	int fd;
	uint32_t ncpus;
	uint64_t records;
	uint64_t at;
	uint64_t unread;
	uint32_t cut_bytes;
	uint32_t next[2][MAX_CPUS];
	uint8_t defined[(UINT16_MAX + 1) / 8];
	bool finished;
	bool failed;
	bool told;
	struct vnft_record batch[BATCH_RECORDS];
};

static int bad(const struct file_source *s, const char *what, unsigned long long value)
{
	return vnft_fail(-EBADMSG,
			 "%s: record %llu (byte %llu): %s %llu: not a record file, or damaged",
			 s->path, (unsigned long long)s->at,
			 (unsigned long long)s->at * VNFT_RECORD_BYTES, what, value);
}

static bool hook_known(uint8_t hook)
{
	return hook == VNFT_HOOK_NONE || vnft_hook_row(hook)->name;
}

/* A boundary hook of a DEVICE record, whose side says which way its frames of @dir pass. */
static bool hook_of_side(uint8_t hook, int dir, uint8_t side)
{
	return side < VNFT_SIDE_NR && !(hook & VNFT_HOOK_GUEST_SIDE) && hook_known(hook) &&
	       (hook == VNFT_HOOK_NONE || vnft_hook_dir(vnft_hook_at(hook, side)) == dir);
}

/* Is it NUL-terminated, and without a control byte for a terminal? UTF-8 is allowed. */
static bool name_ok(const char *name, size_t bytes)
{
	const char *end = memchr(name, 0, bytes);

	if (!end)
		return false;
	for (; name < end; name++)
		if ((unsigned char)*name < 0x20 || *name == 0x7f)
			return false;
	return true;
}

/*
 * Whoever names devices and processes may have chosen any bytes: that damages no file. Who shows
 * them makes them printable (lib/text/clean.h).
 */
static bool name_observed(const char *name, size_t bytes)
{
	return memchr(name, 0, bytes);
}

static int check_device(struct file_source *s, struct vnft_record *r)
{
	if (!r->device)
		return bad(s, "DEVICE record with id", 0);
	if (!name_observed(r->dev.name, sizeof(r->dev.name)) || !r->dev.name[0])
		return bad(s, "empty or endless name of device", r->device);
	if (r->dev.link >= VNFT_LINK_NR)
		return bad(s, "unknown link", r->dev.link);
	if (!hook_of_side(r->dev.hook_in, VNFT_DIR_IN, r->dev.side) ||
	    !hook_of_side(r->dev.hook_out, VNFT_DIR_OUT, r->dev.side))
		return bad(s, "unknown hook or side of device", r->device);
	if (r->dev.event > VNFT_DEVICE_GONE)
		return bad(s, "unknown device event", r->dev.event);
	s->defined[r->device / 8] |= (uint8_t)(1 << r->device % 8);
	return 0;
}

static int check_kind(struct file_source *s, struct vnft_record *r)
{
	switch (r->kind) {
	case VNFT_KIND_DEVICE:
		return check_device(s, r);
	case VNFT_KIND_FLOW:
		return r->flow ? 0 : bad(s, "FLOW record with id", 0);
	case VNFT_KIND_PACKET:
	case VNFT_KIND_STAGE:
		if (r->class >= VNFT_CLASS_NR)
			return bad(s, "unknown class", r->class);
		if (!r->hook)
			return bad(s, "packet record with hook", r->hook);
		return 0;
	case VNFT_KIND_LIFE:
		if (r->life.event < VNFT_LIFE_EXEC || r->life.event > VNFT_LIFE_VCPU_ENTRY)
			return bad(s, "unknown life event", r->life.event);
		return name_observed(r->life.comm, sizeof(r->life.comm)) ? 0 :
		       bad(s, "endless name of process", r->len32);
	case VNFT_KIND_MARK:
		return name_ok(r->mark.name, sizeof(r->mark.name)) ? 0 :
		       bad(s, "mark that cannot be printed, of run", r->len32);
	case VNFT_KIND_LOST:
		return r->len32 < VNFT_LOST_NR ? 0 : bad(s, "unknown cause of loss", r->len32);
	case VNFT_KIND_SENT:
		return 0;
	default:	/* NONE, a second MANIFEST, or unknown */
		return bad(s, "unexpected kind", r->kind);
	}
}

static int check(struct file_source *s, struct vnft_record *r)
{
	int err;

	if (r->cpu >= s->ncpus)
		return bad(s, "CPU beyond those of the stream,", r->cpu);
	if (!hook_known(r->hook))
		return bad(s, "unknown hook", r->hook);
	err = check_kind(s, r);
	if (err)
		return err;
	if (r->device && !(s->defined[r->device / 8] & 1 << r->device % 8))
		return bad(s, "no DEVICE record before its first use, of device", r->device);
	return 0;
}

/*
 * Count what is missing between this record and the last of its CPU. Userspace's records
 * have no place in any CPU's sequence (seq 0). A step back is a new stream appended (a device
 * attached again), not a loss of four billion.
 */
static void follow(struct file_source *s, const struct vnft_record *r)
{
	uint32_t *next = &s->next[!!(r->flags & VNFT_RF_MODULE)][r->cpu], gap;

	if (!r->seq)
		return;
	gap = *next ? r->seq - *next : 0;
	if (gap < UINT32_MAX / 2)
		s->unread += gap;
	*next = r->seq + 1 ? r->seq + 1 : 1;
}

static int read_records(struct file_source *s, struct vnft_record *to, size_t n)
{
	size_t want = n * sizeof(*to), got = 0;
	ssize_t r;

	while (got < want) {
		r = read(s->fd, (char *)to + got, want - got);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return vnft_fail(-errno, "%s: cannot be read: %s", s->path,
					 strerror(errno));
		if (!r)
			return vnft_fail(
				-EBADMSG,
				"%s: became shorter while it was read: truncated at byte %llu",
				s->path, (unsigned long long)s->at * sizeof(*to) + got);
		got += (size_t)r;
	}
	return 0;
}

/* The gaps become one more loss counter at the end of the stream. */
static int tell_unread(struct file_source *s, vnft_record_fn fn, void *arg, size_t *n)
{
	struct vnft_record r = {
		.kind = VNFT_KIND_LOST,
		.flags = VNFT_RF_USERSPACE,
		.len32 = VNFT_LOST_UNREAD,
		.lost.count = s->unread,
	};

	s->told = true;
	*n = 1;
	return fn(&r, arg);
}

static int file_drain(struct vnft_source *source, vnft_record_fn fn, void *arg)
{
	struct file_source *s = (struct file_source *)source;
	uint64_t left = s->records - s->at;
	size_t n = left < BATCH_RECORDS ? (size_t)left : BATCH_RECORDS, i;
	int err;

	if (s->failed)
		return vnft_fail(-EBADMSG, "%s: a part of it was refused before", s->path);
	err = n ? read_records(s, s->batch, n) : 0;
	for (i = 0; i < n && !err; i++, s->at++) {
		err = s->at ? check(s, &s->batch[i]) : 0;
		if (err)
			break;
		if (s->finished && s->at == s->records - 1)
			continue;	/* of the file, not of what was seen */
		follow(s, &s->batch[i]);
		err = fn(&s->batch[i], arg);
	}
	if (!n && s->unread && !s->told)
		err = tell_unread(s, fn, arg, &n);
	s->failed = err;
	return err ? err : (int)n;
}

static void file_close(struct vnft_source *source)
{
	struct file_source *s = (struct file_source *)source;

	if (!s)
		return;
	if (s->fd >= 0)
		close(s->fd);
	free(s->path);
	free(s);
}

static const struct vnft_source_ops file_ops = {
	.name = "file",
	.drain = file_drain,
	.close = file_close,
};

uint64_t vnft_file_unread(const struct vnft_source *source)
{
	return source->ops == &file_ops ? ((const struct file_source *)source)->unread : 0;
}

static int check_size(struct file_source *s)
{
	struct stat st;
	uint64_t bytes;

	if (fstat(s->fd, &st))
		return vnft_fail(-errno, "%s: %s", s->path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return vnft_fail(-EBADMSG, "%s: not a regular file", s->path);
	bytes = (uint64_t)st.st_size;
	s->records = bytes / VNFT_RECORD_BYTES;
	s->cut_bytes = bytes % VNFT_RECORD_BYTES;
	if (!bytes)
		return vnft_fail(-EBADMSG, "%s: empty: not a record file", s->path);
	if (!s->records)
		return vnft_fail(-EBADMSG, "%s: %u bytes, less than a record: not a record file",
				 s->path, s->cut_bytes);
	return 0;
}

static void look_at_end(struct file_source *s)
{
	const off_t at = (off_t)((s->records - 1) * VNFT_RECORD_BYTES);
	struct vnft_record r;

	s->finished = pread(s->fd, &r, sizeof(r), at) == sizeof(r) &&
		      r.kind == VNFT_KIND_MARK &&
		      !strncmp(r.mark.name, VNFT_FILE_END, VNFT_NAME_LEN);
}

bool vnft_file_unfinished(const struct vnft_source *source, char *how, size_t bytes)
{
	const struct file_source *s = (const struct file_source *)source;
	char cut[64] = "";

	if (source->ops != &file_ops || (s->finished && !s->cut_bytes))
		return false;
	if (s->cut_bytes)
		snprintf(cut, sizeof(cut), ", %u bytes of one more are left out", s->cut_bytes);
	snprintf(how, bytes, "not finished: being written, cut, or its writer was killed: %llu "
		 "whole records%s", (unsigned long long)s->records, cut);
	return true;
}

static int check_manifest(struct file_source *s)
{
	struct vnft_record r;
	int err = read_records(s, &r, 1);

	if (err)
		return err;
	if (lseek(s->fd, 0, SEEK_SET))
		return vnft_fail(-errno, "%s: cannot be read again: %s", s->path, strerror(errno));
	if (r.kind != VNFT_KIND_MANIFEST || r.flow != VNFT_MAGIC)
		return vnft_fail(-EBADMSG, "%s: does not begin with a manifest: not a record file",
				 s->path);
	if (r.manifest.version < OLDEST_VERSION || r.manifest.version > VNFT_ABI_VERSION)
		return vnft_fail(
			-EBADMSG,
			"%s: version %u, this tool reads %u to %u: use the version that wrote it",
			s->path, r.manifest.version, OLDEST_VERSION, VNFT_ABI_VERSION);
	if (!r.manifest.ncpus || r.manifest.ncpus > MAX_CPUS)
		return bad(s, "impossible number of CPUs", r.manifest.ncpus);
	if (r.cpu >= r.manifest.ncpus || r.hook || r.device)
		return bad(s, "manifest with device", r.device);
	if (!name_ok(r.manifest.tool, sizeof(r.manifest.tool)))
		return bad(s, "tool name that cannot be printed, version", r.manifest.version);
	s->ncpus = r.manifest.ncpus;
	return 0;
}

int vnft_file_open(struct vnft_source **source, const char *path)
{
	struct file_source *s = calloc(1, sizeof(*s));
	int err;

	*source = NULL;
	if (!s)
		return vnft_fail(-ENOMEM, "%s: out of memory", path);
	s->source.ops = &file_ops;
	s->path = strdup(path);
	s->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (!s->path)
		err = vnft_fail(-ENOMEM, "%s: out of memory", path);
	else if (s->fd < 0)
		err = vnft_fail(-errno, "%s: %s", path, strerror(errno));
	else
		err = check_size(s);
	if (!err)
		err = check_manifest(s);
	if (!err)
		look_at_end(s);
	if (err)
		file_close(&s->source);
	else
		*source = &s->source;
	return err;
}
