#include "services/terminal_gateway/api/terminal_gateway_service.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/paging.h"
#include "libs/runtime/watch.h"
#include "services/terminal_gateway/api/requests.h"
#include "services/terminal_gateway/domain/reader.h"
#include "services/terminal_gateway/projections/actions.h"
#include "services/terminal_gateway/projections/readers.h"
#include "services/terminal_gateway/reader_actions.h"

namespace pitlane::terminal_gateway {
namespace {

constexpr size_t kStandardPage = 50;
constexpr size_t kMaxPage = 200;

// The shape of any request of ours.
constexpr auto kShape = [](const auto& request) { return CheckShape(request); };

absl::StatusOr<v1::Reader> FindReader(runtime::ReadContext& read, const std::string& reader_id) {
  auto found = read.Get<ReaderAggregate>(reader_id);
  if (absl::IsNotFound(found.status())) {
    return rpc::NotFound(v1::READER_UNKNOWN, absl::StrCat("there is no reader ", reader_id));
  }
  if (!found.ok()) return found.status();
  return std::move(*found->state.mutable_reader());
}

absl::Status GetReaderOf(runtime::ReadContext& read, const v1::GetReaderRequest& request,
                         v1::GetReaderResponse* response) {
  RETURN_IF_ERROR(CheckShape(request));
  ASSIGN_OR_RETURN(*response->mutable_reader(), FindReader(read, request.reader_id()));
  return absl::OkStatus();
}

absl::Status ListReadersOf(runtime::ReadContext& read, const v1::ListReadersRequest& request,
                           v1::ListReadersResponse* response) {
  RETURN_IF_ERROR(CheckShape(request));
  ASSIGN_OR_RETURN(rpc::PageRequest asked, rpc::ParsePage(request, kStandardPage, kMaxPage));
  ASSIGN_OR_RETURN(const runtime::IdPage page, Readers::List(read.views(), request.location_id(),
                                                             asked.limit, std::move(asked.after)));
  for (const std::string& reader_id : page.ids) {
    ASSIGN_OR_RETURN(*response->add_readers(), FindReader(read, reader_id));
  }
  response->set_next_page_token(rpc::PageToken(request, page.resume));
  return absl::OkStatus();
}

absl::Status GetActionOf(runtime::ReadContext& read, const v1::GetActionRequest& request,
                         v1::GetActionResponse* response) {
  RETURN_IF_ERROR(CheckShape(request));
  RETURN_IF_ERROR(FindReader(read, request.reader_id()).status());
  ASSIGN_OR_RETURN(auto record,
                   Actions::Find(read.views(), request.reader_id(), request.action_id()));
  if (!record.has_value()) {
    return rpc::NotFound(v1::ACTION_UNKNOWN, absl::StrCat("reader ", request.reader_id(),
                                                          " has no action ", request.action_id()));
  }
  *response->mutable_action() = std::move(*record->mutable_action());
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* TerminalGatewayServiceApi::RegisterReader(
    grpc::CallbackServerContext* context, const v1::RegisterReaderRequest* request,
    v1::RegisterReaderResponse* response) {
  return runtime::Mutate(
      context, env_, request, response, kShape,
      [](runtime::Unit& unit, const v1::RegisterReaderRequest& req,
         v1::RegisterReaderResponse* resp) { return Register(unit, req, resp->mutable_reader()); });
}

grpc::ServerUnaryReactor* TerminalGatewayServiceApi::GetReader(grpc::CallbackServerContext* context,
                                                               const v1::GetReaderRequest* request,
                                                               v1::GetReaderResponse* response) {
  return runtime::Read(context, env_, request, response, GetReaderOf);
}

grpc::ServerUnaryReactor* TerminalGatewayServiceApi::ListReaders(
    grpc::CallbackServerContext* context, const v1::ListReadersRequest* request,
    v1::ListReadersResponse* response) {
  return runtime::Read(context, env_, request, response, ListReadersOf);
}

grpc::ServerUnaryReactor* TerminalGatewayServiceApi::ProcessPayment(
    grpc::CallbackServerContext* context, const v1::ProcessPaymentRequest* request,
    v1::ProcessPaymentResponse* response) {
  return runtime::Mutate(
      context, env_, request, response, kShape,
      [by_amount = simulate_by_amount_](runtime::Unit& unit, const v1::ProcessPaymentRequest& req,
                                        v1::ProcessPaymentResponse* resp) {
        return StartPayment(unit, req, by_amount, resp->mutable_action());
      });
}

grpc::ServerUnaryReactor* TerminalGatewayServiceApi::ProcessRefund(
    grpc::CallbackServerContext* context, const v1::ProcessRefundRequest* request,
    v1::ProcessRefundResponse* response) {
  return runtime::Mutate(context, env_, request, response, kShape,
                         [](runtime::Unit& unit, const v1::ProcessRefundRequest& req,
                            v1::ProcessRefundResponse* resp) {
                           return StartRefund(unit, req, resp->mutable_action());
                         });
}

grpc::ServerUnaryReactor* TerminalGatewayServiceApi::CancelAction(
    grpc::CallbackServerContext* context, const v1::CancelActionRequest* request,
    v1::CancelActionResponse* response) {
  return runtime::Mutate(
      context, env_, request, response, kShape,
      [](runtime::Unit& unit, const v1::CancelActionRequest& req, v1::CancelActionResponse* resp) {
        return RequestCancel(unit, req, resp->mutable_action());
      });
}

grpc::ServerUnaryReactor* TerminalGatewayServiceApi::GetAction(grpc::CallbackServerContext* context,
                                                               const v1::GetActionRequest* request,
                                                               v1::GetActionResponse* response) {
  return runtime::Read(context, env_, request, response, GetActionOf);
}

grpc::ServerUnaryReactor* TerminalGatewayServiceApi::ResolveAction(
    grpc::CallbackServerContext* context, const v1::ResolveActionRequest* request,
    v1::ResolveActionResponse* response) {
  return runtime::Mutate(
      context, env_, request, response, kShape,
      [](runtime::Unit& unit, const v1::ResolveActionRequest& req,
         v1::ResolveActionResponse* resp) { return Resolve(unit, req, resp->mutable_action()); });
}

grpc::ServerUnaryReactor* TerminalGatewayServiceApi::ScriptSimulator(
    grpc::CallbackServerContext* context, const v1::ScriptSimulatorRequest* request,
    v1::ScriptSimulatorResponse* response) {
  return runtime::Mutate(
      context, env_, request, response, kShape,
      [](runtime::Unit& unit, const v1::ScriptSimulatorRequest& req,
         v1::ScriptSimulatorResponse* resp) { return Script(unit, req, resp->mutable_reader()); });
}

grpc::ServerWriteReactor<v1::WatchReadersResponse>* TerminalGatewayServiceApi::WatchReaders(
    grpc::CallbackServerContext* context, const v1::WatchReadersRequest* request) {
  return runtime::WatchFrom<v1::WatchReadersResponse, v1::TerminalGatewayEvent>(
      context, env_, request,
      [](runtime::ReadContext&, const v1::WatchReadersRequest& req,
         const v1::TerminalGatewayEvent& event, std::vector<v1::WatchReadersResponse>* out) {
        const std::string& location_id = req.location_id();
        if (!location_id.empty() && event.meta().location_id() != location_id) {
          return absl::OkStatus();
        }
        v1::WatchReadersResponse& response = out->emplace_back();
        response.set_position(event.meta().position());
        *response.mutable_event() = event;
        return absl::OkStatus();
      });
}

}  // namespace pitlane::terminal_gateway
