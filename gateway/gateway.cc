#include "gateway/gateway.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/proxy_call.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"

namespace pitlane::gateway {
namespace {

// Methods this build does not know: a newer service may have them, and they need a token.
const rpc::MethodInfo& UnknownMethod() {
  static const auto* const unknown =
      new rpc::MethodInfo{.path = "(unknown)", .service = "(unknown)"};
  return *unknown;
}

// Room for gRPC to hand us a message that is too large, so that we can refuse it with a reason.
constexpr int kRefusalRoom = 2;

}  // namespace

// Everything that comes to the address and is no health check.
class Gateway::Door final : public grpc::CallbackGenericService {
 public:
  Door(const GatewayOptions& options, rpc::ServerEnv& env)
      : env_(env),
        router_(options.areas),
        max_message_bytes_(options.server.max_message_bytes),
        max_calls_(options.max_calls_in_flight),
        in_flight_gauge_(env.metrics().Gauge("pitlane_gateway_calls_in_flight",
                                             "Calls and streams passing through.")) {}

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    const rpc::MethodInfo* known = rpc::FindMethod(context->method());
    const bool room = in_flight_.fetch_add(1) < max_calls_;
    in_flight_gauge_.Increment();
    auto* call = new ProxyCall(env_, *context, known != nullptr ? *known : UnknownMethod(),
                               {max_message_bytes_, [this] { Leave(); }});
    const auto backend =
        router_.Route(context->method(), rpc::internal::MetadataValue(*context, kServiceMetadata));
    if (!room) {
      call->Refuse(rpc::Overloaded(absl::StrCat("all ", max_calls_, " calls are taken")));
    } else if (backend.ok()) {
      call->Forward(**backend);
    } else {
      call->Refuse(backend.status());
    }
    return call;
  }

  int in_flight() const { return in_flight_; }

 private:
  void Leave() {
    in_flight_.fetch_sub(1);
    in_flight_gauge_.Decrement();
  }

  rpc::ServerEnv& env_;
  const Router router_;
  const int max_message_bytes_;
  const int max_calls_;
  prometheus::Gauge& in_flight_gauge_;
  std::atomic<int> in_flight_{0};
};

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Start(const GatewayOptions& options,
                                                        rpc::ServerEnv& env) {
  if (options.areas.empty()) {
    return absl::FailedPreconditionError("a gateway needs services: give their addresses by area");
  }
  std::unique_ptr<Gateway> gateway(new Gateway(std::make_unique<Door>(options, env)));
  rpc::ServerOptions server = options.server;
  server.max_message_bytes *= kRefusalRoom;
  ASSIGN_OR_RETURN(gateway->server_, rpc::Server::Start(server, {}, gateway->door_.get()));
  gateway->server_->SetReady(true);
  return gateway;
}

Gateway::Gateway(std::unique_ptr<Door> door) : door_(std::move(door)) {}
Gateway::~Gateway() = default;

int Gateway::calls_in_flight() const { return door_->in_flight(); }

}  // namespace pitlane::gateway
