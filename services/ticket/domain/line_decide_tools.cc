#include "services/ticket/domain/line_decide_tools.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/money/allocation.h"
#include "libs/money/quantity.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/fee_schedule.h"
#include "services/ticket/domain/labour.h"
#include "services/ticket/domain/menu_dates.h"
#include "services/ticket/domain/menu_policy.h"
#include "services/ticket/domain/part_price_rules.h"
#include "services/ticket/domain/refusals.h"

namespace pitlane::ticket {
namespace {

absl::Status TooLarge(const absl::Status& status) {
  return rpc::Refused(v1::AMOUNT_TOO_LARGE,
                      absl::StrCat("an amount does not fit (", status.message(),
                                   "); check quantities, prices and rates"));
}

absl::StatusOr<v1::Line> PartLineOf(const PartSale& sale, const Context& context) {
  const v1::AddPartLineRequest& request = sale.request;
  const v1::PartPrice& price = sale.price;
  v1::Line line;
  line.set_line_id(request.line_id());
  line.set_job_id(request.job_id());
  line.set_kind(v1::LINE_KIND_PART);
  line.set_description(price.description());
  line.set_quantity_milli(request.quantity_milli());
  line.set_unit(price.unit());
  line.set_unit_cost_e4(price.unit_cost_e4());
  line.set_tax_category(v1::TAX_CATEGORY_PART);
  line.set_part_id(price.part_id());
  line.set_part_number(price.part_number());
  line.set_brand(price.brand());
  line.set_condition(request.condition());
  line.set_warranty_months(request.warranty_months());
  line.set_warranty_miles(request.warranty_miles());
  line.set_category(price.category());
  if (request.has_unit_price_minor()) {
    line.set_unit_price_minor(request.unit_price_minor());
    line.set_price_reason(request.price_reason());
    *line.mutable_price_source() = SourceByHand(price);
    return line;
  }
  auto offer = OfferOf(price, context.menu, request.vendor(), context.business_date);
  if (!offer.ok()) return TooLarge(offer.status());
  line.set_unit_price_minor(offer->unit_price_minor);
  line.set_price_version(price.price_version());
  *line.mutable_price_source() = std::move(offer->source);
  return line;
}

// The refundable deposit on a rebuildable part: as many as there are parts, never discounted.
v1::Line CoreLineOf(const PartSale& sale, std::string line_id) {
  v1::Line line;
  line.set_line_id(std::move(line_id));
  line.set_job_id(sale.request.job_id());
  line.set_kind(v1::LINE_KIND_CORE);
  line.set_description(absl::StrCat("Core: ", sale.price.description()));
  line.set_quantity_milli(sale.request.quantity_milli());
  line.set_unit(sale.price.unit());
  line.set_unit_price_minor(sale.price.core_minor());
  line.set_tax_category(v1::TAX_CATEGORY_CORE);
  line.set_part_number(sale.price.part_number());
  line.set_brand(sale.price.brand());
  line.set_for_line_id(sale.request.line_id());
  v1::CoreUnits& units = *line.add_core_units();
  units.set_status(v1::CORE_STATUS_CHARGED);
  units.set_quantity_milli(line.quantity_milli());
  return line;
}

// What the menu and the guide say about a labour line, where the request leaves it to them.
struct Work {
  std::string description;
  v1::LabourType type = v1::LABOUR_TYPE_MECHANICAL;
  int32_t hours_centi = 0;
  const v1::LabourTime* guide = nullptr;  // the hours are from it
  bool by_menu = false;                   // the hours are from the operation
};

absl::Status CheckOperation(const v1::AddLabourLineRequest& request, const v1::Operation& operation,
                            const Context& context) {
  if (operation.version() == 0) {
    // Words and hours of one's own need no menu.
    if (!request.description().empty()) return absl::OkStatus();
    return rpc::NotFound(v1::OPERATION_UNKNOWN,
                         absl::StrCat("the menu has no operation \"", request.operation_code(),
                                      "\"; define it, or send a description"));
  }
  // What is not offered any more is not sold.
  if (HoldsOn(operation, context.business_date)) return absl::OkStatus();
  return rpc::Refused(v1::NOT_IN_FORCE, absl::StrCat("operation ", operation.code(),
                                                     " is not sold on ", context.business_date));
}

absl::Status FindHours(const v1::AddLabourLineRequest& request, const v1::Operation& operation,
                       const Context& context, Work& work) {
  if (request.mode() == v1::LABOUR_MODE_TIME_AND_MATERIALS) {
    const int32_t step = ClockStepCenti(context.location, context.business_date);
    auto billed = BillableHours(request.clocked_seconds(), LabourHours{step});
    if (!billed.ok()) return TooLarge(billed.status());
    work.hours_centi = billed->hundredths;
    return absl::OkStatus();
  }
  work.hours_centi = request.hours_centi();
  if (work.hours_centi > 0) return absl::OkStatus();
  if (operation.hours_centi() > 0) {
    work.hours_centi = operation.hours_centi();
    work.by_menu = true;
    return absl::OkStatus();
  }
  work.guide = TimeFor(context.menu.TimesOf(request.operation_code()), request.vehicle());
  if (work.guide != nullptr) {
    work.hours_centi = work.guide->hours_centi();
    return absl::OkStatus();
  }
  // One price needs no hours.
  if (request.mode() == v1::LABOUR_MODE_FIXED) return absl::OkStatus();
  return rpc::Refused(v1::LABOUR_HOURS_UNKNOWN,
                      absl::StrCat("neither menu nor labour guide has hours of \"",
                                   request.operation_code(), "\" for this vehicle; send them"));
}

absl::StatusOr<Work> WorkOf(const v1::AddLabourLineRequest& request, const v1::Operation& operation,
                            const Context& context) {
  RETURN_IF_ERROR(CheckOperation(request, operation, context));
  Work work;
  work.description = request.description().empty() ? operation.title() : request.description();
  if (operation.labour_type() != v1::LABOUR_TYPE_UNSPECIFIED) work.type = operation.labour_type();
  if (request.labour_type() != v1::LABOUR_TYPE_UNSPECIFIED) work.type = request.labour_type();
  RETURN_IF_ERROR(FindHours(request, operation, context, work));
  return work;
}

absl::Status PriceLabour(const v1::AddLabourLineRequest& request, const Context& context,
                         v1::Line& line) {
  if (request.mode() == v1::LABOUR_MODE_FIXED) {
    line.set_fixed_extension_minor(request.fixed_price_minor());
    return absl::OkStatus();
  }
  LabourAsked asked{.type = line.labour_type(),
                    .hours_centi = line.hours_centi(),
                    .rate_by_hand = std::nullopt,
                    .payer_kind = request.payer_kind()};
  if (request.has_rate_minor()) asked.rate_by_hand = request.rate_minor();
  ASSIGN_OR_RETURN(const LabourOffer offer,
                   RateFor(asked, context.location, context.menu, context.business_date));
  line.set_rate_minor(offer.rate_minor);
  line.mutable_labour_source()->MergeFrom(offer.source);
  return absl::OkStatus();
}

absl::Status SetTechnicians(const v1::AddLabourLineRequest& request, const std::string& technician,
                            v1::Line& line) {
  line.set_technician(request.technician().empty() ? technician : request.technician());
  if (request.technicians().empty()) return absl::OkStatus();
  RETURN_IF_ERROR(CheckFlagHours(request.technicians(), line.hours_centi()));
  *line.mutable_technicians() = request.technicians();
  line.set_technician(request.technicians(0).technician());
  return absl::OkStatus();
}

}  // namespace

Outdated OutdatedBy(const v1::Job* job, v1::LineKind kind) {
  if (job == nullptr || kind == v1::LINE_KIND_NOTE) return {};
  return {.consent = IsAuthorized(job->status()), .estimate = job->estimate_version() != 0};
}

absl::Status CheckNewLine(const v1::Ticket& ticket, const std::string& line_id, int lines) {
  // An id names one line for ever.
  if (FindLine(ticket, line_id).line != nullptr) {
    return rpc::AlreadyExists(v1::LINE_EXISTS, absl::StrCat("line ", line_id, " exists already"));
  }
  // A ticket stays readable for who has to sign it.
  if (CountLines(ticket) + lines > kMaxLines) {
    return rpc::Refused(v1::TOO_MANY_LINES, absl::StrCat("a ticket has at most ", kMaxLines,
                                                         " lines; open another ticket"));
  }
  return absl::OkStatus();
}

absl::Status CheckKind(const v1::Line& line, v1::LineKind kind, std::string_view what) {
  if (line.kind() == kind) return absl::OkStatus();
  return rpc::Refused(v1::NOT_OF_THIS_LINE,
                      absl::StrCat("line ", line.line_id(), " is a ", LineKind_Name(line.kind()),
                                   " line and has no ", ToAbsl(what)));
}

absl::Status CheckHasWork(const v1::Ticket& ticket) {
  // Over the counter nobody works.
  if (ticket.kind() != v1::TICKET_KIND_COUNTER_SALE) return absl::OkStatus();
  return rpc::Refused(v1::COUNTER_SALE_HAS_NO_WORK,
                      absl::StrCat("ticket ", ticket.ticket_id(),
                                   " is a counter sale; open a repair order for labour"));
}

absl::Status CheckPriceByHand(int64_t unit_price_minor, const v1::PartPrice& price,
                              const Context& context) {
  if (!context.may_set_prices) {
    return rpc::PermissionDenied(v1::PRICE_NOT_ALLOWED,
                                 "a price by hand takes the permission to give discounts here");
  }
  // A low price is a discount by another name.
  ASSIGN_OR_RETURN(const int64_t allowed,
                   ApplyPpm(price.list_price_minor(), Ppm{context.discount_limit_ppm}));
  if (price.list_price_minor() - unit_price_minor <= allowed) return absl::OkStatus();
  return rpc::MakeError(absl::StatusCode::kPermissionDenied, v1::DISCOUNT_OVER_LIMIT,
                        absl::StrCat(unit_price_minor, " is more below the list price ",
                                     price.list_price_minor(), " than your role may give"),
                        {.metadata = {{"limit_ppm", absl::StrCat(context.discount_limit_ppm)}}});
}

absl::Status AddLine(Draft& draft, v1::Line line, Outdated outdated) {
  v1::TicketEvent event;
  *event.mutable_line_added()->mutable_line() = std::move(line);
  event.mutable_line_added()->set_outdates_consent(outdated.consent);
  event.mutable_line_added()->set_outdates_estimate(outdated.estimate);
  RETURN_IF_ERROR(draft.AddCalculated(std::move(event), [](v1::TicketEvent& added) {
    return added.mutable_line_added()->mutable_calculation();
  }));
  return CheckOverlaps(draft.ticket());
}

absl::Status AddLines(Draft& draft, std::vector<v1::Line> lines, Outdated outdated) {
  for (v1::Line& line : lines) RETURN_IF_ERROR(AddLine(draft, std::move(line), outdated));
  return absl::OkStatus();
}

absl::Status ReplaceLine(Draft& draft, v1::Line line, Outdated outdated) {
  v1::TicketEvent event;
  *event.mutable_line_changed()->mutable_line() = std::move(line);
  event.mutable_line_changed()->set_outdates_consent(outdated.consent);
  event.mutable_line_changed()->set_outdates_estimate(outdated.estimate);
  RETURN_IF_ERROR(draft.AddCalculated(std::move(event), [](v1::TicketEvent& changed) {
    return changed.mutable_line_changed()->mutable_calculation();
  }));
  return CheckOverlaps(draft.ticket());
}

absl::Status TakeLineOff(Draft& draft, const v1::Line& line, Outdated outdated) {
  v1::TicketEvent event;
  v1::LineRemoved& removed = *event.mutable_line_removed();
  removed.set_line_id(line.line_id());
  removed.set_job_id(line.job_id());
  if (line.kind() == v1::LINE_KIND_PART) removed.set_part_id(line.part_id());
  removed.set_outdates_consent(outdated.consent);
  removed.set_outdates_estimate(outdated.estimate);
  RETURN_IF_ERROR(draft.AddCalculated(std::move(event), [](v1::TicketEvent& taken) {
    return taken.mutable_line_removed()->mutable_calculation();
  }));
  return CheckOverlaps(draft.ticket());
}

std::string LineIds::Next() {
  PITLANE_CHECK(next_ < ids_.size()) << "only " << ids_.size() << " ids were made for new lines";
  return ids_[next_++];
}

absl::StatusOr<std::vector<v1::Line>> LinesOfPart(const PartSale& sale, const v1::Ticket& ticket,
                                                  LineIds& ids, const Context& context) {
  RETURN_IF_ERROR(CheckKnown(sale.price, sale.request.part_id()));
  // Amounts of two currencies do not add up.
  if (sale.price.currency() != ticket.currency()) {
    return rpc::Refused(
        v1::PART_CURRENCY_DIFFERS,
        absl::StrCat("part ", sale.request.part_id(), " is priced in ", sale.price.currency(),
                     ", the ticket is in ", ticket.currency()));
  }
  if (sale.request.has_unit_price_minor()) {
    RETURN_IF_ERROR(CheckPriceByHand(sale.request.unit_price_minor(), sale.price, context));
  }
  std::vector<v1::Line> lines;
  ASSIGN_OR_RETURN(lines.emplace_back(), PartLineOf(sale, context));
  if (sale.price.core_minor() > 0) lines.push_back(CoreLineOf(sale, ids.Next()));
  const PartFacts facts{.category = sale.price.category(),
                        .rim_tenths = sale.request.rim_tenths(),
                        .keeps_old_part = sale.request.keeps_old_part()};
  for (const v1::ScheduledFee* fee : FeesOfPart(context.menu, facts, context.business_date)) {
    v1::Line& line = lines.emplace_back(FeeLineOf(*fee, *context.menu.fees));
    line.set_line_id(ids.Next());
    line.set_job_id(sale.request.job_id());
    line.set_quantity_milli(sale.request.quantity_milli());
    line.set_for_line_id(sale.request.line_id());
  }
  return lines;
}

int MostLinesOfPart(const v1::FeeSchedule& schedule) { return 2 + MostFeesOfPart(schedule); }

absl::StatusOr<v1::Line> LabourLineOf(const v1::AddLabourLineRequest& request,
                                      const std::string& technician, const Context& context) {
  const v1::Operation& operation = context.menu.OperationOf(request.operation_code());
  ASSIGN_OR_RETURN(const Work work, WorkOf(request, operation, context));
  v1::Line line;
  line.set_line_id(request.line_id());
  line.set_job_id(request.job_id());
  line.set_kind(v1::LINE_KIND_LABOUR);
  line.set_description(work.description);
  line.set_tax_category(v1::TAX_CATEGORY_LABOUR);
  line.set_labour_type(work.type);
  line.set_labour_mode(request.mode() == v1::LABOUR_MODE_UNSPECIFIED ? v1::LABOUR_MODE_FLAT_RATE
                                                                     : request.mode());
  line.set_hours_centi(work.hours_centi);
  line.set_clocked_seconds(request.clocked_seconds());
  line.set_operation_code(request.operation_code());
  *line.mutable_skills() = operation.skills();
  if (work.by_menu) line.mutable_labour_source()->set_operation_version(operation.version());
  if (work.guide != nullptr) {
    line.mutable_labour_source()->set_guide_source(work.guide->source());
    line.mutable_labour_source()->set_guide_version(work.guide->source_version());
  }
  RETURN_IF_ERROR(PriceLabour(request, context, line));
  RETURN_IF_ERROR(SetTechnicians(request, technician, line));
  line.set_warranty_months(request.warranty_months());
  line.set_warranty_miles(request.warranty_miles());
  return line;
}

std::vector<const v1::Line*> FollowersOf(const v1::Ticket& ticket, const std::string& line_id) {
  std::vector<const v1::Line*> followers;
  for (const v1::Job& job : ticket.jobs()) {
    for (const v1::Line& line : job.lines()) {
      if (line.for_line_id() == line_id) followers.push_back(&line);
    }
  }
  return followers;
}

int64_t ReplacedOf(const v1::Ticket& ticket, const std::string& line_id) {
  int64_t replaced = 0;
  for (const v1::Job& job : ticket.jobs()) {
    for (const v1::Line& line : job.lines()) {
      if (line.replaces_line_id() == line_id) replaced += line.quantity_milli();
    }
  }
  return replaced;
}

absl::StatusOr<int64_t> ComputedPrice(const v1::Line& line) {
  absl::StatusOr<int64_t> price = 0;
  if (line.has_fixed_extension_minor()) {
    price = line.fixed_extension_minor();
  } else if (line.kind() == v1::LINE_KIND_LABOUR) {
    price = Extend(LabourHours{line.hours_centi()}, line.rate_minor());
  } else if (line.kind() == v1::LINE_KIND_FEE) {
    price = Extend(Quantity{line.quantity_milli()}, line.fee().unit_amount_minor());
  } else {
    price = Extend(Quantity{line.quantity_milli()}, line.unit_price_minor());
  }
  if (!price.ok()) return TooLarge(price.status());
  return price;
}

absl::Status SharePrice(int64_t price_minor, const std::string& code,
                        const std::vector<v1::Line*>& lines) {
  std::vector<int64_t> weights;
  for (const v1::Line* line : lines) {
    ASSIGN_OR_RETURN(weights.emplace_back(), ComputedPrice(*line));
  }
  const auto shares = Allocate(price_minor, weights);
  if (absl::IsInvalidArgument(shares.status())) {
    return rpc::Refused(v1::PACKAGE_WITHOUT_PRICES,
                        absl::StrCat("nothing in ", code, " has a price of its own, so ",
                                     price_minor, " minor units cannot be shared over it"));
  }
  if (!shares.ok()) return TooLarge(shares.status());
  for (size_t i = 0; i < lines.size(); ++i) lines[i]->set_fixed_extension_minor((*shares)[i]);
  return absl::OkStatus();
}

}  // namespace pitlane::ticket
