# SPDX-License-Identifier: GPL-2.0
# make            build/vnftrace        make check   all tests (tests/run)
# make bench      what the tool costs   make images  guest images, cached outside the tree
# make schema     tools/results/results.schema.json from the table of keys
# make install DESTDIR= PREFIX=/usr     make uninstall
# make kmod KDIR=/lib/modules/RELEASE/build   build/kmod/RELEASE/vnftrace.ko, source tree untouched
# make kmod-lab   the same for the kernels of the lab, with headers fetched into the cache
# make lab KERNEL=6.1|6.12|6.1-rt|debug RUN="command"   in a VM with it; without RUN: a shell
# make lab-xen KERNEL=6.1|6.12|debug-xen RUN="command"   the same in a Xen dom0 with it
# make lab-kvm KERNEL=6.1|6.12 RUN="command"   the same on a host of KVM guests (emulated SVM)
# make check-long   the module's long tests on kernels with every checker on (built once, 1/2 h
#	each), 1,000 kill -9 (1/4 h) and 100 million inputs of the fuzzers (1/2 h)
# CONTRIBUTING.md   how to build, run one test, add a hook, a type, a driver, a verb, a format
BUILD	?= build
PREFIX	?= /usr
CC	?= gcc
CLANG	?= clang
BPFTOOL	?= $(firstword $(wildcard /usr/sbin/bpftool) bpftool)
STRIP	?= llvm-strip

# The terminal of `top` is drawn by ncurses, where that is: one file, linked into the tool alone.
CURSES	:= tools/cmd/top/curses.c
CURSES_PKG := $(shell pkg-config --exists ncursesw 2>/dev/null && echo ncursesw)
PKGS	:= libbpf libelf libmnl libvirt libvirt-qemu libcurl jansson libcap zlib xenstore
CFLAGS	?= -O2 -g
WARN	:= -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 \
	   -Wno-unused-parameter -Wno-format-nonliteral $(WERROR)
CPPFLAGS += -D_GNU_SOURCE -I$(BUILD)/bpf
BASE	:= -std=c11 -fno-common -fstack-protector-strong -MMD -MP -pthread
PKG_CFLAGS = $(shell pkg-config --cflags $(PKGS))
LDLIBS	= $(shell pkg-config --libs $(PKGS)) -lm -pthread
BPF_CFLAGS := -target bpf -mcpu=v3 -O2 -g -Wall -Wextra -Wno-unused-parameter -MMD -MP \
	   -I/usr/include/$(shell $(CC) -print-multiarch)

BPF	:= $(patsubst bpf/%.bpf.c,%,$(wildcard bpf/*.bpf.c))
SKELS	:= $(BPF:%=$(BUILD)/bpf/%.skel.h)
# The unikernel is a guest, and no part of the tool (scripts/images/unikernel builds it).
TOOL	:= $(filter-out $(CURSES) tools/guest/unikernel/%,$(wildcard tools/*/*.c tools/*/*/*.c))
OBJS	:= $(TOOL:%.c=$(BUILD)/%.o)
SCREEN	:= $(if $(CURSES_PKG),$(CURSES:%.c=$(BUILD)/%.o))
LIB	:= $(BUILD)/libvnft.a
HOOK	:= $(BUILD)/vnftrace-oci-hook
REF	:= $(BUILD)/vnftrace-reference
PROCESS	:= $(BUILD)/vnftrace-process
VIF	:= $(BUILD)/vif-vnft
UNIT	:= $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/*.c))
PROGS	:= $(patsubst %.c,$(BUILD)/%,$(wildcard tests/netns/*.c tests/bench/*.c \
	    tests/lab/*.c tests/cli/*.c))
FUZZ	:= $(patsubst %.c,$(BUILD)/%,$(wildcard tests/fuzz/*.c))
# The rooms that take what comes from outside apart, once more, instrumented.
FUZZED	:= $(wildcard $(addprefix tools/,$(addsuffix /*.c,lib/text lib/net lib/cli load results \
	    report report/compare report/export report/gates report/html report/records source \
	    source/module stat stat/records)) tools/guest/said.c tools/guest/first_lines.c \
	    tools/guest/xen/xl.c tools/guest/xen/store.c tools/source/bpf/filters.c \
	    tools/lib/host/behind_name.c)
FUZZLIB	:= $(BUILD)/fuzzed/libvnft.a
SANITIZE := -g -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
# The module is built out of links, so that one tree serves several kernels at once.
KDIR	?= /lib/modules/$(shell uname -r)/build
KREL	= $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' \
	    $(KDIR)/include/generated/utsrelease.h 2>/dev/null)
KMOD	= $(abspath $(BUILD))/kmod/$(KREL)
KMOD_SRC = Kbuild $(wildcard kmod/*.[ch] kmod/*/*.[ch])
KERNELS	:= 6.1 6.12 6.1-rt
CACHE	:= $(or $(VNFT_CACHE),/var/cache/vnftrace)
VERBS	= $(shell $(BUILD)/vnftrace --list-verbs)

all: $(BUILD)/vnftrace

$(BUILD)/bpf/%.bpf.o: bpf/%.bpf.c
	@mkdir -p $(@D)
	$(CLANG) $(BPF_CFLAGS) -c $< -o $@
	$(STRIP) -g $@

$(BUILD)/bpf/%.skel.h: $(BUILD)/bpf/%.bpf.o
	$(BPFTOOL) gen skeleton $< name $*_bpf > $@.new && mv $@.new $@

$(BUILD)/%.o: %.c | $(SKELS)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(BASE) $(WARN) $(CFLAGS) -c $< -o $@

$(LIB): $(OBJS)
	@rm -f $@
	@$(AR) qcs $@ $^

$(SCREEN): PKG_CFLAGS += $(shell pkg-config --cflags $(CURSES_PKG))
$(BUILD)/vnftrace: $(BUILD)/tools/vnftrace.o $(SCREEN) $(LIB) | $(HOOK) $(REF) $(PROCESS) $(VIF)
	$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LDLIBS) \
		$(if $(CURSES_PKG),$(shell pkg-config --libs $(CURSES_PKG))) -o $@

# Its start is part of a measurement: only the libraries that it needs.
$(HOOK): $(BUILD)/tools/vnftrace-oci-hook.o $(LIB)
	$(CC) $(CFLAGS) $(LDFLAGS) $^ $(shell pkg-config --libs libmnl jansson) -o $@
$(REF) $(PROCESS): $(BUILD)/%: $(BUILD)/tools/%.o $(LIB)
	$(CC) $(CFLAGS) $(LDFLAGS) $^ $(shell pkg-config --libs libmnl) -o $@

$(VIF): tools/guest/xen/vif-vnft
	install -D -m 755 $< $@

$(UNIT) $(PROGS): $(BUILD)/tests/%: tests/%.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(BASE) $(WARN) $(CFLAGS) $(LDFLAGS) $< $(LIB) $(LDLIBS) \
		-o $@

# Its start is part of a measurement, too.
$(BUILD)/tests/bench/later: LDLIBS = $(shell pkg-config --libs jansson)

# A fuzz target that needs what is static in a source takes it by #include. What it calls beyond
# comes from the instrumented library, and what is not there from the plain one.
$(BUILD)/fuzzed/%.o: %.c | $(SKELS)
	@mkdir -p $(@D)
	$(CLANG) $(CPPFLAGS) $(PKG_CFLAGS) $(BASE) $(SANITIZE) -c $< -o $@
$(FUZZLIB): $(FUZZED:%.c=$(BUILD)/fuzzed/%.o)
	@rm -f $@
	@$(AR) qcs $@ $^
$(FUZZ): $(BUILD)/tests/%: tests/%.c $(FUZZLIB) $(LIB)
	@mkdir -p $(@D)
	$(CLANG) $(CPPFLAGS) $(PKG_CFLAGS) $(BASE) $(SANITIZE) -fsanitize=fuzzer $< $(FUZZLIB) \
		$(LIB) $(LDLIBS) -o $@

tests: $(BUILD)/vnftrace $(UNIT) $(PROGS)
fuzz: $(FUZZ)

check: tests
	tests/run

# The lab on a kernel that checks itself, with more rounds; what one failed, `make lab` repeats.
check-long: tests
	tests/run lab-long xen-long
	VNFT_KILLS=1000 tests/netns/51-kills.sh
	tests/fuzz/long all

bench: tests
	tests/bench/run

KERNEL	?= 6.1
lab: tests kmod-lab-$(KERNEL)
	@scripts/lab/run --kernel $(KERNEL) $(LABFLAGS) $(if $(RUN),-- bash -c "$$RUN")
lab-xen: tests kmod-lab-$(KERNEL)
	@scripts/lab/xen --kernel $(KERNEL) $(LABFLAGS) $(if $(RUN),-- bash -c "$$RUN")
lab-kvm: tests kmod-lab-$(KERNEL)
	@scripts/lab/kvm --kernel $(KERNEL) $(LABFLAGS) $(if $(RUN),-- bash -c "$$RUN")
lab lab-xen lab-kvm: override export RUN := $(value RUN)

images:
	scripts/images/all

kmod:
	@test -e $(KDIR)/include/generated/utsrelease.h || { \
		echo "make kmod: no kernel headers in KDIR=$(KDIR): install" \
			"linux-headers-$$(uname -r) or name another KDIR" >&2; exit 1; }
	@mkdir -p $(addprefix $(KMOD)/,$(sort $(dir $(KMOD_SRC))))
	+@flock $(KMOD)/.lock $(MAKE) --no-print-directory kmod-locked
# Two at once, as from two `make lab` of one kernel, would build over each other.
kmod-locked:
	@for f in $(KMOD_SRC); do ln -sf $(CURDIR)/$$f $(KMOD)/$$f; done
	@find $(KMOD) -xtype l -delete
	+$(MAKE) -C $(KDIR) M=$(KMOD) W=1 KCFLAGS=$(WERROR) $(KFLAGS) modules

# Kept in the tree for readers and packagers; tests/unit/results_keys.c says when it is stale.
schema: $(BUILD)/vnftrace
	$(BUILD)/vnftrace report --schema > tools/results/results.schema.json

kmod-lab: $(KERNELS:%=kmod-lab-%)
$(KERNELS:%=kmod-lab-%): kmod-lab-%:
	scripts/images/kernel-headers $*
	+$(MAKE) kmod KDIR=$(CACHE)/images/kernel-headers-$*/build
DEBUG_KERNELS := kmod-lab-debug kmod-lab-debug-xen
$(DEBUG_KERNELS):
	scripts/images/debug-kernel $(patsubst kmod-lab-debug-%,%,$(@:kmod-lab-debug=))
# That kernel has no dynamic debug: what was created and destroyed is told all the same.
	+$(MAKE) kmod KFLAGS=CFLAGS_MODULE=-DDEBUG \
		KDIR=$(CACHE)/images/$(@:kmod-lab-debug%=debug-kernel%)/build

# The module's source, for dkms add -m vnftrace -v VERSION.
DKMS	= $(DESTDIR)$(PREFIX)/src/vnftrace-$(shell \
	    sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
install-dkms:
	install -d $(addprefix $(DKMS)/,$(sort $(dir $(KMOD_SRC))))
	for f in dkms.conf $(KMOD_SRC); do install -m 644 $$f $(DKMS)/$$f || exit 1; done

# Below share/; each begins with the shell's name.
COMPLETIONS = bash-completion/completions/vnftrace zsh/site-functions/_vnftrace \
	      fish/vendor_completions.d/vnftrace.fish

install: $(BUILD)/vnftrace $(HOOK) $(REF) $(PROCESS) $(VIF) install-dkms
	install -D -m 755 $(BUILD)/vnftrace $(DESTDIR)$(PREFIX)/bin/vnftrace
	install -D -m 755 -t $(DESTDIR)$(PREFIX)/libexec/vnftrace $(HOOK) $(REF) \
		$(PROCESS) $(VIF)
	install -d $(DESTDIR)$(PREFIX)/share/vnftrace/types $(DESTDIR)$(PREFIX)/share/man/man1 \
		$(addprefix $(DESTDIR)$(PREFIX)/share/,$(dir $(COMPLETIONS)))
	install -m 644 tools/guest/types/*.conf $(DESTDIR)$(PREFIX)/share/vnftrace/types/
	install -m 644 tools/results/results.schema.json $(DESTDIR)$(PREFIX)/share/vnftrace/
	$(BUILD)/vnftrace --man > $(DESTDIR)$(PREFIX)/share/man/man1/vnftrace.1
	for v in $(VERBS); do $(BUILD)/vnftrace --man $$v \
		> $(DESTDIR)$(PREFIX)/share/man/man1/vnftrace-$$v.1 || exit 1; done
	for c in $(COMPLETIONS); do $(BUILD)/vnftrace --completion "$${c%%[-/]*}" \
		> $(DESTDIR)$(PREFIX)/share/$$c || exit 1; done

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/vnftrace $(DESTDIR)$(PREFIX)/share/man/man1/vnftrace.1 \
		$(DESTDIR)$(PREFIX)/share/man/man1/vnftrace-*.1 \
		$(addprefix $(DESTDIR)$(PREFIX)/share/,$(COMPLETIONS))
	rm -rf $(DESTDIR)$(PREFIX)/share/vnftrace $(DESTDIR)$(PREFIX)/libexec/vnftrace $(DKMS)

clean:
	rm -rf $(BUILD)

.PHONY: all tests fuzz check check-long bench lab lab-xen lab-kvm images schema kmod \
	kmod-locked kmod-lab $(KERNELS:%=kmod-lab-%) $(DEBUG_KERNELS) install install-dkms \
	uninstall clean
.SECONDARY:
.DELETE_ON_ERROR:
-include $(OBJS:.o=.d) $(SCREEN:.o=.d) $(FUZZED:%.c=$(BUILD)/fuzzed/%.d) \
	$(BUILD)/tools/vnftrace.d $(BUILD)/tools/vnftrace-oci-hook.d \
	$(BUILD)/tools/vnftrace-reference.d $(BUILD)/tools/vnftrace-process.d \
	$(BPF:%=$(BUILD)/bpf/%.bpf.d) $(UNIT:=.d) $(PROGS:=.d) $(FUZZ:=.d)
