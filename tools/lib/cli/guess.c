/* SPDX-License-Identifier: GPL-2.0 */
/*
 * "Did you mean": the nearest known word by insertions, deletions, changes and swaps of letters.
 */
#include "guess.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#define WORD_MAX 32
/* Two slips of the finger, but never most of a short word. */
#define DISTANCE_MAX 2

static unsigned int min2(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

static unsigned int distance(const char *a, size_t na, const char *b, size_t nb)
{
	unsigned int d[WORD_MAX + 1][WORD_MAX + 1];

	for (unsigned int i = 0; i <= na; i++)
		d[i][0] = i;
	for (unsigned int j = 0; j <= nb; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= na; i++) {
		for (size_t j = 1; j <= nb; j++) {
			unsigned int change = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

			d[i][j] = min2(change, min2(d[i - 1][j], d[i][j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				d[i][j] = min2(d[i][j], d[i - 2][j - 2] + 1);
		}
	}
	return d[na][nb];
}

void vnft_guess_begin(struct vnft_guess *guess, const char *word)
{
	guess->word = word;
	guess->nearest = NULL;
	guess->distance = DISTANCE_MAX + 1;
}

void vnft_guess_try(struct vnft_guess *guess, const char *candidate)
{
	size_t n = strlen(guess->word), m = strlen(candidate);
	unsigned int d;

	if (n < 2 || n > WORD_MAX || m > WORD_MAX)
		return;
	/* A beginning of at least three letters is meant as an abbreviation. */
	d = n >= 3 && n < m && !strncmp(guess->word, candidate, n) ? 1 :
		distance(guess->word, n, candidate, m);
	if (d < guess->distance && d < n && d < m - 1) {
		guess->distance = d;
		guess->nearest = candidate;
	}
}

void vnft_guess_path(const char *path, char *to, size_t bytes)
{
	const char *slash = strrchr(path, '/'), *last = slash ? slash + 1 : path;
	char dir[4096], nearest[WORD_MAX + 1] = "";
	struct vnft_guess guess;
	struct dirent *entry;
	DIR *d;

	*to = '\0';
	if ((size_t)(last - path) >= sizeof(dir))
		return;
	snprintf(dir, sizeof(dir), "%.*s", (int)(last - path), path);
	d = opendir(slash ? dir : ".");
	vnft_guess_begin(&guess, last);
	while (d && (entry = readdir(d))) {
		vnft_guess_try(&guess, entry->d_name);
		if (guess.nearest != entry->d_name)
			continue;
		snprintf(nearest, sizeof(nearest), "%.*s", WORD_MAX, entry->d_name);
		guess.nearest = nearest;
	}
	if (d)
		closedir(d);
	if (nearest[0])
		snprintf(to, bytes, ": did you mean %s%s?", dir, nearest);
}
