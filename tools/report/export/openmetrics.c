/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the records of a file add up to, for Prometheus and what reads its format. The numbers are
 * those of the page of `report FILE` (records/summary.c adds).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/text/clean.h"
#include "../../lib/text/error.h"
#include "../../source/lost.h"
#include "../../stat/records/pair.h"
#include "../../stat/records/stages.h"
#include "../records/summary.h"
#include "export.h"
#include "openmetrics.h"
#include "openmetrics_text.h"

static int begin(struct vnft_export *x)
{
	x->own = vnft_summary_new();
	return x->own ? vnft_summary_add(&x->manifest, x->own) : -ENOMEM;
}

static int record(struct vnft_export *x, const struct vnft_record *r)
{
	return vnft_summary_add(r, x->own);
}

/* From here on samples are of this device. */
static void label_device(struct vnft_om *om, const struct vnft_export *x, uint16_t id)
{
	char shown[VNFT_NAME_SHOWN_BYTES(VNFT_IFNAME_LEN)], number[16];

	vnft_name_show(shown, sizeof(shown), x->ifname[id][0] ? x->ifname[id] : "?");
	vnft_om_no_labels(om);
	vnft_om_label(om, "device", shown);
	snprintf(number, sizeof(number), "%u", id);
	vnft_om_label(om, "id", number);	/* two may have had one name */
	vnft_om_label(om, "observer", vnft_summary_observer(id));
}

static void put_frames(struct vnft_om *om, const struct vnft_export *x, const struct summary *s)
{
	uint8_t class;
	size_t i;
	int dir;

	vnft_om_family(om, "vnftrace_frames", "counter", NULL,
		       "Recorded frames; in: from the guest, out: to it.");
	for (i = 0; i < s->devices; i++) {
		for (dir = 0; dir < VNFT_DIR_NR; dir++) {
			for (class = 0; class < VNFT_CLASS_NR; class++) {
				if (!s->device[i]->packets[dir][class])
					continue;
				label_device(om, x, s->device[i]->id);
				vnft_om_label(om, "direction", vnft_dir_name(dir));
				vnft_om_label(om, "class", vnft_class_name(class));
				vnft_om_count(om, "_total", NULL,
					      s->device[i]->packets[dir][class]);
			}
		}
	}
	vnft_om_family(om, "vnftrace_frame_bytes", "counter", "bytes", "Bytes of recorded frames.");
	for (i = 0; i < s->devices; i++) {
		for (dir = 0; dir < VNFT_DIR_NR; dir++) {
			label_device(om, x, s->device[i]->id);
			vnft_om_label(om, "direction", vnft_dir_name(dir));
			vnft_om_count(om, "_total", NULL, s->device[i]->bytes[dir]);
		}
	}
}

static void put_rtt(struct vnft_om *om, const struct vnft_export *x, const struct summary *s)
{
	static struct vnft_pair_result result;
	unsigned int pairing, dir;
	size_t i;

	vnft_om_family(om, "vnftrace_rtt_seconds", "histogram", "seconds",
		       "From a request to its reply; request out: the guest's share, in: the "
		       "host's.");
	for (i = 0; i < s->devices; i++) {
		for (pairing = 0; pairing < VNFT_PAIRING_NR; pairing++) {
			for (dir = 0; dir < VNFT_DIR_NR; dir++) {
				vnft_pair_result(s->pair, s->device[i]->id, pairing, dir, &result);
				if (!result.matched)
					continue;
				label_device(om, x, s->device[i]->id);
				vnft_om_label(om, "pairing", vnft_pairing_name(pairing));
				vnft_om_label(om, "request", vnft_dir_name((int)dir));
				vnft_om_hist(om, &result.hist);
			}
		}
	}
}

struct om_steps {
	struct vnft_om *om;
	const struct vnft_export *x;
};

static int put_step(const struct vnft_step *step, void *arg)
{
	const struct om_steps *of = arg;

	label_device(of->om, of->x, step->device);
	vnft_om_label(of->om, "direction", vnft_dir_name(step->dir));
	vnft_om_label(of->om, "from", vnft_hook_name(step->from));
	vnft_om_label(of->om, "to", vnft_hook_name(step->to));
	vnft_om_hist(of->om, &step->hist);
	return 0;
}

static int put_stages(struct vnft_om *om, const struct vnft_export *x, const struct summary *s)
{
	struct om_steps of = { om, x };

	vnft_om_family(om, "vnftrace_stage_seconds", "histogram", "seconds",
		       "From one stage of a frame in the host to the next.");
	return vnft_steps_each(s->steps, put_step, &of);
}

static void put_losses(struct vnft_om *om, const struct summary *s, bool complete)
{
	uint32_t cause;

	vnft_om_family(om, "vnftrace_lost_records", "counter", NULL,
		       "Records and states that were lost, by cause.");
	for (cause = 0; cause < VNFT_LOST_NR; cause++) {
		if (!vnft_lost_in_records(cause))
			continue;
		vnft_om_no_labels(om);
		vnft_om_label(om, "cause", vnft_lost_name(cause));
		vnft_om_count(om, "_total", NULL, s->lost[cause]);
	}
	vnft_om_family(om, "vnftrace_records_complete", "gauge", NULL,
		       "1 if the record file is finished and all of it was read.");
	vnft_om_count(om, "", NULL, complete);
}

static int end(struct vnft_export *x, int err)
{
	struct summary *s = x->own;
	struct vnft_om om = { .to = x->to };
	int late;

	if (!s)
		return 0;
	put_frames(&om, x, s);
	put_rtt(&om, x, s);
	late = put_stages(&om, x, s);
	put_losses(&om, s, !err && !late && !x->unfinished[0]);
	vnft_om_end(x->to);
	vnft_summary_free(s);
	return late;
}

const struct vnft_export_format vnft_export_openmetrics = {
	.name = "openmetrics",
	.what = "counters and histograms for Prometheus",
	.begin = begin,
	.record = record,
	.end = end,
	.results = vnft_openmetrics_results,
};
