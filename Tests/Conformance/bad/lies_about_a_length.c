// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Says that its answer is longer than the area.
#include "raw.h"

static void answer(struct raw *lane, const struct raw_request *request) {
    raw_complete(lane, raw_answer(lane, request, 3 * lane->shape.area_bytes));
}

int main(void) { return raw_live(&(struct habits){.answer = answer}); }
