// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "poller.h"

#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

_Static_assert(LINUX_READY_INPUT == EPOLLIN && LINUX_READY_OUTPUT == EPOLLOUT &&
                   LINUX_READY_ERROR == EPOLLERR && LINUX_READY_END == EPOLLHUP &&
                   LINUX_READY_INPUT_END == EPOLLRDHUP,
               "the bits are epoll's");

int linux_poller(void) { return epoll_create1(EPOLL_CLOEXEC); }

int linux_poller_add(int poller, int descriptor, uint32_t what, uint64_t token) {
    struct epoll_event event = {.events = what, .data.u64 = token};
    return epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event);
}

int linux_poller_change(int poller, int descriptor, uint32_t what, uint64_t token) {
    struct epoll_event event = {.events = what, .data.u64 = token};
    return epoll_ctl(poller, EPOLL_CTL_MOD, descriptor, &event);
}

int linux_poller_remove(int poller, int descriptor) {
    return epoll_ctl(poller, EPOLL_CTL_DEL, descriptor, NULL);
}

int linux_poller_wait(int poller, struct linux_ready *ready, int milliseconds) {
    struct epoll_event events[LINUX_READY_MOST];
    int count = epoll_wait(poller, events, LINUX_READY_MOST, milliseconds);
    for (int i = 0; i < count; i++)
        ready[i] = (struct linux_ready){.token = events[i].data.u64, .what = events[i].events};
    return count;
}

int linux_counter(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

int linux_accept(int listener) {
    return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
