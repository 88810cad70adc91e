// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Floods: of descriptors, of facts, of log.
#include "attempts.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define DESCRIPTORS 253
#define FLOOD_SECONDS 2

static bool is_over(time_t end) { return time(NULL) >= end; }

static void wait_for_room(int socket) {
    struct pollfd watched = {.fd = socket, .events = POLLOUT};
    poll(&watched, 1, 20);
}

// Bells that bring as many descriptors as one packet can.
ATTEMPT(flood_of_descriptors) {
    union {
        char space[CMSG_SPACE(DESCRIPTORS * sizeof(int))];
        struct cmsghdr header;
    } control;
    char bell = SCORER_PACKET_BELL;
    struct iovec vector = {.iov_base = &bell, .iov_len = 1};
    struct msghdr message = {.msg_iov = &vector,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    memset(&control, 0, sizeof control);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(DESCRIPTORS * sizeof(int));
    int *descriptors = (int *)CMSG_DATA(header);
    for (int index = 0; index < DESCRIPTORS; index++)
        descriptors[index] = index % 3;
    unsigned sent = 0;
    int error = 0;
    for (time_t end = time(NULL) + FLOOD_SECONDS; !is_over(end);) {
        if (sendmsg(task->lane->socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
            sent++;
        else if ((error = errno) == EAGAIN)
            wait_for_room(task->lane->socket);
    }
    return sent ? bounded("sent %u packets with %d each", sent, DESCRIPTORS) : refused(error);
}

ATTEMPT(flood_of_facts) {
    char packet[1 + SCORER_REASON_MAX];
    unsigned sent = 0;
    memset(packet, 0x1b, sizeof packet);
    packet[0] = SCORER_PACKET_TOLD;
    for (time_t end = time(NULL) + FLOOD_SECONDS; !is_over(end);) {
        if (send(task->lane->socket, packet, sizeof packet, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
            sent++;
        else
            wait_for_room(task->lane->socket);
    }
    return bounded("told %u times 4 KiB", sent);
}

ATTEMPT(flood_log) {
    static char lines[64 << 10];
    long most = told_number(task, "log_bytes");
    long written = 0;
    memset(lines, 'y', sizeof lines);
    for (unsigned at = 99; at < sizeof lines; at += 100)
        lines[at] = '\n';
    while (written < most) {
        long got = write(1, lines, sizeof lines);
        if (got < 0)
            return refused(errno);
        written += got;
    }
    return bounded("wrote %ld MiB", written >> 20);
}

// What a terminal would obey, had it been written through: a title, a colour, a screen wiped.
ATTEMPT(escape_in_log) {
    (void)task;
    static const char text[] = "\n\033]0;escaped\007\033[2J\033[31mescaped\r\b\n";
    return write(2, text, sizeof text - 1) < 0 ? refused(errno) : bounded("wrote it");
}
