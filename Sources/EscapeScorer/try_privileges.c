// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Privileges: to become somebody else, to raise what bounds it.
#include "attempts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

ATTEMPT(become_root) {
    (void)task;
    gid_t group = 0;
    if (geteuid() == 0)
        return absent("it has root's uid, without its powers");
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct all[2] = {{~0u, ~0u, ~0u}, {~0u, ~0u, ~0u}};
    struct outcome outcomes[] = {
        judge(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0), "may get privileges"),
        judge(syscall(SYS_capset, &header, all), "took capabilities"),
        judge(setgid(0), "joined root's group"),
        judge(setgroups(1, &group), "joined root's group"),
        judge(setresuid(0, 0, 0), "became root"),
        judge(setuid(0), "became root")};
    return first_through(outcomes, 6);
}

// Whether a child that runs `path` has become root by it.
static bool runs_as_root(const char *path) {
    int input[2];
    if (pipe(input) != 0)
        return false;
    pid_t child = fork();
    if (child == 0) {
        int none = open("/dev/null", O_WRONLY);
        dup2(input[0], 0);
        dup2(none, 1);
        dup2(none, 2);
        close(input[1]);
        execl(path, path, "root", (char *)NULL);
        _exit(1);
    }
    close(input[0]);
    bool is_root = false;
    for (int look = 0; child > 0 && look < 20 && !is_root; look++) {
        char name[64], text[2048], words[64];
        snprintf(name, sizeof name, "/proc/%d/status", child);
        long length = read_file(name, text, sizeof text - 1);
        text[length < 0 ? 0 : length] = 0;
        const char *line = strstr(text, "\nUid:\t");
        unsigned real, effective;
        snprintf(words, sizeof words, "%.60s", line ? line + 6 : "");
        is_root = sscanf(words, "%u %u", &real, &effective) == 2 && effective == 0;
        usleep(1000);
    }
    close(input[1]);
    if (child > 0) {
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
    return is_root;
}

ATTEMPT(use_setuid_program) {
    (void)task;
    static const char *const folders[] = {"/usr/bin", "/bin", "/usr/sbin", "/usr/local/bin"};
    unsigned tried = 0;
    if (geteuid() == 0)
        return absent("it has root's uid, without its powers");
    for (unsigned index = 0; index < 4; index++) {
        DIR *folder = opendir(folders[index]);
        if (!folder)
            continue;
        struct dirent *entry;
        while ((entry = readdir(folder)) != NULL) {
            char path[512];
            struct stat facts;
            snprintf(path, sizeof path, "%s/%s", folders[index], entry->d_name);
            if (stat(path, &facts) != 0 || !(facts.st_mode & S_ISUID) || facts.st_uid != 0)
                continue;
            tried++;
            if (runs_as_root(path)) {
                closedir(folder);
                return through("%.200s ran as root", path);
            }
        }
        closedir(folder);
    }
    return tried ? refused(EPERM) : absent("no program here belongs to root and says so");
}

ATTEMPT(make_devices) {
    (void)task;
    char path[256];
    const char *temporary = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/disk", temporary ? temporary : "/tmp");
    return judge(mknod(path, S_IFBLK | 0666, makedev(254, 0)), "made a disk's node");
}

ATTEMPT(change_clock) {
    (void)task;
    struct timespec now;
    struct timeval same;
    clock_gettime(CLOCK_REALTIME, &now);
    gettimeofday(&same, NULL);
    struct outcome outcomes[] = {judge(clock_settime(CLOCK_REALTIME, &now), "set the clock"),
                                 judge(settimeofday(&same, NULL), "set the clock"),
                                 judge(sethostname("escaped", 7), "named the machine")};
    return first_through(outcomes, 3);
}

// Into the groups above its own, or with other limits than it was given.
ATTEMPT(leave_control_group) {
    (void)task;
    static const char *const files[] = {
        "/sys/fs/cgroup/cgroup.procs", "/sys/fs/cgroup/unified/cgroup.procs",
        "/sys/fs/cgroup/memory/cgroup.procs", "/sys/fs/cgroup/pids/cgroup.procs",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes"};
    struct outcome outcomes[6];
    char number[16], own[512], path[700];
    snprintf(number, sizeof number, "%d", getpid());
    for (unsigned index = 0; index < 5; index++) {
        int file = open(files[index], O_WRONLY | O_CLOEXEC);
        outcomes[index] =
            file < 0 ? refused(errno) : judge(write(file, number, strlen(number)), files[index]);
        if (file >= 0)
            close(file);
    }
    long length = read_file("/proc/self/cgroup", own, sizeof own - 1);
    own[length < 0 ? 0 : length] = 0;
    char *place = strstr(own, ":memory:");
    if (place)
        *strchrnul(place, '\n') = 0;
    snprintf(path, sizeof path, "/sys/fs/cgroup/memory%s/memory.limit_in_bytes",
             place ? place + 8 : "");
    outcomes[5] = judge(open(path, O_WRONLY | O_CLOEXEC), "raised its own memory");
    return first_through(outcomes, 6);
}

ATTEMPT(raise_limits) {
    (void)task;
    struct outcome outcomes[3];
    static const int kinds[] = {RLIMIT_CORE, RLIMIT_NOFILE, RLIMIT_NPROC};
    for (unsigned index = 0; index < 3; index++) {
        struct rlimit limit;
        getrlimit(kinds[index], &limit);
        // Where there was no limit, there is nothing to raise.
        if (limit.rlim_max == RLIM_INFINITY) {
            outcomes[index] = nothing("it has no such limit");
            continue;
        }
        limit.rlim_max++;
        outcomes[index] = judge(setrlimit(kinds[index], &limit), "raised a limit");
    }
    return first_through(outcomes, 3);
}

ATTEMPT(take_priority) {
    (void)task;
    struct sched_param parameters = {.sched_priority = 1};
    struct outcome outcomes[] = {
        judge(setpriority(PRIO_PROCESS, 0, -10), "goes before others"),
        judge(sched_setscheduler(0, SCHED_FIFO, &parameters), "goes before everybody"),
    };
    // Not to be chosen when the machine is out of memory.
    int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    struct outcome spared = file < 0 ? refused(errno) : judge(write(file, "-900", 4), "is spared");
    if (file >= 0)
        close(file);
    struct outcome all[] = {outcomes[0], outcomes[1], spared};
    return first_through(all, 3);
}

ATTEMPT(push_terminal) {
    (void)task;
    int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (terminal < 0)
        return refused(errno);
    long pushed = ioctl(terminal, TIOCSTI, "x");
    struct outcome outcome = judge(pushed, "typed into a terminal");
    close(terminal);
    return outcome;
}
