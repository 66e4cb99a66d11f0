/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rows of a bench: types times cache state, and for Xen times domain and hotplug script.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../tools/bench/plan.h"
#include "../../tools/lib/cli/option.h"
#include "../../tools/lib/text/error.h"
#include "unit.h"

/* The words of --xen-machine: type, pv, pvh, both. */
enum { TYPE, PV, PVH, BOTH };

/* What the rows are called, in their order. */
static void check_rows(const struct vnft_bench_config *config, const char *driver, const char *want,
		       const char *what)
{
	struct vnft_type type = {
		.machine = "pvh", .script = "stock", .name = "a", .memory_mib = 64
	};
	struct vnft_bench b = { .config = config };
	char got[1024] = "";
	unsigned int i;

	snprintf(type.driver, sizeof(type.driver), "%s", driver);
	QUIET(!vnft_bench_plan_type(&b, &type), "plan: %s", vnft_why());
	for (i = 0; i < b.rows; i++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s %s%s", i ? "; " : "",
			 b.row[i].type.machine, b.row[i].type.script, b.row[i].cold ? " cold" : "");
	if (!CHECK(!strcmp(got, want), "%s: %s", what, want))
		printf("#   got %s\n", got);
	for (i = 1; i < b.rows; i++)
		QUIET(!b.row[i].setup || strcmp(b.row[i].label, b.row[i - 1].label),
		      "two rows are called %s", b.row[i].label);
	for (i = 0; i < b.rows; i++)
		QUIET(!strncmp(b.row[i].label, "a", 1) && strlen(b.row[i].label) < 192 &&
			      !b.row[i].cold == !strstr(b.row[i].label, "cold"),
		      "label %s", b.row[i].label);
	vnft_bench_plan_free(&b);
	CHECK(!b.rows && !b.row, "and freed");
}

static void test_switches(void)
{
	static struct vnft_bench_config c = { .runs = 2 };
	struct vnft_guest_switch *machine = &c.switches.at[VNFT_SWITCH_XEN_MACHINE];
	struct vnft_guest_switch *scripts = &c.switches.at[VNFT_SWITCH_XEN_SCRIPT];

	check_rows(&c, "xen", "pvh stock", "as the type says");
	machine->choice = PV;
	check_rows(&c, "xen", "pv stock", "PV");
	machine->choice = BOTH;
	check_rows(&c, "xen", "pv stock; pvh stock", "both");
	scripts->list.item[0] = "minimal";
	scripts->list.item[1] = "/etc/my vif";
	scripts->list.n = 2;
	check_rows(&c, "xen", "pv minimal; pv /etc/my vif; pvh minimal; pvh /etc/my vif",
		   "two domains by two scripts");
	c.cache = VNFT_CACHE_BOTH;
	machine->choice = PVH;
	check_rows(&c, "xen",
		   "pvh minimal; pvh minimal cold; pvh /etc/my vif; pvh /etc/my vif cold",
		   "by cache state");
	check_rows(&c, "exec", "pvh stock; pvh stock cold", "other drivers have no such switches");
}

/* A switch that has nothing to switch is refused, and a word that its driver does not know. */
static void test_refusal(void)
{
	static const struct { const char *text; int err; } word[] = {
		{ "stock", 0 }, { "minimal", 0 }, { "/a", 0 },
		{ "", -EINVAL }, { "Stock", -EINVAL }, { "a/b", -EINVAL },
	};
	size_t i;
	static struct vnft_bench_config c = { .runs = 1,
					      .types = { .item = { "container.crun" }, .n = 1 } };
	struct vnft_guest_switch *machine = &c.switches.at[VNFT_SWITCH_XEN_MACHINE];
	struct vnft_guest_switch *scripts = &c.switches.at[VNFT_SWITCH_XEN_SCRIPT];
	struct vnft_bench b = { .config = &c };

	CHECK(!vnft_bench_plan(&b) && b.rows == 1, "a container alone");
	vnft_bench_plan_free(&b);
	machine->choice = BOTH;
	CHECK(vnft_bench_plan(&b) == -EINVAL && strstr(vnft_why(), "--xen-machine"), "refused: %s",
	      vnft_why());
	vnft_bench_plan_free(&b);
	machine->choice = TYPE;
	scripts->list.item[0] = "stock";
	scripts->list.n = 1;
	CHECK(vnft_bench_plan(&b) == -EINVAL && strstr(vnft_why(), "--xen-script"), "refused: %s",
	      vnft_why());
	vnft_bench_plan_free(&b);
	scripts->list.n = 0;
	c.accel = VNFT_ACCEL_CHOICE_TCG;
	CHECK(vnft_bench_plan(&b) == -EINVAL && strstr(vnft_why(), "--accel"), "refused: %s",
	      vnft_why());
	vnft_bench_plan_free(&b);
	c.types.item[0] = "minilinux.kvm";
	CHECK(!vnft_bench_plan(&b) && b.rows == 1 &&
	      b.row[0].type.accel == VNFT_ACCEL_CHOICE_TCG, "a VM shall be run by TCG");
	vnft_bench_plan_free(&b);
	c.accel = VNFT_ACCEL_CHOICE_AUTO;
	scripts->list.n = 1;
	for (i = 0; i < sizeof(word) / sizeof(word[0]); i++) {
		scripts->list.item[0] = word[i].text;
		CHECK_EQ(vnft_guest_check_switches(&c.switches), word[i].err, "script \"%s\"",
			 word[i].text);
	}
}

/* By its word and without one: the same rows, and each can run. */
static void test_all_here(void)
{
	static struct vnft_bench_config none = { .runs = 1 }, all = { .runs = 1 },
					twice = { .runs = 1 };
	struct vnft_bench b = { .config = &none };
	int err = vnft_bench_plan(&b);
	unsigned int i, rows = b.rows;

	vnft_bench_plan_free(&b);
	CHECK(err == (rows ? 0 : -EOPNOTSUPP), "all that can run here: %u rows", rows);
	all.types = (struct vnft_list) { .item = { VNFT_BENCH_ALL_HERE }, .n = 1 };
	b.config = &all;
	CHECK(vnft_bench_plan(&b) == err && b.rows == rows, "the same by its word");
	for (i = 0; i < b.rows; i++)
		QUIET(b.row[i].possible, "%s cannot run here", b.row[i].label);
	vnft_bench_plan_free(&b);
	twice.types = (struct vnft_list) { .item = { "unikernel.minios.xen", VNFT_BENCH_ALL_HERE },
					   .n = 2 };
	b.config = &twice;
	CHECK(vnft_bench_plan(&b) == err && b.rows == rows + 1 &&
	      !strcmp(b.row[0].type.name, "unikernel.minios.xen"), "beside others, in their order");
	vnft_bench_plan_free(&b);
}

/* A row with vhost-net and one without, where a VM can have it; else nothing is begun. */
static void test_vhost(void)
{
	static struct vnft_bench_config c = { .runs = 1, .vhost = VNFT_VHOST_BOTH,
					      .types = { .item = { "tinyx.kvm", "container.crun" },
							 .n = 2 } };
	struct vnft_bench b = { .config = &c };
	int err = vnft_bench_plan(&b);

	if (err)
		CHECK(err == -EOPNOTSUPP && strstr(vnft_why(), "vhost-net"), "refused: %s",
		      vnft_why());
	else
		CHECK(b.rows == 3 && b.row[0].vhost && !b.row[1].vhost &&
		      !strcmp(b.row[0].label, "tinyx.kvm (vhost)") &&
		      !strcmp(b.row[1].label, "tinyx.kvm (no vhost)") &&
		      !strcmp(b.row[2].label, "container.crun"), "rows: %s, %s", b.row[0].label,
		      b.row[1].label);
	vnft_bench_plan_free(&b);
	c.vhost = VNFT_VHOST_OFF;
	CHECK(!vnft_bench_plan(&b) && b.rows == 2 && !b.row[0].vhost &&
	      !strcmp(b.row[0].label, "tinyx.kvm"), "all without it");
	vnft_bench_plan_free(&b);
	c.vhost = VNFT_VHOST_ON;
	CHECK(!vnft_bench_plan(&b) && b.row[0].vhost, "or with it");
	vnft_bench_plan_free(&b);
}

/* What is left alone stands among results.json's parameters, too. */
static void test_parameters(void)
{
	static struct vnft_guest_switches s;
	json_t *to = json_object(), *want = json_pack("{s:s, s:[]}", "xen_machine", "type",
						      "xen_scripts");

	vnft_guest_switches_json(&s, to);
	CHECK(json_equal(to, want), "parameters of switches that nobody set");
	json_decref(want);
	s.at[VNFT_SWITCH_XEN_MACHINE].choice = BOTH;
	s.at[VNFT_SWITCH_XEN_SCRIPT].list = (struct vnft_list){ .item = { "minimal", "/a" },
								.n = 2 };
	want = json_pack("{s:s, s:[s, s]}", "xen_machine", "both", "xen_scripts", "minimal", "/a");
	vnft_guest_switches_json(&s, to);
	CHECK(json_equal(to, want), "and of those that somebody did");
	json_decref(want);
	json_decref(to);
}

/* Each round has every row that can run, in an order of its own. */
static void test_order(void)
{
	static struct vnft_bench_config c = { .runs = 40, .seed = 7 };
	struct vnft_bench_row row[4] = { { .possible = true }, { .possible = false },
					 { .possible = true }, { .possible = true } };
	const struct vnft_bench b = { .config = &c, .row = row, .rows = 4 };
	unsigned int i, rows, first[4] = { 0 }, *order = vnft_bench_plan_order(&b, &rows);
	bool whole = true;

	CHECK_EQ(rows, 3, "rows that can run");
	for (i = 0; i < 3 * c.runs; i += 3) {
		whole &= (1u << order[i] | 1u << order[i + 1] | 1u << order[i + 2]) == 0xd;
		first[order[i]]++;
	}
	CHECK(whole, "each once a round");
	CHECK(first[0] > 5 && first[2] > 5 && first[3] > 5, "each is the first now and then");
	free(order);
}

static bool able(const struct vnft_bench_config *config, bool first, bool second, const char *want)
{
	struct vnft_bench_row row[2] = {
		{ .label = "a", .possible = first, .why = "no Xen here" },
		{ .label = "b (cold)", .possible = second, .why = "no crun" },
	};
	const struct vnft_bench b = { .config = config, .row = row, .rows = 2 };
	const int err = vnft_bench_plan_able(&b);

	if (!want)
		return !err;
	return err == -EOPNOTSUPP && !strcmp(vnft_why(), want);
}

/* A bench of which no row can run does not begin, nor a comparison that lacks a side. */
static void test_able(void)
{
	static struct vnft_bench_config any, every = { .every_row = true };
	const char *both = "a: no Xen here (2 of 2 rows cannot run here: `vnftrace types`)";

	CHECK(able(&any, true, true, NULL) && able(&any, true, false, NULL) &&
	      able(&any, false, true, NULL), "one row is enough for a bench");
	CHECK(able(&any, false, false, both), "none is not: %s", vnft_why());
	CHECK(able(&every, true, true, NULL), "both sides");
	CHECK(able(&every, true, false, "b (cold): no crun"), "no B: %s", vnft_why());
	CHECK(able(&every, false, true, "a: no Xen here"), "no A: %s", vnft_why());
	CHECK(able(&every, false, false, both), "neither: %s", vnft_why());
}

int main(void)
{
	test_able();
	test_order();
	test_switches();
	test_refusal();
	test_all_here();
	test_vhost();
	test_parameters();
	return unit_done();
}
