#include "services/ticket/api/line_commands.h"

#include <algorithm>

#include "libs/base/status.h"
#include "services/ticket/domain/line_decide_tools.h"
#include "services/ticket/domain/menu.h"
#include "services/ticket/domain/ticket_parts.h"

namespace pitlane::ticket {
namespace {

// The till's price of a part, unless it has none or the map has it already.
absl::Status AddPrice(Desk& desk, const std::string& part_id,
                      std::map<std::string, v1::PartPrice>& prices) {
  if (part_id.empty() || prices.contains(part_id)) return absl::OkStatus();
  ASSIGN_OR_RETURN(v1::PartPrice price, PriceOf(desk.unit(), part_id));
  if (price.price_version() > 0) prices[part_id] = std::move(price);
  return absl::OkStatus();
}

std::vector<std::string> NewLineIds(Desk& desk, int count) {
  std::vector<std::string> ids;
  for (int i = 0; i < count; ++i) ids.push_back(desk.IdOr<LineId>(""));
  return ids;
}

int MostLinesOf(Desk& desk, int parts, int others) {
  return parts * MostLinesOfPart(*desk.context().menu.fees) + others;
}

}  // namespace

absl::StatusOr<AddOverlap> CommandOf(Desk& desk, const v1::AddOverlapRequest& request) {
  AddOverlap command = request;
  command.set_line_id(desk.IdOr<LineId>(request.line_id()));
  return command;
}

absl::StatusOr<AddSubletLine> CommandOf(Desk& desk, const v1::AddSubletLineRequest& request) {
  AddSubletLine command = request;
  command.set_line_id(desk.IdOr<LineId>(request.line_id()));
  return command;
}

absl::StatusOr<AddKit> CommandOf(Desk& desk, const v1::AddKitRequest& request) {
  RETURN_IF_ERROR(desk.ShowPricesTo(request.ticket_id()));
  AddKit command{.request = request, .kit = {}, .prices = {}, .line_ids = {}};
  const std::string& location_id = desk.context().location.location_id();
  ASSIGN_OR_RETURN(const auto kit,
                   desk.unit().Load<KitAggregate>(KitStream(location_id, request.code())));
  command.kit = kit.state;
  for (const v1::Kit::Component& component : command.kit.components()) {
    RETURN_IF_ERROR(AddPrice(desk, component.part_id(), command.prices));
  }
  command.line_ids = NewLineIds(desk, MostLinesOf(desk, command.kit.components_size(), 0));
  return command;
}

absl::StatusOr<AddCannedJob> CommandOf(Desk& desk, const v1::AddCannedJobRequest& request) {
  RETURN_IF_ERROR(desk.ShowPricesTo(request.ticket_id()));
  AddCannedJob command{.request = request, .canned_job = {}, .prices = {}, .line_ids = {}};
  command.request.set_job_id(desk.IdOr<JobId>(request.job_id()));
  const std::string& location_id = desk.context().location.location_id();
  ASSIGN_OR_RETURN(const auto canned, desk.unit().Load<CannedJobAggregate>(
                                          CannedJobStream(location_id, request.code())));
  command.canned_job = canned.state;
  for (const auto& labour : command.canned_job.labour()) {
    RETURN_IF_ERROR(desk.ShowOperation(labour.operation_code()));
  }
  for (const auto& slot : command.canned_job.slots()) {
    RETURN_IF_ERROR(AddPrice(desk, slot.part_id(), command.prices));
  }
  for (const v1::FilledSlot& slot : request.slots()) {
    RETURN_IF_ERROR(AddPrice(desk, slot.part_id(), command.prices));
  }
  const v1::CannedJob& job = command.canned_job;
  command.line_ids =
      NewLineIds(desk, MostLinesOf(desk, job.slots_size(), job.labour_size() + job.fees_size()));
  return command;
}

absl::StatusOr<ReplacePart> CommandOf(Desk& desk, const v1::ReplacePartRequest& request) {
  ReplacePart command = request;
  command.set_replacement_line_id(desk.IdOr<LineId>(request.replacement_line_id()));
  return command;
}

absl::StatusOr<ReturnCore> CommandOf(Desk& desk, const v1::ReturnCoreRequest& request) {
  ReturnCore command = request;
  command.set_credit_line_id(desk.IdOr<LineId>(request.credit_line_id()));
  return command;
}

absl::StatusOr<ChargeStorage> CommandOf(Desk& desk, const v1::ChargeStorageRequest& request) {
  RETURN_IF_ERROR(desk.ShowPricesTo(request.ticket_id()));
  ChargeStorage command = request;
  command.set_line_id(desk.IdOr<LineId>(request.line_id()));
  return command;
}

void ShowIds(const AddOverlap& command, v1::AddOverlapResponse& response) {
  response.set_line_id(command.line_id());
}

void ShowIds(const AddSubletLine& command, v1::AddSubletLineResponse& response) {
  response.set_line_id(command.line_id());
}

// The components that the ticket has now, and none of the ids that were not needed.
void ShowIds(const AddKit& command, v1::AddKitResponse& response) {
  for (const std::string& line_id : command.line_ids) {
    const v1::Line* line = FindLine(std::as_const(response.ticket()), line_id).line;
    if (line != nullptr && line->has_kit()) response.add_line_ids(line_id);
  }
}

void ShowIds(const AddCannedJob& command, v1::AddCannedJobResponse& response) {
  response.set_job_id(command.request.job_id());
}

void ShowIds(const ReplacePart& command, v1::ReplacePartResponse& response) {
  response.set_line_id(command.replacement_line_id());
}

void ShowIds(const ReturnCore& command, v1::ReturnCoreResponse& response) {
  response.set_line_id(command.credit_line_id());
}

// Storage that was charged before keeps its line.
void ShowIds(const ChargeStorage& command, v1::ChargeStorageResponse& response) {
  for (const v1::Line& line : response.ticket().lines()) {
    if (line.fee_id() == command.fee_id()) response.set_line_id(line.line_id());
  }
}

}  // namespace pitlane::ticket
