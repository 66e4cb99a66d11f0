/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The console, which is the PC's first serial port, and the end.
 */
#include "serial.h"

#include <stdint.h>

#include "../machine.h"
#include "ports.h"

#define DATA		0x3f8
#define LINE_STATUS	0x3fd
#define CAN_TAKE	0x20	/* a port that is not there reads as ones, and says so, too */

static bool is_on;

void serial_open(bool on)
{
	is_on = on;
}

static void write_text(const char *text)
{
	for (; *text; text++) {
		while (!(in8(LINE_STATUS) & CAN_TAKE))
			;
		out8(DATA, (uint8_t)*text);
	}
}

void say(const char *line)
{
	if (is_on)
		write_text(line);
}

/*
 * Without an interrupt table the next interrupt is a fault, whose handler is a fault, whose handler
 * is a third: the processor resets, and the hypervisor ends a machine that does.
 */
void die(const char *why)
{
	const struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) none = { 0, 0 };

	write_text("unikernel: ");
	write_text(why);
	write_text("\n");
	__asm__ volatile("lidt %0; int3" :: "m"(none));
	__builtin_unreachable();
}
