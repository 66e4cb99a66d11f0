/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interrupts, time and sleep. Interrupts are open only while the processor sleeps. So no handler
 * ever meets a half-done change of the stack or of a driver, and nothing needs a lock.
 *
 * Time comes from the local APIC's timer. That of QEMU and that of KVM count nanoseconds, so that
 * nothing has to be calibrated: a tick each 50 ms is fine enough for TCP, and an idle guest costs
 * twenty wake-ups a second.
 */
#include "../machine.h"

#include <lwip/sys.h>

#include "../cmdline.h"
#include "interrupts.h"
#include "ports.h"
#include "serial.h"

#define TICK_MS		50u
#define COUNTS_PER_MS	1000000u
#define FAULTS		32
#define TICK_VECTOR	32
#define DEVICE_VECTOR	33
#define SPURIOUS_VECTOR	255

#define APIC		0xfee00000ul
#define IO_APIC		0xfec00000ul
/* Registers of the local APIC, and bits in them. */
#define APIC_ID		0x20
#define APIC_END	0xb0
#define APIC_SPURIOUS	0xf0
#define APIC_ENABLE	0x100
#define APIC_TIMER	0x320
#define APIC_PERIODIC	0x20000
#define APIC_LINT0	0x350
#define APIC_MASKED	0x10000
#define APIC_LEVEL	0x8000
#define APIC_COUNT	0x380
#define APIC_DIVIDE	0x3e0
#define APIC_BY_ONE	0xb

/**
 * struct gate - entry of the interrupt table: where the processor jumps
 */
struct gate {
	uint16_t offset_low, segment;
	uint8_t stack, type;
	uint16_t offset_middle;
	uint32_t offset_high, zero;
};

struct interrupt_frame;

static struct gate gates[256];
static volatile uint32_t ticks;
static void (*silence)(void);

static volatile uint32_t *apic(unsigned int reg)
{
	return (volatile uint32_t *)(APIC + reg);
}

__attribute__((interrupt)) static void on_tick(struct interrupt_frame *frame)
{
	(void)frame;
	ticks++;
	*apic(APIC_END) = 0;
}

__attribute__((interrupt)) static void on_device(struct interrupt_frame *frame)
{
	(void)frame;
	if (silence)
		silence();
	*apic(APIC_END) = 0;
}

__attribute__((interrupt)) static void on_nothing(struct interrupt_frame *frame)
{
	(void)frame;
}

__attribute__((interrupt)) static void on_fault(struct interrupt_frame *frame)
{
	(void)frame;
	die("the processor reports a fault");
}

static void set_gate(unsigned int vector, void (*handler)(struct interrupt_frame *))
{
	const uint64_t at = (uint64_t)handler;

	gates[vector] = (struct gate){
		.offset_low = (uint16_t)at, .offset_middle = (uint16_t)(at >> 16),
		.offset_high = (uint32_t)(at >> 32), .segment = 8, .type = 0x8e,
	};
}

void machine_open(const struct unikernel_config *config)
{
	const struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) table = { sizeof(gates) - 1, (uint64_t)gates };
	unsigned int vector;

	serial_open(config->console);
	for (vector = 0; vector < FAULTS; vector++)
		set_gate(vector, on_fault);
	set_gate(TICK_VECTOR, on_tick);
	set_gate(DEVICE_VECTOR, on_device);
	set_gate(SPURIOUS_VECTOR, on_nothing);
	__asm__ volatile("lidt %0" :: "m"(table), "m"(gates));

	/* The PC's old interrupt controllers, which a firmware may have left open. */
	out8(0x21, 0xff);
	out8(0xa1, 0xff);
	*apic(APIC_LINT0) = APIC_MASKED;
	*apic(APIC_SPURIOUS) = APIC_ENABLE | SPURIOUS_VECTOR;
	*apic(APIC_DIVIDE) = APIC_BY_ONE;
	*apic(APIC_TIMER) = APIC_PERIODIC | TICK_VECTOR;
	*apic(APIC_COUNT) = TICK_MS * COUNTS_PER_MS;
}

void interrupt_by_line(unsigned int line, void (*acknowledge)(void))
{
	volatile uint32_t *const index = (volatile uint32_t *)IO_APIC;
	volatile uint32_t *const value = (volatile uint32_t *)(IO_APIC + 0x10);

	silence = acknowledge;
	/* A line's entry is 64 bits wide, from register 0x10 on: the upper half names us. */
	*index = 0x11 + 2 * line;
	*value = *apic(APIC_ID);
	*index = 0x10 + 2 * line;
	*value = APIC_LEVEL | DEVICE_VECTOR;
}

void interrupt_by_message(uint64_t *address, uint32_t *data)
{
	*address = APIC | (*apic(APIC_ID) >> 24) << 12;
	*data = DEVICE_VECTOR;
}

/*
 * "sti" opens interrupts one instruction late. So one that is waiting ends the "hlt", and none can
 * slip in before it.
 */
void machine_sleep(void)
{
	__asm__ volatile("sti; hlt; cli" ::: "memory");
}

u32_t sys_now(void)
{
	return ticks * TICK_MS;
}
