/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The flag that SIGINT, SIGTERM and SIGHUP set, and the sleep that looks at it. Nothing is cleaned
 * up in the handler: every wait looks at the flag, and the way out is the ordinary one.
 */
#ifndef VNFT_LIB_INTERRUPT_H
#define VNFT_LIB_INTERRUPT_H

#include <stdbool.h>
#include <stdint.h>

/* From now on the signals set the flag, and SIGPIPE is ignored. */
void vnft_interrupt_catch(void);
bool vnft_interrupted(void);

/* Sleep, but not past an interrupt: 0, or -EINTR. */
int vnft_sleep_ms(unsigned int ms);
int vnft_sleep_ns(uint64_t ns);

#endif
