// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Any packet with any descriptors, against libscorer's reading of it.
//
// libscorer.c is part of this file: what is tested is private to it. Broken: a descriptor that
// stays open.
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
    if (dice % 16 == 2) {
        close(memory);
        memory = open("/dev/null", O_RDWR);
    }
    return memory;
}

// The packet that is right at this moment: a greeting, a body, a farewell.
static size_t write_packet(struct input *input, struct scorer_shape shape, uint8_t *packet) {
    struct scorer_hello hello = {.packet = SCORER_PACKET_HELLO,
                                 .version = SCORER_ABI_VERSION,
                                 .slots = shape.slots,
                                 .calls = shape.calls,
                                 .area_bytes = shape.area_bytes,
                                 .requests_bytes = scorer_requests_bytes(shape),
                                 .responses_bytes = scorer_responses_bytes(shape)};
    struct scorer_body body = {.packet = SCORER_PACKET_BODY,
                               .ticket = input_number(input, 1),
                               .length = input_number(input, 1) * 64};
    struct scorer_word drain = {.packet = SCORER_PACKET_DRAIN};
    switch (input_number(input, 1) % 6) {
    case 0:
        memcpy(packet, &body, sizeof body);
        return sizeof body;
    case 1:
        memcpy(packet, &drain, sizeof drain);
        return sizeof drain;
    case 2:
        packet[0] = SCORER_PACKET_BELL;
        return 1;
    default:
        memcpy(packet, &hello, sizeof hello);
        return sizeof hello;
    }
}

static void send_packet(int socket, const uint8_t *packet, size_t size, const int *descriptors,
                        int count) {
    struct iovec part = {(void *)packet, size};
    char space[CMSG_SPACE(2 * sizeof(int))] = {0};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (count > 0) {
        message.msg_control = space;
        message.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
        memcpy(CMSG_DATA(header), descriptors, (size_t)count * sizeof(int));
    }
    sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct input input = {bytes, length};
    struct scorer_lane *lane = NULL;
    int ends[2];
    int free_before = dup(0);
    close(free_before);
    REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0);
    long error = 0;
    lane = system_map(-1, sizeof *lane, true, &error);
    lane->socket = ends[0];
    uint64_t told = input_number(&input, 1);
    if (told % 2)
        scorer_tell(lane, "{}", told % 3);
    lane->is_ready = told / 2 % 2;
    lane->shares = (uint32_t)(told / 4 % 3);
    for (int packets = 0; packets < 4 && input.left > 0; packets++) {
        struct scorer_shape shape = {1 + (uint32_t)(input_number(&input, 1) % 4), 1, SCORER_PAGE};
        int descriptors[2] = {make_memory(&input, shape, false), make_memory(&input, shape, true)};
        int count = (int)(input_number(&input, 1) % 3);
        uint64_t choice = input_number(&input, 1) % 8;
        uint8_t room[2 * PACKET_ROOM] = {0};
        size_t size = write_packet(&input, shape, room);
        if (choice < 2)
            size = 1 + input_number(&input, 1) % (2 * PACKET_ROOM - 1);
        // The right packet, or one with some bytes changed, or anything.
        for (uint64_t changes = choice > 3 ? 0 : input_number(&input, 1) % 40; changes > 0;
             changes--) {
            uint64_t place = input_number(&input, 1) % size;
            room[place] = (uint8_t)input_number(&input, 1);
        }
        if (choice % 2) {
            // Out of the socket, where it is cut at the end of its room.
            send_packet(ends[1], room, size, descriptors, count);
            receive(lane);
        } else if (size <= PACKET_ROOM) {
            // Of exactly this size, so that a byte too far is seen.
            uint8_t *packet = malloc(size);
            memcpy(packet, room, size);
            understand(lane, packet, size, descriptors, count);
            free(packet);
        }
        close(descriptors[0]);
        close(descriptors[1]);
    }
    scorer_detach(lane);
    close(ends[0]);
    close(ends[1]);
    int free_after = dup(0);
    close(free_after);
    REQUIRE(free_after == free_before);
    return 0;
}
