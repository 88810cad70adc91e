// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// How both sides of a lane touch the words that they order against each other.
//
// Both announce and then look (`cancelled` then `taken`, `armed` then `done`, `asleep` then `tail`,
// and the other way round), which needs sequential consistency: with less, each side can miss what
// the other one announced. LANE_MUTANT_RELAXED builds the mutant that the stress must catch.
#ifndef SCOREKEEPER_LANE_WORDS_H
#define SCOREKEEPER_LANE_WORDS_H

#include <stdint.h>

#ifdef LANE_MUTANT_RELAXED
#define LANE_ORDER __ATOMIC_RELAXED
#else
#define LANE_ORDER __ATOMIC_SEQ_CST
#endif

static inline uint64_t load_word(const uint64_t *word) { return __atomic_load_n(word, LANE_ORDER); }

static inline void store_word(uint64_t *word, uint64_t value) {
    __atomic_store_n(word, value, LANE_ORDER);
}

#endif
