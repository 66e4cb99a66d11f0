/* SPDX-License-Identifier: GPL-2.0 */
/*
 * doctor's checks of the kernel: hooks, modules, clocks, and what this process may do.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../../lib/host/cap.h"
#include "../../lib/host/modules.h"
#include "../../lib/text/error.h"
#include "../../source/bpf/caps.h"
#include "../../source/bpf/pinfs.h"
#include "../../source/bpf/probe.h"
#include "../../source/module/ctl.h"
#include "../../source/source.h"
#include "check.h"

/* Loading programs takes a moment: once for the four checks. */
static const struct vnft_bpf_probe *probe(void)
{
	static struct vnft_bpf_probe p;
	static bool done;

	if (!done && vnft_bpf_probe(&p)) {
		/* Nothing could be tried: the reason is the same for all. */
		snprintf(p.tcx_why, sizeof(p.tcx_why), "%.90s", vnft_why());
		snprintf(p.clsact_why, sizeof(p.clsact_why), "%.90s", vnft_why());
		snprintf(p.tracepoint_why, sizeof(p.tracepoint_why), "%.90s", vnft_why());
		snprintf(p.fentry_why, sizeof(p.fentry_why), "%.90s", vnft_why());
	}
	done = true;
	return &p;
}

/* A capability that is missing is the reason of all else. */
static bool lacks_caps(struct vnft_finding *f)
{
	for (const struct vnft_cap *c = vnft_bpf_caps; c->what_for; c++)
		if (!vnft_cap_have(c->cap)) {
			vnft_cap_fix(c->cap, f->fix, sizeof(f->fix), f->fix_why,
				     sizeof(f->fix_why));
			return true;
		}
	return false;
}

/* @fix: a command, or NULL and @advice where there is none. */
static void hook(struct vnft_finding *f, bool ok, const char *why, const char *fix,
		 const char *advice)
{
	vnft_found(f, ok ? VNFT_STATUS_OK : VNFT_STATUS_UNUSABLE, fix, "%s",
		   ok ? "a program was loaded and attached" : why);
	if (!ok && !lacks_caps(f) && !fix)
		vnft_found_no_fix(f, "%s", advice);
}

static void look_tcx(const struct vnft_check *c, struct vnft_finding *f)
{
	hook(f, probe()->tcx, probe()->tcx_why, NULL, "boot Linux 6.6 or newer");
}

static void look_clsact(const struct vnft_check *c, struct vnft_finding *f)
{
	hook(f, probe()->clsact, probe()->clsact_why, "modprobe -a sch_ingress cls_bpf", NULL);
}

static void look_tracepoint(const struct vnft_check *c, struct vnft_finding *f)
{
	hook(f, probe()->tracepoint, probe()->tracepoint_why,
	     NULL, "boot a kernel with CONFIG_BPF_EVENTS that is not locked down");
}

static void look_fentry(const struct vnft_check *c, struct vnft_finding *f)
{
	hook(f, probe()->fentry, probe()->fentry_why,
	     NULL, "boot a kernel with CONFIG_DYNAMIC_FTRACE and BTF that is not locked down");
}

static void look_bpffs(const struct vnft_check *c, struct vnft_finding *f)
{
	char path[256], fix[160];
	int err = vnft_pinfs_usable(path, sizeof(path));

	snprintf(fix, sizeof(fix), "chmod 711 /sys/fs/bpf && install -d -o %u -m 700 "
		 "/sys/fs/bpf/vnftrace", geteuid());
	if (!err)
		vnft_found(f, VNFT_STATUS_OK, NULL, "attach can pin under %s", path);
	else if (err == -ENOENT)
		vnft_found(f, VNFT_STATUS_MISSING, "mount -t bpf bpf /sys/fs/bpf", "%s",
			   vnft_why());
	else if (!geteuid())
		vnft_found(f, VNFT_STATUS_UNUSABLE, "rm -r /sys/fs/bpf/vnftrace", "%s",
			   vnft_why());
	else
		vnft_found(f, VNFT_STATUS_UNUSABLE, fix, "no permission for %s", path);
}

/* The variable's four bytes of attributes, then one byte. */
static bool secure_boot(void)
{
	int fd = open("/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
		      O_RDONLY | O_CLOEXEC);
	unsigned char byte[5] = { 0 };
	bool on = fd >= 0 && read(fd, byte, sizeof(byte)) == sizeof(byte) && byte[4] == 1;

	if (fd >= 0)
		close(fd);
	return on;
}

static unsigned int count_bits(uint64_t bits)
{
	return (unsigned int)__builtin_popcountll(bits);
}

static void look_loaded_module(struct vnft_finding *f)
{
	struct vnft_module_info info;

	if (vnft_module_info(&info))
		vnft_found(f, VNFT_STATUS_UNUSABLE,
			   "rmmod vnftrace && modprobe vnftrace",
			   "loaded, and does not answer: %s", vnft_why());
	else if (info.version != VNFT_ABI_VERSION)
		vnft_found(f, VNFT_STATUS_UNUSABLE,
			   "rmmod vnftrace && modprobe vnftrace",
			   "loaded: version %s speaks %u, this tool %u", info.module_version,
			   info.version, VNFT_ABI_VERSION);
	else
		vnft_found(f, VNFT_STATUS_OK, NULL,
			   "loaded: version %s, %u hooks, %u sessions, %u devices, %u generators",
			   info.module_version, count_bits(info.hooks), info.sessions, info.devices,
			   info.probes);
}

/* Is it where modprobe finds it? */
static bool module_installed(const char *release)
{
	char path[256], line[512];
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep", release);
	f = fopen(path, "re");
	while (f && !found && fgets(line, sizeof(line), f))
		found = strstr(line, "/vnftrace.ko");
	if (f)
		fclose(f);
	return found;
}

#define no_module(f, advice, ...) do {						\
	vnft_found(f, VNFT_STATUS_UNUSABLE, NULL, __VA_ARGS__);			\
	vnft_found_no_fix(f, "%s", advice);					\
} while (0)

static void look_module(const struct vnft_check *c, struct vnft_finding *f)
{
	char line[128], lockdown[128], headers[256];
	const char *advice, *barred = vnft_modules_barred(&advice);
	bool must_sign, locked;
	struct utsname uts;

	uname(&uts);
	snprintf(headers, sizeof(headers), "/lib/modules/%s/build/Makefile", uts.release);
	vnft_doctor_line("/sys/kernel/security/lockdown", lockdown, sizeof(lockdown));
	locked = strstr(lockdown, "[integrity]") || strstr(lockdown, "[confidentiality]");
	must_sign =
		vnft_doctor_line("/sys/module/module/parameters/sig_enforce", line, sizeof(line)) &&
		line[0] == 'Y';
	if (!access("/sys/module/vnftrace", F_OK))
		look_loaded_module(f);
	else if (barred)
		no_module(f, advice, "%s", barred);
	else if (must_sign || locked)
		no_module(f, "sign it (mokutil --import, scripts/sign-file), or turn Secure Boot "
			  "off", "only signed modules load: %s%s%s",
			  secure_boot() ? "Secure Boot is on, " : "",
			  locked ? "lockdown " : "signatures enforced", locked ? lockdown : "");
	else if (module_installed(uts.release))
		vnft_found(f, VNFT_STATUS_MISSING, "modprobe vnftrace",
			   "installed, and not loaded");
	else if (access(headers, F_OK))
		vnft_found(f, VNFT_STATUS_MISSING, "apt install linux-headers-$(uname -r)",
			   "modules load here; the kernel's headers to build it are not installed");
	else
		vnft_found(f, VNFT_STATUS_MISSING,
			   "make kmod KDIR=/lib/modules/$(uname -r)/build && insmod "
			   "build/kmod/$(uname -r)/vnftrace.ko",
			   "modules load here, and headers are installed%s: not built",
			   secure_boot() ? " (Secure Boot is on, signatures not enforced)" : "");
}

static void look_capability(const struct vnft_check *c, struct vnft_finding *f)
{
	if (vnft_cap_have(c->number)) {
		vnft_found(f, VNFT_STATUS_OK, NULL, "in the effective set");
		return;
	}
	vnft_found(f, VNFT_STATUS_MISSING, NULL, "%s is not in the effective set", c->arg);
	vnft_cap_fix(c->number, f->fix, sizeof(f->fix), f->fix_why, sizeof(f->fix_why));
}

static void look_clocksource(const struct vnft_check *c, struct vnft_finding *f)
{
	static const char path[] =
		"/sys/devices/system/clocksource/clocksource0/current_clocksource";
	static const char *const slow[] = { "hpet", "acpi_pm", "jiffies", "refined-jiffies",
					    "pit",  NULL };
	char line[64];

	if (!vnft_doctor_line(path, line, sizeof(line))) {
		vnft_found(f, VNFT_STATUS_MISSING, "mount -t sysfs sysfs /sys", "%s: not there",
			   path);
		return;
	}
	for (size_t i = 0; slow[i]; i++)
		if (!strcmp(line, slow[i])) {
			vnft_found(f, VNFT_STATUS_UNUSABLE, NULL,
				   "%s: a stamp costs a microsecond or more", line);
			vnft_found_no_fix(f, "boot with tsc=reliable, if the TSC is stable");
			return;
		}
	vnft_found(f, VNFT_STATUS_OK, NULL, "%s", line);
}

static void look_governor(const struct vnft_check *c, struct vnft_finding *f)
{
	char line[64];

	if (!vnft_doctor_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", line,
			      sizeof(line)))
		vnft_found(f, VNFT_STATUS_OK, NULL, "the kernel does not scale the frequency here");
	else if (!strcmp(line, "performance"))
		vnft_found(f, VNFT_STATUS_OK, NULL, "%s", line);
	else
		vnft_found(f, VNFT_STATUS_UNUSABLE, "cpupower frequency-set -g performance", "%s",
			   line);
}

#define CAPABILITY(id_, cap_, costs_) \
	{ .id = id_, .costs = costs_, .look = look_capability, .arg = #cap_, .number = cap_ }

const struct vnft_check vnft_checks_kernel[] = {
	{ .id = "tcx",
	  .look = look_tcx,
	  .costs = "without tcx the hooks are clsact's, where a program before ours can hide "
		   "packets" },
	{ .id = "clsact",
	  .look = look_clsact,
	  .costs = "without clsact devices can be observed by tcx only" },
	{ .id = "tracepoint",
	  .look = look_tracepoint,
	  .costs = "without raw tracepoints you lose the phases of an instantiation" },
	{ .id = "fentry",
	  .look = look_fentry,
	  .costs = "without fentry you lose the stamps inside tun, veth and netback functions" },
	{ .id = "bpffs",
	  .look = look_bpffs,
	  .costs = "without bpffs you lose attach: nothing outlives the command" },
	{ .id = "module",
	  .look = look_module,
	  .costs = "without the module you lose the in-kernel generator, the second observer "
		   "(--cross-check), and driver hooks where fentry is refused" },
	CAPABILITY("cap_bpf", CAP_BPF, "without it no program loads: you lose every measurement"),
	CAPABILITY("cap_perfmon", CAP_PERFMON,
		   "without it you lose tracepoints: the phases of an instantiation"),
	CAPABILITY("cap_net_admin", CAP_NET_ADMIN,
		   "without it no program attaches to a device: you lose every measurement"),
	CAPABILITY("cap_net_raw", CAP_NET_RAW,
		   "without it you lose probe, and bench's own stimulus"),
	CAPABILITY("cap_sys_admin", CAP_SYS_ADMIN,
		   "without it you lose bench, and devices in other network namespaces"),
	CAPABILITY("cap_sys_ptrace", CAP_SYS_PTRACE,
		   "without it you lose the proportional memory (PSS) of other users' processes"),
	{ .id = "clocksource",
	  .look = look_clocksource,
	  .costs = "with a slow clock every recorded packet costs microseconds" },
	{ .id = "governor",
	  .look = look_governor,
	  .costs = "with a governor that scales down, runs differ by the clock frequency of the "
		   "moment" },
	{ 0 }
};
