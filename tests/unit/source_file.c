/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Record files: what is written comes back, damage is named, what a kill or a full disk leaves can
 * be read as far as it goes; and the merge of CPUs.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../tools/lib/net/link.h"
#include "../../tools/lib/text/error.h"
#include "../../tools/source/file.h"
#include "../../tools/source/file_write.h"
#include "../../tools/source/merge.h"
#include "unit.h"

static char path[64] = "/tmp/vnft-unit-XXXXXX";

struct seen {
	unsigned long n;
	uint64_t unread;
	uint64_t order[64];
};

static int see(const struct vnft_record *r, void *arg)
{
	struct seen *s = arg;

	if (r->kind == VNFT_KIND_LOST && r->len32 == VNFT_LOST_UNREAD)
		s->unread += r->lost.count;
	if (s->n < 64)
		s->order[s->n] = r->time_ns;
	s->n++;
	return 0;
}

static struct vnft_record packet(uint16_t cpu, uint32_t seq, uint64_t time_ns)
{
	return (struct vnft_record){ .time_ns = time_ns, .flow = 5, .seq = seq, .device = 1,
				     .cpu = cpu, .kind = VNFT_KIND_PACKET, .hook = VNFT_HOOK_TCX_IN,
				     .class = VNFT_CLASS_SYN, .len32 = 60 };
}

static int write_good(unsigned long packets)
{
	struct vnft_link_info info = { .ifindex = 3, .name = "tap0", .link = VNFT_LINK_TAP };
	struct vnft_file_writer *w;
	struct vnft_record r;
	unsigned long i;
	int err = vnft_file_create(&w, path, true, 2);

	if (err)
		return err;
	vnft_file_write_device(w, 1, &info, 4026531840u);
	for (i = 0; i < packets; i++) {
		r = packet(i % 2, (uint32_t)(i / 2 + 1), 1000 + i);
		vnft_file_write(&r, w);
	}
	return vnft_file_close(w);
}

static int read_all(struct seen *seen)
{
	struct vnft_source *s;
	int n = vnft_file_open(&s, path);

	memset(seen, 0, sizeof(*seen));
	if (n)
		return n;
	do {
		n = s->ops->drain(s, see, seen);
	} while (n > 0);
	s->ops->close(s);
	return n;
}

/* Change bytes of the file at @at. */
static void patch(long at, const void *bytes, size_t n)
{
	FILE *f = fopen(path, "r+b");

	if (!f || fseek(f, at, SEEK_SET) || fwrite(bytes, 1, n, f) != n || fclose(f))
		exit(1);
}

static void round_trip(void)
{
	struct seen seen;

	CHECK(!write_good(5000), "5000 records are written");
	CHECK(!read_all(&seen) && seen.n == 5002 && !seen.unread,
	      "and come back with manifest and device");
	CHECK(seen.order[2] == 1000 && seen.order[63] == 1061, "in order");
	patch(40, "\x01", 1);
	CHECK(!read_all(&seen) && seen.n == 5002, "a file of version 1 is read, too");
}

static void damage(void)
{
	static const struct {
		const char *what;
		long at;
		const char *bytes;
		size_t n;
		const char *says;
	} all[] = {
		{ "magic", 8, "X", 1, "manifest" },
		{ "version", 40, "\x09", 1, "version 9, this tool reads 1 to 2" },
		{ "no version", 40, "\x00", 1, "version 0" },
		{ "no CPUs", 44, "\0", 1, "number of CPUs" },
		{ "kind", 128 + 24, "\x0a", 1, "unexpected kind 10" },
		{ "second manifest", 128 + 24, "\x01", 1, "unexpected kind 1" },
		{ "hook", 128 + 25, "\x0f", 1, "unknown hook 15" },
		{ "class", 128 + 26, "\x0a", 1, "unknown class 10" },
		{ "CPU", 128 + 22, "\x02", 1, "CPU beyond" },
		{ "device", 128 + 20, "\x02", 1, "no DEVICE record" },
		{ "device name", 64 + 32, "xxxxxxxxxxxxxxxx", 16, "name of device" },
		{ "link", 64 + 32 + 22, "\x0a", 1, "unknown link 10" },
		{ "side", 64 + 32 + 30, "\x02", 1, "side of device" },
		{ "hook on the wrong side", 64 + 32 + 28, "\x01\x02\x01", 3, "side of device" },
		{ "a side that is no hook", 128 + 25, "\x80", 1, "unknown hook 128" },
	};
	struct seen seen;
	size_t i;
	int err;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		write_good(10);
		patch(all[i].at, all[i].bytes, all[i].n);
		err = read_all(&seen);
		CHECK(err == -EBADMSG && strstr(vnft_why(), all[i].says) &&
			      !strchr(vnft_why(), '\n'),
		      "%s: %s", all[i].what, vnft_why());
	}
	write_good(10);
	CHECK(!truncate(path, 13) && read_all(&seen) == -EBADMSG, "13 bytes: %s", vnft_why());
	CHECK(!truncate(path, 0) && read_all(&seen) == -EBADMSG, "empty: %s", vnft_why());
	write_good(10);
	patch(64 + 32 + 28, "\x02\x01\x01", 3);
	patch(128 + 25, "\x82", 1);
	CHECK(!read_all(&seen), "a device of the guest's side, and a frame of it: %s", vnft_why());
	write_good(10);
	patch(64 + 32, "\x1b[2J", 5);
	CHECK(!read_all(&seen), "a device name with control bytes is read, made printable");
	write_good(10);
	patch(128 + 2 * 64 + 16, "\x05", 1);	/* the second record of CPU 0: 5 and not 2 */
	CHECK(!read_all(&seen) && seen.unread == 3, "a gap of 3 is counted, a step back is none");
}

/* What the file says of its end, "" when it is finished. */
static const char *unfinished(void)
{
	static char how[160];
	struct vnft_source *s;

	if (vnft_file_open(&s, path))
		return vnft_why();
	if (!vnft_file_unfinished(s, how, sizeof(how)))
		how[0] = '\0';
	s->ops->close(s);
	return how;
}

static void cut(void)
{
	struct seen seen;

	write_good(10);
	CHECK(!unfinished()[0], "a file that was closed is finished");
	if (truncate(path, 64 * 12))
		exit(1);
	CHECK(!read_all(&seen) && seen.n == 12 && strstr(unfinished(), "12 whole records"),
	      "without its end: %s", unfinished());
	if (truncate(path, 64 * 7 + 13))
		exit(1);
	CHECK(!read_all(&seen) && seen.n == 7 &&
		      strstr(unfinished(), "7 whole records, 13 bytes of one more"),
	      "cut in a record: %s", unfinished());
}

static off_t size(void)
{
	struct stat st;

	return stat(path, &st) ? -1 : st.st_size;
}

/* What a process that is killed leaves: everything that is older than a second. */
static void unflushed(void)
{
	struct vnft_record r = packet(0, 1, 1000);
	struct vnft_link_info info = { .ifindex = 3, .name = "tap0", .link = VNFT_LINK_TAP };
	struct vnft_file_writer *w;

	unlink(path);
	CHECK(!vnft_file_create(&w, path, false, 2) && size() == 64,
	      "a new file has its name and its manifest at once");
	vnft_file_write_device(w, 1, &info, 4026531840u);
	vnft_file_write(&r, w);
	CHECK(!vnft_file_tick(w) && size() == 64, "records are gathered");
	usleep(1010000);
	CHECK(!vnft_file_tick(w) && size() == 192, "and written after a second");
	CHECK(strstr(unfinished(), "3 whole records"), "where they can be read: %s", unfinished());
	vnft_file_keep(w);
	CHECK_EQ(size(), 192, "a file that is kept has no end");
}

static void full_disk(void)
{
	struct rlimit small = { 8192 + 40, RLIM_INFINITY }, old;
	struct vnft_file_writer *none;
	struct seen seen;

	unlink(path);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	setrlimit(RLIMIT_FSIZE, &small);
	CHECK(write_good(5000) == -EFBIG && strstr(vnft_why(), "128 records before that are kept"),
	      "a file that cannot grow: %s", vnft_why());
	CHECK(size() == 8192 && !read_all(&seen) && seen.n == 128,
	      "what was written is there, in whole records");
	CHECK(write_good(5000) == -EFBIG && size() == 8192 && !read_all(&seen) && seen.n == 128,
	      "and stays as it is when its successor fails: %s", vnft_why());
	strcat(path, ".part");
	CHECK(size() == 8192 && !read_all(&seen) && seen.n == 128,
	      "of which what was written is kept, too");
	path[strlen(path) - strlen(".part")] = '\0';
	setrlimit(RLIMIT_FSIZE, &old);
	CHECK(write_good(10) == -EEXIST, "until somebody has looked at it: %s", vnft_why());
	strcat(path, ".part");
	unlink(path);
	path[strlen(path) - strlen(".part")] = '\0';
	CHECK(!write_good(200) && size() == 64 * 203, "the next one takes the place");
	CHECK(vnft_file_create(&none, path, false, 1) == -EEXIST && size() == 64 * 203,
	      "unless it may not: %s", vnft_why());
	CHECK(vnft_file_create(&none, "/nowhere/x", true, 1) == -ENOENT, "no directory: %s",
	      vnft_why());
}

static void merging(void)
{
	static const struct { uint16_t cpu; uint32_t seq; uint64_t time_ns;
	} in[] = {
		{ 0, 1, 10 }, { 0, 2, 30 }, { 0, 3, 25 }, { 0, 4, 40 },
		{ 1, 1, 5 },  { 1, 2, 28 }, { 1, 3, 35 }, { 0, 0, 29 },
	};
	static const uint64_t want[] = { 5, 10, 28, 29, 30, 25, 35, 40 };
	struct vnft_merge *m;
	struct vnft_record r;
	struct seen seen = { 0 };
	size_t i;

	CHECK(!vnft_merge_open(&m, 2), "merge of 2 CPUs");
	for (i = 0; i < 8; i++) {
		r = packet(in[i].cpu, in[i].seq, in[i].time_ns);
		vnft_merge_add(&r, m);
	}
	r = packet(2, 1, 1);
	CHECK(vnft_merge_add(&r, m) == -EBADMSG, "a third CPU: %s", vnft_why());
	CHECK(!vnft_merge_run(m, see, &seen) && seen.n == 8 &&
		      !memcmp(seen.order, want, sizeof(want)),
	      "by time, and a CPU's own order stays");
	CHECK_EQ(vnft_merge_backwards(m), 1, "its step back is counted");
	CHECK(!vnft_merge_run(m, see, &seen) && seen.n == 8, "handed out once");
	vnft_merge_close(m);
}

int main(void)
{
	int fd = mkstemp(path);

	if (fd < 0)
		return 1;
	close(fd);
	round_trip();
	damage();
	cut();
	unflushed();
	full_disk();
	merging();
	unlink(path);
	return unit_done();
}
