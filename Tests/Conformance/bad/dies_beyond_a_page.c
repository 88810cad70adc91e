// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Has a buffer of a page and dies of what is a little longer.
#include <stdlib.h>

#include "raw.h"

static void answer(struct raw *lane, const struct raw_request *request) {
    if (request->what.body_length > SCORER_PAGE && request->what.body_length < 2 * SCORER_PAGE)
        abort();
    raw_echo(lane, request);
}

int main(void) { return raw_live(&(struct habits){.answer = answer}); }
