// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// What comes out of the socket, and what goes into it.
#ifndef SCOREKEEPER_SCORER_PACKETS_H
#define SCOREKEEPER_SCORER_PACKETS_H

#include "scorer_metrics.h"

// Longer than any packet to a scorer.
#define PACKET_ROOM 64

static enum scorer_result send_word(struct scorer_lane *lane, uint8_t packet, uint64_t generation) {
    struct scorer_word word = {.packet = packet, .generation = generation};
    long sent = system_send(lane->socket, &word, sizeof word, 0);
    return sent < 0 ? SCORER_GONE : SCORER_OK;
}

// `shares` or `threads`.
static enum scorer_result send_most(struct scorer_lane *lane, uint8_t packet, uint32_t most,
                                    uint64_t generation) {
    struct scorer_shares shares = {.packet = packet, .most = most, .generation = generation};
    return system_send(lane->socket, &shares, sizeof shares, 0) < 0 ? SCORER_GONE : SCORER_OK;
}

// A packet of one byte and a text, which is cut where it is too long.
static enum scorer_result send_text(struct scorer_lane *lane, uint8_t packet, const char *text,
                                    size_t length) {
    char bytes[1 + SCORER_REASON_MAX];
    if (length > SCORER_REASON_MAX)
        length = SCORER_REASON_MAX;
    bytes[0] = (char)packet;
    copy_bytes(bytes + 1, text, length);
    return system_send(lane->socket, bytes, 1 + length, 0) < 0 ? SCORER_GONE : SCORER_OK;
}

// Says again what an earlier gateway was told.
static enum scorer_result introduce(struct scorer_lane *lane, uint64_t generation) {
    char told[SCORER_REASON_MAX];
    lock_acquire(&lane->lock);
    bool is_ready = lane->is_ready;
    uint32_t shares = lane->shares;
    uint32_t threads = lane->threads;
    lane->has_new_metrics = lane->metric_count > 0;
    lane->metrics_told = 0;
    uint32_t length = lane->told_length;
    copy_bytes(told, lane->told, length);
    lock_release(&lane->lock);
    enum scorer_result result = SCORER_OK;
    if (length > 0)
        result = send_text(lane, SCORER_PACKET_TOLD, told, length);
    if (result == SCORER_OK && threads > 0)
        result = send_most(lane, SCORER_PACKET_THREADS, threads, generation);
    if (result == SCORER_OK && shares > 1)
        result = send_most(lane, SCORER_PACKET_SHARES, shares, generation);
    if (result == SCORER_OK && is_ready)
        result = send_word(lane, SCORER_PACKET_READY, generation);
    return result;
}

// A new gateway: what is in hand ends in the old era, everything else is in the new one.
static enum scorer_result meet_gateway(struct scorer_lane *lane, const struct scorer_hello *hello,
                                       const int *descriptors) {
    if (hello->version != SCORER_ABI_VERSION)
        return SCORER_OTHER_VERSION;
    struct era *era = NULL;
    enum scorer_result result = make_era(hello, descriptors, &era);
    if (result != SCORER_OK)
        return result;
    lock_acquire(&lane->lock);
    struct era *old = lane->era;
    __atomic_store_n(&lane->era, era, __ATOMIC_RELEASE);
    if (old && old->in_hand == 0)
        drop_era(old);
    lock_release(&lane->lock);
    return introduce(lane, hello->generation);
}

static enum scorer_result keep_body(struct scorer_lane *lane, const struct scorer_body *packet,
                                    int descriptor) {
    struct era *era = lane->era;
    if (!era || packet->ticket == 0 || packet->length == 0 || packet->length > INT64_MAX)
        return SCORER_BROKEN;
    long error = 0;
    void *memory = map_sealed(descriptor, packet->length, false, &error);
    if (!memory)
        return error ? system_failed(error) : SCORER_BROKEN;
    struct long_body body = {packet->ticket, packet->length, memory};
    lock_acquire(&lane->lock);
    era->packets++;
    bool has_room = era->waiting_bodies < era->shape.slots;
    if (has_room)
        era->bodies[era->waiting_bodies++] = body;
    lock_release(&lane->lock);
    if (!has_room)
        drop_body(&body);
    return has_room ? SCORER_OK : SCORER_BROKEN;
}

static enum scorer_result understand(struct scorer_lane *lane, const uint8_t *bytes, size_t length,
                                     const int *descriptors, int count) {
    if (bytes[0] == SCORER_PACKET_BELL && length == 1)
        return SCORER_OK;
    if (bytes[0] == SCORER_PACKET_HELLO && length == sizeof(struct scorer_hello) && count == 2) {
        struct scorer_hello hello;
        copy_bytes(&hello, bytes, sizeof hello);
        return meet_gateway(lane, &hello, descriptors);
    }
    if (bytes[0] == SCORER_PACKET_BODY && length == sizeof(struct scorer_body) && count == 1) {
        struct scorer_body body;
        copy_bytes(&body, bytes, sizeof body);
        return keep_body(lane, &body, descriptors[0]);
    }
    if (bytes[0] == SCORER_PACKET_DRAIN && length == sizeof(struct scorer_word)) {
        lock_acquire(&lane->lock);
        lane->is_draining = true;
        if (lane->era)
            lane->era->packets++;
        lock_release(&lane->lock);
        return SCORER_OK;
    }
    // A gateway of another version may greet with another length.
    bool is_hello = bytes[0] == SCORER_PACKET_HELLO && length > 1;
    return is_hello && bytes[1] != SCORER_ABI_VERSION ? SCORER_OTHER_VERSION : SCORER_BROKEN;
}

// Waits for one packet and acts on it. Metrics that were told less than a second ago are told again
// first, where nothing comes until then.
static enum scorer_result receive(struct scorer_lane *lane) {
    uint64_t pause = tell_metrics(lane);
    if (pause > 0 && system_poll(lane->socket, pause) == 0)
        tell_metrics(lane);
    uint8_t bytes[PACKET_ROOM];
    struct system_control control = {.length = 0};
    struct system_vector vector = {bytes, sizeof bytes};
    struct system_message message = {
        .vectors = &vector,
        .vector_count = 1,
        .control = &control,
        .control_length = sizeof control,
    };
    long length =
        system_call(CALL_RECVMSG, lane->socket, (long)&message, MESSAGE_CLOSE_ON_EXEC, 0, 0, 0);
    if (length == -ERROR_INTERRUPTED)
        return SCORER_INTERRUPTED;
    if (length == 0 || length == -ERROR_CONNECTION_RESET)
        return SCORER_GONE;
    if (length < 0)
        return system_failed(length);
    int count = 0;
    size_t head = offsetof(struct system_control, descriptors);
    if (message.control_length >= head && control.length >= head && control.level == SOCKET_LEVEL &&
        control.type == SOCKET_RIGHTS)
        count = (int)((control.length - head) / sizeof control.descriptors[0]);
    enum scorer_result result =
        message.flags & MESSAGE_TRUNCATED
            ? SCORER_BROKEN
            : understand(lane, bytes, (size_t)length, control.descriptors, count);
    // What was mapped stays mapped.
    for (int i = 0; i < count; i++)
        system_close(control.descriptors[i]);
    return result;
}

#endif
