// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// What stands outside: listeners that nobody inside should reach, and a count of who did.
//
// Says in a first line where everything is, as `name=value` words. For each line that it reads it
// says how often each was reached since the last; it ends with its input.
#include "attempts.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { TCP, TCP6, UDP, ABSTRACT, DATAGRAM, NAMED, COUNT };

static const char *const words[COUNT] = {"tcp",      "tcp6",     "udp",
                                         "abstract", "datagram", "named_socket"};
static int listeners[COUNT];

static int bound(int family, int kind, const void *address, socklen_t length) {
    int number = socket(family, kind | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (number < 0 || bind(number, address, length) != 0)
        return -1;
    if (kind == SOCK_STREAM && listen(number, 64) != 0)
        return -1;
    return number;
}

static int inet(int kind) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    return bound(AF_INET, kind, &address, sizeof address);
}

static int inet6(void) {
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    return bound(AF_INET6, SOCK_STREAM, &address, sizeof address);
}

static int unix_socket(int kind, const char *name, const char *ending, int is_abstract) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int length =
        snprintf(address.sun_path + is_abstract, sizeof address.sun_path - 1, "%s%s", name, ending);
    return bound(
        AF_UNIX, kind, &address,
        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)(is_abstract + length)));
}

// Both families have the port at the same place.
static unsigned port_of(int number) {
    struct sockaddr_in6 address = {0};
    socklen_t length = sizeof address;
    if (number < 0 || getsockname(number, (struct sockaddr *)&address, &length) != 0)
        return 0;
    return ntohs(address.sin6_port);
}

// Takes whatever has come to a listener; answers how often.
static unsigned arrivals(int number) {
    char bytes[64];
    unsigned count = 0;
    int kind = 0;
    socklen_t length = sizeof kind;
    getsockopt(number, SOL_SOCKET, SO_TYPE, &kind, &length);
    for (;;) {
        if (kind == SOCK_DGRAM) {
            if (recv(number, bytes, sizeof bytes, 0) < 0)
                return count;
        } else {
            int connection = accept(number, NULL, NULL);
            if (connection < 0)
                return count;
            close(connection);
        }
        count++;
    }
}

static bool answers(unsigned port) {
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int number = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is_there = connect(number, (struct sockaddr *)&address, sizeof address) == 0;
    close(number);
    return is_there;
}

int be_surroundings(const char *folder) {
    char name[64], path[100], line[64];
    snprintf(name, sizeof name, "scorekeeper-escape-%d", getpid());
    snprintf(path, sizeof path, "%s/named.sock", folder);
    listeners[TCP] = inet(SOCK_STREAM);
    listeners[TCP6] = inet6();
    listeners[UDP] = inet(SOCK_DGRAM);
    listeners[ABSTRACT] = unix_socket(SOCK_STREAM, name, "", 1);
    listeners[DATAGRAM] = unix_socket(SOCK_DGRAM, name, ".d", 1);
    listeners[NAMED] = unix_socket(SOCK_STREAM, path, "", 0);
    chmod(path, 0777);
    int spare = inet(SOCK_STREAM);
    unsigned free_port = port_of(spare);
    close(spare);
    int key = (int)(0x5c0e0000u | ((unsigned)getpid() & 0xffffu));
    int shared = shmget(key, 4096, IPC_CREAT | 0666);
    char *memory = shmat(shared, NULL, 0);
    if (memory == (char *)-1)
        return 1;
    printf("tcp=%u tcp6=%u udp=%u abstract=%s named_socket=%s shm_key=%d free_port=%u\n",
           port_of(listeners[TCP]), port_of(listeners[TCP6]), port_of(listeners[UDP]), name, path,
           key, free_port);
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        for (int index = 0; index < COUNT; index++)
            printf("%s=%u ", words[index], listeners[index] < 0 ? 0 : arrivals(listeners[index]));
        printf("shared=%d listens=%d\n", memcmp(memory + 64, "escaped", 7) == 0,
               answers(free_port));
        memset(memory, 0, 4096);
        fflush(stdout);
    }
    shmctl(shared, IPC_RMID, NULL);
    unlink(path);
    return 0;
}
