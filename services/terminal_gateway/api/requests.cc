#include "services/terminal_gateway/api/requests.h"

#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "libs/base/card_number.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/money/currency.h"
#include "libs/rpc/errors.h"

namespace pitlane::terminal_gateway {
namespace {

constexpr size_t kMaxLabelBytes = 100;
constexpr size_t kMaxCodeBytes = 50;
constexpr int kMaxOutcomes = 100;
constexpr int64_t kMaxDelaySeconds = 24 * 60 * 60;

template <class IdType>
absl::Status CheckId(std::string_view field, const std::string& id) {
  const auto parsed = IdType::Parse(id);
  if (parsed.ok()) return absl::OkStatus();
  return rpc::Invalid(field, ToStd(parsed.status().message()));
}

absl::Status CheckActionId(const std::string& id) {
  if (RefundId::Parse(id).ok()) return absl::OkStatus();
  return CheckId<AttemptId>("action_id", id);
}

template <class Request>
absl::Status CheckMoney(const Request& request) {
  if (request.amount_minor() <= 0) return rpc::Invalid("amount_minor", "must be positive");
  const auto currency = Currency::Parse(request.currency());
  if (!currency.ok()) return rpc::Invalid("currency", ToStd(currency.status().message()));
  return CheckId<TicketId>("ticket_id", request.ticket_id());
}

absl::Status CheckOutcome(const std::string& field, const v1::SimulatedOutcome& outcome) {
  if (!v1::SimulatedOutcome::Kind_IsValid(outcome.kind()) ||
      outcome.kind() == v1::SimulatedOutcome::KIND_UNSPECIFIED) {
    return rpc::Invalid(field, "say what the reader is to do: one of the kinds");
  }
  if (outcome.decline_code().size() > kMaxCodeBytes ||
      LooksLikeCardNumber(outcome.decline_code())) {
    return rpc::Invalid(field + ".decline_code", "must be a short code");
  }
  if (outcome.approved_minor() < 0) {
    return rpc::Invalid(field + ".approved_minor", "must not be negative");
  }
  const google::protobuf::Duration& delay = outcome.delay();
  if (delay.seconds() < 0 || delay.nanos() < 0 || delay.seconds() >= kMaxDelaySeconds) {
    return rpc::Invalid(field + ".delay", "must be between nothing and a day");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckShape(const v1::RegisterReaderRequest& request) {
  RETURN_IF_ERROR(CheckId<LocationId>("location_id", request.location_id()));
  if (!request.reader_id().empty()) {
    RETURN_IF_ERROR(CheckId<ReaderId>("reader_id", request.reader_id()));
    if (SlotOfId(request.reader_id()) != SlotOfId(request.location_id())) {
      return rpc::Invalid("reader_id", "must carry its location's slot");
    }
  }
  if (request.label().empty() || request.label().size() > kMaxLabelBytes) {
    return rpc::Invalid("label", absl::StrCat("must have 1 to ", kMaxLabelBytes, " bytes"));
  }
  if (LooksLikeCardNumber(request.label())) {
    return rpc::Invalid("label", "looks like a card number, which must not be stored");
  }
  if (!request.simulated()) {
    return rpc::Invalid("simulated", "only simulated readers exist in this version");
  }
  return absl::OkStatus();
}

absl::Status CheckShape(const v1::GetReaderRequest& request) {
  return CheckId<ReaderId>("reader_id", request.reader_id());
}

absl::Status CheckShape(const v1::ListReadersRequest& request) {
  return CheckId<LocationId>("location_id", request.location_id());
}

absl::Status CheckShape(const v1::ProcessPaymentRequest& request) {
  RETURN_IF_ERROR(CheckId<ReaderId>("reader_id", request.reader_id()));
  RETURN_IF_ERROR(CheckId<AttemptId>("action_id", request.action_id()));
  return CheckMoney(request);
}

absl::Status CheckShape(const v1::ProcessRefundRequest& request) {
  RETURN_IF_ERROR(CheckId<ReaderId>("reader_id", request.reader_id()));
  RETURN_IF_ERROR(CheckId<RefundId>("action_id", request.action_id()));
  RETURN_IF_ERROR(CheckId<AttemptId>("original_action_id", request.original_action_id()));
  return CheckMoney(request);
}

absl::Status CheckShape(const v1::CancelActionRequest& request) {
  RETURN_IF_ERROR(CheckId<ReaderId>("reader_id", request.reader_id()));
  return CheckActionId(request.action_id());
}

absl::Status CheckShape(const v1::GetActionRequest& request) {
  RETURN_IF_ERROR(CheckId<ReaderId>("reader_id", request.reader_id()));
  return CheckActionId(request.action_id());
}

absl::Status CheckShape(const v1::ResolveActionRequest& request) {
  RETURN_IF_ERROR(CheckId<ReaderId>("reader_id", request.reader_id()));
  return CheckActionId(request.action_id());
}

absl::Status CheckShape(const v1::ScriptSimulatorRequest& request) {
  RETURN_IF_ERROR(CheckId<ReaderId>("reader_id", request.reader_id()));
  if (request.outcomes_size() > kMaxOutcomes) {
    return rpc::Invalid("outcomes", absl::StrCat("must be at most ", kMaxOutcomes));
  }
  for (int i = 0; i < request.outcomes_size(); ++i) {
    RETURN_IF_ERROR(CheckOutcome(absl::StrCat("outcomes[", i, "]"), request.outcomes(i)));
  }
  return absl::OkStatus();
}

}  // namespace pitlane::terminal_gateway
