/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Driver docker: a container by the Engine API. create is a phase of its own; t0 is right before
 * POST /containers/NAME/start; teardown is a forced DELETE, which is what `docker rm -f` does.
 */
#include "docker.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/host/accel.h"
#include "../../lib/net/link_set.h"
#include "../../lib/run/clock.h"
#include "../../lib/undo/journal.h"
#include "../../lib/text/error.h"
#include "../drivers.h"
#include "../type/words.h"

#define CALL_MS		20000
#define START_MS	60000
#define STOP_MS		30000
#define GONE_MS		10000

/**
 * struct docker_state - of one instance
 * @network, @container: made, as far as we know
 * @log: where what it prints comes in
 */
struct docker_state {
	struct vnft_docker docker;
	bool network, container;
	struct vnft_guest_console_file log;
};

static int docker_check(const struct vnft_type *type)
{
	int err = vnft_docker_system() ? 0 : vnft_docker_can_start();

	if (!err && !vnft_docker_system() && type->runtime[0] && strcmp(type->runtime, "runc"))
		err = vnft_fail(-EOPNOTSUPP,
				"%s: a private dockerd has no runtime but runc: start a "
				"Docker that knows %s", type->name, type->runtime);
	return err ? err : vnft_guest_check_image(type, "image", type->image);
}

static bool docker_wants_host_netns(const struct vnft_type *type)
{
	return vnft_docker_system();
}

static json_t *container_config(const struct vnft_instance *in, const char *image,
				const struct vnft_words *words)
{
	const struct vnft_place *p = &in->place;
	const struct vnft_type *type = in->type;
	char addr[INET_ADDRSTRLEN], mac[18];
	json_t *args = json_array(), *host;
	size_t i;

	inet_ntop(AF_INET, &p->guest_ipv4, addr, sizeof(addr));
	snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", p->guest_mac[0],
		 p->guest_mac[1], p->guest_mac[2], p->guest_mac[3], p->guest_mac[4],
		 p->guest_mac[5]);
	for (i = 0; i < words->n; i++)
		json_array_append_new(args, json_string(words->argv[i]));
	host = json_pack("{s:s}", "NetworkMode", p->name);
	if (type->memory_mib)
		json_object_set_new(host, "Memory",
				json_integer((json_int_t)type->memory_mib << 20));
	if (type->vcpus)
		json_object_set_new(host, "NanoCpus", json_integer(type->vcpus * 1000000000LL));
	if (type->runtime[0])
		json_object_set_new(host, "Runtime", json_string(type->runtime));
	/* The address in both places: API 1.44 moved it, older ones know the first only. */
	return json_pack("{s:s, s:o, s:s, s:s, s:[s+], s:{s:s}, s:o, s:{s:{s:{s:{s:s}, s:s}}}}",
			 "Image", image, "Cmd", args, "Hostname", p->name, "MacAddress", mac,
			 "Env", "VNFT_SESSION=", p->journal->id, "Labels", "vnftrace",
			 p->journal->id, "HostConfig", host, "NetworkingConfig", "EndpointsConfig",
			 p->name, "IPAMConfig", "IPv4Address", addr, "MacAddress", mac);
}

static int create_container(struct vnft_instance *in, struct docker_state *s, const char *image)
{
	struct vnft_words words;
	char path[128];
	uint64_t begun_ns;
	json_t *body, *answer;
	int err;

	if (!s->docker.private_daemon)
		err = vnft_journal_note(in->place.journal, "docker %s container %s",
					s->docker.socket, in->place.name);
	else
		err = 0;
	if (!err)
		err = vnft_words_split(&words, in->type->command, in);
	if (err)
		return err;
	body = container_config(in, image, &words);
	vnft_words_free(&words);
	if (!body)
		return vnft_fail(-ENOMEM, "out of memory");
	snprintf(path, sizeof(path), "/containers/create?name=%s", in->place.name);
	s->container = true;
	begun_ns = vnft_now_ns();
	err = vnft_docker_call(&s->docker, "POST", path, body, 0, CALL_MS, &answer);
	in->create_ns = vnft_now_ns() - begun_ns;
	json_decref(body);
	if (!err)
		vnft_docker_log_file(&s->docker, json_string_value(json_object_get(answer, "Id")),
				     &s->log);
	json_decref(answer);
	return err;
}

static int docker_prepare(struct vnft_instance *in)
{
	struct docker_state *s = calloc(1, sizeof(*s));
	char image[128];
	int err;

	if (!s)
		return vnft_fail(-ENOMEM, "out of memory");
	in->priv = s;
	in->accel = VNFT_ACCEL_NONE;
	err = vnft_docker_get(in->place.journal, &s->docker);
	if (!err)
		err = vnft_docker_image(&s->docker, in, image, sizeof(image));
	if (!err) {
		s->network = true;
		err = vnft_docker_network(&s->docker, in);
	}
	return err ? err : create_container(in, s, image);
}

static int docker_console(struct vnft_instance *in, struct vnft_guest_console *to)
{
	struct docker_state *s = in->priv;

	return s && s->container ? vnft_docker_logs(&s->docker, in->place.name, to) : 0;
}

static void docker_console_file(const struct vnft_instance *in, struct vnft_guest_console_file *to)
{
	*to = ((const struct docker_state *)in->priv)->log;
}

static void docker_last_words(struct vnft_instance *in, char *to, size_t bytes)
{
	struct vnft_guest_console console = { 0 };
	char line[VNFT_SAID_LINE_BYTES] = "";

	if (!docker_console(in, &console))
		vnft_said_last_line(&console, line);
	snprintf(to, bytes, "%s", line);
	free(console.text);
}

/* Why it runs no more, if @answer (its inspection) says so; else 0. */
static int ended(struct vnft_instance *in, const json_t *answer)
{
	const json_t *state = json_object_get(answer, "State");
	const char *why = json_string_value(json_object_get(state, "Error"));
	char words[VNFT_SAID_LINE_BYTES];

	if (json_is_true(json_object_get(state, "Running")))
		return 0;
	docker_last_words(in, words, sizeof(words));
	return vnft_fail(-ECHILD, "%s: its workload ended at once with %lld%s%s%s%s",
			 in->type->name,
			 (long long)json_integer_value(json_object_get(state, "ExitCode")),
			 why && why[0] ? ": " : "", why ? why : "", words[0] ? ": " : "", words);
}

static int ask(struct vnft_instance *in, struct docker_state *s, json_t **answer)
{
	char path[128];

	snprintf(path, sizeof(path), "/containers/%s/json", in->place.name);
	return vnft_docker_call(&s->docker, "GET", path, NULL, 0, CALL_MS, answer);
}

/* Its process, cgroup and device, of an inspection that found it running. */
static int find(struct vnft_instance *in, struct docker_state *s, const json_t *answer)
{
	const char *id = json_string_value(json_object_get(answer, "Id"));
	long long pid;
	int err;

	id = id ? id : "";
	if (s->docker.private_daemon)
		pid = vnft_docker_find(in->place.journal, id);
	else
		pid = json_integer_value(json_object_get(json_object_get(answer, "State"), "Pid"));
	if (pid <= 0)
		return vnft_fail(-ESRCH, "%s: its process was not found", in->place.name);
	err = vnft_docker_hold(&in->process, pid, id);
	if (!err)
		err = vnft_guest_find_veth(&in->process, "eth0", in->device);
	if (!err)
		vnft_guest_cgroup(&in->process, in->cgroup, sizeof(in->cgroup));
	return err;
}

/* After the start. One that ends while it is being looked at is not told as "not found". */
static int inspect(struct vnft_instance *in, struct docker_state *s)
{
	json_t *answer;
	char why[512];
	int err;

	err = ask(in, s, &answer);
	if (err)
		return err;
	err = ended(in, answer);
	if (!err)
		err = find(in, s, answer);
	json_decref(answer);
	if (!err || err == -ECHILD)
		return err;
	snprintf(why, sizeof(why), "%s", vnft_why());
	if (!ask(in, s, &answer)) {
		if (ended(in, answer))
			err = -ECHILD;
		json_decref(answer);
	}
	return err == -ECHILD ? err : vnft_fail(err, "%s", why);
}

static int docker_start(struct vnft_instance *in)
{
	struct docker_state *s = in->priv;
	char path[128];
	int err;

	snprintf(path, sizeof(path), "/containers/%s/start", in->place.name);
	in->t0_ns = vnft_now_ns();
	err = vnft_docker_call(&s->docker, "POST", path, NULL, 0, START_MS, NULL);
	in->started_ns = vnft_now_ns();
	return err ? err : inspect(in, s);
}

static int remove_container(struct vnft_docker *docker, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "/containers/%s?force=true&v=true", name);
	return vnft_docker_call(docker, "DELETE", path, NULL, 404, STOP_MS, NULL);
}

/*
 * Docker was stopped under us: its containers outlive it, and so does their network. This one is
 * ours.
 */
static void end_without_docker(struct vnft_instance *in, int err)
{
	char why[512];

	snprintf(why, sizeof(why), "%s", vnft_why());
	vnft_docker_kill(&in->process, in->place.journal, GONE_MS);
	if (in->device[0])
		vnft_link_delete(in->device);
	vnft_fail(err, "%s", why);
}

static int docker_stop(struct vnft_instance *in)
{
	struct docker_state *s = in->priv;
	int err, gone = 0;

	if (!s || !s->container)
		return 0;
	in->stop_ns = vnft_now_ns();
	err = remove_container(&s->docker, in->place.name);
	if (err)
		end_without_docker(in, err);
	else
		gone = vnft_guest_wait_ended(&in->process, GONE_MS);
	in->stopped_ns = vnft_now_ns();
	vnft_held_drop(&in->process);
	in->cgroup[0] = 0;
	if (!err)
		s->container = false;
	return err ? err : gone;
}

static void docker_release(struct vnft_instance *in)
{
	struct docker_state *s = in->priv;

	if (!s)
		return;
	if (s->docker.curl && s->container && remove_container(&s->docker, in->place.name))
		vnft_debug("%s", vnft_why());	/* noted, or gone with the daemon */
	if (s->docker.curl && s->network &&
	    vnft_docker_network_remove(&s->docker, in->place.name))
		vnft_debug("%s", vnft_why());
	vnft_docker_close(&s->docker);
	vnft_held_drop(&in->process);
	free(s);
	in->priv = NULL;
}

/* "SOCKET KIND NAME": of a session that is dead, in a Docker that is not ours. */
static int docker_undo(const char *rest)
{
	char socket[108], kind[16], name[128], path[256];
	struct vnft_docker docker;
	int err;

	if (sscanf(rest, "%107s %15s %127s", socket, kind, name) != 3 || socket[0] != '/' ||
	    strncmp(name, "vnft-", 5) || strpbrk(name, "/?#%&"))
		return vnft_fail(-EINVAL, "docker %.80s: not an object of ours: ignored", rest);
	if (access(socket, F_OK))
		return 0;
	err = vnft_docker_open(&docker, socket);
	if (err)
		return err;
	if (!strcmp(kind, "container")) {
		err = remove_container(&docker, name);
	} else if (!strcmp(kind, "network")) {
		err = vnft_docker_network_remove(&docker, name);
	} else if (!strcmp(kind, "image")) {
		snprintf(path, sizeof(path), "/images/%s?force=true", name);
		err = vnft_docker_call(&docker, "DELETE", path, NULL, 404, STOP_MS, NULL);
	} else {
		err = vnft_fail(-EINVAL, "docker %.80s: not an object of ours: ignored", rest);
	}
	vnft_docker_close(&docker);
	return err;
}

static json_t *docker_manifest(const struct vnft_type *type)
{
	const char *system = vnft_docker_system();
	json_t *o = json_pack("{s:s, s:s}", "daemon", system ? "system" : "private", "image",
			      type->image);
	struct vnft_docker docker;
	char version[256];
	json_t *answer;

	if (!system) {
		vnft_guest_version("dockerd", "--version", version, sizeof(version));
		json_object_set_new(o, "version", json_string(version));
		vnft_guest_version("runc", "--version", version, sizeof(version));
		json_object_set_new(o, "runtime", json_string(version));
	} else if (!vnft_docker_open(&docker, system)) {
		if (!vnft_docker_call(&docker, "GET", "/version", NULL, 0, CALL_MS, &answer)) {
			json_object_set(o, "version", json_object_get(answer, "Version"));
			json_object_set(o, "components", json_object_get(answer, "Components"));
			json_decref(answer);
		}
		vnft_docker_close(&docker);
	}
	return o;
}

static int docker_check_type(struct vnft_type *type)
{
	return vnft_guest_check_container(type, false);
}

const struct vnft_guest_ops vnft_guest_docker = {
	.name = "docker",
	.virtualization = "container",
	.check_type = docker_check_type,
	.undo_kind = "docker",
	.undo = docker_undo,
	.holds_init = true,
	.check = docker_check,
	.wants_host_netns = docker_wants_host_netns,
	.prepare = docker_prepare,
	.start = docker_start,
	.memory = vnft_guest_container_memory,
	.last_words = docker_last_words,
	.console = docker_console,
	.console_file = docker_console_file,
	.stop = docker_stop,
	.release = docker_release,
	.manifest = docker_manifest,
};
