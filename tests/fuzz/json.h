/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mutations that leave JSON what it is: bytes changed at random seldom get further than the parser.
 * libFuzzer calls LLVMFuzzerCustomMutator() where there is one.
 */
#ifndef TESTS_FUZZ_JSON_H
#define TESTS_FUZZ_JSON_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t bytes, size_t room);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t bytes, size_t room, unsigned int seed);

/* Values that something may stumble over, and every kind of them. */
static const char *const json_odd[] = {
	"null", "true", "false", "0", "-1", "1", "6", "1000000000000000000", "1e18", "-1e18", "0.5",
	"1e-300", "9223372036854775807", "-9223372036854775808", "\"\"", "\"container.crun\"",
	"\"\\u001b[2J\"", "\"\\u009b2J\"", "\"\\u202e\"", "\"\\ud83d\\ude00\"", "\"%s%n\"",
	"\"\\\\x1b\"", "[]", "{}", "[null]", "[1, 1, 1, 1, 1, 1]", "[1, 2, 3, 4, 5, 600000000]",
	"{\"\": \"\"}",
};

/* The value @n of all below @v in the order of a walk; its place is what holds it. */
struct json_place {
	json_t *parent, *value;
	const char *key;
	size_t index;
};

static inline void json_walk(json_t *v, size_t *n, struct json_place *place)
{
	const char *key;
	json_t *item;
	size_t i;

	json_object_foreach(v, key, item) {
		if (!(*n)--)
			*place = (struct json_place){ v, item, key, 0 };
		json_walk(item, n, place);
	}
	json_array_foreach(v, i, item) {
		if (!(*n)--)
			*place = (struct json_place){ v, item, NULL, i };
		json_walk(item, n, place);
	}
}

static inline struct json_place json_pick(json_t *root, unsigned int seed)
{
	struct json_place place = { 0 };
	size_t all = SIZE_MAX, n;

	json_walk(root, &all, &place);
	all = SIZE_MAX - all;
	n = all ? seed % all : 0;
	json_walk(root, &n, &place);
	return place;
}

static inline void json_put(const struct json_place *at, json_t *value)
{
	if (at->key)
		json_object_set_new(at->parent, at->key, value);
	else
		json_array_set_new(at->parent, at->index, value);
}

/* One value becomes an odd one, a copy of another, a number beside it, or goes. */
static inline void json_change(json_t *root, unsigned int seed)
{
	struct json_place at = json_pick(root, seed / 16), other = json_pick(root, seed / 7);
	const char *odd = json_odd[seed / 64 % (sizeof(json_odd) / sizeof(json_odd[0]))];

	if (!at.parent)
		return;
	switch (seed % 8) {
	case 0:
		if (at.key)
			json_object_del(at.parent, at.key);
		else
			json_array_remove(at.parent, at.index);
		break;
	case 1:
		json_put(&at, json_deep_copy(other.value));
		break;
	case 2:
		if (json_is_array(at.parent))
			json_array_insert_new(at.parent, at.index, json_deep_copy(at.value));
		break;
	case 3:
		if (json_is_integer(at.value))
			json_integer_set(at.value, json_integer_value(at.value) ^
						   (json_int_t)1 << seed / 1024 % 60);
		break;
	default:
		json_put(&at, json_loads(odd, JSON_DECODE_ANY, NULL));
	}
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t bytes, size_t room, unsigned int seed)
{
	json_t *root = seed % 5 ? json_loadb((char *)data, bytes, 0, NULL) : NULL;
	unsigned int changes = 1 + seed / 5 % 3;
	char *text;
	size_t n;

	if (!root)
		return LLVMFuzzerMutate(data, bytes, room);
	while (changes--)
		json_change(root, seed = seed * 1664525 + 1013904223);
	text = json_dumps(root, JSON_COMPACT);
	json_decref(root);
	n = text ? strlen(text) : 0;
	if (!n || n > room) {
		free(text);
		return LLVMFuzzerMutate(data, bytes, room);
	}
	memcpy(data, text, n);
	free(text);
	return n;
}

#endif
