/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The terminal, by ncurses: it sends what has changed, so that nothing flickers.
 */
#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "screen.h"

static SCREEN *screen;

static bool open_screen(void)
{
	/* Lines are UTF-8, whatever the locale. */
	setlocale(LC_CTYPE, "");
	if (strcmp(nl_langinfo(CODESET), "UTF-8"))
		setlocale(LC_CTYPE, "C.UTF-8");
	/* initscr() would end the process where TERM is not known. */
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		return false;
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(25);
	curs_set(0);
	return true;
}

static void get_size(int *columns, int *lines)
{
	getmaxyx(stdscr, *lines, *columns);
}

static void clear_page(void)
{
	erase();
}

static void put(int line, const char *text, bool strong)
{
	if (strong)
		attron(A_BOLD);
	mvaddstr(line, 0, text);
	if (strong)
		attroff(A_BOLD);
}

static void show(void)
{
	refresh();
}

static int translate(int key)
{
	static const struct {
		int curses, ours;
	} keys[] = {
		{ ERR, VNFT_KEY_NONE },		  { KEY_UP, VNFT_KEY_UP },
		{ KEY_DOWN, VNFT_KEY_DOWN },	  { KEY_PPAGE, VNFT_KEY_PAGE_UP },
		{ KEY_NPAGE, VNFT_KEY_PAGE_DOWN }, { KEY_HOME, VNFT_KEY_HOME },
		{ KEY_END, VNFT_KEY_END },	  { KEY_RESIZE, VNFT_KEY_RESIZE },
	};
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (keys[i].curses == key)
			return keys[i].ours;
	return key > 0 && key < 0x100 ? key : VNFT_KEY_NONE;
}

/* A change of size wakes poll() by its signal, and then getch() tells of it. */
static int get_key(int wait_ms)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	int n, key = translate(getch());

	if (key)
		return key;
	n = poll(&in, 1, wait_ms);
	key = translate(getch());
	if (!key && n > 0 && in.revents)	/* readable, and nothing to read: its end */
		return VNFT_KEY_HANGUP;
	return key;
}

static void close_screen(void)
{
	if (!screen)
		return;
	endwin();
	delscreen(screen);
	screen = NULL;
}

const struct vnft_screen vnft_screen_curses = {
	.open = open_screen,
	.size = get_size,
	.clear = clear_page,
	.put = put,
	.show = show,
	.key = get_key,
	.close = close_screen,
};
