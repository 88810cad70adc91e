// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Measures a bare ping-pong of two processes over one futex each: what any hand-over costs here.
//
//     futex_bench ROUNDS
#define _GNU_SOURCE
#include <linux/futex.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct shared {
    _Alignas(64) _Atomic uint32_t ping;
    _Alignas(64) _Atomic uint32_t pong;
};

static void wake(_Atomic uint32_t *word, uint32_t value) {
    atomic_store(word, value);
    syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static void wait_until(_Atomic uint32_t *word, uint32_t value) {
    for (uint32_t seen; (seen = atomic_load(word)) != value;)
        syscall(SYS_futex, word, FUTEX_WAIT, seen, NULL, NULL, 0);
}

static double microseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int compare(const void *left, const void *right) {
    double difference = *(const double *)left - *(const double *)right;
    return difference < 0 ? -1 : difference > 0;
}

int main(int count, char **arguments) {
    uint32_t rounds = count == 2 ? (uint32_t)strtoul(arguments[1], NULL, 10) : 0;
    if (rounds == 0) {
        fprintf(stderr, "usage: futex_bench ROUNDS\n");
        return 2;
    }
    struct shared *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    double *took = calloc(rounds, sizeof *took);
    if (shared == MAP_FAILED || !took) {
        perror("futex_bench: no memory");
        return 1;
    }
    pid_t pid = fork();
    if (pid < 0) {
        perror("futex_bench: cannot fork");
        return 1;
    }
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (uint32_t i = 1; i <= rounds; i++) {
            wait_until(&shared->ping, i);
            wake(&shared->pong, i);
        }
        _exit(0);
    }
    for (uint32_t i = 1; i <= rounds; i++) {
        double started = microseconds();
        wake(&shared->ping, i);
        wait_until(&shared->pong, i);
        took[i - 1] = microseconds() - started;
    }
    waitpid(pid, NULL, 0);
    qsort(took, rounds, sizeof *took, compare);
    printf("futex: p50 %.1f us, p99 %.1f us\n", took[rounds / 2],
           took[(uint64_t)rounds * 99 / 100]);
    return 0;
}
