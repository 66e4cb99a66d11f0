/* SPDX-License-Identifier: GPL-2.0 */
/* Departures on schedule. */
#ifndef VNFT_KMOD_PROBER_SEND_H
#define VNFT_KMOD_PROBER_SEND_H

/* The thread of a struct vnft_generator; ends by kthread_stop() alone. */
int vnft_probe_thread(void *arg);

#endif
