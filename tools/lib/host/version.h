/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The version of the tool.
 */
#ifndef VNFT_LIB_VERSION_H
#define VNFT_LIB_VERSION_H

#define VNFT_VERSION "0.1.0"
#define VNFT_VERSION_DATE "2026-11-22"

#endif
