/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a page looks: light and dark as the reader's system is, at any width, and on paper.
 */
#ifndef VNFT_REPORT_HTML_STYLE_H
#define VNFT_REPORT_HTML_STYLE_H

/* A style sheet without a character that HTML or XML would read. */
extern const char vnft_html_style[];

#endif
