// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Points to the answer area of another slot.
#include "raw.h"

static void answer(struct raw *lane, const struct raw_request *request) {
    struct scorer_completion what = raw_answer(lane, request, 8);
    uint32_t other = (request->slot + 1) % lane->shape.slots;
    what.offset = scorer_answer_offset(lane->shape, other);
    raw_complete(lane, what);
}

int main(void) { return raw_live(&(struct habits){.answer = answer}); }
