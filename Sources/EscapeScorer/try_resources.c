// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// More than its share: processes, memory, cores, descriptors, room, time.
#include "attempts.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MANY_PROCESSES 2000
// Cores that idle although somebody wants them: somebody else forbids it.
#define IDLE_CORES 0.2

ATTEMPT(fork_bomb) {
    (void)task;
    static pid_t children[MANY_PROCESSES];
    int count = 0;
    int error = 0;
    while (count < MANY_PROCESSES) {
        pid_t child = fork();
        if (child == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            for (;;)
                pause();
        }
        if (child < 0) {
            error = errno;
            break;
        }
        children[count++] = child;
    }
    for (int index = 0; index < count; index++)
        kill(children[index], SIGKILL);
    for (int index = 0; index < count; index++)
        waitpid(children[index], NULL, 0);
    if (error == 0)
        return through("%d processes", count);
    struct outcome outcome = bounded("%d processes", count);
    outcome.error = error;
    return outcome;
}

// Forks twice, into a session of its own, deaf to everything; its name says whose it is.
ATTEMPT(daemonise) {
    pid_t child = fork();
    if (child < 0)
        return refused(errno);
    if (child > 0) {
        waitpid(child, NULL, 0);
        return bounded("left a daemon behind");
    }
    setsid();
    if (fork() != 0)
        _exit(0);
    setsid();
    prctl(PR_SET_NAME, told(task, "daemon"));
    for (int signal_number = 1; signal_number < 32; signal_number++)
        signal(signal_number, SIG_IGN);
    for (int descriptor = 0; descriptor < 64; descriptor++)
        close(descriptor);
    // Long enough to be seen, not for ever.
    sleep(60);
    _exit(0);
}

// Processes that fork as fast as they can, each in a session of its own, as many as may be: whoever
// kills them one by one makes room for the next.
ATTEMPT(outrun_the_killer) {
    struct rlimit limit;
    getrlimit(RLIMIT_NPROC, &limit);
    // Its own bound, where nobody has set one: the machine is not what is tried.
    if (limit.rlim_cur > 400)
        limit.rlim_cur = 400;
    if (geteuid() == 0 || setrlimit(RLIMIT_NPROC, &limit) != 0)
        return absent("it has root's uid: nothing would bound it");
    pid_t child = fork();
    if (child < 0)
        return refused(errno);
    if (child > 0) {
        // Until there are as many as may be.
        usleep(1000 * 1000);
        return bounded("left a swarm behind that forks without end");
    }
    prctl(PR_SET_NAME, told(task, "daemon"));
    time_t end = time(NULL) + 12;
    while (time(NULL) < end) {
        setsid();
        if (fork() < 0)
            usleep(100);
    }
    _exit(0);
}

ATTEMPT(ignore_the_end) {
    prctl(PR_SET_NAME, told(task, "daemon"));
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    for (int signal_number = 1; signal_number < 32; signal_number++)
        signal(signal_number, SIG_IGN);
    task->lane->ignores_drain = true;
    return bounded("is deaf to signals and to drain");
}

ATTEMPT(stop_itself) {
    (void)task;
    raise(SIGSTOP);
    return through("went on after its stop");
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

// Names without contents, which a size alone does not bound. A slow disk bounds nothing either: it
// stops early enough to remove them and to answer before its request's deadline ends it.
ATTEMPT(fill_with_names) {
    (void)task;
    double begun = seconds();
    const char *temporary = getenv("TMPDIR");
    char path[300];
    long most = 100000, made = 0;
    int error = 0;
    for (; made < most && seconds() - begun < 2; made++) {
        snprintf(path, sizeof path, "%s/name-%ld", temporary ? temporary : "/tmp", made);
        int file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
        if (file < 0) {
            error = errno;
            break;
        }
        close(file);
    }
    for (long index = 0; index < made; index++) {
        snprintf(path, sizeof path, "%s/name-%ld", temporary ? temporary : "/tmp", index);
        unlink(path);
    }
    struct outcome outcome =
        error ? bounded("%ld files", made) : through("%ld files and no end", made);
    outcome.error = error;
    return outcome;
}

static char block[1 << 20];

// Writes blocks until there is no room or `most` bytes; answers the bytes written.
static struct outcome fill(const char *folder, long most) {
    char path[300];
    snprintf(path, sizeof path, "%s/filler", folder);
    int file = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0)
        return refused(errno);
    memset(block, 'x', sizeof block);
    long written = 0;
    int error = 0;
    while (written < most) {
        long got = write(file, block, sizeof block);
        if (got < 0) {
            error = errno;
            break;
        }
        written += got;
    }
    close(file);
    unlink(path);
    struct outcome outcome =
        error ? bounded("%ld MiB", written >> 20) : through("%ld MiB and no end", written >> 20);
    outcome.error = error;
    return outcome;
}

// Half of the memory is what a sandbox gives; all of it, and nobody has said stop.
ATTEMPT(fill_tmp) {
    const char *temporary = getenv("TMPDIR");
    return fill(temporary ? temporary : "/tmp", told_number(task, "memory"));
}

ATTEMPT(fill_shm) { return fill("/dev/shm", told_number(task, "memory")); }

ATTEMPT(eat_memory) {
    long most = told_number(task, "memory") * 3 / 2;
    char *memory = mmap(NULL, (size_t)most, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return refused(errno);
    for (long at = 0; at < most; at += 4096)
        memory[at] = 1;
    munmap(memory, (size_t)most);
    return through("%ld MiB", most >> 20);
}

static double cores_of_children(void) {
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6 +
           (double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec / 1e6;
}

// What the machine's cores have idled so far; less than zero where nobody says so.
static double idle_seconds(void) {
    char text[512];
    unsigned long idle, waiting;
    long length = read_file("/proc/stat", text, sizeof text - 1);
    text[length < 0 ? 0 : length] = 0;
    if (sscanf(text, "cpu %*u %*u %*u %lu %lu", &idle, &waiting) != 2)
        return -1;
    return (double)(idle + waiting) / (double)sysconf(_SC_CLK_TCK);
}

// Four processes that compute for a second: how many cores had they? Where others leave them no
// core that idles, too few show nothing.
ATTEMPT(eat_cores) {
    pid_t children[4];
    struct timespec start, end;
    double before = cores_of_children();
    double idle = idle_seconds();
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int index = 0; index < 4; index++) {
        children[index] = fork();
        if (children[index] == 0) {
            for (volatile unsigned long turns = 0;; turns++)
                continue;
        }
    }
    usleep(1000 * 1000);
    for (int index = 0; index < 4; index++) {
        if (children[index] > 0) {
            kill(children[index], SIGKILL);
            waitpid(children[index], NULL, 0);
        }
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    double seconds =
        (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
    double cores = (cores_of_children() - before) / seconds;
    double idled = idle < 0 ? seconds : idle_seconds() - idle;
    // A quarter more than it was given is what a period's rounding may bring.
    double given = (double)told_number(task, "millicores") / 1000;
    if (cores > given * 1.25)
        return through("%.2f cores of %.2f", cores, given);
    if (idled / seconds < IDLE_CORES)
        return absent("others left %.2f cores, and %.2f idle", cores, idled / seconds);
    return bounded("%.2f cores of %.2f", cores, given);
}

ATTEMPT(open_descriptors) {
    (void)task;
    int first = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int count = 0;
    int error = 0;
    static int opened[10000];
    while (count < 10000) {
        opened[count] = fcntl(first, F_DUPFD_CLOEXEC, 0);
        if (opened[count] < 0) {
            error = errno;
            break;
        }
        count++;
    }
    for (int index = 0; index < count; index++)
        close(opened[index]);
    close(first);
    struct outcome outcome =
        error ? bounded("%d descriptors", count) : through("%d descriptors and no end", count);
    outcome.error = error;
    return outcome;
}

ATTEMPT(dump_core) {
    (void)task;
    int status = 0;
    struct rlimit limit;
    getrlimit(RLIMIT_CORE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_CORE, &limit);
    pid_t child = fork();
    if (child < 0)
        return refused(errno);
    if (child == 0) {
        const char *temporary = getenv("TMPDIR");
        if (chdir(temporary ? temporary : "/tmp") == 0)
            abort();
        _exit(1);
    }
    waitpid(child, &status, 0);
    if (!WIFSIGNALED(status))
        return absent("could not die");
    return WCOREDUMP(status) ? through("its memory was written out")
                             : nothing("no core was written");
}
