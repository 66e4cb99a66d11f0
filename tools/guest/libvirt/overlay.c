/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An empty qcow2 file over a type's image: the guest writes to it, and the image stays as it is. We
 * write the file ourselves, as it is five numbers and some zeros: qemu-img is one package more.
 */
#include "libvirt.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/text/error.h"

#define MAGIC		0x514649fbu	/* "QFI\xfb" */
#define CLUSTER_BITS	16
#define CLUSTER		(1u << CLUSTER_BITS)
#define L1_COVERS	((uint64_t)CLUSTER * (CLUSTER / 8))
#define SECTOR		512
/* One refcount block and one L1 cluster: 4 TiB of disk. */
#define DISK_BYTES_MAX	(L1_COVERS * (CLUSTER / 8))

/* QEMU's docs/interop/qcow2.txt, version 2; big-endian. */
struct header {
	uint32_t magic, version;
	uint64_t backing_offset;
	uint32_t backing_bytes, cluster_bits;
	uint64_t disk_bytes;
	uint32_t crypt, l1_entries;
	uint64_t l1_offset, refcount_offset;
	uint32_t refcount_clusters, snapshots;
	uint64_t snapshots_offset;
};
_Static_assert(sizeof(struct header) == 72, "as on disk");

/* Size of the disk in @image, and whether it is raw. */
static int look_at(const char *image, uint64_t *disk_bytes, bool *raw)
{
	struct header h;
	struct stat st;
	int fd = open(image, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return vnft_fail(-errno, "%s: %s", image, strerror(errno));
	n = fstat(fd, &st) || !S_ISREG(st.st_mode) ? -1 : pread(fd, &h, sizeof(h), 0);
	close(fd);
	if (n < SECTOR && n != (ssize_t)sizeof(h))
		return vnft_fail(-EBADMSG, "%s: not a disk image", image);
	*raw = be32toh(h.magic) != MAGIC;
	*disk_bytes = *raw ? (uint64_t)st.st_size & ~(uint64_t)(SECTOR - 1) : be64toh(h.disk_bytes);
	if (!*disk_bytes || *disk_bytes > DISK_BYTES_MAX)
		return vnft_fail(-EBADMSG, "%s: a disk of %llu bytes: %u to %llu are possible",
				 image, (unsigned long long)*disk_bytes, SECTOR,
				 (unsigned long long)DISK_BYTES_MAX);
	return 0;
}

/* Clusters: header and image name, refcount table, refcount block, L1 table. */
static int write_overlay(int fd, const char *image, uint64_t disk_bytes)
{
	const struct header h = {
		.magic = htobe32(MAGIC),
		.version = htobe32(2),
		.backing_offset = htobe64(sizeof(h)),
		.backing_bytes = htobe32((uint32_t)strlen(image)),
		.cluster_bits = htobe32(CLUSTER_BITS),
		.disk_bytes = htobe64(disk_bytes),
		.l1_entries = htobe32((uint32_t)((disk_bytes + L1_COVERS - 1) / L1_COVERS)),
		.l1_offset = htobe64(3 * (uint64_t)CLUSTER),
		.refcount_offset = htobe64(CLUSTER),
		.refcount_clusters = htobe32(1),
	};
	const uint64_t block = htobe64(2 * (uint64_t)CLUSTER);
	const uint16_t one = htobe16(1), counts[4] = { one, one, one, one };

	if (ftruncate(fd, 4 * (off_t)CLUSTER) ||
	    pwrite(fd, &h, sizeof(h), 0) != sizeof(h) ||
	    pwrite(fd, image, strlen(image), sizeof(h)) != (ssize_t)strlen(image) ||
	    pwrite(fd, &block, sizeof(block), CLUSTER) != sizeof(block) ||
	    pwrite(fd, counts, sizeof(counts), 2 * CLUSTER) != sizeof(counts))
		return errno ? -errno : -EIO;
	return 0;
}

int vnft_libvirt_overlay(const char *image, const char *overlay, char *format, size_t bytes)
{
	uint64_t disk_bytes = 0;
	bool raw = true;
	int fd, err;

	err = look_at(image, &disk_bytes, &raw);
	if (err)
		return err;
	fd = open(overlay, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return vnft_fail(-errno, "%s: %s", overlay, strerror(errno));
	errno = 0;
	err = write_overlay(fd, image, disk_bytes);
	close(fd);
	if (err) {
		unlink(overlay);
		return vnft_fail(err, "%s: %s", overlay, strerror(-err));
	}
	snprintf(format, bytes, "%s", raw ? "raw" : "qcow2");
	return 0;
}
