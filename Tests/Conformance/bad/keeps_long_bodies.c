// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Keeps the descriptor and the memory of every long body.
#include "raw.h"

int main(void) { return raw_live(&(struct habits){.keeps_bodies = true}); }
