// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "lane_regions.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

// Newer than the C library's headers on Debian 12.
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif
#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

// Closes without disturbing the errno that is about to be reported.
static void close_quietly(int descriptor) {
    int error = errno;
    close(descriptor);
    errno = error;
}

static int make_memfd(const char *name) {
    int descriptor = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
    if (descriptor < 0 && errno == EINVAL)
        descriptor = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (descriptor < 0)
        return -1;
    // Without this any process of the same uid may open it anew through /proc.
    if (fchmod(descriptor, 0600) != 0) {
        close_quietly(descriptor);
        return -1;
    }
    return descriptor;
}

int lane_region_create(const char *name, uint64_t bytes, bool is_ours, void **memory) {
    int descriptor = make_memfd(name);
    if (descriptor < 0)
        return -1;
    int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
    // A writable mapping must exist before FUTURE_WRITE forbids all others.
    if (is_ours)
        seals |= F_SEAL_FUTURE_WRITE;
    int protection = is_ours ? PROT_READ | PROT_WRITE : PROT_READ;
    void *mapped = MAP_FAILED;
    if (ftruncate(descriptor, (off_t)bytes) == 0)
        mapped = mmap(NULL, bytes, protection, MAP_SHARED, descriptor, 0);
    if (mapped == MAP_FAILED) {
        close_quietly(descriptor);
        return -1;
    }
    if (fcntl(descriptor, F_ADD_SEALS, seals) != 0) {
        int error = errno;
        munmap(mapped, bytes);
        close(descriptor);
        errno = error;
        return -1;
    }
    *memory = mapped;
    return descriptor;
}

int lane_body_create(void) { return make_memfd("scorekeeper-body"); }

int lane_body_seal(int descriptor) {
    return fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
}

bool lane_send(int socket, const void *bytes, size_t length, const int *descriptors, int count) {
    struct iovec vector = {.iov_base = (void *)bytes, .iov_len = length};
    union {
        char space[CMSG_SPACE(2 * sizeof(int))];
        struct cmsghdr header;
    } control;
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
    if (count > 0) {
        size_t carried = (size_t)count * sizeof(int);
        memset(&control, 0, sizeof control);
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(carried);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(carried);
        memcpy(CMSG_DATA(header), descriptors, carried);
    }
    ssize_t sent;
    do
        sent = sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent >= 0;
}
