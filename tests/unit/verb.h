/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Runs a verb of the tool in a test.
 */
#ifndef TESTS_UNIT_VERB_H
#define TESTS_UNIT_VERB_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../tools/cmd/cmd.h"
#include "../../tools/lib/cli/option.h"
#include "../../tools/lib/cli/verb.h"

/* Run a verb as the dispatcher does, stdout to /dev/null. */
static inline int verb(const struct vnft_cmd *cmd, int argc, char **argv)
{
	_Alignas(16) char config[65536] = { 0 };
	char *args[16];
	int n, code, out = dup(1), null = open("/dev/null", O_WRONLY);

	if (cmd->config_bytes > sizeof(config) || argc > 16)
		abort();
	if (cmd->defaults)
		memcpy(config, cmd->defaults, cmd->config_bytes);
	n = vnft_opt_parse(cmd, config, argc, argv, args);
	if (n < 0)
		return -1;
	fflush(stdout);
	dup2(null, 1);
	code = cmd->run(config, n, args);
	fflush(stdout);
	dup2(out, 1);
	close(out);
	close(null);
	return code;
}
#define VERB(cmd, ...) ({ char *argv_[] = { __VA_ARGS__ };			\
	verb(&vnft_cmd_##cmd, sizeof(argv_) / sizeof(argv_[0]), argv_); })

#endif
