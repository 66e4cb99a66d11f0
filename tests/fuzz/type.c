/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Type files of any bytes. Either they are refused with a line that names the file, or every string
 * of the type ends inside its array and its command lines can be filled in.
 */
#include <stdlib.h>

#include "../../tools/lib/text/error.h"
#include "../../tools/guest/type/expand.c"
#include "../../tools/guest/type/key.c"
#include "../../tools/guest/type/parse.c"
#include "../../tools/guest/type/rules.c"
#include "../../tools/guest/type/words.c"
#include "../../tools/lib/text/error.c"

static void must(bool what)
{
	if (!what)
		abort();
}

static void use(const struct vnft_type *type, const char *text)
{
	struct vnft_instance in = { .type = type, .place = { .name = "vnft-0-1" } };
	struct vnft_words words;
	char to[4096];

	if (!vnft_type_expand(text, &in, to, sizeof(to)))
		must(strlen(to) < sizeof(to));
	if (!vnft_words_split(&words, text, &in))
		vnft_words_free(&words);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct vnft_type type = { .name = "fuzz" };
	const struct vnft_type_key *key;
	int err = vnft_type_parse(&type, "fuzz.conf", (const char *)data, bytes, "/images");

	if (err) {
		must(err == -EBADMSG && !strncmp(vnft_why(), "fuzz.conf:", 10));
		return 0;
	}
	for (key = vnft_type_keys; key->name; key++)
		if (key->kind <= VNFT_TYPE_KEY_WORD)
			must(memchr((char *)&type + key->offset, 0, key->bytes));
	must(type.driver[0] && (type.port || !type.workload) && type.timeout_s);
	use(&type, type.command);
	use(&type, type.append);
	use(&type, type.teardown);
	use(&type, type.qemu_args);
	use(&type, type.vif);
	use(&type, type.config);
	return 0;
}
