// SPDX-License-Identifier: GPL-2.0
/*
 * Frames through the whole observer on a device that does not exist: counted, paired, followed,
 * recorded, staged, lost.
 */
#define OBSERVE_SLOTS	64U

/* A device without net_device, its session without file, one ring. */
struct observe_bench {
	struct vnft_device d;
	struct vnft_session session;
	struct vnft_cpu_ring ring;
	struct vnft_flows_named named;
	struct vnft_counters sum;
	struct vnft_stream_slot best;
};

static struct observe_bench *bench __initdata;

static struct sk_buff * __init bench_tcp(bool answer, u8 flags, u32 seq, u32 ack, u32 payload_bytes)
{
	struct sk_buff *skb = alloc_skb(256, GFP_ATOMIC);
	struct vnft_wire_ipv4 *ip;
	struct vnft_wire_tcp *tcp;
	u8 *eth;

	if (!skb)
		return NULL;
	eth = skb_put_zero(skb, VNFT_ETH_BYTES);
	eth[12] = 0x08;
	ip = skb_put_zero(skb, sizeof(*ip));
	tcp = skb_put_zero(skb, sizeof(*tcp));
	skb_put_zero(skb, payload_bytes);
	ip->version_ihl = 0x45;
	ip->total_bytes = vnft_be16(sizeof(*ip) + sizeof(*tcp) + payload_bytes);
	ip->proto = VNFT_PROTO_TCP;
	ip->src = vnft_be32(answer ? 0xc6120002 : 0xc6120001);
	ip->dst = vnft_be32(answer ? 0xc6120001 : 0xc6120002);
	tcp->sport = vnft_be16(answer ? 9 : 40000);
	tcp->dport = vnft_be16(answer ? 40000 : 9);
	tcp->seq = vnft_be32(seq);
	tcp->ack = vnft_be32(ack);
	tcp->offset = 0x50;
	tcp->flags = flags;
	return skb;
}

/* From the guest the frame comes as netfilter sees it: behind its link header. */
static bool __init bench_pass(enum vnft_dir dir, u8 flags, u32 seq, u32 ack, u32 payload_bytes)
{
	struct sk_buff *skb = bench_tcp(dir == VNFT_DIR_IN, flags, seq, ack, payload_bytes);

	if (!skb)
		return false;
	if (dir == VNFT_DIR_IN) {
		__skb_pull(skb, VNFT_ETH_BYTES);
		skb->mac_len = VNFT_ETH_BYTES;
	}
	vnft_observe_frame(&bench->d, skb, dir, dir);
	kfree_skb(skb);
	return true;
}

static const struct vnft_record * __init bench_take(void)
{
	if (!vnft_ring_readable(&bench->ring))
		return NULL;
	return &bench->ring.record[bench->ring.consumer->tail++ & bench->ring.mask];
}

static const struct vnft_counters * __init bench_sum(void)
{
	vnft_state_counters(&bench->d.state, &bench->sum);
	return &bench->sum;
}

static bool __init bench_best(enum vnft_dir dir)
{
	return vnft_state_stream(&bench->d.state, dir, &bench->best);
}

static bool __init bench_test_pairs(void)
{
	const struct vnft_counters_dir *out = &bench_sum()->dir[VNFT_DIR_OUT];
	const struct vnft_hist *hist;
	u64 payload;

	if (!OBSERVE_CHECK(bench_pass(VNFT_DIR_OUT, VNFT_TCP_SYN, 100, 0, 0)) ||
	    !OBSERVE_CHECK(bench_pass(VNFT_DIR_IN, VNFT_TCP_RST | VNFT_TCP_ACK, 0, 101, 0)) ||
	    !OBSERVE_CHECK(bench_pass(VNFT_DIR_IN, VNFT_TCP_RST | VNFT_TCP_ACK, 0, 101, 0)) ||
	    !OBSERVE_CHECK(bench_pass(VNFT_DIR_IN, VNFT_TCP_RST | VNFT_TCP_ACK, 0, 99, 0)))
		return false;
	bench_sum();
	hist = &bench->d.state.hist[smp_processor_id()]
			[VNFT_PAIRING_SYN_RST * VNFT_DIR_NR + VNFT_DIR_OUT];
	payload = out->tcp_payload_bytes;
	return OBSERVE_CHECK(out->packets == 1) && OBSERVE_CHECK(out->bytes == 54) &&
	       OBSERVE_CHECK(out->classes[VNFT_CLASS_SYN] == 1) && OBSERVE_CHECK(!payload) &&
	       OBSERVE_CHECK(bench->sum.dir[VNFT_DIR_IN].classes[VNFT_CLASS_RST] == 3) &&
	       OBSERVE_CHECK(bench->sum.dir[VNFT_DIR_IN].bytes == 3 * 54) &&
	       OBSERVE_CHECK(bench->sum.matched[VNFT_PAIRING_SYN_RST] == 1) &&
	       OBSERVE_CHECK(bench->sum.unmatched[VNFT_PAIRING_SYN_RST] == 2) &&
	       OBSERVE_CHECK(hist->count == 1) && OBSERVE_CHECK(bench->d.state.first_ns[0]) &&
	       OBSERVE_CHECK(!bench_take());
}

/* Payload once: repeated, overlapping, behind a hole, across the end of the numbers, reopened. */
static bool __init bench_test_stream(void)
{
	static const struct {
		u32 seq, payload_bytes, total_bytes;
	} rows[] = {
		{ 0xffffffce, 100, 100 }, { 0xffffffce, 100, 100 }, { 50, 100, 200 },
		{ 100, 100, 250 }, { 300, 50, 300 }, { 200, 100, 400 }, { 60, 0, 400 },
	};
	struct vnft_counters_dir *out = &bench->sum.dir[VNFT_DIR_OUT];
	int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!bench_pass(VNFT_DIR_OUT, VNFT_TCP_ACK, rows[i].seq, 1, rows[i].payload_bytes))
			return false;
		if (!OBSERVE_CHECK(bench_best(VNFT_DIR_OUT)) ||
		    !OBSERVE_CHECK(bench->best.payload_bytes == rows[i].total_bytes))
			return false;
	}
	bench_sum();
	if (!OBSERVE_CHECK(out->retrans_segments == 2) ||
	    !OBSERVE_CHECK(out->retrans_bytes == 150) ||
	    !OBSERVE_CHECK(out->tcp_payload_bytes == 550) || !OBSERVE_CHECK(!bench->best.over_ns))
		return false;
	bench_pass(VNFT_DIR_OUT, VNFT_TCP_ACK | VNFT_TCP_FIN, 350, 1, 0);
	if (!OBSERVE_CHECK(bench_best(VNFT_DIR_OUT)) ||
	    !OBSERVE_CHECK(bench->best.over_ns >= bench->best.first_ns) ||
	    !OBSERVE_CHECK(bench->best.over_ns >= bench->best.last_ns) ||
	    !OBSERVE_CHECK(!bench_best(VNFT_DIR_IN)))
		return false;
	bench_pass(VNFT_DIR_OUT, VNFT_TCP_SYN, 7, 0, 0);
	return OBSERVE_CHECK(!bench_best(VNFT_DIR_OUT));
}

static bool __init bench_test_records(void)
{
	const struct vnft_record *flow, *syn, *stage, *rst, *again;

	bench->d.record_mask = VNFT_RECORD_DEFAULT;
	bench->d.stages = BIT_ULL(VNFT_HOOK_NETFILTER_OUT);
	bench_pass(VNFT_DIR_OUT, VNFT_TCP_SYN, 1, 0, 0);
	bench_pass(VNFT_DIR_OUT, VNFT_TCP_ACK, 2, 2, 10);	/* not asked for */
	bench_pass(VNFT_DIR_IN, VNFT_TCP_RST | VNFT_TCP_ACK, 0, 2, 0);
	flow = bench_take();
	syn = bench_take();
	stage = bench_take();
	rst = bench_take();
	if (!OBSERVE_CHECK(flow && syn && stage && rst && !bench_take()))
		return false;
	/* A recording that begins with the other end tells of the same flow. */
	bench->d.epoch++;
	bench_pass(VNFT_DIR_IN, VNFT_TCP_RST | VNFT_TCP_ACK, 0, 2, 0);
	again = bench_take();
	return OBSERVE_CHECK(again && bench_take() && !bench_take()) &&
	       OBSERVE_CHECK(again->flow == flow->flow && again->len32 == flow->len32) &&
	       OBSERVE_CHECK(!memcmp(again->body, flow->body, sizeof(flow->body))) &&
	       OBSERVE_CHECK(flow->kind == VNFT_KIND_FLOW && flow->class == VNFT_PROTO_TCP) &&
	       OBSERVE_CHECK(flow->len32 == (40000U << 16 | 9) && flow->addr.addr_b[15] == 2) &&
	       OBSERVE_CHECK(syn->kind == VNFT_KIND_PACKET && syn->class == VNFT_CLASS_SYN) &&
	       OBSERVE_CHECK(syn->flow == flow->flow && syn->device == bench->d.id) &&
	       OBSERVE_CHECK(syn->packet.tcp_seq == 1 && !(syn->flags & VNFT_RF_FROM_B)) &&
	       OBSERVE_CHECK(syn->cpu == smp_processor_id() && syn->len32 == 54) &&
	       OBSERVE_CHECK(stage->kind == VNFT_KIND_STAGE && stage->time_ns == syn->time_ns) &&
	       OBSERVE_CHECK(stage->hook == VNFT_HOOK_NETFILTER_OUT && stage->stage.packet) &&
	       OBSERVE_CHECK(stage->class == syn->class && stage->flow == syn->flow) &&
	       OBSERVE_CHECK(rst->class == VNFT_CLASS_RST && rst->packet.tcp_ack == 2) &&
	       OBSERVE_CHECK(rst->flow == flow->flow && rst->flags & VNFT_RF_FROM_B) &&
	       OBSERVE_CHECK(rst->hook == VNFT_HOOK_NETFILTER_IN);
}

/* A driver's transmit function: what the frame was is known behind it, once, and by name only. */
static bool __init bench_test_stages(void)
{
	struct sk_buff *skb = bench_tcp(false, VNFT_TCP_SYN, 5, 0, 0), *data;
	struct vnft_stage_cpu *here = bench->d.state.stage[smp_processor_id()];
	const struct vnft_record *start, *end, *other;

	data = bench_tcp(false, VNFT_TCP_ACK, 6, 1, 10);
	if (!OBSERVE_CHECK(skb) || !OBSERVE_CHECK(data))
		return false;
	vnft_stage_frame(&bench->d, VNFT_HOOK_DEV_START_XMIT, skb, skb->data, 11, 3, 0);
	vnft_stage_frame(&bench->d, VNFT_HOOK_DEV_XMIT, data, NULL, 12, ~0U, 0);
	vnft_stage_frame(&bench->d, VNFT_HOOK_DEV_XMIT, skb, NULL, 13, ~0U, 0);
	vnft_stage_frame(&bench->d, VNFT_HOOK_DEV_XMIT, skb, NULL, 14, ~0U, 0);
	/* Not asked for, so not remembered either; and a header outside of its skb. */
	vnft_stage_frame(&bench->d, VNFT_HOOK_DEV_START_XMIT, data, data->data, 15, 3, 0);
	vnft_stage_frame(&bench->d, VNFT_HOOK_DEV_XMIT, data, NULL, 16, ~0U, 0);
	bench->d.record_mask |= BIT(VNFT_CLASS_OTHER);
	vnft_stage_frame(&bench->d, VNFT_HOOK_DEV_QUEUE, skb, skb->head - 1, 17, 3, 0);
	vnft_stage_frame(&bench->d, VNFT_HOOK_DEV_QUEUE, skb, skb_tail_pointer(skb) + 1, 17, 3,
			 0);
	bench->d.record_mask = VNFT_RECORD_DEFAULT;
	/* The moment before a frame is known. */
	vnft_stage_frame(&bench->d, VNFT_HOOK_TUN_GET_USER, NULL, NULL, 18, 4, 5);
	start = bench_take();
	end = bench_take();
	other = bench_take();
	/* As if an interrupt had come in between. */
	here->busy = true;
	vnft_stage_frame(&bench->d, VNFT_HOOK_DEV_XMIT, skb, NULL, 19, ~0U, 0);
	here->busy = false;
	kfree_skb(skb);
	kfree_skb(data);
	return OBSERVE_CHECK(start && end && other && !bench_take()) &&
	       OBSERVE_CHECK(start->time_ns == 11 && start->stage.queue == 3) &&
	       OBSERVE_CHECK(start->class == VNFT_CLASS_SYN && start->len32 == 54) &&
	       OBSERVE_CHECK(start->stage.packet != (unsigned long)skb) &&
	       OBSERVE_CHECK(end->time_ns == 13 && end->class == VNFT_CLASS_SYN) &&
	       OBSERVE_CHECK(end->stage.packet == start->stage.packet && end->stage.queue == 3) &&
	       OBSERVE_CHECK(end->flow == start->flow && end->flags == start->flags) &&
	       OBSERVE_CHECK(other->time_ns == 18 && !other->flow && !other->stage.packet) &&
	       OBSERVE_CHECK(bench_sum()->lost[VNFT_LOST_NESTED] == 1);
}

/* What finds no room is counted once, read or not; the flow is told anew after that. */
static bool __init bench_test_full(void)
{
	const struct vnft_ring_producer *producer = bench->ring.producer;
	const u64 *lost = &bench->sum.lost[VNFT_LOST_RING_FULL];
	const u64 head = producer->head;
	u64 n = 0;
	u32 i;

	bench_sum();
	if (!OBSERVE_CHECK(!*lost))
		return false;
	bench->d.stages = 0;
	bench->d.epoch++;
	for (i = 0; i < 2 * VNFT_RING_MIN_RECORDS; i++)
		bench_pass(VNFT_DIR_OUT, VNFT_TCP_SYN, i, 0, 0);
	while (bench_take())
		n++;
	return OBSERVE_CHECK(n == VNFT_RING_MIN_RECORDS - VNFT_RING_SLACK) &&
	       OBSERVE_CHECK(bench_sum() && producer->head == head + n) &&
	       OBSERVE_CHECK(*lost == i - (n - 1)) && OBSERVE_CHECK(producer->lost_full == *lost);
}

static int __init bench_init(void)
{
	struct vnft_session *session = &bench->session;
	unsigned int cpu;

	session->ring = kcalloc(nr_cpu_ids, sizeof(*session->ring), GFP_KERNEL);
	session->named = kcalloc(nr_cpu_ids, sizeof(*session->named), GFP_KERNEL);
	if (!session->ring || !session->named ||
	    vnft_ring_init(&bench->ring, VNFT_RING_MIN_RECORDS, NUMA_NO_NODE) ||
	    vnft_state_init(&bench->d.state, OBSERVE_SLOTS))
		return -ENOMEM;
	/* The test keeps to one CPU, whichever it is. */
	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		session->ring[cpu] = bench->ring;
		session->named[cpu] = &bench->named;
	}
	bench->d.session = session;
	bench->d.id = VNFT_MODULE_FIRST_ID;
	bench->d.l2_bytes = VNFT_ETH_BYTES;
	bench->d.hook[VNFT_DIR_IN] = VNFT_HOOK_NETFILTER_IN;
	bench->d.hook[VNFT_DIR_OUT] = VNFT_HOOK_NETFILTER_OUT;
	return 0;
}

static int __init bench_test(void)
{
	bool good;

	bench = kvzalloc(sizeof(*bench), GFP_KERNEL);
	if (!bench)
		return -ENOMEM;
	good = !bench_init();
	if (good) {
		local_bh_disable();	/* as at a boundary */
		good = bench_test_pairs() && bench_test_stream() && bench_test_records() &&
		       bench_test_stages() && bench_test_full();
		local_bh_enable();
	}
	if (bench->d.state.counters)
		vnft_state_free(&bench->d.state);
	vnft_ring_free(&bench->ring);
	kfree(bench->session.ring);
	kfree(bench->session.named);
	kvfree(bench);
	return good ? 0 : -EINVAL;
}

int __init vnft_observe_selftest(void)
{
	return hist_test() && match_test() ? bench_test() : -EINVAL;
}
