// SPDX-License-Identifier: GPL-2.0
/*
 * The bound of the module's memory. All realms but the host's have half of it together, so that
 * they cannot take the host's share.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/spinlock.h>

#include "authority.h"
#include "memory.h"

#define SHARE		8
#define CONFINED_SHARE	2

static unsigned int memory_mb;
module_param(memory_mb, uint, 0644);
MODULE_PARM_DESC(memory_mb,
		 "MB for all rings, counters and tables (default: an eighth of the memory)");

static DEFINE_SPINLOCK(lock);
static u64 taken_bytes, confined_bytes;

static u64 limit_bytes(void)
{
	const u64 mb = READ_ONCE(memory_mb);

	return mb ? mb << 20 : (u64)totalram_pages() * PAGE_SIZE / SHARE;
}

int vnft_memory_take(u64 realm, u64 bytes)
{
	const u64 limit = limit_bytes();
	const bool confined = realm != VNFT_REALM_HOST;
	int err = -ENOMEM;

	spin_lock(&lock);
	if (bytes <= limit && taken_bytes <= limit - bytes &&
	    (!confined || confined_bytes + bytes <= limit / CONFINED_SHARE)) {
		taken_bytes += bytes;
		confined_bytes += confined ? bytes : 0;
		err = 0;
	}
	spin_unlock(&lock);
	return err;
}

void vnft_memory_give(u64 realm, u64 bytes)
{
	spin_lock(&lock);
	taken_bytes -= bytes;
	confined_bytes -= realm != VNFT_REALM_HOST ? bytes : 0;
	spin_unlock(&lock);
}
