/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Round trips of a row: their cumulative distribution, at the device and at the sender.
 */
#ifndef VNFT_REPORT_HTML_RTT_H
#define VNFT_REPORT_HTML_RTT_H

#include <jansson.h>
#include <stdio.h>

void vnft_html_rtts(FILE *to, const json_t *row);

#endif
