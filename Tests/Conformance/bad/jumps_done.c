// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Counts a hundred completions where it wrote one.
#include "raw.h"

static void answer(struct raw *lane, const struct raw_request *request) {
    lane->done += 99;
    raw_complete(lane, raw_answer(lane, request, 0));
}

int main(void) { return raw_live(&(struct habits){.answer = answer}); }
