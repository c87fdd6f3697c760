#include "services/payment/api/requests.h"

#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "libs/base/card_number.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/money/currency.h"
#include "libs/rpc/errors.h"

namespace pitlane::payment {
namespace {

constexpr size_t kMaxReasonBytes = 200;
// Far above any sale, and far below where sums of amounts would not fit.
constexpr int64_t kMaxAmountMinor = 1'000'000'000'000'000;

template <class IdType>
absl::Status CheckId(std::string_view field, const std::string& id) {
  const auto parsed = IdType::Parse(id);
  if (parsed.ok()) return absl::OkStatus();
  return rpc::Invalid(field, ToStd(parsed.status().message()));
}

// An id that goes with another one, in the same slot.
template <class IdType>
absl::Status CheckIdBeside(std::string_view field, const std::string& id,
                           const std::string& other) {
  RETURN_IF_ERROR(CheckId<IdType>(field, id));
  if (SlotOfId(id) == SlotOfId(other)) return absl::OkStatus();
  return rpc::Invalid(field, absl::StrCat("must carry the slot of ", other));
}

absl::Status CheckAmount(std::string_view field, int64_t amount_minor, int64_t least) {
  if (amount_minor >= least && amount_minor <= kMaxAmountMinor) return absl::OkStatus();
  return rpc::Invalid(field, absl::StrCat("must be ", least, " to ", kMaxAmountMinor));
}

absl::Status CheckCurrencyCode(const std::string& code) {
  const auto currency = Currency::Parse(code);
  if (currency.ok()) return absl::OkStatus();
  return rpc::Invalid("currency", ToStd(currency.status().message()));
}

absl::Status CheckReason(const std::string& reason) {
  if (reason.size() > kMaxReasonBytes) {
    return rpc::Invalid("reason", absl::StrCat("must have at most ", kMaxReasonBytes, " bytes"));
  }
  if (!LooksLikeCardNumber(reason)) return absl::OkStatus();
  return rpc::Invalid("reason", "looks like a card number, which must not be stored");
}

template <class Request>
absl::Status CheckTender(const Request& request) {
  RETURN_IF_ERROR(CheckId<TicketId>("ticket_id", request.ticket_id()));
  if (!request.payment_id().empty()) {
    RETURN_IF_ERROR(
        CheckIdBeside<PaymentId>("payment_id", request.payment_id(), request.ticket_id()));
  }
  RETURN_IF_ERROR(CheckAmount("amount_minor", request.amount_minor(), 0));
  return CheckCurrencyCode(request.currency());
}

}  // namespace

absl::Status CheckShape(const v1::GetReceivableRequest& request) {
  return CheckId<TicketId>("ticket_id", request.ticket_id());
}

absl::Status CheckShape(const v1::TakeCashRequest& request) {
  RETURN_IF_ERROR(CheckTender(request));
  return CheckAmount("tendered_minor", request.tendered_minor(), 0);
}

absl::Status CheckShape(const v1::TakeCardRequest& request) {
  RETURN_IF_ERROR(CheckTender(request));
  // The reader stands where the ticket was written.
  return CheckIdBeside<ReaderId>("reader_id", request.reader_id(), request.ticket_id());
}

absl::Status CheckShape(const v1::CancelPaymentRequest& request) {
  RETURN_IF_ERROR(CheckId<PaymentId>("payment_id", request.payment_id()));
  return CheckReason(request.reason());
}

absl::Status CheckShape(const v1::RefundPaymentRequest& request) {
  RETURN_IF_ERROR(CheckId<PaymentId>("payment_id", request.payment_id()));
  if (!request.refund_id().empty()) {
    RETURN_IF_ERROR(
        CheckIdBeside<RefundId>("refund_id", request.refund_id(), request.payment_id()));
  }
  RETURN_IF_ERROR(CheckAmount("amount_minor", request.amount_minor(), 1));
  RETURN_IF_ERROR(CheckCurrencyCode(request.currency()));
  if (request.reason().empty()) return rpc::Invalid("reason", "say why the money goes back");
  return CheckReason(request.reason());
}

absl::Status CheckShape(const v1::RefundCreditRequest& request) {
  RETURN_IF_ERROR(CheckId<TicketId>("ticket_id", request.ticket_id()));
  RETURN_IF_ERROR(CheckAmount("amount_minor", request.amount_minor(), 0));
  RETURN_IF_ERROR(CheckCurrencyCode(request.currency()));
  if (request.reason().empty()) return rpc::Invalid("reason", "say why the money goes back");
  return CheckReason(request.reason());
}

absl::Status CheckShape(const v1::GetPaymentRequest& request) {
  return CheckId<PaymentId>("payment_id", request.payment_id());
}

absl::Status CheckShape(const v1::ListPaymentsRequest& request) {
  return CheckId<TicketId>("ticket_id", request.ticket_id());
}

}  // namespace pitlane::payment
