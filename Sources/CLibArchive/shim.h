// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

#ifndef SCOREKEEPER_LIBARCHIVE_SHIM_H
#define SCOREKEEPER_LIBARCHIVE_SHIM_H

#include <archive.h>
#include <archive_entry.h>

#endif
