/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What completion offers for a command line that is being typed.
 *
 * A shell's script (completion.h) hands the words over, and puts what is printed here into an
 * array. So names that others choose (devices, namespaces, types) are data in the shell at all
 * times: no word list there is split or expanded.
 */
#ifndef VNFT_LIB_OFFER_H
#define VNFT_LIB_OFFER_H

typedef void (*vnft_offer_fn)(const char *name, void *arg);

/**
 * struct vnft_offer_kind - a kind of argument whose words are found out
 * @name: as in the member complete of struct vnft_opt and struct vnft_cmd
 * @each: calls @fn for each of them; @typed is what stands there already
 */
struct vnft_offer_kind {
	const char *name;
	void (*each)(const char *typed, vnft_offer_fn fn, void *arg);
};

/* All of them, ended by a NULL name; defined in tools/cmd/words.c. */
extern const struct vnft_offer_kind vnft_offer_kinds[];

/*
 * Print what may stand for the last of @words, one a line: names in the form of
 * vnft_name_show(), so that a line is a word. "/file" or "/dir" alone: the shell's own names
 * of files or directories. @words are those after the tool's name.
 */
void vnft_offer(int n, char **words);

#endif
