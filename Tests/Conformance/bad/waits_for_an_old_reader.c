// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Waits for the reader of a gateway that is gone.
#include "raw.h"

int main(void) { return raw_live(&(struct habits){.keeps_waiting = true}); }
