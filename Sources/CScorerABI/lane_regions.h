// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// The system calls that the gateway's side of a lane needs; lane.c decides, this does.
#ifndef SCOREKEEPER_LANE_REGIONS_H
#define SCOREKEEPER_LANE_REGIONS_H

#include "lane.h"

// Makes, maps and seals a region: -1 and errno, or its memfd. `is_ours`: mapped for writing, and
// nobody else can ever do that; otherwise mapped for reading, for the scorer to write.
int lane_region_create(const char *name, uint64_t bytes, bool is_ours, void **memory);

// Sends one packet with up to two descriptors without waiting: false and errno.
bool lane_send(int socket, const void *bytes, size_t length, const int *descriptors, int count);

#endif
