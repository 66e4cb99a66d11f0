/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Record files of any bytes. Either they are refused with one line that names the file, or every
 * record handed out is one that the contract allows, there are no more records than bytes, their
 * merge loses none, and pairing and stages take whatever stamps and numbers they hold.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "../../tools/lib/text/error.h"
#include "../../tools/lib/text/error.c"
#include "../../tools/source/file.c"
#include "../../tools/source/file.h"
#include "../../tools/source/merge.c"
#include "../../tools/stat/keyed.c"
#include "../../tools/stat/records/pair.c"
#include "../../tools/stat/records/stages.c"
#include "../../tools/stat/records/waiting.c"

#define INPUT_CPUS_MAX 4096

struct seen {
	uint64_t records;
	struct vnft_merge *merge;
	struct vnft_pair *pair;
	struct vnft_steps *steps;
};

static void must(bool what)
{
	if (!what)
		abort();
}

/* Most inputs have no frame, and what adds frames up is large. */
static void feed(struct seen *seen, const struct vnft_record *r)
{
	if (!seen->pair)
		must(!vnft_pair_new(&seen->pair) && !vnft_steps_new(&seen->steps));
	must(!vnft_pair_feed(r, seen->pair) && !vnft_steps_feed(r, seen->steps));
}

static int see(const struct vnft_record *r, void *arg)
{
	struct seen *seen = arg;

	seen->records++;
	must(r->cpu < INPUT_CPUS_MAX && r->kind > VNFT_KIND_NONE && r->kind < VNFT_KIND_NR);
	if (r->kind == VNFT_KIND_DEVICE)
		must(r->dev.name[0] && name_observed(r->dev.name, sizeof(r->dev.name)));
	if (r->kind == VNFT_KIND_LIFE)
		must(name_observed(r->life.comm, sizeof(r->life.comm)));
	if (r->kind == VNFT_KIND_PACKET)
		must(r->class < VNFT_CLASS_NR && vnft_hook_dir(r->hook) >= 0);
	must(!vnft_merge_add(r, seen->merge));
	if (r->kind == VNFT_KIND_PACKET || r->kind == VNFT_KIND_STAGE)
		feed(seen, r);
	return 0;
}

/* A step of a file's stages is one that some frame made. */
static int see_step(const struct vnft_step *step, void *arg)
{
	must(step->hist.count && step->dir < VNFT_DIR_NR);
	return 0;
}

/* What was paired is no more than what was asked, and than what was answered. */
static void see_pairs(struct vnft_pair *pair)
{
	static struct vnft_pair_result r;
	uint32_t device, pairing, dir;

	for (device = 0; device < 4; device++) {
		for (pairing = 0; pairing < VNFT_PAIRING_NR; pairing++) {
			for (dir = 0; dir < VNFT_DIR_NR; dir++) {
				must(!vnft_pair_result(pair, (uint16_t)device, pairing, dir, &r));
				must(r.matched <= r.requests &&
				     r.matched + r.backwards + r.unmatched == r.replies);
			}
		}
	}
}

static int count(const struct vnft_record *r, void *arg)
{
	(void)r;
	++*(uint64_t *)arg;
	return 0;
}

static int input_fd(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("input", MFD_CLOEXEC);
	must(fd >= 0);
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static struct seen seen;
	struct vnft_source *source;
	uint64_t merged = 0;
	char path[32];
	int fd = input_fd(), n;

	must(!ftruncate(fd, 0) && pwrite(fd, data, bytes, 0) == (ssize_t)bytes);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (vnft_file_open(&source, path)) {
		must(!source && !strncmp(vnft_why(), path, strlen(path)));
		return 0;
	}
	seen = (struct seen) { 0 };
	must(!vnft_merge_open(&seen.merge, ((struct file_source *)source)->ncpus));
	do {
		n = source->ops->drain(source, see, &seen);
	} while (n > 0);
	must(n == 0 || (n == -EBADMSG && !strncmp(vnft_why(), path, strlen(path))));
	must(seen.records <= bytes / VNFT_RECORD_BYTES + 1);
	must(!vnft_merge_run(seen.merge, count, &merged) && merged == seen.records);
	if (seen.pair) {
		must(!vnft_steps_each(seen.steps, see_step, NULL));
		see_pairs(seen.pair);
	}
	vnft_steps_free(seen.steps);
	vnft_pair_free(seen.pair);
	vnft_merge_close(seen.merge);
	source->ops->close(source);
	return 0;
}
