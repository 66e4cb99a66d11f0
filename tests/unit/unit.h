/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The whole unit test framework. A program in tests/unit/ calls CHECK() for every case, which
 * prints "ok - what" or "not ok - what", and ends with `return unit_done();`.
 *
 *	CHECK(hist_index(99) == 0, "below the range goes to bucket %u", 0);
 *	CHECK_EQ(packet.len, 60, "length of a SYN");	says both numbers when they differ
 *	QUIET(x < y, "item %d", i);			prints failures only: for loops
 *	SKIP("what", "why");				"ok - what # SKIP why"
 */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include <stdbool.h>
#include <stdio.h>

__attribute__((unused)) static unsigned int unit_failed, unit_ran;

/* One line per case; the text is that of printf. Returns the condition. */
#define CHECK(cond, ...) ({							\
	bool unit_ok_ = (cond);							\
	unit_ran++;								\
	unit_failed += !unit_ok_;						\
	fputs(unit_ok_ ? "ok - " : "not ok - ", stdout);			\
	printf(__VA_ARGS__);							\
	if (!unit_ok_)								\
		printf(" [%s:%d: %s]", __FILE__, __LINE__, #cond);		\
	putchar('\n');								\
	fflush(stdout);								\
	unit_ok_;								\
})

/* CHECK() that is silent when it holds. */
#define QUIET(cond, ...) ({							\
	bool unit_holds_ = (cond);						\
	if (!unit_holds_)							\
		CHECK(unit_holds_, __VA_ARGS__);				\
	unit_holds_;								\
})

/* CHECK() of two integers that shows them. */
#define CHECK_EQ(got, want, ...) ({						\
	long long unit_got_ = (long long)(got), unit_want_ = (long long)(want);	\
	if (!CHECK(unit_got_ == unit_want_, __VA_ARGS__))			\
		printf("#   got %lld, want %lld\n", unit_got_, unit_want_);	\
	unit_got_ == unit_want_;						\
})

#define SKIP(what, why) printf("ok - %s # SKIP %s\n", what, why)

/* Exit code of the program; a program that checked nothing has failed. */
__attribute__((unused)) static int unit_done(void)
{
	printf("# %u checks, %u failed\n", unit_ran, unit_failed);
	return unit_failed || !unit_ran;
}

#endif
