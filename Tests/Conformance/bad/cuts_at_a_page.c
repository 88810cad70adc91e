// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Has a buffer of a page: what is longer is cut.
#include "raw.h"

static void answer(struct raw *lane, const struct raw_request *request) {
    struct raw_request cut = *request;
    if (cut.what.body_length > SCORER_PAGE)
        cut.what.body_length = SCORER_PAGE;
    raw_echo(lane, &cut);
}

int main(void) { return raw_live(&(struct habits){.answer = answer}); }
