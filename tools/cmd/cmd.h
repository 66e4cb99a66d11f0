/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The verbs: each lives in the file of its name.
 */
#ifndef VNFT_CMD_CMD_H
#define VNFT_CMD_CMD_H

#include "../lib/cli/option.h"
#include "../lib/cli/verb.h"
#include "../source/open.h"
#include "../source/source.h"

/* --observer, into an int @at bytes into the verb's config struct. */
#define VNFT_OBSERVER_OPT(at, text) \
	{ .name = "observer", .type = VNFT_OPT_CHOICE, .offset = (at), \
	  .arg = "WHO", .choices = vnft_observer_names, .help = text }

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
extern const struct vnft_cmd vnft_cmd_record;
extern const struct vnft_cmd vnft_cmd_report;
extern const struct vnft_cmd vnft_cmd_compare;
extern const struct vnft_cmd vnft_cmd_probe;
extern const struct vnft_cmd vnft_cmd_bench;

#endif
