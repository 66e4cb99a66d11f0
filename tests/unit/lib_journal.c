/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A session's journal: what a kill -9 leaves is undone, and a hostile object list undoes nothing
 * else. In namespaces of our own with an empty /run and /var/lib.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../tools/guest/parts.h"
#include "../../tools/lib/host/process.h"
#include "../../tools/lib/net/link.h"
#include "../../tools/lib/net/link_set.h"
#include "../../tools/lib/net/netns.h"
#include "../../tools/lib/run/child.h"
#include "../../tools/lib/run/clock.h"
#include "../../tools/lib/text/error.h"
#include "../../tools/lib/undo/dirs.h"
#include "../../tools/lib/undo/here.h"
#include "../../tools/lib/undo/journal.h"
#include "../../tools/lib/undo/kept.h"
#include "../../tools/lib/undo/undo.h"
#include "unit.h"

static bool exists(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static bool exists(const char *fmt, ...)
{
	char path[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(path, sizeof(path), fmt, ap);
	va_end(ap);
	return !access(path, F_OK);
}

static bool link_exists(const char *name)
{
	struct vnft_link_info info;

	return !vnft_link_get(name, &info);
}

static unsigned long long start_time(pid_t pid)
{
	struct vnft_process p;

	return vnft_process_read(pid, &p) ? p.start_ticks : 0;
}

static void put_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		perror(path);
	close(fd);
}

/* A process that ignores SIGTERM, in the caller's namespaces. */
static pid_t stubborn(void)
{
	pid_t pid = fork();

	if (!pid) {
		/* As exec would: a copy of the lock's descriptor keeps the run alive. */
		close_range(3, ~0U, 0);
		signal(SIGTERM, SIG_IGN);
		for (;;)
			pause();
	}
	return pid;
}

static bool alive(pid_t pid)
{
	return waitpid(pid, NULL, WNOHANG) == 0 && !kill(pid, 0);
}

/* A whole run with one object of each kind of ours, whose owner is killed. Its id lands in @id. */
static void killed_run(char *id)
{
	char text[8] = "";
	int fd[2];
	pid_t pid;

	if (pipe(fd))
		return;
	pid = fork();
	if (!pid) {
		char *sleeper[] = { "sleep", "600", NULL };
		struct vnft_child child;
		struct vnft_journal journal;
		int ns, back;

		if (vnft_journal_begin(&journal))
			_exit(1);
		vnft_journal_note(&journal, "netns %s", journal.netns);
		vnft_netns_create(journal.netns);
		vnft_journal_note(&journal, "link - vnft%.4s", journal.id);
		vnft_link_add_tap("vnftdead", false, false);
		vnft_journal_note(&journal, "link - vnftdead");
		vnft_journal_note(&journal, "neigh - lo 198.18.0.9");
		vnft_journal_note(&journal, "dir %s/%s", VNFT_STATE_DIR, journal.id);
		mkdir(VNFT_STATE_DIR, 0755);
		snprintf(text, sizeof(text), "%s", journal.id);
		if (chdir(VNFT_STATE_DIR) || mkdir(journal.id, 0700) || chdir(journal.id) ||
		    mkdir("a", 0700) || mkdir("a/m", 0700) ||
		    mount("none", "a/m", "tmpfs", 0, NULL) || mkdir("a/m/b", 0) ||
		    symlink("/", "a/root"))
			_exit(1);
		ns = vnft_netns_open(journal.netns);
		if (!fork()) {
			vnft_netns_enter(ns, &back);
			stubborn();
			_exit(0);
		}
		/* Outside of the namespace; its parent's death may end it, else the note. */
		vnft_child_start(&child, sleeper, NULL);
		vnft_journal_note(&journal, "pid %d %llu", child.pid, start_time(child.pid));
		if (write(fd[1], journal.id, sizeof(text)) < 0)
			_exit(1);
		for (;;)
			pause();
	}
	if (read(fd[0], text, sizeof(text)) > 0)
		memcpy(id, text, sizeof(text));
	usleep(50000);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(fd[0]);
	close(fd[1]);
}

static unsigned int processes_in(uint64_t inode)
{
	unsigned int n = 0;
	struct stat st;
	char path[64];

	for (int pid = 2; pid < 4194304 && n < 10; pid++) {
		snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
		n += !stat(path, &st) && st.st_ino == inode;
		if (pid > 200000)	/* bounded: numbers here are small */
			break;
	}
	return n;
}

static void life(void)
{
	struct vnft_journal journal, copy;
	unsigned int n = 9;
	pid_t pid;
	int status;

	CHECK(!vnft_journal_sweep(&n) && n == 0, "nothing to sweep without /run/vnftrace");
	CHECK(!vnft_journal_begin(&journal) && strlen(journal.id) == 6 &&
	      exists("%s/lock", journal.dir), "a session begins");
	CHECK(!strcmp(getenv("VNFT_SESSION"), journal.id), "and children will know it");
	vnft_journal_note(&journal, "dir %s/sub", journal.dir);
	pid = fork();
	if (!pid)
		_exit(vnft_journal_sweep(&n) || n);
	waitpid(pid, &status, 0);
	CHECK(!status && exists("%s/objects", journal.dir), "a sweep leaves a live run alone");
	CHECK(vnft_journal_note(&journal, "dir /x\ny") &&
	      vnft_journal_note(&journal, "dir %600s", "x"),
	      "a note is one line of bounded length");
	copy = journal;
	CHECK(!vnft_journal_end(&journal) && !exists("%s", copy.dir), "a session ends");
	CHECK(!vnft_journal_end(&journal), "twice");
}

static void kill_9(void)
{
	uint64_t inode;
	char id[8] = "";
	unsigned int n;
	int ns;
	char name[32];

	killed_run(id);
	snprintf(name, sizeof(name), "vnft-%s", id);
	ns = vnft_netns_open(name);
	inode = vnft_netns_inode(ns);
	close(ns);
	CHECK(ns >= 0 && link_exists("vnftdead") && exists(VNFT_STATE_DIR "/%s/a/m/b", id) &&
		      processes_in(inode) == 1,
	      "a killed run leaves namespace, process, device, directory, mount");
	CHECK(!vnft_journal_sweep(&n) && n == 1, "the sweep finds it: %s",
	      vnft_failed() ? vnft_why() : "");
	CHECK(!exists("/run/netns/%s", name), "its namespace is gone");
	CHECK(!processes_in(inode), "its process is gone, though it ignores SIGTERM");
	CHECK(!link_exists("vnftdead"), "its device is gone");
	CHECK(!exists(VNFT_STATE_DIR "/%s", id) && exists("/etc/passwd"),
	      "its directory is gone, the mount inside too, and what a link showed is not");
	CHECK(!exists(VNFT_RUN_DIR "/%s", id), "the run is gone");
}

static void hostile(void)
{
	char text[8192], deep[600];
	pid_t victim = stubborn();
	unsigned int n = 0;

	memset(deep, 'd', sizeof(deep));
	deep[sizeof(deep) - 1] = '\0';
	vnft_link_add_tap("victim0", false, false);
	vnft_netns_create("victim");
	vnft_netns_create("vnft-victim");
	vnft_netns_create("vnft-victi");
	mkdir("/run/victim", 0755);
	mkdir(VNFT_STATE_DIR "x", 0755);
	mkdir("/run/vnftrace/bad001", 0700);
	if (symlink("/run/victim", "/run/vnftrace/bad001/link"))
		perror("symlink");
	put_file("/run/victim/file", "x");
	put_file("/run/netns/vnft-half", "");
	snprintf(text, sizeof(text),
		 "netns vnft-half\n"
		 "dir /run/victim\ndir /run/vnftrace/../victim\ndir /run/vnftrace/bad001/link\n"
		 "dir /run/vnftrace/bad001/link/\ndir /run/vnftrace\ndir /run/vnftrace/\ndir "
		 "/\ndir\ndir \n"
		 "dir " VNFT_STATE_DIR "x\ndir run/victim\ndir /run//vnftrace/x\n"
		 "netns victim\nnetns ../netns/victim\nnetns vnft/../victim\nnetns\nnetns vnft-a "
		 "vnft-b\n"
		 "link - victim0\nlink - vnft\x01\nlink victim lo\nlink -\nlink - vnfta b\n"
		 "neigh - victim0 10.0.0.1\nneigh - victim0 ::1\nneigh - vnfta nonsense\n"
		 "pid %d %llu\npid %d 1\npid 1 1\npid -1 5\npid 0 0\npid %d\npid 99999999999 1\n"
		 "cgroup /sys/fs/cgroup\ncgroup /sys/fs/cgroup/memory\ncgroup /tmp/vnft\ncgroup "
		 "/sys/fs/cgroup/../x\n"
		 "%s\nrm -rf /\n\n\xff\xfe\n%s %s\nnetns vnft-half extra words here\n"
		 "netns vnft-victim", /* cut short: its object was not made by this run */
		 victim, start_time(victim), victim, victim, deep, "dir", deep);
	put_file("/run/vnftrace/bad001/objects", text);
	put_file("/run/vnftrace/notarun", "x");
	mkdir("/run/vnftrace/ABCDEF", 0755);

	CHECK(!vnft_journal_sweep(&n) && n == 1, "a hostile list does not stop the sweep: %u, %s",
	      n, vnft_why());
	CHECK(!exists("/run/vnftrace/bad001"), "its run is gone");
	CHECK(!exists("/run/netns/vnft-half"), "a name without a namespace is gone");
	CHECK(exists("/run/victim/file") && exists(VNFT_STATE_DIR "x") && exists("/run/vnftrace"),
	      "directories that are not ours stay");
	CHECK(exists("/run/netns/victim"), "a namespace that is not ours stays");
	CHECK(exists("/run/netns/vnft-victim") && exists("/run/netns/vnft-victi"),
	      "a half-written last line is not obeyed");
	CHECK(link_exists("victim0") && link_exists("lo"), "devices that are not ours stay");
	CHECK(alive(victim), "a process that is not ours lives");
	CHECK(exists("/run/vnftrace/notarun") && exists("/run/vnftrace/ABCDEF"),
	      "what is no run stays");
	kill(victim, SIGKILL);
	waitpid(victim, NULL, 0);
	vnft_netns_delete("victim");
	vnft_netns_delete("vnft-victim");
	vnft_netns_delete("vnft-victi");
	vnft_link_delete("victim0");
}

static void host_netns(void)
{
	pid_t victim = stubborn();
	unsigned int n;

	/* A name of ours, bound to the namespace that we all live in. */
	mkdir("/run/vnftrace/bad002", 0700);
	put_file("/run/vnftrace/bad002/objects", "netns vnft-bad002\n");
	put_file("/run/netns/vnft-bad002", "");
	if (mount("/proc/self/ns/net", "/run/netns/vnft-bad002", NULL, MS_BIND, NULL))
		perror("mount");
	CHECK(!vnft_journal_sweep(&n) && n == 1 && !exists("/run/netns/vnft-bad002"),
	      "the name is removed");
	CHECK(alive(victim), "and nobody in our own namespace is killed");
	kill(victim, SIGKILL);
	waitpid(victim, NULL, 0);
}

static void zombies(void)
{
	pid_t pid = stubborn();
	char line[64];
	bool early = vnft_process_ended(pid);

	snprintf(line, sizeof(line), "pid %d %llu", pid, start_time(pid));
	CHECK(vnft_undo_line("bad004", line) == -EINVAL && alive(pid),
	      "a living process without the run's mark is refused");
	kill(pid, SIGKILL);
	for (int i = 0; i < 500 && !vnft_process_ended(pid); i++)
		usleep(10000);
	CHECK(!early && vnft_process_ended(pid) && !kill(pid, 0),
	      "a process that nobody reaped has ended, though it can be signalled");
	CHECK(!vnft_undo_line("bad004", line), "and there is nothing of it to undo");
	waitpid(pid, NULL, 0);
	CHECK(vnft_process_ended(pid) && !vnft_undo_line("bad004", line), "nor when it is reaped");
}

/* What others name their processes is not ours to choose. */
static void odd_name(void)
{
	char *argv[] = { "/run/a\n) S 1 (b", "600", NULL };
	struct vnft_journal journal;
	struct vnft_child child;

	if (system("cp \"$(command -v sleep)\" '/run/a\n) S 1 (b'") ||
	    vnft_journal_begin(&journal) || vnft_child_start(&child, argv, NULL))
		return;
	usleep(100000);
	CHECK(start_time(child.pid), "a process with a newline in its name has a start");
	CHECK(!vnft_guest_note_process(&journal, child.pid) && alive(child.pid),
	      "is noted");
	CHECK(!vnft_journal_end(&journal) && vnft_process_ended(child.pid), "and ended");
	vnft_child_stop(&child, 1000);
}

/* A session in our namespaces that has noted a device, a process or both, and died. */
static void away(const char *id, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void away(const char *id, const char *fmt, ...)
{
	char path[64], here[256], text[600], more[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(more, sizeof(more), fmt, ap);
	va_end(ap);
	if (vnft_here_line(here, sizeof(here)))
		return;
	snprintf(path, sizeof(path), "/run/vnftrace/%s", id);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "/run/vnftrace/%s/objects", id);
	snprintf(text, sizeof(text), "%s\n%s", here, more);
	put_file(path, text);
}

/* Sweep in new namespaces @flags, with a /proc of its own: *@n runs were undone. */
static int sweep_in(int flags, unsigned int *n)
{
	int fd[2], got[2] = { -1, 0 };
	pid_t pid;

	if (pipe(fd))
		return -1;
	pid = fork();
	if (!pid) {
		if (unshare(flags))
			_exit(1);
		/* The first process of a new process namespace is born behind it. */
		pid = flags & CLONE_NEWPID ? fork() : 0;
		if (!pid) {
			if (flags & CLONE_NEWPID && mount("proc", "/proc", "proc", 0, NULL))
				_exit(1);
			got[0] = vnft_journal_sweep((unsigned int *)&got[1]);
			_exit(write(fd[1], got, sizeof(got)) < 0);
		}
		waitpid(pid, NULL, 0);
		_exit(0);
	}
	close(fd[1]);
	if (read(fd[0], got, sizeof(got)) < 0)
		got[0] = -1;
	close(fd[0]);
	waitpid(pid, NULL, 0);
	*n = (unsigned int)got[1];
	return got[0];
}

static void elsewhere(void)
{
	pid_t pid = stubborn();
	unsigned int n;

	vnft_link_add_tap("vnftaway", false, false);
	away("bad005", "link - vnftaway\n");
	CHECK(sweep_in(CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET, &n) == -EAGAIN && n == 0 &&
	      exists("/run/vnftrace/bad005/objects") && link_exists("vnftaway"),
	      "a sweep that cannot reach the session's network keeps the session");
	CHECK(!sweep_in(CLONE_NEWNET, &n) && n == 1 && !exists("/run/vnftrace/bad005") &&
	      !link_exists("vnftaway"), "one from another network goes there");
	away("bad006", "pid %d %llu\n", pid, start_time(pid));
	CHECK(sweep_in(CLONE_NEWPID | CLONE_NEWNS, &n) == -EAGAIN && n == 0 && alive(pid) &&
	      exists("/run/vnftrace/bad006"),
	      "a number means nothing in another process namespace: the session is kept");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	CHECK(!vnft_journal_sweep(&n) && n == 1, "and undone at home");
	vnft_link_add_tap("vnftaway", false, false);
	mkdir("/run/vnftrace/bad007", 0700);
	mkdir(VNFT_STATE_DIR "/bad007", 0700);
	put_file("/run/vnftrace/bad007/objects", "here of-another-boot 4026531840 1 4026531836\n"
		 "link - vnftaway\ndir " VNFT_STATE_DIR "/bad007\n");
	CHECK(!vnft_journal_sweep(&n) && n == 1 && !exists(VNFT_STATE_DIR "/bad007"),
	      "of a session of another boot the files are removed");
	CHECK(link_exists("vnftaway"), "and nothing that this boot has made");
	vnft_link_delete("vnftaway");
}

static int undo_calls;
static char undo_rest[64];

static int undo_domain(const char *rest)
{
	undo_calls++;
	snprintf(undo_rest, sizeof(undo_rest), "%s", rest);
	return undo_calls == 1 ? vnft_fail(-EIO, "not yet") : 0;
}

static void other_rooms(void)
{
	unsigned int n;

	mkdir("/run/vnftrace/bad003", 0700);
	put_file("/run/vnftrace/bad003/objects", "domain qemu:///system vnft-bad003-1\n");
	CHECK(vnft_journal_sweep(&n) == -EAGAIN && n == 0 && exists("/run/vnftrace/bad003"),
	      "who does not know how to undo leaves it to who does");
	vnft_undo_register("domain", undo_domain);
	CHECK(vnft_journal_sweep(&n) == -EIO && exists("/run/vnftrace/bad003/objects"),
	      "a failure is kept for later");
	CHECK(!vnft_journal_sweep(&n) && n == 1 && undo_calls == 2 &&
	      !strcmp(undo_rest, "qemu:///system vnft-bad003-1"), "and then undone");
}

static char kept_id[8], kept_what[64];
static unsigned int kept_n;

static void see_kept(const char *id, const char *what, void *arg)
{
	kept_n++;
	snprintf(kept_id, sizeof(kept_id), "%s", id);
	snprintf(kept_what, sizeof(kept_what), "%s", what);
}

static void kept(void)
{
	struct vnft_journal journal, copy;
	unsigned int n = 9;

	kept_n = 0;
	vnft_kept_each(see_kept, NULL);
	CHECK(!kept_n, "nothing is kept");
	if (vnft_journal_begin(&journal))
		return;
	copy = journal;
	vnft_link_add_tap("vnftkept", false, false);
	vnft_journal_note(&journal, "link - vnftkept");
	CHECK(!vnft_journal_keep(&journal, "a.kvm, run 2") && !journal.id[0] &&
	      !getenv("VNFT_SESSION"), "a session is kept, and over");
	CHECK(!vnft_journal_end(&journal) && link_exists("vnftkept"), "its end ends nothing");
	CHECK(!vnft_journal_sweep(&n) && n == 0 && link_exists("vnftkept") &&
	      exists("%s/objects", copy.dir), "no sweep takes it, though its lock is free");
	vnft_kept_each(see_kept, NULL);
	CHECK(kept_n == 1 && !strcmp(kept_id, copy.id) && !strcmp(kept_what, "a.kvm, run 2"),
	      "it is found, with what it is: %s: %s", kept_id, kept_what);
	mkdir("/run/vnftrace/bad008", 0700);
	put_file("/run/vnftrace/bad008/objects", "link - vnftnone\n");
	CHECK(!vnft_journal_sweep_kept(&n) && n == 1 && !link_exists("vnftkept") &&
	      !exists("%s", copy.dir), "it is undone when that is asked for");
	CHECK(exists("/run/vnftrace/bad008"), "and not with it what is only dead");
	CHECK(!vnft_journal_sweep(&n) && n == 1 && !exists("/run/vnftrace/bad008"),
	      "which a sweep takes");
	if (vnft_journal_begin(&journal))
		return;
	copy = journal;
	mkdir("/run/vnftrace/dir", 0700);
	CHECK(!symlink("/run/vnftrace/dir/x", strcat(copy.dir, "/kept")) &&
	      vnft_journal_keep(&journal, "x") && journal.id[0] && !exists("/run/vnftrace/dir/x"),
	      "one that cannot be marked is not kept, and no link is followed: %s", vnft_why());
	CHECK(!vnft_journal_end(&journal) && !exists("/run/vnftrace/%s", copy.id),
	      "its end is as ever");
	rmdir("/run/vnftrace/dir");
}

static void at_once(void)
{
	unsigned int total = 0, n;
	int fd[2], err = 0;

	for (int i = 0; i < 40; i++) {
		char dir[64], text[128];

		snprintf(dir, sizeof(dir), "/run/vnftrace/dea%03x", i);
		mkdir(dir, 0700);
		snprintf(text, sizeof(text), "link - vnftz%d\ndir " VNFT_STATE_DIR "/dea%03x\n", i,
			 i);
		strcat(dir, "/objects");
		put_file(dir, text);
	}
	if (pipe(fd))
		return;
	for (int i = 0; i < 4; i++)
		if (!fork()) {
			int got = vnft_journal_sweep(&n);

			if (got)
				printf("# sweep: %s\n", vnft_why());
			if (write(fd[1], &got, sizeof(got)) < 0 || write(fd[1], &n, sizeof(n)) < 0)
				_exit(1);
			_exit(0);
		}
	while (wait(NULL) > 0)
		;
	close(fd[1]);
	for (int got; read(fd[0], &got, sizeof(got)) > 0 && read(fd[0], &n, sizeof(n)) > 0;
	     total += n)
		err |= got;
	close(fd[0]);
	CHECK(!err && total == 40, "four sweeps at once undo 40 runs once each (%u)", total);
	CHECK(!exists("/run/vnftrace/dea000") && !exists("/run/vnftrace/dea027"),
	      "and all of them");
}

static void without_rights(void)
{
	int status = 0;
	pid_t pid = fork();

	if (!pid) {
		struct vnft_journal journal;
		unsigned int n;

		if (setgid(65534) || setuid(65534))
			_exit(9);
		if (vnft_journal_begin(&journal) != -EPERM || !strstr(vnft_why(), "run as root"))
			_exit(1);
		_exit(vnft_journal_sweep(&n) ? 2 : 0);
	}
	waitpid(pid, &status, 0);
	CHECK_EQ(WEXITSTATUS(status), 0,
		 "without rights a run is refused in words, a sweep is nothing");
}

static void foreign_root(void)
{
	struct vnft_journal journal;

	CHECK(!chown("/run/vnftrace", 65534, 0) && vnft_journal_begin(&journal) == -EPERM,
	      "no run in a directory of somebody else: %s", vnft_why());
	CHECK(!chown("/run/vnftrace", 0, 0) && !rename("/run/vnftrace", "/run/other") &&
		      !symlink("other", "/run/vnftrace") &&
		      vnft_journal_begin(&journal) == -EPERM,
	      "nor behind a link: %s", vnft_why());
	unlink("/run/vnftrace");
}

int main(void)
{
	if (unshare(CLONE_NEWNET | CLONE_NEWNS) ||
	    mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", "/run", "tmpfs", 0, "mode=755") ||
	    mount("none", "/var/lib", "tmpfs", 0, "mode=755")) {
		SKIP("journals", "needs CAP_SYS_ADMIN for namespaces of its own");
		return 0;
	}
	life();
	kill_9();
	other_rooms();	/* the first to register anything */
	hostile();
	host_netns();
	zombies();
	odd_name();
	elsewhere();
	kept();
	at_once();
	without_rights();
	foreign_root();
	return unit_done();
}
