// The way of a call: what every service's api/ is written with.
//
//   grpc::ServerUnaryReactor* OpenTicket(grpc::CallbackServerContext* context,
//                                        const OpenTicketRequest* request,
//                                        OpenTicketResponse* response) override {
//     return runtime::Mutate(context, env_, request, response,
//                            [](Unit& unit, const OpenTicketRequest& req, OpenTicketResponse* resp)
//                            {
//                              ...
//                            });
//   }
//
// Responses must not contain map fields: they are remembered and repeated byte for byte.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"
#include "libs/base/clock.h"
#include "libs/journal/journal.h"
#include "libs/rpc/call_context.h"
#include "libs/rpc/permissions.h"
#include "libs/rpc/server_env.h"
#include "libs/rpc/unary.h"
#include "libs/runtime/executor.h"
#include "libs/runtime/position_waiter.h"
#include "libs/runtime/unit.h"
#include "libs/runtime/view.h"

namespace pitlane::runtime {

class WatchHub;

// What the handlers of a service work with. Borrowed parts of the host; outlives the server.
struct ServiceEnv {
  rpc::ServerEnv& rpc;
  journal::Journal& journal;
  Executor& executor;
  PositionWaiter& positions;
  WatchHub& watches;
  // How long a call waits at most for what `pitlane-after` names.
  absl::Duration max_position_wait = absl::Seconds(10);
};

// What a read handler may look at: one consistent state of the store. One thread at a time.
class ReadContext {
 public:
  ReadContext(journal::Journal& journal, std::shared_ptr<const rpc::Caller> caller)
      : journal_(journal),
        caller_(std::move(caller)),
        reader_(journal.NewReader()),
        views_(*reader_) {}

  journal::Reader& reader() { return *reader_; }
  ViewReader& views() { return views_; }
  const rpc::Caller& caller() const { return *caller_; }
  // As it is now, not as of the reader.
  absl::StatusOr<std::optional<std::string>> GetSecret(std::string_view name) const {
    return journal_.GetSecret(name);
  }
  // The aggregate's state; NOT_FOUND when it does not exist.
  template <class A>
  absl::StatusOr<ReadState<A>> Get(std::string_view stream_id) {
    return ReadAggregate<A>(*reader_, stream_id);
  }

 private:
  journal::Journal& journal_;
  std::shared_ptr<const rpc::Caller> caller_;  // shared with the call, which a watch outlives
  std::unique_ptr<journal::Reader> reader_;
  CommittedViews views_;
};

// Request ids: 1 to 128 characters of A-Z a-z 0-9 _ - : and full stop. INVALID_ARGUMENT naming the
// field.
absl::Status CheckRequestId(const google::protobuf::Message& request, const rpc::MethodInfo& method,
                            std::string* request_id);
// SHA-256 over the method and the request's deterministic bytes.
std::string Fingerprint(const rpc::MethodInfo& method, const google::protobuf::Message& request);

// What the caller sent, as the origin of a unit. Request id and correlation id are `request_id`.
Origin OriginOfCall(const rpc::CallContext& call, std::string request_id);

namespace internal {

// Request id, position wait, submit: what does not depend on types. `call` must live until `done`,
// which gets the answer after the commit; `call` then has its positions.
void RunCommand(const ServiceEnv& env, rpc::CallContext& call, const rpc::MethodInfo& method,
                const google::protobuf::Message& request,
                std::function<absl::StatusOr<std::string>(Unit&)> decide,
                std::function<void(absl::StatusOr<Answer>)> done);
// OK once what `pitlane-after` names has been applied here; DEADLINE_EXCEEDED with reason
// POSITION_NOT_REACHED a little before the caller's own deadline, so that the reason reaches it.
void AwaitPositions(const ServiceEnv& env, const rpc::CallContext& call,
                    std::function<void(absl::Status)> done);
absl::Status UndecodableAnswer(std::string_view method);

}  // namespace internal

// A command, inside a call that is under way already (a message of a client stream, which must have
// a request_id of its own). `decide` is (Unit&, const Request&, Response*) -> absl::Status and runs
// on the executor's thread; `done` gets the response after the commit. `call` and `request` must
// live until then. Refuses: INVALID_ARGUMENT (request_id), DEADLINE_EXCEEDED
// (POSITION_NOT_REACHED), RESOURCE_EXHAUSTED (OVERLOADED), ALREADY_EXISTS (REQUEST_ID_REUSED), and
// what `decide` does.
template <class Response, class Request, class DecideFn>
void MutateWithin(const ServiceEnv& env, rpc::CallContext& call, const Request& request,
                  DecideFn decide, std::function<void(absl::StatusOr<Response>)> done) {
  const rpc::MethodInfo& method = rpc::MethodOf<Request>();
  internal::RunCommand(
      env, call, method, request,
      [&request, decide = std::move(decide)](Unit& unit) -> absl::StatusOr<std::string> {
        Response response;
        RETURN_IF_ERROR(decide(unit, request, &response));
        return DeterministicBytes(response);
      },
      [&method, done = std::move(done)](absl::StatusOr<Answer> answer) {
        if (!answer.ok()) return done(answer.status());
        Response response;
        if (!response.ParseFromString(answer->response)) {
          return done(internal::UndecodableAnswer(method.path));
        }
        done(std::move(response));
      });
}

// A mutating unary method. `check` is (const Request&) -> absl::Status and runs on the RPC's
// thread: the shape of the request, nothing that needs state. `decide` as above. The caller is
// authenticated and authorised before either runs.
template <class Request, class Response, class CheckFn, class DecideFn>
grpc::ServerUnaryReactor* Mutate(grpc::CallbackServerContext* context, const ServiceEnv& env,
                                 const Request* request, Response* response, CheckFn check,
                                 DecideFn decide) {
  return rpc::Unary(
      env.rpc, context, request, response,
      [&](rpc::CallContext& call, const Request& req, Response* resp, rpc::Done done) {
        if (absl::Status shape = check(req); !shape.ok()) return done(std::move(shape));
        MutateWithin<Response>(env, call, req, std::move(decide),
                               [resp, done = std::move(done)](absl::StatusOr<Response> result) {
                                 if (!result.ok()) return done(result.status());
                                 *resp = *std::move(result);
                                 done(absl::OkStatus());
                               });
      });
}
template <class Request, class Response, class DecideFn>
grpc::ServerUnaryReactor* Mutate(grpc::CallbackServerContext* context, const ServiceEnv& env,
                                 const Request* request, Response* response, DecideFn decide) {
  return Mutate(
      context, env, request, response, [](const Request&) { return absl::OkStatus(); },
      std::move(decide));
}

// A unary method that only reads: position wait, then `handler`, (ReadContext&, const Request&,
// Response*) -> absl::Status, on an RPC thread. It may read from the disk but not wait for anything
// else. The answer names no position.
template <class Request, class Response, class HandlerFn>
grpc::ServerUnaryReactor* Read(grpc::CallbackServerContext* context, const ServiceEnv& env,
                               const Request* request, Response* response, HandlerFn handler) {
  return rpc::Unary(
      env.rpc, context, request, response,
      [&](rpc::CallContext& call, const Request& req, Response* resp, rpc::Done done) {
        internal::AwaitPositions(env, call,
                                 [&env, &call, &req, resp, handler = std::move(handler),
                                  done = std::move(done)](absl::Status reached) {
                                   if (!reached.ok()) return done(std::move(reached));
                                   ReadContext read(env.journal, call.shared_caller());
                                   done(handler(read, req, resp));
                                 });
      });
}

}  // namespace pitlane::runtime
