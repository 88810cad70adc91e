// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// The network, and sockets that have names.
#include "attempts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define NEW_LINK 16

// `socket` is a good name for what it makes.
static int socket_of(int family, int kind, int protocol) {
    return socket(family, kind | SOCK_CLOEXEC, protocol);
}

static struct outcome connect_path(const char *path, int kind) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int socket = socket_of(AF_UNIX, kind, 0);
    if (socket < 0)
        return refused(errno);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    struct outcome outcome = judge(connect(socket, (struct sockaddr *)&address, sizeof address),
                                   "somebody answers there");
    close(socket);
    return outcome;
}

static struct outcome connect_in_state(const struct task *task, const char *name, int kind) {
    char path[108];
    snprintf(path, sizeof path, "%s/%s", told(task, "state"), name);
    return connect_path(path, kind);
}

ATTEMPT(control_socket) { return connect_in_state(task, "control.sock", SOCK_STREAM); }

ATTEMPT(peers_sockets) {
    struct outcome outcomes[] = {
        connect_in_state(task, "run/gateway.sock", SOCK_SEQPACKET),
        connect_in_state(task, "run/node-1.sock", SOCK_SEQPACKET),
        connect_path("/run/dbus/system_bus_socket", SOCK_STREAM),
        connect_path("/var/run/docker.sock", SOCK_STREAM),
        connect_path(told(task, "named_socket"), SOCK_STREAM),
    };
    return first_through(outcomes, 5);
}

static socklen_t abstract_name(const struct task *task, struct sockaddr_un *address) {
    const char *name = told(task, "abstract");
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    size_t length = strlen(name);
    memcpy(address->sun_path + 1, name, length);
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length);
}

ATTEMPT(abstract_socket) {
    struct sockaddr_un address;
    socklen_t length = abstract_name(task, &address);
    int socket = socket_of(AF_UNIX, SOCK_STREAM, 0);
    if (socket < 0)
        return refused(errno);
    struct outcome outcome =
        judge(connect(socket, (struct sockaddr *)&address, length), "somebody answers there");
    close(socket);
    return outcome;
}

ATTEMPT(abstract_datagram) {
    struct sockaddr_un address;
    socklen_t length = abstract_name(task, &address);
    memcpy(address.sun_path + length - offsetof(struct sockaddr_un, sun_path), ".d", 2);
    int socket = socket_of(AF_UNIX, SOCK_DGRAM, 0);
    if (socket < 0)
        return refused(errno);
    struct outcome outcome =
        judge(sendto(socket, "escaped", 7, 0, (struct sockaddr *)&address, length + 2), "sent it");
    close(socket);
    return outcome;
}

static struct outcome reach(int kind, long port) {
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int socket = socket_of(AF_INET, kind, 0);
    if (socket < 0)
        return refused(errno);
    long answer = kind == SOCK_STREAM ? connect(socket, (struct sockaddr *)&address, sizeof address)
                                      : sendto(socket, "escaped", 7, 0, (struct sockaddr *)&address,
                                               sizeof address);
    struct outcome outcome = judge(answer, "reached it");
    close(socket);
    return outcome;
}

ATTEMPT(reach_tcp) { return reach(SOCK_STREAM, told_number(task, "tcp")); }
ATTEMPT(reach_udp) { return reach(SOCK_DGRAM, told_number(task, "udp")); }
ATTEMPT(reach_gateway) { return reach(SOCK_STREAM, told_number(task, "gateway")); }

ATTEMPT(reach_tcp_over_ipv6) {
    struct sockaddr_in6 address = {.sin6_family = AF_INET6,
                                   .sin6_port = htons((uint16_t)told_number(task, "tcp6")),
                                   .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    if (told_number(task, "tcp6") == 0)
        return absent("this machine has no IPv6");
    int socket = socket_of(AF_INET6, SOCK_STREAM, 0);
    if (socket < 0)
        return refused(errno);
    struct outcome outcome =
        judge(connect(socket, (struct sockaddr *)&address, sizeof address), "reached it");
    close(socket);
    return outcome;
}

// A port of the machine's, on which it could answer in others' place. Whether it is the machine's
// is seen from outside: the network namespace of a sandbox has ports too.
ATTEMPT(listen_on_tcp) {
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)told_number(task, "free_port")),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int socket = socket_of(AF_INET, SOCK_STREAM, 0);
    if (socket < 0)
        return refused(errno);
    if (bind(socket, (struct sockaddr *)&address, sizeof address) != 0 || listen(socket, 1) != 0) {
        int error = errno;
        close(socket);
        return refused(error);
    }
    // Stays open: whoever asked looks whether it is reached.
    return through("listens on port %ld", told_number(task, "free_port"));
}

ATTEMPT(netlink) {
    (void)task;
    int socket = socket_of(AF_NETLINK, SOCK_RAW, 0);
    if (socket < 0)
        return refused(errno);
    // RTM_GETLINK, a dump: the machine's interfaces, or those of an empty network.
    struct {
        uint32_t length;
        uint16_t kind, flags;
        uint32_t sequence, pid;
        unsigned char family[16];
    } wanted = {.length = 32, .kind = 18, .flags = 0x301};
    char answer[16384];
    if (send(socket, &wanted, 32, 0) < 0) {
        int error = errno;
        close(socket);
        return refused(error);
    }
    unsigned links = 0;
    bool is_over = false;
    while (!is_over) {
        long got = recv(socket, answer, sizeof answer, 0);
        if (got < 16)
            break;
        for (long at = 0; at + 16 <= got;) {
            uint32_t length;
            uint16_t kind;
            memcpy(&length, answer + at, 4);
            memcpy(&kind, answer + at + 4, 2);
            is_over = is_over || kind == 3 || kind == 2;
            links += kind == NEW_LINK;
            if (length < 16)
                break;
            at += (length + 3) & ~3u;
        }
    }
    close(socket);
    return links > 1 ? through("%u network interfaces", links) : nothing("loopback alone");
}

ATTEMPT(raw_sockets) {
    (void)task;
    struct outcome outcomes[] = {
        judge(socket_of(AF_INET, SOCK_RAW, IPPROTO_ICMP), "a raw socket"),
        judge(socket_of(17, SOCK_RAW, 0), "a packet socket"),
        judge(socket_of(44, SOCK_RAW, 0), "an XDP socket"),
    };
    return first_through(outcomes, 3);
}

// Families that a network namespace does not hold, or that lead into seldom trodden kernel.
ATTEMPT(other_families) {
    (void)task;
    struct outcome outcomes[] = {
        judge(socket_of(40, SOCK_STREAM, 0), "a vsock socket"),
        judge(socket_of(38, SOCK_SEQPACKET, 0), "a socket to the kernel's ciphers"),
        judge(socket_of(31, SOCK_RAW, 1), "a Bluetooth socket"),
        judge(socket_of(29, SOCK_RAW, 1), "a CAN socket"),
        judge(socket_of(30, SOCK_SEQPACKET, 0), "a TIPC socket"),
    };
    return first_through(outcomes, 5);
}
