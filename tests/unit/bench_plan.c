/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rows of a bench: types times cache state, and for Xen times domain and hotplug script.
 */
#include <errno.h>
#include <string.h>

#include "../../tools/bench/bench.h"
#include "../../tools/lib/text/error.h"
#include "unit.h"

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

	check_rows(&c, "xen", "pvh stock", "as the type says");
	c.xen_machine = VNFT_BENCH_XEN_PV;
	check_rows(&c, "xen", "pv stock", "PV");
	c.xen_machine = VNFT_BENCH_XEN_BOTH;
	check_rows(&c, "xen", "pv stock; pvh stock", "both");
	c.xen_scripts.item[0] = "minimal";
	c.xen_scripts.item[1] = "/etc/my vif";
	c.xen_scripts.n = 2;
	check_rows(&c, "xen", "pv minimal; pv /etc/my vif; pvh minimal; pvh /etc/my vif",
		   "two domains by two scripts");
	c.cache = VNFT_CACHE_BOTH;
	c.xen_machine = VNFT_BENCH_XEN_PVH;
	check_rows(&c, "xen",
		   "pvh minimal; pvh minimal cold; pvh /etc/my vif; pvh /etc/my vif cold",
		   "by cache state");
	check_rows(&c, "exec", "pvh stock; pvh stock cold", "other drivers have no such switches");
}

/* A switch that has nothing to switch is refused. */
static void test_refusal(void)
{
	static struct vnft_bench_config c = { .runs = 1,
					      .types = { .item = { "container.crun" }, .n = 1 } };
	struct vnft_bench b = { .config = &c };

	CHECK(!vnft_bench_plan(&b) && b.rows == 1, "a container alone");
	vnft_bench_plan_free(&b);
	c.xen_machine = VNFT_BENCH_XEN_BOTH;
	CHECK(vnft_bench_plan(&b) == -EINVAL && strstr(vnft_why(), "--xen-machine"), "refused: %s",
	      vnft_why());
	vnft_bench_plan_free(&b);
	c.xen_machine = VNFT_BENCH_XEN_TYPE;
	c.xen_scripts.item[0] = "stock";
	c.xen_scripts.n = 1;
	CHECK(vnft_bench_plan(&b) == -EINVAL && strstr(vnft_why(), "--xen-script"), "refused: %s",
	      vnft_why());
	vnft_bench_plan_free(&b);
	CHECK(vnft_bench_plan_script("stock") && vnft_bench_plan_script("minimal") &&
	      vnft_bench_plan_script("/a"), "what a script may be");
	CHECK(!vnft_bench_plan_script("") && !vnft_bench_plan_script("Stock") &&
	      !vnft_bench_plan_script("a/b"), "and what not");
}

int main(void)
{
	test_switches();
	test_refusal();
	return unit_done();
}
