// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "linux_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int linux_memfd(const char *name, size_t size) {
    int descriptor = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (descriptor < 0)
        return -1;
    if (ftruncate(descriptor, (off_t)size) != 0) {
        int reason = errno;
        close(descriptor);
        errno = reason;
        return -1;
    }
    return descriptor;
}

int linux_add_seals(int descriptor, int seals) { return fcntl(descriptor, F_ADD_SEALS, seals); }

int linux_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int linux_pidfd_send_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

int linux_name_thread(const char *name) { return prctl(PR_SET_NAME, name); }

int linux_give_way(pid_t thread, int gives) {
    struct sched_param none = {0};
    return sched_setscheduler(thread, gives ? SCHED_IDLE : SCHED_OTHER, &none);
}

int linux_gives_way(pid_t thread) {
    int policy = sched_getscheduler(thread);
    return policy < 0 ? -1 : policy == SCHED_IDLE;
}

int linux_may_give_way(void) {
    int status = 1;
    pid_t child = fork();
    if (child == 0)
        _exit(linux_give_way(0, 1) == 0 && linux_give_way(0, 0) == 0 ? 0 : 1);
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return child > 0 && status == 0;
}

int linux_packet_pair(int pair[2], int nonblocking) {
    int type = SOCK_SEQPACKET | SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0);
    return socketpair(AF_UNIX, type, 0, pair);
}

static int address_of(const char *path, struct sockaddr_un *address) {
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    if (strlen(path) >= sizeof address->sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(address->sun_path, path);
    return 0;
}

int linux_packet_listen(const char *path) {
    struct sockaddr_un address;
    if (address_of(path, &address) != 0)
        return -1;
    int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (listener < 0)
        return -1;
    unlink(path);
    // The file gets the socket's own mode. A umask would be every other thread's too, and theirs are
    // folders and programs.
    if (fchmod(listener, 0600) != 0 ||
        bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listener, 8) != 0) {
        int reason = errno;
        close(listener);
        errno = reason;
        return -1;
    }
    return listener;
}

int linux_packet_accept(int listener) {
    int descriptor;
    do {
        descriptor = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    } while (descriptor < 0 && errno == EINTR);
    return descriptor;
}

int linux_packet_connect(const char *path) {
    struct sockaddr_un address;
    if (address_of(path, &address) != 0)
        return -1;
    int descriptor = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return -1;
    if (connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0) {
        int reason = errno;
        close(descriptor);
        errno = reason;
        return -1;
    }
    return descriptor;
}

pid_t linux_peer_pid(int descriptor) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0)
        return -1;
    return peer.pid;
}

union control {
    struct cmsghdr alignment;
    char bytes[CMSG_SPACE(sizeof(int) * LINUX_PACKET_DESCRIPTORS)];
};

ssize_t linux_packet_send(int socket, const void *bytes, size_t length, const int *descriptors,
                          int count) {
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = length};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    union control control;
    if (count < 0 || count > LINUX_PACKET_DESCRIPTORS) {
        errno = EINVAL;
        return -1;
    }
    if (count > 0) {
        memset(&control, 0, sizeof control);
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)count);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)count);
        memcpy(CMSG_DATA(header), descriptors, sizeof(int) * (size_t)count);
    }
    ssize_t sent;
    do {
        sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent;
}

ssize_t linux_packet_receive(int socket, void *bytes, size_t capacity, int *descriptors,
                             int *count) {
    struct iovec part = {.iov_base = bytes, .iov_len = capacity};
    union control control;
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control};
    *count = 0;
    ssize_t received;
    do {
        received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    } while (received < 0 && errno == EINTR);
    if (received < 0)
        return received;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL;
         header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
            continue;
        int arrived = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        for (int index = 0; index < arrived; index++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(header) + sizeof(int) * (size_t)index, sizeof(int));
            if (*count < LINUX_PACKET_DESCRIPTORS) {
                descriptors[(*count)++] = descriptor;
            } else {
                close(descriptor);
            }
        }
    }
    if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
        while (*count > 0)
            close(descriptors[--*count]);
        errno = EMSGSIZE;
        return -1;
    }
    return received;
}

int linux_die_with_parent(int signal) { return prctl(PR_SET_PDEATHSIG, signal); }

int linux_become_subreaper(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1); }

int linux_landlock_version(void) {
    // landlock_create_ruleset, younger than the library's headers; 1 asks for the version alone.
    long version = syscall(444, NULL, 0, 1);
    return version > 0 ? (int)version : 0;
}

int linux_close_from(unsigned first) { return (int)syscall(SYS_close_range, first, ~0U, 0); }

int linux_become_program(const char *path, char *const arguments[]) {
    // A table of our own: what another thread opens or accepts from now on ends with that thread, and
    // is not left open in the program with nobody who knows of it.
    unshare(CLONE_FILES);
    // Not closed at once: other threads use them until the program is another.
    if (syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC) != 0) {
        int limit = (int)sysconf(_SC_OPEN_MAX);
        for (int number = 3; number < limit; number++)
            fcntl(number, F_SETFD, FD_CLOEXEC);
    }
    sigset_t none;
    sigemptyset(&none);
    for (const int *number = (const int[]){SIGINT, SIGTERM, SIGHUP, 0}; *number != 0; number++)
        signal(*number, SIG_DFL);
    pthread_sigmask(SIG_SETMASK, &none, NULL);
    return execv(path, arguments);
}

int linux_become_user(uint32_t identifier) {
    if (setgroups(0, NULL) != 0)
        return -1;
    if (setresgid(identifier, identifier, identifier) != 0)
        return -1;
    if (setresuid(identifier, identifier, identifier) != 0)
        return -1;
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

int linux_sync_filesystem(int descriptor) { return syncfs(descriptor); }

uint64_t linux_monotonic_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void linux_trim_memory(void) { malloc_trim(0); }
