/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the CPUs say of themselves: their time, interrupts, idle states and frequency.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "busy.h"

#define PATH_BYTES	512
#define STATES_MAX	32u
#define LINES_MAX	65536u
#define NO_STAT		"/proc/stat does not tell the time of CPUs"

static FILE *open_below(const char *root, const char *path)
{
	char at[PATH_BYTES];

	return (size_t)snprintf(at, sizeof(at), "%s%s", root, path) < sizeof(at) ?
	       fopen(at, "re") : NULL;
}

void vnft_busy_read_times(struct vnft_busy *to, const char *root,
			  const struct vnft_busy_cpus *cpus)
{
	const uint64_t tick_ns = 1000000000ULL / (uint64_t)sysconf(_SC_CLK_TCK);
	uint64_t cpu, user, nice, system, idle, iowait, irq, softirq, steal;
	FILE *f = open_below(root, "/proc/stat");
	size_t room = 0;
	char *line = NULL;

	to->cpus = to->all_cpus = 0;
	to->tasks_ns = to->steal_ns = to->interrupts_ns = to->idle_ns = 0;
	while (f && getline(&line, &room, f) > 0) {
		/* The time of guests is in user and nice, too. */
		if (sscanf(line, "cpu%" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
			   " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64, &cpu, &user, &nice,
			   &system, &idle, &iowait, &irq, &softirq, &steal) != 9 ||
		    !strncmp(line, "cpu ", 4))
			continue;
		to->all_cpus++;
		if (!vnft_busy_is_meant(cpus, cpu))
			continue;
		to->cpus++;
		to->tasks_ns += (user + nice + system) * tick_ns;
		to->interrupts_ns += (irq + softirq) * tick_ns;
		to->steal_ns += steal * tick_ns;
		to->idle_ns += (idle + iowait) * tick_ns;
	}
	free(line);
	if (f)
		fclose(f);
	to->cpus_why = to->cpus ? NULL : NO_STAT;
}

uint64_t vnft_busy_idle_ns(unsigned int *cpus)
{
	struct vnft_busy *now = calloc(1, sizeof(*now));
	struct vnft_busy_cpus all;
	uint64_t idle_ns = 0;

	*cpus = 0;
	if (!now)
		return 0;
	memset(&all, 0xff, sizeof(all));
	vnft_busy_read_times(now, "", &all);
	if (!now->cpus_why) {
		*cpus = now->cpus;
		idle_ns = now->idle_ns;
	}
	free(now);
	return idle_ns;
}

static void add(struct vnft_busy_counts *to, const char *name, uint64_t count)
{
	unsigned int i;

	to->total += count;
	for (i = 0; i < to->n && strcmp(to->of[i].name, name); i++)
		;
	if (i == VNFT_BUSY_COUNTS)
		return;
	if (i == to->n) {
		snprintf(to->of[i].name, sizeof(to->of[i].name), "%s", name);
		to->of[i].count = 0;
		to->n++;
	}
	to->of[i].count += count;
}

/* "CPU0 CPU2 ...": which CPU each column is. Their number. */
static unsigned int read_head(char *line, uint16_t column[VNFT_BUSY_CPUS])
{
	unsigned int n = 0;
	char *word, *at;

	for (word = strtok_r(line, " \n", &at); word && n < VNFT_BUSY_CPUS;
	     word = strtok_r(NULL, " \n", &at)) {
		unsigned long cpu = strncmp(word, "CPU", 3) ? VNFT_BUSY_CPUS :
				    strtoul(word + 3, NULL, 10);

		column[n++] = (uint16_t)(cpu < VNFT_BUSY_CPUS ? cpu : VNFT_BUSY_CPUS);
	}
	return n;
}

void vnft_busy_read_table(struct vnft_busy_counts *to, const char *root, const char *path,
			  const struct vnft_busy_cpus *cpus)
{
	static const char none[] = "the kernel does not show them, or not to this process";
	FILE *f = open_below(root, path);
	uint16_t column[VNFT_BUSY_CPUS];
	unsigned int columns, i, lines;
	char *line = NULL, *colon, *at, *end;
	size_t room = 0;

	*to = (struct vnft_busy_counts) { .why = none };
	if (!f)
		return;
	columns = getline(&line, &room, f) > 0 ? read_head(line, column) : 0;
	for (lines = 0; columns && lines < LINES_MAX && getline(&line, &room, f) > 0; lines++) {
		const char *name = line + strspn(line, " ");
		uint64_t sum = 0;

		colon = strchr(line, ':');
		if (!colon)
			continue;
		*colon = '\0';
		at = colon + 1;
		/* Behind the last number stands what it is of; ERR and MIS have one for all. */
		for (i = 0; i < columns; i++) {
			uint64_t count = strtoull(at, &end, 10);

			if (end == at || (*end != ' ' && *end != '\n'))
				break;
			sum += vnft_busy_is_meant(cpus, column[i]) ? count : 0;
			at = end;
		}
		if (i == columns) {
			to->why = NULL;
			add(to, name, sum);
		}
	}
	free(line);
	fclose(f);
}

/* The one line of a small file: false if it cannot be read. */
static bool read_word(const char *root, char *to, size_t bytes, const char *path)
{
	FILE *f = open_below(root, path);
	bool ok = f && fgets(to, (int)bytes, f);

	if (f)
		fclose(f);
	if (ok)
		to[strcspn(to, "\n")] = '\0';
	return ok;
}

static bool read_number(const char *root, uint64_t *value, const char *path)
{
	char word[32], *end;

	if (!read_word(root, word, sizeof(word), path) || word[0] < '0' || word[0] > '9')
		return false;
	*value = strtoull(word, &end, 10);
	return !*end;
}

void vnft_busy_read_idle(struct vnft_busy *to, const char *root,
			 const struct vnft_busy_cpus *cpus)
{
	static const char none[] = "the kernel has no idle states here (no cpuidle)";
	uint64_t entries, time_us;
	char path[128], name[32];
	unsigned int cpu, state;

	to->idle_state_ns = (struct vnft_busy_counts) { .why = none };
	to->idle_state_entries = to->idle_state_ns;
	for (cpu = 0; cpu < VNFT_BUSY_CPUS; cpu++) {
		for (state = 0; vnft_busy_is_meant(cpus, cpu) && state < STATES_MAX; state++) {
			const char at[] = "/sys/devices/system/cpu/cpu%u/cpuidle/state%u/%s";

			snprintf(path, sizeof(path), at, cpu, state, "name");
			if (!read_word(root, name, sizeof(name), path))
				break;
			snprintf(path, sizeof(path), at, cpu, state, "usage");
			if (!read_number(root, &entries, path))
				break;
			snprintf(path, sizeof(path), at, cpu, state, "time");
			if (!read_number(root, &time_us, path))
				break;
			to->idle_state_ns.why = to->idle_state_entries.why = NULL;
			add(&to->idle_state_ns, name, time_us * 1000);
			add(&to->idle_state_entries, name, entries);
		}
	}
}

void vnft_busy_read_frequency(struct vnft_busy *to, const char *root,
			      const struct vnft_busy_cpus *cpus)
{
	char path[128];
	unsigned int cpu;
	uint64_t khz;

	to->frequency_why = "the kernel does not scale the frequency here (a virtual machine, or "
			    "no driver)";
	to->frequency_low_hz = UINT64_MAX;
	to->frequency_high_hz = 0;
	for (cpu = 0; cpu < VNFT_BUSY_CPUS; cpu++) {
		if (!vnft_busy_is_meant(cpus, cpu))
			continue;
		snprintf(path, sizeof(path),
			 "/sys/devices/system/cpu/cpu%u/cpufreq/scaling_cur_freq", cpu);
		if (!read_number(root, &khz, path) || khz > UINT64_MAX / 1000)
			continue;
		to->frequency_why = NULL;
		if (khz * 1000 < to->frequency_low_hz)
			to->frequency_low_hz = khz * 1000;
		if (khz * 1000 > to->frequency_high_hz)
			to->frequency_high_hz = khz * 1000;
	}
}
