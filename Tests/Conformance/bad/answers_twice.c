// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Answers each request twice.
#include "raw.h"

static void answer(struct raw *lane, const struct raw_request *request) {
    raw_echo(lane, request);
    raw_complete(lane, raw_answer(lane, request, 1));
}

int main(void) { return raw_live(&(struct habits){.answer = answer}); }
