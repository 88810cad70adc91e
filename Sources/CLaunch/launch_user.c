// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// User namespaces: of one uid, which anyone may make, and of a range of uids, which only root may.

#include "steps.h"

#include <linux/fcntl.h>
#include <linux/sched.h>

static long write_file(const char *path, const char *text) {
    long file = CALL4(openat, AT_FDCWD, path, O_WRONLY | O_CLOEXEC, 0);
    if (file < 0)
        return file;
    long written = CALL3(write, file, text, length_of(text));
    CALL1(close, file);
    return written < 0 ? written : 0;
}

static void format_map(char *into, size_t room, uint64_t inside, uint64_t outside, uint64_t count) {
    size_t at = append_number(into, 0, room, inside);
    at = append_number(into, append(into, at, room, " "), room, outside);
    append_number(into, append(into, at, room, " "), room, count);
}

void launch_user_single(const struct launch *launch) {
    const struct launch_header *header = launch->plan.header;
    char map[64];
    long user = CALL0(geteuid), group = CALL0(getegid);
    must(launch, "make", "a user namespace", CALL1(unshare, CLONE_NEWUSER));
    must(launch, "forbid groups in", "a user namespace",
         write_file("/proc/self/setgroups", "deny"));
    format_map(map, sizeof map, header->group, (uint64_t)group, 1);
    must(launch, "map the group of", "a user namespace", write_file("/proc/self/gid_map", map));
    format_map(map, sizeof map, header->user, (uint64_t)user, 1);
    must(launch, "map the user of", "a user namespace", write_file("/proc/self/uid_map", map));
}

// Writes the maps of its parent, from outside the parent's new namespace; its status is the error.
__attribute__((noreturn)) static void write_maps(const struct launch *launch, int ready) {
    const struct launch_header *header = launch->plan.header;
    static const char *const names[] = {"/gid_map", "/uid_map"};
    char path[64], map[64], byte;
    if (CALL3(read, ready, &byte, 1) != 1)
        leave(1);
    format_map(map, sizeof map, 0, header->range_first, header->range_count);
    for (int index = 0; index < 2; index++) {
        size_t at = append(path, 0, sizeof path, "/proc/");
        at = append_number(path, at, sizeof path, (uint64_t)CALL0(getppid));
        append(path, at, sizeof path, names[index]);
        long written = write_file(path, map);
        if (written < 0)
            leave((int)-written);
    }
    leave(0);
}

int launch_user_helper(const struct launch *launch) {
    int pipe[2];
    must(launch, "make a pipe for", "a user namespace", CALL2(pipe2, pipe, O_CLOEXEC));
    if (launch_clone(launch, 0) == 0) {
        CALL1(close, pipe[1]);
        write_maps(launch, pipe[0]);
    }
    CALL1(close, pipe[0]);
    return pipe[1];
}

void launch_user_range(const struct launch *launch, int helper) {
    int status = 0;
    long waited;
    must(launch, "make", "a user namespace", CALL1(unshare, CLONE_NEWUSER | CLONE_NEWNS));
    must(launch, "wake", "the helper", CALL3(write, helper, "m", 1));
    CALL1(close, helper);
    do {
        waited = CALL4(wait4, -1, &status, 0, 0);
    } while (waited == -4);
    must(launch, "wait for", "the helper", waited);
    if (status != 0)
        launch_fail(launch, "map the users of", "a user namespace", -(status >> 8));
    must(launch, "clear groups in", "a user namespace", CALL2(setgroups, 0, 0));
    must(launch, "become root in", "a user namespace", CALL3(setresgid, 0, 0, 0));
    must(launch, "become root in", "a user namespace", CALL3(setresuid, 0, 0, 0));
}
