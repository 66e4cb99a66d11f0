/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the xen driver writes: xl's configuration as xl's own parser reads it (libxlutil, where it
 * is installed), domain XML as libvirt's does (its test driver), whatever texts a type holds.
 */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../tools/guest/libvirt/libvirt.h"
#include "../../tools/guest/parts.h"
#include "../../tools/guest/xen/xen.h"
#include "../../tools/lib/text/error.h"
#include "domain_xml.h"
#include "unit.h"

#define UUID "ae990937-a16f-4fc4-948b-c73ccc927489"

static struct vnft_type type;
static struct vnft_instance in;
static char text[VNFT_XEN_CONFIG_BYTES];

static void plain(void)
{
	type = (struct vnft_type){ .name = "t", .machine = "pv", .script = "stock", .kernel = "/k",
				   .append = "ip=@ADDR@", .memory_mib = 64, .vcpus = 2 };
	in = (struct vnft_instance){ .type = &type };
	strcpy(in.place.name, "vnft-abcdef-1");
	strcpy(in.place.bridge, "vnftabcdefb1");
	in.place.host_ipv4 = inet_addr("198.18.0.1");
	in.place.guest_ipv4 = inet_addr("198.18.0.2");
	memcpy(in.place.guest_mac, (uint8_t[]){ 2, 0xab, 0xcd, 0xef, 1, 2 }, 6);
}

/* libxlutil, as far as needed; its types are pointers to what nobody sees. */
static struct {
	void *(*init)(FILE *report, const char *name);
	int (*read)(void *cfg, const char *data, int length);
	void (*destroy)(void *cfg);
	int (*get_string)(const void *cfg, const char *key, const char **value, int dont_warn);
	int (*get_long)(const void *cfg, const char *key, long *value, int dont_warn);
	int (*get_list)(const void *cfg, const char *key, void **list, int *entries, int dont_warn);
	const char *(*get_item)(const void *list, int entry);
} xlu;

static bool load_xlu(void)
{
	static const char *const names[] = { "libxlutil.so.4.17", "libxlutil.so" };
	static const struct { const char *name; void **to; } want[] = {
		{ "xlu_cfg_init", (void **)&xlu.init },
		{ "xlu_cfg_readdata", (void **)&xlu.read },
		{ "xlu_cfg_destroy", (void **)&xlu.destroy },
		{ "xlu_cfg_get_string", (void **)&xlu.get_string },
		{ "xlu_cfg_get_long", (void **)&xlu.get_long },
		{ "xlu_cfg_get_list", (void **)&xlu.get_list },
		{ "xlu_cfg_get_listitem", (void **)&xlu.get_item },
	};
	void *lib = NULL;
	size_t i;

	for (i = 0; !lib && i < 2; i++)
		lib = dlopen(names[i], RTLD_NOW);
	for (i = 0; lib && i < sizeof(want) / sizeof(want[0]); i++) {
		*want[i].to = dlsym(lib, want[i].name);
		if (!*want[i].to)
			return false;
	}
	return lib;
}

/* Does xl read @key of @text as @want? With "KEY[0]": the first of a list. */
static bool reads(const char *key, const char *want)
{
	void *cfg, *list;
	const char *value = NULL;
	bool same = false;
	char name[32];
	int n;

	if (!xlu.init)
		return true;
	cfg = xlu.init(stdout, "config");
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(key, "["), key);
	if (!xlu.read(cfg, text, (int)strlen(text))) {
		if (!strchr(key, '['))
			xlu.get_string(cfg, name, &value, 1);
		else if (!xlu.get_list(cfg, name, &list, &n, 1) && n == 1)
			value = xlu.get_item(list, 0);
		same = want ? value && !strcmp(value, want) : !value;
	}
	if (!same)
		printf("# %s is read as \"%s\"\n# %s\n", key, value ? value : "nothing", text);
	xlu.destroy(cfg);
	return same;
}

static void config(void)
{
	plain();
	CHECK_EQ(vnft_xen_config(&in, UUID, text, sizeof(text)), 0, "a domain, no disk, no initrd");
	CHECK(reads("type", "pv") && reads("name", "vnft-abcdef-1") && reads("uuid", UUID),
	      "xl reads type, name, UUID");
	CHECK(reads("kernel", "/k") && reads("cmdline", "ip=198.18.0.2") &&
	      reads("ramdisk", NULL) && reads("disk[0]", NULL), "and what to boot");
	CHECK(strstr(text, "memory = 64\n") && strstr(text, "vcpus = 2\n"),
	      "memory and processors");
	CHECK(reads("vif[0]", "mac=02:ab:cd:ef:01:02,bridge=vnftabcdefb1"),
	      "and the vif, with the toolstack's own script");

	strcpy(type.machine, "pvh");
	strcpy(type.initrd, "/i");
	strcpy(type.image, "/images/a disk,w,with=commas.raw");
	strcpy(type.script, "/opt/vif");
	strcpy(type.vif, "ip=@ADDR@ @MASK@ @PEER@, rate=10Mb/s");
	CHECK_EQ(vnft_xen_config(&in, UUID, text, sizeof(text)), 0, "a domain with everything");
	CHECK(reads("type", "pvh") && reads("ramdisk", "/i"), "PVH, initrd");
	CHECK(reads("disk[0]", "format=raw,vdev=xvda,access=ro,"
		    "target=/images/a disk,w,with=commas.raw"), "a read-only disk, its path last");
	CHECK(reads("vif[0]", "mac=02:ab:cd:ef:01:02,bridge=vnftabcdefb1,script=/opt/vif,"
		    "ip=198.18.0.2 255.255.255.252 198.18.0.1, rate=10Mb/s"),
	      "a script of the user's, and more in the vif");
}

static void hostile(void)
{
	char small[64], every[256];
	size_t i, n = 0;
	int err;

	plain();
	strcpy(type.append, "a\"b'c\\x41\\ #d]");
	strcpy(type.kernel, "/k\"\nvif = [");
	CHECK_EQ(vnft_xen_config(&in, UUID, text, sizeof(text)), -EINVAL, "a line feed in a path");
	CHECK(strstr(vnft_why(), "t: a control character"), "and the reason: %s", vnft_why());
	strcpy(type.kernel, "/k\" vif = [ \"x\" ]");
	CHECK_EQ(vnft_xen_config(&in, UUID, text, sizeof(text)), 0, "quotes in a path");
	CHECK(reads("kernel", "/k\" vif = [ \"x\" ]"), "are read back as they were");
	CHECK(reads("cmdline", "a\"b'c\\x41\\ #d]"), "so are a backslash and a comment's mark");
	for (i = ' '; i < 256; i++)
		if (i != 0x7f && i != '@')
			every[n++] = (char)i;
	every[n] = 0;
	plain();
	strcpy(type.append, every);
	CHECK(!vnft_xen_config(&in, UUID, text, sizeof(text)) && reads("cmdline", every),
	      "every byte that may be in a text");

	memset(type.append, '"', sizeof(type.append) - 1);
	memset(type.kernel, '\'', sizeof(type.kernel) - 1);
	memset(type.image, '\\', sizeof(type.image) - 1);
	CHECK(!vnft_xen_config(&in, UUID, text, sizeof(text)), "the longest texts fit");
	plain();
	for (i = 0; i < sizeof(small); i++) {
		memset(small, 0x55, sizeof(small));
		err = vnft_xen_config(&in, UUID, small, i);
		QUIET(err == -E2BIG, "room %zu: %d", i, err);
		QUIET(small[i] == 0x55, "room %zu: written past its end", i);
		QUIET(!i || memchr(small, 0, i), "room %zu: not ended", i);
	}
	CHECK(i == sizeof(small), "no byte past any end");
}

static void vifs(void)
{
	static const struct {
		const char *items, *why;	/* why: NULL if it can stand there */
	} cases[] = {
		{ "ip=@ADDR@", NULL }, { "ip=@ADDR@ @MASK@ @PEER@", NULL },
		{ "rate=1MB/s@20ms, mtu=9000", NULL }, { "ip=a=b \"'\\", NULL },
		{ "mac=02:00:00:00:00:01", "\"mac=\": the driver" },
		{ "ip=1,bridge=xenbr0", "\"bridge=\": the driver" },
		{ "ip=1,  script=/x", "\"script=\": the driver" },
		{ "vifname=eth7", "\"vifname=\": the driver" },
		{ "type=ioemu", "\"type=\": the driver" },
		{ "ip", "\"ip\": NAME=VALUE" }, { "=1", "\"=1\": NAME=VALUE" },
		{ "ip=1,,rate=2", "\"\": NAME=VALUE" }, { "ip =1", "\"ip =1\": NAME=VALUE" },
		{ "IP=1", "\"IP=1\": NAME=VALUE" },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int err = vnft_xen_vif_check(cases[i].items);

		CHECK(cases[i].why ? err == -EBADMSG && strstr(vnft_why(), cases[i].why) : !err,
		      "vif = %s: %s", cases[i].items, cases[i].why ? vnft_why() : "can be");
	}
	/* What no file says can come out of a field. */
	plain();
	strcpy(type.append, "a,mac=00:00:00:00:00:00");
	strcpy(type.vif, "ip=@APPEND@");
	CHECK_EQ(vnft_xen_config(&in, UUID, text, sizeof(text)), -EINVAL, "a field with an item");
	CHECK(strstr(vnft_why(), "t: \"vif\" cannot hold \"mac=\""), "why: %s", vnft_why());
	strcpy(type.append, "a\"b'c\\d ]");
	CHECK(!vnft_xen_config(&in, UUID, text, sizeof(text)) &&
	      reads("vif[0]", "mac=02:ab:cd:ef:01:02,bridge=vnftabcdefb1,ip=a\"b'c\\d ]"),
	      "quotes and a backslash are read back as they were");
}

static void scripts(void)
{
	static const char *const bad[] = { "vif-bridge", "/a,b", "/a b", "/a'b", "/a\"b", "/a\\b",
					   "x" };
	char path[256];
	struct stat st;
	size_t i;

	plain();
	CHECK(!vnft_xen_script(&type, path, sizeof(path)) && !path[0], "stock is the toolstack's");
	strcpy(type.script, "minimal");
	if (!vnft_xen_script(&type, path, sizeof(path)))
		CHECK(path[0] == '/' && !stat(path, &st) && (st.st_mode & 0111), "ours: %s", path);
	else
		SKIP("minimal is ours", vnft_why());
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		strcpy(type.script, bad[i]);
		CHECK_EQ(vnft_xen_script(&type, path, sizeof(path)), -EINVAL, "refused: %s",
			 bad[i]);
	}
}

static void xml(void)
{
	static const char *const foreign[] = { "rate=1MB/s", "ip=@ADDR@,mtu=9000", "ip=fe80::1",
					       "ip=@NAME@" };
	const char *back;
	size_t i;
	char small[64];

	plain();
	CHECK_EQ(vnft_xen_xml(&in, UUID, text, sizeof(text)), 0, "a PV domain as XML");
	CHECK(strstr(text, "<domain type='xen'>") && strstr(text, "machine='xenpv'>linux</type>") &&
	      !strstr(text, "<disk") && !strstr(text, "<script") && !strstr(text, "<ip"),
	      "PV, no disk, the stock script, a vif without an address");
	strcpy(type.machine, "pvh");
	strcpy(type.image, "/images/<&>.raw");
	strcpy(type.script, "/opt/vif");
	strcpy(type.append, "a'/><x b=\"&amp;\"> @ADDR@");
	strcpy(type.vif, "ip=@ADDR@ @MASK@ @PEER@");
	CHECK_EQ(vnft_xen_xml(&in, UUID, text, sizeof(text)), 0, "a PVH domain with everything");
	CHECK(strstr(text, "machine='xenpvh'>xenpvh</type>"), "PVH");
	back = understood(text);
	CHECK(knows(back, "<uuid>" UUID "</uuid>") && knows(back, "<kernel>/k</kernel>") &&
	      knows(back, "<on_crash>preserve</on_crash>"), "libvirt reads UUID, kernel, crash");
	CHECK(knows(back, "&lt;x b=&quot;&amp;amp;&quot;&gt; 198.18.0.2</cmdline>"),
	      "no text becomes markup");
	CHECK(knows(back, "<source file='/images/&lt;&amp;&gt;.raw'/>") &&
	      knows(back, "<readonly/>") && knows(back, "<target dev='xvda' bus='xen'/>"),
	      "the disk is read-only");
	CHECK(knows(back, "<source bridge='vnftabcdefb1'/>") &&
	      knows(back, "<script path='/opt/vif'/>") &&
	      knows(back, "<mac address='02:ab:cd:ef:01:02'/>") &&
	      knows(back, "<ip address='198.18.0.2' family='ipv4'/>") &&
	      knows(back, "<ip address='255.255.255.252' family='ipv4'/>") &&
	      knows(back, "<ip address='198.18.0.1' family='ipv4'/>"), "and the interface");
	for (i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
		strcpy(type.vif, foreign[i]);
		CHECK(vnft_xen_xml(&in, UUID, text, sizeof(text)) < 0,
		      "libvirt has no word for it: %s", vnft_why());
	}
	type.vif[0] = 0;
	strcpy(type.append, "a\tb");
	CHECK_EQ(vnft_xen_xml(&in, UUID, text, sizeof(text)), -EINVAL, "a control character");
	plain();
	for (i = 0; i < sizeof(small); i++)
		QUIET(vnft_xen_xml(&in, UUID, small, i) == -E2BIG, "XML in %zu bytes", i);
}

int main(void)
{
	if (!load_xlu())
		SKIP("xl's own parser reads it", "no libxlutil");
	if (vnft_virt_start_library())
		return 1;
	config();
	hostile();
	vifs();
	scripts();
	xml();
	return unit_done();
}
