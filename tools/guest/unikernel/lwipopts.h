/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What of lwIP is in, and how large (lwip/opt.h explains each). The machine has 8 MiB; what stands
 * here takes less than one.
 */
#ifndef UNIKERNEL_LWIPOPTS_H
#define UNIKERNEL_LWIPOPTS_H

/* One thread, callbacks. */
#define NO_SYS				1
#define SYS_LIGHTWEIGHT_PROT		0
#define LWIP_NETCONN			0
#define LWIP_SOCKET			0
#define LWIP_STATS			0

/* ARP, ICMP, TCP and IPv6's neighbours. No frame here is larger than the wire takes. */
#define LWIP_UDP			0
#define LWIP_RAW			0
#define ETHARP_SUPPORT_STATIC_ENTRIES	1
#define IP_FRAG				0
#define IP_REASSEMBLY			0
#define LWIP_IPV6			1
#define LWIP_IPV6_FRAG			0
#define LWIP_IPV6_REASS			0
#define LWIP_IPV6_MLD			0
#define LWIP_IPV6_AUTOCONFIG		0
#define LWIP_IPV6_SEND_ROUTER_SOLICIT	0
#define LWIP_IPV6_DUP_DETECT_ATTEMPTS	0
#define LWIP_ND6_QUEUEING		0

#define MEM_ALIGNMENT			8
#define MEM_SIZE			(256 * 1024)
#define MEMP_NUM_TCP_PCB		64
#define MEMP_NUM_TCP_PCB_LISTEN		2
#define MEMP_NUM_TCP_SEG		1024
#define MEMP_NUM_PBUF			1024	/* what is sent and not copied */
#define PBUF_POOL_SIZE			0	/* frames lie at the driver's */
#define LWIP_SUPPORT_CUSTOM_PBUF	1

#define TCP_MSS				1460
#define LWIP_WND_SCALE			1
#define TCP_RCV_SCALE			2
#define TCP_WND				(64 * TCP_MSS)
#define TCP_SND_BUF			(64 * TCP_MSS)
#define TCP_SNDLOWAT			(2 * TCP_MSS)
/* Or a peer that leaves holes would keep all of the driver's buffers. */
#define TCP_OOSEQ_MAX_PBUFS		64

#define LWIP_CHKSUM_ALGORITHM		3

#endif
