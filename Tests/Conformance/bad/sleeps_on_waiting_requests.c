// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Takes four of the requests that wait and sleeps though there are more.
#include "raw.h"

int main(void) { return raw_live(&(struct habits){.most_a_wake = 4}); }
