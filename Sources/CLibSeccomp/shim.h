// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

#ifndef SCOREKEEPER_LIBSECCOMP_SHIM_H
#define SCOREKEEPER_LIBSECCOMP_SHIM_H

#include <seccomp.h>

#endif
