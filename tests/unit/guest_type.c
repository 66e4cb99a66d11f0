/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Type files: what is accepted, what is refused and where, @FIELD@s, words; docs/types.md and the
 * key table name the same keys; every shipped type loads and has a driver; every driver is whole.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../tools/guest/guest.h"
#include "../../tools/guest/type/expand.h"
#include "../../tools/guest/type/key.h"
#include "../../tools/guest/type/parse.h"
#include "../../tools/guest/type/words.h"
#include "../../tools/lib/host/accel.h"
#include "../../tools/lib/text/error.h"
#include "unit.h"

#define XEN	"driver = xen\nvirtualization = xen\n"
#define PROCESS	"driver = process\nvirtualization = none\ntopology = lo\ncommand = c\n"
#define GOOD	"driver = exec\nvirtualization = kvm\ntopology = tap\n"

static int parse(struct vnft_type *type, const char *text, size_t bytes)
{
	memset(type, 0, sizeof(*type));
	strcpy(type->name, "t");
	return vnft_type_parse(type, "t.conf", text, bytes, "/images");
}

static void accepted(void)
{
	static const char text[] =
		"# comment\n\n  title =  A B = c # not a comment \ndriver=exec\n"
		"virtualization = kvm\n\ttopology = tap-launch\nanswerer = gvisor\nimage = /abs/i\n"
		"kernel = k/vmlinux\ncommand = run @NAME@ user@host @\nmemory_mib = 64\nvcpus = 2\n"
		"timeout_s = 3600\nworkload = tcp\nsource_port = 5202\nport = 65535";
	enum vnft_accel accel;
	struct vnft_type t;

	CHECK_EQ(parse(&t, text, strlen(text)), 0, "a file with everything, no newline at its end");
	CHECK(!strcmp(t.title, "A B = c # not a comment"), "value: trimmed, '=' and '#' kept");
	CHECK(t.topology == VNFT_TOPOLOGY_TAP_LAUNCH && t.answerer == VNFT_ANSWER_GVISOR,
	      "choices");
	CHECK(!strcmp(t.image, "/abs/i") && !strcmp(t.kernel, "/images/k/vmlinux"),
	      "relative paths are below the images directory");
	CHECK(t.memory_mib == 64 && t.vcpus == 2 && t.timeout_s == 3600 && t.port == 65535 &&
	      t.source_port == 5202 && t.workload == VNFT_WORKLOAD_TCP, "numbers and workload");
	CHECK_EQ(parse(&t, GOOD "command = x", strlen(GOOD "command = x")), 0, "the least");
	CHECK(vnft_type_has_kernel(&t) && !strcmp(t.title, "t") && t.vcpus == 1 &&
	      t.timeout_s == 60 && t.port == 5201 && t.memory_mib == 128 &&
	      t.workload == VNFT_WORKLOAD_NONE && !t.source_port, "defaults");
	CHECK(!parse(&t, GOOD "command = x\nport = none\nworkload = none",
		     strlen(GOOD "command = x\nport = none\nworkload = none")) && !t.port,
	      "no workload and no port");
	CHECK_EQ(parse(&t, PROCESS, strlen(PROCESS)), 0, "a process on lo");
	CHECK(!vnft_type_has_kernel(&t) && !t.memory_mib && !t.vcpus &&
	      t.topology == VNFT_TOPOLOGY_LO && !vnft_type_accel(&t, &accel) &&
	      accel == VNFT_ACCEL_NONE, "no kernel of its own, and no defaults for one");
	CHECK(!strcmp(vnft_topologies[t.topology], "lo") &&
	      strstr(vnft_topologies_say[t.topology], "loopback"), "its word, and what it is");
}

static void refused(void)
{
	static const struct {
		const char *text, *why;		/* why: has to be in the message */
	} bad[] = {
		{ "", "t.conf:0: ends without \"driver\": one of libvirt, docker, oci, "
		  "engine, xen, process, exec" },
		{ GOOD, "t.conf:3: driver exec needs a \"command\"" },
		{ GOOD "command = x @CONFIG@\n", "t.conf:4: @CONFIG@ needs a \"config\"" },
		{ GOOD "command = x\nconfig = {}\n",
		  "t.conf:5: \"config\" without @CONFIG@ in \"command\"" },
		{ GOOD "command = x @CONFIG@\nconfig = @FOO@\n",
		  "t.conf:5: unknown field @FOO@ in \"config\"" },
		{ XEN "topology = vif\nkernel = k\nappend = @CONSOLE@\n",
		  "\"@CONSOLE@\" is for driver exec alone" },
		{ XEN "topology = vif\nkernel = k\nconfig = x\n",
		  "\"config\" is for driver exec alone" },
		{ GOOD "colour = red\n", "t.conf:4: unknown key \"colour\": known are title, " },
		{ GOOD "vcpus = 1\nvcpus = 1\n", "t.conf:5: \"vcpus\" again: line 4" },
		{ GOOD "vcpus = 0\n",
		"t.conf:4: \"vcpus\" cannot be \"0\": a number from 1 to 1024" },
		{ GOOD "vcpus = 1025\n", "from 1 to 1024" },
		{ GOOD "vcpus = -1\n", "from 1 to 1024" },
		{ GOOD "vcpus = 1k\n", "from 1 to 1024" },
		{ GOOD "vcpus = 99999999999999999999\n", "from 1 to 1024" },
		{ GOOD "vcpus =\n", "t.conf:4: \"vcpus\" is empty" },
		{ GOOD "port = 65536\n", "from 1 to 65535, or none" },
		{ GOOD "port = nowhere\n", "from 1 to 65535, or none" },
		{ GOOD "vcpus = none\n", "a number from 1 to 1024" },
		{ GOOD "command = x\nport = none\nworkload = iperf2\n",
		  "\"workload = iperf2\" needs a \"port\" that is not none" },
		{ GOOD "workload = netperf\n",
		  "\"workload\" cannot be \"netperf\": one of none, iperf3, iperf2, tcp" },
		{ GOOD "iperf3 = yes\n",
		  "t.conf:4: \"iperf3 = yes\" is now \"workload = iperf3\"" },
		{ GOOD "iperf3 = no\n", "t.conf:4: \"iperf3 = no\" is now \"workload = none\"" },
		{ GOOD "command = x\nworkload = iperf2\nsource_port = 7\n",
		  "\"source_port\" is for \"workload = tcp\" alone" },
		{ GOOD "command = x\nworkload = tcp\nport = 7\nsource_port = 7\n",
		  "\"source_port\" cannot be \"port\"" },
		{ GOOD "source_port = 0\n", "from 1 to 65535, or none" },
		{ GOOD "nothing\n", "t.conf:4: no '=' in \"nothing\"" },
		{ GOOD "machine = 0123456789012345678901234567890123\n",
		"has 34 bytes: at most 31" },
		{ GOOD "command = a @FOO@\n", "t.conf:4: unknown field @FOO@ in \"command\"" },
		{ GOOD "command = a\001\n", "t.conf:4: control character 0x01 in column 12" },
		{ GOOD "command = a\r\n", "control character 0x0d" },
		{ GOOD "command = sh -c 'open\n",
		  "t.conf:4: \"command\": a quote or backslash stays open: sh -c 'open" },
		{ GOOD "command = x\nteardown = y \\\n", "t.conf:5: \"teardown\": a quote" },
		{ GOOD "initrd = i\ncommand = x\n", "\"initrd\" without \"kernel\"" },
		{ "driver = vmware\n",
		"t.conf:1: \"driver\" cannot be \"vmware\": one of libvirt" },
		{ "driver = docker\nvirtualization = kvm\ntopology = veth\n",
		"driver docker needs" },
		{ "driver = oci\nvirtualization = container\ntopology = veth\nimage = i\n"
		  "command = c\n", "driver oci needs a \"runtime\"" },
		{ "driver = libvirt\nvirtualization = kvm\ntopology = tap\n", "an \"image\" or a" },
		{ "driver = libvirt\nvirtualization = kvm\ntopology = vif\nkernel = k\n",
		  "t.conf:4: \"topology = vif\" is for driver xen alone" },
		{ GOOD "command = x\nscript = stock\n", "\"script\" is for driver xen alone" },
		{ "driver = engine\nvirtualization = container\ntopology = veth\nimage = i\n"
		  "command = c\nruntime = nspawn\nmemory_mib = 64\n",
		  "runtime nspawn limits nothing" },
		{ "driver = engine\nvirtualization = container\ntopology = veth\nimage = i\n"
		  "command = c\nruntime = rkt\n",
		  "driver engine needs a \"runtime\": one of lxc, nspawn, podman" },
		{ "driver = process\nvirtualization = container\ntopology = veth\ncommand = c\n",
		  "driver process needs \"virtualization = none\"" },
		{ "driver = process\nvirtualization = none\ntopology = tap\ncommand = c\n",
		  "a \"topology\" of veth, netkit, macvlan, lo" },
		{ "driver = process\nvirtualization = none\ntopology = macvtap\ncommand = c\n",
		  "for a VMM, \"topology = macvtap\"" },
		{ "driver = engine\nvirtualization = container\ntopology = macvlan\nimage = i\n"
		  "command = c\nruntime = nspawn\n", "\"topology = veth\" and an \"image\"" },
		{ "driver = process\nvirtualization = none\ntopology = lo\n",
		  "driver process needs a \"command\"" },
		{ "driver = exec\nvirtualization = none\ntopology = lo\ncommand = c\n",
		  "t.conf:4: \"topology = lo\" is for driver process alone" },
		{ XEN "topology = tap\nkernel = k\n",
		  "\"virtualization = xen\" and \"topology = vif\"" },
		{ XEN "topology = vif\n", "driver xen needs a \"kernel\"" },
		{ XEN "topology = vif\nkernel = k\nmachine = q35\n",
		  "\"machine\" cannot be \"q35\"" },
		{ XEN "topology = vif\nkernel = k\nscript = fast\n",
		  "\"script\" cannot be \"fast\"" },
	};
	struct vnft_type t;
	char big[5000];
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int err = parse(&t, bad[i].text, strlen(bad[i].text));

		if (!CHECK(err == -EBADMSG && strstr(vnft_why(), bad[i].why), "refused: %s",
			   bad[i].why))
			printf("#   got %d, %s\n", err, vnft_why());
	}
	CHECK_EQ(vnft_exit_code(-EBADMSG), VNFT_EXIT_FAILED, "a bad file is exit code 1");
	CHECK_EQ(parse(&t, "driver = ex\0ec\n", 15), -EBADMSG, "a NUL byte is refused");
	memset(big, 'a', sizeof(big));
	CHECK_EQ(parse(&t, big, sizeof(big)), -EBADMSG, "a line of 5000 bytes is refused");
	CHECK_EQ(vnft_type_load(&t, "no-such-type"), -EINVAL, "an unknown type is a usage error");
	CHECK_EQ(vnft_type_load(&t, "./absent.conf"), -ENOENT, "an absent file is not");
	CHECK_EQ(vnft_type_load(&t, "/"), -EBADMSG, "a directory is no type");
}

static void fields(void)
{
	struct vnft_type t = { .name = "t", .memory_mib = 64, .vcpus = 2, .port = 7,
			       .append = "ip=@ADDR@" };
	struct vnft_instance in = { .type = &t, .accel = VNFT_ACCEL_TCG, .place = {
		.name = "vnft-000000-1", .device = "vnft0", .bridge = "vnftbr",
		.host_ipv4 = inet_addr("198.18.0.1"), .guest_ipv4 = inet_addr("198.18.0.2"),
		.guest_mac = { 2, 0, 0, 0xab, 0, 1 } } };
	struct vnft_journal journal = { .dir = "/run/vnftrace/0" };
	struct vnft_words w;
	char to[256];

	CHECK(!vnft_type_expand("@ADDR@ @PEER@ @MASK@ @PREFIX@ @MAC@ @PORT@ @NAME@ @DEV@ @BRIDGE@ "
				"@MEMORY_MIB@ @VCPUS@ @ACCEL@ @APPEND@ a@b @@ @x@ @",
				&in, to, sizeof(to)) &&
	      !strcmp(to, "198.18.0.2 198.18.0.1 255.255.255.252 30 02:00:00:ab:00:01 7 "
		      "vnft-000000-1 vnft0 vnftbr 64 2 tcg ip=198.18.0.2 a@b @@ @x@ @"),
	      "every field: %s", to);
	in.accel = VNFT_ACCEL_KVM_EMULATED;
	CHECK(!vnft_type_expand("@ACCEL@", &in, to, sizeof(to)) && !strcmp(to, "kvm"),
	      "a VMM knows no emulated KVM: %s", to);
	in.place.journal = &journal;
	CHECK(!vnft_type_expand("@CONFIG@ @CONSOLE@", &in, to, sizeof(to)) &&
	      !strcmp(to, "/run/vnftrace/0/vnft-000000-1.config "
		      "/run/vnftrace/0/vnft-000000-1.console"), "files of the run: %s", to);
	CHECK_EQ(vnft_type_expand("@NOPE@", &in, to, sizeof(to)), -EINVAL, "an unknown field");
	CHECK_EQ(vnft_type_expand("@ADDR@", &in, to, 10), -E2BIG, "no room for a value");
	CHECK(!vnft_type_expand("@ADDR@", &in, to, 11) && !strcmp(to, "198.18.0.2"), "just room");
	CHECK_EQ(vnft_type_expand("abc", &in, to, 3), -E2BIG, "no room for text");
	strcpy(t.append, "@APPEND@");
	CHECK_EQ(vnft_type_expand("@APPEND@", &in, to, sizeof(to)), -EINVAL, "no endless append");
	strcpy(t.append, "two words");
	CHECK(!vnft_words_split(&w, " a  'b c'\"d \\\"e\"\\ f '' @APPEND@ \"x\\y\" ", &in) &&
	      w.n == 5 && !strcmp(w.argv[0], "a") && !strcmp(w.argv[1], "b cd \"e f") &&
	      !strcmp(w.argv[2], "") && !strcmp(w.argv[3], "two words") &&
	      !strcmp(w.argv[4], "x\\y") && !w.argv[5], "words as sh splits them");
	vnft_words_free(&w);
	CHECK_EQ(vnft_words_split(&w, "a 'b", NULL), -EINVAL, "an open quote");
	CHECK_EQ(vnft_words_split(&w, "a\\", NULL), -EINVAL, "an open backslash");
	CHECK(!vnft_words_split(&w, "$(id) `id` $HOME *", NULL) && w.n == 4 &&
	      !strcmp(w.argv[0], "$(id)"), "nothing is substituted");
	vnft_words_free(&w);
}

/* The repository's file @name, found upwards of this program; NULL if it is not in the tree. */
static FILE *open_in_tree(const char *name)
{
	char dir[4096], path[4200];
	ssize_t n = readlink("/proc/self/exe", dir, sizeof(dir) - 1);
	FILE *f = NULL;

	if (n < 0)
		return NULL;
	dir[n] = 0;
	while (!f && strrchr(dir, '/')) {
		*strrchr(dir, '/') = 0;
		snprintf(path, sizeof(path), "%s/%s", dir, name);
		f = fopen(path, "r");
	}
	return f;
}

/* In docs/types.md a key is an item "- `word`: ", a field a row "| `@WORD@` |". */
static void documented(void)
{
	bool key_seen[64] = { false }, field_seen[64] = { false };
	FILE *f = open_in_tree("docs/types.md");
	char line[4096], word[64], after;
	size_t i, keys = 0;

	if (!CHECK(f != NULL, "docs/types.md is there"))
		return;
	while (fgets(line, sizeof(line), f)) {
		bool field = sscanf(line, "| `@%63[A-Z_]@` |", word) == 1, known = false;

		if (!field && sscanf(line, "- `%63[a-z_0-9]`:%c", word, &after) != 2)
			continue;
		for (i = 0; field && vnft_type_fields[i]; i++)
			if (!strcmp(vnft_type_fields[i], word))
				known = field_seen[i] = true;
		for (i = 0; !field && vnft_type_keys[i].name; i++)
			if (!strcmp(vnft_type_keys[i].name, word))
				known = key_seen[i] = true;
		CHECK(known, "docs/types.md: %s exists in the code", word);
	}
	fclose(f);
	for (i = 0; vnft_type_keys[i].name; i++, keys++)
		CHECK(key_seen[i], "docs/types.md documents key %s", vnft_type_keys[i].name);
	for (i = 0; vnft_type_fields[i]; i++)
		CHECK(field_seen[i], "docs/types.md documents field @%s@", vnft_type_fields[i]);
}

static int shipped_one(const struct vnft_type *type, int err, void *arg)
{
	unsigned int *n = arg;

	++*n;
	CHECK(!err, "shipped type %s loads%s%s", type->name, err ? ": " : "",
			err ? vnft_why() : "");
	CHECK(err || vnft_guest_driver(type->driver), "%s: driver %s exists", type->name,
	      type->driver);
	return 0;
}

static void shipped(void)
{
	unsigned int n = 0;

	CHECK_EQ(vnft_type_each(shipped_one, &n), 0, "all shipped types are visited");
	CHECK(n >= 3, "%u types are shipped", n);
}

/* What the vtable of every driver promises. */
static void drivers(void)
{
	const struct vnft_guest_ops *ops;
	const struct vnft_guest_moment *moment;
	const struct vnft_guest_own *own;
	const char *at;
	size_t i, k;

	for (i = 0; (ops = vnft_guest_drivers[i]); i++) {
		CHECK(ops->check && ops->prepare && ops->start && ops->memory && ops->stop &&
		      ops->release && ops->manifest && vnft_guest_driver(ops->name) == ops,
		      "driver %s is whole and the only one of its name", ops->name);
		QUIET(!ops->undo_kind == !ops->undo, "%s: a kind and how to undo it", ops->name);
		QUIET(!(ops->moments || ops->without) || ops->virtualization,
		      "%s: phases of its virtualization", ops->name);
		for (k = 0, moment = ops->moments; moment && moment->name; moment++, k++)
			QUIET(moment->after && moment->seen_in, "%s: %s", ops->name, moment->name);
		QUIET(k <= VNFT_GUEST_PHASES, "%s: room for its phases", ops->name);
		for (own = ops->own; own && own->key; own++) {
			for (k = 0; vnft_type_keys[k].name && strcmp(vnft_type_keys[k].name,
								     own->key); k++)
				;
			QUIET(vnft_type_keys[k].name || (own->key[0] == '@' &&
			      !vnft_type_unknown_field(own->key, &at)),
			      "%s: its own %s exists", ops->name, own->key);
		}
	}
	CHECK(!vnft_guest_driver("vmware") && !vnft_guest_driver(""), "and no others");
}

int main(void)
{
	accepted();
	refused();
	fields();
	documented();
	shipped();
	drivers();
	return unit_done();
}
