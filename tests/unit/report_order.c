/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The order of a host's rows beside the study's.
 */
#include <math.h>
#include <string.h>

#include "../../tools/report/results.h"
#include "unit.h"

/* A line of the order of a number, or NULL. */
static const json_t *order_of(const json_t *orders, const char *what)
{
	json_t *line;
	size_t i;

	json_array_foreach(orders, i, line)
		if (!strcmp(json_string_value(json_object_get(line, "what")), what))
			return line;
	return NULL;
}

static const char *order_text(const json_t *orders, const char *what, const char *key)
{
	const char *text = json_string_value(json_object_get(order_of(orders, what), key));

	return text ? text : "";
}

static json_t *row_like(const char *type, double instantiation_ns, double tx_bps)
{
	return json_pack("{s:s, s:s, s:{s:f}, s:{s:{s:f}}}", "type", type, "label", type,
			 "instantiation", "median_ns", instantiation_ns, "throughput", "tx",
			 "median_bps", tx_bps);
}

/* The study: Xen's standard VM, KVM's, the container, tinyx on KVM, on Xen, OSv, Mini-OS. */
static void test_order(void)
{
	json_t *rows = json_array(), *orders;

	json_array_append_new(rows, row_like("container.crun", 20e6, 40e9));
	orders = vnft_reference_orders(rows);
	CHECK(!json_array_size(orders), "one row has no order");
	json_decref(orders);
	json_array_append_new(rows, row_like("container.runc", 30e6, 40e9));
	orders = vnft_reference_orders(rows);
	CHECK(!json_array_size(orders), "nor have two that stand for one of the study");
	json_decref(orders);
	json_array_append_new(rows, row_like("tinyx.kvm", 1000e6, 20e9));
	json_array_append_new(rows, row_like("standardvm.kvm", 40000e6, 0));
	json_array_append_new(rows, row_like("not.of.the.study", 1, 1));
	orders = vnft_reference_orders(rows);
	CHECK_EQ(json_array_size(orders), 2, "numbers that two rows have");
	CHECK(!strcmp(order_text(orders, "first RST", "here"),
		      "container.crun < tinyx.kvm < standardvm.kvm"), "here: %s",
	      order_text(orders, "first RST", "here"));
	CHECK(!strcmp(order_text(orders, "first RST", "study"),
		      "tinyx.kvm < container.docker < standardvm.kvm"), "in the study: %s",
	      order_text(orders, "first RST", "study"));
	CHECK(!strcmp(order_text(orders, "first RST", "differs"),
		      "container.crun before tinyx.kvm"), "turned about: %s",
	      order_text(orders, "first RST", "differs"));
	CHECK(fabs(json_real_value(json_object_get(order_of(orders, "first RST"),
						   "rank_correlation")) - 1.0 / 3) < 1e-9,
	      "two pairs of three agree");
	CHECK(!strcmp(order_text(orders, "tx", "here"), "container.crun < tinyx.kvm") &&
	      json_real_value(json_object_get(order_of(orders, "tx"), "rank_correlation")) == 1 &&
	      !order_text(orders, "tx", "differs")[0], "more throughput is better");
	json_decref(orders);
	json_array_append_new(rows, row_like("container.docker", 2000e6, 0));
	orders = vnft_reference_orders(rows);
	CHECK(!strcmp(order_text(orders, "first RST", "here"),
		      "tinyx.kvm < container.docker < standardvm.kvm") &&
	      !strcmp(order_text(orders, "tx", "here"), "container.crun < tinyx.kvm"),
	      "its own type before another's that stands in for it");
	json_decref(orders);
	json_object_set_new(json_array_get(rows, 2), "host", json_string("other"));
	orders = vnft_reference_orders(rows);
	CHECK(json_array_size(orders) == 1 && json_integer_value(json_object_get(
		      json_array_get(orders, 0), "rows")) == 2,
	      "rows of different hosts have no order");
	json_decref(orders);
	json_decref(rows);
}

int main(void)
{
	test_order();
	return unit_done();
}
