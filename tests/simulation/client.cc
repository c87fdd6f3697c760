#include "tests/simulation/client.h"

#include <algorithm>

#include "libs/runtime/aggregate.h"
#include "services/inventory/part_import.h"

namespace pitlane::simulation {

Client::Client(World& world, Network& network, const Plan& plan, Acknowledgements& acknowledged,
               std::string name)
    : world_(world),
      network_(network),
      plan_(plan),
      acknowledged_(acknowledged),
      name_(std::move(name)),
      draw_(world.Draws("client " + name_)) {}

bool Client::IsPassing(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsResourceExhausted(status);
}

bool Client::Pause(int attempt) {
  const absl::Duration most = absl::Milliseconds(50) * (1 << std::min(attempt, 14));
  return world_.Sleep(draw_.Skewed(absl::Milliseconds(5), most));
}

absl::Status Client::Refusal(const std::string& method, const absl::Status& status) {
  const std::string reason = rpc::ErrorReason(status);
  // "/pitlane.ticket.v1.TicketService/OpenTicket"
  const std::string area = method.substr(9, method.find('.', 9) - 9);
  const bool common = common::v1::CommonReason_IsValid([&] {
    common::v1::CommonReason value{};
    return common::v1::CommonReason_Parse(reason, &value) ? static_cast<int>(value) : -1;
  }());
  world_.coverage().Count("reason", absl::StrCat(common ? "common" : area, ".", reason));
  world_.Note(absl::StrCat(name_, ": ", method.substr(method.rfind('/') + 1),
                           " is refused: ", reason.empty() ? status.ToString() : reason));
  if (absl::IsInternal(status) || absl::IsDataLoss(status) || reason.empty()) {
    world_.Fail(absl::StrCat(method, " was answered with ", status.ToString()));
  }
  return status;
}

void Client::Acknowledge(std::string_view area, const std::string& method,
                         const std::string& request_id, const rpc::PositionToken& positions) {
  world_.Note(
      absl::StrCat(name_, ": ", method.substr(method.rfind('/') + 1), " ", positions.Format()));
  acknowledged_[request_id] = {.area = std::string(area), .method = method, .positions = positions};
}

absl::Status Client::Import(const std::vector<inventory::v1::PartRow>& rows,
                            std::vector<inventory::v1::RowResult>* results) {
  struct Reply {
    bool ready = false;
    absl::StatusOr<runtime::Answer> answer = absl::UnavailableError("no answer yet");
  };
  inventory::v1::ImportPartsRequest request;
  request.set_request_id(NextRequestId());
  for (const inventory::v1::PartRow& row : rows) *request.add_rows() = row;
  Service& service = network_.service("inventory");
  Fiber* const fiber = Fiber::Current();
  for (int attempt = 0;; ++attempt) {
    auto talk = std::make_shared<Reply>();  // shared with the answer, which may come late
    if (service.running()) {
      runtime::Command command;
      command.request_id = request.request_id();
      command.fingerprint = "import";
      command.origin.actor.set_subject(name_);
      command.origin.request_id = request.request_id();
      command.decide = [request](runtime::Unit& unit) -> absl::StatusOr<std::string> {
        inventory::v1::ImportPartsResponse response;
        for (const inventory::v1::PartRow& row : request.rows()) {
          ASSIGN_OR_RETURN(*response.add_results(), inventory::ImportRow(unit, row));
        }
        return runtime::DeterministicBytes(response);
      };
      command.done = [talk, fiber, &service,
                      &world = world_](const absl::StatusOr<runtime::Answer>& answer) {
        if (service.dead()) return;
        talk->answer = answer;
        talk->ready = true;
        world.Resume(fiber);
      };
      service.executor().Submit(std::move(command));
    }
    if (!world_.WaitFor(talk->ready, kPatience)) return absl::CancelledError("the world ends");
    if (talk->answer.ok()) {
      inventory::v1::ImportPartsResponse response;
      PITLANE_CHECK(response.ParseFromString(talk->answer->response));
      results->assign(response.results().begin(), response.results().end());
      PITLANE_CHECK_OK(seen_.Merge(talk->answer->positions));
      Acknowledge("inventory", "/ImportParts", request.request_id(), talk->answer->positions);
      return absl::OkStatus();
    }
    if (!IsPassing(talk->answer.status())) return talk->answer.status();
    if (!Pause(attempt)) return absl::CancelledError("the world ends");
  }
}

}  // namespace pitlane::simulation
