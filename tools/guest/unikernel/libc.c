/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What compilers and lwIP want of a C library. The processor copies by itself.
 */
#include <stddef.h>
#include <string.h>

void *memcpy(void *to, const void *from, size_t bytes)
{
	void *result = to;

	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) :: "memory");
	return result;
}

void *memset(void *to, int byte, size_t bytes)
{
	void *result = to;

	__asm__ volatile("rep stosb" : "+D"(to), "+c"(bytes) : "a"(byte) : "memory");
	return result;
}

void *memmove(void *to, const void *from, size_t bytes)
{
	unsigned char *t = (unsigned char *)to + bytes - 1;
	const unsigned char *f = (const unsigned char *)from + bytes - 1;

	if ((size_t)((unsigned char *)to - (const unsigned char *)from) >= bytes)
		return memcpy(to, from, bytes);
	/* The areas overlap, and @to is behind: from the last byte to the first. */
	__asm__ volatile("std; rep movsb; cld" : "+D"(t), "+S"(f), "+c"(bytes) :: "memory");
	return to;
}

int memcmp(const void *a, const void *b, size_t bytes)
{
	const unsigned char *x = a, *y = b;

	for (; bytes; x++, y++, bytes--)
		if (*x != *y)
			return *x - *y;
	return 0;
}

size_t strlen(const char *s)
{
	const char *end = s;

	while (*end)
		end++;
	return (size_t)(end - s);
}
