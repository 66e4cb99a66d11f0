/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * vnftrace: the contract between whoever observes packets (the BPF programs, the
 * kernel module, the tool itself) and whoever reads what they saw. One file, though a long one:
 * a contract in two places is two contracts, and its manual is this comment.
 *
 * 1. Records
 *    Everything observed is a struct vnft_record: 64 bytes, little endian as the
 *    machine, naturally aligned, no padding that is not named and zero. Stamps are
 *    nanoseconds of CLOCK_MONOTONIC (bpf_ktime_get_ns(), ktime_get_mono_fast_ns(),
 *    clock_gettime()). The first 28 bytes mean the same in every record; @kind says
 *    which member of the union holds the rest:
 *
 *      MANIFEST  first record of a stream: version, wall clock minus monotonic
 *      DEVICE    a device id: ifindex, namespace inode, name; birth, rename, death
 *      FLOW      a flow id: addresses, ports, protocol. Addresses stand in canonical
 *                order (a <= b); IPv4 is written as ::ffff:a.b.c.d. It precedes, on its
 *                CPU, every packet record of that flow, and may be repeated: readers
 *                drop the copies.
 *      PACKET    a frame at a device boundary
 *      STAGE     the same frame at a stage inside the host (path overhead)
 *      LIFE      life of an instance: exec, exit, first vCPU entry
 *      SENT      a stimulus: intended time in the body, hand-over in time_ns
 *      MARK      a name stamped by userspace on the same clock, and labelled so
 *      LOST      a loss counter at the end of a stream, one per cause and CPU
 *
 *    @seq counts the records of one CPU from 1 and wraps at 2^32; order within a CPU
 *    is the sequence, never the stamp. @device and @flow refer to DEVICE and FLOW.
 *    A file that both observers fill has two sequences per CPU: those of the module's ring
 *    carry VNFT_RF_MODULE.
 *
 * 2. Rings
 *    One ring per CPU and session. Its memory is mapped as it lies:
 *
 *      page 0   struct vnft_ring_consumer   written by the reader alone
 *      page 1   struct vnft_ring_producer   written by the observer alone
 *      page 2.. size_records records        size_records is a power of two
 *
 *    The producer reserves position p = head++ when p - tail < size_records -
 *    VNFT_RING_SLACK, else it counts VNFT_LOST_RING_FULL and drops (never
 *    overwrites). It fills record p & (size_records - 1) and writes seq = (__u32)(p + 1)
 *    last. The reader takes position t = tail when its seq equals (__u32)(t + 1), then
 *    stores tail = t + 1; anything else in seq means "not yet". No wake-up is ever sent:
 *    readers come every few milliseconds.
 *    A reader may write anything into page 0: the producer only compares, and every
 *    index is masked, so that a wrong tail loses that reader's records and nothing else.
 *
 * 3. Counters
 *    struct vnft_counters, one per device and CPU, always kept. They only grow.
 *    Losses are counted by cause (enum vnft_lost) beside them.
 *
 * 4. /dev/vnftrace (the module)
 *    Needs CAP_NET_ADMIN in the initial user namespace, which containers have, too, and to be the
 *    host (-EPERM): the initial network namespace, or CAP_SYS_ADMIN in the initial namespaces for
 *    users and PIDs. With the module's parameter containers=1 any network namespace may have its
 *    own. What is made belongs to the host or to that namespace, its realm. An open file is a
 *    session; its last close, also by the death of its owner, ends what belongs to it: attachments,
 *    generators, rings.
 *
 *    VNFT_IOC_SETUP (struct vnft_session_setup), once: makes the rings, one per possible CPU, and
 *    gives the session its number for the commands below. -EBUSY the second time, -EINVAL for a
 *    version, size or flag that is not known or a reserved field that is not zero, -ENOSPC when
 *    there are 64 sessions (32 for all realms but the host's), -ENOMEM when rings and
 *    attachments together would take more than the module's parameter memory_mb says (an eighth of
 *    the memory), or those of all realms but the host's more than half of that.
 *    mmap after it: the ring of CPU c lies at c * ring_stride_bytes as in section 2. Its page 0
 *    alone may be mapped writable; every other mapping is read only (-EACCES) and lies within one
 *    ring (-EINVAL).
 *    poll: readable while any ring holds a record; looked at every VNFT_POLL_NS while somebody
 *    waits, never by a wake-up from a hook.
 *
 * 5. Generic netlink family VNFT_GENL_NAME (the module)
 *    Every command needs CAP_NET_ADMIN in the initial user namespace (-EPERM, without a text: the
 *    core's) and a realm as in section 4, of socket and sender alike (-EPERM), and answers a
 *    refusal with an extended ack that says what is wrong. IFINDEX is one of the socket's network
 *    namespace.
 *    The host sees and ends everything; any other realm only what it made itself, also in a dump
 *    and in INFO's numbers: all else is -ENOENT. Its attachments end when their device leaves it,
 *    VNFT_SESSION_WATCH tells it of no device elsewhere, and it has no generators (-EPERM).
 *    [] may be left out. A session that is named must have been set up in the sender's realm
 *    (-ENOENT otherwise), and the sending process must have its file open (-EPERM).
 *
 *    INFO           -> VERSION, MODULE_VERSION, NCPUS, HOOKS, SESSIONS, DEVICES, PROBES
 *    ATTACH         IFINDEX [SESSION] [SIDE] [RECORD_MASK] [STAGES] [MATCH_SLOTS] -> as GET.
 *                   Without SESSION it lasts until DETACH, the device's removal or rmmod
 *                   (-EEXIST if the device has such a one; RECORD_MASK and STAGES: -EINVAL); with
 *                   SESSION it dies with it, and a device may have one for every session.
 *                   STAGES asks for driver and core hooks and for the boundary's own as a stage
 *                   (bit 1 << hook); those that this kernel or device does not have are left out
 *                   of the answer's STAGES. Without SIDE the kind of the device decides
 *                   (kmod/core/link.h).
 *                   -ENODEV, -ENOSPC (VNFT_MODULE_DEVICES), -ENOMEM (as in section 4)
 *    DETACH         DEVICE [SESSION]: -ENOENT; -EPERM for another session's
 *    RECORD         DEVICE SESSION RECORD_MASK [STAGES] -> as GET: what is recorded from now on
 *    GET            DEVICE, or as a dump of all, in every namespace -> DEVICE, SESSION (0: none),
 *                   IFINDEX, IFNAME, NETNS_INODE, LINK, SIDE, HOOK_IN, HOOK_OUT, RECORD_MASK,
 *                   STAGES, GONE (flag: the device is no more), COUNTERS, FIRST_IN_NS,
 *                   FIRST_OUT_NS, READ_NS, MEMORY_BYTES, MEMORY_PER_CPU_BYTES
 *    HIST           DEVICE PAIRING DIR -> HIST: struct vnft_hist of all CPUs
 *    STREAM         DEVICE DIR -> FLOW, PAYLOAD_BYTES, FIRST_NS, LAST_NS, OVER_NS: the TCP stream
 *                   with the most payload, retransmissions left out (-ENOENT: none). The last
 *                   segment with new payload passed at LAST_NS or at most a tick of
 *                   CLOCK_MONOTONIC_COARSE later. OVER_NS is the stamp of a FIN or RST behind it,
 *                   0: none
 *    PROBE_START    SESSION IFINDEX KIND SRC DST SRC_MAC DST_MAC INTERVAL_NS [SPORT] [SPORTS]
 *                   [DPORT] [ALSO_PORT] [ECHO_ID] [COUNT] [DURATION_NS] [ECHO_BYTES] [CPU]
 *                   [UNTIL_RST] [DEVICE] -> PROBE, START_NS. Packet n departs at START_NS + n *
 *                   INTERVAL_NS, however late its predecessors were; INTERVAL_NS 0: as fast as
 *                   the CPU goes.
 *                   SYN: sequence number r + n, r random for each generator, from SPORT + n
 *                   modulo SPORTS (1 if left out; -ERANGE beyond 65535) to DPORT; with ALSO_PORT
 *                   every other one to ALSO_PORT. ECHO: ECHO_ID, sequence number n, 16 bits.
 *                   A SENT record for each in the session's rings, under DEVICE's id if given,
 *                   stamped at the hand-over to the driver.
 *                   A SYN needs SPORT and DPORT; an echo takes neither ALSO_PORT nor UNTIL_RST.
 *                   INTERVAL_NS is 0, or 1000 to an hour's (-ERANGE). With 0 nothing is late:
 *                   intended is when it departed, and LATENESS stays empty.
 *                   -ENOSPC: 64 run; -EOPNOTSUPP: no Ethernet; -EMSGSIZE: longer than the MTU.
 *                   The generator ends with COUNT packets, after DURATION_NS, with the first RST
 *                   to a SYN of its own (UNTIL_RST), its device, or its session.
 *    PROBE_SET      SESSION PROBE ALSO_PORT: a new second port, 0 for none from now on
 *    PROBE_STOP     SESSION PROBE -> as PROBE_GET; the probe is gone. RUNNING: who owns its CPU did
 *                   not let its thread end within half a second; it sends nothing more
 *    PROBE_GET      SESSION PROBE -> PROBE, RUNNING, SENT, FAILED, START_NS, FIRST_NS, LAST_NS,
 *                   ANSWER_NS (stamp of the first RST, 0: none, or not asked for), LATENESS
 *                   (struct vnft_hist: departure minus intended time)
 */
#ifndef VNFT_UAPI_VNFTRACE_H
#define VNFT_UAPI_VNFTRACE_H

#ifndef __bpf__
#include <linux/ioctl.h>
#include <linux/types.h>
#endif

/* Bumped when a reader of the old layout would misread the new one. */
#define VNFT_ABI_VERSION	2
/* "VNFTRACE", as the first record's flow field. */
#define VNFT_MAGIC		0x4543415254464e56ULL

#define VNFT_NAME_LEN		32
#define VNFT_IFNAME_LEN		16
#define VNFT_COMM_LEN		16
#define VNFT_PAGE_BYTES		4096
#define VNFT_RECORD_BYTES	64
#define VNFT_RECORDS_PER_PAGE	(VNFT_PAGE_BYTES / VNFT_RECORD_BYTES)
/* Reservations that may overtake the full-check on one CPU: task, softirq, irq, NMI, and spare. */
#define VNFT_RING_SLACK		8

/**
 * enum vnft_kind - what a record is; picks the member of its union
 */
enum vnft_kind {
	VNFT_KIND_NONE		= 0,
	VNFT_KIND_MANIFEST	= 1,
	VNFT_KIND_DEVICE	= 2,
	VNFT_KIND_FLOW		= 3,
	VNFT_KIND_PACKET	= 4,
	VNFT_KIND_STAGE		= 5,
	VNFT_KIND_LIFE		= 6,
	VNFT_KIND_SENT		= 7,
	VNFT_KIND_MARK		= 8,
	VNFT_KIND_LOST		= 9,
	VNFT_KIND_NR
};

/**
 * enum vnft_class - what a packet is to us; exactly one per frame
 *
 * Bit (1 << class) of a device's record mask says that frames of the class are
 * recorded. A TCP segment with RST is RST whatever else it carries; one with SYN is SYN or
 * SYNACK; every other is TCP.
 */
enum vnft_class {
	VNFT_CLASS_OTHER	= 0,
	VNFT_CLASS_ARP_REQUEST	= 1,
	VNFT_CLASS_ARP_REPLY	= 2,
	VNFT_CLASS_ECHO_REQUEST	= 3,
	VNFT_CLASS_ECHO_REPLY	= 4,
	VNFT_CLASS_SYN		= 5,
	VNFT_CLASS_SYNACK	= 6,
	VNFT_CLASS_RST		= 7,
	VNFT_CLASS_TCP		= 8,
	VNFT_CLASS_UDP		= 9,
	VNFT_CLASS_NR
};

/* Recorded while somebody records; and on request with every TCP segment. */
#define VNFT_RECORD_DEFAULT	((1U << VNFT_CLASS_ARP_REQUEST) | (1U << VNFT_CLASS_ARP_REPLY) | \
				 (1U << VNFT_CLASS_ECHO_REQUEST) | (1U << VNFT_CLASS_ECHO_REPLY) | \
				 (1U << VNFT_CLASS_SYN) | (1U << VNFT_CLASS_SYNACK) | \
				 (1U << VNFT_CLASS_RST))
#define VNFT_RECORD_TCP		(1U << VNFT_CLASS_TCP)

/**
 * enum vnft_dir - direction at a device, seen from the host
 * @VNFT_DIR_IN: the frame comes from the guest
 * @VNFT_DIR_OUT: the frame goes to the guest
 *
 * At a device of the host's side what it receives is IN, at one of the guest's side what it sends.
 */
enum vnft_dir {
	VNFT_DIR_IN		= 0,
	VNFT_DIR_OUT		= 1,
	VNFT_DIR_NR
};

/**
 * enum vnft_device_side - whose end of the way a device is
 * @VNFT_SIDE_HOST: the guest is behind it: a tap, a vif, the host's end of a veth
 * @VNFT_SIDE_GUEST: it is the guest's own: a macvtap, the container's end of a veth
 */
enum vnft_device_side {
	VNFT_SIDE_HOST		= 0,
	VNFT_SIDE_GUEST		= 1,
	VNFT_SIDE_NR
};

/**
 * enum vnft_pairing - request/reply pairings timed in the kernel
 *
 * One histogram per pairing and direction of the request: OUT is what the guest and
 * its device take (request leaves the host, reply comes back), IN is the host's share.
 */
enum vnft_pairing {
	VNFT_PAIRING_ECHO	= 0,	/* ICMP or ICMPv6 echo request to its reply */
	VNFT_PAIRING_SYN_RST	= 1,	/* SYN to the RST that acknowledges it */
	VNFT_PAIRING_SYN_SYNACK	= 2,	/* SYN to the SYN-ACK that acknowledges it */
	VNFT_PAIRING_NR
};

/**
 * enum vnft_lost - why something is missing; counted per device and CPU
 * @VNFT_LOST_RING_FULL: a record found no room in its ring
 * @VNFT_LOST_EVICTED: an unanswered request, younger than the time-out, lost its slot
 * @VNFT_LOST_FLOW_EVICTED: a stream lost its slot: retransmissions may be counted as payload; or a
 *	segment found its place held by another CPU: it is in no stream
 * @VNFT_LOST_TRUNCATED: headers longer than the parser reads, or cut off
 * @VNFT_LOST_NESTED: a hook interrupted itself on its CPU and stood back
 * @VNFT_LOST_RECURSION: the observer caused a frame that came back to it
 * @VNFT_LOST_BACKWARDS: a reply stamped before its request
 * @VNFT_LOST_UNREAD: found by a reader: a gap in a CPU's sequence
 */
enum vnft_lost {
	VNFT_LOST_RING_FULL	= 0,
	VNFT_LOST_EVICTED	= 1,
	VNFT_LOST_FLOW_EVICTED	= 2,
	VNFT_LOST_TRUNCATED	= 3,
	VNFT_LOST_NESTED	= 4,
	VNFT_LOST_RECURSION	= 5,
	VNFT_LOST_BACKWARDS	= 6,
	VNFT_LOST_UNREAD	= 7,
	VNFT_LOST_NR
};

/* vnft_record.flags */
#define VNFT_RF_FROM_B		(1 << 0)	/* packet travels from address b to a of its flow */
#define VNFT_RF_IPV6		(1 << 1)	/* FLOW, PACKET: IPv6 */
#define VNFT_RF_TIMESTAMP	(1 << 2)	/* PACKET: tsval and tsecr are valid */
#define VNFT_RF_RETRANS		(1 << 3)	/* PACKET: has payload that had passed before */
#define VNFT_RF_FRAGMENT	(1 << 4)	/* PACKET: a fragment; only the first has ports */
#define VNFT_RF_DF		(1 << 5)	/* PACKET: IPv4 don't-fragment bit */
#define VNFT_RF_USERSPACE	(1 << 6)	/* stamp was taken in userspace, not in a hook */
#define VNFT_RF_MODULE		(1 << 7)	/* in files: from the module's ring */

/**
 * enum vnft_life - what happened to an instance
 */
enum vnft_life {
	VNFT_LIFE_EXEC		= 1,
	VNFT_LIFE_EXIT		= 2,
	VNFT_LIFE_VCPU_ENTRY	= 3,
};

/**
 * enum vnft_life_whose - class of a LIFE record
 * @VNFT_LIFE_OWN: of a process that descends from what the recorder started
 * @VNFT_LIFE_FOREIGN: of another one whose name the recorder asked for. In files without number and
 *	name
 */
enum vnft_life_whose {
	VNFT_LIFE_FOREIGN	= 0,
	VNFT_LIFE_OWN		= 1,
};

/**
 * enum vnft_device_event - why a DEVICE record was written
 */
enum vnft_device_event {
	VNFT_DEVICE_DEFINED	= 0,
	VNFT_DEVICE_BORN	= 1,
	VNFT_DEVICE_RENAMED	= 2,
	VNFT_DEVICE_GONE	= 3,
};

/**
 * enum vnft_link - what a device is, as far as it matters to its hooks
 */
enum vnft_link {
	VNFT_LINK_OTHER		= 0,
	VNFT_LINK_TAP		= 1,
	VNFT_LINK_TUN		= 2,
	VNFT_LINK_VETH		= 3,
	VNFT_LINK_BRIDGE	= 4,
	VNFT_LINK_VIF		= 5,
	VNFT_LINK_MACVTAP	= 6,
	VNFT_LINK_MACVLAN	= 7,
	VNFT_LINK_IPVLAN	= 8,
	VNFT_LINK_IPVTAP	= 9,
	VNFT_LINK_NR
};

/**
 * struct vnft_rec_manifest - first record of every stream
 * @version: VNFT_ABI_VERSION of the writer
 * @ncpus: rings in the stream
 * @realtime_offset_ns: CLOCK_REALTIME - CLOCK_MONOTONIC when the stream began
 * @tool: version of the tool, NUL-terminated
 */
struct vnft_rec_manifest {
	__s64 realtime_offset_ns;
	__u32 version;
	__u32 ncpus;
	char tool[16];
};

/**
 * struct vnft_rec_device - defines a device id; the common flow field is the netns inode
 * @hook_in: boundary hook of frames from the guest, 0: not said
 * @hook_out: boundary hook of frames to the guest
 * @side: enum vnft_device_side
 */
struct vnft_rec_device {
	char name[VNFT_IFNAME_LEN];
	__u8 mac[6];
	__u8 link;		/* enum vnft_link */
	__u8 event;		/* enum vnft_device_event */
	__u32 mtu_bytes;
	__u8 hook_in;		/* enum vnft_hook */
	__u8 hook_out;
	__u8 side;
	__u8 reserved;
};

/**
 * struct vnft_rec_flow - defines a flow id; len32 is port a in its upper, port b in its lower half
 *
 * The protocol is the record's class field (IPPROTO_*). For ICMP echo both ports are the id.
 */
struct vnft_rec_flow {
	__u8 addr_a[16];
	__u8 addr_b[16];
};

/**
 * struct vnft_rec_packet - a frame at a device boundary; len32 is its length in bytes with the link
 * header and every tag, also one that the stack keeps in the metadata
 * @tcp_seq: TCP sequence number; for ICMP echo id << 16 | sequence number
 * @tcp_ack: TCP acknowledgment number
 * @payload_bytes: TCP or UDP payload, by the IP header's length (a GSO frame's by the frame's)
 * @gso_segs: segments on the wire; 1 for an ordinary frame
 * @vlan_tci: 802.1Q TCI of the outermost tag, 0 if none
 */
struct vnft_rec_packet {
	__u32 tcp_seq;
	__u32 tcp_ack;
	__u32 tsval;
	__u32 tsecr;
	__u32 payload_bytes;
	__u16 gso_size_bytes;
	__u16 gso_segs;
	__u16 vlan_tci;
	__u16 ip_id;
	__u8 tcp_flags;
	__u8 proto;
	__u8 ttl;
	__u8 reserved;
};

/**
 * struct vnft_rec_stage - a frame at a stage inside the host; len32 as in vnft_rec_packet
 * @packet: one number per frame, the same at every stage it passes
 * @queue: queue of the device, or ~0
 * @peer: who is at the device's other end: on netback's hooks Xen's number of the domain; else 0
 */
struct vnft_rec_stage {
	__u64 packet;
	__u32 queue;
	__u32 peer;
	__u64 reserved[2];
};

/**
 * struct vnft_rec_life - life of an instance; len32 is the thread group id
 */
struct vnft_rec_life {
	char comm[VNFT_COMM_LEN];
	__u32 parent_tgid;
	__u32 event;		/* enum vnft_life */
	__u64 reserved;
};

/**
 * struct vnft_rec_sent - a stimulus; len32 is its number, from 0
 */
struct vnft_rec_sent {
	__u64 intended_ns;
	__u32 tcp_seq;		/* or id << 16 | seq, as in the packet record it will meet */
	__u32 reserved;
	__u64 reserved2[2];
};

/**
 * struct vnft_rec_mark - a moment named by userspace; len32 is the number of the run
 */
struct vnft_rec_mark {
	char name[VNFT_NAME_LEN];
};

/**
 * struct vnft_rec_lost - a loss counter; len32 is the cause (enum vnft_lost)
 */
struct vnft_rec_lost {
	__u64 count;
	__u64 reserved[3];
};

/*
 * Part of vnft_record.hook: the device is the guest's own end, so that its way in is the guest's
 * way out. A reader that does not know it takes no such record for one of the other direction.
 */
#define VNFT_HOOK_GUEST_SIDE	0x80U

/**
 * struct vnft_record - the one record
 * @time_ns: CLOCK_MONOTONIC
 * @flow: id of the FLOW record, 0 for none; DEVICE: netns inode; MANIFEST: VNFT_MAGIC
 * @seq: position on this CPU + 1; written last
 * @device: id of the DEVICE record, 0 for none
 * @cpu: CPU that wrote it
 * @kind: enum vnft_kind
 * @hook: id from kmod/core/hooks.h, 0 for none; at a device of the guest's side with
 *	VNFT_HOOK_GUEST_SIDE
 * @class: PACKET, STAGE: enum vnft_class; FLOW: IPPROTO_*; LIFE: enum vnft_life_whose
 * @flags: VNFT_RF_*
 * @len32: a number whose meaning @kind gives; DEVICE: ifindex
 */
struct vnft_record {
	__u64 time_ns;
	__u64 flow;
	__u32 seq;
	__u16 device;
	__u16 cpu;
	__u8 kind;
	__u8 hook;
	__u8 class;
	__u8 flags;
	__u32 len32;
	union {
		struct vnft_rec_manifest manifest;
		struct vnft_rec_device dev;
		struct vnft_rec_flow addr;
		struct vnft_rec_packet packet;
		struct vnft_rec_stage stage;
		struct vnft_rec_life life;
		struct vnft_rec_sent sent;
		struct vnft_rec_mark mark;
		struct vnft_rec_lost lost;
		__u8 body[32];
	};
};

/**
 * struct vnft_ring_consumer - page 0 of a ring, the reader's
 */
struct vnft_ring_consumer {
	__u64 tail;
};

/**
 * struct vnft_ring_producer - page 1 of a ring, the observer's
 * @head: positions reserved since the ring was made
 * @lost_full: records that found no room (VNFT_LOST_RING_FULL)
 * @lost_nested: records given up because a hook interrupted itself
 */
struct vnft_ring_producer {
	__u64 head;
	__u64 lost_full;
	__u64 lost_nested;
};

/* Ids of the module's devices begin here, between those of BPF sessions and of BPF's pins. */
#define VNFT_MODULE_FIRST_ID	0x4000U
#define VNFT_MODULE_DEVICES	0x4000U

#define VNFT_CHARDEV_NAME	"vnftrace"
#define VNFT_POLL_NS		5000000U
#define VNFT_RING_MIN_RECORDS	VNFT_RECORDS_PER_PAGE
#define VNFT_RING_MAX_RECORDS	(1U << 20)

/* vnft_session_setup.flags */
#define VNFT_SESSION_WATCH	(1U << 0)	/* records of births, renames, deaths of devices */

/**
 * struct vnft_session_setup - VNFT_IOC_SETUP
 * @version: in: VNFT_ABI_VERSION
 * @flags: in: VNFT_SESSION_*
 * @ring_records: in: per CPU, a power of two from VNFT_RING_MIN_RECORDS to VNFT_RING_MAX_RECORDS
 * @ncpus: out: rings
 * @session: out: its number, never 0
 * @reserved: zero
 * @ring_stride_bytes: out: from one CPU's ring to the next in the mapping
 */
struct vnft_session_setup {
	__u32 version;
	__u32 flags;
	__u32 ring_records;
	__u32 ncpus;
	__u32 session;
	__u32 reserved;
	__u64 ring_stride_bytes;
};

#define VNFT_IOC_MAGIC		0xB7
#define VNFT_IOC_SETUP		_IOWR(VNFT_IOC_MAGIC, 1, struct vnft_session_setup)

#define VNFT_GENL_NAME		"vnftrace"
#define VNFT_GENL_VERSION	1

/**
 * enum vnft_nl_cmd - commands, section 5
 */
enum vnft_nl_cmd {
	VNFT_CMD_UNSPEC,
	VNFT_CMD_INFO,
	VNFT_CMD_ATTACH,
	VNFT_CMD_DETACH,
	VNFT_CMD_RECORD,
	VNFT_CMD_GET,
	VNFT_CMD_HIST,
	VNFT_CMD_STREAM,
	VNFT_CMD_PROBE_START,
	VNFT_CMD_PROBE_SET,
	VNFT_CMD_PROBE_STOP,
	VNFT_CMD_PROBE_GET,
	VNFT_CMD_NR
};

enum vnft_probe_what {
	VNFT_PROBE_KIND_SYN	= 0,
	VNFT_PROBE_KIND_ECHO	= 1,
};

/**
 * enum vnft_nl_attr - attributes; type and meaning
 */
enum vnft_nl_attr {
	VNFT_A_UNSPEC,
	VNFT_A_PAD,
	VNFT_A_VERSION,			/* u32: VNFT_ABI_VERSION of the module */
	VNFT_A_MODULE_VERSION,		/* string */
	VNFT_A_NCPUS,			/* u32: possible CPUs */
	VNFT_A_HOOKS,			/* u64: bit 1 << hook: this kernel can do it now */
	VNFT_A_SESSIONS,		/* u32: how many there are */
	VNFT_A_DEVICES,			/* u32 */
	VNFT_A_PROBES,			/* u32 */
	VNFT_A_SESSION,			/* u32: vnft_session_setup.session */
	VNFT_A_DEVICE,			/* u32: id of an attachment, as in records */
	VNFT_A_IFINDEX,			/* u32 */
	VNFT_A_IFNAME,			/* string */
	VNFT_A_NETNS_INODE,		/* u64 */
	VNFT_A_LINK,			/* u8: enum vnft_link */
	VNFT_A_HOOK_IN,			/* u8: enum vnft_hook */
	VNFT_A_HOOK_OUT,		/* u8 */
	VNFT_A_RECORD_MASK,		/* u32: bits 1 << enum vnft_class */
	VNFT_A_STAGES,			/* u64: bits 1 << enum vnft_hook */
	VNFT_A_MATCH_SLOTS,		/* u32: power of two, 64 to 2^20 */
	VNFT_A_GONE,			/* flag */
	VNFT_A_COUNTERS,		/* struct vnft_counters */
	VNFT_A_FIRST_IN_NS,		/* u64: first frame, 0: none yet */
	VNFT_A_FIRST_OUT_NS,		/* u64 */
	VNFT_A_READ_NS,			/* u64: when the counters were read */
	VNFT_A_MEMORY_BYTES,		/* u64: of this attachment */
	VNFT_A_MEMORY_PER_CPU_BYTES,	/* u64: of it for each CPU */
	VNFT_A_PAIRING,			/* u8: enum vnft_pairing */
	VNFT_A_DIR,			/* u8: enum vnft_dir */
	VNFT_A_HIST,			/* struct vnft_hist, kmod/core/hist.h */
	VNFT_A_FLOW,			/* u64 */
	VNFT_A_PAYLOAD_BYTES,		/* u64 */
	VNFT_A_FIRST_NS,		/* u64 */
	VNFT_A_LAST_NS,			/* u64 */
	VNFT_A_PROBE,			/* u32: number of a generator */
	VNFT_A_KIND,			/* u8: enum vnft_probe_what */
	VNFT_A_SRC,			/* 4 or 16 bytes */
	VNFT_A_DST,			/* as many */
	VNFT_A_SRC_MAC,			/* 6 bytes */
	VNFT_A_DST_MAC,			/* 6 bytes */
	VNFT_A_SPORT,			/* u16, host order as all numbers here */
	VNFT_A_DPORT,			/* u16 */
	VNFT_A_ALSO_PORT,		/* u16 */
	VNFT_A_ECHO_ID,			/* u16 */
	VNFT_A_INTERVAL_NS,		/* u64 */
	VNFT_A_COUNT,			/* u64 */
	VNFT_A_DURATION_NS,		/* u64 */
	VNFT_A_ECHO_BYTES,		/* u32: payload of an echo request, to 1400; 56 */
	VNFT_A_CPU,			/* u32: where the timer runs; the sender's CPU otherwise */
	VNFT_A_UNTIL_RST,		/* flag */
	VNFT_A_START_NS,		/* u64 */
	VNFT_A_RUNNING,			/* u8: 1 while packets depart */
	VNFT_A_SENT,			/* u64 */
	VNFT_A_FAILED,			/* u64: refused by the device or its queue: slot lost */
	VNFT_A_ANSWER_NS,		/* u64 */
	VNFT_A_LATENESS,		/* struct vnft_hist */
	VNFT_A_OVER_NS,			/* u64 */
	VNFT_A_SPORTS,			/* u16: source ports, from SPORT on */
	VNFT_A_SIDE,			/* u8: enum vnft_device_side */
	VNFT_A_NR
};

/* First record of the data, in records from the start of the ring. */
#define VNFT_RING_DATA_RECORD	(2 * VNFT_RECORDS_PER_PAGE)

/**
 * struct vnft_counters_dir - what passed a device in one direction
 * @bytes: frame bytes as in vnft_rec_packet, as the stack handed them over (GSO frames once)
 * @wire_packets: frames with GSO frames counted as their segments
 * @tcp_payload_bytes: TCP payload, retransmissions included
 * @retrans_segments: segments with payload that had passed before; of a GSO frame those with it
 * @retrans_bytes: that payload, and the byte that a keepalive repeats
 * @classes: frames by enum vnft_class; their sum is packets
 */
struct vnft_counters_dir {
	__u64 packets;
	__u64 bytes;
	__u64 wire_packets;
	__u64 tcp_payload_bytes;
	__u64 retrans_segments;
	__u64 retrans_bytes;
	__u64 classes[VNFT_CLASS_NR];
};

/**
 * struct vnft_counters - all of one device on one CPU
 * @matched: replies that met their request
 * @unmatched: replies without one: late, doubled, or to somebody else's request
 * @expired: unanswered requests whose slot another one took after the time-out (not a loss). One
 *	whose slot nobody wants stays, so this is not how many had no answer:
 *	vnft_match_unanswered() is
 * @malformed: frames whose own lengths contradict each other
 */
struct vnft_counters {
	struct vnft_counters_dir dir[VNFT_DIR_NR];
	__u64 matched[VNFT_PAIRING_NR];
	__u64 unmatched[VNFT_PAIRING_NR];
	__u64 expired;
	__u64 malformed;
	__u64 lost[VNFT_LOST_NR];
};

#ifdef __cplusplus
#define VNFT_ASSERT_SIZE(type, bytes) static_assert(sizeof(struct type) == (bytes), #type)
#else
#define VNFT_ASSERT_SIZE(type, bytes) _Static_assert(sizeof(struct type) == (bytes), #type)
#endif
VNFT_ASSERT_SIZE(vnft_record, VNFT_RECORD_BYTES);
VNFT_ASSERT_SIZE(vnft_session_setup, 32);
VNFT_ASSERT_SIZE(vnft_rec_manifest, 32);
VNFT_ASSERT_SIZE(vnft_rec_device, 32);
VNFT_ASSERT_SIZE(vnft_rec_flow, 32);
VNFT_ASSERT_SIZE(vnft_rec_packet, 32);
VNFT_ASSERT_SIZE(vnft_rec_stage, 32);
VNFT_ASSERT_SIZE(vnft_rec_life, 32);
VNFT_ASSERT_SIZE(vnft_rec_sent, 32);
VNFT_ASSERT_SIZE(vnft_rec_mark, 32);
VNFT_ASSERT_SIZE(vnft_rec_lost, 32);

#endif
