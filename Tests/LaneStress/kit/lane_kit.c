// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "lane_kit.h"
#include "scorer.h"
#include "scorer_abi.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int exit_code(enum scorer_result result) { return result == SCORER_DRAINED ? 0 : 4; }

static int echo(struct scorer_lane *lane) {
    struct scorer_request request;
    enum scorer_result result;
    while ((result = scorer_take(lane, &request)) == SCORER_OK)
        scorer_answer(lane, &request, 200, request.head, request.head_length, request.body,
                      request.body_length);
    return exit_code(result);
}

static int hold(struct scorer_lane *lane) {
    struct scorer_request request;
    scorer_take(lane, &request);
    // Says that it has taken it.
    scorer_failed(lane, "taken", 5);
    // Nothing more is posted, so this ends only with the test itself.
    return exit_code(scorer_take(lane, &request));
}

static int answer_one(struct scorer_lane *lane) {
    struct scorer_request request;
    if (scorer_take(lane, &request) != SCORER_OK)
        return 4;
    scorer_answer(lane, &request, 200, NULL, 0, request.body, request.body_length);
    scorer_take(lane, &request);
    return 9;
}

static int stream(struct scorer_lane *lane) {
    struct scorer_request request;
    enum scorer_result result;
    while ((result = scorer_take(lane, &request)) == SCORER_OK) {
        do
            result = scorer_part(lane, &request, 200, NULL, 0, "part", 4);
        while (result == SCORER_OK);
        if (result == SCORER_CANCELLED)
            scorer_last(lane, &request, NULL, 0);
    }
    return exit_code(result);
}

// The two regions, mapped without libscorer; false when that fails.
static bool map_regions(int socket, struct scorer_hello *hello, const void **requests,
                        void **responses) {
    struct iovec vector = {hello, sizeof *hello};
    char space[CMSG_SPACE(2 * sizeof(int))];
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
    int descriptors[2];
    if (recvmsg(socket, &message, 0) != sizeof *hello)
        return false;
    memcpy(descriptors, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof descriptors);
    *requests = mmap(NULL, hello->requests_bytes, PROT_READ, MAP_SHARED, descriptors[0], 0);
    *responses =
        mmap(NULL, hello->responses_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptors[1], 0);
    return *requests != MAP_FAILED && *responses != MAP_FAILED;
}

static void ignore(int number) { (void)number; }

// 6 where a take ended for a signal whose handler is not to be noticed.
static int take_under_signals(struct scorer_lane *lane) {
    const struct itimerval often = {{0, 1000}, {0, 1000}};
    struct scorer_request request;
    enum scorer_result result;
    bool is_interrupted = false;
    sigset_t alarm;
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    signal(SIGALRM, ignore); // with SA_RESTART
    // A test's thread may have blocked it.
    sigprocmask(SIG_UNBLOCK, &alarm, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    while ((result = scorer_take(lane, &request)) == SCORER_INTERRUPTED)
        is_interrupted = true;
    return result != SCORER_OK ? 4 : is_interrupted ? 6 : 0;
}

static int scribble(int socket) {
    struct scorer_hello hello;
    const void *requests;
    void *responses;
    if (!map_regions(socket, &hello, &requests, &responses))
        return 1;
    unsigned char *memory = responses;
    uint32_t random = 1;
    pid_t parent = getppid();
    while (getppid() == parent)
        for (uint64_t i = 0; i < hello.responses_bytes; i++)
            memory[i] = (unsigned char)((random = random * 1664525 + 1013904223) >> 24);
    return 0;
}

static int listen_to_bells(int socket) {
    struct scorer_hello hello;
    const void *memory;
    void *responses;
    if (!map_regions(socket, &hello, &memory, &responses))
        return 1;
    const struct scorer_requests *requests = memory;
    uint32_t seen = requests->bells;
    uint64_t *asleep = &((struct scorer_responses *)responses)->asleep;
    __atomic_store_n(&((struct scorer_responses *)responses)->asleep_on_bells, 1, __ATOMIC_SEQ_CST);
    __atomic_store_n(asleep, 1, __ATOMIC_SEQ_CST);
    // Long enough for the slowest machine; a bell that does not come ends a test all the same.
    struct timespec patience = {.tv_sec = 20};
    return syscall(SYS_futex, &requests->bells, FUTEX_WAIT, seen, &patience, NULL, 0) == 0 ? 0 : 5;
}

static int run(enum kit_scorer scorer, int socket) {
    struct scorer_lane *lane;
    if (scorer == KIT_SCRIBBLE)
        return scribble(socket);
    if (scorer == KIT_LISTEN)
        return listen_to_bells(socket);
    if (scorer_attach(socket, &lane) != SCORER_OK || scorer_ready(lane) != SCORER_OK)
        return 4;
    switch (scorer) {
    case KIT_ECHO:
        return echo(lane);
    case KIT_HOLD:
        return hold(lane);
    case KIT_ANSWER_ONE:
        return answer_one(lane);
    case KIT_SIGNALLED:
        return take_under_signals(lane);
    case KIT_STREAM:
        return stream(lane);
    default:
        return 1;
    }
}

pid_t kit_start(enum kit_scorer scorer, int socket) {
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    // Descriptors of other tests must not stay open here.
    if (socket != 3 && dup2(socket, 3) != 3)
        _exit(1);
    syscall(SYS_close_range, 4u, ~0u, 0u);
    _exit(run(scorer, 3));
}

int kit_wait(pid_t pid) {
    int status = 0;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static bool can_write_through(int descriptor) {
    bool is_written = pwrite(descriptor, "x", 1, 0) > 0;
    void *writable = mmap(NULL, SCORER_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    void *readable = mmap(NULL, SCORER_PAGE, PROT_READ, MAP_SHARED, descriptor, 0);
    bool is_mapped = writable != MAP_FAILED;
    bool is_changed =
        readable != MAP_FAILED && mprotect(readable, SCORER_PAGE, PROT_READ | PROT_WRITE) == 0;
    if (is_mapped)
        munmap(writable, SCORER_PAGE);
    if (readable != MAP_FAILED)
        munmap(readable, SCORER_PAGE);
    return is_written || is_mapped || is_changed;
}

bool kit_can_write(int memory) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", memory);
    int anew = open(path, O_RDWR | O_CLOEXEC);
    bool is_written = can_write_through(memory) || (anew >= 0 && can_write_through(anew));
    if (anew >= 0)
        close(anew);
    return is_written;
}

bool kit_can_resize(int memory) {
    return ftruncate(memory, 0) == 0 || ftruncate(memory, 1 << 30) == 0 ||
           fcntl(memory, F_ADD_SEALS, 0) == 0;
}

bool kit_can_punch(int memory) {
    return fallocate(memory, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, SCORER_PAGE) == 0;
}
