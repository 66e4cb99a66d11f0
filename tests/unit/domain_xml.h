/* SPDX-License-Identifier: GPL-2.0 */
/* Domain XML as libvirt itself understands it, by its test driver: for tests of what we write. */
#ifndef TESTS_UNIT_DOMAIN_XML_H
#define TESTS_UNIT_DOMAIN_XML_H

#include <libvirt/libvirt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../tools/guest/libvirt/libvirt.h"
#include "../../tools/guest/virt/virt.h"

/* What libvirt makes of @xml, in a buffer that is valid until the next call; "" if it refuses. */
static inline const char *understood(const char *xml)
{
	static char *back;
	virConnectPtr conn = virConnectOpen("test:///default");
	char text[VNFT_LIBVIRT_XML_BYTES + 64];
	virDomainPtr dom;

	free(back);
	back = NULL;
	/* The test driver knows no other kind of domain, and no q35 to boot. */
	snprintf(text, sizeof(text), "<domain type='test' xmlns:qemu='urn:qemu'>%s",
		 strchr(xml, '>') + 1);
	dom = conn ? virDomainDefineXML(conn, text) : NULL;
	if (dom) {
		back = virDomainGetXMLDesc(dom, VIR_DOMAIN_XML_INACTIVE);
		virDomainUndefine(dom);
		virDomainFree(dom);
	} else {
		printf("# libvirt: %s\n", vnft_virt_error());
	}
	if (conn)
		virConnectClose(conn);
	return back ? back : "";
}

static inline bool knows(const char *back, const char *part)
{
	if (strstr(back, part))
		return true;
	printf("# no %s in\n# %s\n", part, back);
	return false;
}

#endif
