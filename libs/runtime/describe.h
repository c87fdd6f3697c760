// Errors in one line, for logs and operators.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "libs/rpc/errors.h"

namespace pitlane::runtime {

// "FAILED_PRECONDITION TICKET_NOT_OPEN: ticket tkt_… is closed": code, reason if there is one,
// message; without the binary details.
inline std::string Describe(const absl::Status& status) {
  const std::string reason = rpc::ErrorReason(status);
  return absl::StrCat(absl::StatusCodeToString(status.code()), reason.empty() ? "" : " ", reason,
                      ": ", status.message());
}

}  // namespace pitlane::runtime
