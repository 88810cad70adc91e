// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Prints into its lane.
#include "raw.h"

static void answer(struct raw *lane, const struct raw_request *request) {
    raw_send(lane, "answering\n", 10);
    raw_echo(lane, request);
}

int main(void) { return raw_live(&(struct habits){.answer = answer}); }
