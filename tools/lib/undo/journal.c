/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A journal from its beginning to its end: its directory, its lock, its list of objects.
 *
 * Making one and looking whether its session is dead both happen under /run/vnftrace/lock, held for
 * an instant: one that is just being made is never taken for a dead one. Undoing happens under the
 * journal's own lock, so two sweeps divide the work.
 */
#include "journal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../run/clock.h"
#include "../run/owned.h"
#include "dirs.h"
#include "dir.h"
#include "here.h"
#include "kept.h"
#include "ours.h"
#include "../text/error.h"

#define LOCK_WAIT_MS 5000
#define OBJECTS_MAX_BYTES (4U << 20)
#define LINE_BYTES 512

static int make_root(void)
{
	int fd = vnft_owned_open(VNFT_RUN_DIR, 0755);

	if (fd == -EACCES || fd == -EROFS)
		return vnft_fail(-EPERM, "%s: cannot make it: %s: run as root", VNFT_RUN_DIR,
				 strerror(-fd));
	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

/* flock() with a time-out; the fd, or negative errno. */
static int lock_root(void)
{
	int fd = open(VNFT_RUN_DIR "/lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	uint64_t end_ns = vnft_now_ns() + LOCK_WAIT_MS * 1000000ULL;

	if (fd < 0)
		return vnft_fail(errno == EACCES || errno == EROFS ? -EPERM : -errno,
				 "%s/lock: %s: run as root", VNFT_RUN_DIR, strerror(errno));
	while (flock(fd, LOCK_EX | LOCK_NB)) {
		if (errno != EWOULDBLOCK || vnft_now_ns() > end_ns) {
			close(fd);
			return vnft_fail(-EBUSY, "%s/lock: held for more than %d s by another "
					 "vnftrace", VNFT_RUN_DIR, LOCK_WAIT_MS / 1000);
		}
		usleep(1000);
	}
	return fd;
}

static int make_dir(struct vnft_journal *journal)
{
	for (int try = 0; try < 100; try++) {
		uint32_t n;

		if (getrandom(&n, sizeof(n), 0) != sizeof(n))
			return vnft_fail(-EIO, "no random numbers");
		snprintf(journal->id, sizeof(journal->id), "%06x", n & 0xffffff);
		snprintf(journal->dir, sizeof(journal->dir), "%s/%s", VNFT_RUN_DIR, journal->id);
		snprintf(journal->netns, sizeof(journal->netns), "vnft-%s", journal->id);
		if (!mkdir(journal->dir, 0700))
			return 0;
		if (errno != EEXIST)
			return vnft_fail(errno == EACCES ? -EPERM : -errno,
					 "%s: cannot make it: %s", journal->dir, strerror(errno));
	}
	return vnft_fail(-EEXIST, "%s: full of sessions: vnftrace detach --all", VNFT_RUN_DIR);
}

static int open_in(const char *dir, const char *name, int flags)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
}

static int note_place(struct vnft_journal *journal)
{
	char here[LINE_BYTES / 2];
	int err = vnft_here_line(here, sizeof(here));

	return err ? err : vnft_journal_note(journal, "%s", here);
}

int vnft_journal_begin(struct vnft_journal *journal)
{
	int err, root_fd;

	memset(journal, 0, sizeof(*journal));
	journal->lock_fd = journal->objects_fd = -1;
	err = make_root();
	if (err)
		return err;
	root_fd = lock_root();
	if (root_fd < 0)
		return root_fd;
	err = make_dir(journal);
	if (!err) {
		journal->lock_fd = open_in(journal->dir, "lock", O_RDWR | O_CREAT | O_EXCL);
		journal->objects_fd =
			open_in(journal->dir, "objects", O_WRONLY | O_CREAT | O_EXCL | O_APPEND);
		if (journal->lock_fd < 0 || journal->objects_fd < 0 ||
		    flock(journal->lock_fd, LOCK_EX | LOCK_NB))
			err = vnft_fail(-errno, "%s: cannot lock: %s", journal->dir,
					strerror(errno));
		err = err ? err : note_place(journal);
	}
	close(root_fd);
	if (err) {
		if (journal->lock_fd >= 0)
			vnft_journal_end(journal);
		journal->id[0] = '\0';
		return err;
	}
	/* Inherited by what we start: this is how a left-over process is known as ours. */
	setenv("VNFT_SESSION", journal->id, 1);
	return 0;
}

int vnft_journal_note(struct vnft_journal *journal, const char *fmt, ...)
{
	char line[LINE_BYTES];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line) - 1, fmt, ap);
	va_end(ap);
	if (n <= 0 || n >= (int)sizeof(line) - 1 || strchr(line, '\n'))
		return vnft_fail(-E2BIG, "%.60s: cannot be noted", line);
	line[n++] = '\n';
	if (write(journal->objects_fd, line, (size_t)n) != n)
		return vnft_fail(-EIO, "%s/objects: cannot write: %s", journal->dir,
				 strerror(errno));
	return 0;
}

/* Whole lines only: the object of a half-written last line had not been made yet. */
static char *read_objects(const char *dir, size_t *len)
{
	int fd = open_in(dir, "objects", O_RDONLY);
	char *text = malloc(OBJECTS_MAX_BYTES);
	size_t used = 0;
	ssize_t n = 0;

	while (fd >= 0 && text && used < OBJECTS_MAX_BYTES) {
		n = read(fd, text + used, OBJECTS_MAX_BYTES - used);
		if (n <= 0)
			break;
		used += (size_t)n;
	}
	if (fd >= 0)
		close(fd);
	while (used && text[used - 1] != '\n')
		used--;
	*len = used;
	return text;
}

/* Last first. What is not ours is skipped with a warning, what fails is tried by the next sweep. */
static int undo_all(const char *id, const char *dir)
{
	size_t len = 0;
	char *text = read_objects(dir, &len), here[LINE_BYTES] = "";
	const char *end;
	int err = 0;

	end = len ? memchr(text, '\n', len) : NULL;
	if (end && end - text < (ptrdiff_t)sizeof(here))
		memcpy(here, text, (size_t)(end - text));
	while (text && len) {
		char *line;
		int got;

		text[--len] = '\0';
		while (len && text[len - 1] != '\n')
			len--;
		line = text + len;
		if (strlen(line) >= LINE_BYTES || !*line)
			continue;
		got = vnft_here_undo(here, id, line);
		if (got)
			vnft_warn("%s: %s", dir, vnft_why());
		if (got && got != -EINVAL && !err)
			err = got;
	}
	free(text);
	return err;
}

/* Called with the journal's lock held. */
static int undo_session(const char *id, const char *dir)
{
	int root_fd, err = undo_all(id, dir);

	if (err)
		return err;
	/* Without this, a sweep could make the lock file anew between its removal and the
	 * directory's. */
	root_fd = lock_root();
	if (root_fd < 0)
		return root_fd;
	err = vnft_undo_dir(dir);
	close(root_fd);
	return err;
}

int vnft_journal_end(struct vnft_journal *journal)
{
	int err = 0;

	if (journal->id[0] && journal->lock_fd >= 0) {
		if (journal->objects_fd >= 0)
			close(journal->objects_fd);
		err = undo_session(journal->id, journal->dir);
		close(journal->lock_fd);
		unsetenv("VNFT_SESSION");
	}
	journal->lock_fd = journal->objects_fd = -1;
	journal->id[0] = '\0';
	return err;
}

int vnft_journal_keep(struct vnft_journal *journal, const char *what)
{
	int err = vnft_kept_mark(journal->dir, what);

	if (err)
		return err;
	close(journal->objects_fd);
	/* Marked before: whoever takes the lock now finds the mark. */
	close(journal->lock_fd);
	unsetenv("VNFT_SESSION");
	journal->lock_fd = journal->objects_fd = -1;
	journal->id[0] = '\0';
	return 0;
}

/* The lock of a dead session, taken; -1 if the session lives, or if it is not ours to take. */
static int take_dead(const char *dir)
{
	struct stat st;
	int fd, root_fd = lock_root();

	if (root_fd < 0)
		return -1;
	fd = !lstat(dir, &st) && S_ISDIR(st.st_mode) ? open_in(dir, "lock", O_RDWR | O_CREAT) : -1;
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB)) {
		close(fd);
		fd = -1;
	}
	close(root_fd);
	return fd;
}

static int is_id(const struct dirent *de)
{
	return vnft_undo_is_id(de->d_name);
}

/* Dead sessions, either those that were kept or the others. */
static int sweep(bool kept, unsigned int *undone)
{
	int n, lock_fd, got, err = 0;
	struct dirent **list;
	unsigned int count = 0;
	char dir[64];

	if (undone)
		*undone = 0;
	/* Who may not write there has made nothing that could be left. */
	if (access(VNFT_RUN_DIR, W_OK) || make_root())
		return 0;
	n = scandir(VNFT_RUN_DIR, &list, is_id, alphasort);
	for (int i = 0; i < n; i++) {
		snprintf(dir, sizeof(dir), "%s/%.6s", VNFT_RUN_DIR, list[i]->d_name);
		/* Asked again with the lock: the session may just have marked it. */
		lock_fd = vnft_kept_is(dir) == kept ? take_dead(dir) : -1;
		if (lock_fd >= 0 && vnft_kept_is(dir) == kept) {
			got = undo_session(list[i]->d_name, dir);
			if (got && !err)
				err = got;
			count += !got;
		}
		if (lock_fd >= 0)
			close(lock_fd);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	if (undone)
		*undone = count;
	return err;
}

int vnft_journal_sweep(unsigned int *undone)
{
	return sweep(false, undone);
}

int vnft_journal_sweep_kept(unsigned int *undone)
{
	return sweep(true, undone);
}
