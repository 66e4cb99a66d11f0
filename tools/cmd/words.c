/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The words that completion finds out: devices, with those of the namespaces that `ip netns` knows,
 * types, formats and metrics.
 */
#include <dirent.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "../guest/guest.h"
#include "../lib/cli/offer.h"
#include "../report/export/export.h"
#include "../report/gates/metric.h"
#include "../source/spec.h"

struct sink {
	vnft_offer_fn fn;
	void *arg;
	const char *before;
};

static void each_device(const struct sink *sink)
{
	struct if_nameindex *list = if_nameindex(), *dev;
	char spec[VNFT_SPEC_BYTES];

	for (dev = list; dev && dev->if_index; dev++) {
		snprintf(spec, sizeof(spec), "%s%s", sink->before, dev->if_name);
		sink->fn(spec, sink->arg);
	}
	if (list)
		if_freenameindex(list);
}

static void each_netns(const struct sink *sink)
{
	char spec[VNFT_SPEC_BYTES];
	struct dirent *entry;
	DIR *d = opendir("/run/netns");

	while (d && (entry = readdir(d))) {
		snprintf(spec, sizeof(spec), "%.255s/", entry->d_name);
		if (entry->d_name[0] != '.')
			sink->fn(spec, sink->arg);
	}
	if (d)
		closedir(d);
}

/* Behind "NETNS/" the devices that are there, if we may look. */
static void each_dev(const char *typed, vnft_offer_fn fn, void *arg)
{
	char netns[VNFT_NETNS_NAME_BYTES], dev[VNFT_SPEC_DEV_BYTES];
	char before[VNFT_SPEC_BYTES], spec[VNFT_SPEC_BYTES], ifname[VNFT_IFNAME_LEN];
	struct sink sink = { fn, arg, "" };
	int back;

	if (!strchr(typed, '/')) {
		each_device(&sink);
		each_netns(&sink);
		return;
	}
	/* Any name serves to enter: the device's own is not asked for. */
	snprintf(spec, sizeof(spec), "%.*s/lo", (int)(strrchr(typed, '/') - typed), typed);
	if (!vnft_spec_split(spec, netns, dev) || vnft_spec_enter(spec, ifname, &back))
		return;
	snprintf(before, sizeof(before), "%s/", netns);
	sink.before = before;
	each_device(&sink);
	vnft_spec_leave(back);
}

static int name_type(const struct vnft_type *type, int err, void *arg)
{
	const struct sink *sink = arg;

	if (!err)
		sink->fn(type->name, sink->arg);
	return 0;
}

static void each_type(const char *typed, vnft_offer_fn fn, void *arg)
{
	struct sink sink = { fn, arg, "" };

	(void)typed;
	vnft_type_each(name_type, &sink);
}

static void each_format(const char *typed, vnft_offer_fn fn, void *arg)
{
	size_t i;

	(void)typed;
	for (i = 0; vnft_export_file_names[i]; i++)
		fn(vnft_export_file_names[i], arg);
}

static void each_metric(const char *typed, vnft_offer_fn fn, void *arg)
{
	int id;

	(void)typed;
	for (id = 0; id < VNFT_METRIC_NR; id++) {
		fn(vnft_metric_names[id], arg);
		if (vnft_metrics[id].also)
			fn(vnft_metrics[id].also, arg);
	}
}

const struct vnft_offer_kind vnft_offer_kinds[] = {
	{ "dev", each_dev },
	{ "format", each_format },
	{ "metric", each_metric },
	{ "type", each_type },
	{ 0 }
};
