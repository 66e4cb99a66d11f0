/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pages, from their heads to their ends. The markup is XML as well, so that any checker of XML
 * finds a tag that is not closed.
 */
#include "html.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/text/error.h"
#include "../../lib/text/json.h"
#include "../../lib/text/shell.h"
#include "../../results/read.h"
#include "../whose.h"
#include "overview.h"
#include "style.h"
#include "tables.h"
#include "type.h"
#include "write.h"

/* Nothing is fetched, run or sent, whatever the page may come to hold; its own style may stand. */
#define POLICY	"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

static void begin_page(FILE *to, const char *title)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"" POLICY "\"/>\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
	      "<meta name=\"referrer\" content=\"no-referrer\"/>\n<title>vnftrace: ", to);
	vnft_html_text(to, title);
	fputs("</title>\n<style>\n", to);
	fputs(vnft_html_style, to);
	fputs("</style></head><body>\n", to);
}

static void end_page(FILE *to)
{
	fputs("</body></html>\n", to);
}

/* A value of the manifest, if it is a text. */
static const char *manifest_text(const json_t *results, const char *path)
{
	return json_string_value(vnft_view_at(json_object_get(results, "manifest"), path));
}

static void put_head(FILE *to, const struct vnft_html_ask *ask)
{
	const char *started, *version;
	size_t i;

	fputs("<h1>Virtual network functions, measured</h1>\n", to);
	for (i = 0; i < ask->n; i++) {
		started = manifest_text(ask->results[i], "started");
		version = manifest_text(ask->results[i], "host.vnftrace");
		fputs("<p>", to);
		vnft_html_text(to, vnft_results_host(ask->results[i]));
		if (started) {
			fputs(", ", to);
			vnft_html_text(to, started);
		}
		if (version) {
			fputs(", vnftrace ", to);
			vnft_html_text(to, version);
		}
		fputs("</p>\n", to);
	}
}

static void put_contents(FILE *to, const json_t *rows)
{
	json_t *row;
	size_t i;

	fputs("<nav>", to);
	json_array_foreach(rows, i, row) {
		fprintf(to, "<a href=\"#t%zu\">", i);
		vnft_html_row_name(to, row);
		fputs("</a>\n", to);
	}
	fputs("<a href=\"#study\">the study</a>\n<a href=\"#tables\">tables</a>\n"
	      "<a href=\"#repeat\">how to repeat it</a></nav>\n", to);
}

/* Rows whose numbers are not those of the records beside results.json. */
static void put_disagreement(FILE *to, const json_t *records)
{
	json_t *line;
	size_t i;

	json_array_foreach(records, i, line) {
		if (json_is_true(json_object_get(line, "agree")))
			continue;
		fputs("<p class=\"bad\">", to);
		vnft_html_row_name(to, line);
		fputs(": the records do not give the instantiation times of results.json</p>\n",
		      to);
	}
}

static bool is_of_study(const struct vnft_view *view)
{
	return !strcmp(view->path, "reference") || !strcmp(view->path, "orders");
}

static void put_study(FILE *to, const struct vnft_html_ask *ask)
{
	const struct vnft_view *view;
	bool any = false;

	fputs("<section id=\"study\"><h2>Beside the study</h2>\n", to);
	for (view = ask->views; view->columns; view++) {
		if (!is_of_study(view) || !vnft_html_has(ask->tree, view))
			continue;
		vnft_html_table(to, ask->tree, view, false);
		any = true;
	}
	if (!any)
		fputs("<p class=\"why\">The study has none of these types.</p>\n", to);
	fputs("</section>\n", to);
}

static void put_tables(FILE *to, const struct vnft_html_ask *ask)
{
	const struct vnft_view *view;

	fputs("<section id=\"tables\"><h2>Tables</h2>\n<p class=\"why\">What `vnftrace report` "
	      "prints. Open what you want to read or to print.</p>\n", to);
	/* What has no heading are sentences about rows, and stands in their sections. */
	for (view = ask->views; view->columns; view++)
		if (view->heading && !is_of_study(view))
			vnft_html_table(to, ask->tree, view, true);
	fputs("</section>\n", to);
}

/* A word of a command line: an option begins with dashes, which a name that is quoted may not. */
static void put_word(FILE *to, const char *word)
{
	const size_t dashes = strncmp(word, "--", 2) ? word[0] == '-' : 2;

	fprintf(to, "%.*s", (int)dashes, "--");
	if (!dashes || word[dashes])
		vnft_html_text(to, vnft_shell(word + dashes));
}

/* The command line as a shell takes it. */
static void put_command(FILE *to, const json_t *results)
{
	const json_t *command = vnft_view_at(results, "manifest.command");
	json_t *word;
	size_t i;

	if (!json_array_size(command)) {
		fputs("<p class=\"why\">by which command the manifest does not say</p>\n", to);
		return;
	}
	fputs("<pre>", to);
	json_array_foreach(command, i, word) {
		fputs(i ? " " : "", to);
		put_word(to, json_string_value(word));
	}
	fputs("</pre>\n", to);
}

static void put_repeat(FILE *to, const struct vnft_html_ask *ask)
{
	const json_t *seed;
	size_t i;

	fputs("<section id=\"repeat\"><h2>How to repeat it</h2>\n", to);
	for (i = 0; i < ask->n; i++) {
		fputs("<p>", to);
		vnft_html_text(to, vnft_results_host(ask->results[i]));
		fputs("</p>\n", to);
		put_command(to, ask->results[i]);
		seed = vnft_view_at(ask->results[i], "manifest.parameters.seed");
		if (json_is_integer(seed))
			fprintf(to, "<p class=\"why\">With <code>--seed %" JSON_INTEGER_FORMAT
				"</code> the runs come in the same order.</p>\n",
				json_integer_value(seed));
	}
	fputs("<p>This page again:</p>\n<pre>vnftrace report --html FILE", to);
	for (i = 0; i < ask->n; i++) {
		fputc(' ', to);
		vnft_html_text(to, vnft_shell(ask->path[i]));
	}
	fputs("</pre>\n", to);
}

/* Folded: a manifest is long, and for who doubts a number. */
static int put_manifest(FILE *to, const json_t *results)
{
	const json_t *manifest = json_object_get(results, "manifest");
	char *text = NULL;
	size_t bytes;
	FILE *memory = open_memstream(&text, &bytes);
	int err = memory ? vnft_json_print(manifest, memory, JSON_INDENT(2)) : -1;

	if (memory && fclose(memory))
		err = -1;
	if (!err) {
		fputs("<details><summary>Manifest of ", to);
		vnft_html_text(to, vnft_results_host(results));
		fputs("</summary><pre>", to);
		vnft_html_lines(to, text);
		fputs("</pre></details>\n", to);
	}
	free(text);
	return err ? vnft_fail(-ENOMEM, "out of memory") : 0;
}

static int put_rows(FILE *to, const struct vnft_html_ask *ask, const json_t *rows)
{
	const size_t n = json_array_size(rows);
	struct vnft_whose *whose = calloc(n + 1, sizeof(*whose));
	int err = whose ? 0 : vnft_fail(-ENOMEM, "out of memory");
	size_t i;

	for (i = 0; !err && i < n; i++)
		err = vnft_whose_find(&whose[i], json_array_get(rows, i));
	if (!err)
		err = vnft_html_overview(to, rows, whose, json_object_get(ask->tree, "reference"));
	for (i = 0; !err && i < n; i++)
		err = vnft_html_type(to, ask->tree, &whose[i], i);
	for (i = 0; whose && i < n; i++)
		vnft_whose_free(&whose[i]);
	free(whose);
	return err;
}

int vnft_html_results(FILE *to, const struct vnft_html_ask *ask)
{
	const json_t *rows = json_object_get(ask->tree, "rows");
	char title[64];
	size_t i;
	int err;

	snprintf(title, sizeof(title), "%zu results", ask->n);
	begin_page(to, ask->n == 1 ? vnft_results_host(ask->results[0]) : title);
	put_head(to, ask);
	put_contents(to, rows);
	put_disagreement(to, json_object_get(ask->tree, "records"));
	err = put_rows(to, ask, rows);
	if (err)
		return err;
	put_study(to, ask);
	put_tables(to, ask);
	put_repeat(to, ask);
	for (i = 0; !err && i < ask->n; i++)
		err = put_manifest(to, ask->results[i]);
	fputs("</section>\n", to);
	end_page(to);
	return err;
}

void vnft_html_records(FILE *to, const json_t *tree, const struct vnft_view *views,
		       const char *path)
{
	begin_page(to, path);
	fputs("<h1>", to);
	vnft_html_text(to, path);
	fputs("</h1>\n", to);
	for (; views->columns; views++)
		vnft_html_table(to, tree, views, false);
	end_page(to);
}
