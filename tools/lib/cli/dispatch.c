/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From the command line to a verb, and from its failure to one line and an exit code.
 */
#include "dispatch.h"

#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "completion.h"
#include "guess.h"
#include "help.h"
#include "man.h"
#include "offer.h"
#include "option.h"
#include "verb.h"
#include "../host/version.h"
#include "../text/error.h"
#include "../text/json.h"
#include "../text/view.h"

/* The one place that prints why. */
static int finish(int exit_code, bool as_json)
{
	const char *line = vnft_why();

	if (fflush(stdout) && exit_code == VNFT_EXIT_OK) {
		vnft_fail(-EIO, "stdout: cannot write: %s", strerror(errno));
		exit_code = VNFT_EXIT_FAILED;
		as_json = false;
	}
	if (exit_code == VNFT_EXIT_OK || (exit_code == VNFT_EXIT_INVALID && !vnft_failed()))
		return exit_code;
	fprintf(stderr, "vnftrace: %s\n", line);
	if (as_json && !vnft_view_printed) {
		json_t *value = json_pack("{s:s, s:i}", "error", line, "exit", exit_code);

		vnft_json_print(value, vnft_view_stream(), JSON_INDENT(2));
		fputc('\n', vnft_view_stream());
		fflush(vnft_view_stream());
		json_decref(value);
	}
	return exit_code;
}

static int usage(int err, bool as_json)
{
	return finish(vnft_exit_code(err), as_json);
}

/* The command line may be wrong before -j is reached: look for it by itself. */
static bool wants_json(char **argv)
{
	for (; *argv && strcmp(*argv, "--"); argv++)
		if (!strcmp(*argv, "-j") || !strcmp(*argv, "--json"))
			return true;
	return false;
}

static int run_verb(const struct vnft_cmd *cmd, int argc, char **argv)
{
	void *config = calloc(1, cmd->config_bytes);
	char **args = calloc((size_t)argc + 1, sizeof(*args));
	const struct vnft_common *common = config;
	int n, code = VNFT_EXIT_OK;

	if (!config || !args) {
		free(config);
		free(args);
		return usage(vnft_fail(-ENOMEM, "out of memory"), false);
	}
	if (cmd->defaults)
		memcpy(config, cmd->defaults, cmd->config_bytes);
	n = vnft_opt_parse(cmd, config, argc, argv, args);
	if (n < 0) {
		code = usage(n, wants_json(argv));
	} else if (common->help) {
		vnft_help(cmd);
		code = finish(VNFT_EXIT_OK, false);
	} else {
		vnft_verbose = common->verbose;
		code = finish(cmd->run(config, n, args), common->json);
	}
	free(args);
	free(config);
	return code;
}

static int unknown_verb(const char *word, char **argv)
{
	struct vnft_guess guess;
	int err;

	vnft_guess_begin(&guess, word);
	for (size_t i = 0; vnft_cmds[i]; i++)
		vnft_guess_try(&guess, vnft_cmds[i]->name);
	if (guess.nearest)
		err = vnft_fail(-EINVAL, "%.40s: no such verb: did you mean %s?", word,
				guess.nearest);
	else
		err = vnft_fail(-EINVAL, "%.40s: no such verb: see vnftrace --help", word);
	return usage(err, wants_json(argv));
}

/* "help" and "help VERB" are "--help" and "VERB --help". */
static int help(char **argv)
{
	const struct vnft_cmd *cmd = argv[0] ? vnft_cmd_find(argv[0]) : NULL;

	if (argv[0] && !cmd)
		return unknown_verb(argv[0], argv + 1);
	if (argv[0] && argv[1])
		return usage(vnft_fail(-EINVAL, "help: %.40s: one argument too many: give one verb",
				       argv[1]), wants_json(argv + 1));
	vnft_help(cmd);
	return finish(VNFT_EXIT_OK, false);
}

/* Options before any verb; -1 when @word is none of them. */
static int global_option(const char *word, const char *next)
{
	int err = 0;

	if (!strcmp(word, "--help") || !strcmp(word, "-h")) {
		vnft_help(NULL);
	} else if (!strcmp(word, "--version") || !strcmp(word, "-V")) {
		printf("vnftrace %s\n", VNFT_VERSION);
	} else if (!strcmp(word, "--list-verbs")) {
		for (size_t i = 0; vnft_cmds[i]; i++)
			puts(vnft_cmds[i]->name);
	} else if (!strcmp(word, "--man")) {
		err = vnft_help_man(next);
	} else if (!strcmp(word, "--completion")) {
		err = vnft_help_completion(next);
	} else {
		return -1;
	}
	return finish(vnft_exit_code(err), false);
}

int vnft_dispatch(int argc, char **argv)
{
	const struct vnft_cmd *cmd;
	int code;

	if (argc < 2)
		return usage(vnft_fail(-EINVAL, "no verb: see vnftrace --help"), false);
	cmd = vnft_cmd_find(argv[1]);
	if (cmd)
		return run_verb(cmd, argc - 2, argv + 2);
	if (!strcmp(argv[1], "help"))
		return help(argv + 2);
	if (!strcmp(argv[1], "--offer")) {
		vnft_offer(argc - 2, argv + 2);
		return finish(VNFT_EXIT_OK, false);
	}
	if (argv[1][0] != '-')
		return unknown_verb(argv[1], argv + 2);
	code = global_option(argv[1], argc > 2 ? argv[2] : NULL);
	if (code >= 0)
		return code;
	return usage(vnft_fail(-EINVAL, "%.40s: unknown option before a verb: see vnftrace --help",
			       argv[1]), wants_json(argv + 1));
}
