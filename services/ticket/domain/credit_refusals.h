// How each refusal of credit memos and declined work comes about, in the order of their reasons;
// see error_reasons_test.cc.
#pragma once

#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "pitlane/ticket/v1/ticket_service.pb.h"

namespace pitlane::ticket {

struct CreditRefusal {
  v1::ErrorReason reason;
  absl::StatusCode code;
  std::function<absl::Status()> provoke;
};

std::vector<CreditRefusal> CreditRefusals();

}  // namespace pitlane::ticket
