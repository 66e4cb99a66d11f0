/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A terminal that is drawn on. curses.c alone knows how.
 */
#ifndef VNFT_CMD_TOP_SCREEN_H
#define VNFT_CMD_TOP_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

/* Keys that are no character; every other key is its character. */
enum vnft_screen_key {
	VNFT_KEY_NONE = 0,
	VNFT_KEY_UP = 0x10000,
	VNFT_KEY_DOWN,
	VNFT_KEY_PAGE_UP,
	VNFT_KEY_PAGE_DOWN,
	VNFT_KEY_HOME,
	VNFT_KEY_END,
	VNFT_KEY_RESIZE,
	VNFT_KEY_HANGUP,	/* the terminal is gone */
};

/**
 * struct vnft_screen - a terminal
 * @open: false if it cannot be drawn on
 * @size: how large it is now
 * @clear, @put, @show: a page is put together line by line and shown at once
 * @key: waits so long for a key
 * @close: puts back what was there before
 */
struct vnft_screen {
	bool (*open)(void);
	void (*size)(int *columns, int *lines);
	void (*clear)(void);
	void (*put)(int line, const char *text, bool strong);
	void (*show)(void);
	int (*key)(int wait_ms);
	void (*close)(void);
};

/*
 * NULL by address where the binary was built without ncurses. The tests' programs are: curses.c is
 * linked into vnftrace alone, and is not in the library.
 */
extern const struct vnft_screen vnft_screen_curses __attribute__((weak));

#define VNFT_SCREEN_WAIT_MS	100	/* for a key: a signal is heard at least so soon */

/* NULL: standard input and output are no terminal, or one that wants plain lines. */
const struct vnft_screen *vnft_screen_of_terminal(void);
/* Of @n lines @visible are shown, from *@first on; any other key leaves it within its range. */
void vnft_screen_scroll(int key, size_t *first, size_t n, size_t visible);

#endif
