/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Drivers by name and by what they know.
 */
#include "drivers.h"

#include <string.h>

#include "../lib/undo/undo.h"

#define ADDRESS(name) &vnft_guest_##name,
const struct vnft_guest_ops *const vnft_guest_drivers[] = { VNFT_GUEST_DRIVERS(ADDRESS) NULL };

const struct vnft_guest_ops *vnft_guest_driver(const char *name)
{
	size_t i;

	for (i = 0; vnft_guest_drivers[i]; i++)
		if (!strcmp(vnft_guest_drivers[i]->name, name))
			return vnft_guest_drivers[i];
	return NULL;
}

const struct vnft_guest_ops *vnft_guest_phases_of(const struct vnft_type *type)
{
	const struct vnft_guest_ops *ops = vnft_guest_driver(type->driver);
	size_t i;

	if (ops && ops->virtualization)
		return ops;
	for (i = 0; (ops = vnft_guest_drivers[i]); i++)
		if ((ops->moments || ops->without) && ops->virtualization &&
		    !strcmp(ops->virtualization, type->virtualization))
			return ops;
	return NULL;
}

void vnft_guest_init(void)
{
	size_t i;

	for (i = 0; vnft_guest_drivers[i]; i++)
		if (vnft_guest_drivers[i]->undo_kind)
			vnft_undo_register(vnft_guest_drivers[i]->undo_kind,
					   vnft_guest_drivers[i]->undo);
}
