// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// What a scorer can do to its lane past libscorer: it finds its own response region and writes
// completions into it that nobody asked for.
#ifndef SCOREKEEPER_LIES_H
#define SCOREKEEPER_LIES_H

#include <scorer_abi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static struct scorer_shape lie_shape;
static int lie_socket;
static struct scorer_completion lie_remembered;

// Looks at the gateway's greeting, which stays in the socket for libscorer.
static void lie_prepare(int socket) {
    struct scorer_hello hello;
    if (recv(socket, &hello, sizeof hello, MSG_PEEK) != sizeof hello)
        exit(5);
    lie_shape = (struct scorer_shape){hello.slots, hello.calls, hello.area_bytes};
    lie_socket = socket;
}

// Where libscorer has mapped the region that this process may write.
static unsigned char *lie_region(void) {
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512], rights[8];
    unsigned long start, end;
    while (maps && fgets(line, sizeof line, maps)) {
        if (strstr(line, "scorekeeper-responses") &&
            sscanf(line, "%lx-%lx %7s", &start, &end, rights) == 3 && rights[1] == 'w') {
            fclose(maps);
            return (unsigned char *)start;
        }
    }
    fprintf(stderr, "cannot find the response region in /proc/self/maps\n");
    exit(5);
}

static void lie_ring(void) {
    unsigned char bell = SCORER_PACKET_BELL;
    send(lie_socket, &bell, 1, MSG_NOSIGNAL);
}

static void lie_write(struct scorer_completion claim) {
    unsigned char *region = lie_region();
    struct scorer_responses *words = (void *)region;
    uint64_t done = __atomic_load_n(&words->done, __ATOMIC_SEQ_CST);
    memcpy(region + scorer_completions_offset(lie_shape) +
               done % scorer_completions(lie_shape) * sizeof claim,
           &claim, sizeof claim);
    __atomic_store_n(&words->done, done + 1, __ATOMIC_SEQ_CST);
    lie_ring();
}

static struct scorer_completion lie_make(uint64_t ticket, uint32_t slot) {
    return (struct scorer_completion){.ticket = ticket,
                                      .slot = slot,
                                      .outcome = SCORER_OUTCOME_ANSWER,
                                      .status = 200,
                                      .offset = scorer_answer_offset(lie_shape, slot),
                                      .body_length = 16};
}

// Answers this ticket in this slot with whatever lies there.
static void lie_claim(uint64_t ticket, uint32_t slot) { lie_write(lie_make(ticket, slot)); }

static void lie_remember(uint64_t ticket, uint32_t slot) {
    lie_remembered = lie_make(ticket, slot);
}

// Answers once more what was answered before this request.
static void lie_again(void) { lie_write(lie_remembered); }

// Writes noise over every word that the gateway reads; what it has begun it denies with them.
static void lie_scribble(void) {
    unsigned char *region = lie_region();
    uint32_t random = 1;
    for (uint64_t i = 0; i < scorer_answer_offset(lie_shape, 0); i++)
        region[i] = (unsigned char)((random = random * 1664525 + 1013904223) >> 24);
    lie_ring();
}

#endif
