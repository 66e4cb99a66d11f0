/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Is there a terminal to draw on? And what scrolling means, whatever scrolls.
 */
#include "screen.h"

#include <unistd.h>

#include "../../lib/text/terminal.h"

const struct vnft_screen *vnft_screen_of_terminal(void)
{
	if (&vnft_screen_curses && isatty(STDIN_FILENO) && vnft_terminal_escapes(STDOUT_FILENO))
		return &vnft_screen_curses;
	return NULL;
}

void vnft_screen_scroll(int key, size_t *first, size_t n, size_t visible)
{
	const size_t most = n > visible ? n - visible : 0;

	if (key == VNFT_KEY_UP)
		*first -= *first > 0;
	else if (key == VNFT_KEY_DOWN)
		*first += 1;
	else if (key == VNFT_KEY_PAGE_UP)
		*first -= *first < visible ? *first : visible;
	else if (key == VNFT_KEY_PAGE_DOWN)
		*first += visible;
	else if (key == VNFT_KEY_HOME)
		*first = 0;
	else if (key == VNFT_KEY_END)
		*first = most;
	if (*first > most)
		*first = most;
}
