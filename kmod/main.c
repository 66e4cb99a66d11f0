// SPDX-License-Identifier: GPL-2.0
/* The module's life: the ladder of what it sets up, and its mirror. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/module.h>

#include "chardev.h"
#include "device.h"
#include "genl.h"
#include "hooks_driver.h"
#include "hooks_trace.h"
#include "notify.h"
#include "observe.h"
#include "parse.h"
#include "prober.h"
#include "record.h"
#include "ring.h"
#include "table.h"
#include "vnft.h"

/* Sessions, devices, generators (vnft.h). */
DEFINE_MUTEX(vnft_lock);

static bool selftest;
module_param(selftest, bool, 0444);
MODULE_PARM_DESC(selftest,
		 "test rings, parser, histograms and matching first; a failure refuses the load");

static int __init vnft_selftest(void)
{
	static const struct {
		const char *name;
		int (*run)(void);
	} tests[] = {
		{ "rings", vnft_ring_selftest },
		{ "parser", vnft_parse_selftest },
		{ "observer", vnft_observe_selftest },
	};
	int i, err;

	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		err = tests[i].run();
		if (err) {
			pr_err("self-test of the %s failed (%d): not loaded\n", tests[i].name, err);
			return err;
		}
	}
	pr_info("self-tests passed\n");
	return 0;
}

static int __init vnft_init(void)
{
	int err;

	vnft_record_init();
	if (selftest) {
		err = vnft_selftest();
		if (err)
			return err;
	}
	vnft_table_init();
	vnft_trace_init();
	err = vnft_driver_init();
	if (err)
		goto trace;
	err = vnft_notify_init();
	if (err)
		goto driver;
	err = vnft_prober_init();
	if (err)
		goto notify;
	err = vnft_chardev_init();
	if (err)
		goto prober;
	err = vnft_genl_init();
	if (err)
		goto chardev;
	pr_info("version " VNFT_KMOD_VERSION " loaded\n");
	return 0;

chardev:
	vnft_chardev_exit();
prober:
	vnft_prober_exit();
notify:
	vnft_notify_exit();
	vnft_device_exit();
driver:
	vnft_driver_exit();
trace:
	vnft_trace_exit();
	vnft_table_exit();
	return err;
}

static void __exit vnft_exit(void)
{
	/* First the ways in. Sessions hold the module, so that none is left. */
	vnft_genl_exit();
	vnft_chardev_exit();
	/* What came in and belongs to no session; notify.c is still there to see it go. */
	vnft_device_end_lasting();
	vnft_prober_exit();
	vnft_notify_exit();
	vnft_device_exit();
	vnft_driver_exit();
	vnft_trace_exit();
	vnft_table_exit();
	pr_info("unloaded\n");
}

module_init(vnft_init);
module_exit(vnft_exit);
MODULE_LICENSE("GPL");
MODULE_AUTHOR("vnftrace maintainers");
MODULE_DESCRIPTION("Stamps packets at the host's side of virtual network functions");
MODULE_VERSION(VNFT_KMOD_VERSION);
