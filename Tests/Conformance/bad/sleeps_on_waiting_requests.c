// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Takes one request for each bell and sleeps though more wait.
#include "raw.h"

int main(void) { return raw_live(&(struct habits){.takes_one_a_wake = true}); }
