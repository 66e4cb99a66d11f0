/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pictures in a page, drawn by few elements. Across is in percent of the picture's width, so that
 * it fits a page of any width while its text keeps its size; down is in pixels. An element that has
 * no finite place is left out.
 */
#ifndef VNFT_REPORT_HTML_SVG_H
#define VNFT_REPORT_HTML_SVG_H

#include <stdbool.h>
#include <stdio.h>

#include "scale.h"

/* @label: what it shows, for who cannot see it. */
void vnft_svg_begin(FILE *to, const char *label, double height);
void vnft_svg_end(FILE *to);

/* @class: of the style sheet, a literal, or NULL; @title: shown on hovering, or NULL. */
void vnft_svg_dot(FILE *to, double x, double y, const char *class, const char *title);
void vnft_svg_square(FILE *to, double x, double y, const char *class, const char *title);
void vnft_svg_line(FILE *to, double x1, double y1, double x2, double y2, const char *class);
void vnft_svg_bar(FILE *to, double x, double y, double width, double height, const char *class);
/* What is between has a class, or shares a title; either may be NULL. */
void vnft_svg_group(FILE *to, const char *class, const char *title);
void vnft_svg_group_end(FILE *to);
/* Text at the left of the picture, in its margin. */
void vnft_svg_margin(FILE *to, double y, const char *text);

/* Marks of @scale from @top down to @bottom, and below what they are, in the unit of @key. */
void vnft_svg_axis(FILE *to, const struct vnft_scale *scale, const char *key, double top,
		   double bottom);
/* The same upwards, across the picture: from @bottom to @height above it. */
void vnft_svg_levels(FILE *to, const struct vnft_scale *scale, const char *key, double bottom,
		     double height);
#define VNFT_SVG_AXIS	16	/* pixels below @bottom that the axis takes */

#endif
