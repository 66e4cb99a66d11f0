/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The manifest: everything somebody needs to repeat this session or to doubt it.
 */
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../guest/type/key.h"
#include "../lib/host/accel.h"
#include "../lib/host/host.h"
#include "../lib/text/error.h"
#include "../lib/text/json.h"
#include "manifest.h"
#include "measure/measure.h"

#define MAX_IMAGE_MANIFEST	16384

/* The kernel's copy: what was typed, before anybody parsed it. */
static json_t *command_line(void)
{
	char text[4096], *word;
	json_t *list = json_array();
	size_t bytes;
	FILE *f;

	f = fopen("/proc/self/cmdline", "re");
	if (!f)
		return list;
	bytes = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[bytes] = '\0';
	for (word = text; word < text + bytes; word += strlen(word) + 1)
		json_array_append_new(list, vnft_json_name(word));
	return list;
}

static json_t *wall_clock(void)
{
	char text[32];
	struct tm tm;
	time_t now = time(NULL);

	gmtime_r(&now, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return json_string(text);
}

/* The manifest beside an image, as scripts/images writes it: key=value lines. */
static json_t *image_manifest(const struct vnft_type *type)
{
	const char *any = type->kernel[0] ? type->kernel : type->image;
	char path[600], line[1024], *value;
	json_t *to = json_object();
	size_t bytes = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s", any);
	f = NULL;
	if (any[0]) {
		char file[700];

		snprintf(file, sizeof(file), "%s/manifest", dirname(path));
		f = fopen(file, "re");
	}
	if (!f)
		return to;
	while (fgets(line, sizeof(line), f) && (bytes += strlen(line)) < MAX_IMAGE_MANIFEST) {
		line[strcspn(line, "\n")] = '\0';
		value = strchr(line, '=');
		if (!value)
			continue;
		*value++ = '\0';
		json_object_set_new(to, line, vnft_json_text(value));
	}
	fclose(f);
	return to;
}

/* What its file said that no file of another driver can say: texts, all of them. */
static void add_own(json_t *to, const struct vnft_type *type, const struct vnft_guest_ops *ops)
{
	const struct vnft_guest_own *own;
	const struct vnft_type_key *key;

	for (own = ops->own; own && own->key; own++)
		for (key = vnft_type_keys; key->name; key++) {
			const char *text = (const char *)type + key->offset;

			if (!own->value && !strcmp(key->name, own->key) &&
			    key->kind <= VNFT_TYPE_KEY_WORD && text[0])
				json_object_set_new(to, key->name, vnft_json_name(text));
		}
}

static json_t *type_manifest(const struct vnft_type *type, const struct vnft_guest_ops *ops)
{
	json_t *to = ops->manifest ? ops->manifest(type) : NULL;

	if (!to)
		to = json_object();
	json_object_set_new(to, "driver", json_string(type->driver));
	json_object_set_new(to, "kernel", vnft_json_name(type->kernel));
	json_object_set_new(to, "image", vnft_json_name(type->image));
	json_object_set_new(to, "append", vnft_json_name(type->append));
	json_object_set_new(to, "machine", vnft_json_name(type->machine));
	if (type->console_init[0])
		json_object_set_new(to, "console_init", vnft_json_name(type->console_init));
	add_own(to, type, ops);
	json_object_set_new(to, "memory_bytes", json_integer((json_int_t)type->memory_mib << 20));
	json_object_set_new(to, "vcpus", json_integer(type->vcpus));
	json_object_set_new(to, "image_manifest", image_manifest(type));
	return to;
}

static void set_pin(json_t *to, const char *key, uint64_t cpu, const char *why)
{
	if (cpu == VNFT_BENCH_NO_CPU)
		vnft_json_null(to, key, why);
	else
		json_object_set_new(to, key, json_integer((json_int_t)cpu));
}

static json_t *parameters(const struct vnft_bench *b)
{
	const struct vnft_bench_config *c = b->config;
	json_t *to = json_object();

	json_object_set_new(to, "runs", json_integer((json_int_t)c->runs));
	/* What auto chose. */
	json_object_set_new(to, "stimulus", json_string(vnft_bench_stimulus(b, VNFT_PROBE_SYN)));
	if (b->sender_why[0])
		json_object_set_new(to, "stimulus_why", json_string(b->sender_why));
	json_object_set_new(to, "observer", json_string(b->source->ops->name));
	json_object_set_new(to, "cache", json_string(vnft_bench_caches[c->cache]));
	json_object_set_new(to, "accel", json_string(vnft_accel_choices[c->accel]));
	vnft_guest_switches_json(&c->switches, to);
	json_object_set_new(to, "seed", json_integer((json_int_t)c->seed));
	json_object_set_new(to, "syn_interval_ns", json_integer((json_int_t)c->syn_interval_ns));
	json_object_set_new(to, "echoes", json_integer((json_int_t)c->echoes));
	json_object_set_new(to, "echo_interval_ns", json_integer((json_int_t)c->echo_interval_ns));
	json_object_set_new(to, "throughput_ns", json_integer((json_int_t)c->throughput_ns));
	json_object_set_new(to, "settle_ns", json_integer((json_int_t)c->settle_ns));
	json_object_set_new(to, "timeout_ns", json_integer((json_int_t)c->timeout_ns));
	json_object_set_new(to, "mtu_bytes", json_integer((json_int_t)c->mtu_bytes));
	json_object_set_new(to, "vhost", json_boolean(c->vhost != VNFT_VHOST_OFF));
	json_object_set_new(to, "offload", json_boolean(!c->no_offload));
	set_pin(to, "pin_load_cpu", c->pin_load, "the stimulus was not pinned (--pin-load)");
	if (c->no_reference || c->stimulus == VNFT_STIMULUS_EXTERNAL)
		vnft_json_null(to, "reference", "none was measured");
	else
		json_object_set_new(to, "reference", json_integer(VNFT_REFERENCE_VERSION));
	set_pin(to, "pin_guest_cpu", c->pin_guest, "the instances were not pinned (--pin-guest)");
	return to;
}

static void set_cost(json_t *to, const char *key, uint64_t ns, const char *why)
{
	if (ns)
		json_object_set_new(to, key, json_integer((json_int_t)ns));
	else
		vnft_json_null(to, key, why);
}

/* Measured before the first run. Nothing is subtracted from results. */
static json_t *self_overhead(const struct vnft_self *self)
{
	json_t *to = json_object();

	if (self->empty_ns)
		set_cost(to, "empty_ns", self->empty_ns, NULL);
	set_cost(to, "counted_ns", self->counted_ns, self->cost_why);
	set_cost(to, "recorded_ns", self->recorded_ns, self->cost_why);
	return to;
}

static json_t *bounds(const struct vnft_self *self)
{
	const char *why = self->measured ? "less than a nanosecond" : self->why;
	json_t *to = json_object();

	set_cost(to, "clock_read_ns", self->measured ? self->clock_ns : 0, why);
	set_cost(to, "wakeup_ns", self->measured ? self->wakeup_ns : 0, why);
	set_cost(to, "hook_to_driver_ns",
		 self->measured ? self->passage_ns - self->hook_ns : 0, why);
	set_cost(to, "own_hook_ns", self->measured ? self->hook_ns : 0, why);
	set_cost(to, "snapshot_ns", self->measured ? self->snapshot_ns : 0, why);
	return to;
}

/* Its name; but two setups of one type are two entries. */
static const char *type_key(const struct vnft_bench *b, const struct vnft_bench_row *row)
{
	unsigned int i;

	for (i = 0; i < b->rows; i++)
		if (!strcmp(b->row[i].type.name, row->type.name) &&
		    (b->row[i].setup || row->setup) && !json_equal(b->row[i].setup, row->setup))
			return row->label;
	return row->type.name;
}

json_t *vnft_bench_manifest(struct vnft_bench *b)
{
	json_t *to = json_object(), *types = json_object();
	unsigned int i;

	json_object_set_new(to, "id", json_string(b->journal.id));
	json_object_set_new(to, "started", wall_clock());
	json_object_set_new(to, "command", command_line());
	json_object_set_new(to, "host", vnft_host_facts());
	json_object_set_new(to, "parameters", parameters(b));
	vnft_self_measure(!strcmp(b->source->ops->name, "bpf") ? VNFT_OBSERVER_BPF :
								 VNFT_OBSERVER_MODULE, &b->self);
	json_object_set_new(to, "self_overhead", self_overhead(&b->self));
	json_object_set_new(to, "bounds", bounds(&b->self));
	for (i = 0; i < b->rows; i++)
		if (b->row[i].possible)
			json_object_set_new(types, type_key(b, &b->row[i]),
					    type_manifest(&b->row[i].type, b->row[i].ops));
	json_object_set_new(to, "types", types);
	return to;
}
