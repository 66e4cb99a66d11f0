/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The life of devices under the module. Births, renames, moves between namespaces and deaths are
 * records, for a watcher and for whoever attached. An attachment follows its device, and lives on
 * without it until its session ends. With a number: so many devices are attached and go at once.
 * The module is loaded.
 *
 *	[own namespace]		vnfta === vnftb, vnftm0 ... vnftm999 (dummies)
 *	[another, short-lived]	vnftb for a while
 */
#include <sys/stat.h>

#include "../../tools/lib/net/link.h"
#include "../../tools/lib/net/link_set.h"
#include "../../tools/lib/net/netns.h"
#include "../../tools/lib/text/error.h"
#include "../../tools/source/module/ctl.h"
#include "../bench/frames.h"
#include "session.h"

#define WAIT_MS		10000
#define DEATHS_MS	200000	/* a thousand, in a VM on a busy machine */
#define FRAMES		20
#define FRAME_BYTES	98

static struct session watch;

/* Where nobody speaks unasked. */
static bool new_netns(void)
{
	if (unshare(CLONE_NEWNET))
		return false;
	life_write("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
	life_write("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1");
	return true;
}

static uint64_t netns_inode(void)
{
	struct stat st;

	return stat("/proc/thread-self/ns/net", &st) ? 0 : st.st_ino;
}

/* DEVICE records from @from on with this id, event and name (NULL: any); the last in *@found. */
static unsigned int devices_of(struct session *s, size_t from, uint32_t id, unsigned int event,
			       const char *name, struct vnft_record *found)
{
	unsigned int n = 0;
	size_t i;

	session_drain(s);
	for (i = from; i < s->n; i++) {
		const struct vnft_record *r = &s->record[i];

		if (r->kind != VNFT_KIND_DEVICE || r->device != id || r->dev.event != event ||
		    (name && strcmp(name, r->dev.name)))
			continue;
		if (found)
			*found = *r;
		n++;
	}
	return n;
}

static bool told(struct session *s, size_t from, uint32_t id, unsigned int event, const char *name,
		 unsigned int times)
{
	return UNTIL(WAIT_MS, devices_of(s, from, id, event, name, NULL) >= times) &&
	       devices_of(s, from, id, event, name, NULL) == times;
}

static bool refused(uint32_t id, const char *why)
{
	if (!id && strstr(vnft_why(), why))
		return true;
	printf("# id %u: %s\n", id, vnft_why());
	return false;
}

static void send_frames(const char *from, int frames)
{
	uint8_t frame[FRAME_BYTES];
	int fd = life_socket(from), i;

	frame_echo(frame, sizeof(frame));
	for (i = 0; i < frames; i++)
		QUIET(send(fd, frame, sizeof(frame), 0) == sizeof(frame), "send: %s",
		      strerror(errno));
	close(fd);
}

static uint64_t packets(uint32_t id, enum vnft_dir dir)
{
	struct vnft_module_device d;

	return vnft_module_get(id, &d) ? 0 : d.counters.dir[dir].packets;
}

static void test_watch(void)
{
	size_t from;

	session_drain(&watch);
	CHECK(!watch.n, "devices that were there before are no births (%zu)", watch.n);
	CHECK(!vnft_link_add_veth("vnfta", "vnftb", -1), "a pair is born");
	CHECK(told(&watch, 0, 0, VNFT_DEVICE_BORN, "vnfta", 1) &&
	      told(&watch, 0, 0, VNFT_DEVICE_BORN, "vnftb", 1), "each birth is told once");
	from = watch.n;
	CHECK(!vnft_link_rename("vnfta", "vnftx") &&
	      told(&watch, from, 0, VNFT_DEVICE_RENAMED, "vnftx", 1), "a rename is told");
	vnft_link_rename("vnftx", "vnfta");
	vnft_link_set_up("vnfta", true);
	vnft_link_set_up("vnftb", true);
}

static void test_defined(struct session *s, uint32_t id)
{
	struct vnft_record r = { 0 };
	struct vnft_link_info info;

	vnft_link_get("vnfta", &info);
	CHECK_EQ(devices_of(s, 0, id, VNFT_DEVICE_DEFINED, "vnfta", &r), 1, "defined once");
	CHECK(r.flow == netns_inode() && r.len32 == info.ifindex &&
	      !memcmp(r.dev.mac, info.mac, 6) && r.dev.link == VNFT_LINK_VETH &&
	      r.dev.mtu_bytes == 1500 && r.dev.hook_in == VNFT_HOOK_NETFILTER_IN &&
	      r.dev.hook_out == VNFT_HOOK_NETFILTER_OUT, "with all that there is to say");
}

static void test_refusals(struct session *s)
{
	uint32_t lasting = session_attach(NULL, "vnfta", 0, 0, NULL);

	CHECK(lasting, "an attachment for good");
	CHECK(refused(session_attach(NULL, "vnfta", 0, 0, NULL), "attached already"),
	      "but not two of them");
	CHECK(refused(session_attach(s, "vnfta", 0, 0, NULL), "the session has this device"),
	      "nor two of one session");
	CHECK(refused(session_attach(s, "vnftz", 0, 0, NULL), ""), "nor of what is not there");
	CHECK(vnft_module_detach(lasting, s->setup.session) && !vnft_module_detach(lasting, 0),
	      "detached by whom it belongs to");
}

static void test_move(struct session *s, uint32_t a)
{
	struct vnft_module_device d;
	struct vnft_record r = { 0 };
	int here = vnft_netns_open(NULL), there, back;
	size_t from = s->n, from_watch;
	uint32_t b = session_attach(s, "vnftb", VNFT_RECORD_DEFAULT, 1 << VNFT_HOOK_RECEIVE, NULL);
	uint64_t inode, in, out;

	session_drain(&watch);
	from_watch = watch.n;
	QUIET(new_netns(), "unshare: %s", strerror(errno));
	there = vnft_netns_open(NULL);
	inode = netns_inode();
	vnft_netns_enter(here, &back);
	close(back);

	CHECK(!vnft_link_set_netns("vnftb", there), "moved to another namespace");
	CHECK(told(s, from, b, VNFT_DEVICE_RENAMED, "vnftb", 1) &&
	      devices_of(s, from, b, VNFT_DEVICE_RENAMED, "vnftb", &r) && r.flow == inode,
	      "the move is told, with the new namespace");
	CHECK(told(&watch, from_watch, 0, VNFT_DEVICE_RENAMED, "vnftb", 1) &&
	      !devices_of(&watch, from_watch, 0, VNFT_DEVICE_BORN, "vnftb", NULL) &&
	      !devices_of(&watch, from_watch, 0, VNFT_DEVICE_GONE, "vnftb", NULL),
	      "to a watcher it is no death and no birth");
	CHECK(!vnft_module_get(b, &d) && !d.gone && d.netns_inode == inode && d.stages,
	      "the attachment has moved along, with its stages");
	vnft_netns_enter(there, &back);
	vnft_link_set_up("vnftb", true);
	vnft_netns_leave(back);
	QUIET(link_runs("vnfta"), "vnfta does not run");
	in = packets(b, VNFT_DIR_IN);
	out = packets(a, VNFT_DIR_OUT);
	send_frames("vnfta", FRAMES);
	CHECK(UNTIL(WAIT_MS, packets(b, VNFT_DIR_IN) == in + FRAMES) &&
	      packets(a, VNFT_DIR_OUT) == out + FRAMES, "and counts there (%llu, %llu)",
	      (unsigned long long)packets(b, VNFT_DIR_IN) - in,
	      (unsigned long long)packets(a, VNFT_DIR_OUT) - out);
	in += FRAMES;

	/* The namespace dies, and the device in it. */
	from = s->n;
	close(there);
	CHECK(told(s, from, b, VNFT_DEVICE_GONE, "vnftb", 1), "it dies with its namespace");
	CHECK(!vnft_module_get(b, &d) && d.gone && d.counters.dir[VNFT_DIR_IN].packets == in &&
	      !d.stages, "what it counted stays with the session");
	close(here);
}

static void test_life(void)
{
	struct vnft_module_device d;
	uint32_t a, lasting, again;
	struct session s;
	size_t from;

	if (!CHECK(session_open(&s, 0, 4096), "session"))
		return;
	a = session_attach(&s, "vnfta", VNFT_RECORD_DEFAULT, 0, NULL);
	test_defined(&s, a);
	test_refusals(&s);
	from = s.n;
	vnft_link_set_up("vnfta", false);	/* 6.1 renames no device that is up */
	CHECK(!vnft_link_rename("vnfta", "vnftx") &&
	      told(&s, from, a, VNFT_DEVICE_RENAMED, "vnftx", 1), "an attached device is renamed");
	CHECK(!vnft_module_get(a, &d) && !strcmp(d.ifname, "vnftx"), "and named so");
	vnft_link_rename("vnftx", "vnfta");
	vnft_link_set_up("vnfta", true);
	test_move(&s, a);
	/* The peer went with the namespace's end; what was attached to it knows. */
	CHECK(told(&s, from, a, VNFT_DEVICE_GONE, "vnfta", 1) && !vnft_module_get(a, &d) && d.gone,
	      "the other end dies with it");

	vnft_link_add_veth("vnfta", "vnftb", -1);
	again = session_attach(&s, "vnfta", 0, 0, NULL);
	lasting = session_attach(NULL, "vnfta", 0, 0, NULL);
	CHECK(again && again != a && lasting, "a new device of the name, another number");
	CHECK(!vnft_link_delete("vnfta") && told(&s, 0, again, VNFT_DEVICE_GONE, "vnfta", 1),
	      "deleted under two attachments");
	CHECK(vnft_module_get(lasting, &d), "the one for good is gone with it");
	CHECK(!vnft_module_get(again, &d) && d.gone, "the session's can still be read");
	session_close(&s);
	CHECK(vnft_module_get(again, &d) && vnft_module_get(a, &d), "until its session ends");
}

/* ---- many ---- */

static bool make_many(int many)
{
	FILE *ip = popen("ip -batch -", "we");
	int i;

	for (i = 0; ip && i < many; i++)
		fprintf(ip, "link add vnftm%d type dummy\n", i);
	return ip && !pclose(ip);
}

static int attach_many(struct session *s, int many)
{
	char name[IFNAMSIZ];
	int i;

	for (i = 0; i < many; i++) {
		snprintf(name, sizeof(name), "vnftm%d", i);
		if (!session_attach(s, name, VNFT_RECORD_DEFAULT, 1 << VNFT_HOOK_DEV_QUEUE, NULL))
			break;
	}
	return i;
}

static int count_devices(const struct vnft_module_device *device, void *arg)
{
	++*(int *)arg;
	return 0;
}

static double ms_since(uint64_t begin_ns)
{
	return (double)(now_ns() - begin_ns) / 1e6;
}

static unsigned int all_gone(struct session *s, size_t from)
{
	unsigned int n = 0;

	session_drain(s);
	for (; from < s->n; from++)
		n += s->record[from].kind == VNFT_KIND_DEVICE &&
		     s->record[from].dev.event == VNFT_DEVICE_GONE;
	return n;
}

static void test_many(int many)
{
	struct vnft_module_info info;
	int here, back, listed = 0;
	struct session s;
	uint64_t begin_ns;

	here = vnft_netns_open(NULL);
	QUIET(new_netns(), "unshare: %s", strerror(errno));
	if (!CHECK(make_many(many), "%d dummies", many) ||
	    !CHECK(session_open(&s, 0, 4096), "session"))
		return;
	begin_ns = now_ns();
	CHECK_EQ(attach_many(&s, many), many, "all attached in one session");
	printf("# %d devices attached in %.0f ms\n", many, ms_since(begin_ns));
	begin_ns = now_ns();
	CHECK(!vnft_module_each(count_devices, &listed) && listed == many, "and listed (%d)",
	      listed);
	printf("# listed in %.0f ms\n", ms_since(begin_ns));
	begin_ns = now_ns();
	session_close(&s);
	CHECK(!vnft_module_info(&info) && !info.devices, "closed: none left");
	printf("# closed in %.0f ms\n", ms_since(begin_ns));

	CHECK(session_open(&s, 0, 4096) && attach_many(&s, many) == many, "all attached again");
	QUIET(!vnft_netns_enter(here, &back), "%s", vnft_why());
	begin_ns = now_ns();
	close(back);	/* the last that held it */
	CHECK(UNTIL(DEATHS_MS, all_gone(&s, 0) == (unsigned int)many),
	      "their namespace goes, each death is told (%u)", all_gone(&s, 0));
	printf("# all of a namespace gone in %.0f ms\n", ms_since(begin_ns));
	CHECK(!vnft_module_info(&info) && (int)info.devices == many, "what they counted is there");
	begin_ns = now_ns();
	session_close(&s);
	CHECK(!vnft_module_info(&info) && !info.devices, "until the session ends");
	printf("# closed in %.0f ms\n", ms_since(begin_ns));

	/* The same without us, for comparison. */
	QUIET(new_netns(), "unshare: %s", strerror(errno));
	CHECK(make_many(many) && session_open(&s, VNFT_SESSION_WATCH, 4096), "%d more", many);
	QUIET(!vnft_netns_enter(here, &back), "%s", vnft_why());
	begin_ns = now_ns();
	close(back);
	CHECK(UNTIL(DEATHS_MS, all_gone(&s, 0) > (unsigned int)many),
	      "not attached, they are watched");
	printf("# all of a namespace gone in %.0f ms when nobody is attached\n",
	       ms_since(begin_ns));
	session_close(&s);
	close(here);
}

int main(int argc, char **argv)
{
	struct vnft_module_info info;

	if (!CHECK(new_netns(), "own namespace"))
		return unit_done();
	if (argc > 1) {
		test_many(atoi(argv[1]));
	} else if (CHECK(session_open(&watch, VNFT_SESSION_WATCH, 8192),
			 "a session that watches")) {
		test_watch();
		test_life();
		session_close(&watch);
	}
	CHECK(!vnft_module_info(&info) && !info.devices && !info.sessions,
	      "no attachment and no session is left");
	return unit_done();
}
