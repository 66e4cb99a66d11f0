/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A unikernel: a program, a network stack and two drivers, linked into one file that a hypervisor
 * boots as if it were an operating system. There is one address space, one thread and no system
 * call. It answers ARP, ICMP and ICMPv6 echo, and a reset for a segment to a closed port; on the
 * port of its command line it serves iperf 2. The stack is lwIP, as Debian has its source; all the
 * rest stands in this folder, to be read in this order:
 *
 *	kvm/boot.S	from the hypervisor's first instruction into C
 *	kvm/start.c	what the hypervisor handed over
 *	main.c		this: the network is brought up, then the one loop
 *	cmdline.c	what the command line says
 *	kvm/machine.c	interrupts, time, and sleep
 *	kvm/virtio.c	the network device: two rings in memory
 *	kvm/mmio.c	where that device is, on QEMU's microvm
 *	kvm/pci.c	and where on a PC
 *	kvm/serial.c	the console, and the end
 *	iperf.c		the program
 *	libc.c		the few functions of a C library that compilers and lwIP want
 *	lwipopts.h	what of lwIP is in, and how large; arch/cc.h: what lwIP asks of us
 *
 * xen/ is to Xen's PV guests what kvm/ is to QEMU: boot.S, machine.c and console.c as there, with
 * hypercall.c (pages and event channels), store.c (xenstore) and netfront.c (the device) beside.
 *
 * machine.h and nic.h are what main.c needs of a hypervisor. scripts/images/unikernel builds it.
 */
#include <lwip/etharp.h>
#include <lwip/ethip6.h>
#include <lwip/init.h>
#include <lwip/netif.h>
#include <lwip/prot/ethernet.h>
#include <lwip/prot/ip4.h>
#include <lwip/timeouts.h>
#include <netif/ethernet.h>
#include <stdbool.h>

#include "cmdline.h"
#include "iperf.h"
#include "machine.h"
#include "nic.h"

static struct netif net;
static uint8_t mac[6];

static err_t send(struct netif *netif, struct pbuf *p)
{
	(void)netif;
	return nic_send(p);
}

/*
 * Who is on the other end of the wire, its first frame says. Asked by ARP it would answer behind
 * all frames that waited for us to boot, and lwIP would have a connection for each of these, none
 * of them answered: its 64 would be gone until it repeats its SYN-ACKs 3 s later.
 */
static void meet_peer(const struct pbuf *p)
{
	static bool met;
	const struct eth_hdr *eth = p->payload;
	const struct ip_hdr *ip = (const struct ip_hdr *)(eth + 1);
	struct eth_addr peer_mac;
	ip4_addr_t from;

	if (met || p->len < sizeof(*eth) + IP_HLEN || eth->type != PP_HTONS(ETHTYPE_IP))
		return;
	ip4_addr_copy(from, ip->src);
	if (!ip4_addr_cmp(&from, netif_ip4_gw(&net)))
		return;
	peer_mac = eth->src;
	met = etharp_add_static_entry(&from, &peer_mac) == ERR_OK;
}

static void received(struct pbuf *p)
{
	meet_peer(p);
	if (net.input(p, &net) != ERR_OK)
		pbuf_free(p);
}

static err_t describe(struct netif *netif)
{
	unsigned int i;

	netif->name[0] = 'e';
	netif->name[1] = 'n';
	netif->hwaddr_len = sizeof(mac);
	for (i = 0; i < sizeof(mac); i++)
		netif->hwaddr[i] = mac[i];
	netif->mtu = 1500;
	netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET;
	netif->output = etharp_output;
	netif->output_ip6 = ethip6_output;
	netif->linkoutput = send;
	return ERR_OK;
}

static void bring_up(const struct unikernel_config *c)
{
	const ip4_addr_t addr = { c->addr }, mask = { c->mask }, peer = { c->peer };

	if (!netif_add(&net, &addr, &mask, &peer, NULL, describe, ethernet_input))
		die("no network interface");
	/* Nobody else is on this wire, so nobody is asked whether the address is free. */
	netif_create_ip6_linklocal_address(&net, 1);
	netif_ip6_addr_set_state(&net, 0, IP6_ADDR_PREFERRED);
	netif_set_default(&net);
	netif_set_up(&net);
	netif_set_link_up(&net);
}

void unikernel(const char *command_line)
{
	struct unikernel_config config;
	const char *wrong = cmdline_parse(&config, command_line);

	machine_open(&config);
	if (wrong)
		die(wrong);
	lwip_init();
	nic_open(&config, mac);
	bring_up(&config);
	if (config.port)
		iperf_listen(config.port);
	say("unikernel: up\n");
	for (;;) {
		nic_poll(received);
		sys_check_timeouts();
		nic_sleep();
	}
}
