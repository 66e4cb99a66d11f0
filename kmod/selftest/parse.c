// SPDX-License-Identifier: GPL-2.0
/*
 * The corpus through the skb loader: linear, with its bytes spread over fragments at every place
 * where a header may break, as seen at ingress and at egress, without a link header, and with the
 * tag in the metadata.
 */
#include "corpus.h"

#define FRAME_MAX_BYTES	512

struct corpus_row {
	const char *what, *hex;
	u8 verdict, class;
	u32 payload_bytes, missing_bytes;
	u16 gso_size_bytes, segments;
};

static const struct corpus_row corpus[] __initconst = {
#define X(what, hex, verdict, class, payload, missing, gso, segments) \
	{ what, hex, VNFT_VERDICT_##verdict, VNFT_CLASS_##class, payload, missing, gso, segments },
	VNFT_CORPUS(X)
#undef X
};

/*
 * A frame whose first @linear bytes lie in the skb itself, the rest in two fragments; skb->data at
 * the first byte.
 */
static struct sk_buff * __init corpus_skb(const u8 *bytes, u32 n, u32 linear)
{
	struct sk_buff *skb = alloc_skb(64 + FRAME_MAX_BYTES, GFP_KERNEL);
	u32 at, part;
	struct page *page;
	int i;

	if (!skb)
		return NULL;
	skb_reserve(skb, 64);
	skb_put_data(skb, bytes, linear);
	for (i = 0, at = linear; at < n; i++, at += part) {
		part = i ? n - at : (n - at + 1) / 2;
		page = alloc_page(GFP_KERNEL);
		if (!page) {
			kfree_skb(skb);
			return NULL;
		}
		memcpy(page_address(page) + 7, bytes + at, part);
		skb_add_rx_frag(skb, i, page, 7, part, PAGE_SIZE);
	}
	return skb;
}

static void __init corpus_dress(struct sk_buff *skb, const struct corpus_row *row)
{
	/* They count, and no one can read them. */
	skb->len += row->missing_bytes;
	skb->data_len += row->missing_bytes;
	skb_shinfo(skb)->gso_size = row->gso_size_bytes;
}

static bool __init corpus_fail(const struct corpus_row *row, const char *how, u32 where)
{
	pr_err("vnftrace: self-test: parser: %s, %s %u\n", row->what, how, where);
	return false;
}

static bool __init corpus_right(const struct corpus_row *row, const struct vnft_packet *p,
				int verdict)
{
	u16 sport = 0, dport = 0;

	switch (row->class) {
	case VNFT_CLASS_SYN:
	case VNFT_CLASS_SYNACK:
	case VNFT_CLASS_RST:
	case VNFT_CLASS_TCP:
		sport = CORPUS_SPORT;
		dport = CORPUS_DPORT;
		break;
	case VNFT_CLASS_UDP:
		sport = CORPUS_UDP_SPORT;
		dport = CORPUS_UDP_DPORT;
		break;
	case VNFT_CLASS_ECHO_REQUEST:
	case VNFT_CLASS_ECHO_REPLY:
		sport = CORPUS_ECHO_ID;
		dport = CORPUS_ECHO_ID;
		break;
	}
	return verdict == row->verdict && p->class == row->class && p->segments == row->segments &&
	       p->sport == sport && p->dport == dport && p->payload_bytes == row->payload_bytes &&
	       (!strstr(row->what, "tag") || row->verdict || p->vlan_tci == CORPUS_TCI);
}

/* One way to hand the frame over. */
static bool __init corpus_parse(const struct corpus_row *row, struct sk_buff *skb, int shift,
				u16 l2_bytes, struct vnft_packet *p)
{
	int verdict = vnft_parse_skb(p, skb, shift, l2_bytes);

	if (!verdict && p->options_bytes)
		vnft_parse_timestamp(p, skb, shift);
	return corpus_right(row, p, verdict);
}

static bool __init corpus_test_row(const struct corpus_row *row, u8 *bytes, u32 n)
{
	struct vnft_packet same, p;
	struct sk_buff *skb;
	bool good = true;
	u32 linear;

	for (linear = n + 1; good && linear-- > 0;) {
		skb = corpus_skb(bytes, n, linear);
		if (!skb)
			return corpus_fail(row, "no memory", 0);
		corpus_dress(skb, row);
		good = corpus_parse(row, skb, 0, VNFT_ETH_BYTES, &p);
		if (linear == n)
			same = p;
		if (!good || memcmp(&same, &p, sizeof(p)))
			good = corpus_fail(row, "of it linear:", linear);
		if (good && linear >= VNFT_ETH_BYTES) {	/* as at ingress */
			__skb_pull(skb, VNFT_ETH_BYTES);
			good = corpus_parse(row, skb, -VNFT_ETH_BYTES, VNFT_ETH_BYTES, &p);
			if (!good || memcmp(&same, &p, sizeof(p)))
				good = corpus_fail(row, "at ingress, of it linear:", linear);
		}
		if (good && linear >= VNFT_ETH_BYTES && same.ethertype) {	/* as from a tun */
			skb->protocol = htons(bytes[12] << 8 | bytes[13]);
			good = corpus_parse(row, skb, 0, 0, &p);
			p.options_offset += p.options_offset ? VNFT_ETH_BYTES : 0;
			if (!good || memcmp(&same, &p, sizeof(p)))
				good = corpus_fail(row, "without a link header, of it linear:",
						   linear);
		}
		kfree_skb(skb);
	}
	return good;
}

/* The outermost tag as the stack keeps it. */
static bool __init corpus_test_tag(const struct corpus_row *row, u8 *bytes, u32 n)
{
	struct vnft_packet in_bytes, p;
	struct sk_buff *skb;
	bool good;

	if (row->verdict || n < VNFT_ETH_BYTES + 4 || !strstr(row->what, "tag"))
		return true;
	skb = corpus_skb(bytes, n, n);
	if (!skb)
		return corpus_fail(row, "no memory", 0);
	good = corpus_parse(row, skb, 0, VNFT_ETH_BYTES, &in_bytes);
	kfree_skb(skb);
	memmove(&bytes[12], &bytes[16], n - 16);
	skb = corpus_skb(bytes, n - 4, n - 4);
	if (!skb)
		return corpus_fail(row, "no memory", 0);
	__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), CORPUS_TCI);
	good &= corpus_parse(row, skb, 0, VNFT_ETH_BYTES, &p);
	kfree_skb(skb);
	p.options_offset += p.options_offset ? VNFT_TAG_BYTES : 0;
	return (good && !memcmp(&in_bytes, &p, sizeof(p))) ||
	       corpus_fail(row, "tag in the metadata", 0);
}

static bool __init corpus_test_fields(const struct corpus_row *row, u8 *bytes, u32 n)
{
	struct sk_buff *skb = corpus_skb(bytes, n, n);
	struct vnft_packet p;
	bool stamps = strstr(row->what, "with timestamps"), good;

	if (!skb)
		return corpus_fail(row, "no memory", 0);
	corpus_dress(skb, row);
	good = corpus_parse(row, skb, 0, VNFT_ETH_BYTES, &p);
	if (row->class == VNFT_CLASS_SYN || row->class == VNFT_CLASS_TCP)
		good &= p.seq == 0x10 && p.ack == 0x20 && p.proto == VNFT_PROTO_TCP;
	if (row->class == VNFT_CLASS_ECHO_REQUEST)
		good &= p.seq == (CORPUS_ECHO_ID << 16 | 1);
	if (strstr(row->what, "fragment"))
		good &= !!(p.flags & VNFT_RF_FRAGMENT);
	good &= stamps == !!(p.flags & VNFT_RF_TIMESTAMP);
	good &= !stamps || (p.tsval == CORPUS_TSVAL && p.tsecr == CORPUS_TSECR);
	/* The segments of what is no TCP are the stack's business. */
	skb_shinfo(skb)->gso_size = 1000;
	skb_shinfo(skb)->gso_segs = 7;
	if (row->class == VNFT_CLASS_ARP_REQUEST)
		good &= !vnft_parse_skb(&p, skb, 0, VNFT_ETH_BYTES) && p.segments == 7;
	kfree_skb(skb);
	return good || corpus_fail(row, "its fields", 0);
}

int __init vnft_parse_selftest(void)
{
	u8 *bytes = kzalloc(FRAME_MAX_BYTES, GFP_KERNEL);
	bool good = true;
	int i;
	u32 n;

	if (!bytes)
		return -ENOMEM;
	for (i = 0; good && i < ARRAY_SIZE(corpus); i++) {
		n = corpus_bytes(corpus[i].hex, bytes, FRAME_MAX_BYTES);
		if (!n && *corpus[i].hex)
			good = corpus_fail(&corpus[i], "not a frame", 0);
		good = good && corpus_test_row(&corpus[i], bytes, n) &&
		       corpus_test_fields(&corpus[i], bytes, n) &&
		       corpus_test_tag(&corpus[i], bytes, n);
	}
	kfree(bytes);
	return good ? 0 : -EINVAL;
}
