#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tinyx as a guest of KVM on microvm, by libvirt: every measurement, with vhost-net and without, by
# SYNs of the module. Both observers see the same on its tap. Then KVM goes: who insists on it is
# told so.
#
# needs: image tinyx
# kernels: 6.1
# takes: 80 s
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/kvm/rows.sh

"$VNFTRACE" types -j tinyx.kvm >"$tmp/type"
json_is "an emulated KVM is not taken unasked" "tcg true" "$tmp/type" .accelerator .possible
check "the module loads" modprobe vnftrace
kvm_row tinyx.kvm on
json_is "the module sent" kernel "$dir/results.json" .rows[0].instantiation.stimulus
kvm_row tinyx.kvm off

# --- an instance whose tap both observe ----------------------------------------------------------
sed 's/^timeout_s.*/timeout_s = 200/' "$VNFT_TYPES/tinyx.kvm.conf" >"$tmp/slow.conf"
mkfifo "$tmp/in"
"$VNFT_TESTS/netns/guest" "$tmp/slow.conf" --accel=kvm --pause <"$tmp/in" >"$tmp/out" 2>&1 &
guest=$!
exec 9>"$tmp/in"
check "cross-check: a guest answers" wait_for 200 grep -q '^ready' "$tmp/out"
grep -q '^ready' "$tmp/out" || cat "$tmp/out"
netns=vnft-$(guest_says run "$tmp/out")
inside() { ip netns exec "$netns" "$@"; }
ip netns exec "$netns" "$VNFTRACE" doctor --cross-check "$(guest_says device "$tmp/out")" \
	-d 120s --ready-file "$tmp/ready" -j >"$tmp/cross" 2>"$tmp/err" &
doctor=$!
wait_for 60 test -e "$tmp/ready" || cat "$tmp/err"
check "cross-check: echoes" to "$tmp/ping" inside ping -q -c 100 -i 0.02 198.18.0.2
check "cross-check: TCP from it" to "$tmp/rx" inside iperf3 -R -c 198.18.0.2 -n 1M
kill -TERM $doctor
exits 0 "cross-check: doctor is content" wait $doctor
json_true "cross-check: the same frames, alone or paired" "$tmp/cross" '.cross_check | .agree and
	([.stamps[] | .only_bpf + .only_module] | add) == 0 and .pairings.bpf >= 100 and
	.pairings.equal == .pairings.bpf and .pairings.module == .pairings.bpf'
json_true "cross-check: every stamp in the kernel's order" "$tmp/cross" '.cross_check.stamps |
	length == 2 and all(.matched >= 100 and .in_order == .matched)'
jq -r '.cross_check.stamps[] | "# \(.dir): \(.matched) frames, BPF and module \(.p50_ns) ns " +
	"apart"' "$tmp/cross"
exec 9>&-
wait $guest
check "cross-check: the guest ends well" [ $? = 0 ]
check "the module goes" rmmod vnftrace

# --- without KVM ---------------------------------------------------------------------------------
check "KVM goes" rmmod kvm_amd
exits 4 "--accel kvm without it" to "$tmp/page" "$VNFTRACE" bench -T tinyx.kvm --accel kvm -r 1 \
	-o "$tmp/none"
check "says what is missing" grep -q -- 'tinyx.kvm: --accel kvm: /dev/kvm: not there: modprobe' \
	"$tmp/page"
check "nothing is left" wait_for 10 nothing_left
finish
