// SPDX-License-Identifier: GPL-2.0
/* The module's life: the ladder of what it sets up, and its mirror. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/module.h>

#include "vnft.h"

/* Sessions, devices, generators, which stage hooks are armed (vnft.h). */
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

	vnft_observe_init();
	if (selftest) {
		err = vnft_selftest();
		if (err)
			return err;
	}
	err = vnft_device_init();
	if (err)
		return err;
	err = vnft_prober_init();
	if (err)
		goto device;
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
device:
	vnft_device_exit();
	return err;
}

static void __exit vnft_exit(void)
{
	/* First the ways in, then what came in through them. */
	vnft_genl_exit();
	vnft_chardev_exit();
	vnft_prober_exit();
	vnft_device_exit();
	pr_info("unloaded\n");
}

module_init(vnft_init);
module_exit(vnft_exit);
MODULE_LICENSE("GPL");
MODULE_AUTHOR("vnftrace maintainers");
MODULE_DESCRIPTION("Stamps packets at the host's side of virtual network functions");
MODULE_VERSION(VNFT_KMOD_VERSION);
