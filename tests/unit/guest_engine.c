/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What engines are told: command lines that end with the workload's own words, whatever these are;
 * LXC's configuration; what has no room is refused. Which process is the first of a PID namespace.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../tools/guest/engine/engine.h"
#include "../../tools/guest/runtime/runtime.h"
#include "../../tools/lib/text/error.h"
#include "unit.h"

static char dir[] = "/tmp/vnft-engine-XXXXXX";
static struct vnft_journal journal = { .id = "abcdef" };
static struct vnft_type type = {
	.name = "t", .command = "/bin/w 'two words' --name=x @ADDR@", .memory_mib = 64, .vcpus = 2,
	.topology = VNFT_TOPOLOGY_VETH,
};
static struct vnft_instance in = { .type = &type, .place = {
	.journal = &journal, .name = "vnft-abcdef-1", .device = "vnftabcdefv1",
	.bridge = "vnftabcdefb1", .guest_mac = { 2, 0, 0, 0xab, 0, 1 } } };
static struct vnft_engine_place at;
static struct vnft_engine_line line;

static void fill(vnft_engine_fill *what)
{
	memset(&line, 0, sizeof(line));
	what(&in, &at, &line);
}

static bool has(const char *word)
{
	size_t i;

	for (i = 0; i < line.words && strcmp(line.argv[i], word); i++)
		;
	return i < line.words;
}

/* The workload's words stand last, unchanged. */
static bool ends_with_command(void)
{
	size_t i;

	for (i = 0; i < at.command.n; i++)
		if (line.words < at.command.n ||
		    strcmp(line.argv[line.words - at.command.n + i], at.command.argv[i]))
			return false;
	return !line.argv[line.words] && !line.full;
}

static void lines(void)
{
	fill(vnft_engine_lxc.start);
	CHECK(!strcmp(line.argv[0], vnft_engine_lxc.program) && has("--name=vnft-abcdef-1") &&
	      ends_with_command(), "lxc-start: its name, and the workload behind all else");
	fill(vnft_engine_nspawn.start);
	CHECK(has(vnft_engine_nspawn.program) && has("--read-only") &&
	      has("--network-bridge=vnftabcdefb1") && has("--setenv=VNFT_SESSION=abcdef") &&
	      ends_with_command(), "systemd-nspawn: bridge, mark and workload");
	fill(vnft_engine_podman.create);
	CHECK(!strcmp(line.argv[0], vnft_engine_podman.program) && has("--network=none") &&
	      has("--cgroup-parent=/vnft-abcdef-1") && has("--memory=64m") && has("--cpus=2") &&
	      ends_with_command(), "podman create: limits, cgroup and workload");
	fill(vnft_engine_podman.stop);
	CHECK(has("rm") && has("vnft-abcdef-1") && !line.full, "podman rm");
}

static void read_config(char *to, size_t bytes)
{
	char path[192];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/config", at.dir);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd >= 0 ? read(fd, to, bytes - 1) : 0;
	to[n > 0 ? n : 0] = 0;
	if (fd >= 0)
		close(fd);
	unlink(path);
}

static void lxc_config(void)
{
	char text[8192];

	CHECK_EQ(vnft_engine_lxc.prepare(&in, &at), 0, "LXC's configuration is written");
	CHECK(vnft_engine_lxc.prepare(&in, &at) < 0, "and not over another one");
	read_config(text, sizeof(text));
	CHECK(strstr(text, "lxc.net.0.type = veth\nlxc.net.0.veth.pair = vnftabcdefv1\n") &&
	      strstr(text, "lxc.net.0.link = vnftabcdefb1\n") &&
	      strstr(text, "lxc.net.0.hwaddr = 02:00:00:ab:00:01\n") &&
	      strstr(text, "lxc.net.0.ipv4.address = 198.18.0.2/30\n"), "a veth on the bridge");
	CHECK(strstr(text, "lxc.cgroup.memory.limit_in_bytes = 67108864\n") &&
	      strstr(text, "lxc.cgroup2.memory.max = 67108864\n") &&
	      strstr(text, "lxc.cgroup2.cpu.max = 200000 100000\n") &&
	      strstr(text, "lxc.cgroup.dir = vnft-abcdef-1\n"), "limits, for cgroups v1 and v2");
	type.topology = VNFT_TOPOLOGY_MACVLAN;
	CHECK_EQ(vnft_engine_lxc.prepare(&in, &at), 0, "another topology");
	read_config(text, sizeof(text));
	CHECK(strstr(text, "lxc.net.0.type = macvlan\n") && !strstr(text, "veth"), "a macvlan");
	type.topology = VNFT_TOPOLOGY_VETH;
}

static void full(void)
{
	unsigned int i;

	memset(&line, 0, sizeof(line));
	for (i = 0; i < VNFT_ENGINE_WORDS; i++)
		vnft_engine_word(&line, "%u", i);
	CHECK(!line.full && line.words == VNFT_ENGINE_WORDS && !line.argv[line.words],
	      "a line of as many words as it has room for");
	vnft_engine_word(&line, "more");
	CHECK(line.full && line.words == VNFT_ENGINE_WORDS, "and no more");
	memset(&line, 0, sizeof(line));
	vnft_engine_word(&line, "%*s", VNFT_ENGINE_TEXT_BYTES - 1, "");
	CHECK(!line.full && line.words == 1, "a word of all its bytes");
	vnft_engine_word(&line, "%s", "");
	CHECK(line.full, "and not even an empty one behind it");
}

static int waits(void *unused)
{
	pause();
	return 0;
}

static void first(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	struct vnft_held held;
	pid_t pid;

	CHECK(!vnft_guest_is_first(getpid()), "we are not the first of a namespace below ours");
	CHECK(!vnft_guest_is_first(1 << 22), "nor is a process that is not there");
	CHECK(vnft_guest_hold_first(&held, getpid()) == -ESRCH && !held.pid,
	      "below us is no container");
	pid = clone(waits, stack + sizeof(stack), CLONE_NEWPID | SIGCHLD, NULL);
	if (pid < 0) {
		SKIP("the first of a PID namespace", "no PID namespace here");
		return;
	}
	CHECK(vnft_guest_is_first(pid), "a child in a PID namespace of its own is");
	CHECK(!vnft_guest_hold_first(&held, getpid()) && held.pid == pid, "and is found below us");
	vnft_held_drop(&held);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	CHECK(vnft_guest_hold_first(&held, getpid()) == -ESRCH, "until it has ended");
}

int main(void)
{
	in.place.host_ipv4 = inet_addr("198.18.0.1");
	in.place.guest_ipv4 = inet_addr("198.18.0.2");
	if (!CHECK(mkdtemp(dir) && !vnft_words_split(&at.command, type.command, &in),
		   "a directory, and the workload's words"))
		return unit_done();
	snprintf(at.dir, sizeof(at.dir), "%s", dir);
	strcpy(at.image, "/images/root");
	vnft_guest_veth_say(&in.place, &at.say);
	lines();
	lxc_config();
	full();
	first();
	vnft_words_free(&at.command);
	rmdir(dir);
	return unit_done();
}
