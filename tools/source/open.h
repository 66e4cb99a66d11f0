/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Chooses an observer and opens a session with it.
 */
#ifndef VNFT_SOURCE_OPEN_H
#define VNFT_SOURCE_OPEN_H

#include "source.h"

/* The observer that AUTO means on this host; any other is returned as it is. */
int vnft_observer_choose(enum vnft_observer asked, enum vnft_observer *chosen);
/* "auto", "bpf", "module", "both" by enum vnft_observer, NULL: the choices of --observer. */
extern const char *const vnft_observer_names[];
const char *vnft_observer_name(enum vnft_observer observer);

/*
 * A session of @observer (AUTO, BPF, MODULE): -EOPNOTSUPP after vnft_fail() if it is not to be had.
 */
int vnft_source_open(struct vnft_source **source, enum vnft_observer observer,
		     const struct vnft_source_config *config);

#endif
