// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Any packet from a scorer, against the gateway's reading of it.
#include "fuzz_input.h"
#include "lane.h"

#include <sys/socket.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    static struct lane *lane;
    static struct lane_packet packet;
    struct scorer_shape shape = {1, 1, SCORER_PAGE};
    int ends[2];
    if (!lane) {
        REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0);
        REQUIRE(lane_open(ends[0], shape, 7, &lane) == LANE_OK);
    }
    // Of exactly this length, so that a byte too far is seen.
    uint8_t *copy = malloc(length);
    if (length > 0)
        memcpy(copy, bytes, length);
    enum lane_packet_kind kind = lane_packet_parse(lane, copy, length, &packet);
    REQUIRE(kind == packet.kind && kind != LANE_PACKET_NONE);
    REQUIRE(packet.reason_length <= SCORER_REASON_MAX);
    REQUIRE(packet.reason_length == 0 || packet.reason_length == length - 1);
    REQUIRE(kind != LANE_PACKET_LIE || lane_violation(lane) == LANE_BAD_PACKET);
    free(copy);
    return 0;
}
