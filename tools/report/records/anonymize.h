/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records of a file without the addresses and names of others, to be shown to others: an address
 * becomes a keyed hash, a name a number. Equal ones stay equal within one export, and only there:
 * the key is drawn for each export, and kept nowhere.
 */
#ifndef VNFT_REPORT_RECORDS_ANONYMIZE_H
#define VNFT_REPORT_RECORDS_ANONYMIZE_H

#include "../../../kmod/uapi/vnftrace.h"

/* More names than this are all number 0. */
#define VNFT_ANONYMOUS_NAMES	65536u

struct vnft_anonymous;

/* 0, or negative errno after vnft_fail(). */
int vnft_anonymous_new(struct vnft_anonymous **anonymous);
void vnft_anonymous_free(struct vnft_anonymous *anonymous);

/*
 * Take what tells of others out of a record that its reader has accepted. Addresses: fd00:4::/64 if
 * it was IPv4, fd00:6::/64 if it was IPv6. Ports, lengths, sequence numbers and times stay.
 */
void vnft_anonymous_record(struct vnft_anonymous *anonymous, struct vnft_record *r);

#endif
