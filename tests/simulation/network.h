// Calls between the parts of a simulated installation: requests and answers take time, come twice,
// or never.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/identity.h"
#include "libs/rpc/positions.h"
#include "services/customer_vehicle/api/customer_vehicle_service.h"
#include "services/inventory/api/inventory_service.h"
#include "services/payment/api/payment_service.h"
#include "services/reporting/api/reporting_service.h"
#include "services/terminal_gateway/api/terminal_gateway_service.h"
#include "services/ticket/api/ticket_service.h"
#include "tests/simulation/plan.h"
#include "tests/simulation/service.h"
#include "tests/simulation/world.h"

namespace pitlane::simulation {

// Which service has an interface.
template <class Api>
inline constexpr std::string_view kAreaOf = "";
template <>
inline constexpr std::string_view kAreaOf<ticket::TicketServiceApi> = "ticket";
template <>
inline constexpr std::string_view kAreaOf<inventory::InventoryServiceApi> = "inventory";
template <>
inline constexpr std::string_view kAreaOf<payment::PaymentServiceApi> = "payment";
template <>
inline constexpr std::string_view kAreaOf<customer_vehicle::CustomerVehicleServiceApi> =
    "customer_vehicle";
template <>
inline constexpr std::string_view kAreaOf<terminal_gateway::TerminalGatewayServiceApi> =
    "terminal_gateway";
template <>
inline constexpr std::string_view kAreaOf<reporting::ReportingServiceApi> = "reporting";

template <class Api, class Request, class Response>
using Method = grpc::ServerUnaryReactor* (Api::*)(grpc::CallbackServerContext*, const Request*,
                                                  Response*);

rpc::Caller CallerWith(rpc::Role role, std::string_view subject);

class Network {
 public:
  Network(World& world, const Plan& plan, std::map<std::string, Service*> services);

  template <class Response>
  struct Answer {
    absl::Status status;
    Response response;
    rpc::PositionToken positions;
  };
  template <class Response>
  using AnswerFn = std::function<void(const Answer<Response>&)>;

  // Sends the request once (or, as the network will, twice or never). `answer` comes never, once,
  // or twice.
  template <class Api, class Request, class Response>
  void Send(Method<Api, Request, Response> method, const rpc::Caller& caller,
            const rpc::PositionToken& after, absl::Duration timeout,
            const std::shared_ptr<const Request>& request, AnswerFn<Response> answer) {
    if (Strikes(Fault::kRequestLost)) return;
    const int copies = Strikes(Fault::kRequestTwice) ? 2 : 1;
    for (int i = 0; i < copies; ++i) {
      world_.After(Delay(false), [this, method, caller, after, timeout, request, answer] {
        Arrive<Api, Request, Response>(method, caller, after, timeout, request, answer);
      });
    }
  }

  void Heal() { healed_ = true; }
  World& world() { return world_; }
  Service& service(std::string_view area) { return *services_.at(std::string(area)); }

 private:
  template <class Api, class Request, class Response>
  void Arrive(Method<Api, Request, Response> method, const rpc::Caller& caller,
              const rpc::PositionToken& after, absl::Duration timeout,
              const std::shared_ptr<const Request>& request, const AnswerFn<Response>& answer) {
    Service& service = this->service(kAreaOf<Api>);
    struct Running {
      std::shared_ptr<const Request> request;
      Answer<Response> answer;
    };
    // Shared with the service while it works, and with the answer on its way.
    auto running = std::make_shared<Running>();
    running->request = request;
    const auto reply = [this, running, answer] {
      if (Strikes(Fault::kAnswerLost)) return;
      world_.After(Delay(true), [running, answer] { answer(running->answer); });
    };
    if (!service.running()) {
      running->answer.status = rpc::Unavailable(common::v1::SERVICE_UNAVAILABLE,
                                                absl::StrCat(service.area(), " is not there"));
      return reply();
    }
    rpc::CallInfo info;
    info.caller = std::make_shared<const rpc::Caller>(caller);
    info.after = after;
    info.deadline = service.clock().Now() + timeout;
    service.Call(
        method, std::move(info), request.get(), &running->answer.response,
        [&service, running, reply](const absl::Status& status, const rpc::CallContext& context) {
          // What a process says while it dies reaches nobody.
          if (service.dead()) return;
          running->answer.status = status;
          running->answer.positions = context.positions();
          reply();
        });
  }

  bool Strikes(Fault fault);
  absl::Duration Delay(bool answer);

  World& world_;
  const Plan& plan_;
  const std::map<std::string, Service*> services_;
  Random draw_;
  bool healed_ = false;
};

}  // namespace pitlane::simulation
