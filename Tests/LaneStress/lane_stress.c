// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Both ends of a lane at full speed, every byte checked, cancels and deadlines all the while.
//
//     lane_stress processes|threads REQUESTS SEED
//     lane_stress command REQUESTS SEED COMMAND [ARGUMENT...]
//
// The scorer's end is a process or, for ThreadSanitizer, threads beside the gateway, or a program
// that answers with every byte of the body changed by 0x5a. What must
// never happen: a request begun although its cancel was won or its deadline had passed, an answer
// to another request, a byte of another request, a bell that is lost.
#define _GNU_SOURCE
#include "lane.h"
#include "scorer.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SLOTS 16
#define TAKERS 2
#define AREA 4096
#define LONGEST (3 * AREA)
#define STUCK_MILLISECONDS 5000
#define STUCK_TIMES 6

// The oracle, outside the lane: which requests user code has seen.
static unsigned char *begun;

// What the gateway knows of the request in each slot.
struct expectation {
    struct lane_ticket ticket;
    uint64_t serial;
    uint64_t length;
    uint64_t answered; // bytes of the answer so far
    bool is_held;
    bool is_withdrawn;
    bool is_hasty; // it may be declined
};

struct counts {
    uint64_t answered, declined, won, lost, parts, sleeps;
};

static void die(const char *what, uint64_t serial) {
    fprintf(stderr, "lane_stress: %s, request %llu\n", what, (unsigned long long)serial);
    _exit(1);
}

static uint32_t next_random(uint32_t *state) {
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

static unsigned char pattern(uint64_t serial, uint64_t index) {
    return (unsigned char)(serial * 131 + index * 7 + (index >> 8));
}

// A body begins with its serial number, so that a scorer knows what must follow.
static void fill(unsigned char *body, uint64_t serial, uint64_t length) {
    for (uint64_t i = 0; i < length; i++)
        body[i] = pattern(serial, i);
    memcpy(body, &serial, sizeof serial);
}

static void *score(void *argument) {
    struct scorer_lane *lane = argument;
    struct scorer_request request;
    unsigned char answer[LONGEST];
    enum scorer_result result;
    while ((result = scorer_take(lane, &request)) == SCORER_OK || result == SCORER_INTERRUPTED) {
        if (result == SCORER_INTERRUPTED)
            continue;
        const unsigned char *body = request.body;
        uint64_t serial, length = request.body_length;
        memcpy(&serial, body, sizeof serial);
        __atomic_store_n(&begun[serial], 1, __ATOMIC_SEQ_CST);
        for (uint64_t i = sizeof serial; i < length; i++)
            if (body[i] != pattern(serial, i))
                die("a scorer read a byte of another request", serial);
        for (uint64_t i = 0; i < length; i++)
            answer[i] = body[i] ^ 0x5a;
        if (scorer_answer(lane, &request, 200, "h", 1, answer, length) != SCORER_OK)
            die("a scorer could not answer", serial);
    }
    if (result != SCORER_DRAINED)
        die(scorer_result_text(result), 0);
    return NULL;
}

static void *run_scorer(void *argument) {
    struct scorer_lane *lane;
    pthread_t takers[TAKERS];
    if (scorer_attach(*(int *)argument, &lane) != SCORER_OK || scorer_ready(lane) != SCORER_OK)
        die("a scorer could not attach", 0);
    for (int i = 0; i < TAKERS; i++)
        pthread_create(&takers[i], NULL, score, lane);
    for (int i = 0; i < TAKERS; i++)
        pthread_join(takers[i], NULL);
    return NULL;
}

static uint64_t random_length(uint32_t *random) {
    uint32_t dice = next_random(random) % 64;
    return 8 + next_random(random) % (dice == 0 ? LONGEST - 8 : dice < 8 ? 2000 : 100);
}

static void post(struct lane *lane, struct expectation *expected, uint64_t serial, bool is_gathered,
                 struct counts *counts, uint32_t *random) {
    unsigned char body[LONGEST];
    uint64_t length = random_length(random);
    bool is_hasty = next_random(random) % 32 == 0;
    fill(body, serial, length);
    struct lane_bytes piece = {body, length};
    struct lane_post request = {.kind = SCORER_KIND_SCORE,
                                .deadline = is_hasty ? scorer_now() + 20000 : UINT64_MAX,
                                .head = {"head", 4},
                                .body = &piece,
                                .body_count = 1,
                                .apart = -1,
                                .is_gathered = is_gathered};
    struct lane_ticket ticket;
    if (lane_post(lane, &request, &ticket) != LANE_OK)
        die("a request could not be posted", serial);
    struct expectation *slot = &expected[ticket.slot];
    *slot = (struct expectation){.ticket = ticket,
                                 .serial = serial,
                                 .length = length,
                                 .is_held = true,
                                 .is_hasty = is_hasty};
    if (next_random(random) % 4 != 0)
        return;
    for (volatile uint32_t wait = next_random(random) % 400; wait > 0; wait--)
        continue;
    slot->is_withdrawn = lane_cancel(lane, ticket) == LANE_CANCEL_WITHDRAWN;
    slot->is_hasty = true;
    counts->won += slot->is_withdrawn;
    counts->lost += !slot->is_withdrawn;
}

static bool check(struct lane *lane, struct expectation *slot,
                  const struct lane_completion *completion, struct counts *counts) {
    if (!slot->is_held || slot->ticket.number != completion->ticket.number)
        die("an answer to a request that was not there", completion->ticket.number);
    if (completion->outcome == SCORER_OUTCOME_DECLINED) {
        if (!slot->is_hasty)
            die("declined without a reason", slot->serial);
        if (__atomic_load_n(&begun[slot->serial], __ATOMIC_SEQ_CST))
            die("declined, and yet begun", slot->serial);
        counts->declined++;
        return true;
    }
    if (slot->is_withdrawn)
        die("begun after a won cancel", slot->serial);
    const unsigned char *body = completion->body;
    if (slot->answered + completion->body_length > slot->length)
        die("an answer that is too long", slot->serial);
    for (uint64_t i = 0; i < completion->body_length; i++) {
        uint64_t index = slot->answered + i;
        unsigned char wanted =
            index < 8 ? (unsigned char)(slot->serial >> (8 * index)) : pattern(slot->serial, index);
        if (body[i] != (wanted ^ 0x5a))
            die("a byte of another answer", slot->serial);
    }
    slot->answered += completion->body_length;
    if (completion->outcome == SCORER_OUTCOME_PART) {
        counts->parts++;
        lane_acknowledge(lane, completion->ticket);
        return false;
    }
    // A cancelled answer may end early.
    if (slot->answered != slot->length && !slot->is_hasty)
        die("an answer that is too short", slot->serial);
    counts->answered++;
    return true;
}

// Whether the socket became readable. A machine that was suspended, or had no time for the other
// end, lets a wait or two pass; a bell that was lost never comes.
static bool is_rung(struct pollfd *poller) {
    for (int times = 0; times < STUCK_TIMES; times++)
        if (poll(poller, 1, STUCK_MILLISECONDS) != 0)
            return true;
    return false;
}

static struct counts run_gateway(struct lane *lane, int socket, uint64_t requests,
                                 uint32_t random) {
    static struct expectation expected[SLOTS];
    struct counts counts = {0};
    struct pollfd poller = {.fd = socket, .events = POLLIN};
    uint64_t posted = 0, ended = 0;
    struct lane_packet packet;
    while (lane_receive(lane, &packet) != LANE_PACKET_READY)
        if (packet.kind == LANE_PACKET_END || poll(&poller, 1, -1) < 0)
            die("the scorer never got ready", 0);
    while (ended < requests) {
        bool is_gathered = next_random(&random) % 2;
        while (posted < requests && lane_credit(lane) > 0)
            post(lane, expected, posted++, is_gathered, &counts, &random);
        lane_ring(lane);
        struct lane_completion completion;
        bool is_idle = true;
        while (lane_next(lane, &completion)) {
            struct expectation *slot = &expected[completion.ticket.slot];
            is_idle = false;
            if (check(lane, slot, &completion, &counts)) {
                slot->is_held = false;
                ended++;
            }
            lane_finish(lane, &completion);
        }
        if (lane_violation(lane))
            die(lane_violation_text(lane_violation(lane)), ended);
        if (!is_idle || !lane_arm(lane))
            continue;
        counts.sleeps++;
        if (!is_rung(&poller))
            die("a bell was lost", ended);
        if (lane_receive(lane, &packet) == LANE_PACKET_END)
            die("the scorer went away", ended);
        // Sometimes awake for another reason than the bell.
        if (next_random(&random) % 2)
            lane_disarm(lane);
    }
    return counts;
}

static void start_process(const int ends[2], char **command, pid_t *pid) {
    *pid = fork();
    if (*pid != 0)
        return;
    close(ends[0]);
    if (!command) {
        run_scorer((void *)&ends[1]);
        _exit(0);
    }
    if (ends[1] != 3)
        dup2(ends[1], 3);
    setenv("SCOREKEEPER_LANE_FD", "3", 1);
    execvp(command[0], command);
    die("the command cannot be started", 0);
}

int main(int count, char **arguments) {
    bool is_command = count > 4 && strcmp(arguments[1], "command") == 0;
    if (count != 4 && !is_command) {
        fprintf(stderr, "usage: lane_stress processes|threads|command REQUESTS SEED [COMMAND]\n");
        return 2;
    }
    bool is_threads = strcmp(arguments[1], "threads") == 0;
    uint64_t requests = strtoull(arguments[2], NULL, 10);
    uint32_t seed = (uint32_t)strtoul(arguments[3], NULL, 10);
    begun = mmap(NULL, requests, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int ends[2];
    if (begun == MAP_FAILED || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0)
        die("no memory or no socket", 0);
    pid_t pid = 0;
    pthread_t scorer;
    if (!is_threads) {
        start_process(ends, is_command ? arguments + 4 : NULL, &pid);
        close(ends[1]);
    }
    struct lane *lane;
    struct scorer_shape shape = {SLOTS, TAKERS, AREA};
    if (lane_open(ends[0], shape, 1, &lane) != LANE_OK)
        die("no lane", 0);
    if (is_threads)
        pthread_create(&scorer, NULL, run_scorer, &ends[1]);
    struct counts counts = run_gateway(lane, ends[0], requests, seed);
    int status = 0;
    lane_drain(lane);
    if (is_threads)
        pthread_join(scorer, NULL);
    else
        waitpid(pid, &status, 0);
    lane_close(lane);
    if (status != 0)
        die("the scorer failed", 0);
    printf("%llu answered in %llu parts beside, %llu declined; cancels won %llu, lost %llu; "
           "gateway slept %llu times\n",
           (unsigned long long)counts.answered, (unsigned long long)counts.parts,
           (unsigned long long)counts.declined, (unsigned long long)counts.won,
           (unsigned long long)counts.lost, (unsigned long long)counts.sleeps);
    return 0;
}
