/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pin_map PATH VALUE_BYTES ENTRIES: pins an array map there, in place of what is there.
 */
#include <bpf/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int fd, err;

	if (argc != 4)
		return 2;
	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "vnft_other", 4, (__u32)atoi(argv[2]),
			    (__u32)atoi(argv[3]), NULL);
	unlink(argv[1]);
	err = fd < 0 ? fd : bpf_obj_pin(fd, argv[1]);
	if (err)
		fprintf(stderr, "pin_map: %s: %s\n", argv[1], strerror(-err));
	return !!err;
}
