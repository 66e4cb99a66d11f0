/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Removing directories and cgroups of ours.
 * 0 when it is gone, -EINVAL when it is not ours, other negative errno after vnft_fail().
 */
#ifndef VNFT_LIB_UNDO_DIR_H
#define VNFT_LIB_UNDO_DIR_H

int vnft_undo_dir(const char *path);
int vnft_undo_cgroup(const char *path);

#endif
