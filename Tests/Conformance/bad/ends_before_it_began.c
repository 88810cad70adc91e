// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Gives a last part where no part was.
#include "raw.h"

static void answer(struct raw *lane, const struct raw_request *request) {
    struct scorer_completion what = raw_answer(lane, request, 0);
    what.outcome = SCORER_OUTCOME_LAST;
    raw_complete(lane, what);
}

int main(void) { return raw_live(&(struct habits){.answer = answer}); }
