/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stages of the module. Every hook on the way of a frame stamps it once, in the kernel's order,
 * under one number. Frames of other devices leave no trace. Hooks are armed while somebody wants
 * them and no longer, also when their driver goes. The module is loaded.
 *
 *	[own namespace]	vnfta === vnftb		no addresses, no IPv6: nobody else sends
 *			vnftt, vnftn, vnftu	tap, tap with NAPI, tun: this program is their guest
 *
 * Frames go one by one, so that a number means one frame (an skb's memory is used again).
 * runs: tests/lab/with-module
 * also: 6.1-rt
 * boot: --checks memory
 */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_tun.h>

#include "../../tools/lib/net/addr.h"
#include "../../tools/lib/net/link_set.h"
#include "../../tools/lib/net/offload.h"
#include "../../tools/lib/text/error.h"
#include "../../tools/source/module/ctl.h"
#include "../bench/frames.h"
#include "../ways.h"
#include "session.h"

#define FRAMES		40
#define FRAME_BYTES	98
#define IP_BYTES	(FRAME_BYTES - 14)
#define WAIT_MS		3000
#define ALL_STAGES	(vnft_hooks_by(VNFT_BY_MODULE) & ~vnft_hooks_boundary(~0ULL))
#define READING		(BIT(VNFT_HOOK_TUN_READ) | BIT(VNFT_HOOK_COPY_DATAGRAM) | \
			 BIT(VNFT_HOOK_CONSUME))
/* Only a veth that polls has these. */
#define NAPI		(BIT(VNFT_HOOK_VETH_POLL) | BIT(VNFT_HOOK_RECEIVE_ENTRY))
#define MAX_STEPS	32
#define BIT(hook)	(1ULL << (hook))

/* A hook that a frame passes, and where; hook 0 ends a list. */
struct step {
	uint32_t device;
	uint8_t hook;
};

/* The stages that a device has on a frame's way, but for some; to the end of @steps. */
static struct step *way(struct step *steps, const struct vnft_module_device *d, enum vnft_dir dir,
			uint64_t but)
{
	const uint64_t has = vnft_hooks_fit(vnft_hooks_by(VNFT_BY_MODULE), d->link) & ~but;
	const uint8_t *hook;

	for (hook = ways[dir]; *hook; hook++)
		if (has & BIT(*hook))
			*steps++ = (struct step) { d->id, *hook };
	return steps;
}

/* ---- one frame ---- */

static unsigned int count_of(const struct session *s, size_t from, const struct step *step,
			     size_t *at)
{
	unsigned int n = 0;
	size_t i;

	for (i = from; i < s->n; i++) {
		const struct vnft_record *r = &s->record[i];

		if ((r->kind != VNFT_KIND_STAGE && r->kind != VNFT_KIND_PACKET) ||
		    r->hook != step->hook || r->device != step->device)
			continue;
		*at = i;
		n++;
	}
	return n;
}

static bool all_there(struct session *s, size_t from, const struct step *steps)
{
	size_t at;

	session_drain(s);
	for (; steps->hook; steps++)
		if (!count_of(s, from, steps, &at))
			return false;
	return true;
}

/*
 * @send lets one frame pass: exactly @steps are recorded of it, later ones with no earlier stamp,
 * and stages under one number. A step whose stamp is kept for later may be recorded before others.
 */
static bool frame_takes(struct session *s, const struct step *steps, bool (*send)(void *),
			void *arg, const char *what)
{
	uint64_t last_ns = 0, packet = 0;
	size_t from, at = 0, total = 0, i;
	const struct step *step;
	unsigned int n;

	session_drain(s);
	from = s->n;
	if (!QUIET(send(arg), "%s: send: %s", what, strerror(errno)))
		return false;
	UNTIL(WAIT_MS, all_there(s, from, steps));
	for (step = steps; step->hook; step++) {
		const struct vnft_record *r;

		n = count_of(s, from, step, &at);
		if (!QUIET(n == 1, "%s: %s of device %u stamps a frame %u times", what,
			   vnft_hook_row(step->hook)->name, step->device, n))
			return false;
		r = &s->record[at];
		if (!QUIET(r->time_ns >= last_ns, "%s: %s comes %llu ns too early", what,
			   vnft_hook_row(step->hook)->name,
			   (unsigned long long)(last_ns - r->time_ns)))
			return false;
		last_ns = r->time_ns;
		if (r->kind != VNFT_KIND_STAGE)
			continue;
		if (!QUIET(r->stage.packet && (!packet || r->stage.packet == packet),
			   "%s: another number at %s", what, vnft_hook_row(step->hook)->name))
			return false;
		packet = r->stage.packet;
		total++;
	}
	/* A record that no step explains shows here, or with the next frame. */
	for (i = from; i < s->n; i++)
		total -= s->record[i].kind == VNFT_KIND_STAGE;
	return QUIET(!total, "%s: %zd stages more than there should be", what, -(ssize_t)total);
}

static void frames_take(struct session *s, const struct step *steps, bool (*send)(void *),
			void *arg, const char *what)
{
	int i;

	for (i = 0; i < FRAMES; i++)
		if (!frame_takes(s, steps, send, arg, what))
			break;
	CHECK(i == FRAMES, "%s: every stage once, in order, under one number (%d frames)", what, i);
}

/* ---- how frames get on their way ---- */

static uint8_t frame[FRAME_BYTES];
/* As tcpdump would: its copies are read and freed, too, and are no frames of the guest's. */
static int sniffer = -1;

static bool sniffed(void)
{
	char buffer[2048];

	return sniffer < 0 || recv(sniffer, buffer, sizeof(buffer), 0) > 0;
}

static void next_frame(void)
{
	static uint16_t seq;

	frame_echo(frame, sizeof(frame));
	seq++;
	memcpy(frame + 40, &seq, sizeof(seq));
}

static bool send_socket(void *arg)
{
	next_frame();
	return send(*(int *)arg, frame, sizeof(frame), 0) == sizeof(frame);
}

static void checksum(uint8_t *from, size_t bytes, uint8_t *to)
{
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < bytes; i += 2)
		sum += (uint32_t)from[i] << 8 | from[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = ~(sum + (sum >> 16));
	to[0] = (uint8_t)(sum >> 8);
	to[1] = (uint8_t)sum;
}

/* To the host itself, which reads it and says nothing: freed as read, but not by the guest. */
static bool send_write(void *arg)
{
	next_frame();
	memset(frame, 0xff, 6);
	checksum(frame + 14, 20, frame + 24);
	checksum(frame + 34, sizeof(frame) - 34, frame + 36);
	return write(*(int *)arg, frame, sizeof(frame)) == sizeof(frame) && sniffed();
}

static bool send_write_ip(void *arg)
{
	next_frame();
	return write(*(int *)arg, frame + 14, IP_BYTES) == IP_BYTES;
}

/* Out to the tap, and read by its owner. */
struct tap_out {
	int socket, tap;
};

static bool send_and_read(void *arg)
{
	const struct tap_out *out = arg;
	char buffer[2048];

	next_frame();
	return send(out->socket, frame, sizeof(frame), 0) == sizeof(frame) && sniffed() &&
	       read(out->tap, buffer, sizeof(buffer)) == sizeof(frame);
}

static int open_sniffer(const char *name)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL),
				  .sll_ifindex = (int)if_nametoindex(name) };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&to, sizeof(to)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){ .tv_sec = 3 },
		       sizeof(struct timeval)))
		return -1;
	return fd;
}

static int open_tun(const char *name, short flags)
{
	struct ifreq request = { .ifr_flags = (short)(flags | IFF_NO_PI) };
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request) || vnft_link_set_up(name, true))
		return -1;
	return fd;
}

/* ---- what the kernel says is hooked ---- */

static bool file_has(const char *path, const char *word)
{
	char line[512];
	bool found = false;
	FILE *f = fopen(path, "re");

	while (f && !found && fgets(line, sizeof(line), f))
		found = strstr(line, word);
	if (f)
		fclose(f);
	return found;
}

/* By ftrace, or by a kprobe: nobody else hooks anything here. */
static bool hooked(const char *function)
{
	return file_has("/sys/kernel/tracing/enabled_functions", function) ||
	       file_has("/sys/kernel/debug/kprobes/list", function);
}

/* ---- the tests ---- */

static void test_veth(int socket[2])
{
	struct step veth[MAX_STEPS] = {}, polled[MAX_STEPS] = {}, alone[MAX_STEPS] = {};
	struct step in[MAX_STEPS] = {}, *to;
	struct vnft_module_device a, b;
	struct session s, other;
	uint32_t id;

	if (!CHECK(session_open(&s, 0, 4096), "session"))
		return;
	session_attach(&s, "vnfta", VNFT_RECORD_DEFAULT, ALL_STAGES, &a);
	session_attach(&s, "vnftb", VNFT_RECORD_DEFAULT, ALL_STAGES, &b);
	CHECK(a.stages == b.stages && a.stages & BIT(VNFT_HOOK_VETH_XMIT) &&
	      !(a.stages & BIT(VNFT_HOOK_TUN_XMIT)), "a veth has no stages of tun (%llx)",
	      (unsigned long long)a.stages);
	CHECK(hooked("veth_xmit") && hooked("veth_poll") && !hooked("tun_net_xmit"),
	      "armed is what is wanted");
	to = way(veth, &a, VNFT_DIR_OUT, 0);
	to = way(to, &b, VNFT_DIR_IN, ~WAYS_QUEUED);
	*to++ = (struct step) { a.id, VNFT_HOOK_DEV_XMIT };
	way(to, &b, VNFT_DIR_IN, WAYS_QUEUED | NAPI);
	frames_take(&s, veth, send_socket, &socket[0], "veth");

	/* The peer polls: the order of the driver's return and the poll is the scheduler's. */
	CHECK(!vnft_link_set_offload("vnftb", "gro", true) &&
	      !vnft_link_set_offload("vnfta", "tso", false), "NAPI on the peer");
	to = way(polled, &a, VNFT_DIR_OUT, 0);
	*to++ = (struct step) { a.id, VNFT_HOOK_DEV_XMIT };
	way(to, &b, VNFT_DIR_IN, WAYS_QUEUED);
	frames_take(&s, polled, send_socket, &socket[0], "veth with NAPI");
	vnft_link_set_offload("vnftb", "gro", false);

	/* Two sessions, each with the stages that it asked for. */
	CHECK(session_open(&other, 0, 4096), "another session");
	id = session_attach(&other, "vnfta", VNFT_RECORD_DEFAULT, BIT(VNFT_HOOK_VETH_XMIT), NULL);
	const struct step shared[] = {
		{ id, VNFT_HOOK_NETFILTER_OUT }, { id, VNFT_HOOK_VETH_XMIT }, { 0, 0 }
	};
	frames_take(&other, shared, send_socket, &socket[0], "veth in two sessions");
	session_drain(&s);
	CHECK(!vnft_module_detach(b.id, s.setup.session), "the peer's end is detached");
	to = way(alone, &a, VNFT_DIR_OUT, 0);
	*to++ = (struct step) { a.id, VNFT_HOOK_DEV_XMIT };
	frames_take(&s, alone, send_socket, &socket[0], "no device that is not attached: veth");
	way(in, &a, VNFT_DIR_IN, NAPI);
	frames_take(&s, in, send_socket, &socket[1], "veth, the other way");

	/* A session takes some of its stages back, then all. */
	CHECK(!vnft_module_record(a.id, s.setup.session, VNFT_RECORD_DEFAULT,
				  &(uint64_t){ BIT(VNFT_HOOK_DEV_QUEUE) }, NULL), "fewer stages");
	const struct step fewer[] = {
		{ a.id, VNFT_HOOK_NETFILTER_OUT }, { a.id, VNFT_HOOK_DEV_QUEUE }, { 0, 0 }
	};
	frames_take(&s, fewer, send_socket, &socket[0], "veth, fewer stages");
	CHECK(UNTIL(WAIT_MS, !hooked("veth_poll")) && hooked("veth_xmit"),
	      "the last user disarms, another's stay");
	session_close(&other);
	session_close(&s);
	CHECK(UNTIL(WAIT_MS, !hooked("veth_xmit")), "nothing stays armed without a session");
}

static void test_tap(const char *name, short flags)
{
	/*
	 * Whose write it was is not known where another thread runs the softirq, on a slow machine.
	 */
	const uint64_t stages = ALL_STAGES & ~(flags & IFF_NAPI ? BIT(VNFT_HOOK_TUN_GET_USER) : 0);
	struct step to_guest[MAX_STEPS] = {}, from_guest[MAX_STEPS] = {}, *to;
	struct vnft_module_device t;
	struct tap_out out = { .tap = open_tun(name, IFF_TAP | flags) };
	const char *with = flags & IFF_NAPI ? " with NAPI" : "";
	struct session s;
	char what[64];

	out.socket = life_socket(name);
	sniffer = open_sniffer(name);
	if (!CHECK(out.tap >= 0 && out.socket >= 0 && sniffer >= 0 && session_open(&s, 0, 4096),
		   "tap%s, and somebody who sniffs there", with))
		return;
	session_attach(&s, name, VNFT_RECORD_DEFAULT, stages, &t);
	CHECK(t.link == VNFT_LINK_TAP && !(t.stages & BIT(VNFT_HOOK_VETH_XMIT)),
	      "a tap is a tap, without stages of veth");
	CHECK(hooked("tun_net_xmit") && hooked("tun_do_read"), "tun is armed");
	life_write("/proc/sys/net/ipv4/icmp_echo_ignore_all", "1");
	QUIET(!vnft_addr_add(name, AF_INET, (const uint8_t[]){ 198, 18, 0, 2 }, 24), "%s",
	      vnft_why());
	/* A read() knows its frame only when it copies it. */
	to = way(to_guest, &t, VNFT_DIR_OUT, READING);
	*to++ = (struct step) { t.id, VNFT_HOOK_DEV_XMIT };
	way(to, &t, VNFT_DIR_OUT, ~READING);
	snprintf(what, sizeof(what), "tap%s, to the guest", with);
	frames_take(&s, to_guest, send_and_read, &out, what);
	way(from_guest, &t, VNFT_DIR_IN,
	    WAYS_QUEUED | (~stages & BIT(VNFT_HOOK_TUN_GET_USER)));
	snprintf(what, sizeof(what), "tap%s, from the guest", with);
	frames_take(&s, from_guest, send_write, &out.tap, what);
	session_close(&s);
	close(sniffer);
	sniffer = -1;
	close(out.socket);
	close(out.tap);
}

static void test_tun(void)
{
	int fd = open_tun("vnftu", IFF_TUN);
	struct step from_guest[MAX_STEPS] = {};
	struct vnft_module_device u;
	struct session s;

	if (!CHECK(fd >= 0 && session_open(&s, 0, 4096), "tun"))
		return;
	session_attach(&s, "vnftu", VNFT_RECORD_DEFAULT, ALL_STAGES, &u);
	CHECK_EQ(u.link, VNFT_LINK_TUN, "a tun is a tun");
	way(from_guest, &u, VNFT_DIR_IN, WAYS_QUEUED);
	frames_take(&s, from_guest, send_write_ip, &fd, "tun, from the guest");
	session_close(&s);
	close(fd);
}

/*
 * The driver leaves while its functions are hooked, and comes back at another address or the same.
 */
static void test_driver_gone(void)
{
	struct vnft_module_device a;
	struct session s;
	int socket;

	if (!getenv("VNFT_LAB")) {
		SKIP("rmmod veth while its functions are hooked", "only in the lab");
		return;
	}
	if (!CHECK(session_open(&s, 0, 4096), "session"))
		return;
	session_attach(&s, "vnfta", VNFT_RECORD_DEFAULT, ALL_STAGES, &a);
	CHECK(hooked("veth_xmit"), "veth is armed");
	CHECK(!system("rmmod veth"), "rmmod veth while it is armed");
	CHECK(!hooked("veth_xmit") && !hooked("veth_poll"), "nothing hooks what is gone");
	CHECK(!vnft_module_get(a.id, &a) && a.gone && !a.stages,
	      "the attachment is there, and says that its device is gone");
	CHECK(!system("modprobe veth"), "modprobe veth");
	CHECK(!vnft_link_add_veth("vnfta", "vnftb", -1) && !vnft_link_set_up("vnfta", true) &&
	      !vnft_link_set_up("vnftb", true) && link_runs("vnfta") && link_runs("vnftb"),
	      "a new pair");
	socket = life_socket("vnfta");
	session_attach(&s, "vnfta", VNFT_RECORD_DEFAULT, BIT(VNFT_HOOK_VETH_XMIT), &a);
	CHECK(hooked("veth_xmit"), "veth is armed again");
	const struct step veth[] = {
		{ a.id, VNFT_HOOK_NETFILTER_OUT }, { a.id, VNFT_HOOK_VETH_XMIT }, { 0, 0 }
	};
	frames_take(&s, veth, send_socket, &socket, "veth, loaded again");
	session_close(&s);
	close(socket);
}

int main(void)
{
	struct vnft_module_info info;
	int socket[2];

	if (!CHECK(life_veth("vnfta", "vnftb") && link_runs("vnfta") && link_runs("vnftb"),
		   "own namespace with a veth") ||
	    !CHECK(!vnft_module_info(&info), "the module answers"))
		return unit_done();
	CHECK(info.hooks & BIT(VNFT_HOOK_NETFILTER_IN) && info.hooks & BIT(VNFT_HOOK_NETFILTER_OUT),
	      "it says that it has the boundary (%llx)", (unsigned long long)info.hooks);
	socket[0] = life_socket("vnfta");
	socket[1] = life_socket("vnftb");
	test_veth(socket);
	test_tap("vnftt", 0);
	test_tap("vnftn", IFF_NAPI);
	test_tun();
	close(socket[0]);
	close(socket[1]);
	test_driver_gone();
	CHECK(!vnft_module_info(&info) && !info.devices && !info.sessions,
	      "no attachment and no session is left");
	return unit_done();
}
