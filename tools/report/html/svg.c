/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Elements of a picture.
 */
#include "svg.h"

#include <math.h>
#include <string.h>

#include "../../lib/text/format.h"
#include "write.h"

#define DOT_RADIUS	3
#define SQUARE_SIDE	6

static bool placed(double a, double b, double c, double d)
{
	return isfinite(a) && isfinite(b) && isfinite(c) && isfinite(d);
}

void vnft_svg_begin(FILE *to, const char *label, double height)
{
	fputs("<svg role=\"img\" aria-label=\"", to);
	vnft_html_text(to, label);
	fprintf(to, "\" width=\"100%%\" height=\"%.0f\">\n", height);
}

void vnft_svg_end(FILE *to)
{
	fputs("</svg>\n", to);
}

/* The end of an element that may have a class, and a title. */
static void close_element(FILE *to, const char *element, const char *class, const char *title)
{
	if (class)
		fprintf(to, " class=\"%s\"", class);
	if (!title) {
		fputs("/>\n", to);
		return;
	}
	fputs("><title>", to);
	vnft_html_text(to, title);
	fprintf(to, "</title></%s>\n", element);
}

void vnft_svg_dot(FILE *to, double x, double y, const char *class, const char *title)
{
	if (!placed(x, y, 0, 0))
		return;
	fprintf(to, "<circle cx=\"%.1f%%\" cy=\"%g\" r=\"%d\"", x, y, DOT_RADIUS);
	close_element(to, "circle", class, title);
}

void vnft_svg_square(FILE *to, double x, double y, const char *class, const char *title)
{
	if (!placed(x, y, 0, 0))
		return;
	fprintf(to, "<rect x=\"%.1f%%\" y=\"%g\" width=\"%d\" height=\"%d\"", x,
		y - SQUARE_SIDE / 2.0, SQUARE_SIDE, SQUARE_SIDE);
	close_element(to, "rect", class, title);
}

void vnft_svg_line(FILE *to, double x1, double y1, double x2, double y2, const char *class)
{
	if (!placed(x1, y1, x2, y2))
		return;
	fprintf(to, "<line x1=\"%.1f%%\" y1=\"%g\" x2=\"%.1f%%\" y2=\"%g\"", x1, y1, x2, y2);
	close_element(to, "line", class, NULL);
}

void vnft_svg_bar(FILE *to, double x, double y, double width, double height, const char *class)
{
	if (!placed(x, y, width, height) || width < 0 || height < 0)
		return;
	fprintf(to, "<rect x=\"%.1f%%\" y=\"%g\" width=\"%.1f%%\" height=\"%g\"", x, y, width,
		height);
	close_element(to, "rect", class, NULL);
}

void vnft_svg_group(FILE *to, const char *class, const char *title)
{
	fputs("<g", to);
	if (class)
		fprintf(to, " class=\"%s\"", class);
	fputc('>', to);
	if (!title)
		return;
	fputs("<title>", to);
	vnft_html_text(to, title);
	fputs("</title>", to);
}

void vnft_svg_group_end(FILE *to)
{
	fputs("</g>\n", to);
}

void vnft_svg_margin(FILE *to, double y, const char *text)
{
	if (!isfinite(y))
		return;
	fprintf(to, "<text x=\"0\" y=\"%g\" class=\"margin\">", y);
	vnft_html_text(to, text);
	fputs("</text>", to);
}

/* As the page prints values, but without the zeros that a round number ends with. */
static void put_tick(FILE *to, const char *key, double value)
{
	json_t *number = json_real(value);
	char text[64], *point, *unit;
	size_t n;

	vnft_view_format(text, sizeof(text), key, number);
	json_decref(number);
	point = strchr(text, '.');
	unit = strchr(text, ' ');
	if (point && unit && point < unit) {
		for (n = (size_t)(unit - point); n > 1 && point[n - 1] == '0'; n--)
			;
		memmove(n > 1 ? point + n : point, unit, strlen(unit) + 1);
	}
	vnft_html_text(to, text);
}

void vnft_svg_axis(FILE *to, const struct vnft_scale *scale, const char *key, double top,
		   double bottom)
{
	unsigned int i;

	for (i = 0; i < scale->ticks; i++) {
		const double x = vnft_scale_place(scale, scale->tick[i]);

		vnft_svg_line(to, x, top, x, bottom, "grid");
		fprintf(to, "<text x=\"%.1f%%\" y=\"%g\" class=\"tick%s\">", x,
			bottom + VNFT_SVG_AXIS - 4.0, x < 5 ? " first" : x > 95 ? " last" : "");
		put_tick(to, key, scale->tick[i]);
		fputs("</text>\n", to);
	}
	vnft_svg_line(to, 0, bottom, 100, bottom, "axis");
}

void vnft_svg_levels(FILE *to, const struct vnft_scale *scale, const char *key, double bottom,
		     double height)
{
	unsigned int i;

	for (i = 0; i < scale->ticks; i++) {
		const double y = bottom - vnft_scale_place(scale, scale->tick[i]) / 100 * height;

		vnft_svg_line(to, 0, y, 100, y, "grid");
		fprintf(to, "<text x=\"0\" y=\"%g\" class=\"level\">", y - 2);
		put_tick(to, key, scale->tick[i]);
		fputs("</text>\n", to);
	}
}
