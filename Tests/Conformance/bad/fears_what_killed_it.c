// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Killed with a request in hand, its next run takes its first request for that one and drops it.
#include "diary.h"
#include "raw.h"

static struct diary *diary;
static bool is_afraid;

static void answer(struct raw *lane, const struct raw_request *request) {
    diary->word = DIARY_BUSY;
    if (!is_afraid)
        raw_echo(lane, request);
    is_afraid = false;
    diary->word = DIARY_IDLE;
}

int main(void) {
    diary = diary_open();
    is_afraid = diary->word == DIARY_BUSY;
    diary->word = DIARY_IDLE;
    int status = raw_live(&(struct habits){.answer = answer});
    diary->word = DIARY_LEFT;
    return status;
}
