/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whose process did what: those of a driver's tree, and the one whose name a type says, of many
 * that come and go.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../tools/bench/watch/watch_parts.h"
#include "../../tools/report/report.h"
#include "../../tools/source/file_write.h"
#include "../../tools/stat/records/ports.h"
#include "unit.h"

#define MS 1000000ULL

static void note_life(struct vnft_bench_kin *kin, uint32_t pid, enum vnft_life event,
		      const char *comm, uint64_t time_ns)
{
	struct vnft_record r = { .kind = VNFT_KIND_LIFE, .class = VNFT_LIFE_OWN, .len32 = pid,
				 .time_ns = time_ns, .life.event = event };

	strcpy(r.life.comm, comm);
	vnft_bench_kin_note(kin, &r);
}

/* Which process it was, of many that come and go. */
static void test_followed(void)
{
	static struct vnft_bench_kin kin;
	struct vnft_record foreign = { .kind = VNFT_KIND_LIFE, .class = VNFT_LIFE_FOREIGN,
				       .len32 = 7, .time_ns = 5, .life.event = VNFT_LIFE_EXEC };
	uint32_t pid = 7, i;

	vnft_bench_kin_note(&kin, &foreign);
	CHECK(!vnft_bench_kin_find(&kin, VNFT_LIFE_EXEC, 0, "", &pid), "others' are not kept");
	note_life(&kin, 7, VNFT_LIFE_EXEC, "sh", 200);
	note_life(&kin, 7, VNFT_LIFE_EXEC, "sh", 150);
	note_life(&kin, 7, VNFT_LIFE_EXIT, "sh", 300);
	note_life(&kin, 8, VNFT_LIFE_EXEC, "vnftrace-oci-ho", 170);
	note_life(&kin, 7, VNFT_LIFE_EXEC, "sh", 90);
	CHECK_EQ(vnft_bench_kin_find(&kin, VNFT_LIFE_EXEC, 100, "", &pid), 150,
		 "the first exec since t0, whichever ring told of it first");
	CHECK_EQ(vnft_bench_kin_find(&kin, VNFT_LIFE_EXIT, 100, "", &pid), 300, "its exit");
	CHECK(!vnft_bench_kin_find(&kin, VNFT_LIFE_EXIT, 301, "", &pid), "which was before");
	pid = 0;
	CHECK(vnft_bench_kin_find(&kin, VNFT_LIFE_EXEC, 0, "vnftrace-oci-hook", &pid) == 170 &&
	      pid == 8, "by a name that is longer than the kernel keeps");
	for (i = 0; i < 3 * VNFT_BENCH_KIN; i++)
		note_life(&kin, 100 + i, VNFT_LIFE_EXEC, "true", 1000 + i);
	pid = 7;
	CHECK(!vnft_bench_kin_find(&kin, VNFT_LIFE_EXEC, 0, "", &pid), "the eldest give way");
	pid = 100 + 3 * VNFT_BENCH_KIN - 1;
	CHECK(vnft_bench_kin_find(&kin, VNFT_LIFE_EXEC, 0, "", &pid), "to the latest");
}

static struct vnft_record lived(enum vnft_life event, uint32_t tgid, bool own, const char *comm,
				uint64_t time_ns)
{
	static uint32_t seq;
	struct vnft_record r = { .kind = VNFT_KIND_LIFE, .time_ns = time_ns, .seq = ++seq,
				 .class = own ? VNFT_LIFE_OWN : VNFT_LIFE_FOREIGN,
				 .len32 = tgid, .life.event = event };

	strcpy(r.life.comm, comm);
	return r;
}

static int live(struct vnft_bench_watch *w, bool own, const char *comm, uint64_t time_ns)
{
	/* Every one is a process of its own. */
	const struct vnft_record r = lived(VNFT_LIFE_EXEC, (uint32_t)time_ns, own, comm, time_ns);

	return vnft_watch_record(&r, w);
}

static void note(struct vnft_bench_lives *lives, enum vnft_life event, uint32_t tgid, bool own,
		 const char *comm, uint64_t time_ns)
{
	const struct vnft_record r = lived(event, tgid, own, comm, time_ns);

	vnft_bench_lives_note(lives, "qemu-system-x86", &r);
}

/* libvirt has QEMU name its threads: the first entry of a vCPU is not under the process's name. */
static void test_threads(void)
{
	static struct vnft_bench_lives lives, full;
	struct vnft_record r;
	uint32_t i;

	note(&lives, VNFT_LIFE_EXEC, 10, true, "qemu-system-x86", 100);
	note(&lives, VNFT_LIFE_VCPU_ENTRY, 10, true, "CPU 0/KVM", 150);
	note(&lives, VNFT_LIFE_EXIT, 10, true, "qemu-system-x86", 160);
	/* The capability probe came before; another VM of ours is not the type's process. */
	note(&lives, VNFT_LIFE_VCPU_ENTRY, 12, true, "CPU 0/KVM", 250);
	note(&lives, VNFT_LIFE_EXEC, 12, true, "firecracker", 210);
	note(&lives, VNFT_LIFE_VCPU_ENTRY, 11, true, "CPU 1/KVM", 320);
	CHECK(!vnft_bench_lives_first(&lives, VNFT_LIFE_VCPU_ENTRY, 200),
	      "a vCPU of a process that nobody exec'd under the type's name is not the instance's");
	note(&lives, VNFT_LIFE_EXEC, 11, true, "qemu-system-x86", 300);
	note(&lives, VNFT_LIFE_VCPU_ENTRY, 11, true, "CPU 0/KVM", 330);
	note(&lives, VNFT_LIFE_EXIT, 11, true, "qemu:vnft-1", 900);
	CHECK_EQ(vnft_bench_lives_first(&lives, VNFT_LIFE_EXEC, 200), 300, "the exec since t0");
	CHECK_EQ(vnft_bench_lives_first(&lives, VNFT_LIFE_VCPU_ENTRY, 200), 320,
		 "the first vCPU entry of that process, whatever its thread is called, although "
		 "it was told before the exec");
	CHECK_EQ(vnft_bench_lives_first(&lives, VNFT_LIFE_EXIT, 200), 900,
		 "its exit, after it was renamed");

	memset(&lives, 0, sizeof(lives));
	note(&lives, VNFT_LIFE_EXEC, 20, false, "qemu-system-x86", 100);
	note(&lives, VNFT_LIFE_VCPU_ENTRY, 20, false, "CPU 0/KVM", 110);
	CHECK_EQ(vnft_bench_lives_first(&lives, VNFT_LIFE_VCPU_ENTRY, 1), 110,
		 "a vCPU of a daemon's VM");
	note(&lives, VNFT_LIFE_EXEC, 21, true, "qemu-system-x86", 200);
	CHECK(!vnft_bench_lives_first(&lives, VNFT_LIFE_VCPU_ENTRY, 1),
	      "but not once one of ours is known");
	for (i = 0; i < 3 * VNFT_BENCH_LIVES; i++)
		note(&full, VNFT_LIFE_EXEC, 100 + i, true, "qemu-system-x86", 100 + i);
	CHECK_EQ(full.of[VNFT_LIFE_EXEC].n, VNFT_BENCH_LIVES, "no more than have room");
	r = lived(VNFT_LIFE_EXEC, 1, true, "qemu-system-x86", 1);
	r.life.event = 99;
	vnft_bench_lives_note(&full, "qemu-system-x86", &r);
	r.life.event = 0;
	vnft_bench_lives_note(&full, "qemu-system-x86", &r);
	CHECK(!full.of[0].n, "an event that does not exist is none");
}

static unsigned int own_kept, blank_kept, told;

static int look(const struct vnft_record *r, void *arg)
{
	if (r->kind != VNFT_KIND_LIFE)
		return 0;
	own_kept += r->class == VNFT_LIFE_OWN && !strcmp(r->life.comm, "qemu") && r->len32 == 200;
	blank_kept += r->class == VNFT_LIFE_FOREIGN && !r->life.comm[0] && !r->len32;
	told += r->class == VNFT_LIFE_FOREIGN && (r->life.comm[0] || r->len32);
	return 0;
}

static uint64_t exec_ns(const struct vnft_bench_watch *w)
{
	return vnft_bench_lives_first(&w->lives, VNFT_LIFE_EXEC, 1);
}

/* A daemon of before starts the instance, or we do, while others start theirs. */
static void test_lives(void)
{
	struct vnft_bench b = { .writer_lock = PTHREAD_MUTEX_INITIALIZER };
	const struct vnft_type type = { .process = "qemu" };
	static struct vnft_bench_watch w;
	char dir[] = "/tmp/vnft-lives-XXXXXX", path[64];

	w.b = &b;
	w.type = &type;
	CHECK(mkdtemp(dir), "scratch directory");
	snprintf(path, sizeof(path), "%s/records", dir);
	CHECK(!vnft_file_create(&b.writer, path, true, 1) && !vnft_ports_new(&b.ports),
	      "a record file");
	CHECK(!live(&w, false, "qemu", 100) && exec_ns(&w) == 100,
	      "an exec of a daemon's may be the instance's");
	CHECK(!live(&w, true, "sh", 90) && exec_ns(&w) == 100,
	      "one of ours of another name is not");
	CHECK(!live(&w, true, "qemu", 200) && exec_ns(&w) == 200,
	      "one of ours of its name is, and no other");
	CHECK(!live(&w, false, "qemu", 150) && exec_ns(&w) == 200, "also not later");
	CHECK(!vnft_file_close(b.writer) && !vnft_records_each(path, look, NULL), "it is read");
	CHECK(own_kept == 1 && blank_kept == 2 && !told,
	      "ours is kept, others' without name and number");
	vnft_ports_free(b.ports);
	unlink(path);
	rmdir(dir);
}

int main(void)
{
	test_followed();
	test_threads();
	test_lives();
	return unit_done();
}
