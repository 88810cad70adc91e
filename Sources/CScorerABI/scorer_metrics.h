// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Metrics: a table under the lane's lock, told whole, once a second at most.
//
// It is told by whoever changes it, or by the thread that goes to sleep, so that the last change of
// a busy second is told too. A gateway that does not read misses some: the next has all values.
#ifndef SCOREKEEPER_SCORER_METRICS_H
#define SCOREKEEPER_SCORER_METRICS_H

#include "scorer_era.h"

#define METRICS_PAUSE 1000000000u

struct metrics_packet {
    struct scorer_metrics head;
    struct scorer_metric metrics[SCORER_METRICS_MAX];
};

// Tells them if it is time; else answers how long that takes. Under the lock.
static uint64_t tell_metrics_locked(struct scorer_lane *lane) {
    if (!lane->has_new_metrics || !lane->era)
        return 0;
    uint64_t now = system_now();
    if (lane->metrics_told != 0 && now - lane->metrics_told < METRICS_PAUSE)
        return METRICS_PAUSE - (now - lane->metrics_told);
    struct metrics_packet packet;
    packet.head = (struct scorer_metrics){.packet = SCORER_PACKET_METRICS,
                                          .count = lane->metric_count,
                                          .generation = lane->era->generation};
    size_t length = lane->metric_count * sizeof packet.metrics[0];
    copy_bytes(packet.metrics, lane->metrics, length);
    lane->metrics_told = now;
    if (system_send(lane->socket, &packet, sizeof packet.head + length, MESSAGE_DO_NOT_WAIT) >= 0)
        lane->has_new_metrics = false;
    return 0;
}

static uint64_t tell_metrics(struct scorer_lane *lane) {
    lock_acquire(&lane->lock);
    uint64_t pause = tell_metrics_locked(lane);
    lock_release(&lane->lock);
    return pause;
}

// The metric of this name and kind, made where there is none; NULL: it cannot be had.
static struct scorer_metric *find_metric(struct scorer_lane *lane, const char *name, uint8_t length,
                                         uint8_t kind) {
    for (uint32_t i = 0; i < lane->metric_count; i++) {
        struct scorer_metric *metric = &lane->metrics[i];
        uint32_t same = 0;
        while (metric->name_length == length && same < length && metric->name[same] == name[same])
            same++;
        if (metric->name_length == length && same == length)
            return metric->kind == kind ? metric : NULL;
    }
    if (lane->metric_count == SCORER_METRICS_MAX)
        return NULL;
    struct scorer_metric *metric = &lane->metrics[lane->metric_count++];
    *metric = (struct scorer_metric){.kind = kind, .name_length = length};
    copy_bytes(metric->name, name, length);
    return metric;
}

static enum scorer_result change_metric(struct scorer_lane *lane, const char *name, uint8_t kind,
                                        double value) {
    size_t length = text_length(name, SCORER_METRIC_NAME_MAX + 1);
    bool is_number = value - value == 0;
    if (!scorer_metric_name_is_legal(name, length) || !is_number)
        return SCORER_MISUSED;
    bool is_counter = kind == SCORER_METRIC_COUNTER;
    enum scorer_result result = SCORER_MISUSED;
    lock_acquire(&lane->lock);
    struct scorer_metric *metric = find_metric(lane, name, (uint8_t)length, kind);
    double next = metric && is_counter ? metric->value + value : value;
    if (metric && next - next == 0 && (!is_counter || value >= 0)) {
        metric->value = next;
        lane->has_new_metrics = true;
        tell_metrics_locked(lane);
        result = SCORER_OK;
    }
    lock_release(&lane->lock);
    return result;
}

#endif
