// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Scorers for tests, each in a process of its own.
//
// They are forked, not executed: libscorer needs no library, so that it runs in the child of a
// process with many threads, where nearly everything else is forbidden.
#ifndef SCOREKEEPER_LANE_KIT_H
#define SCOREKEEPER_LANE_KIT_H

#include <stdbool.h>
#include <sys/types.h>

enum kit_scorer {
    KIT_ECHO,       // answers with the body
    KIT_HOLD,       // takes one request and keeps it
    KIT_ANSWER_ONE, // answers one request, takes another, ends without a word
    KIT_SIGNALLED,  // takes one request under signals that are to go unnoticed: 0 says that they did
    KIT_STREAM,     // sends part after part until nobody wants more
    KIT_LISTEN,     // sleeps on the futex until it is woken, not by a time: 0 says that it was
    KIT_SCRIBBLE,   // writes over every byte of its response region, again and again
};

// Starts a scorer on a copy of this end of a lane's socket; -1 and errno. It inherits nothing else.
pid_t kit_start(enum kit_scorer scorer, int socket);

// Waits for its end: the exit code, or 128 and the signal.
int kit_wait(pid_t pid);

// Whether one who holds a memfd can write it by any way there is: as it is, opened anew through
// /proc, mapped, or mapped for reading and then changed.
bool kit_can_write(int memory);

// Whether it can be made shorter or longer, or its seals be changed.
bool kit_can_resize(int memory);

// Whether a hole can be punched into its first page.
bool kit_can_punch(int memory);

#endif
