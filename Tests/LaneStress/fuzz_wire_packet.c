// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Any packets with any descriptors, against the reading that supervisor, gateway and nodes share.
//
// Broken: bytes that were not sent, more descriptors than there is room for, one that is lost or
// kept after a packet was refused.
#include "fuzz_packet.h"
#include "linux_calls.h"

#include <errno.h>
#include <fcntl.h>

#define CAPACITY 256

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct input input = {bytes, length};
    int pair[2];
    REQUIRE(linux_packet_pair(pair, 1) == 0);
    int free_before = dup(0);
    close(free_before);
    for (int packets = 0; packets < 4 && input.left > 0; packets++) {
        int descriptors[LINUX_PACKET_DESCRIPTORS], count = -1;
        size_t size = packet_size(&input, CAPACITY);
        // Of exactly this size, so that a byte too far is seen.
        unsigned char *room = malloc(CAPACITY);
        if (packet_send(pair[1], &input, size)) {
            ssize_t received = linux_packet_receive(pair[0], room, CAPACITY, descriptors, &count);
            REQUIRE(received == (ssize_t)size || (received == -1 && errno == EMSGSIZE));
            REQUIRE(received < 0 || size <= CAPACITY);
            REQUIRE(count >= 0 && count <= LINUX_PACKET_DESCRIPTORS);
            REQUIRE(received >= 0 || count == 0);
            for (int i = 0; i < count; i++) {
                REQUIRE(fcntl(descriptors[i], F_GETFD) == FD_CLOEXEC);
                REQUIRE(close(descriptors[i]) == 0);
            }
        }
        free(room);
        int free_after = dup(0);
        close(free_after);
        REQUIRE(free_after == free_before);
    }
    close(pair[1]);
    close(pair[0]);
    return 0;
}
