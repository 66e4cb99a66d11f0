/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the unikernel asks of a hypervisor beside a network device. lwIP asks for sys_now(), too.
 */
#ifndef UNIKERNEL_MACHINE_H
#define UNIKERNEL_MACHINE_H

struct unikernel_config;

/* Never comes back: the hypervisor's first instructions end here (main.c). */
void unikernel(const char *command_line) __attribute__((noreturn));

/* Console, interrupts and clock. */
void machine_open(const struct unikernel_config *config);
/* Until the network device has something to say, or a few ms are over. */
void machine_sleep(void);

/* A line for the console, where there is one. */
void say(const char *line);
/* Says why, and gives the machine back. */
void die(const char *why) __attribute__((noreturn));

#endif
