#include "services/payment/api/payment_service.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/paging.h"
#include "libs/runtime/watch.h"
#include "services/payment/api/requests.h"
#include "services/payment/crediting.h"
#include "services/payment/domain/tender_parts.h"
#include "services/payment/projections/ticket_payments.h"
#include "services/payment/tendering.h"

namespace pitlane::payment {
namespace {

constexpr size_t kStandardPage = 50;
constexpr size_t kMaxPage = 200;

// The shape of any request of ours.
constexpr auto kShape = [](const auto& request) { return CheckShape(request); };

absl::Status GetReceivableOf(runtime::ReadContext& read, const v1::GetReceivableRequest& request,
                             v1::GetReceivableResponse* response) {
  RETURN_IF_ERROR(CheckShape(request));
  auto found = read.Get<ReceivableAggregate>(request.ticket_id());
  if (absl::IsNotFound(found.status())) {
    return CheckKnown(v1::ReceivableState(), request.ticket_id());
  }
  if (!found.ok()) return found.status();
  *response->mutable_receivable() = std::move(*found->state.mutable_receivable());
  return absl::OkStatus();
}

absl::StatusOr<v1::Payment> FindPayment(runtime::ReadContext& read, const std::string& payment_id) {
  auto found = read.Get<PaymentAggregate>(payment_id);
  if (absl::IsNotFound(found.status())) return CheckKnown(v1::PaymentState(), payment_id);
  if (!found.ok()) return found.status();
  return std::move(*found->state.mutable_payment());
}

absl::Status GetPaymentOf(runtime::ReadContext& read, const v1::GetPaymentRequest& request,
                          v1::GetPaymentResponse* response) {
  RETURN_IF_ERROR(CheckShape(request));
  ASSIGN_OR_RETURN(*response->mutable_payment(), FindPayment(read, request.payment_id()));
  return absl::OkStatus();
}

absl::Status ListPaymentsOf(runtime::ReadContext& read, const v1::ListPaymentsRequest& request,
                            v1::ListPaymentsResponse* response) {
  RETURN_IF_ERROR(CheckShape(request));
  ASSIGN_OR_RETURN(rpc::PageRequest asked, rpc::ParsePage(request, kStandardPage, kMaxPage));
  ASSIGN_OR_RETURN(
      const runtime::IdPage page,
      TicketPayments::List(read.views(), request.ticket_id(), asked.limit, std::move(asked.after)));
  for (const std::string& payment_id : page.ids) {
    ASSIGN_OR_RETURN(*response->add_payments(), FindPayment(read, payment_id));
  }
  response->set_next_page_token(rpc::PageToken(request, page.resume));
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* PaymentServiceApi::GetReceivable(grpc::CallbackServerContext* context,
                                                           const v1::GetReceivableRequest* request,
                                                           v1::GetReceivableResponse* response) {
  return runtime::Read(context, env_, request, response, GetReceivableOf);
}

grpc::ServerUnaryReactor* PaymentServiceApi::TakeCash(grpc::CallbackServerContext* context,
                                                      const v1::TakeCashRequest* request,
                                                      v1::TakeCashResponse* response) {
  return runtime::Mutate(context, env_, request, response, kShape, TakeCashIn);
}

grpc::ServerUnaryReactor* PaymentServiceApi::TakeCard(grpc::CallbackServerContext* context,
                                                      const v1::TakeCardRequest* request,
                                                      v1::TakeCardResponse* response) {
  return runtime::Mutate(context, env_, request, response, kShape, TakeCardIn);
}

grpc::ServerUnaryReactor* PaymentServiceApi::CancelPayment(grpc::CallbackServerContext* context,
                                                           const v1::CancelPaymentRequest* request,
                                                           v1::CancelPaymentResponse* response) {
  return runtime::Mutate(context, env_, request, response, kShape, CancelPaymentIn);
}

grpc::ServerUnaryReactor* PaymentServiceApi::RefundPayment(grpc::CallbackServerContext* context,
                                                           const v1::RefundPaymentRequest* request,
                                                           v1::RefundPaymentResponse* response) {
  return runtime::Mutate(context, env_, request, response, kShape, RefundPaymentIn);
}

grpc::ServerUnaryReactor* PaymentServiceApi::RefundCredit(grpc::CallbackServerContext* context,
                                                          const v1::RefundCreditRequest* request,
                                                          v1::RefundCreditResponse* response) {
  return runtime::Mutate(context, env_, request, response, kShape, RefundCreditIn);
}

grpc::ServerUnaryReactor* PaymentServiceApi::GetPayment(grpc::CallbackServerContext* context,
                                                        const v1::GetPaymentRequest* request,
                                                        v1::GetPaymentResponse* response) {
  return runtime::Read(context, env_, request, response, GetPaymentOf);
}

grpc::ServerUnaryReactor* PaymentServiceApi::ListPayments(grpc::CallbackServerContext* context,
                                                          const v1::ListPaymentsRequest* request,
                                                          v1::ListPaymentsResponse* response) {
  return runtime::Read(context, env_, request, response, ListPaymentsOf);
}

grpc::ServerWriteReactor<v1::WatchPaymentsResponse>* PaymentServiceApi::WatchPayments(
    grpc::CallbackServerContext* context, const v1::WatchPaymentsRequest* request) {
  return runtime::WatchFrom<v1::WatchPaymentsResponse, v1::PaymentEvent>(
      context, env_, request,
      [](runtime::ReadContext&, const v1::WatchPaymentsRequest& req, const v1::PaymentEvent& event,
         std::vector<v1::WatchPaymentsResponse>* out) {
        const std::string& location_id = req.location_id();
        if (!location_id.empty() && event.meta().location_id() != location_id) {
          return absl::OkStatus();
        }
        v1::WatchPaymentsResponse& response = out->emplace_back();
        response.set_position(event.meta().position());
        *response.mutable_event() = event;
        return absl::OkStatus();
      });
}

}  // namespace pitlane::payment
