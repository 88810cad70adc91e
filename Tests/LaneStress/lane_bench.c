// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Measures a scorer through the lane: the gateway's end in a bare loop, the scorer a process.
//
//     lane_bench REQUESTS IN-FLIGHT BODY-BYTES CALLS COMMAND [ARGUMENT...]
//
// A body longer than an area is handed over as the memory that it lies in.
#define _GNU_SOURCE
#include "lane.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LATENCIES 1000000

extern char **environ;

static double microseconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int compare(const void *left, const void *right) {
    double difference = *(const double *)left - *(const double *)right;
    return difference < 0 ? -1 : difference > 0;
}

static pid_t spawn(char **command, int scorer_end) {
    posix_spawn_file_actions_t actions;
    pid_t pid;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, scorer_end, 3);
    setenv("SCOREKEEPER_LANE_FD", "3", 1);
    if (posix_spawnp(&pid, command[0], &actions, NULL, command, environ) != 0) {
        perror("lane_bench: cannot start the scorer");
        exit(1);
    }
    return pid;
}

// Sealed memory with a body in it.
static int make_memory(const char *body, size_t length) {
    int descriptor = memfd_create("body", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (descriptor < 0 || write(descriptor, body, length) != (ssize_t)length ||
        fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0) {
        perror("lane_bench: cannot make the memory of a long body");
        exit(1);
    }
    return descriptor;
}

static void fail(const struct lane *lane, const char *what) {
    fprintf(stderr, "lane_bench: %s: the scorer %s\n", what,
            lane_violation_text(lane_violation(lane)));
    exit(1);
}

int main(int count, char **arguments) {
    if (count < 6) {
        fprintf(stderr, "usage: lane_bench REQUESTS IN-FLIGHT BODY-BYTES CALLS COMMAND...\n");
        return 2;
    }
    uint64_t requests = strtoull(arguments[1], NULL, 10);
    uint32_t in_flight = (uint32_t)atoi(arguments[2]);
    size_t body_bytes = strtoull(arguments[3], NULL, 10);
    uint32_t calls = (uint32_t)atoi(arguments[4]);
    int ends[2];
    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends);
    pid_t pid = spawn(arguments + 5, ends[1]);
    close(ends[1]);

    struct lane *lane;
    struct lane_packet packet;
    struct scorer_shape shape = {in_flight, calls < in_flight ? calls : in_flight,
                                 SCORER_AREA_DEFAULT};
    struct pollfd poller = {.fd = ends[0], .events = POLLIN};
    if (lane_open(ends[0], shape, 1, &lane) != LANE_OK) {
        perror("lane_bench: cannot make the lane");
        return 1;
    }
    do {
        poll(&poller, 1, -1);
        enum lane_packet_kind kind = lane_receive(lane, &packet);
        if (kind == LANE_PACKET_END || kind == LANE_PACKET_LIE || kind == LANE_PACKET_FAILED)
            fail(lane, "it never got ready");
    } while (packet.kind != LANE_PACKET_READY);

    char *body = malloc(body_bytes + 1), *answer = malloc(2 * SCORER_AREA_DEFAULT);
    double *posted = calloc(in_flight, sizeof *posted);
    double *latencies = malloc(LATENCIES * sizeof *latencies);
    memset(body, 'x', body_bytes);
    struct lane_bytes piece = {body, body_bytes};
    static const char head[] = "POST /score\ncontent-type: application/json\n";
    struct lane_post request = {.kind = SCORER_KIND_SCORE,
                                .deadline = UINT64_MAX,
                                .head = {head, sizeof head - 1},
                                .body = &piece,
                                .body_count = 1,
                                .apart = -1};
    if (body_bytes > SCORER_AREA_DEFAULT) {
        request.apart = make_memory(body, body_bytes);
        request.apart_length = body_bytes;
    }
    uint64_t sent = 0, ended = 0, sleeps = 0;
    double started = microseconds(CLOCK_MONOTONIC), used = microseconds(CLOCK_PROCESS_CPUTIME_ID);
    while (ended < requests) {
        struct lane_ticket ticket;
        while (sent < requests && lane_credit(lane) > 0) {
            double now = microseconds(CLOCK_MONOTONIC);
            if (lane_post(lane, &request, &ticket) != LANE_OK)
                break;
            posted[ticket.slot] = now;
            sent++;
        }
        struct lane_completion completion;
        bool is_idle = true;
        while (lane_next(lane, &completion)) {
            is_idle = false;
            memcpy(answer, completion.body, completion.body_length);
            if (completion.outcome == SCORER_OUTCOME_PART) {
                lane_finish(lane, &completion);
                lane_acknowledge(lane, completion.ticket);
                continue;
            }
            if (ended < LATENCIES)
                latencies[ended] = microseconds(CLOCK_MONOTONIC) - posted[completion.ticket.slot];
            ended++;
            lane_finish(lane, &completion);
        }
        if (lane_violation(lane))
            fail(lane, "lane ended");
        if (is_idle && lane_arm(lane)) {
            sleeps++;
            poll(&poller, 1, -1);
            if (lane_receive(lane, &packet) == LANE_PACKET_END)
                fail(lane, "lane closed");
            lane_disarm(lane);
        }
    }
    double took = microseconds(CLOCK_MONOTONIC) - started;
    used = microseconds(CLOCK_PROCESS_CPUTIME_ID) - used;
    struct rusage scorer;
    lane_drain(lane);
    int status;
    wait4(pid, &status, 0, &scorer);
    double scorer_used = (double)(scorer.ru_utime.tv_sec + scorer.ru_stime.tv_sec) * 1e6 +
                         (double)(scorer.ru_utime.tv_usec + scorer.ru_stime.tv_usec);
    uint64_t kept = requests < LATENCIES ? requests : LATENCIES;
    qsort(latencies, kept, sizeof *latencies, compare);
    printf("%u in flight, %zu bytes: %.0f requests/s, p50 %.1f us, p99 %.1f us, gateway %.2f us of "
           "CPU a request, scorer %.2f, gateway slept %.3f times a request\n",
           in_flight, body_bytes, (double)requests / took * 1e6, latencies[kept / 2],
           latencies[kept * 99 / 100], used / (double)requests, scorer_used / (double)requests,
           (double)sleeps / (double)requests);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : 1;
}
