// SPDX-License-Identifier: GPL-2.0
/*
 * The table of attachments: hooks look for them by net_device under RCU, commands by id under
 * vnft_lock.
 */
#include <linux/hash.h>
#include <linux/mutex.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>

#include "authority.h"
#include "table.h"
#include "vnft.h"

#define TABLE_BITS	10
#define LAST_ID		(VNFT_MODULE_FIRST_ID + VNFT_MODULE_DEVICES - 1)

static DEFINE_XARRAY_ALLOC(by_id);
static u32 next_id = VNFT_MODULE_FIRST_ID;
static u32 count, generation = 1;
static struct hlist_head by_netdev[1 << TABLE_BITS];
/* From a net_device to its private part; what a driver's function is handed leads back by it. */
static size_t priv_offset;

struct hlist_head *vnft_table_bucket(const struct net_device *dev)
{
	return &by_netdev[hash_ptr(dev, TABLE_BITS)];
}

struct net_device *vnft_table_by_priv(const void *priv)
{
	/* Only a name to look for: nobody says yet that there is a device. */
	struct net_device *dev = (struct net_device *)((char *)priv - priv_offset);
	struct vnft_device *d;

	vnft_table_for_each(d, dev)
		return dev;
	return NULL;
}

void vnft_table_changed(void)
{
	if (!++generation)
		generation = 1;
}

u32 vnft_table_generation(void)
{
	return generation;
}

u32 vnft_table_count(u64 realm)
{
	const struct vnft_device *d;
	unsigned long id;
	u32 n = 0;

	lockdep_assert_held(&vnft_lock);
	if (realm == VNFT_REALM_HOST)
		return count;
	xa_for_each(&by_id, id, d)
		n += d->realm == realm;
	return n;
}

struct vnft_device *vnft_table_find(u32 id)
{
	lockdep_assert_held(&vnft_lock);
	return xa_load(&by_id, id);
}

struct vnft_device *vnft_table_next(u32 id)
{
	unsigned long index = id;

	lockdep_assert_held(&vnft_lock);
	return xa_find(&by_id, &index, LAST_ID, XA_PRESENT);
}

int vnft_table_add(struct vnft_device *d)
{
	int err = xa_alloc_cyclic(&by_id, &d->id, d, XA_LIMIT(VNFT_MODULE_FIRST_ID, LAST_ID),
				  &next_id, GFP_KERNEL_ACCOUNT);

	lockdep_assert_held(&vnft_lock);
	if (err < 0)
		return err == -EBUSY ? -ENOSPC : err;
	count++;
	return 0;
}

void vnft_table_remove(struct vnft_device *d)
{
	lockdep_assert_held(&vnft_lock);
	xa_erase(&by_id, d->id);
	count--;
	vnft_table_changed();
}

void vnft_table_show(struct vnft_device *d)
{
	lockdep_assert_held(&vnft_lock);
	hlist_add_head_rcu(&d->hashed, vnft_table_bucket(d->dev));
}

void vnft_table_hide(struct vnft_device *d)
{
	lockdep_assert_held(&vnft_lock);
	hlist_del_rcu(&d->hashed);
}

void __init vnft_table_init(void)
{
	const struct net_device *any = init_net.loopback_dev;

	priv_offset = (char *)netdev_priv(any) - (char *)any;
}

void vnft_table_exit(void)
{
	WARN_ON_ONCE(!xa_empty(&by_id));
	xa_destroy(&by_id);
}
