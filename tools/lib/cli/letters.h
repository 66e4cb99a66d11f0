/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The short names of options: one letter, one meaning, whatever the verb.
 */
#ifndef VNFT_LIB_LETTERS_H
#define VNFT_LIB_LETTERS_H

/**
 * struct vnft_letter - a letter and the long option that it stands for in every verb that has one;
 *	a 0 ends the table
 */
struct vnft_letter {
	char letter;
	const char *name;
};
extern const struct vnft_letter vnft_letters[];

#endif
