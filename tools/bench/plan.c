/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which rows a session has: the types asked for, times what their drivers' switches make of them,
 * times cache state.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/cli/option.h"
#include "../lib/text/error.h"
#include "../results/read.h"
#include "../stat/random.h"
#include "plan.h"

/* Would vhost-net carry its frames, if it is let? */
static bool can_vhost(const struct vnft_type *type)
{
	const struct vnft_guest_ops *ops = vnft_guest_driver(type->driver);

	return ops && ops->vhost && ops->vhost(type);
}

static void set_label(struct vnft_bench_row *row)
{
	json_t *like = json_pack("{s:s, s:s}", "type", row->type.name, "cache",
				 row->cold ? "cold" : "warm");

	if (row->setup)
		json_object_set(like, "setup", row->setup);
	if (like)
		vnft_results_label(like, row->label, sizeof(row->label));
	else	/* no UTF-8 */
		snprintf(row->label, sizeof(row->label), "%s", row->type.name);
	json_decref(like);
}

/* Of a row that has a twin without it, or with it: which it is. */
static void name_vhost(struct vnft_bench_row *row)
{
	if (!row->setup)
		row->setup = json_object();
	json_object_set_new(row->setup, "vhost", json_string(row->vhost ? "vhost" : "no vhost"));
}

static int add_row(struct vnft_bench *b, const struct vnft_type *type, bool cold, bool vhost)
{
	struct vnft_bench_row *more;

	more = realloc(b->row, (b->rows + 1) * sizeof(*more));
	if (!more)
		return vnft_fail(-ENOMEM, "bench: out of memory");
	b->row = more;
	memset(&b->row[b->rows], 0, sizeof(*more));
	more = &b->row[b->rows++];
	more->type = *type;
	more->cold = cold;
	more->vhost = vhost;
	more->ops = vnft_guest_driver(type->driver);
	if (more->ops && more->ops->setup)
		more->setup = more->ops->setup(&more->type);
	if (b->config->vhost == VNFT_VHOST_BOTH && can_vhost(type))
		name_vhost(more);
	set_label(more);
	more->possible = more->ops && !more->ops->check(type);
	if (!more->possible)
		snprintf(more->why, sizeof(more->why), "%s", more->ops ? vnft_why_of(type->name) :
			 "no driver of that name");
	more->run = calloc(b->config->runs, sizeof(*more->run));
	return more->run ? 0 : vnft_fail(-ENOMEM, "bench: out of memory");
}

static int add_vhosts(struct vnft_bench *b, const struct vnft_type *type, bool cold)
{
	const bool both = b->config->vhost == VNFT_VHOST_BOTH && can_vhost(type);
	const bool off = b->config->vhost == VNFT_VHOST_OFF;
	int err = add_row(b, type, cold, !off);

	return err || !both ? err : add_row(b, type, cold, false);
}

/* @arg: the session. */
static int add_caches(const struct vnft_type *type, void *arg)
{
	struct vnft_bench *b = arg;
	int err = 0;

	if (b->config->cache != VNFT_CACHE_COLD)
		err = add_vhosts(b, type, false);
	if (!err && b->config->cache != VNFT_CACHE_WARM)
		err = add_vhosts(b, type, true);
	return err;
}

int vnft_bench_plan_type(struct vnft_bench *b, const struct vnft_type *type)
{
	const struct vnft_guest_ops *ops = vnft_guest_driver(type->driver);
	struct vnft_type asked = *type;

	asked.accel = (enum vnft_accel_choice)b->config->accel;
	if (!ops || !ops->variants)
		return add_caches(&asked, b);
	return ops->variants(&asked, &b->config->switches, add_caches, b);
}

/* Whatever can run here; what cannot is `vnftrace types`' business. */
static int add_possible(const struct vnft_type *type, int err, void *arg)
{
	const struct vnft_guest_ops *ops = err ? NULL : vnft_guest_driver(type->driver);

	return ops && !ops->check(type) ? vnft_bench_plan_type(arg, type) : 0;
}

static int plan_all_here(struct vnft_bench *b)
{
	const unsigned int before = b->rows;
	int err = vnft_type_each(add_possible, b);

	if (!err && b->rows == before)
		err = vnft_fail(-EOPNOTSUPP, "no type can run here: `vnftrace types` says what is "
					     "missing");
	return err;
}

static int plan_listed(struct vnft_bench *b, const struct vnft_list *list)
{
	struct vnft_type type;
	size_t i;
	int err = 0;

	for (i = 0; !err && i < list->n; i++) {
		if (!strcmp(list->item[i], VNFT_BENCH_ALL_HERE)) {
			err = plan_all_here(b);
			continue;
		}
		err = vnft_type_load(&type, list->item[i]);
		if (!err)
			err = vnft_bench_plan_type(b, &type);
	}
	return err;
}

static bool has_driver(const char *driver, void *arg)
{
	const struct vnft_bench *b = arg;
	unsigned int i;

	for (i = 0; i < b->rows; i++)
		if (!strcmp(b->row[i].type.driver, driver))
			return true;
	return false;
}

static bool has_vm(const struct vnft_bench *b)
{
	unsigned int i;

	for (i = 0; i < b->rows; i++)
		if (vnft_type_is_vm(&b->row[i].type))
			return true;
	return false;
}

int vnft_bench_plan(struct vnft_bench *b)
{
	unsigned int i;
	int err;

	err = b->config->types.n ? plan_listed(b, &b->config->types) : plan_all_here(b);
	if (!err && b->config->accel && !has_vm(b))
		err = vnft_fail(-EINVAL, "--accel: none of the types is a VM that KVM or TCG runs");
	for (i = 0; i < b->rows && !can_vhost(&b->row[i].type); i++)
		;
	if (!err && i == b->rows && b->config->vhost == VNFT_VHOST_BOTH)
		err = vnft_fail(-EOPNOTSUPP, "--vhost both: no row can use vhost-net here: it "
				"takes a VM of libvirt, KVM that runs guests, and /dev/vhost-net "
				"(modprobe vhost_net)");
	return err ? err : vnft_guest_need_drivers(&b->config->switches, has_driver, b);
}

int vnft_bench_plan_able(const struct vnft_bench *b)
{
	const struct vnft_bench_row *lacking = NULL;
	unsigned int i, unable = 0;

	for (i = 0; i < b->rows; i++) {
		if (b->row[i].possible)
			continue;
		if (!lacking)
			lacking = &b->row[i];
		unable++;
	}
	if (!unable || (unable < b->rows && !b->config->every_row))
		return 0;
	if (unable == 1)
		return vnft_fail(-EOPNOTSUPP, "%s: %s", lacking->label, lacking->why);
	return vnft_fail(-EOPNOTSUPP, "%s: %s (%u of %u rows cannot run here: `vnftrace types`)",
			 lacking->label, lacking->why, unable, b->rows);
}

static void shuffle(unsigned int *order, unsigned int n, struct vnft_random *random)
{
	unsigned int swap, k;

	for (; n > 1; n--) {
		k = vnft_random_below(random, n);
		swap = order[n - 1];
		order[n - 1] = order[k];
		order[k] = swap;
	}
}

/*
 * method.md, "Run and row": rounds, each with one run of every row, in an order of its own. What
 * the host does to one row it does to all, and two rows can be compared round by round.
 */
unsigned int *vnft_bench_plan_order(const struct vnft_bench *b, unsigned int *rows)
{
	struct vnft_random random = { .state = b->config->seed };
	unsigned int *order, i, n = 0;
	uint64_t round;

	order = calloc(b->rows * b->config->runs + 1, sizeof(*order));
	*rows = 0;
	for (round = 0; order && round < b->config->runs; round++) {
		for (i = 0; i < b->rows; i++)
			if (b->row[i].possible)
				order[n++] = i;
		if (!round)
			*rows = n;
		shuffle(order + n - *rows, *rows, &random);
	}
	return order;
}

void vnft_bench_plan_free(struct vnft_bench *b)
{
	unsigned int i, k;

	for (i = 0; i < b->rows; i++) {
		for (k = 0; k < b->row[i].runs; k++)
			json_decref(b->row[i].run[k].conditions);
		json_decref(b->row[i].setup);
		free(b->row[i].run);
	}
	free(b->row);
	b->row = NULL;
	b->rows = 0;
}
