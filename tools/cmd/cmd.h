/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The verbs: each lives in the file of its name.
 */
#ifndef VNFT_CMD_CMD_H
#define VNFT_CMD_CMD_H

#include "../lib/cli/option.h"
#include "../lib/cli/verb.h"
#include "../source/open.h"
#include "../source/side.h"
#include "../source/source.h"

/* --observer, into an int @at bytes into the verb's config struct. */
#define VNFT_OBSERVER_OPT(at, text) \
	{ .name = "observer", .type = VNFT_OPT_CHOICE, .offset = (at), \
	  .arg = "WHO", .choices = vnft_observer_names, .help = text }

/* --side, into an int @at bytes into the verb's config struct; source/side.h has the rule. */
#define VNFT_SIDE_OPT(at) \
	{ .name = "side", .type = VNFT_OPT_CHOICE, .offset = (at), .arg = "SIDE", \
	  .choices = vnft_side_choices, \
	  .help = "whose end the devices are: the host's, with the guest behind it, or the " \
		  "guest's own; auto finds out" }
#define VNFT_SIDE_TEXT \
	"In is from the guest and out is to it, whatever the device. On the host's side (tap, " \
	"vif, the host's end of a veth, a bridge and its ports) in is what the device receives. " \
	"On the guest's side it is what the device sends. A macvtap, macvlan, ipvlan or ipvtap " \
	"is the guest's. So is a container's own end: any other device of another network " \
	"namespace, when its other end is where this command or PID 1 runs, or when the " \
	"namespace was named by a process (pid:PID, /proc/PID, net:[INODE]). A namespace that " \
	"`ip netns` knows is otherwise taken for a host. --side says what is true where this is " \
	"not."

/* How a device is named: source/spec.h. */
#define VNFT_DEV_TEXT \
	"DEV is a device of this network namespace (tap, tun, veth, bridge, vif, VLAN, lo, ...), " \
	"by its name or an alternative name. NETNS/DEV is one of a namespace that `ip netns` " \
	"knows, PATH/DEV one of the namespace that a file PATH holds, pid:PID/DEV and " \
	"/proc/PID/ns/net/DEV one of a process's, net:[INODE]/DEV one of any namespace that can " \
	"be reached, as `vnftrace status` shows one without a name. Two names of one device are " \
	"refused."

/* A verb whose -o is a record file: lib/run/output.h and source.h hold what is said here. */
#define VNFT_RECORD_FILE_TEXT \
	"FILE is taken before anything else is done. A file that exists is refused; with " \
	"--force it stays as it is until the new one, FILE.part until then, is finished. A " \
	"file that another process is writing is always refused. A character device " \
	"(/dev/null) or a FIFO that somebody reads is written to as it is; a directory, " \
	"socket, block device or link to a file is refused. - is standard output: the page " \
	"goes to stderr then. Records are in the file a second after they were taken, so that " \
	"even kill -9 loses no more than that (a power cut may): `vnftrace report` reads such " \
	"a file and says that it is not finished. When the disk is full, or something else " \
	"fails, what was written is kept, and the exit code is 1."
#define VNFT_READY_FILE_TEXT \
	"The file of --ready-file is removed at the start and appears when everything is " \
	"being recorded. Only an empty regular file is removed; anything else of that name " \
	"is refused."

extern const struct vnft_cmd vnft_cmd_doctor;
extern const struct vnft_cmd vnft_cmd_types;
extern const struct vnft_cmd vnft_cmd_attach;
extern const struct vnft_cmd vnft_cmd_status;
extern const struct vnft_cmd vnft_cmd_detach;
extern const struct vnft_cmd vnft_cmd_top;
extern const struct vnft_cmd vnft_cmd_record;
extern const struct vnft_cmd vnft_cmd_path;
extern const struct vnft_cmd vnft_cmd_report;
extern const struct vnft_cmd vnft_cmd_export;
extern const struct vnft_cmd vnft_cmd_compare;
extern const struct vnft_cmd vnft_cmd_probe;
extern const struct vnft_cmd vnft_cmd_bench;

#endif
