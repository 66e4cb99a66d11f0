/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The keys of a type file.
 */
#ifndef VNFT_GUEST_KEY_H
#define VNFT_GUEST_KEY_H

#include "type.h"

/**
 * enum vnft_type_key_kind - what a key's value may be
 *
 * Those up to VNFT_TYPE_KEY_WORD are stored as text.
 */
enum vnft_type_key_kind {
	VNFT_TYPE_KEY_TEXT,		/* anything that fits */
	VNFT_TYPE_KEY_FIELDS,	/* text with @FIELD@s */
	VNFT_TYPE_KEY_PATH,		/* a file; relative ones are below the images directory */
	VNFT_TYPE_KEY_DRIVER,	/* name of a driver */
	VNFT_TYPE_KEY_WORD,		/* one of the choices */
	VNFT_TYPE_KEY_CHOICE,	/* one of the choices, stored as its index in an int-sized enum */
	VNFT_TYPE_KEY_NUMBER,	/* in [min, max] */
	VNFT_TYPE_KEY_PORT,		/* likewise, stored in 16 bits; "none" is 0 */
};

/**
 * struct vnft_type_key - a key of a type file
 * @offset: of its value in struct vnft_type
 * @bytes: room of a text
 * @words: it is split into words
 * @required: in every file
 */
struct vnft_type_key {
	const char *name;
	enum vnft_type_key_kind kind;
	size_t offset, bytes;
	uint32_t min, max;
	const char *const *choices;
	bool words, required;
};
extern const struct vnft_type_key vnft_type_keys[];	/* ended by a NULL name */
#define VNFT_TYPE_KEYS_MAX	64

/* Words with ", " between; all of a NULL-terminated list, or all that a key's value may be. */
void vnft_word_list(char *to, size_t bytes, const char *const *word);
void vnft_type_choices(const struct vnft_type_key *key, char *to, size_t bytes);

/* The value of a key in a type, as JSON: text or number. New reference; NULL: not said. */
json_t *vnft_type_value(const struct vnft_type *type, const struct vnft_type_key *key);

#endif
