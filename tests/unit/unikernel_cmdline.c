/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The unikernel's command line: what is read, what is passed over, what is refused.
 */
#include <string.h>

#include "../../tools/guest/unikernel/cmdline.c"
#include "unit.h"

static uint32_t wire(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	const uint8_t bytes[4] = { a, b, c, d };
	uint32_t addr;

	memcpy(&addr, bytes, sizeof(addr));
	return addr;
}

static void accepted(void)
{
	struct unikernel_config c;

	CHECK(!cmdline_parse(&c, "ip=198.18.0.2::198.18.0.1:255.255.255.252 vnft.port=5201 "
			     "console=ttyS0 virtio_mmio.device=512@0xfeb00e00:12"),
	      "what a type and QEMU's microvm say");
	CHECK(c.addr == wire(198, 18, 0, 2) && c.peer == wire(198, 18, 0, 1) &&
	      c.mask == wire(255, 255, 255, 252), "addresses are as on the wire");
	CHECK(c.port == 5201 && c.console, "port and console");
	CHECK(c.devices == 1 && c.device[0].base == 0xfeb00e00 && c.device[0].irq == 12,
	      "place of a device");

	CHECK(!cmdline_parse(&c, "  quiet  ip=10.0.0.1\n"), "one address is enough");
	CHECK(c.addr == wire(10, 0, 0, 1) && c.mask == wire(255, 255, 255, 0) && !c.peer &&
	      !c.port && !c.console && !c.devices, "the rest has defaults");
	CHECK(!cmdline_parse(&c, "ip=10.0.0.1:9.9.9.9:10.0.0.2:255.0.0.0:name:eth0:off") &&
	      c.peer == wire(10, 0, 0, 2) && c.mask == wire(255, 0, 0, 0),
	      "what Linux has in other fields is passed over");
	CHECK(!cmdline_parse(&c, "ip=10.0.0.1:: xip=1 ipx vnft.port console=none"),
	      "empty fields, other words");
	CHECK(!c.console, "console=none is silence");
	CHECK(!cmdline_parse(&c, "virtio_mmio.device=4K@0xd0000000:5:1 ip=1.2.3.4 "
			     "virtio_mmio.device=512@0xFEB00C00:11") && c.devices == 2 &&
	      c.device[0].irq == 5 && c.device[1].base == 0xfeb00c00, "two devices");
}

static void refused(void)
{
	static const struct {
		const char *line, *why;	/* why: what the message begins with */
	} bad[] = {
		{ "", "no address" },
		{ "vnft.port=1", "no address" },
		{ "ip=", "ip=" },
		{ "ip=none", "ip=" },
		{ "ip=0.0.0.0", "ip=" },
		{ "ip=1.2.3", "ip=" },
		{ "ip=1.2.3.4.5", "ip=" },
		{ "ip=1.2.3.256", "ip=" },
		{ "ip=1.2.3.99999999999999999999", "ip=" },
		{ "ip=1.2.3.4::5.6.7", "ip=" },
		{ "ip=1.2.3.4:::255.255.255.x", "ip=" },
		{ "ip=1.2.3.4 vnft.port=0", "vnft.port=" },
		{ "ip=1.2.3.4 vnft.port=65536", "vnft.port=" },
		{ "ip=1.2.3.4 vnft.port=80x", "vnft.port=" },
		{ "ip=1.2.3.4 virtio_mmio.device=512", "virtio_mmio.device=" },
		{ "ip=1.2.3.4 virtio_mmio.device=512@4096:1", "virtio_mmio.device=" },
		{ "ip=1.2.3.4 virtio_mmio.device=512@0x100000000:1", "virtio_mmio.device=" },
		{ "ip=1.2.3.4 virtio_mmio.device=512@0xfeb00e00", "virtio_mmio.device=" },
		{ "ip=1.2.3.4 virtio_mmio.device=512@0xfeb00e00:256", "virtio_mmio.device=" },
	};
	struct unikernel_config c;
	char nine[512] = "ip=1.2.3.4";
	const char *why;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why = cmdline_parse(&c, bad[i].line);
		CHECK(why && !strncmp(why, bad[i].why, strlen(bad[i].why)), "refused: \"%s\"",
		      bad[i].line);
	}
	for (i = 0; i < 8; i++)
		strcat(nine, " virtio_mmio.device=512@0xfeb00e00:12");
	CHECK(!cmdline_parse(&c, nine) && c.devices == 8, "eight devices");
	strcat(nine, " virtio_mmio.device=512@0xfeb00e00:12");
	CHECK(cmdline_parse(&c, nine) && c.devices == 8, "but not nine");
}

int main(void)
{
	accepted();
	refused();
	return unit_done();
}
