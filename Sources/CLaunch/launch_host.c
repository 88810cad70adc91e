// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "launch_host.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Clear of every number that a launcher's descriptors are moved to.
#define CLEAR_DESCRIPTOR 16

static int close_and_fail(int descriptor) {
    int reason = errno;
    close(descriptor);
    errno = reason;
    return -1;
}

int launch_host_pair(int pair[2]) {
    int on = 1;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return -1;
    if (setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof on) != 0 ||
        fcntl(pair[0], F_SETFL, O_NONBLOCK) != 0) {
        close_and_fail(pair[1]);
        return close_and_fail(pair[0]);
    }
    return 0;
}

int launch_host_send_plan(int socket, int plan, const int *trees, int count) {
    union {
        struct cmsghdr alignment;
        char bytes[CMSG_SPACE(sizeof(int) * (1 + LAUNCH_TREES))];
    } control;
    int descriptors[1 + LAUNCH_TREES] = {plan};
    struct iovec part = {.iov_base = "p", .iov_len = 1};
    if (count < 0 || count > LAUNCH_TREES) {
        errno = EMFILE;
        return -1;
    }
    if (count > 0)
        memcpy(descriptors + 1, trees, sizeof(int) * (size_t)count);
    size_t length = sizeof(int) * (1 + (size_t)count);
    memset(&control, 0, sizeof control);
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = CMSG_SPACE(length)};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(length);
    memcpy(CMSG_DATA(header), descriptors, length);
    return sendmsg(socket, &message, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

int launch_host_start(const char *path, int socket, int lane, int log, pid_t *pid) {
    int sources[3] = {socket, lane, log}, clear[3] = {-1, -1, -1};
    static const int targets[3] = {LAUNCH_SOCKET, LAUNCH_LANE, LAUNCH_LOG};
    char *arguments[] = {"launcher", NULL}, *variables[] = {NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    int result = 0;
    for (int index = 0; index < 3 && result == 0; index++) {
        clear[index] = fcntl(sources[index], F_DUPFD_CLOEXEC, CLEAR_DESCRIPTOR);
        if (clear[index] < 0)
            result = errno;
    }
    if (result == 0) {
        posix_spawn_file_actions_init(&actions);
        posix_spawnattr_init(&attributes);
        for (int index = 0; index < 3; index++) {
            posix_spawn_file_actions_adddup2(&actions, clear[index], targets[index]);
        }
        sigemptyset(&none);
        sigfillset(&all);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &all);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
        result = posix_spawn(pid, path, &actions, &attributes, arguments, variables);
        posix_spawnattr_destroy(&attributes);
        posix_spawn_file_actions_destroy(&actions);
    }
    for (int index = 0; index < 3; index++) {
        if (clear[index] >= 0)
            close(clear[index]);
    }
    errno = result;
    return result == 0 ? 0 : -1;
}

int launch_host_receive(int socket, struct launch_report *report, pid_t *sender) {
    union {
        struct cmsghdr alignment;
        char bytes[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(sizeof(int) * 8)];
    } control;
    struct iovec part = {.iov_base = report, .iov_len = sizeof *report};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control};
    ssize_t received;
    *sender = 0;
    do {
        received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    } while (received < 0 && errno == EINTR);
    if (received < 0 && errno == ECONNRESET)
        return 0;
    if (received < 0)
        return -1;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL;
         header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET)
            continue;
        if (header->cmsg_type == SCM_CREDENTIALS) {
            struct ucred credentials;
            memcpy(&credentials, CMSG_DATA(header), sizeof credentials);
            *sender = credentials.pid;
        }
        if (header->cmsg_type == SCM_RIGHTS) {
            // Nobody sends descriptors this way; what comes all the same is closed at once.
            size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
            for (size_t index = 0; index < count; index++) {
                int descriptor;
                memcpy(&descriptor, CMSG_DATA(header) + index * sizeof(int), sizeof descriptor);
                close(descriptor);
            }
        }
    }
    // The other end is gone, or said nothing: a packet without bytes may carry descriptors too.
    if (received == 0)
        return 0;
    if (received != sizeof *report) {
        errno = EPROTO;
        return -1;
    }
    report->step[sizeof report->step - 1] = 0;
    report->subject[sizeof report->subject - 1] = 0;
    return 1;
}

int launch_host_go(int socket) { return send(socket, "g", 1, MSG_NOSIGNAL) == 1 ? 0 : -1; }

int launch_host_tree(const char *path) {
    struct mount_attr wanted = {.attr_set =
                                    MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV};
    int tree = (int)syscall(SYS_open_tree, AT_FDCWD, path,
                            OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
    if (tree < 0)
        return -1;
    if (syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &wanted,
                sizeof wanted) != 0) {
        return close_and_fail(tree);
    }
    return tree;
}

int launch_host_signals(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    int reason = pthread_sigmask(SIG_BLOCK, &set, NULL);
    if (reason != 0) {
        errno = reason;
        return -1;
    }
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int launch_host_next_signal(int descriptor) {
    struct signalfd_siginfo information;
    ssize_t received = read(descriptor, &information, sizeof information);
    return received == sizeof information ? (int)information.ssi_signo : 0;
}

pid_t launch_host_reap(int *status) {
    pid_t pid;
    do {
        pid = waitpid(-1, status, WNOHANG | __WALL);
    } while (pid < 0 && errno == EINTR);
    return pid > 0 ? pid : 0;
}

void launch_host_end_user(uint32_t user) {
    // One that is killed by what it was to kill has to be sent again.
    for (int attempt = 0; attempt < 8; attempt++) {
        int status = 0;
        pid_t killer = fork();
        if (killer == 0) {
            if (setresuid(user, user, user) == 0)
                kill(-1, SIGKILL);
            _exit(0);
        }
        if (killer < 0 || waitpid(killer, &status, 0) != killer || WIFEXITED(status))
            return;
    }
}

uint64_t launch_host_hard_limit(int resource) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0 || limit.rlim_max == RLIM_INFINITY)
        return UINT64_MAX;
    return limit.rlim_max;
}
