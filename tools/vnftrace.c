/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command table.
 */
#include "lib/cli/dispatch.h"
#include "lib/cli/verb.h"
#include "cmd/cmd.h"
#include "guest/guest.h"

const struct vnft_cmd *const vnft_cmds[] = {
	&vnft_cmd_doctor,
	&vnft_cmd_types,
	&vnft_cmd_attach,
	&vnft_cmd_status,
	&vnft_cmd_detach,
	&vnft_cmd_top,
	&vnft_cmd_record,
	&vnft_cmd_path,
	&vnft_cmd_report,
	&vnft_cmd_export,
	&vnft_cmd_compare,
	&vnft_cmd_probe,
	&vnft_cmd_bench,
	0
};

int main(int argc, char **argv)
{
	/* Before any sweep: it says how domains and containers are undone. */
	vnft_guest_init();
	return vnft_dispatch(argc, argv);
}
