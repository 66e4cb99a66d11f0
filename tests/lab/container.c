/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CAP_NET_ADMIN alone gives nobody the module. Containers as they are: namespaces of their own for
 * network and processes with every capability, and one for the network with CAP_NET_ADMIN alone.
 * They are refused, unless "containers" is set, and then have what is theirs and nothing else. A
 * session is nobody's who only knows its number.
 *
 *	[host's]	vnftx === vnfty
 *	[container's]	vnftk === vnftl, vnftm
 *
 * runs: tests/lab/with-module
 */
#include <linux/capability.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "../../tools/lib/net/link_set.h"
#include "../../tools/lib/text/error.h"
#include "../../tools/source/module/ctl.h"
#include "raw.h"
#include "session.h"

#define CONFINED	32	/* VNFT_MAX_CONFINED */

static struct raw raw;
static struct session host;
static uint32_t own, lasting, guest;	/* the host's: on vnftx, vnftx, and the container's vnftk */
static int home = -1;
static int go[2], ready[2];

static struct raw_request with(struct raw_request r, uint16_t type, uint16_t bytes, uint64_t value)
{
	return raw_with(r, type, bytes, value);
}

static const char *reason(void)
{
	return vnft_failed() ? vnft_why() : "";
}

/* @cmd about @device, for the session @session unless that is 0. */
static struct raw_request request(uint8_t cmd, uint32_t device, uint32_t session)
{
	struct raw_request r = { .cmd = cmd };

	if (session)
		r = with(r, VNFT_A_SESSION, 4, session);
	if (cmd >= VNFT_CMD_DETACH && cmd <= VNFT_CMD_STREAM)
		r = with(r, VNFT_A_DEVICE, 4, device);
	switch (cmd) {
	case VNFT_CMD_ATTACH:
		r = with(r, VNFT_A_MATCH_SLOTS, 4, 64);
		return with(r, VNFT_A_IFINDEX, 4, device);
	case VNFT_CMD_RECORD:
		return with(r, VNFT_A_RECORD_MASK, 4, 1);
	case VNFT_CMD_HIST:
		r = with(r, VNFT_A_PAIRING, 1, 0);
		/* fall through */
	case VNFT_CMD_STREAM:
		return with(r, VNFT_A_DIR, 1, 0);
	case VNFT_CMD_PROBE_START:
		return raw_syns(r, if_nametoindex("vnftk"));
	case VNFT_CMD_PROBE_SET:
		r = with(r, VNFT_A_ALSO_PORT, 2, 0);
		/* fall through */
	case VNFT_CMD_PROBE_STOP:
	case VNFT_CMD_PROBE_GET:
		return with(r, VNFT_A_PROBE, 4, 1);
	default:
		return r;
	}
}

static int ask(struct raw_request r)
{
	return raw_ask(&raw, r, 0, NULL, NULL);
}

static void refuse(struct raw_request r, int want, const char *text)
{
	int err = ask(r);

	if (!CHECK(err == -want && strstr(raw.text, text), "command %u: %s: %s", r.cmd,
		   strerror(want), text))
		printf("#   got %s, \"%s\"\n", strerror(-err), raw.text);
}

static int take_device(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == VNFT_A_DEVICE)
			*(uint32_t *)arg = mnl_attr_get_u32(attr);
	return 0;
}

static uint32_t attach(const char *name, uint32_t session)
{
	uint32_t id = 0;

	return raw_ask(&raw, request(VNFT_CMD_ATTACH, if_nametoindex(name), session), 0,
		       take_device, &id) ? 0 : id;
}

struct seen {
	unsigned int n;
	uint32_t last;
};

static int on_dumped(const struct nlmsghdr *nlh, void *arg)
{
	struct seen *seen = arg;

	seen->n++;
	return take_device(nlh, &seen->last);
}

static int dump(struct seen *seen)
{
	*seen = (struct seen){ 0 };
	return raw_ask(&raw, (struct raw_request){ .cmd = VNFT_CMD_GET }, NLM_F_DUMP, on_dumped,
		       seen);
}

static void containers(bool may)
{
	life_write("/sys/module/vnftrace/parameters/containers", may ? "1" : "0");
}

/* ---- inside a container ---- */

static bool lose_all_but_net_admin(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	data[0].effective = data[0].permitted = 1U << CAP_NET_ADMIN;
	return !syscall(SYS_capset, &head, data);
}

static bool inside(void)
{
	return !vnft_link_add_veth("vnftk", "vnftl", -1) && !vnft_link_set_up("vnftk", true) &&
	       !vnft_link_set_up("vnftl", true) && raw_open(&raw);
}

static int refused(void)
{
	static const char why[] = "the module serves the initial network namespace";
	struct seen seen;
	uint8_t cmd;
	int err, fd;

	if (!CHECK(inside(), "a container %s", reason()))
		return unit_done();
	for (cmd = VNFT_CMD_INFO; cmd < VNFT_CMD_NR; cmd++)
		refuse(request(cmd, cmd == VNFT_CMD_ATTACH ? if_nametoindex("vnftk") : own,
			       cmd == VNFT_CMD_RECORD || cmd >= VNFT_CMD_PROBE_START ?
			       host.setup.session : 0), EPERM, why);
	err = dump(&seen);
	CHECK(err == -EPERM && !seen.n && strstr(raw.text, why), "a dump: %s", raw.text);
	fd = open("/dev/" VNFT_CHARDEV_NAME, O_RDWR);
	CHECK(fd < 0 && errno == EPERM, "opening the device: %s", strerror(errno));
	return unit_done();
}

static void test_not_his(void)
{
	struct vnft_module_info info;
	struct seen seen;
	uint8_t cmd;

	CHECK(!vnft_module_info(&info) && !info.sessions && !info.devices && !info.probes,
	      "it is told of no session, attachment and generator: %u, %u, %u", info.sessions,
	      info.devices, info.probes);
	CHECK(!dump(&seen) && !seen.n, "nor does a dump say of %u", seen.n);
	for (cmd = VNFT_CMD_GET; cmd <= VNFT_CMD_STREAM; cmd++)
		refuse(request(cmd, lasting, 0), ENOENT, "no such attachment");
	refuse(request(VNFT_CMD_DETACH, lasting, 0), ENOENT, "no such attachment");
	refuse(request(VNFT_CMD_DETACH, guest, 0), ENOENT, "no such attachment");
	refuse(request(VNFT_CMD_ATTACH, if_nametoindex("vnftk"), 0), EEXIST, "the host has");
	/* It has inherited the session's file, and yet: */
	refuse(request(VNFT_CMD_DETACH, own, host.setup.session), ENOENT, "no such session");
	refuse(request(VNFT_CMD_RECORD, own, host.setup.session), ENOENT, "no such session");
	refuse(request(VNFT_CMD_PROBE_START, 0, host.setup.session), ENOENT, "no such session");
}

static void test_his(void)
{
	struct session s;
	struct seen seen;
	uint32_t id[2];

	if (!CHECK(session_open(&s, VNFT_SESSION_WATCH, 64), "a session of its own"))
		return;
	id[0] = attach("vnftk", s.setup.session);
	id[1] = attach("vnftl", 0);
	CHECK(id[0] && id[1], "attachments of its own: %s", raw.text);
	CHECK(!dump(&seen) && seen.n == 2, "a dump has both of them and no other: %u", seen.n);
	CHECK(!ask(request(VNFT_CMD_GET, id[0], 0)) && !ask(request(VNFT_CMD_HIST, id[1], 0)) &&
	      !ask(request(VNFT_CMD_RECORD, id[0], s.setup.session)), "and can be read: %s",
	      raw.text);
	refuse(request(VNFT_CMD_PROBE_START, 0, s.setup.session), EPERM, "generators are the");
	CHECK(!ask(request(VNFT_CMD_DETACH, id[1], 0)), "and detached: %s", raw.text);
	/* The host makes a device there and one here, and says so. */
	QUIET(write(ready[1], &id[0], sizeof(id[0])) > 0 && read(go[0], id, sizeof(*id)) > 0,
	      "the host's turn");
	CHECK(UNTIL(5000, (session_drain(&s), s.n >= 3)), "it hears of devices");
	while (s.n--)
		QUIET(s.record[s.n].kind != VNFT_KIND_DEVICE ||
		      strcmp(s.record[s.n].dev.name, "vnftz"), "of one elsewhere, too");
	s.n = 0;
	CHECK(!vnft_link_set_netns("vnftk", home), "its device goes %s", reason());
	session_drain(&s);
	CHECK(s.n && s.record[s.n - 1].dev.event == VNFT_DEVICE_GONE,
	      "and with it what it had attached");
	session_close(&s);
}

static void test_many(void)
{
	struct session s[CONFINED];
	struct vnft_session_setup setup = { VNFT_ABI_VERSION, .ring_records = 64 };
	unsigned int i, n = 0;
	int fd;

	for (i = 0; i < CONFINED; i++)
		n += session_open(&s[i], 0, 64);
	CHECK_EQ(n, CONFINED, "%u sessions", CONFINED);
	fd = open("/dev/" VNFT_CHARDEV_NAME, O_RDWR | O_CLOEXEC);
	CHECK(ioctl(fd, VNFT_IOC_SETUP, &setup) && errno == ENOSPC, "and no more: %s",
	      strerror(errno));
	close(fd);
	for (i = 0; i < CONFINED; i++)
		session_close(&s[i]);
}

static int served(void)
{
	struct raw theirs = raw;	/* opened before it had a namespace of its own */

	if (!CHECK(inside(), "a container %s", reason()))
		return unit_done();
	QUIET(write(ready[1], "", 1) == 1 && read(go[0], &guest, sizeof(guest)) > 0, "the host");
	test_not_his();
	vnft_link_delete("vnftk");
	QUIET(!vnft_link_add_veth("vnftk", "vnftl", -1), "once more");
	test_his();
	test_many();
	raw_close(&raw);
	raw = theirs;
	refuse(request(VNFT_CMD_INFO, 0, 0), EPERM, "the socket is of another");
	return unit_done();
}

/* ---- outside ---- */

/* @fn in a container, with all capabilities and PIDs of its own, or with CAP_NET_ADMIN alone. */
static pid_t contain(int (*fn)(void), bool all)
{
	pid_t pid = fork(), child;
	int status = 1;

	if (pid)
		return pid;
	unit_ran = unit_failed = 0;
	if (unshare(CLONE_NEWNET | (all ? CLONE_NEWPID : 0)))
		_exit(99);
	child = fork();
	if (!child) {
		if (!all && !lose_all_but_net_admin())
			_exit(98);
		_exit(fn());
	}
	waitpid(child, &status, 0);
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 97);
}

static bool well(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status);
}

static void test_refused(bool all, const char *what)
{
	struct vnft_module_device device;

	CHECK(well(contain(refused, all)), "refused: %s", what);
	CHECK(!vnft_module_get(own, &device) && !device.record_mask && !device.gone &&
	      !vnft_module_get(lasting, &device) && !device.gone, "nothing of the host's changed");
}

static void test_served(void)
{
	char path[64];
	struct vnft_module_device device;
	uint32_t id;
	pid_t pid;
	int ns;

	containers(true);
	pid = contain(served, true);
	QUIET(read(ready[0], path, 1) == 1, "it is there");
	/* Its first process waits in its network namespace, and in our own for processes. */
	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	ns = open(path, O_RDONLY | O_CLOEXEC);
	CHECK(ns >= 0 && !setns(ns, CLONE_NEWNET), "the host's root goes in there");
	guest = session_attach(NULL, "vnftk", 0, 0, NULL);
	CHECK(guest, "and attaches for the host %s", reason());
	QUIET(!setns(home, CLONE_NEWNET), "back");
	QUIET(write(go[1], &guest, sizeof(guest)) > 0 && read(ready[0], &id, sizeof(id)) > 0,
	      "its turn");
	CHECK(!vnft_module_get(id, &device), "the host sees what a container attached");
	QUIET(!vnft_link_add_veth("vnftz", "vnftzz", -1), "a device: %s", reason());
	QUIET(!setns(ns, CLONE_NEWNET) && !vnft_link_add_veth("vnftm", "vnftmm", -1) &&
	      !setns(home, CLONE_NEWNET), "one in there: %s", reason());
	QUIET(write(go[1], &id, sizeof(id)) > 0, "its turn");
	CHECK(well(pid), "served: with namespaces of its own for network and processes");
	close(ns);
	containers(false);
}

/* The host's, but another process. */
static int other(void)
{
	static const char why[] = "this process has not its file open";
	struct raw_request r = request(VNFT_CMD_DETACH, own, host.setup.session);
	uint8_t cmd;

	CHECK(!ask(request(VNFT_CMD_RECORD, own, host.setup.session)),
	      "who has inherited a session's file may name it: %s", raw.text);
	QUIET(!ask(with(request(VNFT_CMD_RECORD, own, host.setup.session), VNFT_A_RECORD_MASK, 4,
			0)), "back");
	close(host.fd);
	refuse(r, EPERM, why);
	refuse(request(VNFT_CMD_RECORD, own, host.setup.session), EPERM, why);
	refuse(request(VNFT_CMD_ATTACH, if_nametoindex("vnfty"), host.setup.session), EPERM, why);
	for (cmd = VNFT_CMD_PROBE_START; cmd <= VNFT_CMD_PROBE_GET; cmd++)
		refuse(request(cmd, 0, host.setup.session), EPERM, why);
	return unit_done();
}

static void test_number(void)
{
	pid_t pid = fork();

	if (!pid) {
		unit_ran = unit_failed = 0;
		_exit(raw_open(&raw) ? other() : 99);
	}
	CHECK(well(pid), "a session's number alone is worth nothing");
}

int main(void)
{
	if (!CHECK(life_veth("vnftx", "vnfty") && raw_open(&raw) && session_open(&host, 0, 64) &&
		   !pipe(go) && !pipe(ready), "a veth and a session"))
		return unit_done();
	home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	own = session_attach(&host, "vnftx", 0, 0, NULL);
	lasting = session_attach(NULL, "vnftx", 0, 0, NULL);
	CHECK(own && lasting && home >= 0, "two attachments %s", reason());
	test_refused(true, "namespaces of its own for network and processes, all capabilities");
	test_refused(false, "CAP_NET_ADMIN alone, in a network namespace of its own");
	test_number();
	test_served();
	CHECK(!vnft_module_detach(own, host.setup.session) && !vnft_module_detach(lasting, 0),
	      "the host goes on as if nothing had been");
	vnft_module_detach(guest, 0);
	session_close(&host);
	raw_close(&raw);
	return unit_done();
}
