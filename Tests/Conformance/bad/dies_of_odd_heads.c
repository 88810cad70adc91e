// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Takes a head for text of ASCII.
#include <stdlib.h>

#include "raw.h"

static void answer(struct raw *lane, const struct raw_request *request) {
    for (uint32_t i = 0; i < request->what.head_length; i++)
        if ((unsigned char)request->head[i] > 127)
            abort();
    raw_echo(lane, request);
}

int main(void) { return raw_live(&(struct habits){.answer = answer}); }
