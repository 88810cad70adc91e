// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Sending packets that a fuzzer chose: their bytes, and how many descriptors go along.
#ifndef SCOREKEEPER_FUZZ_PACKET_H
#define SCOREKEEPER_FUZZ_PACKET_H

#include "fuzz_input.h"

#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

// More than any receiver of ours has room for.
#define PACKET_DESCRIPTORS 40

// A length that is often the one that is wanted.
static size_t packet_size(struct input *input, size_t wanted) {
    uint64_t dice = input_number(input, 1);
    return dice % 4 < 2 ? wanted : dice % 4 == 2 ? wanted + dice / 4 : input_number(input, 2) % 700;
}

// Sends a packet of that length; false where the kernel refuses it.
static bool packet_send(int socket, struct input *input, size_t size) {
    unsigned char bytes[1024];
    union {
        struct cmsghdr alignment;
        char bytes[CMSG_SPACE(sizeof(int) * PACKET_DESCRIPTORS)];
    } control;
    memset(bytes, (int)input_number(input, 1), sizeof bytes);
    for (size_t i = 0; i < size && i < sizeof bytes && input->left > 0; i++)
        bytes[i] = (unsigned char)input_number(input, 1);
    int count = (int)(input_number(input, 1) % (PACKET_DESCRIPTORS + 1));
    struct iovec part = {.iov_base = bytes, .iov_len = size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (count > 0) {
        memset(&control, 0, sizeof control);
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)count);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)count);
        // Any open descriptor does: the socket itself.
        for (int i = 0; i < count; i++)
            memcpy(CMSG_DATA(header) + sizeof(int) * (size_t)i, &socket, sizeof socket);
    }
    return sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)size;
}

#endif
