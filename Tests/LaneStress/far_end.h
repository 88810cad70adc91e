// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// The scorer's end of a lane without libscorer, in the gateway's own process: it writes whatever it
// likes wherever a scorer can.
#ifndef SCOREKEEPER_FAR_END_H
#define SCOREKEEPER_FAR_END_H

#include "fuzz_input.h"
#include "scorer_abi.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

struct far_end {
    unsigned char *responses;
    uint64_t bytes;
};

// Takes the greeting that waits in the socket.
static struct far_end far_attach(int socket) {
    struct scorer_hello hello;
    struct iovec vector = {&hello, sizeof hello};
    char space[CMSG_SPACE(2 * sizeof(int))];
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
    int descriptors[2];
    REQUIRE(recvmsg(socket, &message, 0) == sizeof hello);
    memcpy(descriptors, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof descriptors);
    void *memory =
        mmap(NULL, hello.responses_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptors[1], 0);
    REQUIRE(memory != MAP_FAILED);
    close(descriptors[0]);
    close(descriptors[1]);
    return (struct far_end){memory, hello.responses_bytes};
}

// Writes a completion into the ring and says that it is there.
static void far_claim(const struct far_end *far, struct scorer_shape shape, uint64_t *done,
                      struct scorer_completion claim) {
    unsigned char *ring = far->responses + scorer_completions_offset(shape);
    memcpy(ring + *done % scorer_completions(shape) * sizeof claim, &claim, sizeof claim);
    ++*done;
    memcpy(far->responses + offsetof(struct scorer_responses, done), done, sizeof *done);
}

#endif
