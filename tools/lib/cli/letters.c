/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The short names of options. A new one is added here first; tests/unit/cli_letters.c holds every
 * verb to this table.
 */
#include "letters.h"

const struct vnft_letter vnft_letters[] = {
	{ 'a', "all" },	     { 'b', "batch" },	{ 'c', "count" },   { 'd', "dev" },
	{ 'f', "flood" },
	{ 'h', "help" },     { 'i', "interval" }, { 'j', "json" },  { 'm', "metric" },
	{ 'n', "noise" },    { 'o', "output" },	{ 'p', "packets" }, { 'r', "runs" },
	{ 's', "size" },     { 't', "duration" }, { 'T', "types" }, { 'v', "verbose" },
	{ 0 }
};
