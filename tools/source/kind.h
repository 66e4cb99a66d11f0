/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a file that was named is, by its first bytes: for the refusal of one that another command
 * reads.
 */
#ifndef VNFT_SOURCE_KIND_H
#define VNFT_SOURCE_KIND_H

enum vnft_file_kind {
	VNFT_FILE_UNKNOWN,	/* nothing that we know, or not to be read */
	VNFT_FILE_EMPTY,
	VNFT_FILE_RECORDS,	/* a record file */
	VNFT_FILE_JSON,		/* results.json, as it seems */
	VNFT_FILE_CAPTURE,	/* pcap or pcapng */
	VNFT_FILE_TYPE,		/* a type's description */
	VNFT_FILE_RESULTS,	/* a directory of bench */
	VNFT_FILE_DIRECTORY,	/* any other */
};

enum vnft_file_kind vnft_file_kind(const char *path);

/*
 * If @path is of a known kind that is none of @a and @b: -EBADMSG after vnft_fail() that says what
 * it is and which command reads it. Else 0, and who reads it finds out.
 */
int vnft_file_refuse(const char *path, enum vnft_file_kind a, enum vnft_file_kind b);

#endif
