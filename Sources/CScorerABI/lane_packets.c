// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Packets, and the words for a broken rule.
#include "lane_private.h"
#include "lane_regions.h"

#include <math.h>

// Whether each metric is one: a legal name that is there once, a kind, a number.
static bool are_metrics(const struct lane_packet *packet) {
    for (uint32_t i = 0; i < packet->metric_count; i++) {
        const struct scorer_metric *metric = &packet->metrics[i];
        bool is_counter = metric->kind == SCORER_METRIC_COUNTER;
        if (!isfinite(metric->value) || (is_counter && metric->value < 0) ||
            (!is_counter && metric->kind != SCORER_METRIC_GAUGE) ||
            metric->name_length > SCORER_METRIC_NAME_MAX ||
            !scorer_metric_name_is_legal(metric->name, metric->name_length))
            return false;
        for (uint32_t other = 0; other < i; other++)
            if (packet->metrics[other].name_length == metric->name_length &&
                memcmp(packet->metrics[other].name, metric->name, metric->name_length) == 0)
                return false;
    }
    return true;
}

static enum lane_packet_kind parse_metrics(const struct lane *lane, const uint8_t *bytes,
                                           size_t length, struct lane_packet *packet) {
    struct scorer_metrics metrics;
    if (length < sizeof metrics)
        return LANE_PACKET_LIE;
    memcpy(&metrics, bytes, sizeof metrics);
    size_t size = (size_t)metrics.count * sizeof packet->metrics[0];
    if (metrics.count > SCORER_METRICS_MAX || length != sizeof metrics + size)
        return LANE_PACKET_LIE;
    if (metrics.generation != lane->generation)
        return LANE_PACKET_STALE;
    packet->metric_count = metrics.count;
    memcpy(packet->metrics, bytes + sizeof metrics, size);
    return are_metrics(packet) ? LANE_PACKET_METRICS : LANE_PACKET_LIE;
}

static enum lane_packet_kind parse(const struct lane *lane, const uint8_t *bytes, size_t length,
                                   struct lane_packet *packet) {
    if (length == 0)
        return LANE_PACKET_END;
    if (bytes[0] == SCORER_PACKET_BELL && length == 1)
        return LANE_PACKET_BELL;
    if (bytes[0] == SCORER_PACKET_READY && length == sizeof(struct scorer_word)) {
        struct scorer_word word;
        memcpy(&word, bytes, sizeof word);
        return word.generation == lane->generation ? LANE_PACKET_READY : LANE_PACKET_STALE;
    }
    bool is_threads = bytes[0] == SCORER_PACKET_THREADS;
    if ((is_threads || bytes[0] == SCORER_PACKET_SHARES) &&
        length == sizeof(struct scorer_shares)) {
        struct scorer_shares shares;
        memcpy(&shares, bytes, sizeof shares);
        if (shares.generation != lane->generation)
            return LANE_PACKET_STALE;
        packet->most = shares.most;
        if (shares.most < 1 || shares.most > SCORER_SLOTS_MAX)
            return LANE_PACKET_LIE;
        return is_threads ? LANE_PACKET_THREADS : LANE_PACKET_SHARES;
    }
    if (bytes[0] == SCORER_PACKET_METRICS)
        return parse_metrics(lane, bytes, length, packet);
    bool is_text = bytes[0] == SCORER_PACKET_FAILED || bytes[0] == SCORER_PACKET_TOLD;
    if (is_text && length <= 1 + SCORER_REASON_MAX) {
        packet->reason_length = (uint32_t)(length - 1);
        memcpy(packet->reason, bytes + 1, length - 1);
        return bytes[0] == SCORER_PACKET_TOLD ? LANE_PACKET_TOLD : LANE_PACKET_FAILED;
    }
    return LANE_PACKET_LIE;
}

enum lane_packet_kind lane_packet_parse(struct lane *lane, const void *bytes, size_t length,
                                        struct lane_packet *packet) {
    packet->reason_length = 0;
    packet->metric_count = 0;
    packet->kind = parse(lane, bytes, length, packet);
    if (packet->kind == LANE_PACKET_LIE)
        end_lane(lane, LANE_BAD_PACKET);
    lane->was_rung = true;
    return packet->kind;
}

enum lane_packet_kind lane_receive(struct lane *lane, struct lane_packet *packet) {
    uint8_t bytes[LANE_PACKET_BYTES_MAX];
    ssize_t length;
    do
        // No room for control data: descriptors that a scorer sends never become ours.
        length = recv(lane->socket, bytes, sizeof bytes, MSG_DONTWAIT | MSG_TRUNC);
    while (length < 0 && errno == EINTR);
    if (length < 0) {
        bool is_empty = errno == EAGAIN || errno == EWOULDBLOCK;
        packet->kind = is_empty ? LANE_PACKET_NONE : LANE_PACKET_END;
        packet->reason_length = 0;
        packet->metric_count = 0;
        return packet->kind;
    }
    return lane_packet_parse(lane, bytes, (size_t)length, packet);
}

enum lane_result lane_drain(struct lane *lane) {
    struct scorer_word word = {.packet = SCORER_PACKET_DRAIN, .generation = lane->generation};
    if (lane_send(lane->socket, &word, sizeof word, NULL, 0)) {
        count_packet(lane);
        ring_futex(lane, load_word(&lane->responses->asleep));
        return LANE_OK;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return LANE_SOCKET_FULL;
    return errno == EPIPE || errno == ECONNRESET ? LANE_ENDED : LANE_SYSTEM;
}

const char *lane_violation_text(enum lane_violation violation) {
    switch (violation) {
    case LANE_HONEST:
        return "kept the rules";
    case LANE_DONE_JUMPED:
        return "counted more completions than requests it could have had";
    case LANE_SLOT_OUT_OF_RANGE:
        return "answered in a slot that does not exist";
    case LANE_SLOT_FREE:
        return "answered where no request was";
    case LANE_WRONG_TICKET:
        return "answered another request than the slot held";
    case LANE_WRONG_OUTCOME:
        return "gave an outcome that the request could not have";
    case LANE_WRONG_STATUS:
        return "gave a status that is not an HTTP status";
    case LANE_OUTSIDE_AREA:
        return "pointed outside its answer area";
    case LANE_TOO_MANY_PARTS:
        return "sent more parts than it was given leave for";
    case LANE_BEGUN_AFTER_CANCEL:
        return "answered a request that had been withdrawn before it was begun";
    case LANE_DECLINED_UNASKED:
        return "declined a request that was neither withdrawn nor late";
    case LANE_BAD_PACKET:
        return "sent a packet that is not one";
    }
    return "broke a rule that has no name";
}
