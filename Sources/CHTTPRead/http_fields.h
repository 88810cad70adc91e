// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// The fields of a head.
#ifndef SCOREKEEPER_HTTP_FIELDS_H
#define SCOREKEEPER_HTTP_FIELDS_H

#include "http_read.h"

// Reads a line that begins at `head->line` as a field.
enum http_fault http_fields_add(struct http_head *head, const uint8_t *line, size_t length);

// Judges the fields together, once all were added.
enum http_fault http_fields_end(struct http_head *head);

#endif
