// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Answers under the ticket of the request before.
#include "raw.h"

static void answer(struct raw *lane, const struct raw_request *request) {
    struct raw_request other = *request;
    other.what.ticket--;
    raw_echo(lane, &other);
}

int main(void) { return raw_live(&(struct habits){.answer = answer}); }
