// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Hands the gateway descriptors that it never asked for.
#define _GNU_SOURCE
#include <string.h>
#include <sys/socket.h>

#include "raw.h"

static void answer(struct raw *lane, const struct raw_request *request) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control;
    memset(&control, 0, sizeof control);
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(&control.header), &lane->socket, sizeof(int));
    struct scorer_word word = {.packet = SCORER_PACKET_READY, .generation = lane->generation};
    struct iovec vector = {&word, sizeof word};
    struct msghdr message = {.msg_iov = &vector,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    sendmsg(lane->socket, &message, MSG_NOSIGNAL);
    raw_echo(lane, request);
}

int main(void) { return raw_live(&(struct habits){.answer = answer}); }
