// Who calls the services: asks again with the same request id until there is an answer, remembers
// what was acknowledged, and never sees less than it has seen.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/permissions.h"
#include "libs/rpc/positions.h"
#include "pitlane/inventory/v1/inventory_service.pb.h"
#include "tests/simulation/network.h"
#include "tests/simulation/world.h"

namespace pitlane::simulation {

// A command that was answered OK.
struct Acknowledged {
  std::string area;
  std::string method;
  rpc::PositionToken positions;
};
// By request id.
using Acknowledgements = std::map<std::string, Acknowledged>;

// Within a script.
class Client {
 public:
  Client(World& world, Network& network, const Plan& plan, Acknowledgements& acknowledged,
         std::string name);

  const std::string& name() const { return name_; }
  // Without whom nothing goes on.
  void NeverGiveUp() { may_give_up_ = false; }
  Random& draw() { return draw_; }
  World& world() { return world_; }
  // Must have seen what the other has.
  void JoinIn(const Client& other) { PITLANE_CHECK_OK(seen_.Merge(other.seen_)); }
  std::string NextRequestId() { return absl::StrCat(name_, "-", ++requests_); }

  // Sets the request id when there is none. CANCELLED: the world ends. UNAVAILABLE: gave up, and
  // does not know what became of it.
  template <class Api, class Request, class Response>
  absl::StatusOr<Response> Call(Method<Api, Request, Response> method, Request request,
                                rpc::Role role = rpc::Role::kOwner) {
    const rpc::MethodInfo& info = rpc::MethodOf<Request>();
    std::string request_id;
    if (info.request_id != nullptr) {
      const auto* reflection = request.GetReflection();
      if (reflection->GetString(request, info.request_id).empty()) {
        reflection->SetString(&request, info.request_id, NextRequestId());
      }
      request_id = reflection->GetString(request, info.request_id);
    }
    const auto shared = std::make_shared<const Request>(std::move(request));
    // Shared with every answer that may still come.
    auto talk = std::make_shared<Talk<Response>>();
    talk->fiber = Fiber::Current();
    const rpc::Caller caller = CallerWith(role, name_);
    for (int attempt = 0;; ++attempt) {
      talk->ready = false;
      network_.Send<Api, Request, Response>(method, caller, seen_, kPatience, shared,
                                            [talk, &world = world_, path = info.path,
                                             request_id](const Network::Answer<Response>& answer) {
                                              Hear(*talk, world, path, request_id, answer);
                                            });
      if (!world_.WaitFor(talk->ready, kPatience)) return absl::CancelledError("the world ends");
      if (talk->ready && !IsPassing(talk->answer.status)) break;
      if (may_give_up_ && draw_.Chance(plan_.Rate(Fault::kClientGivesUp))) {
        world_.coverage().Count("fault", NameOf(Fault::kClientGivesUp));
        return absl::UnavailableError("gave up");
      }
      if (!Pause(attempt)) return absl::CancelledError("the world ends");
    }
    const Network::Answer<Response>& answer = talk->answer;
    if (!answer.status.ok()) return Refusal(info.path, answer.status);
    PITLANE_CHECK_OK(seen_.Merge(answer.positions));
    if (!request_id.empty()) Acknowledge(kAreaOf<Api>, info.path, request_id, answer.positions);
    return answer.response;
  }

  // A batch of parts, as the import's stream takes it.
  absl::Status Import(const std::vector<inventory::v1::PartRow>& rows,
                      std::vector<inventory::v1::RowResult>* results);

 private:
  static constexpr absl::Duration kPatience = absl::Seconds(12);

  template <class Response>
  struct Talk {
    bool ready = false;
    bool ended_ok = false;
    std::string first_bytes;
    Network::Answer<Response> answer;
    Fiber* fiber = nullptr;
  };
  template <class Response>
  static void Hear(Talk<Response>& talk, World& world, const std::string& method,
                   const std::string& request_id, const Network::Answer<Response>& answer) {
    if (answer.status.ok() && !request_id.empty()) {
      const std::string bytes = answer.response.SerializeAsString();
      if (talk.ended_ok && bytes != talk.first_bytes) {
        world.Fail(absl::StrCat(method, " ", request_id, " was answered in two ways"));
      }
      talk.ended_ok = true;
      talk.first_bytes = bytes;
    }
    if (talk.ready) return;
    talk.answer = answer;
    talk.ready = true;
    world.Resume(talk.fiber);
  }

  static bool IsPassing(const absl::Status& status);
  bool Pause(int attempt);
  absl::Status Refusal(const std::string& method, const absl::Status& status);
  void Acknowledge(std::string_view area, const std::string& method, const std::string& request_id,
                   const rpc::PositionToken& positions);

  World& world_;
  Network& network_;
  const Plan& plan_;
  Acknowledgements& acknowledged_;
  const std::string name_;
  Random draw_;
  bool may_give_up_ = true;
  uint64_t requests_ = 0;
  rpc::PositionToken seen_;
};

}  // namespace pitlane::simulation
