/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The libvirt driver without a hypervisor: the domain XML as text and as libvirt's own parser reads
 * it (its test driver: no daemon, no root), the overlay's bytes, and what is taken for a guest's
 * last words.
 */
#include <errno.h>
#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../tools/guest/libvirt/libvirt.h"
#include "../../tools/guest/parts.h"
#include "../../tools/lib/text/error.h"
#include "domain_xml.h"
#include "unit.h"

static struct vnft_type type;
static struct vnft_instance in;
static struct vnft_libvirt_domain desc;
static char xml[VNFT_LIBVIRT_XML_BYTES], dir[] = "/tmp/vnft-unit-XXXXXX";

static void plain(void)
{
	type = (struct vnft_type){ .name = "t", .machine = "q35", .kernel = "/k", .initrd = "/i",
				   .memory_mib = 48, .vcpus = 2 };
	in = (struct vnft_instance){ .type = &type };
	strcpy(in.place.name, "vnft-abcdef-1");
	strcpy(in.place.device, "vnftabcdeft1");
	strcpy(in.place.bridge, "vnftabcdefb1");
	memcpy(in.place.guest_mac, (uint8_t[]){ 2, 0xab, 0xcd, 0xef, 1, 2 }, 6);
	desc = (struct vnft_libvirt_domain){ .emulator = "/bin/true", .append = "quiet",
					     .console = "/c" };
}

/*
 * What libvirt understood of @xml, in a buffer that is valid until the next call; NULL if it
 * refuses.
 */
static bool says(const char *part)
{
	return strstr(xml, part);
}

static void domain(void)
{
	const char *back;

	plain();
	CHECK_EQ(vnft_libvirt_xml(&in, &desc, xml, sizeof(xml)), 0, "a domain on q35");
	CHECK(says("<domain type='qemu'>") && says("<acpi/>") && !says("host-passthrough"),
	      "TCG without KVM");
	CHECK(says("<interface type='ethernet'>") &&
	      says("<target dev='vnftabcdeft1' managed='no'/>"), "a tap made beforehand");
	CHECK(says("<driver name='qemu'/>") && !says("<disk") && !says("virtio-mmio"),
	      "no vhost, no disk, PCI");
	back = understood(xml);
	CHECK(knows(back, "<name>vnft-abcdef-1</name>") &&
	      knows(back, "<memory unit='KiB'>49152</memory>") &&
	      knows(back, "<vcpu placement='static'>2</vcpu>"), "libvirt reads name, memory, CPUs");
	CHECK(knows(back, "<kernel>/k</kernel>") && knows(back, "<initrd>/i</initrd>") &&
	      knows(back, "<cmdline>quiet</cmdline>"), "and what to boot");
	CHECK(knows(back, "<mac address='02:ab:cd:ef:01:02'/>") &&
	      knows(back, "<target dev='vnftabcdeft1' managed='no'/>") &&
	      knows(back, "<on_reboot>destroy</on_reboot>"), "and the interface");
}

static void variants(void)
{
	const char *back;

	plain();
	desc.kvm = desc.vhost = true;
	type.topology = VNFT_TOPOLOGY_TAP_LAUNCH;
	vnft_libvirt_xml(&in, &desc, xml, sizeof(xml));
	CHECK(says("<domain type='kvm'>") && says("<cpu mode='host-passthrough'/>") &&
	      says("<driver name='vhost'/>"), "KVM with vhost");
	CHECK(says("<interface type='bridge'>") && says("<source bridge='vnftabcdefb1'/>") &&
	      says("<target dev='vnftabcdeft1'/>"), "a tap made at launch, on the bridge");

	plain();
	strcpy(type.machine, "microvm");
	vnft_libvirt_xml(&in, &desc, xml, sizeof(xml));
	CHECK(!says("<acpi/>") && says("<address type='virtio-mmio'/>") && !says("<rom"),
	      "microvm has no ACPI and no PCI");

	plain();
	type.kernel[0] = type.initrd[0] = 0;
	strcpy(type.image, "/images/disk.raw");
	strcpy(desc.disk, "/run/overlay");
	strcpy(desc.disk_format, "raw");
	CHECK_EQ(vnft_libvirt_xml(&in, &desc, xml, sizeof(xml)), 0, "a domain with a disk");
	CHECK(says("<boot dev='hd'/>") && !says("<cmdline>"), "boots from it");
	back = understood(xml);
	CHECK(knows(back, "<source file='/run/overlay'/>") && knows(back, "<format type='raw'/>") &&
	      knows(back, "<source file='/images/disk.raw'/>"), "libvirt reads overlay and image");
}

/* What a type may say beyond what every domain has. */
static void extras(void)
{
	const char *back;

	plain();
	strcpy(type.machine, "pc");
	CHECK_EQ(vnft_libvirt_xml(&in, &desc, xml, sizeof(xml)), 0, "a domain on pc");
	CHECK(says("machine='pc'") && says("<acpi/>") && says("<rom enabled='no'/>") &&
	      !says("virtio-mmio") && !says("xmlns"), "ACPI, PCI, and QEMU is told no more");

	strcpy(type.qemu_args,
	       "-cpu max -device 'virtio-rng-pci,id=a b' -smbios type=1,serial=@NAME@");
	CHECK_EQ(vnft_libvirt_xml(&in, &desc, xml, sizeof(xml)), 0, "with arguments of its own");
	CHECK(says("xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'") &&
	      says("<qemu:arg value='-cpu'/><qemu:arg value='max'/><qemu:arg value='-device'/>"
		   "<qemu:arg value='virtio-rng-pci,id=a b'/><qemu:arg value='-smbios'/>"
		   "<qemu:arg value='type=1,serial=vnft-abcdef-1'/></qemu:commandline></domain>"),
	      "word by word, the fields filled in");
	CHECK(knows(understood(xml), "<name>vnft-abcdef-1</name>"), "libvirt reads that");
	strcpy(type.qemu_args, "'/><x' &");
	vnft_libvirt_xml(&in, &desc, xml, sizeof(xml));
	CHECK(says("<qemu:arg value='/&gt;&lt;x'/><qemu:arg value='&amp;'/>"),
	      "none of them becomes markup");
	memset(type.qemu_args, 0, sizeof(type.qemu_args));
	memset(type.qemu_args, '&', sizeof(type.qemu_args) - 1);
	memset(type.kernel, '"', sizeof(type.kernel) - 1);
	memset(desc.append, '"', sizeof(desc.append) - 1);
	CHECK_EQ(vnft_libvirt_xml(&in, &desc, xml, sizeof(xml)), -E2BIG,
		 "more of them than there is room for");

	plain();
	strcpy(type.console, "virtio");
	vnft_libvirt_xml(&in, &desc, xml, sizeof(xml));
	back = understood(xml);
	CHECK(!says("<serial") && knows(back, "<controller type='virtio-serial' index='0'") &&
	      knows(back, "<target type='virtio' port='0'/>"),
	      "a virtio console and no serial one");
	strcpy(type.machine, "microvm");
	vnft_libvirt_xml(&in, &desc, xml, sizeof(xml));
	CHECK(says("<controller type='virtio-serial' index='0'><address type='virtio-mmio'/>"),
	      "on microvm by virtio-mmio");

	plain();
	desc.console[0] = 0;
	CHECK_EQ(vnft_libvirt_xml(&in, &desc, xml, sizeof(xml)), 0, "without a console");
	CHECK(!says("<serial") && !says("<console"), "there is none");
}

static void hostile(void)
{
	static const char nasty[] = "a'/><x b=\"&amp;\">&lt;]]>";
	char small[64];
	const char *back;
	size_t room;
	int err;

	plain();
	strcpy(desc.append, nasty);
	strcpy(type.kernel, "/k'<&>\"");
	CHECK_EQ(vnft_libvirt_xml(&in, &desc, xml, sizeof(xml)), 0, "texts with XML in them");
	CHECK(!says("<x b") && says("a&apos;/&gt;&lt;x b=&quot;&amp;amp;&quot;&gt;"),
	      "no text becomes markup");
	back = understood(xml);
	CHECK(knows(back, "<kernel>/k&apos;&lt;&amp;&gt;&quot;</kernel>"),
	      "and libvirt reads it back as it was");
	strcpy(desc.append, "a\nb");
	CHECK_EQ(vnft_libvirt_xml(&in, &desc, xml, sizeof(xml)), -EINVAL, "a control character");
	CHECK(strstr(vnft_why(), "t: a control character"), "and the reason: %s", vnft_why());

	plain();
	memset(desc.append, '&', sizeof(desc.append) - 1);
	memset(type.kernel, '\'', sizeof(type.kernel) - 1);
	memset(type.initrd, '"', sizeof(type.initrd) - 1);
	CHECK_EQ(vnft_libvirt_xml(&in, &desc, xml, sizeof(xml)), -E2BIG, "longer than its buffer");

	plain();
	for (room = 0; room < sizeof(small); room++) {
		memset(small, 0x55, sizeof(small));
		err = vnft_libvirt_xml(&in, &desc, small, room);
		QUIET(err == -E2BIG, "room %zu: %d", room, err);
		QUIET(small[room] == 0x55, "room %zu: written past its end", room);
		QUIET(!room || memchr(small, 0, room), "room %zu: not ended", room);
	}
	CHECK(room == sizeof(small), "no byte past any end");
}

static unsigned int u32(const unsigned char *at)
{
	return (unsigned int)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3];
}

static void write_to(const char *path, const char *text, size_t bytes)
{
	FILE *f = fopen(path, "w");

	if (!f || fwrite(text, 1, bytes, f) != bytes)
		abort();
	fclose(f);
}

static void overlay(void)
{
	char image[64], over[64], format[8];
	unsigned char h[128] = { 0 };
	FILE *f;

	snprintf(image, sizeof(image), "%s/image", dir);
	snprintf(over, sizeof(over), "%s/over", dir);
	write_to(image, "", 0);
	CHECK_EQ(vnft_libvirt_overlay(image, over, format, sizeof(format)), -EBADMSG,
		 "an empty image");
	CHECK(access(over, F_OK), "leaves no overlay");
	if (truncate(image, 3 << 20))
		abort();
	CHECK_EQ(vnft_libvirt_overlay(image, over, format, sizeof(format)), 0, "a raw image");
	CHECK(!strcmp(format, "raw"), "is raw");
	f = fopen(over, "r");
	CHECK(f && fread(h, 1, sizeof(h), f) == sizeof(h) && !memcmp(h, "QFI\xfb\0\0\0\2", 8),
	      "its overlay is qcow2");
	if (f)
		fclose(f);
	CHECK_EQ(u32(h + 28), 3 << 20, "of the same size");
	CHECK(u32(h + 16) == strlen(image) && !memcmp(h + u32(h + 12), image, strlen(image)),
	      "over that image");
	/* An overlay is a qcow2 image itself. */
	CHECK_EQ(vnft_libvirt_overlay(over, image, format, sizeof(format)), 0, "a qcow2 image");
	CHECK(!strcmp(format, "qcow2"), "is qcow2");
	memset(h + 24, 0xff, 8);
	write_to(over, (char *)h, sizeof(h));
	CHECK_EQ(vnft_libvirt_overlay(over, image, format, sizeof(format)), -EBADMSG,
		 "a qcow2 image of 2^64 bytes");
	CHECK_EQ(vnft_libvirt_overlay(dir, over, format, sizeof(format)), -EBADMSG, "a directory");
	unlink(image);
	unlink(over);
}

static void words(void)
{
	static const struct {
		const char *console, *want;
		bool gone;
	} cases[] = {
		{ "", "nothing on its console", false },
		{ "\n \n\r\n", "nothing on its console, and QEMU ended", true },
		{ "one\ntwo\r\n\n", "its console: one | two", false },
		{ "only", "its console before it ended: only", true },
		{ "[ 1.0] Kernel panic - not syncing: VFS\n[ 1.1] Rebooting\n",
		  "Kernel panic - not syncing: VFS", true },
		{ "\033[2Jx\a\n", "its console: [2Jx", false },
	};
	char path[64], to[256];
	char *big = malloc(100000);
	size_t i;

	snprintf(path, sizeof(path), "%s/console", dir);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		write_to(path, cases[i].console, strlen(cases[i].console));
		vnft_libvirt_words("vnft-none", path, cases[i].gone, to, sizeof(to));
		CHECK(!strcmp(to, cases[i].want), "last words: %s", cases[i].want);
	}
	vnft_libvirt_words("vnft-none", "", true, to, sizeof(to));
	CHECK(!strcmp(to, "it has no console, and QEMU ended"), "without a console: %s", to);
	memset(big, 'x', 100000);
	write_to(path, big, 100000);
	vnft_libvirt_words("vnft-none", path, false, to, sizeof(to));
	CHECK(strlen(to) < 200, "a long line is cut");
	vnft_libvirt_words("vnft-none", path, false, to, 8);
	CHECK(!strcmp(to, "its con"), "and keeps to its buffer");
	unlink(path);
	free(big);
}

static void choice(void)
{
	char uri[256];

	setenv("VNFT_LIBVIRT_URI", "qemu+unix:///system", 1);
	setenv("LIBVIRT_DEFAULT_URI", "qemu:///embed", 1);
	CHECK(!vnft_libvirt_uri(uri, sizeof(uri)) && !strcmp(uri, "qemu+unix:///system"),
	      "our own variable first");
	unsetenv("VNFT_LIBVIRT_URI");
	CHECK(vnft_libvirt_uri(uri, sizeof(uri)), "then libvirt's: %s", uri);
	unsetenv("LIBVIRT_DEFAULT_URI");
	CHECK(vnft_libvirt_undo("qemu:///embed?root=/x vnft-none") == 0, "undo of what is gone");
	CHECK(vnft_libvirt_undo("qemu:///embed?root=/x web1") == -EBADMSG,
	      "a domain that is not ours");
	CHECK(vnft_libvirt_undo("") == -EBADMSG, "an empty line");
}

int main(void)
{
	if (!mkdtemp(dir) || vnft_virt_start_library())
		return 1;
	domain();
	variants();
	extras();
	hostile();
	overlay();
	words();
	choice();
	rmdir(dir);
	return unit_done();
}
