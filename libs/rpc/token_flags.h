// The command-line flags by which a process learns whose tokens count, the same for all processes.
#pragma once

#include "CLI/CLI.hpp"
#include "libs/rpc/identity.h"

namespace pitlane::rpc {

// Each may also come from the environment: --jwks from PITLANE_JWKS. `options` has the defaults and
// must outlive the parsing.
void DeclareTokenFlags(CLI::App& app, TokenVerifierOptions& options);

}  // namespace pitlane::rpc
