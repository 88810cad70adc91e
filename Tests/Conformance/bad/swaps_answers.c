// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Gives two requests that wait together the answers of each other.
#include "raw.h"

static void answer(struct raw *lane, const struct raw_request *request) {
    if (!raw_has_next(lane)) {
        raw_echo(lane, request);
        return;
    }
    struct raw_request next = raw_next(lane);
    if (!raw_begin(lane, &next)) {
        raw_echo(lane, request);
        return;
    }
    struct raw_request first = *request;
    struct raw_request second = next;
    first.body = next.body;
    first.what.body_length = next.what.body_length;
    second.body = request->body;
    second.what.body_length = request->what.body_length;
    raw_echo(lane, &first);
    raw_echo(lane, &second);
}

int main(void) { return raw_live(&(struct habits){.answer = answer}); }
