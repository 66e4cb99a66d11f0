/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tcx, which Debian 12's <linux/bpf.h> and libbpf do not know: the kernel's ABI, in numbers.
 */
#ifndef VNFT_SOURCE_BPF_TCX_H
#define VNFT_SOURCE_BPF_TCX_H

#include <linux/bpf.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#define VNFT_BPF_TCX_INGRESS	46	/* enum bpf_attach_type */
#define VNFT_BPF_TCX_EGRESS	47
#define VNFT_BPF_LINK_TYPE_TCX	11	/* enum bpf_link_type */
#define VNFT_BPF_F_BEFORE	(1U << 3)
#define VNFT_BPF_F_AFTER	(1U << 4)

/* BPF_LINK_CREATE, as far as tcx reads it. */
struct vnft_tcx_link_attr {
	uint32_t prog_fd;
	uint32_t ifindex;
	uint32_t attach_type;
	uint32_t flags;
	uint32_t relative_fd;
	uint32_t reserved;
	uint64_t expected_revision;
};

/* BPF_PROG_QUERY. */
struct vnft_tcx_query_attr {
	uint32_t ifindex;
	uint32_t attach_type;
	uint32_t query_flags;
	uint32_t attach_flags;
	uint64_t prog_ids;
	uint32_t count;
	uint32_t reserved;
	uint64_t prog_attach_flags;
	uint64_t link_ids;
	uint64_t link_attach_flags;
	uint64_t revision;
};

/* BPF_OBJ_GET_INFO_BY_FD on a tcx link. */
struct vnft_tcx_link_info {
	uint32_t type;
	uint32_t id;
	uint32_t prog_id;
	uint32_t reserved;
	uint32_t ifindex;	/* 0: the device is gone */
	uint32_t attach_type;
	uint64_t reserved2[8];
};

_Static_assert(sizeof(struct vnft_tcx_link_attr) == 32, "BPF_LINK_CREATE, tcx");
_Static_assert(sizeof(struct vnft_tcx_query_attr) == 64, "BPF_PROG_QUERY");

/* The kernel takes more bytes than it knows if they are zero, and fewer as zero. */
static inline long vnft_bpf(int cmd, void *attr, unsigned int bytes)
{
	return syscall(SYS_bpf, cmd, attr, bytes);
}

#endif
