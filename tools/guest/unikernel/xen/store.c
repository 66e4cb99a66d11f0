/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Questions to xenstored and its answers, by a page with a ring for each. One question at a time.
 */
#include "store.h"

#include <string.h>

#include "../machine.h"
#include "hypercall.h"

#include <xen/io/xs_wire.h>

static char answer[XENSTORE_PAYLOAD_MAX + 1];

static struct xenstore_domain_interface *ring(void)
{
	return xen_page_of(xen_start_info()->store_mfn);
}

static void put(const void *from, size_t bytes)
{
	struct xenstore_domain_interface *s = ring();
	const uint8_t *p = from;

	while (bytes) {
		if (s->req_prod - s->req_cons == sizeof(s->req)) {
			xen_wait(xen_start_info()->store_evtchn, 0);
			continue;
		}
		s->req[s->req_prod % sizeof(s->req)] = (char)*p++;
		xen_mb();
		s->req_prod++;
		bytes--;
	}
	xen_notify(xen_start_info()->store_evtchn);
}

static void get(void *to, size_t bytes)
{
	struct xenstore_domain_interface *s = ring();
	uint8_t *p = to;

	while (bytes) {
		if (s->rsp_prod == s->rsp_cons) {
			xen_wait(xen_start_info()->store_evtchn, 0);
			continue;
		}
		xen_mb();
		*p++ = (uint8_t)s->rsp[s->rsp_cons % sizeof(s->rsp)];
		xen_mb();
		s->rsp_cons++;
		bytes--;
	}
	xen_notify(xen_start_info()->store_evtchn);
}

static void ask(uint32_t type, const char *path, const char *value)
{
	struct xsd_sockmsg m = { .type = type };

	m.len = (uint32_t)(strlen(path) + 1 + strlen(value));
	put(&m, sizeof(m));
	put(path, strlen(path) + 1);
	put(value, strlen(value));
	get(&m, sizeof(m));
	if (m.len > XENSTORE_PAYLOAD_MAX)
		die("xenstore speaks another language");
	get(answer, m.len);
	answer[m.len] = '\0';
	if (m.type == XS_ERROR)
		die(path);
}

const char *store_read(const char *path)
{
	ask(XS_READ, path, "");
	return answer;
}

void store_write(const char *path, uint32_t value)
{
	char digits[12];
	size_t at = sizeof(digits);

	digits[--at] = '\0';
	do
		digits[--at] = (char)('0' + value % 10);
	while (value /= 10);
	ask(XS_WRITE, path, digits + at);
}
