/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Facts about the host, for the manifest of a result.
 */
#include "host.h"

#include <bpf/libbpf.h>
#include <dirent.h>
#include <libvirt/libvirt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "version.h"
#include "../text/json.h"

/* First line of a file, at most @bytes; false when there is none. */
static bool read_line(const char *path, char *to, size_t bytes)
{
	FILE *f = fopen(path, "re");
	bool ok = f && fgets(to, (int)bytes, f);

	if (f)
		fclose(f);
	if (ok)
		to[strcspn(to, "\n")] = '\0';
	return ok;
}

static void set_line(json_t *facts, const char *key, const char *path, const char *why)
{
	char line[256];
	json_t *text = read_line(path, line, sizeof(line)) ? vnft_json_text(line) : NULL;

	if (text)
		json_object_set_new(facts, key, text);
	else
		vnft_json_null(facts, key, why);
}

static void set_cpu(json_t *facts)
{
	FILE *f = fopen("/proc/cpuinfo", "re");
	char line[512];

	vnft_json_null(facts, "cpu", "/proc/cpuinfo has no model name");
	while (f && fgets(line, sizeof(line), f)) {
		char *value = strchr(line, ':');

		if (strncmp(line, "model name", 10) || !value || !value[1])
			continue;
		line[strcspn(line, "\n")] = '\0';
		json_object_set_new(facts, "cpu", json_string(value + 2));
		json_object_del(facts, "cpu_why");
		break;
	}
	if (f)
		fclose(f);
}

/*
 * What the kernel runs on, as its firmware says. An emulated machine says so here, also to a Xen
 * dom0, whose processor flags are the same on every machine.
 */
static void set_machine(json_t *facts)
{
	char vendor[128], product[128];

	if (!read_line("/sys/class/dmi/id/sys_vendor", vendor, sizeof(vendor)))
		vendor[0] = '\0';
	if (!read_line("/sys/class/dmi/id/product_name", product, sizeof(product)))
		product[0] = '\0';
	if (vendor[0] || product[0])
		json_object_set_new(facts, "machine",
				    json_sprintf("%s%s%s", vendor,
						 vendor[0] && product[0] ? " " : "", product));
	if (!json_is_string(json_object_get(facts, "machine")))
		vnft_json_null(facts, "machine", "the firmware does not say (/sys/class/dmi)");
}

/* Is there anything below this kernel, and what: "xen 4.17, dom0". */
static void set_hypervisor(json_t *facts)
{
	char type[32], major[16], minor[16], capabilities[64];
	FILE *f = fopen("/proc/cpuinfo", "re");
	char line[4096];
	bool flag = false;

	while (f && !flag && fgets(line, sizeof(line), f))
		flag = !strncmp(line, "flags", 5) && strstr(line, " hypervisor");
	if (f)
		fclose(f);
	json_object_set_new(facts, "hypervisor_flag", json_boolean(flag));
	if (!read_line("/sys/hypervisor/type", type, sizeof(type))) {
		vnft_json_null(facts, "hypervisor",
			       flag ? "the processor says that there is one, but not which" :
				      "the processor says that there is none");
		return;
	}
	if (!read_line("/sys/hypervisor/version/major", major, sizeof(major)) ||
	    !read_line("/sys/hypervisor/version/minor", minor, sizeof(minor)))
		major[0] = minor[0] = '\0';
	if (!read_line("/proc/xen/capabilities", capabilities, sizeof(capabilities)))
		capabilities[0] = '\0';
	json_object_set_new(facts, "hypervisor",
			    json_sprintf("%s%s%s%s%s%s", type, major[0] ? " " : "", major,
					 minor[0] ? "." : "", minor,
					 strstr(capabilities, "control_d") ? ", dom0" : ""));
}

/* One entry per vulnerability that this processor has. */
static json_t *mitigations(void)
{
	static const char dir_name[] = "/sys/devices/system/cpu/vulnerabilities";
	json_t *all = json_object();
	DIR *dir = opendir(dir_name);
	struct dirent *de;

	while (dir && (de = readdir(dir))) {
		char path[512], line[256];

		if (de->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%.255s", dir_name, de->d_name);
		if (read_line(path, line, sizeof(line)) && strcmp(line, "Not affected"))
			json_object_set_new(all, de->d_name, vnft_json_text(line));
	}
	if (dir)
		closedir(dir);
	return all;
}

static json_t *libvirt_version(void)
{
	unsigned long v = 0;

	if (virGetVersion(&v, NULL, NULL))
		return json_null();
	return json_sprintf("%lu.%lu.%lu", v / 1000000, v / 1000 % 1000, v % 1000);
}

json_t *vnft_host_facts(void)
{
	json_t *facts = json_object();
	struct utsname uts;

	uname(&uts);
	json_object_set_new(facts, "hostname", vnft_json_text(uts.nodename));
	json_object_set_new(facts, "kernel", json_string(uts.release));
	json_object_set_new(facts, "kernel_build", json_string(uts.version));
	json_object_set_new(facts, "architecture", json_string(uts.machine));
	set_machine(facts);
	set_hypervisor(facts);
	set_cpu(facts);
	json_object_set_new(facts, "cores", json_integer(sysconf(_SC_NPROCESSORS_ONLN)));
	json_object_set_new(
		facts, "memory_bytes",
		json_integer((json_int_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE)));
	json_object_set_new(facts, "mitigations", mitigations());
	set_line(facts, "governor", "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor",
		 "the kernel does not scale the frequency here (a virtual machine, or no driver)");
	set_line(facts, "clocksource",
		 "/sys/devices/system/clocksource/clocksource0/current_clocksource",
		 "/sys is not mounted");
	set_line(facts, "kernel_command_line", "/proc/cmdline", "/proc is not mounted");
	json_object_set_new(facts, "vnftrace", json_string(VNFT_VERSION));
	json_object_set_new(facts, "libbpf", json_string(libbpf_version_string()));
	json_object_set_new(facts, "libvirt", libvirt_version());
	return facts;
}
