// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Any packet with any descriptors, against libscorer's reading of it.
//
// libscorer.c is part of this file: what is tested is private to it.
#include "libscorer.c"

#include "fuzz_input.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

// A memfd that is longer or shorter than it should be, sealed or not.
static int make_memory(struct input *input, struct scorer_shape shape, bool is_responses) {
    uint64_t bytes = is_responses ? scorer_responses_bytes(shape) : scorer_requests_bytes(shape);
    uint64_t dice = input_number(input, 1);
    int memory = memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    REQUIRE(ftruncate(memory, (off_t)(dice % 4 == 0 ? bytes / 2 : bytes)) == 0);
    if (dice % 8 != 1)
        fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK);
    return dice % 16 == 2 ? open("/dev/null", O_RDWR) : memory;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct input input = {bytes, length};
    struct scorer_lane *lane = NULL;
    int ends[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0);
    long error = 0;
    lane = system_map(-1, sizeof *lane, true, &error);
    lane->socket = ends[0];
    lane->is_ready = input_number(&input, 1) % 2;
    for (int packets = 0; packets < 4 && input.left > 0; packets++) {
        struct scorer_shape shape = {1 + (uint32_t)(input_number(&input, 1) % 4), 1, SCORER_PAGE};
        struct scorer_hello hello = {.packet = SCORER_PACKET_HELLO,
                                     .version = SCORER_ABI_VERSION,
                                     .slots = shape.slots,
                                     .calls = shape.calls,
                                     .area_bytes = shape.area_bytes,
                                     .requests_bytes = scorer_requests_bytes(shape),
                                     .responses_bytes = scorer_responses_bytes(shape)};
        int descriptors[2] = {make_memory(&input, shape, false), make_memory(&input, shape, true)};
        int count = (int)(input_number(&input, 1) % 3);
        uint64_t choice = input_number(&input, 1) % 4;
        size_t size = choice < 2 ? sizeof hello : 1 + input_number(&input, 1) % PACKET_ROOM;
        uint8_t *packet = calloc(1, size);
        memcpy(packet, &hello, size < sizeof hello ? size : sizeof hello);
        // The right packet, or one with some bytes changed, or anything.
        for (uint64_t changes = choice == 0 ? 0 : input_number(&input, 1) % 40; changes > 0;
             changes--) {
            uint64_t place = input_number(&input, 1) % size;
            packet[place] = (uint8_t)input_number(&input, 1);
        }
        understand(lane, packet, size, descriptors, count);
        free(packet);
        close(descriptors[0]);
        close(descriptors[1]);
    }
    scorer_detach(lane);
    close(ends[0]);
    close(ends[1]);
    return 0;
}
