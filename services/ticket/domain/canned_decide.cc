// Canned jobs: a template becomes a job with its lines, for one price or for the sum of theirs
// (handbook 2.7).
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/line_decide_tools.h"
#include "services/ticket/domain/menu_dates.h"
#include "services/ticket/domain/refusals.h"

namespace pitlane::ticket {
namespace {

absl::Status CheckSold(const AddCannedJob& command, const Context& context) {
  if (command.canned_job.version() == 0) {
    return rpc::NotFound(v1::CANNED_JOB_UNKNOWN,
                         absl::StrCat("there is no canned job \"", command.request.code(),
                                      "\" here; define it first"));
  }
  // What is not offered any more is not sold.
  if (HoldsOn(command.canned_job, context.business_date)) return absl::OkStatus();
  return rpc::Refused(v1::NOT_IN_FORCE, absl::StrCat("canned job ", command.canned_job.code(),
                                                     " is not sold on ", context.business_date));
}

absl::Status CheckNewJob(const v1::Ticket& ticket, const AddCannedJob& command) {
  if (FindJob(ticket, command.request.job_id()) != nullptr) {
    return rpc::AlreadyExists(v1::JOB_EXISTS,
                              absl::StrCat("job ", command.request.job_id(), " exists already"));
  }
  if (ticket.jobs_size() >= kMaxJobs) {
    return rpc::Refused(v1::TOO_MANY_JOBS, absl::StrCat("a ticket has at most ", kMaxJobs,
                                                        " jobs; open another ticket"));
  }
  if (command.canned_job.labour().empty()) return absl::OkStatus();
  return CheckHasWork(ticket);
}

const v1::FilledSlot* FillingOf(const v1::AddCannedJobRequest& request,
                                const std::string& slot_id) {
  const auto found =
      std::find_if(request.slots().begin(), request.slots().end(),
                   [&slot_id](const v1::FilledSlot& slot) { return slot.slot_id() == slot_id; });
  return found == request.slots().end() ? nullptr : &*found;
}

absl::Status CheckSlots(const AddCannedJob& command) {
  for (const v1::FilledSlot& filled : command.request.slots()) {
    const auto& slots = command.canned_job.slots();
    const bool known = std::any_of(slots.begin(), slots.end(), [&filled](const auto& slot) {
      return slot.slot_id() == filled.slot_id();
    });
    if (known) continue;
    return rpc::Refused(v1::SLOT_UNKNOWN, absl::StrCat("canned job ", command.canned_job.code(),
                                                       " has no slot ", filled.slot_id()));
  }
  return absl::OkStatus();
}

v1::AddPartLineRequest RequestOf(const AddCannedJob& command, const v1::CannedJob::PartSlot& slot) {
  const v1::FilledSlot* given = FillingOf(command.request, slot.slot_id());
  const v1::FilledSlot& filled = given == nullptr ? v1::FilledSlot::default_instance() : *given;
  v1::AddPartLineRequest request;
  request.set_ticket_id(command.request.ticket_id());
  request.set_job_id(command.request.job_id());
  request.set_part_id(filled.part_id().empty() ? slot.part_id() : filled.part_id());
  request.set_quantity_milli(filled.quantity_milli() == 0 ? slot.quantity_milli()
                                                          : filled.quantity_milli());
  request.set_condition(filled.condition() == v1::PART_CONDITION_UNSPECIFIED ? slot.condition()
                                                                             : filled.condition());
  request.set_vendor(filled.vendor());
  request.set_rim_tenths(filled.rim_tenths());
  request.set_keeps_old_part(filled.keeps_old_part());
  return request;
}

// What a template is made into.
class CannedLines {
 public:
  CannedLines(const AddCannedJob& command, const v1::Ticket& ticket, const Context& context)
      : command_(command), ticket_(ticket), context_(context), ids_(command.line_ids) {}

  absl::StatusOr<std::vector<v1::Line>> Make() && {
    for (const auto& labour : command_.canned_job.labour()) RETURN_IF_ERROR(AddLabour(labour));
    for (const auto& slot : command_.canned_job.slots()) RETURN_IF_ERROR(AddPart(slot));
    for (const auto& fee : command_.canned_job.fees()) AddFee(fee);
    RETURN_IF_ERROR(Price());
    return std::move(lines_);
  }

 private:
  absl::Status AddLabour(const v1::CannedJob::Labour& labour) {
    v1::AddLabourLineRequest request;
    request.set_line_id(ids_.Next());
    request.set_job_id(command_.request.job_id());
    request.set_operation_code(labour.operation_code());
    request.set_description(labour.description());
    request.set_labour_type(labour.labour_type());
    request.set_hours_centi(labour.hours_centi());
    request.set_payer_kind(command_.request.payer_kind());
    *request.mutable_vehicle() = command_.request.vehicle();
    ASSIGN_OR_RETURN(lines_.emplace_back(), LabourLineOf(request, "", context_));
    return absl::OkStatus();
  }

  absl::Status AddPart(const v1::CannedJob::PartSlot& slot) {
    v1::AddPartLineRequest request = RequestOf(command_, slot);
    if (request.part_id().empty()) {
      if (slot.optional()) return absl::OkStatus();
      return rpc::Refused(v1::SLOT_UNFILLED,
                          absl::StrCat("slot ", slot.slot_id(), " of canned job ",
                                       command_.canned_job.code(), " needs a part"));
    }
    const auto price = command_.prices.find(request.part_id());
    RETURN_IF_ERROR(CheckKnown(
        price == command_.prices.end() ? v1::PartPrice::default_instance() : price->second,
        request.part_id()));
    // A filter does not go where pads belong.
    if (!slot.category().empty() && slot.category() != price->second.category()) {
      return rpc::Refused(
          v1::SLOT_DIFFERS,
          absl::StrCat("slot ", slot.slot_id(), " takes ", slot.category(), ", part ",
                       request.part_id(), " is ", price->second.category()));
    }
    request.set_line_id(ids_.Next());
    const PartSale sale{.request = request, .price = price->second};
    ASSIGN_OR_RETURN(std::vector<v1::Line> more, LinesOfPart(sale, ticket_, ids_, context_));
    for (v1::Line& line : more) lines_.push_back(std::move(line));
    return absl::OkStatus();
  }

  void AddFee(const v1::CannedJob::Fee& fee) {
    v1::Line& line = lines_.emplace_back();
    line.set_line_id(ids_.Next());
    line.set_job_id(command_.request.job_id());
    line.set_kind(v1::LINE_KIND_FEE);
    line.set_description(fee.description());
    line.set_quantity_milli(1000);
    line.set_tax_category(fee.tax_category() == v1::TAX_CATEGORY_UNSPECIFIED ? v1::TAX_CATEGORY_FEE
                                                                             : fee.tax_category());
    *line.mutable_fee() = fee.rule();
  }

  // Labour, parts and the shop's own flat fees are the package; deposits, shares and what is owed
  // to the state come on top.
  static bool IsInPrice(const v1::Line& line) {
    if (line.kind() == v1::LINE_KIND_LABOUR || line.kind() == v1::LINE_KIND_PART) return true;
    return line.kind() == v1::LINE_KIND_FEE && line.fee_id().empty() &&
           line.fee().base() == v1::FeeRule::BASE_FLAT &&
           line.tax_category() != v1::TAX_CATEGORY_GOVERNMENT_FEE;
  }

  absl::Status Price() {
    const v1::CannedJob& canned = command_.canned_job;
    const bool fixed = canned.price_mode() == v1::CannedJob::PRICE_MODE_FIXED;
    std::vector<v1::Line*> priced;
    for (v1::Line& line : lines_) {
      v1::PackageShare& share = *line.mutable_package();
      share.set_code(canned.code());
      share.set_version(canned.version());
      if (!IsInPrice(line)) continue;
      priced.push_back(&line);
      if (!fixed) continue;
      ASSIGN_OR_RETURN(const int64_t computed, ComputedPrice(line));
      share.set_computed_minor(computed);
      share.set_price_minor(canned.fixed_price_minor());
    }
    if (!fixed) return absl::OkStatus();
    return SharePrice(canned.fixed_price_minor(), canned.code(), priced);
  }

  const AddCannedJob& command_;
  const v1::Ticket& ticket_;
  const Context& context_;
  LineIds ids_;
  std::vector<v1::Line> lines_;
};

}  // namespace

absl::StatusOr<Events> Decide(const v1::TicketState& state, const AddCannedJob& command,
                              const Context& context) {
  RETURN_IF_ERROR(CheckOpen(state, command.request.ticket_id()));
  const v1::Ticket& ticket = state.ticket();
  RETURN_IF_ERROR(CheckNewJob(ticket, command));
  RETURN_IF_ERROR(CheckSold(command, context));
  RETURN_IF_ERROR(CheckSlots(command));
  ASSIGN_OR_RETURN(std::vector<v1::Line> lines, CannedLines(command, ticket, context).Make());
  if (!lines.empty()) {
    RETURN_IF_ERROR(CheckNewLine(ticket, lines.front().line_id(), static_cast<int>(lines.size())));
  }
  Draft draft(state, context);
  v1::TicketEvent event;
  v1::Job& job = *event.mutable_job_added()->mutable_job();
  job.set_job_id(command.request.job_id());
  job.set_title(command.canned_job.title());
  job.set_complaint(command.request.complaint());
  job.set_status(v1::JOB_STATUS_PROPOSED);
  draft.Add(std::move(event));
  RETURN_IF_ERROR(AddLines(draft, std::move(lines), {}));
  return draft.TakeEvents();
}

}  // namespace pitlane::ticket
