#include "services/payment/cards/gateway_terminal.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/grpc_status.h"
#include "pitlane/terminal_gateway/v1/terminal_gateway_service.grpc.pb.h"

namespace pitlane::payment {
namespace {

namespace gateway = terminal_gateway::v1;
using Stub = gateway::TerminalGatewayService::Stub;
using Async = gateway::TerminalGatewayService::StubInterface::async_interface;
template <class Request, class Response>
using MethodOf = void (Async::*)(grpc::ClientContext*, const Request*, Response*,
                                 std::function<void(grpc::Status)>);

// A token is good for a minute at least; making and checking one costs signatures.
constexpr absl::Duration kTokenUse = absl::Seconds(30);

template <class Request>
Request RequestOf(const TerminalCall& call, std::string request_id) {
  Request request;
  request.set_request_id(std::move(request_id));
  request.set_reader_id(call.order.reader_id());
  request.set_action_id(call.order.action_id());
  return request;
}

// Nothing was sent, so nothing can have happened.
absl::Status NotSent(const absl::Status& why) {
  return rpc::MakeError(absl::StatusCode::kFailedPrecondition, "GATEWAY_NOT_REACHABLE",
                        why.message().empty()
                            ? "the terminal gateway cannot be called"
                            : std::string_view(why.message().data(), why.message().size()));
}

}  // namespace

GatewayTerminal::~GatewayTerminal() {
  absl::MutexLock lock(&mutex_);
  ending_ = true;
  for (grpc::ClientContext* context : under_way_) context->TryCancel();
  const auto none = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return under_way_.empty(); };
  mutex_.Await(absl::Condition(&none));
}

bool GatewayTerminal::Begin(grpc::ClientContext& context) {
  absl::MutexLock lock(&mutex_);
  if (ending_) return false;
  under_way_.insert(&context);
  return true;
}

void GatewayTerminal::End(grpc::ClientContext& context) {
  absl::MutexLock lock(&mutex_);
  under_way_.erase(&context);
}

absl::StatusOr<std::string> GatewayTerminal::Token() {
  absl::MutexLock lock(&mutex_);
  const absl::Time now = host_.clock().Now();
  if (now < token_from_ || now - token_from_ >= kTokenUse) {
    ASSIGN_OR_RETURN(token_, host_.ServiceToken());
    token_from_ = now;
  }
  return token_;
}

std::string GatewayTerminal::FreshRequestId(const TerminalCall& call) {
  return absl::StrCat(call.order.action_id(), ".", absl::Hex(host_.entropy().Next64()));
}

template <class Request, class Response, class Method>
void GatewayTerminal::Call(const TerminalCall& call, Request request, Method method,
                           ActionFn done) {
  struct Running {
    std::unique_ptr<Stub> stub;
    grpc::ClientContext context;
    Request request;
    Response response;
  };
  const auto channel = host_.ChannelTo("terminal_gateway");
  if (!channel.ok()) return done(NotSent(channel.status()));
  const auto token = Token();
  if (!token.ok()) return done(NotSent(token.status()));
  // Shared with gRPC, which calls back when the call is over.
  auto running = std::make_shared<Running>();
  running->stub = gateway::TerminalGatewayService::NewStub(*channel);
  running->request = std::move(request);
  rpc::AttachToken(running->context, *token);
  rpc::SetTimeout(running->context, kGatewayTimeout);
  if (!call.traceparent.empty()) running->context.AddMetadata("traceparent", call.traceparent);
  if (!Begin(running->context)) {
    return done(NotSent(absl::CancelledError("the service is stopping")));
  }
  (running->stub->async()->*method)(
      &running->context, &running->request, &running->response,
      [this, running, done = std::move(done)](const grpc::Status& status) {
        if (status.ok()) {
          done(std::move(*running->response.mutable_action()));
        } else {
          done(rpc::FromGrpcStatus(status));
        }
        End(running->context);
      });
}

void GatewayTerminal::Charge(const TerminalCall& call, ActionFn done) {
  using Request = gateway::ProcessPaymentRequest;
  using Response = gateway::ProcessPaymentResponse;
  auto request = RequestOf<Request>(call, call.order.action_id());
  request.set_amount_minor(call.order.amount_minor());
  request.set_currency(call.order.currency());
  request.set_ticket_id(call.order.ticket_id());
  const MethodOf<Request, Response> method = &Async::ProcessPayment;
  Call<Request, Response>(call, std::move(request), method, std::move(done));
}

void GatewayTerminal::Refund(const TerminalCall& call, ActionFn done) {
  using Request = gateway::ProcessRefundRequest;
  using Response = gateway::ProcessRefundResponse;
  auto request = RequestOf<Request>(call, call.order.action_id());
  request.set_original_action_id(call.order.original_action_id());
  request.set_amount_minor(call.order.amount_minor());
  request.set_currency(call.order.currency());
  request.set_ticket_id(call.order.ticket_id());
  const MethodOf<Request, Response> method = &Async::ProcessRefund;
  Call<Request, Response>(call, std::move(request), method, std::move(done));
}

void GatewayTerminal::Resolve(const TerminalCall& call, ActionFn done) {
  using Request = gateway::ResolveActionRequest;
  using Response = gateway::ResolveActionResponse;
  const MethodOf<Request, Response> method = &Async::ResolveAction;
  Call<Request, Response>(call, RequestOf<Request>(call, FreshRequestId(call)), method,
                          std::move(done));
}

void GatewayTerminal::Cancel(const TerminalCall& call, uint64_t fencing_token, ActionFn done) {
  using Request = gateway::CancelActionRequest;
  using Response = gateway::CancelActionResponse;
  auto request = RequestOf<Request>(call, FreshRequestId(call));
  request.set_fencing_token(fencing_token);
  const MethodOf<Request, Response> method = &Async::CancelAction;
  Call<Request, Response>(call, std::move(request), method, std::move(done));
}

}  // namespace pitlane::payment
