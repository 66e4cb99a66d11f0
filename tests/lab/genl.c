/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the module's netlink family refuses, and how it says so; who may speak to it; the dump of
 * all attachments while others come and go; sessions side by side, and one whose owner is killed.
 *
 *	[own namespace]	vnftx === vnfty, vnftt (a tun), and 500 veths vnfta0 === vnftb0 ...
 *
 * VNFT_LONG=1: dump for longer.
 * runs: tests/lab/with-module
 */
#include <linux/if_tun.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "../../tools/lib/net/link_set.h"
#include "../../tools/lib/text/error.h"
#include "../../tools/source/module/ctl.h"
#include "raw.h"
#include "session.h"

#define DEVICES 1000

static struct raw raw;
static struct session one, two;
static uint32_t x, tun, own, other, lasting, probe;

/* ---- the requests that are right, from which each wrong one differs in one thing ---- */

static struct raw_request with(struct raw_request r, uint16_t type, uint16_t bytes, uint64_t value)
{
	return raw_with(r, type, bytes, value);
}

static struct raw_request request(uint8_t cmd)
{
	struct raw_request r = { .cmd = cmd };

	switch (cmd) {
	case VNFT_CMD_ATTACH:
		r = with(r, VNFT_A_IFINDEX, 4, x);
		r = with(r, VNFT_A_SESSION, 4, one.setup.session);
		r = with(r, VNFT_A_RECORD_MASK, 4, 0);
		r = with(r, VNFT_A_STAGES, 8, 0);
		r = with(r, VNFT_A_SIDE, 1, VNFT_SIDE_HOST);
		return with(r, VNFT_A_MATCH_SLOTS, 4, 64);
	case VNFT_CMD_RECORD:
		r = with(r, VNFT_A_RECORD_MASK, 4, 0);
		r = with(r, VNFT_A_STAGES, 8, 0);
		/* fall through */
	case VNFT_CMD_DETACH:
		r = with(r, VNFT_A_SESSION, 4, one.setup.session);
		return with(r, VNFT_A_DEVICE, 4, own);
	case VNFT_CMD_HIST:
		r = with(r, VNFT_A_PAIRING, 1, 0);
		/* fall through */
	case VNFT_CMD_STREAM:
		r = with(r, VNFT_A_DIR, 1, 0);
		/* fall through */
	case VNFT_CMD_GET:
		return with(r, VNFT_A_DEVICE, 4, own);
	case VNFT_CMD_PROBE_START:
		r = with(r, VNFT_A_SESSION, 4, one.setup.session);
		r = raw_syns(r, x);
		r = with(r, VNFT_A_SPORTS, 2, 100);
		r = with(r, VNFT_A_ALSO_PORT, 2, 9);
		r = with(r, VNFT_A_ECHO_ID, 2, 9);
		r = with(r, VNFT_A_COUNT, 8, 1);
		r = with(r, VNFT_A_DURATION_NS, 8, 1000000000);
		r = with(r, VNFT_A_ECHO_BYTES, 4, 56);
		r = with(r, VNFT_A_CPU, 4, 0);
		r = with(r, VNFT_A_UNTIL_RST, 0, 0);
		return with(r, VNFT_A_DEVICE, 4, own);
	case VNFT_CMD_PROBE_SET:
		r = with(r, VNFT_A_ALSO_PORT, 2, 0);
		/* fall through */
	case VNFT_CMD_PROBE_STOP:
	case VNFT_CMD_PROBE_GET:
		r = with(r, VNFT_A_SESSION, 4, one.setup.session);
		return with(r, VNFT_A_PROBE, 4, probe);
	default:
		return r;
	}
}

static const char *const command[] = {
	[VNFT_CMD_INFO] = "INFO", [VNFT_CMD_ATTACH] = "ATTACH", [VNFT_CMD_DETACH] = "DETACH",
	[VNFT_CMD_RECORD] = "RECORD", [VNFT_CMD_GET] = "GET", [VNFT_CMD_HIST] = "HIST",
	[VNFT_CMD_STREAM] = "STREAM", [VNFT_CMD_PROBE_START] = "PROBE_START",
	[VNFT_CMD_PROBE_SET] = "PROBE_SET", [VNFT_CMD_PROBE_STOP] = "PROBE_STOP",
	[VNFT_CMD_PROBE_GET] = "PROBE_GET",
};

/* ---- refusals ---- */

/* @bad: attribute to blame, 0: none; @text: part of what is said. */
static void refuse(struct raw_request r, int want, uint16_t bad, const char *text)
{
	int err = raw_ask(&raw, r, 0, NULL, NULL);

	CHECK(err == -want && strstr(raw.text, text) && raw.bad == bad, "%s: %s: %s",
	      command[r.cmd], strerror(want), text);
	if (err != -want || !strstr(raw.text, text) || raw.bad != bad)
		printf("#   got %s, \"%s\", attribute %u, not %u\n", strerror(-err), raw.text,
		       raw.bad, bad);
}

static void test_missing(void)
{
	static const struct {
		uint8_t cmd, attr;
	} needed[] = {
		{ VNFT_CMD_ATTACH, VNFT_A_IFINDEX }, { VNFT_CMD_DETACH, VNFT_A_DEVICE },
		{ VNFT_CMD_RECORD, VNFT_A_DEVICE }, { VNFT_CMD_RECORD, VNFT_A_SESSION },
		{ VNFT_CMD_RECORD, VNFT_A_RECORD_MASK }, { VNFT_CMD_GET, VNFT_A_DEVICE },
		{ VNFT_CMD_HIST, VNFT_A_DEVICE }, { VNFT_CMD_HIST, VNFT_A_PAIRING },
		{ VNFT_CMD_HIST, VNFT_A_DIR }, { VNFT_CMD_STREAM, VNFT_A_DEVICE },
		{ VNFT_CMD_STREAM, VNFT_A_DIR }, { VNFT_CMD_PROBE_START, VNFT_A_SESSION },
		{ VNFT_CMD_PROBE_START, VNFT_A_IFINDEX }, { VNFT_CMD_PROBE_START, VNFT_A_KIND },
		{ VNFT_CMD_PROBE_START, VNFT_A_SRC }, { VNFT_CMD_PROBE_START, VNFT_A_DST },
		{ VNFT_CMD_PROBE_START, VNFT_A_SRC_MAC }, { VNFT_CMD_PROBE_START, VNFT_A_DST_MAC },
		{ VNFT_CMD_PROBE_START, VNFT_A_INTERVAL_NS },
		{ VNFT_CMD_PROBE_START, VNFT_A_SPORT }, { VNFT_CMD_PROBE_START, VNFT_A_DPORT },
		{ VNFT_CMD_PROBE_SET, VNFT_A_SESSION }, { VNFT_CMD_PROBE_SET, VNFT_A_PROBE },
		{ VNFT_CMD_PROBE_SET, VNFT_A_ALSO_PORT }, { VNFT_CMD_PROBE_STOP, VNFT_A_SESSION },
		{ VNFT_CMD_PROBE_STOP, VNFT_A_PROBE }, { VNFT_CMD_PROBE_GET, VNFT_A_SESSION },
		{ VNFT_CMD_PROBE_GET, VNFT_A_PROBE },
	};
	unsigned int i, good = 0;

	for (i = 0; i < sizeof(needed) / sizeof(*needed); i++) {
		int err = raw_ask(&raw, raw_without(request(needed[i].cmd), needed[i].attr), 0,
				  NULL, NULL);

		good += QUIET(err == -EINVAL && strstr(raw.text, "is missing") &&
				      raw.missing == needed[i].attr,
			      "%s without attribute %u: %d \"%s\" %u", command[needed[i].cmd],
			      needed[i].attr, err, raw.text, raw.missing);
	}
	CHECK(good == i, "%u of %u missing attributes are named", good, i);
}

static bool takes(const struct raw_request *r, uint16_t type)
{
	uint8_t i;

	for (i = 0; i < r->n; i++)
		if (r->attr[i].type == type)
			return true;
	return false;
}

/* Attributes that a command does not know, and every one that it knows in a wrong width. */
static void test_strict(void)
{
	unsigned int tried = 0, good = 0, i;
	uint16_t type, bytes;
	uint8_t cmd;
	int err;

	for (cmd = VNFT_CMD_INFO; cmd < VNFT_CMD_NR; cmd++) {
		struct raw_request r = request(cmd);

		for (type = 1; type <= VNFT_A_NR; type++) {
			if (takes(&r, type))
				continue;
			err = raw_ask(&raw, with(r, type, 4, 0), 0, NULL, NULL);
			good += QUIET(err == -EINVAL && raw.text[0] && raw.bad == type,
				      "%s with attribute %u: %d \"%s\" %u", command[cmd], type, err,
				      raw.text, raw.bad);
			tried++;
		}
		for (i = 0; i < r.n; i++) {
			type = r.attr[i].type;
			for (bytes = 0; bytes < 20; bytes++) {
				if (bytes == r.attr[i].bytes ||
				    ((type == VNFT_A_SRC || type == VNFT_A_DST) && bytes == 16))
					continue;
				err = raw_ask(&raw, with(r, type, bytes, r.attr[i].value), 0, NULL,
					      NULL);
				good += QUIET((err == -EINVAL || err == -ERANGE) && raw.text[0] &&
					      raw.bad == type,
					      "%s with %u bytes of attribute %u: %d \"%s\" %u",
					      command[cmd], bytes, type, err, raw.text, raw.bad);
				tried++;
			}
		}
	}
	CHECK(good == tried && tried > 1000, "%u of %u unknown or misshapen attributes are blamed",
	      good, tried);
}

static void test_attach(void)
{
	const struct raw_request r = request(VNFT_CMD_ATTACH);

	refuse(with(r, VNFT_A_IFINDEX, 4, 99999), ENODEV, VNFT_A_IFINDEX,
	       "no device of this number");
	refuse(with(r, VNFT_A_IFINDEX, 4, 0), ENODEV, VNFT_A_IFINDEX, "no device of this number");
	refuse(with(r, VNFT_A_IFINDEX, 4, ~0U), ENODEV, VNFT_A_IFINDEX, "no device of this number");
	refuse(with(r, VNFT_A_SESSION, 4, 0), ENOENT, VNFT_A_SESSION, "no such session");
	refuse(with(r, VNFT_A_SESSION, 4, ~0U), ENOENT, VNFT_A_SESSION, "no such session");
	refuse(with(r, VNFT_A_RECORD_MASK, 4, 1U << VNFT_CLASS_NR), EINVAL, VNFT_A_RECORD_MASK,
	       "reserved bit set");
	refuse(with(r, VNFT_A_STAGES, 8, 1ULL << VNFT_HOOK_TCX_IN), EINVAL, VNFT_A_STAGES,
	       "no hook of the module");
	refuse(with(r, VNFT_A_STAGES, 8, 1ULL << 63), EINVAL, VNFT_A_STAGES,
	       "no hook of the module");
	refuse(with(r, VNFT_A_SIDE, 1, VNFT_SIDE_NR), ERANGE, VNFT_A_SIDE, "out of range");
	refuse(with(r, VNFT_A_MATCH_SLOTS, 4, 32), ERANGE, VNFT_A_MATCH_SLOTS, "out of range");
	refuse(with(r, VNFT_A_MATCH_SLOTS, 4, 1 << 21), ERANGE, VNFT_A_MATCH_SLOTS, "out of range");
	refuse(with(r, VNFT_A_MATCH_SLOTS, 4, 100), EINVAL, VNFT_A_MATCH_SLOTS, "power of two");
	refuse(raw_without(raw_without(r, VNFT_A_SESSION), VNFT_A_STAGES), EINVAL,
	       VNFT_A_RECORD_MASK, "needs a SESSION");
	refuse(raw_without(raw_without(r, VNFT_A_SESSION), VNFT_A_RECORD_MASK), EINVAL,
	       VNFT_A_STAGES, "needs a SESSION");
	refuse(r, EEXIST, 0, "has this device already");
	refuse(with((struct raw_request){ .cmd = VNFT_CMD_ATTACH }, VNFT_A_IFINDEX, 4, x), EEXIST,
	       0, "attached already");
}

static void test_device(void)
{
	const struct raw_request d = request(VNFT_CMD_DETACH), r = request(VNFT_CMD_RECORD);
	uint8_t cmd;

	for (cmd = VNFT_CMD_DETACH; cmd <= VNFT_CMD_STREAM; cmd++) {
		refuse(with(request(cmd), VNFT_A_DEVICE, 4, VNFT_MODULE_FIRST_ID +
			    VNFT_MODULE_DEVICES - 1), ENOENT, VNFT_A_DEVICE, "no such attachment");
		refuse(with(request(cmd), VNFT_A_DEVICE, 4, VNFT_MODULE_FIRST_ID - 1), ERANGE,
		       VNFT_A_DEVICE, "out of range");
	}
	refuse(with(d, VNFT_A_SESSION, 4, 4711), ENOENT, VNFT_A_SESSION, "no such session");
	refuse(with(d, VNFT_A_SESSION, 4, two.setup.session), EPERM, VNFT_A_DEVICE,
	       "not this session's");
	refuse(raw_without(d, VNFT_A_SESSION), EPERM, VNFT_A_DEVICE, "is a session's");
	refuse(with(d, VNFT_A_DEVICE, 4, other), EPERM, VNFT_A_DEVICE, "not this session's");
	refuse(with(d, VNFT_A_DEVICE, 4, lasting), EPERM, VNFT_A_DEVICE, "not this session's");
	refuse(with(r, VNFT_A_DEVICE, 4, other), EPERM, VNFT_A_DEVICE, "not this session's");
	refuse(with(r, VNFT_A_DEVICE, 4, lasting), EPERM, VNFT_A_DEVICE, "not this session's");
	refuse(with(r, VNFT_A_STAGES, 8, 2), EINVAL, VNFT_A_STAGES, "no hook of the module");
	refuse(with(request(VNFT_CMD_HIST), VNFT_A_PAIRING, 1, VNFT_PAIRING_NR), ERANGE,
	       VNFT_A_PAIRING, "out of range");
	refuse(with(request(VNFT_CMD_HIST), VNFT_A_DIR, 1, 2), ERANGE, VNFT_A_DIR, "out of range");
	refuse(request(VNFT_CMD_STREAM), ENOENT, 0, "no TCP stream");
}

static void test_probe(void)
{
	const struct raw_request r = request(VNFT_CMD_PROBE_START);
	const struct raw_request echo = with(r, VNFT_A_KIND, 1, VNFT_PROBE_KIND_ECHO);
	uint8_t cmd;

	refuse(with(r, VNFT_A_SESSION, 4, 4711), ENOENT, VNFT_A_SESSION, "no such session");
	refuse(with(r, VNFT_A_IFINDEX, 4, 99999), ENODEV, VNFT_A_IFINDEX,
	       "no device of this number");
	refuse(with(r, VNFT_A_IFINDEX, 4, tun), EOPNOTSUPP, VNFT_A_IFINDEX, "no Ethernet header");
	refuse(with(r, VNFT_A_KIND, 1, 2), ERANGE, VNFT_A_KIND, "out of range");
	refuse(with(r, VNFT_A_SRC, 5, 1), EINVAL, VNFT_A_SRC, "4 or 16 bytes");
	refuse(with(r, VNFT_A_DST, 16, 1), EINVAL, VNFT_A_DST, "not of the same family");
	refuse(with(r, VNFT_A_SRC_MAC, 6, 0), EINVAL, VNFT_A_SRC_MAC, "zero or a group");
	refuse(with(r, VNFT_A_SRC_MAC, 6, 1), EINVAL, VNFT_A_SRC_MAC, "zero or a group");
	refuse(with(r, VNFT_A_DST_MAC, 6, 0), EINVAL, VNFT_A_DST_MAC, "zero");
	refuse(with(r, VNFT_A_INTERVAL_NS, 8, 999), ERANGE, VNFT_A_INTERVAL_NS, "below 1000");
	refuse(with(r, VNFT_A_INTERVAL_NS, 8, ~0ULL), ERANGE, VNFT_A_INTERVAL_NS, "than an hour");
	refuse(with(r, VNFT_A_CPU, 4, 100000), EINVAL, VNFT_A_CPU, "no such CPU");
	refuse(with(r, VNFT_A_CPU, 4, ~0U), EINVAL, VNFT_A_CPU, "no such CPU");
	refuse(with(r, VNFT_A_SPORTS, 2, 64537), ERANGE, VNFT_A_SPORTS, "beyond 65535");
	refuse(with(r, VNFT_A_ECHO_BYTES, 4, 1401), ERANGE, VNFT_A_ECHO_BYTES, "out of range");
	refuse(with(r, VNFT_A_DEVICE, 4, other), EPERM, VNFT_A_DEVICE, "not this session's");
	refuse(with(r, VNFT_A_DEVICE, 4, VNFT_MODULE_FIRST_ID + 9999), ENOENT, VNFT_A_DEVICE,
	       "no such attachment");
	refuse(echo, EINVAL, VNFT_A_UNTIL_RST, "no RST answers");
	refuse(raw_without(echo, VNFT_A_UNTIL_RST), EINVAL, VNFT_A_ALSO_PORT, "no port");
	QUIET(!vnft_link_set_mtu("vnftx", 1300), "a small MTU");
	refuse(with(raw_without(raw_without(echo, VNFT_A_UNTIL_RST), VNFT_A_ALSO_PORT),
		    VNFT_A_ECHO_BYTES, 4, 1300), EMSGSIZE, VNFT_A_ECHO_BYTES, "the device's MTU");
	QUIET(!vnft_link_set_mtu("vnftx", 1500), "the MTU again");
	for (cmd = VNFT_CMD_PROBE_SET; cmd <= VNFT_CMD_PROBE_GET; cmd++) {
		refuse(with(request(cmd), VNFT_A_PROBE, 4, 4711), ENOENT, VNFT_A_PROBE,
		       "no such generator");
		refuse(with(request(cmd), VNFT_A_SESSION, 4, two.setup.session), ENOENT,
		       VNFT_A_PROBE, "no such generator");
		refuse(with(request(cmd), VNFT_A_SESSION, 4, 4711), ENOENT, VNFT_A_SESSION,
		       "no such session");
	}
}

static int take_probe(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == VNFT_A_PROBE)
			*(uint32_t *)arg = mnl_attr_get_u32(attr);
	return 0;
}

/* 64 there may be; the 65th is refused, and all go. */
static void test_many_probes(void)
{
	struct raw_request r =
		with(request(VNFT_CMD_PROBE_START), VNFT_A_INTERVAL_NS, 8, 100000000);
	uint32_t id[64] = { 0 };
	unsigned int i;

	r = raw_without(raw_without(raw_without(r, VNFT_A_COUNT), VNFT_A_UNTIL_RST),
			VNFT_A_DURATION_NS);
	for (i = 0; i < 63; i++)	/* and the one that request() names */
		QUIET(!raw_ask(&raw, r, 0, take_probe, &id[i]) && id[i], "generator %u: %s", i,
		      raw.text);
	refuse(r, ENOSPC, 0, "64 generators");
	for (i = 0; i < 63; i++)
		QUIET(!raw_ask(&raw, with(request(VNFT_CMD_PROBE_STOP), VNFT_A_PROBE, 4, id[i]), 0,
			       NULL, NULL), "stop %u: %s", i, raw.text);
}

static void test_header(void)
{
	struct raw_request r = request(VNFT_CMD_INFO);
	struct nlmsghdr *nlh = raw_build(&raw, &r, 0);
	int err;

	((struct genlmsghdr *)mnl_nlmsg_get_payload(nlh))->reserved = 1;
	err = raw_talk(&raw, nlh, NULL, NULL);
	CHECK(err == -EINVAL && strstr(raw.text, "reserved"), "a reserved field that is not zero");
	err = raw_ask(&raw, r, NLM_F_CREATE, NULL, NULL);
	CHECK(err == -EINVAL && raw.text[0], "a flag of no meaning: %s", raw.text);
	r.cmd = VNFT_CMD_NR;
	CHECK_EQ(raw_ask(&raw, r, 0, NULL, NULL), -EOPNOTSUPP, "a command of tomorrow");
	r = request(VNFT_CMD_GET);
	err = raw_ask(&raw, r, NLM_F_DUMP, NULL, NULL);
	CHECK(err == -EINVAL && strstr(raw.text, "a dump is of all"),
	      "GET: Invalid argument: a dump is of all attachments");
	CHECK(!raw_ask(&raw, request(VNFT_CMD_GET), 0, NULL, NULL) &&
	      !raw_ask(&raw, request(VNFT_CMD_HIST), 0, NULL, NULL) &&
	      !raw_ask(&raw, request(VNFT_CMD_RECORD), 0, NULL, NULL) &&
	      !raw_ask(&raw, request(VNFT_CMD_PROBE_GET), 0, NULL, NULL) &&
	      !raw_ask(&raw, request(VNFT_CMD_PROBE_SET), 0, NULL, NULL),
	      "the requests that all these differ from are right: %s", raw.text);
}

/* ---- who may ---- */

/* Root of a namespace of its own: everything it asks is refused. */
static void test_unprivileged(void)
{
	unsigned int bad = 0;
	int status = 0, fd;
	uint8_t cmd;
	pid_t pid;

	chmod("/dev/" VNFT_CHARDEV_NAME, 0666);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		if (setresuid(65534, 65534, 65534) || unshare(CLONE_NEWUSER | CLONE_NEWNET) ||
		    !raw_open(&raw))
			_exit(99);
		for (cmd = VNFT_CMD_INFO; cmd < VNFT_CMD_NR; cmd++)
			bad += raw_ask(&raw, request(cmd), 0, NULL, NULL) != -EPERM;
		bad += raw_ask(&raw, (struct raw_request){ .cmd = VNFT_CMD_GET }, NLM_F_DUMP, NULL,
			       NULL) != -EPERM;
		fd = open("/dev/" VNFT_CHARDEV_NAME, O_RDWR);
		_exit((int)bad + (fd >= 0 || errno != EPERM ? 32 : 0));
	}
	waitpid(pid, &status, 0);
	CHECK(WIFEXITED(status) && !WEXITSTATUS(status),
	      "root of an own user namespace gets -EPERM for every command and the device: %d",
	      WEXITSTATUS(status));
	chmod("/dev/" VNFT_CHARDEV_NAME, 0600);
}

/* ---- the dump ---- */

static struct session others[2];
static uint32_t id[DEVICES];
static atomic_bool dumping;

/* Comes and goes beside: attachments of a session of its own, and devices that die under one. */
static void *come_and_go(void *arg)
{
	struct session *s = arg;
	char name[IFNAMSIZ], peer[IFNAMSIZ];
	unsigned int i, which = s == &others[1];
	uint32_t device;

	snprintf(name, sizeof(name), "vnftg%u", which);
	snprintf(peer, sizeof(peer), "vnfth%u", which);
	for (i = 0; atomic_load(&dumping); i++) {
		QUIET(!vnft_link_add_veth(name, peer, -1), "come: %s", vnft_why());
		device = session_attach(s, name, 0, 0, NULL);
		QUIET(device, "attach: %s", vnft_why());
		if (i & 1)
			QUIET(!vnft_module_detach(device, s->setup.session), "go: %s", vnft_why());
		QUIET(!vnft_link_delete(name), "delete: %s", vnft_why());
		if (!(i & 1))	/* it outlived its device */
			QUIET(!vnft_module_detach(device, s->setup.session), "go: %s", vnft_why());
	}
	return NULL;
}

struct dump {
	uint32_t last;
	unsigned int n, stable, disorder, bad;
};

static int on_dumped(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr;
	struct dump *d = arg;
	unsigned int attrs = 0;
	uint32_t device = 0, i;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		attrs++;
		if (mnl_attr_get_type(attr) == VNFT_A_DEVICE)
			device = mnl_attr_get_u32(attr);
		if (mnl_attr_get_type(attr) == VNFT_A_COUNTERS)
			d->bad += mnl_attr_get_payload_len(attr) != sizeof(struct vnft_counters);
	}
	d->bad += attrs < 16;
	d->disorder += device <= d->last;
	d->last = device;
	d->n++;
	for (i = 0; i < DEVICES; i++)
		d->stable += id[i] == device;
	return 0;
}

static void test_dump(bool thorough)
{
	unsigned int i, dumps = 0, bad = 0, interrupted = 0, more = 0;
	pthread_t thread[2];
	uint64_t until_ns;
	struct dump d;
	char a[IFNAMSIZ], b[IFNAMSIZ];

	/* An eighth of this machine's memory is not enough for them. */
	life_write("/sys/module/vnftrace/parameters/memory_mb", "800");
	for (i = 0; i < DEVICES; i += 2) {
		snprintf(a, sizeof(a), "vnfta%u", i / 2);
		snprintf(b, sizeof(b), "vnftb%u", i / 2);
		QUIET(!vnft_link_add_veth(a, b, -1), "%s: %s", a, vnft_why());
		id[i] = session_attach(NULL, a, 0, 0, NULL);
		id[i + 1] = session_attach(i % 3 ? NULL : &two, b, 0, 0, NULL);
		QUIET(id[i] && id[i + 1], "%s: %s", a, vnft_why());
	}
	d = (struct dump){ 0 };
	CHECK(!raw_ask(&raw, (struct raw_request){ .cmd = VNFT_CMD_GET }, NLM_F_DUMP, on_dumped,
		       &d) && d.stable == DEVICES && !d.bad && !d.disorder && !raw.interrupted,
	      "a dump has all %u attachments of %u, each once, whole", d.stable, d.n);
	atomic_store(&dumping, true);
	for (i = 0; i < 2; i++) {
		QUIET(session_open(&others[i], 0, 64), "a session");
		pthread_create(&thread[i], NULL, come_and_go, &others[i]);
	}
	until_ns = now_ns() + (thorough ? 60 : 4) * 1000000000ULL;
	while (now_ns() < until_ns || dumps < 10) {
		d = (struct dump){ 0 };
		bad += raw_ask(&raw, (struct raw_request){ .cmd = VNFT_CMD_GET }, NLM_F_DUMP,
			       on_dumped, &d) || d.stable != DEVICES || d.bad || d.disorder;
		interrupted += raw.interrupted;
		more += d.n > DEVICES;
		dumps++;
	}
	atomic_store(&dumping, false);
	for (i = 0; i < 2; i++) {
		pthread_join(thread[i], NULL);
		session_close(&others[i]);
	}
	CHECK(!bad, "%u dumps while others come and go: %u are not whole", dumps, bad);
	CHECK(interrupted, "%u of them say that they are of two states", interrupted);
	printf("# %u dumps of %u attachments, others in %u of them\n", dumps, DEVICES, more);
}

/* ---- sessions ---- */

static uint32_t attachments(void)
{
	struct vnft_module_info info;

	return vnft_module_info(&info) ? ~0U : info.devices;
}

static void test_sessions(void)
{
	struct vnft_module_info before, info;
	uint32_t device[3];
	struct session s;
	int status;
	pid_t pid;

	vnft_module_info(&before);
	QUIET(session_open(&s, 0, 64), "a third session");
	device[0] = session_attach(&s, "vnftx", 0, 0, NULL);
	device[1] = session_attach(&s, "vnfty", 0, 0, NULL);
	CHECK(device[0] && device[1] && attachments() == before.devices + 2,
	      "three sessions and a lasting one on the same device");
	session_close(&s);
	CHECK(UNTIL(5000, attachments() == before.devices), "a session's go with it");
	CHECK(!raw_ask(&raw, request(VNFT_CMD_GET), 0, NULL, NULL), "another's stay");

	fflush(stdout);
	pid = fork();
	if (!pid) {
		if (!session_open(&s, 0, 64) || !session_attach(&s, "vnftx", 0, 0, NULL))
			_exit(1);
		kill(getpid(), SIGKILL);
	}
	waitpid(pid, &status, 0);
	CHECK(WIFSIGNALED(status) && UNTIL(5000, !vnft_module_info(&info) &&
					   info.sessions == before.sessions &&
					   info.devices == before.devices),
	      "a session whose owner is killed is gone, and what it had");
}

static const char *reason(void)
{
	static char text[300];

	snprintf(text, sizeof(text), ": %s", vnft_why());
	return vnft_failed() ? text : "";
}

static bool topology(void)
{
	return life_veth("vnftx", "vnfty") &&
	       !system("ip tuntap add vnftt mode tun") && raw_open(&raw) &&
	       session_open(&one, 0, 1024) && session_open(&two, 0, 64);
}

int main(void)
{
	if (!CHECK(topology(), "a veth, a tun, two sessions%s", reason()))
		return unit_done();
	x = if_nametoindex("vnftx");
	tun = if_nametoindex("vnftt");
	own = session_attach(&one, "vnftx", 0, 0, NULL);
	other = session_attach(&two, "vnftx", 0, 0, NULL);
	lasting = session_attach(NULL, "vnftx", 0, 0, NULL);
	if (!CHECK(own && other && lasting, "three attachments to one device%s", reason()) ||
	    !CHECK(!raw_ask(&raw, raw_without(request(VNFT_CMD_PROBE_START), VNFT_A_UNTIL_RST), 0,
			    take_probe, &probe) && probe, "a generator %s", raw.text))
		return unit_done();
	test_header();
	test_missing();
	test_strict();
	test_attach();
	test_device();
	test_probe();
	test_many_probes();
	test_unprivileged();
	test_sessions();
	test_dump(getenv("VNFT_LONG"));
	CHECK(!vnft_module_detach(lasting, 0), "the lasting one is detached");
	session_close(&one);
	session_close(&two);
	raw_close(&raw);
	return unit_done();
}
