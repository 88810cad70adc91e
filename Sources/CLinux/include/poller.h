// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// epoll(7), eventfd(2) and accept4(2), each as one plain function.
//
// Every function answers like the system call it wraps: -1 and errno on failure. Readiness is told
// for as long as it lasts (level-triggered).
#ifndef SCOREKEEPER_POLLER_H
#define SCOREKEEPER_POLLER_H

#include <stdint.h>

// What a descriptor may be watched for; its error and the end of both directions always are.
enum {
    LINUX_READY_INPUT = 1,
    LINUX_READY_OUTPUT = 4,
    LINUX_READY_ERROR = 8,
    LINUX_READY_END = 16,
    // The other end sends nothing more.
    LINUX_READY_INPUT_END = 0x2000,
};

// Most descriptors that one wait tells of.
#define LINUX_READY_MOST 128

// What became ready, and the token that it was added with.
struct linux_ready {
    uint64_t token;
    uint32_t what;
};

// An empty poller; CLOEXEC.
int linux_poller(void);

// Watches a descriptor from now on.
int linux_poller_add(int poller, int descriptor, uint32_t what, uint64_t token);

// Watches it for something else.
int linux_poller_change(int poller, int descriptor, uint32_t what, uint64_t token);

// Watches it no more; a descriptor that nobody else holds need only be closed.
int linux_poller_remove(int poller, int descriptor);

// Waits until something is ready, so many milliseconds at most; -1 for as long as it takes.
//
// Writes at most LINUX_READY_MOST and answers how many.
int linux_poller_wait(int poller, struct linux_ready *ready, int milliseconds);

// A counter that is readable while it is not zero; not blocking, CLOEXEC.
int linux_counter(void);

// Accepts a connection; not blocking, CLOEXEC.
int linux_accept(int listener);

#endif
