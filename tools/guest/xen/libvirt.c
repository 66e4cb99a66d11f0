/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The other toolstack: an instance as domain XML, defined at xen:///system.
 */
#include "xen.h"
#include "../virt/virt.h"
#include "../parts.h"
#include "../xml.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/undo/ours.h"
#include "../../lib/text/error.h"
#include "../type/expand.h"

/* Does the daemon that listens have a driver for Xen? Asked once. */
static bool daemon_has_xen(void)
{
	static int answer = -1;
	virConnectPtr conn;

	if (answer >= 0)
		return answer;
	answer = vnft_virt_answers("/run/libvirt/virtxend-sock");
	if (!answer && vnft_virt_answers("/run/libvirt/libvirt-sock") &&
	    !vnft_virt_connect(VNFT_XEN_URI, &conn)) {
		vnft_virt_disconnect(conn);
		answer = 1;
	}
	return answer;
}

bool vnft_xen_by_libvirt(void)
{
	const char *from = getenv("VNFT_XEN_TOOLSTACK");

	if (from && from[0])
		return !strcmp(from, "libvirt");
	return daemon_has_xen();
}

/* Of a vif's items libvirt has a word for this one. */
#define ADDRESSES	"ip="

int vnft_xen_libvirt_check(const struct vnft_type *type)
{
	if (!type->vif[0] ||
	    (!strncmp(type->vif, ADDRESSES, strlen(ADDRESSES)) && !strchr(type->vif, ',')))
		return 0;
	return vnft_fail(-EOPNOTSUPP, "%s: libvirt cannot say \"vif = %.64s\", only " ADDRESSES
			 " with IPv4 addresses: VNFT_XEN_TOOLSTACK=xl can", type->name, type->vif);
}

/* "ip=ADDR MASK GATEWAY" is an element for each, which libvirt joins again for libxenlight. */
static int put_addresses(struct vnft_xml *x, const struct vnft_instance *in)
{
	char vif[512], *at, *rest = NULL;
	struct in_addr any;
	int err;

	err = vnft_xen_libvirt_check(in->type);
	if (!err)
		err = vnft_xen_vif(in, vif, sizeof(vif));
	if (err || !vif[0])
		return err;
	for (at = strtok_r(vif + strlen(ADDRESSES), " ", &rest); at;
	     at = strtok_r(NULL, " ", &rest)) {
		if (inet_pton(AF_INET, at, &any) != 1)
			return vnft_fail(-EINVAL, "%s: \"%s\" in its vif: libvirt wants IPv4 "
					 "addresses there", in->type->name, at);
		vnft_xml(x, "<ip family='ipv4' address='%s'/>", at);
	}
	return 0;
}

static int put_interface(struct vnft_xml *x, const struct vnft_instance *in, const char *script)
{
	const struct vnft_place *p = &in->place;
	const uint8_t *m = p->guest_mac;
	char mac[18];
	int err;

	snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4],
		 m[5]);
	vnft_xml(x, "<interface type='bridge'><mac address='%s'/><source bridge='%s'/>", mac,
		 p->bridge);
	err = put_addresses(x, in);
	if (script[0])
		vnft_xml(x, "<script path='%s'/>", script);
	vnft_xml(x, "</interface>");
	return err;
}

int vnft_xen_xml(const struct vnft_instance *in, const char *uuid, char *to, size_t bytes)
{
	const struct vnft_type *t = in->type;
	const bool pvh = !strcmp(t->machine, "pvh");
	struct vnft_xml x = { .to = to, .bytes = bytes };
	char append[1024], script[256];
	int err;

	if (!bytes)
		return vnft_fail(-E2BIG, "%s: no room for its domain XML", t->name);
	to[0] = 0;
	err = vnft_type_expand(t->append, in, append, sizeof(append));
	if (!err)
		err = vnft_xen_script(t, script, sizeof(script));
	if (err)
		return err;
	vnft_xml(&x, "<domain type='xen'><name>%s</name><uuid>%s</uuid>", in->place.name, uuid);
	vnft_xml(&x, "<memory unit='MiB'>%u</memory><vcpu>%u</vcpu>", t->memory_mib, t->vcpus);
	vnft_xml(&x, "<os><type arch='x86_64' machine='%s'>%s</type><kernel>%s</kernel>",
		 pvh ? "xenpvh" : "xenpv", pvh ? "xenpvh" : "linux", t->kernel);
	if (t->initrd[0])
		vnft_xml(&x, "<initrd>%s</initrd>", t->initrd);
	if (append[0])
		vnft_xml(&x, "<cmdline>%s</cmdline>", append);
	/* What has failed stays until it is looked at: with xl nobody waits for it either. */
	vnft_xml(&x, "</os><on_poweroff>preserve</on_poweroff><on_reboot>preserve</on_reboot>"
		 "<on_crash>preserve</on_crash><devices>");
	if (t->image[0])
		vnft_xml(&x, "<disk type='file' device='disk'><driver name='phy' type='raw'/>"
			 "<source file='%s'/><target dev='xvda' bus='xen'/><readonly/></disk>",
			 t->image);
	err = put_interface(&x, in, script);
	if (err)
		return err;
	vnft_xml(&x, "<console type='pty'><target type='xen' port='0'/></console></devices>"
		 "</domain>");
	if (x.err == -EINVAL)
		return vnft_fail(-EINVAL, "%s: a control character in one of its texts", t->name);
	if (x.err)
		return vnft_fail(x.err, "%s: its domain XML is longer than %zu bytes: shorten its "
				 "texts", t->name, bytes - 1);
	return 0;
}

int vnft_xen_define(const struct vnft_instance *in, const char *uuid, virConnectPtr *conn,
		    virDomainPtr *dom)
{
	char xml[VNFT_XEN_CONFIG_BYTES];
	int err;

	err = vnft_xen_xml(in, uuid, xml, sizeof(xml));
	if (err)
		return err;
	vnft_debug("%s: %s", in->place.name, xml);
	err = vnft_virt_connect(VNFT_XEN_URI, conn);
	if (err)
		return err;
	*dom = virDomainDefineXML(*conn, xml);
	if (!*dom)
		return vnft_fail(-EIO, "%s: libvirt refuses the domain: %s", in->type->name,
				 vnft_virt_error());
	return 0;
}

#define LOGS "/var/log/libvirt/libxl"

off_t vnft_xen_log_bytes(void)
{
	struct stat st;

	return stat(LOGS "/libxl-driver.log", &st) ? 0 : st.st_size;
}

bool vnft_xen_log_words(off_t from, char *to, size_t bytes)
{
	int fd = open(LOGS "/libxl-driver.log", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	char text[4096];
	ssize_t n = fd >= 0 ? pread(fd, text, sizeof(text) - 1, from) : -1;

	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return false;
	text[n] = 0;
	vnft_xen_words(text, to, bytes);
	return true;
}

void vnft_xen_log_remove(const char *name)
{
	char path[256];

	if (!vnft_undo_is_ours(name))
		return;
	snprintf(path, sizeof(path), LOGS "/%.64s.log", name);
	unlink(path);
}

int vnft_xen_undefine(const char *name)
{
	virConnectPtr conn;
	virDomainPtr dom;
	int err;

	err = vnft_virt_connect(VNFT_XEN_URI, &conn);
	if (err)
		return err;
	dom = virDomainLookupByName(conn, name);
	if (dom) {
		if (virDomainUndefine(dom) < 0)
			err = vnft_fail(-EIO, "%s: libvirt does not forget it: %s", name,
					vnft_virt_error());
		virDomainFree(dom);
	}
	vnft_virt_disconnect(conn);
	return err;
}
