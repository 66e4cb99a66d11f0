/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An instance as libvirt's domain XML: the least that boots, so that what is timed is the guest.
 * No graphics, USB, balloon, ROM or boot menu.
 */
#include "libvirt.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../../lib/text/error.h"
#include "../type/words.h"
#include "../xml.h"

/* PCI is libvirt's to number. */
static void put_address(struct vnft_xml *x, bool microvm)
{
	if (microvm)
		vnft_xml(x, "<address type='virtio-mmio'/>");
}

static void put_os(struct vnft_xml *x, const struct vnft_type *t,
		   const struct vnft_libvirt_domain *d, bool microvm)
{
	vnft_xml(x, "<os><type arch='x86_64' machine='%s'>hvm</type>", t->machine);
	if (t->kernel[0])
		vnft_xml(x, "<kernel>%s</kernel>", t->kernel);
	if (t->initrd[0])
		vnft_xml(x, "<initrd>%s</initrd>", t->initrd);
	if (t->kernel[0] && d->append[0])
		vnft_xml(x, "<cmdline>%s</cmdline>", d->append);
	if (!t->kernel[0])
		vnft_xml(x, "<boot dev='hd'/>");
	vnft_xml(x, "</os>");
	/* Under TCG microvm's clock calibration hangs when it has ACPI. */
	if (!microvm)
		vnft_xml(x, "<features><acpi/><apic/></features>");
	if (d->kvm)
		vnft_xml(x, "<cpu mode='host-passthrough'/>");
}

static void put_interface(struct vnft_xml *x, const struct vnft_instance *in,
			  const struct vnft_libvirt_domain *d, bool microvm)
{
	const struct vnft_place *p = &in->place;
	const uint8_t *m = p->guest_mac;
	char mac[18];

	snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4],
		 m[5]);
	if (in->type->topology == VNFT_TOPOLOGY_TAP_LAUNCH)
		vnft_xml(x, "<interface type='bridge'><mac address='%s'/><source bridge='%s'/>"
			 "<target dev='%s'/>", mac, p->bridge, p->device);
	else
		vnft_xml(x, "<interface type='ethernet'><mac address='%s'/>"
			 "<target dev='%s' managed='no'/>", mac, p->device);
	vnft_xml(x, "<model type='virtio'/><driver name='%s'/>", d->vhost ? "vhost" : "qemu");
	put_address(x, microvm);
	vnft_xml(x, microvm ? "</interface>" : "<rom enabled='no'/></interface>");
}

static void put_disk(struct vnft_xml *x, const struct vnft_type *t,
		     const struct vnft_libvirt_domain *d, bool microvm)
{
	if (!d->disk[0])
		return;
	vnft_xml(x, "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/>"
		 "<source file='%s'/>", d->disk);
	vnft_xml(x, "<backingStore type='file'><format type='%s'/><source file='%s'/>",
		 d->disk_format, t->image);
	vnft_xml(x, "<backingStore/></backingStore><target dev='vda' bus='virtio'/>");
	put_address(x, microvm);
	vnft_xml(x, "</disk>");
}

static void put_console(struct vnft_xml *x, const struct vnft_type *t,
			const struct vnft_libvirt_domain *d, bool microvm)
{
	if (!d->console[0])
		return;
	if (strcmp(t->console, "virtio")) {
		vnft_xml(x, "<serial type='file'><source path='%s'/><target port='0'/></serial>",
			 d->console);
		return;
	}
	vnft_xml(x, "<controller type='virtio-serial' index='0'>");
	put_address(x, microvm);
	vnft_xml(x, "</controller><console type='file'><source path='%s'/>"
		 "<target type='virtio' port='0'/></console>", d->console);
}

/* Behind all that libvirt writes itself: where an argument can be said twice, this one counts. */
static int put_arguments(struct vnft_xml *x, const struct vnft_instance *in)
{
	struct vnft_words words;
	size_t i;
	int err;

	if (!in->type->qemu_args[0])
		return 0;
	err = vnft_words_split(&words, in->type->qemu_args, in);
	if (err)
		return err;
	vnft_xml(x, "<qemu:commandline>");
	for (i = 0; i < words.n; i++)
		vnft_xml(x, "<qemu:arg value='%s'/>", words.argv[i]);
	vnft_xml(x, "</qemu:commandline>");
	vnft_words_free(&words);
	return 0;
}

int vnft_libvirt_xml(const struct vnft_instance *in, const struct vnft_libvirt_domain *d, char *to,
		     size_t bytes)
{
	const struct vnft_type *t = in->type;
	const bool microvm = vnft_libvirt_is_microvm(t);
	struct vnft_xml x = { .to = to, .bytes = bytes };
	int err;

	if (!bytes)
		return vnft_fail(-E2BIG, "%s: no room for its domain XML", t->name);
	to[0] = 0;
	vnft_xml(&x, "<domain type='%s'", d->kvm ? "kvm" : "qemu");
	if (t->qemu_args[0])
		vnft_xml(&x, " xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'");
	vnft_xml(&x, "><name>%s</name>", in->place.name);
	vnft_xml(&x, "<memory unit='MiB'>%u</memory><vcpu>%u</vcpu>", t->memory_mib, t->vcpus);
	put_os(&x, t, d, microvm);
	/* A guest that reboots itself has failed: it must not be timed a second time. */
	vnft_xml(&x, "<on_poweroff>destroy</on_poweroff><on_reboot>destroy</on_reboot>"
		 "<on_crash>destroy</on_crash>");
	vnft_xml(&x, "<devices><emulator>%s</emulator><controller type='usb' model='none'/>",
		 d->emulator);
	put_disk(&x, t, d, microvm);
	put_interface(&x, in, d, microvm);
	put_console(&x, t, d, microvm);
	vnft_xml(&x, "<memballoon model='none'/></devices>");
	err = put_arguments(&x, in);
	if (err)
		return err;
	vnft_xml(&x, "</domain>");
	if (x.err == -EINVAL)
		return vnft_fail(-EINVAL, "%s: a control character in one of its texts", t->name);
	if (x.err)
		return vnft_fail(x.err, "%s: its domain XML is longer than %zu bytes: shorten its "
				 "texts", t->name, bytes - 1);
	return 0;
}
