/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Commands that a message prints as a fix are pasted into a shell, with names in them that somebody
 * else chose: `;` and `$` are allowed in the name of a device.
 */
#ifndef VNFT_LIB_SHELL_H
#define VNFT_LIB_SHELL_H

/*
 * @word as bash takes it: as it is where that is safe, else quoted. It lives until the thread's
 * fourth call after this one.
 */
const char *vnft_shell(const char *word);

#endif
