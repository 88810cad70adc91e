// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Any packets with any descriptors from a child, against the node's reading of its reports.
//
// Broken: a text without an end, a sender that is not the one who sent it, a descriptor that
// became ours.
#include "fuzz_input.h"
#include "fuzz_packet.h"
#include "launch_host.h"

#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct input input = {bytes, length};
    int pair[2], free_before, free_after;
    REQUIRE(launch_host_pair(pair) == 0);
    free_before = dup(0);
    close(free_before);
    for (int packets = 0; packets < 4 && input.left > 0; packets++) {
        struct launch_report report;
        pid_t sender = -1;
        size_t size = packet_size(&input, sizeof report);
        if (!packet_send(pair[1], &input, size))
            continue;
        memset(&report, 0xff, sizeof report);
        int result = launch_host_receive(pair[0], &report, &sender);
        REQUIRE(result == (size == 0 ? 0 : size < sizeof report ? -1 : 1));
        REQUIRE(result >= 0 || errno == EPROTO);
        if (result == 1) {
            REQUIRE(sender == getpid());
            REQUIRE(memchr(report.step, 0, sizeof report.step));
            REQUIRE(memchr(report.subject, 0, sizeof report.subject));
        }
        free_after = dup(0);
        close(free_after);
        REQUIRE(free_after == free_before);
    }
    struct launch_report report;
    pid_t sender;
    REQUIRE(launch_host_receive(pair[0], &report, &sender) == -1 && errno == EAGAIN);
    close(pair[1]);
    REQUIRE(launch_host_receive(pair[0], &report, &sender) == 0);
    close(pair[0]);
    return 0;
}
