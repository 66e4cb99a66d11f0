/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The text of a type file to a checked struct vnft_type.
 */
#include "parse.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../../lib/text/clean.h"
#include "../../lib/text/error.h"
#include "../guest.h"
#include "expand.h"
#include "key.h"
#include "words.h"

/**
 * struct parser - where we are
 * @said_in: line of each key, 0 if it was not there yet
 */
struct parser {
	struct vnft_type *type;
	const char *file, *images;
	unsigned int line;
	unsigned int said_in[VNFT_TYPE_KEYS_MAX];
};

#define BAD(p, fmt, ...) \
	vnft_fail(-EBADMSG, "%s:%u: " fmt, (p)->file, (p)->line, ##__VA_ARGS__)

static int set_text(struct parser *p, const struct vnft_type_key *key, const char *value)
{
	char *to = (char *)p->type + key->offset;
	const char *at;
	size_t unknown;
	int n;

	if (key->kind == VNFT_TYPE_KEY_FIELDS) {
		char known[256];

		unknown = vnft_type_unknown_field(value, &at);
		vnft_word_list(known, sizeof(known), vnft_type_fields);
		if (unknown)
			return BAD(p, "unknown field %.*s in \"%s\": known are %s", (int)unknown,
				   at, key->name, known);
	}
	if (key->words) {
		struct vnft_words words;

		if (vnft_words_split(&words, value, NULL))
			return BAD(p, "\"%s\": %s", key->name, vnft_why());
		vnft_words_free(&words);
	}
	if (key->kind == VNFT_TYPE_KEY_PATH && value[0] != '/')
		n = snprintf(to, key->bytes, "%s/%s", p->images, value);
	else
		n = snprintf(to, key->bytes, "%s", value);
	if (n < 0 || (size_t)n >= key->bytes)
		return BAD(p, "\"%s\" has %d bytes: at most %zu fit", key->name, n, key->bytes - 1);
	return 0;
}

static int set_choice(struct parser *p, const struct vnft_type_key *key, const char *value)
{
	char known[128];
	int i;

	if (key->kind == VNFT_TYPE_KEY_DRIVER && vnft_guest_driver(value))
		return set_text(p, key, value);
	for (i = 0; key->choices && key->choices[i]; i++) {
		if (strcmp(key->choices[i], value))
			continue;
		if (key->kind == VNFT_TYPE_KEY_WORD)
			return set_text(p, key, value);
		memcpy((char *)p->type + key->offset, &i, sizeof(i));
		return 0;
	}
	vnft_type_choices(key, known, sizeof(known));
	return BAD(p, "\"%s\" cannot be \"%.40s\": one of %s", key->name, value, known);
}

static int set_number(struct parser *p, const struct vnft_type_key *key, const char *value)
{
	char *to = (char *)p->type + key->offset;
	const bool none = key->kind == VNFT_TYPE_KEY_PORT && !strcmp(value, "none");
	uint32_t number = 0;
	uint16_t port;
	size_t i;

	/*
	 * Digits only: strtoul() would take signs, spaces and, with base 0, octal. Seven cannot
	 * overflow.
	 */
	for (i = 0; value[i] >= '0' && value[i] <= '9' && i < 8; i++)
		number = number * 10 + (uint32_t)(value[i] - '0');
	if (!none && (!i || value[i] || i > 7 || number < key->min || number > key->max))
		return BAD(p, "\"%s\" cannot be \"%.40s\": a number from %u to %u%s", key->name,
			   value, key->min, key->max,
			   key->kind == VNFT_TYPE_KEY_PORT ? ", or none" : "");
	port = (uint16_t)number;
	memcpy(to, key->kind == VNFT_TYPE_KEY_PORT ? (void *)&port : (void *)&number, key->bytes);
	return 0;
}

static int set(struct parser *p, const struct vnft_type_key *key, const char *value)
{
	switch (key->kind) {
	case VNFT_TYPE_KEY_DRIVER:
	case VNFT_TYPE_KEY_WORD:
	case VNFT_TYPE_KEY_CHOICE:
		return set_choice(p, key, value);
	case VNFT_TYPE_KEY_NUMBER:
	case VNFT_TYPE_KEY_PORT:
		return set_number(p, key, value);
	default:
		return set_text(p, key, value);
	}
}

static char *trim(char *text)
{
	size_t n;

	text += strspn(text, " \t");
	for (n = strlen(text); n && (text[n - 1] == ' ' || text[n - 1] == '\t'); n--)
		text[n - 1] = 0;
	return text;
}

static int unknown_key(struct parser *p, const char *key, const char *value)
{
	const char *names[VNFT_TYPE_KEYS_MAX] = { NULL };
	char known[512];
	size_t k;

	/* Of files that were written for an older version. */
	if (!strcmp(key, "iperf3"))
		return BAD(p, "\"iperf3 = %.40s\" is now \"workload = %s\"", value,
			   strcmp(value, "no") ? "iperf3" : "none");
	for (k = 0; vnft_type_keys[k].name; k++)
		names[k] = vnft_type_keys[k].name;
	vnft_word_list(known, sizeof(known), names);
	return BAD(p, "unknown key \"%.40s\": known are %s", key, known);
}

static int parse_line(struct parser *p, char *line)
{
	char *key_text = trim(line), *value;
	size_t k;

	if (!key_text[0] || key_text[0] == '#')
		return 0;
	value = strchr(key_text, '=');
	if (!value)
		return BAD(p, "no '=' in \"%.40s\": key = value", key_text);
	*value++ = 0;
	key_text = trim(key_text);
	value = trim(value);
	for (k = 0; vnft_type_keys[k].name && strcmp(vnft_type_keys[k].name, key_text); k++)
		;
	if (!vnft_type_keys[k].name)
		return unknown_key(p, key_text, value);
	if (p->said_in[k])
		return BAD(p, "\"%s\" again: line %u has it already", key_text, p->said_in[k]);
	p->said_in[k] = p->line;
	if (!value[0])
		return BAD(p, "\"%s\" is empty: give it a value or leave it out", key_text);
	return set(p, &vnft_type_keys[k], value);
}

static bool says_field(const struct parser *p, const char *field)
{
	const struct vnft_type_key *key;

	for (key = vnft_type_keys; key->name; key++)
		if (key->kind == VNFT_TYPE_KEY_FIELDS &&
		    strstr((const char *)p->type + key->offset, field))
			return true;
	return false;
}

/* Does the file say what @own says? */
static bool says(const struct parser *p, const struct vnft_guest_own *own)
{
	bool same = false;
	json_t *value;
	size_t k;

	if (own->key[0] == '@')
		return says_field(p, own->key);

	for (k = 0; vnft_type_keys[k].name && strcmp(vnft_type_keys[k].name, own->key); k++)
		;
	if (!vnft_type_keys[k].name || !p->said_in[k])
		return false;
	if (!own->value)
		return true;
	value = vnft_type_value(p->type, &vnft_type_keys[k]);
	same = json_is_string(value) && !strcmp(json_string_value(value), own->value);
	json_decref(value);
	return same;
}

/* What another driver has for itself. */
static int check_foreign(struct parser *p, const struct vnft_guest_ops *ours)
{
	const struct vnft_guest_own *own;
	size_t i;

	for (i = 0; vnft_guest_drivers[i]; i++) {
		const struct vnft_guest_ops *ops = vnft_guest_drivers[i];

		for (own = ops == ours ? NULL : ops->own; own && own->key; own++)
			if (says(p, own))
				return BAD(p, "\"%s%s%s\" is for driver %s alone", own->key,
					   own->value ? " = " : "", own->value ? own->value : "",
					   ops->name);
	}
	return 0;
}

static int check_workload(struct parser *p)
{
	const struct vnft_type *t = p->type;

	if (t->workload != VNFT_WORKLOAD_NONE && !t->port)
		return BAD(p, "\"workload = %s\" needs a \"port\" that is not none",
			   vnft_workloads[t->workload]);
	if (t->source_port && t->workload != VNFT_WORKLOAD_TCP)
		return BAD(p, "\"source_port\" is for \"workload = tcp\" alone");
	if (t->source_port && t->source_port == t->port)
		return BAD(p, "\"source_port\" cannot be \"port\": one reads, the other sends");
	return 0;
}

/* What the file must say beyond its single lines. */
static int check_whole(struct parser *p)
{
	const struct vnft_guest_ops *ops;
	struct vnft_type *t = p->type;
	const bool own_kernel = vnft_type_has_kernel(t);
	size_t k;
	int err;

	for (k = 0; vnft_type_keys[k].name; k++) {
		char known[128] = "";

		if (!vnft_type_keys[k].required || p->said_in[k])
			continue;
		vnft_type_choices(&vnft_type_keys[k], known, sizeof(known));
		return BAD(p, "ends without \"%s\": one of %s", vnft_type_keys[k].name, known);
	}
	ops = vnft_guest_driver(t->driver);
	err = check_foreign(p, ops);
	if (err)
		return err;
	if (ops->check_type && ops->check_type(t))
		return BAD(p, "%s", vnft_why());
	err = check_workload(p);
	if (err)
		return err;
	if (t->console_init[0] && !own_kernel)
		return BAD(p, "\"console_init\" is for what has a kernel of its own: of others the "
			   "exec of the first process is seen");
	if (t->initrd[0] && !t->kernel[0])
		return BAD(p, "\"initrd\" without \"kernel\": give both or none");
	if (!t->title[0])
		snprintf(t->title, sizeof(t->title), "%s", t->name);
	if (!t->memory_mib && own_kernel)
		t->memory_mib = 128;
	if (!t->vcpus && own_kernel)
		t->vcpus = 1;
	return 0;
}

int vnft_type_parse(struct vnft_type *type, const char *file, const char *text, size_t bytes,
		    const char *images)
{
	struct parser p = { .type = type, .file = file, .images = images };
	size_t at = 0;
	int err;

	type->timeout_s = 60;
	type->port = 5201;
	while (at < bytes) {
		const char *end = memchr(text + at, '\n', bytes - at);
		size_t n = end ? (size_t)(end - text) - at : bytes - at, i;
		char line[2048];
		uint32_t code;

		p.line++;
		if (n >= sizeof(line))
			return BAD(&p, "line of %zu bytes: at most %zu", n, sizeof(line) - 1);
		memcpy(line, text + at, n);
		line[n] = 0;
		for (i = 0; i < n; i += vnft_utf8(line + i, &code)) {
			if (!vnft_utf8(line + i, &code))
				return BAD(&p, "byte 0x%02x in column %zu: not UTF-8: plain text",
					   (unsigned char)line[i], i + 1);
			if (((unsigned char)line[i] < ' ' && line[i] != '\t') || line[i] == 0x7f)
				return BAD(&p, "control character 0x%02x in column %zu: plain text",
					   (unsigned char)line[i], i + 1);
		}
		err = parse_line(&p, line);
		if (err)
			return err;
		at += n + 1;
	}
	return check_whole(&p);
}
