/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a type file may say with one driver alone: taken from it, refused from any other and where
 * that driver cannot do it, and what it makes of a file that does not say it.
 */
#include <errno.h>
#include <string.h>

#include "../../tools/guest/type/parse.h"
#include "../../tools/guest/type/type.h"
#include "../../tools/lib/text/error.h"
#include "unit.h"

#define KVM	"driver = libvirt\nvirtualization = kvm\ntopology = tap\n"
#define XEN	"driver = xen\nvirtualization = xen\ntopology = vif\nkernel = k\n"
#define EXEC	"driver = exec\nvirtualization = kvm\ntopology = tap\ncommand = x\n"

static struct vnft_type t;

static int parse(const char *text)
{
	t = (struct vnft_type){ .name = "t" };
	return vnft_type_parse(&t, "t.conf", text, strlen(text), "/images");
}

static void libvirt(void)
{
	static const struct {
		const char *text, *machine;
	} cases[] = {
		{ KVM "kernel = k\n", "q35" },
		{ KVM "image = i\ntransport = pci\n", "q35" },
		{ KVM "kernel = k\ntransport = mmio\n", "microvm" },
		{ KVM "kernel = k\ntransport = mmio\nmachine = microvm-7.2\n", "microvm-7.2" },
		{ KVM "kernel = k\ntransport = pci\nmachine = pc\n", "pc" },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CHECK(!parse(cases[i].text) && !strcmp(t.machine, cases[i].machine) &&
		      !strcmp(t.console, "serial"), "libvirt: machine %s, a serial console",
		      cases[i].machine);
	CHECK(!parse(KVM "kernel = k\nconsole_init = systemd[1]: x\n") &&
	      !strcmp(t.console_init, "systemd[1]: x"), "any VM: words of its init");
	CHECK(!parse(KVM "kernel = k\nconsole = none\nqemu_args = -cpu max -smp '2'\n") &&
	      !strcmp(t.console, "none") && !strcmp(t.qemu_args, "-cpu max -smp '2'"),
	      "libvirt: no console, arguments as they stand there");
}

static void xen(void)
{
	CHECK(!parse(XEN "vif = ip=@ADDR@ @MASK@ @PEER@, rate=1MB/s\n") &&
	      !strcmp(t.vif, "ip=@ADDR@ @MASK@ @PEER@, rate=1MB/s"), "xen: more in the vif");
	CHECK(!parse(XEN) && !t.vif[0], "xen: nothing more where the file says nothing");
}

static void refused(void)
{
	static const struct {
		const char *text, *why;		/* why: has to be in the message */
	} bad[] = {
		{ KVM "image = i\nappend = quiet\n", "\"append\" without \"kernel\"" },
		{ KVM "kernel = k\ntransport = usb\n",
		  "t.conf:5: \"transport\" cannot be \"usb\": one of pci, mmio" },
		{ KVM "kernel = k\ntransport = pci\nmachine = microvm\n",
		  "\"transport = pci\" is not for machine microvm: it has no PCI" },
		{ KVM "kernel = k\ntransport = mmio\nmachine = pc\n",
		  "\"transport = mmio\" is not for machine pc: microvm alone has virtio-mmio" },
		{ KVM "kernel = k\nconsole = vga\n",
		  "t.conf:5: \"console\" cannot be \"vga\": one of serial, virtio, none" },
		{ KVM "kernel = k\nqemu_args = -cpu 'max\n",
		  "t.conf:5: \"qemu_args\": a quote or backslash stays open" },
		{ KVM "kernel = k\nqemu_args = @CPU@\n", "unknown field @CPU@ in \"qemu_args\"" },
		{ EXEC "transport = pci\n", "\"transport\" is for driver libvirt alone" },
		{ EXEC "console = none\n", "\"console\" is for driver libvirt alone" },
		{ "driver = exec\nvirtualization = container\ntopology = tap\ncommand = c\n"
		  "console_init = up\n",
		  "\"console_init\" is for what has a kernel of its own: of others the exec" },
		{ XEN "qemu_args = -cpu max\n", "\"qemu_args\" is for driver libvirt alone" },
		{ XEN "vif = bridge=xenbr0\n", "\"vif\" cannot hold \"bridge=\"" },
		{ XEN "vif = ip=@IP@\n", "unknown field @IP@ in \"vif\"" },
		{ EXEC "vif = ip=@ADDR@\n", "\"vif\" is for driver xen alone" },
	};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int err = parse(bad[i].text);

		if (!CHECK(err == -EBADMSG && strstr(vnft_why(), bad[i].why), "refused: %s",
			   bad[i].why))
			printf("#   got %d, %s\n", err, vnft_why());
	}
}

int main(void)
{
	libvirt();
	xen();
	refused();
	return unit_done();
}
