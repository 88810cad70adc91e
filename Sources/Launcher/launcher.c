// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// The launcher: a node starts it with the launch socket, the lane and the log, and it becomes one
// scorer. It reads no variables; all it does is in CLaunch. With an argument it does nothing at
// all, well: that is the program of the trial by which a node finds what the machine allows.

#include "launch.h"

int main(int count, char **arguments) {
    (void)arguments;
    if (count > 1)
        return 0;
    launch_cold();
}
