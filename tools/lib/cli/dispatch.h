/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From the command line to a verb, and from its failure to one line and an exit code.
 */
#ifndef VNFT_LIB_DISPATCH_H
#define VNFT_LIB_DISPATCH_H

/* main(): find the verb, parse, run, print the reason of a failure once; returns the exit code. */
int vnft_dispatch(int argc, char **argv);

#endif
