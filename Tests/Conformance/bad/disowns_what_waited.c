// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Killed while it held nothing, its next run believes that its first request, which waited then, is
// somebody else's by now.
#include "diary.h"
#include "raw.h"

static struct diary *diary;
static bool is_the_first_ours = true;

// One that says that requests may share a call is asked for that too, and not stopped in vain.
static void greet(struct raw *lane) {
    struct scorer_shares shares = {
        .packet = SCORER_PACKET_SHARES, .most = 2, .generation = lane->generation};
    raw_send(lane, &shares, sizeof shares);
    raw_ready(lane);
}

static void answer(struct raw *lane, const struct raw_request *request) {
    diary->word = DIARY_BUSY;
    if (!is_the_first_ours) {
        is_the_first_ours = true;
        return;
    }
    raw_echo(lane, request);
    diary->word = DIARY_IDLE;
}

int main(void) {
    diary = diary_open();
    is_the_first_ours = diary->word != DIARY_IDLE;
    diary->word = DIARY_IDLE;
    int status = raw_live(&(struct habits){.greet = greet, .answer = answer});
    diary->word = DIARY_LEFT;
    return status;
}
