/* SPDX-License-Identifier: GPL-2.0 */
/*
 * doctor's checks of what runs guests: KVM by a timed loop, daemons by asking them, programs by
 * name.
 */
#include <errno.h>
#include <glob.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/host/kvm.h"
#include "check.h"

/* The group that owns the device, if it is one for that. */
static void no_permission(struct vnft_finding *f, const char *path, const char *what)
{
	struct passwd *user = getpwuid(geteuid());
	struct group *group;
	struct stat st;
	char fix[256];

	group = stat(path, &st) || !st.st_gid ? NULL : getgrgid(st.st_gid);
	if (access(path, R_OK | W_OK) && user && group) {
		snprintf(fix, sizeof(fix), "usermod -aG %s %s", group->gr_name, user->pw_name);
		vnft_found(f, VNFT_STATUS_UNUSABLE, fix, "%s", what);
		vnft_found_no_fix(f, "and log in again");
	} else {
		vnft_found(f, VNFT_STATUS_UNUSABLE, NULL, "%s", what);
		vnft_found_no_fix(f, "this user, or this container, has to be let at %s", path);
	}
}

static void look_kvm(const struct vnft_check *c, struct vnft_finding *f)
{
	struct vnft_kvm_speed speed;

	vnft_kvm_measure(&speed);
	if (speed.usable)
		vnft_found(f, VNFT_STATUS_OK, NULL, "a vCPU makes %.0f million loops a second",
			   speed.mips);
	else if (speed.mips > 0)
		vnft_found(f, VNFT_STATUS_UNUSABLE, NULL, "%s", speed.why);
	else if (access("/dev/kvm", F_OK))
		vnft_found(f, VNFT_STATUS_MISSING, "modprobe kvm_intel || modprobe kvm_amd", "%s",
			   speed.why);
	else
		no_permission(f, "/dev/kvm", speed.why);
	if (speed.mips > 0 && !speed.usable)
		vnft_found_no_fix(f, "use a machine whose KVM is not emulated, or bench "
				     "--accel kvm");
}

static void look_tun(const struct vnft_check *c, struct vnft_finding *f)
{
	if (!access("/dev/net/tun", R_OK | W_OK))
		vnft_found(f, VNFT_STATUS_OK, NULL, "/dev/net/tun can be opened");
	else if (errno == ENOENT)
		vnft_found(f, VNFT_STATUS_MISSING, "modprobe tun", "/dev/net/tun: %s",
			   strerror(errno));
	else
		vnft_found(f, VNFT_STATUS_UNUSABLE, "chmod 666 /dev/net/tun", "/dev/net/tun: %s",
			   strerror(errno));
}

static void look_docker(const struct vnft_check *c, struct vnft_finding *f)
{
	const char *given = getenv("DOCKER_HOST");
	const char *path = given && !strncmp(given, "unix://", 7) ? given + 7 : "/run/docker.sock";
	char answer[1024] = "", program[512], *server;

	if (vnft_doctor_socket(path, "GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n", answer,
			       sizeof(answer)) && strstr(answer, " 200 ")) {
		server = strstr(answer, "\r\nServer: ");
		server = server ? server + 10 : (char *)"";
		vnft_found(f, VNFT_STATUS_OK, NULL, "%s answers: %.*s", path,
			   (int)strcspn(server, "\r\n"), server);
	} else if (vnft_doctor_program("dockerd", program, sizeof(program))) {
		vnft_found(f, VNFT_STATUS_OK, NULL,
			   "nobody answers at %s: bench starts %s privately", path, program);
	} else {
		vnft_found(f, VNFT_STATUS_MISSING, "apt install docker.io",
			   "no dockerd is installed");
	}
}

static bool embedded_driver(void)
{
	glob_t found = { 0 };
	bool ok = !glob("/usr/lib*/*/libvirt/connection-driver/libvirt_driver_qemu.so", 0, NULL,
			&found) ||
		  !glob("/usr/lib*/libvirt/connection-driver/libvirt_driver_qemu.so", 0, NULL,
			&found);

	globfree(&found);
	return ok;
}

static void look_libvirt(const struct vnft_check *c, struct vnft_finding *f)
{
	static const char *const sockets[] = {
		"/run/libvirt/libvirt-sock", "/run/libvirt/virtqemud-sock", NULL
	};

	for (size_t i = 0; sockets[i]; i++)
		if (vnft_doctor_socket(sockets[i], NULL, NULL, 0)) {
			vnft_found(f, VNFT_STATUS_OK, NULL, "%s answers", sockets[i]);
			return;
		}
	if (embedded_driver())
		vnft_found(f, VNFT_STATUS_OK, NULL,
			   "no daemon answers: the embedded QEMU driver is used");
	else
		vnft_found(f, VNFT_STATUS_MISSING, "apt install libvirt-daemon",
			   "no daemon answers, and the embedded QEMU driver is not installed");
}

static void look_xen(const struct vnft_check *c, struct vnft_finding *f)
{
	char line[64], program[512];

	if (!vnft_doctor_line("/proc/xen/capabilities", line, sizeof(line)) ||
	    !strstr(line, "control_d")) {
		vnft_found(f, VNFT_STATUS_MISSING, "apt install xen-system-amd64",
			   "this host is not a Xen dom0");
		vnft_found_no_fix(f, "and boot into Xen");
	} else if (!vnft_doctor_program("xl", program, sizeof(program)))
		vnft_found(f, VNFT_STATUS_MISSING, "apt install xen-utils-common",
			   "a Xen dom0 without xl");
	else
		vnft_found(f, VNFT_STATUS_OK, NULL, "dom0, %s", program);
}

static void look_program(const struct vnft_check *c, struct vnft_finding *f)
{
	char path[512], fix[128];

	snprintf(fix, sizeof(fix), "apt install %s", strchr(c->arg, ' ') + 1);
	snprintf(path, sizeof(path), "%.*s", (int)strcspn(c->arg, " "), c->arg);
	if (vnft_doctor_program(strdupa(path), path, sizeof(path)))
		vnft_found(f, VNFT_STATUS_OK, NULL, "%s", path);
	else
		vnft_found(f, VNFT_STATUS_MISSING, fix, "no %.*s on PATH",
			   (int)strcspn(c->arg, " "), c->arg);
}

const struct vnft_check vnft_checks_host[] = {
	{ .id = "kvm", .look = look_kvm,
	  .costs = "without KVM guests run under TCG: start-up and throughput are an emulator's" },
	{ .id = "tun", .look = look_tun, .costs = "without taps you lose every VM row" },
	{ .id = "libvirt", .look = look_libvirt, .costs = "without libvirt you lose the VM rows" },
	{ .id = "qemu", .look = look_program, .arg = "qemu-system-x86_64 qemu-system-x86",
	  .costs = "without QEMU you lose the VM rows" },
	{ .id = "docker", .look = look_docker,
	  .costs = "without Docker you lose the row container.docker" },
	{ .id = "crun", .look = look_program, .arg = "crun crun",
	  .costs = "without crun you lose the row container.crun" },
	{ .id = "xen", .look = look_xen, .costs = "without Xen you lose the rows *.xen" },
	{ .id = "iperf3", .look = look_program, .arg = "iperf3 iperf3",
	  .costs = "without iperf3 you lose throughput" },
	{ .id = "iperf2", .look = look_program, .arg = "iperf iperf",
	  .costs = "without iperf you lose throughput of types with workload = iperf2" },
	{ 0 }
};
