#include "services/ticket/api/credit_service.h"

#include <string>
#include <utility>

#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/runtime/expected_version.h"
#include "libs/runtime/watch.h"
#include "services/ticket/api/credit_requests.h"
#include "services/ticket/calendar.h"
#include "services/ticket/desk.h"
#include "services/ticket/domain/credit.h"
#include "services/ticket/domain/location.h"
#include "services/ticket/domain/number_series.h"
#include "services/ticket/domain/refusals.h"

namespace pitlane::ticket {
namespace {

using runtime::ReadContext;

absl::StatusOr<v1::TicketState> TicketOf(ReadContext& read, const std::string& ticket_id) {
  auto found = read.Get<TicketAggregate>(ticket_id);
  if (absl::IsNotFound(found.status())) return CheckKnown(v1::TicketState(), ticket_id);
  if (!found.ok()) return found.status();
  return std::move(found->state);
}

absl::Status IssueCreditMemoIn(runtime::Unit& unit, const v1::IssueCreditMemoRequest& request,
                               v1::IssueCreditMemoResponse* response) {
  ASSIGN_OR_RETURN(Desk desk, Desk::Of(unit, request.ticket_id()));
  IssueCreditMemo command{.ticket_id = request.ticket_id(),
                          .order = request.order(),
                          .credit_memo_id = desk.IdOr<CreditMemoId>(request.credit_memo_id()),
                          .number = ""};
  ASSIGN_OR_RETURN(command.number, desk.NextNumber(kCreditSeries, request.ticket_id()));
  Events done;
  RETURN_IF_ERROR(desk.Do(request.ticket_id(), runtime::ExpectedVersion(request), command,
                          response->mutable_ticket(), &done));
  *response->mutable_memo() = done.front().credit_memo_issued().memo();
  return absl::OkStatus();
}

absl::Status PreviewCreditMemoFrom(ReadContext& read, absl::Time now,
                                   const v1::PreviewCreditMemoRequest& request,
                                   v1::PreviewCreditMemoResponse* response) {
  RETURN_IF_ERROR(CheckShape(request));
  ASSIGN_OR_RETURN(const v1::TicketState state, TicketOf(read, request.ticket_id()));
  ASSIGN_OR_RETURN(const auto location, read.Get<LocationAggregate>(state.ticket().location_id()));
  ASSIGN_OR_RETURN(std::string date, DateIn(location.state.time_zone(), now));
  const Context context{.now = now,
                        .business_date = std::move(date),
                        .actor = read.caller().subject,
                        .location = location.state};
  ASSIGN_OR_RETURN(const Events events, Decide(state,
                                               IssueCreditMemo{.ticket_id = request.ticket_id(),
                                                               .order = request.order(),
                                                               .credit_memo_id = "",
                                                               .number = ""},
                                               context));
  *response->mutable_memo() = events.front().credit_memo_issued().memo();
  return absl::OkStatus();
}

absl::Status GetCreditMemoFrom(ReadContext& read, const v1::GetCreditMemoRequest& request,
                               v1::GetCreditMemoResponse* response) {
  RETURN_IF_ERROR(CheckShape(request));
  ASSIGN_OR_RETURN(const v1::TicketState state, TicketOf(read, request.ticket_id()));
  ASSIGN_OR_RETURN(const v1::CreditMemo* memo, GetCreditMemo(state, request.credit_memo_id()));
  *response->mutable_memo() = *memo;
  return absl::OkStatus();
}

absl::Status ListCreditMemosFrom(ReadContext& read, const v1::ListCreditMemosRequest& request,
                                 v1::ListCreditMemosResponse* response) {
  RETURN_IF_ERROR(CheckShape(request));
  ASSIGN_OR_RETURN(const v1::TicketState state, TicketOf(read, request.ticket_id()));
  *response->mutable_memos() = state.credits();
  for (v1::CreditableLine& line : CreditableOf(state)) {
    *response->add_creditable() = std::move(line);
  }
  response->set_credited_minor(state.ticket().credited_minor());
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* CreditServiceApi::IssueCreditMemo(
    grpc::CallbackServerContext* context, const v1::IssueCreditMemoRequest* request,
    v1::IssueCreditMemoResponse* response) {
  return runtime::Mutate(
      context, env_, request, response,
      [](const v1::IssueCreditMemoRequest& shape) { return CheckShape(shape); }, IssueCreditMemoIn);
}

grpc::ServerUnaryReactor* CreditServiceApi::PreviewCreditMemo(
    grpc::CallbackServerContext* context, const v1::PreviewCreditMemoRequest* request,
    v1::PreviewCreditMemoResponse* response) {
  return runtime::Read(context, env_, request, response,
                       [this](ReadContext& read, const v1::PreviewCreditMemoRequest& req,
                              v1::PreviewCreditMemoResponse* resp) {
                         return PreviewCreditMemoFrom(read, env_.rpc.clock().Now(), req, resp);
                       });
}

grpc::ServerUnaryReactor* CreditServiceApi::GetCreditMemo(grpc::CallbackServerContext* context,
                                                          const v1::GetCreditMemoRequest* request,
                                                          v1::GetCreditMemoResponse* response) {
  return runtime::Read(context, env_, request, response, GetCreditMemoFrom);
}

grpc::ServerUnaryReactor* CreditServiceApi::ListCreditMemos(
    grpc::CallbackServerContext* context, const v1::ListCreditMemosRequest* request,
    v1::ListCreditMemosResponse* response) {
  return runtime::Read(context, env_, request, response, ListCreditMemosFrom);
}

}  // namespace pitlane::ticket
