// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

#include "attempts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct attempt *find(const char *word) {
    for (unsigned index = 0; index < attempt_count; index++) {
        if (strcmp(attempts[index].word, word) == 0)
            return &attempts[index];
    }
    return NULL;
}

static struct outcome carry_out(struct task *task) {
    size_t length = task->request->length;
    if (length >= sizeof task->text)
        length = sizeof task->text - 1;
    memcpy(task->text, task->request->body, length);
    // Two zeros end the list of lines.
    memset(task->text + length, 0, sizeof task->text - length);
    for (char *end = task->text; (end = strchr(end, '\n')) != NULL;)
        *end++ = 0;
    const struct attempt *attempt = find(task->text);
    return attempt ? attempt->run(task) : absent("no attempt is called '%.40s'", task->text);
}

static int attack(void) {
    struct raw_lane lane;
    struct raw_request request;
    remember_descriptors();
    if (!raw_attach(&lane, 3))
        return 4;
    raw_ready(&lane);
    for (;;) {
        char text[512];
        raw_take(&lane, &request);
        struct task task = {.lane = &lane, .request = &request};
        struct outcome outcome = carry_out(&task);
        unsigned length = outcome_text(&outcome, text, sizeof text);
        raw_post(&lane, raw_completion(&lane, &request, text, length));
        // A daemon is left to live without the one who made it.
        if (strcmp(task.text, "daemonise") == 0)
            _exit(7);
    }
}

int main(int count, char **arguments) {
    const char *role = count > 1 ? arguments[1] : "";
    if (strcmp(role, "list") == 0) {
        for (unsigned index = 0; index < attempt_count; index++)
            puts(attempts[index].word);
        return 0;
    }
    if (strcmp(role, "victim") == 0)
        return be_victim();
    if (strcmp(role, "neighbour") == 0)
        return be_neighbour();
    if (strcmp(role, "surroundings") == 0 && count > 2)
        return be_surroundings(arguments[2]);
    if (strcmp(role, "attacker") == 0)
        return attack();
    fprintf(stderr, "usage: escape-scorer list|victim|neighbour|attacker|surroundings\n");
    return 64;
}
