// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// The Linux calls that Swift's Glibc module leaves out, each as one plain function; those of an event
// loop are in poller.h.
//
// Every function answers like the system call it wraps: -1 and errno on failure. None allocates,
// none keeps state.
#ifndef SCOREKEEPER_LINUX_CALLS_H
#define SCOREKEEPER_LINUX_CALLS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Most descriptors that travel with one packet.
#define LINUX_PACKET_DESCRIPTORS 8

// Makes an anonymous file of `size` bytes that can be sealed; CLOEXEC.
int linux_memfd(const char *name, size_t size);

// Adds F_SEAL_* seals to a memfd.
int linux_add_seals(int descriptor, int seals);

// A descriptor that becomes readable when the process ends; CLOEXEC.
int linux_pidfd_open(pid_t pid);

// Sends a signal through a pidfd: never to a process that reused the pid.
int linux_pidfd_send_signal(int pidfd, int signal);

// Names the calling thread, in 15 bytes at most, for whoever looks at threads.
int linux_name_thread(const char *name);

// Has a thread run only where no other wants the core, or as any other again.
int linux_give_way(pid_t thread, int gives);

// Whether a thread runs only where no other wants the core; -1 where there is no such thread.
int linux_gives_way(pid_t thread);

// Whether this process may have threads give way and take it back; tried in a child.
int linux_may_give_way(void);

// A connected pair of SOCK_SEQPACKET sockets, CLOEXEC; non-blocking where asked.
int linux_packet_pair(int pair[2], int nonblocking);

// A listening SOCK_SEQPACKET socket at `path` with mode 0600; an old socket file is replaced.
int linux_packet_listen(const char *path);

// Accepts one connection, CLOEXEC.
int linux_packet_accept(int listener);

// Connects to a listening SOCK_SEQPACKET socket.
int linux_packet_connect(const char *path);

// The pid at the other end of a connected unix socket.
pid_t linux_peer_pid(int descriptor);

// Sends one packet with up to LINUX_PACKET_DESCRIPTORS descriptors.
ssize_t linux_packet_send(int socket, const void *bytes, size_t length, const int *descriptors,
                          int count);

// Receives one packet. At most LINUX_PACKET_DESCRIPTORS descriptors are kept, CLOEXEC, and
// `*count` says how many; a packet that was cut short fails with EMSGSIZE and keeps none.
ssize_t linux_packet_receive(int socket, void *bytes, size_t capacity, int *descriptors,
                             int *count);

// prctl(PR_SET_PDEATHSIG): the calling thread's parent thread must never end before the process.
int linux_die_with_parent(int signal);

// prctl(PR_SET_CHILD_SUBREAPER): orphans below this process come to it.
int linux_become_subreaper(void);

// Closes every descriptor from `first` on.
int linux_close_from(unsigned first);

// Becomes another program: with this process's variables, its standard streams and nothing else open,
// and no signal blocked. What other threads open meanwhile ends with them. Returns only where it fails.
int linux_become_program(const char *path, char *const arguments[]);

// Gives up root for `identifier` (user and group), clears the groups and forbids new privileges.
int linux_become_user(uint32_t identifier);

// Writes everything of the file system that `descriptor` lies on down to the disk.
int linux_sync_filesystem(int descriptor);

// The version of the kernel's Landlock; 0 where there is none.
int linux_landlock_version(void);

// CLOCK_MONOTONIC in nanoseconds.
uint64_t linux_monotonic_nanoseconds(void);

// Gives memory that was freed back to the kernel, which the allocator keeps otherwise.
void linux_trim_memory(void);

#endif
