/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Can this kernel still load a module at all?
 */
#ifndef VNFT_LIB_MODULES_H
#define VNFT_LIB_MODULES_H

/* Why no module can be loaded, and in @advice what would help; NULL: nothing is in the way. */
const char *vnft_modules_barred(const char **advice);

#endif
