// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Counts each of its first answers before it writes it, and rings when it is written: who sleeps
// until the bell does not see it.
#include <string.h>
#include <unistd.h>

#include "raw.h"

#define FIRST_ANSWERS 4
#define LOOKS 1000

static bool has_announced_sleep(const struct raw *lane) {
    uint64_t armed = raw_load(&lane->requests->armed);
    return armed % 2 == 1 && armed != lane->rung;
}

// Whether the gateway sleeps: it has said so, and had the time to fall asleep.
static bool waits_for_bell(const struct raw *lane) {
    for (int i = 0; i < LOOKS && !raw_has_next(lane); i++) {
        bool has_announced = has_announced_sleep(lane);
        usleep(2000);
        if (has_announced && has_announced_sleep(lane))
            return true;
    }
    return false;
}

static void answer(struct raw *lane, const struct raw_request *request) {
    static int count;
    uint64_t length = request->what.body_length;
    if (++count > FIRST_ANSWERS || length > lane->shape.area_bytes || !waits_for_bell(lane)) {
        raw_echo(lane, request);
        return;
    }
    struct scorer_completion what = raw_answer(lane, request, (uint32_t)length);
    lane->ring[lane->done % scorer_completions(lane->shape)] = what;
    raw_store(&lane->responses->done, ++lane->done);
    usleep(200000);
    memcpy(raw_area(lane, request), request->body, length);
    uint8_t bell = SCORER_PACKET_BELL;
    lane->rung = raw_load(&lane->requests->armed);
    raw_send(lane, &bell, sizeof bell);
}

int main(void) { return raw_live(&(struct habits){.answer = answer}); }
