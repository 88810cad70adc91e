// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Posting: copying a request into its slot.
#include "lane_private.h"
#include "lane_regions.h"

static uint64_t length_of(const struct lane_bytes *body, size_t count) {
    uint64_t length = 0;
    for (size_t i = 0; i < count; i++)
        length += body[i].length;
    return length;
}

// Writes a body that is longer than an area into a memfd of its own.
static int set_apart(const struct lane_bytes *body, size_t count) {
    int descriptor = lane_body_create();
    for (size_t i = 0; descriptor >= 0 && i < count; i++) {
        size_t written = 0;
        while (written < body[i].length) {
            ssize_t more =
                write(descriptor, (const char *)body[i].base + written, body[i].length - written);
            if (more < 0 && errno == EINTR)
                continue;
            if (more <= 0) {
                int error = errno;
                close(descriptor);
                errno = error;
                return -1;
            }
            written += (size_t)more;
        }
    }
    if (descriptor >= 0 && lane_body_seal(descriptor) != 0) {
        int error = errno;
        close(descriptor);
        errno = error;
        return -1;
    }
    return descriptor;
}

static enum lane_result send_apart(struct lane *lane, int descriptor, uint64_t length) {
    struct scorer_body body = {
        .packet = SCORER_PACKET_BODY, .ticket = lane->last + 1, .length = length};
    if (lane_send(lane->socket, &body, sizeof body, &descriptor, 1)) {
        count_packet(lane);
        return LANE_OK;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ETOOMANYREFS)
        return LANE_SOCKET_FULL;
    return errno == EPIPE || errno == ECONNRESET ? LANE_ENDED : LANE_SYSTEM;
}

static enum lane_result send_body(struct lane *lane, const struct lane_post *post,
                                  uint64_t length) {
    if (post->apart >= 0)
        return send_apart(lane, post->apart, length);
    int descriptor = set_apart(post->body, post->body_count);
    if (descriptor < 0)
        return LANE_SYSTEM;
    enum lane_result result = send_apart(lane, descriptor, length);
    int error = errno;
    close(descriptor);
    errno = error;
    return result;
}

// Fills the slot's area: the body, the head, zeros where an earlier request's bytes stood.
static void fill_area(struct lane *lane, uint32_t slot, const struct lane_post *post,
                      bool is_apart) {
    char *area = (char *)lane->requests + scorer_area_offset(lane->shape, slot);
    uint64_t used = 0;
    for (size_t i = 0; !is_apart && i < post->body_count; i++) {
        if (post->body[i].length > 0)
            memcpy(area + used, post->body[i].base, post->body[i].length);
        used += post->body[i].length;
    }
    if (post->head.length > 0)
        memcpy(area + used, post->head.base, post->head.length);
    used += post->head.length;
    if (lane->known[slot].dirty > used)
        memset(area + used, 0, lane->known[slot].dirty - used);
    lane->known[slot].dirty = used;
}

enum lane_result lane_post(struct lane *lane, const struct lane_post *post,
                           struct lane_ticket *ticket) {
    if (lane->violation)
        return LANE_ENDED;
    if (lane->free_count == 0)
        return LANE_FULL;
    if (post->head.length > lane->shape.area_bytes)
        return LANE_HEAD_TOO_LONG;
    uint64_t length =
        post->apart >= 0 ? post->apart_length : length_of(post->body, post->body_count);
    bool is_apart = post->apart >= 0 || length > lane->shape.area_bytes - post->head.length;
    if (is_apart) {
        enum lane_result result = send_body(lane, post, length);
        if (result != LANE_OK)
            return result;
    }
    uint32_t slot = lane->free[--lane->free_count];
    uint64_t number = ++lane->last;
    lane->known[slot] = (struct private_slot){.ticket = number,
                                              .deadline = post->deadline,
                                              .dirty = lane->known[slot].dirty,
                                              .kind = (uint16_t)post->kind,
                                              .state = SLOT_POSTED};
    fill_area(lane, slot, post, is_apart);
    struct scorer_slot *shared = &lane->slots[slot];
    shared->ticket = number;
    shared->deadline = post->deadline;
    shared->offset = scorer_area_offset(lane->shape, slot);
    shared->body_length = length;
    shared->head_length = (uint32_t)post->head.length;
    shared->kind = (uint16_t)post->kind;
    shared->flags = (uint16_t)(post->flags | (is_apart ? SCORER_FLAG_APART : 0));
    store_word(&shared->read, 0);
    __atomic_store_n(&lane->requests->ring[lane->tail % lane->shape.slots], slot, __ATOMIC_RELAXED);
    store_word(&lane->requests->tail, ++lane->tail);
    lane->has_gathered = true;
    if (!post->is_gathered)
        lane_ring(lane);
    *ticket = (struct lane_ticket){.number = number, .slot = slot};
    return LANE_OK;
}

void lane_ring(struct lane *lane) {
    if (!lane->has_gathered)
        return;
    lane->has_gathered = false;
    ring_bell(lane);
}
