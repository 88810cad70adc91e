// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Files: other models, the server's own state, the system's folders, what it runs from.
#include "attempts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char room[4 << 20];

ATTEMPT(read_other_model) {
    char token[40];
    long length = read_file(told(task, "neighbour_file"), room, sizeof room);
    if (length < 0)
        return refused((int)-length);
    if (!find_secret(task, room, (unsigned long)length, token))
        return nothing("no secret in %ld bytes", length);
    return through("secret %s", token);
}

ATTEMPT(list_models) {
    DIR *folder = opendir(told(task, "models"));
    if (!folder)
        return refused(errno);
    unsigned others = 0;
    char own[4096] = "";
    ssize_t got = readlink("/proc/self/exe", own, sizeof own - 1);
    own[got < 0 ? 0 : got] = 0;
    struct dirent *entry;
    while ((entry = readdir(folder)) != NULL)
        others += entry->d_name[0] != '.' && !strstr(own, entry->d_name);
    closedir(folder);
    return others ? through("%u other models", others) : nothing("only its own");
}

static struct outcome read_in_state(const struct task *task, const char *name) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", told(task, "state"), name);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return refused(errno);
    close(file);
    return through("opened '%s'", name);
}

ATTEMPT(read_ledger) { return read_in_state(task, "ledger.sqlite"); }

ATTEMPT(read_logs) {
    struct outcome outcomes[] = {read_in_state(task, "logs/gateway.log"),
                                 read_in_state(task, "logs/neighbour/default/1.log"),
                                 read_in_state(task, "logs")};
    return first_through(outcomes, 3);
}

// Where its own model's path is made anew, the folder's name is there and nothing else in it.
ATTEMPT(list_state) {
    DIR *folder = opendir(told(task, "state"));
    if (!folder)
        return refused(errno);
    char other[64] = "";
    struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] != '.' && strcmp(entry->d_name, "models") != 0)
            snprintf(other, sizeof other, "%.60s", entry->d_name);
    }
    closedir(folder);
    return other[0] ? through("sees '%s'", other) : nothing("the way to its own model");
}

static struct outcome write_to(const char *path, int flags) {
    int file = open(path, O_WRONLY | O_CLOEXEC | flags, 0644);
    if (file < 0)
        return refused(errno);
    close(file);
    if (flags & O_EXCL)
        unlink(path);
    return through("opened '%.120s' to write", path);
}

// The program's own folder is that of its model.
ATTEMPT(write_own_model) {
    (void)task;
    char own[4096], other[4200];
    ssize_t got = readlink("/proc/self/exe", own, sizeof own - 1);
    if (got < 0)
        return refused(errno);
    own[got] = 0;
    struct outcome opened = write_to(own, 0);
    snprintf(other, sizeof other, "%s.new", own);
    struct outcome made = write_to(other, O_CREAT | O_EXCL);
    struct outcome renamed = judge(rename(own, other), "renamed its own model");
    struct outcome changed = judge(chmod(own, 0777), "changed its own model's mode");
    struct outcome outcomes[] = {made, renamed, changed, opened};
    return first_through(outcomes, 4);
}

ATTEMPT(write_environment) {
    char path[512];
    snprintf(path, sizeof path, "%s/environments/escaped", told(task, "state"));
    return write_to(path, O_CREAT | O_EXCL);
}

ATTEMPT(write_libraries) {
    (void)task;
    struct outcome outcomes[] = {write_to("/usr/lib/escaped.so", O_CREAT | O_EXCL),
                                 write_to("/lib64/escaped.so", O_CREAT | O_EXCL),
                                 write_to("/etc/ld.so.preload", O_CREAT | O_EXCL),
                                 write_to("/usr/lib/os-release", 0)};
    return first_through(outcomes, 4);
}

ATTEMPT(write_programs) {
    (void)task;
    struct outcome outcomes[] = {write_to("/usr/bin/escaped", O_CREAT | O_EXCL),
                                 write_to("/bin/sh", 0),
                                 write_to("/sbin/escaped", O_CREAT | O_EXCL)};
    return first_through(outcomes, 3);
}

ATTEMPT(write_settings) {
    (void)task;
    struct outcome outcomes[] = {write_to("/etc/passwd", 0), write_to("/etc/group", 0),
                                 write_to("/etc/escaped", O_CREAT | O_EXCL),
                                 write_to("/etc/cron.d/escaped", O_CREAT | O_EXCL)};
    return first_through(outcomes, 4);
}

ATTEMPT(read_shadow) {
    (void)task;
    struct outcome outcomes[] = {judge(open("/etc/shadow", O_RDONLY | O_CLOEXEC), "read it"),
                                 judge(open("/root/.ssh", O_RDONLY | O_CLOEXEC), "read it"),
                                 judge(open("/root", O_RDONLY | O_CLOEXEC), "read it")};
    return first_through(outcomes, 3);
}

// A file in the machine's own tmp; that of the scorer, where it has one, is not it.
ATTEMPT(write_host_tmp) {
    char path[512];
    snprintf(path, sizeof path, "%s/escaped", told(task, "host_tmp"));
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0)
        return refused(errno);
    close(file);
    return through("wrote '%.120s'", path);
}

ATTEMPT(read_host_tmp) {
    char token[40], path[512];
    snprintf(path, sizeof path, "%s/secret", told(task, "host_tmp"));
    long length = read_file(path, room, sizeof room);
    if (length < 0)
        return refused((int)-length);
    return find_secret(task, room, (unsigned long)length, token) ? through("secret %s", token)
                                                                 : nothing("no secret");
}

ATTEMPT(write_kernel_settings) {
    (void)task;
    struct outcome outcomes[] = {
        write_to("/proc/sys/kernel/core_pattern", 0), write_to("/proc/sys/vm/overcommit_memory", 0),
        write_to("/proc/sysrq-trigger", 0), write_to("/proc/sys/kernel/hostname", 0),
        write_to("/proc/sys/net/ipv4/ip_forward", 0)};
    return first_through(outcomes, 5);
}

ATTEMPT(write_sys) {
    (void)task;
    struct outcome outcomes[] = {write_to("/sys/kernel/uevent_helper", 0),
                                 write_to("/sys/power/state", 0),
                                 write_to("/sys/kernel/mm/transparent_hugepage/enabled", 0),
                                 write_to("/sys/devices/system/cpu/cpu1/online", 0)};
    return first_through(outcomes, 4);
}

ATTEMPT(read_devices) {
    (void)task;
    struct outcome outcomes[] = {
        judge(open("/dev/mem", O_RDONLY | O_CLOEXEC), "opened /dev/mem"),
        judge(open("/dev/vda", O_RDONLY | O_CLOEXEC), "opened /dev/vda"),
        judge(open("/dev/sda", O_RDONLY | O_CLOEXEC), "opened /dev/sda"),
        judge(open("/dev/fuse", O_RDWR | O_CLOEXEC), "opened /dev/fuse"),
        judge(open("/dev/net/tun", O_RDWR | O_CLOEXEC), "opened /dev/net/tun"),
        judge(open("/dev/kvm", O_RDWR | O_CLOEXEC), "opened /dev/kvm"),
        judge(open("/proc/kcore", O_RDONLY | O_CLOEXEC), "opened /proc/kcore")};
    return first_through(outcomes, 7);
}

ATTEMPT(kernel_log) {
    (void)task;
    struct outcome outcomes[] = {
        judge(open("/dev/kmsg", O_WRONLY | O_CLOEXEC), "may write /dev/kmsg"),
        judge(open("/dev/kmsg", O_RDONLY | O_CLOEXEC), "may read /dev/kmsg")};
    return first_through(outcomes, 2);
}

// A folder's link that leads out, for the node's own cleaning to follow, and a depth that no path
// can name.
ATTEMPT(plant_for_cleaner) {
    char link[600], name[204];
    const char *temporary = getenv("TMPDIR");
    if (!temporary)
        return absent("no tmp of its own");
    snprintf(link, sizeof link, "%s/link", temporary);
    if (symlink(told(task, "host_tmp"), link) != 0)
        return refused(errno);
    memset(name, 'd', 200);
    name[200] = 0;
    int depth = 0;
    while (depth < 200 && mkdir(name, 0700) == 0 && chdir(name) == 0)
        depth++;
    int made = mkdir("closed", 0700);
    if (made == 0 && chdir("closed") == 0 && mkdir("inside", 0700) == 0 && chdir("..") == 0)
        chmod("closed", 0);
    if (chdir("/") != 0)
        return refused(errno);
    return bounded("left a link and %d folders in its tmp", depth);
}
