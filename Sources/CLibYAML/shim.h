// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

#ifndef SCOREKEEPER_LIBYAML_SHIM_H
#define SCOREKEEPER_LIBYAML_SHIM_H

#include <yaml.h>

#endif
