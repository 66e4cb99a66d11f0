/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A network device, as main.c sees it. One driver is linked in: kvm/virtio.c or xen/netfront.c.
 */
#ifndef UNIKERNEL_NIC_H
#define UNIKERNEL_NIC_H

#include <lwip/err.h>
#include <stdint.h>

struct pbuf;
struct unikernel_config;

/* Finds the device and takes it; dies where there is none. */
void nic_open(const struct unikernel_config *config, uint8_t mac[6]);
/* Takes a frame. It may stay in lwIP's memory until the device has it. */
err_t nic_send(struct pbuf *p);
/* Hands over the frames that came in; they are the receiver's to free. */
void nic_poll(void (*received)(struct pbuf *p));
/* Tells the device what nic_send() took, and sleeps unless a frame came in meanwhile. */
void nic_sleep(void);

#endif
