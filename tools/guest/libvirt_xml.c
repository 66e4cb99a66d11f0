/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An instance as libvirt's domain XML: the least that boots, so that what is timed is the guest.
 * No graphics, USB, balloon, ROM or boot menu. Every text is escaped, every write bounded.
 */
#include "libvirt.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../lib/error.h"

/**
 * struct xml - text that grows
 * @err: first failure; what comes after it is not written
 */
struct xml {
	char *to;
	size_t bytes, used;
	int err;
};

static void put(struct xml *x, const char *text, size_t n)
{
	if (x->err)
		return;
	if (n >= x->bytes - x->used) {
		x->err = -E2BIG;
		return;
	}
	memcpy(x->to + x->used, text, n);
	x->used += n;
	x->to[x->used] = 0;
}

static void put_escaped(struct xml *x, const char *text)
{
	for (; *text; text++) {
		const unsigned char c = (unsigned char)*text;

		if (c < ' ' || c == 0x7f)
			x->err = x->err ? x->err : -EINVAL;
		else if (c == '&')
			put(x, "&amp;", 5);
		else if (c == '<')
			put(x, "&lt;", 4);
		else if (c == '>')
			put(x, "&gt;", 4);
		else if (c == '\'')
			put(x, "&apos;", 6);
		else if (c == '"')
			put(x, "&quot;", 6);
		else
			put(x, text, 1);
	}
}

/* As printf with two conversions: %s escapes its text, %u takes an unsigned int. */
static void xml(struct xml *x, const char *fmt, ...)
{
	char number[16];
	const char *at;
	va_list ap;

	va_start(ap, fmt);
	for (; (at = strchr(fmt, '%')); fmt = at + 2) {
		put(x, fmt, (size_t)(at - fmt));
		if (at[1] == 's') {
			put_escaped(x, va_arg(ap, const char *));
		} else {
			snprintf(number, sizeof(number), "%u", va_arg(ap, unsigned int));
			put(x, number, strlen(number));
		}
	}
	put(x, fmt, strlen(fmt));
	va_end(ap);
}

static void put_os(struct xml *x, const struct vnft_type *t, const struct vnft_libvirt_domain *d,
		   bool microvm)
{
	xml(x, "<os><type arch='x86_64' machine='%s'>hvm</type>", t->machine[0] ? t->machine : "q35");
	if (t->kernel[0])
		xml(x, "<kernel>%s</kernel>", t->kernel);
	if (t->initrd[0])
		xml(x, "<initrd>%s</initrd>", t->initrd);
	if (t->kernel[0] && d->append[0])
		xml(x, "<cmdline>%s</cmdline>", d->append);
	if (!t->kernel[0])
		xml(x, "<boot dev='hd'/>");
	xml(x, "</os>");
	/* Under TCG microvm's clock calibration hangs when it has ACPI. */
	if (!microvm)
		xml(x, "<features><acpi/><apic/></features>");
	if (d->kvm)
		xml(x, "<cpu mode='host-passthrough'/>");
}

static void put_interface(struct xml *x, const struct vnft_instance *in,
			  const struct vnft_libvirt_domain *d, bool microvm)
{
	const struct vnft_place *p = &in->place;
	const uint8_t *m = p->guest_mac;
	char mac[18];

	snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4],
		 m[5]);
	if (in->type->topology == VNFT_TOPOLOGY_TAP_LAUNCH)
		xml(x, "<interface type='bridge'><mac address='%s'/><source bridge='%s'/>"
		    "<target dev='%s'/>", mac, p->bridge, p->device);
	else
		xml(x, "<interface type='ethernet'><mac address='%s'/>"
		    "<target dev='%s' managed='no'/>", mac, p->device);
	xml(x, "<model type='virtio'/><driver name='%s'/>", d->vhost ? "vhost" : "qemu");
	xml(x, microvm ? "<address type='virtio-mmio'/>" : "<rom enabled='no'/>");
	xml(x, "</interface>");
}

static void put_disk(struct xml *x, const struct vnft_type *t, const struct vnft_libvirt_domain *d,
		     bool microvm)
{
	if (!d->disk[0])
		return;
	xml(x, "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='%s'/>",
	    d->disk);
	xml(x, "<backingStore type='file'><format type='%s'/><source file='%s'/>", d->disk_format,
	    t->image);
	xml(x, "<backingStore/></backingStore><target dev='vda' bus='virtio'/>");
	if (microvm)
		xml(x, "<address type='virtio-mmio'/>");
	xml(x, "</disk>");
}

int vnft_libvirt_xml(const struct vnft_instance *in, const struct vnft_libvirt_domain *d, char *to,
		     size_t bytes)
{
	const struct vnft_type *t = in->type;
	const bool microvm = !strncmp(t->machine, "microvm", 7);
	struct xml x = { .to = to, .bytes = bytes };

	if (!bytes)
		return vnft_fail(-E2BIG, "%s: no room for its domain XML", t->name);
	to[0] = 0;
	xml(&x, "<domain type='%s'><name>%s</name>", d->kvm ? "kvm" : "qemu", in->place.name);
	xml(&x, "<memory unit='MiB'>%u</memory><vcpu>%u</vcpu>", t->memory_mib, t->vcpus);
	put_os(&x, t, d, microvm);
	/* A guest that reboots itself has failed: it must not be timed a second time. */
	xml(&x, "<on_poweroff>destroy</on_poweroff><on_reboot>destroy</on_reboot>"
	    "<on_crash>destroy</on_crash>");
	xml(&x, "<devices><emulator>%s</emulator><controller type='usb' model='none'/>", d->emulator);
	put_disk(&x, t, d, microvm);
	put_interface(&x, in, d, microvm);
	xml(&x, "<serial type='file'><source path='%s'/><target port='0'/></serial>", d->console);
	xml(&x, "<memballoon model='none'/></devices></domain>");
	if (x.err == -EINVAL)
		return vnft_fail(-EINVAL, "%s: a control character in one of its texts", t->name);
	if (x.err)
		return vnft_fail(x.err, "%s: its domain XML is longer than %zu bytes: shorten its texts",
				 t->name, bytes - 1);
	return 0;
}
