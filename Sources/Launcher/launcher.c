// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// The launcher: a node starts it with the launch socket, the lane and the log, and it becomes one
// scorer. It takes no arguments and reads no variables; all it does is in CLaunch.

#include "launch.h"

int main(void) { launch_cold(); }
