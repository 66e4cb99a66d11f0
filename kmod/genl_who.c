// SPDX-License-Identifier: GPL-2.0
/*
 * Who sent a command. What he may is authority.c's. A session is his who has its file open, and
 * nobody's who only knows its number: numbers can be guessed. All this is looked up before any lock
 * is taken that others wait for, and kept in the command's own pointers.
 */
#include "authority.h"
#include "genl_reply.h"
#include "genl_who.h"
#include "vnft.h"

enum { WHO_SESSION, WHO_NET };

static const char no_session[] =
	"no such session: it was never set up, or its file is closed";

/* With a reference; NULL: none of this number in @realm. */
static struct vnft_session *session_of(u32 id, u64 realm)
{
	struct vnft_session *session;

	mutex_lock(&vnft_lock);
	session = vnft_session_find(id);
	if (session && session->realm != realm)
		session = NULL;
	if (session)
		vnft_session_get(session);
	mutex_unlock(&vnft_lock);
	return session;
}

int vnft_genl_before(const struct VNFT_GENL_OPS *ops, struct sk_buff *skb, struct genl_info *info)
{
	struct vnft_session *session;
	const char *why;
	u64 realm;
	int err;

	info->user_ptr[WHO_SESSION] = NULL;
	err = vnft_authority_netlink(skb, &realm, &why);
	if (err)
		return vnft_genl_refuse(info, 0, err, why);
	info->user_ptr[WHO_NET] = realm == VNFT_REALM_HOST ? NULL : genl_info_net(info);
	if (!info->attrs[VNFT_A_SESSION])
		return 0;
	session = session_of(nla_get_u32(info->attrs[VNFT_A_SESSION]), realm);
	if (!session)
		return vnft_genl_refuse(info, VNFT_A_SESSION, -ENOENT, no_session);
	if (!vnft_session_held(session)) {
		vnft_session_put(session);
		return vnft_genl_refuse(info, VNFT_A_SESSION, -EPERM,
				"the session is another's: this process has not its file open");
	}
	info->user_ptr[WHO_SESSION] = session;
	return 0;
}

void vnft_genl_after(const struct VNFT_GENL_OPS *ops, struct sk_buff *skb, struct genl_info *info)
{
	struct vnft_session *session = info->user_ptr[WHO_SESSION];

	if (session)
		vnft_session_put(session);
}

u64 vnft_genl_realm(const struct genl_info *info)
{
	const struct net *net = info->user_ptr[WHO_NET];

	return net ? net->net_cookie : VNFT_REALM_HOST;
}

int vnft_genl_session(struct genl_info *info, struct vnft_session **session)
{
	lockdep_assert_held(&vnft_lock);
	*session = info->user_ptr[WHO_SESSION];
	if (!*session || !(*session)->closed)
		return 0;
	*session = NULL;
	return vnft_genl_refuse(info, VNFT_A_SESSION, -ENOENT, no_session);
}
