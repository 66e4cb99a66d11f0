// SPDX-License-Identifier: GPL-2.0
/*
 * Whom the module serves. A container of a network function usually has CAP_NET_ADMIN in the
 * initial user namespace, so that this capability does not tell it from the host's root. The host
 * is
 *
 *	- who runs in the initial network namespace, or
 *	- who could enter it at will: CAP_SYS_ADMIN in the initial user namespace, and in no PID
 *	  namespace of his own. That is the host's root behind `ip netns exec`, and our tool on its
 *	  way into the namespace of a device.
 *
 * Anybody else is refused, unless the parameter "containers" lets each network namespace have its
 * own devices and sessions.
 */
#include <linux/capability.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "authority.h"

static bool containers;
module_param(containers, bool, 0644);
MODULE_PARM_DESC(containers,
		 "serve other network namespaces, too, each for its own devices (default: no)");

static const char not_served[] =
	"the module serves the initial network namespace, others only if loaded with containers=1";
static const char not_his_socket[] =
	"the socket is of another network namespace than the process";

static bool in_initial_pids(void)
{
	return task_active_pid_ns(current) == &init_pid_ns;
}

/* Of a process in the namespace @net that is not the host's. */
static int confined(const struct net *net, u64 *realm)
{
	if (!READ_ONCE(containers))
		return -EPERM;
	*realm = net->net_cookie;
	return 0;
}

int vnft_authority_open(u64 *realm)
{
	const struct net *net = current->nsproxy->net_ns;

	if (!capable(CAP_NET_ADMIN))
		return -EPERM;
	*realm = VNFT_REALM_HOST;
	if (net_eq(net, &init_net) || (in_initial_pids() && capable(CAP_SYS_ADMIN)))
		return 0;
	return confined(net, realm);
}

/* The core has asked for CAP_NET_ADMIN: of who opened the socket, and of who sends. */
int vnft_authority_netlink(const struct sk_buff *skb, u64 *realm, const char **why)
{
	const struct net *net = current->nsproxy->net_ns;
	const struct net *socket_net = sock_net(NETLINK_CB(skb).sk);

	*realm = VNFT_REALM_HOST;
	if (net_eq(net, &init_net) && net_eq(socket_net, &init_net))
		return 0;
	if (in_initial_pids() && netlink_capable(skb, CAP_SYS_ADMIN))
		return 0;
	/* Whose words are they: the process's, or of who gave it the socket? */
	if (!net_eq(net, socket_net)) {
		*why = not_his_socket;
		return -EPERM;
	}
	*why = not_served;
	return confined(net, realm);
}
