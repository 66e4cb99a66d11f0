#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A Docker that names somebody else's process as the container's, and then is gone: that process
# lives on. The Docker is a page of Python, which knows what the driver asks for. And an OCI runtime
# that does so: a stand-in, whose container was never there. tests/unit/guest_hold.c has numbers
# that are used again later.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
tmp=$(mktemp -d)
before=$(leftovers)
sleep 600 &
victim=$!
trap 'kill $victim 2>/dev/null; rm -rf "$tmp"' EXIT
cat >"$tmp/docker" <<'END'
import http.server, json, os, socketserver, sys

path, pid = sys.argv[1], int(sys.argv[2])


class Docker(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def address_string(self):
        return "unix"

    def log_message(self, *words):
        pass

    def answer(self, status, page):
        text = json.dumps(page).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self):
        if self.path.endswith("/version"):
            self.answer(200, {"Version": "99", "MinAPIVersion": "1.24"})
        elif "/containers/" in self.path:
            self.answer(200, {"Id": "ab" * 32, "State": {"Running": True, "Pid": pid}})
            self.wfile.flush()
            os._exit(0)
        else:
            self.answer(404, {"message": "no such thing"})

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.answer(201, {"Id": "ab" * 32})


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    pass


Server(path, Docker).serve_forever()
END
tar -cf "$tmp/image.tar" -C "$tmp" docker
cat >"$tmp/named.conf" <<-END
	title = a Docker that is wrong
	driver = docker
	virtualization = container
	topology = veth
	image = $tmp/image.tar
	command = /bin/true
	timeout_s = 5
END

named() {	# PID WHY
	local page
	rm -f "$tmp/socket"
	python3 "$tmp/docker" "$tmp/socket" "$1" &
	wait_for 10 [ -S "$tmp/socket" ]
	page=$(DOCKER_HOST=unix://$tmp/socket timeout 60 "$VNFT_TESTS/netns/guest" \
		"$tmp/named.conf" 2>&1)
	wait $!
	if grep -q "$2" <<<"$page"; then ok "pid $1: refused"; else not_ok "pid $1: $page"; fi
	check "the other process lives" kill -0 "$victim"
}
named "$victim" "process $victim is not that of container abababababab"
named $(((1 << 32) + victim)) "is not that of container abababababab"
named -1 'its process was not found'
rm -f "$tmp/socket"

cat >"$tmp/standin" <<-'END'
	#!/bin/bash
	# --root DIR run --detach --bundle DIR --pid-file FILE NAME
	[ "$3" = run ] && echo "$NAMED_PID" >"${8}"
	exit 0
END
chmod 755 "$tmp/standin"
mkdir -p "$tmp/rootfs/proc"
cat >"$tmp/oci.conf" <<-END
	title = a runtime that is wrong
	driver = oci
	virtualization = container
	topology = veth
	runtime = standin
	image = $tmp/rootfs
	command = /bin/true
	timeout_s = 5
END
runtime_names() {	# PID SAYS
	local page
	page=$(NAMED_PID=$1 PATH=$tmp:$PATH timeout 60 \
		"$VNFT_TESTS/netns/guest" "$tmp/oci.conf" 2>&1)
	if grep -q "$2" <<<"$page"; then
		ok "an OCI runtime, pid $1: refused"
	else
		not_ok "an OCI runtime, pid $1: $page"
	fi
	check "the other process lives" kill -0 "$victim"
}
runtime_names "$victim" "standin: process $victim is not that of container vnft-"
runtime_names $(((1 << 32) + victim)) "is not that of container vnft-"
sleep 0 &
ended=$!
wait $ended
runtime_names $ended "its workload ended at once"
"$VNFT_TESTS/netns/guest" --sweep >/dev/null 2>&1
check "nothing is left" wait_for 5 nothing_left
finish
