/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From words to a struct. It needs nothing of the unikernel, so tests/unit/unikernel_cmdline.c runs
 * it on the host.
 */
#include "cmdline.h"

#include <stddef.h>

static bool ends(char c)
{
	return !c || c == ' ' || c == '\n';
}

/* Behind @name, if the word begins so; else NULL. */
static const char *behind(const char *word, const char *name)
{
	while (*name && *word == *name)
		word++, name++;
	return *name ? NULL : word;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/* Reads a number of at most @max; returns what follows it, or NULL. */
static const char *number(const char *s, int base, uint64_t max, uint64_t *value)
{
	const char *begin = s;

	for (*value = 0; digit_of(*s) < base; s++) {
		*value = *value * (unsigned int)base + (unsigned int)digit_of(*s);
		if (*value > max)
			return NULL;
	}
	return s == begin ? NULL : s;
}

static const char *address(const char *s, uint32_t *addr)
{
	uint8_t *byte = (uint8_t *)addr;
	uint64_t value;
	int i;

	for (i = 0; s && i < 4; i++) {
		if (i && *s++ != '.')
			return NULL;
		s = number(s, 10, 255, &value);
		byte[i] = (uint8_t)value;
	}
	return s;
}

static bool read_ip(struct unikernel_config *c, const char *s)
{
	uint32_t *const field[] = { &c->addr, NULL, &c->peer, &c->mask };
	const unsigned int fields = sizeof(field) / sizeof(field[0]);
	unsigned int i;

	for (i = 0; ; i++, s++) {
		if (i < fields && field[i] && *s != ':' && !ends(*s))
			s = address(s, field[i]);
		else
			while (*s != ':' && !ends(*s))
				s++;
		if (!s || *s != ':')
			return s && ends(*s) && c->addr;
	}
}

static bool read_port(struct unikernel_config *c, const char *s)
{
	uint64_t value;

	s = number(s, 10, 65535, &value);
	c->port = (uint16_t)value;
	return s && ends(*s) && value;
}

static bool read_console(struct unikernel_config *c, const char *s)
{
	const char *none = behind(s, "none");

	c->console = !none || !ends(*none);
	return true;
}

static bool read_device(struct unikernel_config *c, const char *s)
{
	uint64_t base = 0, irq = 0;

	while (*s != '@' && !ends(*s))
		s++;
	s = *s ? behind(s, "@0x") : NULL;
	s = s ? number(s, 16, UINT32_MAX, &base) : NULL;
	s = s && *s == ':' ? number(s + 1, 10, 255, &irq) : NULL;
	if (!s || (!ends(*s) && *s != ':') || c->devices == CMDLINE_DEVICES_MAX)
		return false;
	c->device[c->devices].base = base;
	c->device[c->devices++].irq = (unsigned int)irq;
	return true;
}

static const struct {
	const char *name;
	bool (*read)(struct unikernel_config *c, const char *value);
	const char *wrong;
} words[] = {
	{ "ip=", read_ip, "ip= wants ADDR[:[SERVER]:[PEER]:[MASK]]" },
	{ "vnft.port=", read_port, "vnft.port= wants a number from 1 to 65535" },
	{ "console=", read_console, "" },
	{ "virtio_mmio.device=", read_device,
	  "virtio_mmio.device= wants SIZE@0xBASE:IRQ, below 4 GiB, and at most eight times" },
};

const char *cmdline_parse(struct unikernel_config *c, const char *line)
{
	const char *value, *wrong = NULL;
	unsigned int i;

	*c = (struct unikernel_config){ 0 };
	while (*line) {
		for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			value = behind(line, words[i].name);
			if (value && !words[i].read(c, value))
				wrong = words[i].wrong;
		}
		while (!ends(*line))
			line++;
		while (*line && ends(*line))
			line++;
	}
	if (!wrong && !c->addr)
		wrong = "no address: ip=ADDR is missing on the command line";
	if (!c->mask)
		address("255.255.255.0", &c->mask);
	return wrong;
}
