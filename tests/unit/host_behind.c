/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which instance a process is: its cgroup as systemd, Docker, Podman, LXC, libvirt and others write
 * it, a QEMU's command line; and this process, found by the tap that it has open.
 */
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../tools/lib/host/behind.h"
#include "unit.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct {
	const char *lines, *kind, *name;
} cgroups[] = {
	{ "0::/system.slice/docker-" ID ".scope\n", "docker", "0123456789ab" },
	{ "12:pids:/docker/" ID "\n11:cpu:/docker/" ID "\n", "docker", "0123456789ab" },
	{ "0::/docker/" ID "/system.slice/x.service\n", "docker", "0123456789ab" },
	{ "0::/docker/short\n", NULL, NULL },
	{ "0::/machine.slice/libpod-" ID ".scope/container\n", "podman", "0123456789ab" },
	{ "0::/machine.slice/libpod-conmon-" ID ".scope\n", NULL, NULL },
	{ "0::/kubepods.slice/x/cri-containerd-" ID ".scope\n", "containerd", "0123456789ab" },
	{ "0::/lxc.payload.web/init.scope\n", "lxc", "web" },
	{ "0::/machine.slice/machine-qemu\\x2d3\\x2dmy\\x2dvm.scope/libvirt/emulator\n",
	  "libvirt", "my-vm" },
	{ "0::/machine.slice/machine-qemu\\x2d3.scope\n", "libvirt", "3" },
	{ "0::/machine.slice/machine-debian.scope/payload\n", "nspawn", "debian" },
	{ "0::/machine.slice/machine-.scope\n", NULL, NULL },
	{ "0::/user.slice/user-0.slice/session-1.scope\n", NULL, NULL },
	{ "0::/\n", NULL, NULL },
	{ "", NULL, NULL },
};

static void by_cgroup(void)
{
	struct vnft_behind b;
	size_t i;

	for (i = 0; i < sizeof(cgroups) / sizeof(cgroups[0]); i++) {
		bool found;

		memset(&b, 0, sizeof(b));
		found = vnft_behind_of_cgroup(cgroups[i].lines, &b);
		if (!cgroups[i].kind)
			CHECK(!found, "nobody is in %s", cgroups[i].lines);
		else
			CHECK(found && !strcmp(b.kind, cgroups[i].kind) &&
			      !strcmp(b.name, cgroups[i].name), "%s %s, wanted %s %s", b.kind,
			      b.name, cgroups[i].kind, cgroups[i].name);
	}
}

static bool words(const char *text, size_t bytes, const char *name)
{
	struct vnft_behind b = { .pid = 0 };

	if (!vnft_behind_of_words(text, bytes, &b))
		return !name;
	return name && !strcmp(b.kind, "qemu") && !strcmp(b.name, name);
}
#define WORDS(text, name) words(text, sizeof(text), name)

static void by_words(void)
{
	CHECK(WORDS("/usr/bin/qemu-system-x86_64\0-m\0" "64\0-name\0vm1", "vm1"), "-name NAME");
	CHECK(WORDS("qemu-system-x86_64\0-name\0guest=vm1,debug-threads=on", "vm1"), "guest=");
	CHECK(WORDS("kvm\0-name\0debug-threads=on,guest=vm,,1", "vm,1"), "a comma in it");
	CHECK(WORDS("kvm\0-m\0" "64", NULL), "no name");
	CHECK(WORDS("kvm\0-name\0debug-threads=on", NULL), "settings without a name");
	CHECK(WORDS("kvm\0-name", NULL), "no value");
	CHECK(WORDS("bash\0-name\0vm1", NULL), "no QEMU");
	CHECK(words("kvm\0-name\0vm1", 12, NULL), "words without an end are not read");
	CHECK(words("", 0, NULL), "none at all");
}

static void by_name(void)
{
	struct vnft_behind b;

	CHECK(vnft_behind_vif("vif12.0", &b) && !strcmp(b.kind, "xen") &&
	      !strcmp(b.name, "domain 12"), "a vif tells its domain: %s %s", b.kind, b.name);
	CHECK(!vnft_behind_vif("vif12", &b) && !vnft_behind_vif("vif1.2-emu", &b) &&
	      !vnft_behind_vif("veth1", &b), "other names tell none");
}

static void by_tap(void)
{
	struct ifreq r = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	struct vnft_behind_hosts *hosts;
	struct vnft_behind b;
	struct stat st;

	snprintf(r.ifr_name, sizeof(r.ifr_name), "vnftu%d", (int)getpid() % 100000);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &r)) {
		SKIP("who has a tap open", "no /dev/net/tun, or not allowed here");
		if (fd >= 0)
			close(fd);
		return;
	}
	hosts = vnft_behind_read();
	stat("/proc/self/ns/net", &st);
	CHECK(hosts && vnft_behind_tap(hosts, st.st_ino, r.ifr_name, &b) && b.pid == getpid(),
	      "the tap %s is open in this process", r.ifr_name);
	CHECK(!vnft_behind_tap(hosts, st.st_ino, "vnftu-other", &b), "and no other tap is");
	vnft_behind_free(hosts);
	close(fd);
}

int main(void)
{
	by_cgroup();
	by_words();
	by_name();
	by_tap();
	return unit_done();
}
