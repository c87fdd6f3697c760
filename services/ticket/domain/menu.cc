#include "services/ticket/domain/menu.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "pitlane/ticket/v1/ticket_service.pb.h"

namespace pitlane::ticket {
namespace {

using google::protobuf::util::MessageDifferencer;

std::string Below(std::string_view location_id, std::string_view what, std::string_view name = "") {
  std::string stream = absl::StrCat(ToAbsl(location_id), "/", ToAbsl(what));
  if (!name.empty()) absl::StrAppend(&stream, "/", ToAbsl(name));
  return stream;
}

// The event that makes `wanted` of `now`, if they differ.
template <class Thing>
MenuEvents Replace(const Thing& now, Thing wanted, Thing* (*of)(v1::TicketEvent&)) {
  wanted.set_version(now.version());
  if (MessageDifferencer::Equals(now, wanted)) return {};
  wanted.set_version(now.version() + 1);
  MenuEvents events(1);
  *of(events[0]) = std::move(wanted);
  return events;
}

absl::Status BandsNotRising(const std::string& matrix_id) {
  return rpc::Refused(v1::BANDS_NOT_RISING,
                      absl::StrCat("the bands of matrix ", matrix_id,
                                   " have to rise, and only the last may be without an end"));
}

// A band ends where the next begins.
template <class Matrix, class End>
absl::Status CheckBands(const Matrix& matrix, End end) {
  int64_t before = 0;
  for (int i = 0; i < matrix.bands_size(); ++i) {
    const int64_t to = end(matrix.bands(i));
    const bool open = to == 0 && i + 1 == matrix.bands_size();
    if (!open && to <= before) return BandsNotRising(matrix.matrix_id());
    before = to;
  }
  return absl::OkStatus();
}

// The same vehicles in the same guide.
bool IsSameEntry(const v1::LabourTime& a, const v1::LabourTime& b) {
  return a.make() == b.make() && a.model() == b.model() && a.engine() == b.engine() &&
         a.year_from() == b.year_from() && a.year_to() == b.year_to() && a.source() == b.source();
}

const v1::LabourTime* FindEntry(const v1::LabourTimes& times, const v1::LabourTime& wanted) {
  for (const v1::LabourTime& time : times.times()) {
    if (IsSameEntry(time, wanted)) return &time;
  }
  return nullptr;
}

void Take(v1::LabourTimes& times, const v1::LabourTime& time) {
  for (v1::LabourTime& there : *times.mutable_times()) {
    if (!IsSameEntry(there, time)) continue;
    there = time;
    return;
  }
  *times.add_times() = time;
}

}  // namespace

std::string OperationStream(std::string_view location_id, std::string_view code) {
  return Below(location_id, "operations", code);
}
std::string LabourPricingStream(std::string_view location_id) {
  return Below(location_id, "labour_pricing");
}
std::string PartPricingStream(std::string_view location_id) {
  return Below(location_id, "part_pricing");
}
std::string TermsStream(std::string_view location_id, std::string_view customer_id) {
  return Below(location_id, "terms", customer_id);
}
std::string KitStream(std::string_view location_id, std::string_view code) {
  return Below(location_id, "kits", code);
}
std::string CannedJobStream(std::string_view location_id, std::string_view code) {
  return Below(location_id, "canned_jobs", code);
}
std::string FeeScheduleStream(std::string_view location_id) {
  return Below(location_id, "fee_schedule");
}
std::string LabourTimesStream(std::string_view location_id, std::string_view operation_code) {
  return Below(location_id, "labour_times", operation_code);
}
std::string LostSalesStream(std::string_view location_id) {
  return Below(location_id, "lost_sales");
}

void OperationAggregate::Apply(v1::Operation& operation, const v1::TicketEvent& event) {
  if (event.has_operation_defined()) operation = event.operation_defined().operation();
}
void LabourPricingAggregate::Apply(v1::LabourPricing& pricing, const v1::TicketEvent& event) {
  if (event.has_labour_pricing_set()) pricing = event.labour_pricing_set().pricing();
}
void PartPricingAggregate::Apply(v1::PartPricing& pricing, const v1::TicketEvent& event) {
  if (event.has_part_pricing_set()) pricing = event.part_pricing_set().pricing();
}
void CustomerTermsAggregate::Apply(v1::CustomerTerms& terms, const v1::TicketEvent& event) {
  if (event.has_customer_terms_set()) terms = event.customer_terms_set().terms();
}
void KitAggregate::Apply(v1::Kit& kit, const v1::TicketEvent& event) {
  if (event.has_kit_defined()) kit = event.kit_defined().kit();
}
void CannedJobAggregate::Apply(v1::CannedJob& canned_job, const v1::TicketEvent& event) {
  if (event.has_canned_job_defined()) canned_job = event.canned_job_defined().canned_job();
}
void FeeScheduleAggregate::Apply(v1::FeeSchedule& schedule, const v1::TicketEvent& event) {
  if (event.has_fee_schedule_set()) schedule = event.fee_schedule_set().schedule();
}
void LabourTimesAggregate::Apply(v1::LabourTimes& times, const v1::TicketEvent& event) {
  if (!event.has_labour_times_imported()) return;
  const v1::LabourTimesImported& imported = event.labour_times_imported();
  times.set_location_id(imported.location_id());
  times.set_operation_code(imported.operation_code());
  times.set_version(times.version() + 1);
  for (const v1::LabourTime& time : imported.times()) Take(times, time);
}
void LostSalesAggregate::Apply(v1::LostSales& sales, const v1::TicketEvent& event) {
  if (event.has_lost_sale_recorded()) sales.set_recorded(sales.recorded() + 1);
}

absl::StatusOr<MenuEvents> Decide(const v1::Operation& now, const DefineOperation& command) {
  v1::Operation wanted = command.operation;
  if (wanted.labour_type() == v1::LABOUR_TYPE_UNSPECIFIED) {
    wanted.set_labour_type(v1::LABOUR_TYPE_MECHANICAL);
  }
  return Replace<v1::Operation>(now, std::move(wanted), [](v1::TicketEvent& event) {
    return event.mutable_operation_defined()->mutable_operation();
  });
}

absl::StatusOr<MenuEvents> Decide(const v1::LabourPricing& now, const SetLabourPricing& command) {
  for (const v1::LabourMatrix& matrix : command.pricing.matrices()) {
    RETURN_IF_ERROR(CheckBands(
        matrix, [](const v1::LabourMatrix::Band& band) { return band.to_hours_centi(); }));
  }
  return Replace<v1::LabourPricing>(now, command.pricing, [](v1::TicketEvent& event) {
    return event.mutable_labour_pricing_set()->mutable_pricing();
  });
}

absl::StatusOr<MenuEvents> Decide(const v1::PartPricing& now, const SetPartPricing& command) {
  for (const v1::PartMatrix& matrix : command.pricing.matrices()) {
    RETURN_IF_ERROR(
        CheckBands(matrix, [](const v1::PartMatrix::Band& band) { return band.to_cost_e4(); }));
  }
  return Replace<v1::PartPricing>(now, command.pricing, [](v1::TicketEvent& event) {
    return event.mutable_part_pricing_set()->mutable_pricing();
  });
}

absl::StatusOr<MenuEvents> Decide(const v1::CustomerTerms& now, const SetCustomerTerms& command) {
  return Replace<v1::CustomerTerms>(now, command.terms, [](v1::TicketEvent& event) {
    return event.mutable_customer_terms_set()->mutable_terms();
  });
}

absl::StatusOr<MenuEvents> Decide(const v1::Kit& now, const DefineKit& command) {
  return Replace<v1::Kit>(now, command.kit, [](v1::TicketEvent& event) {
    return event.mutable_kit_defined()->mutable_kit();
  });
}

absl::StatusOr<MenuEvents> Decide(const v1::CannedJob& now, const DefineCannedJob& command) {
  v1::CannedJob wanted = command.canned_job;
  if (wanted.price_mode() == v1::CannedJob::PRICE_MODE_UNSPECIFIED) {
    wanted.set_price_mode(v1::CannedJob::PRICE_MODE_COMPUTED);
  }
  return Replace<v1::CannedJob>(now, std::move(wanted), [](v1::TicketEvent& event) {
    return event.mutable_canned_job_defined()->mutable_canned_job();
  });
}

absl::StatusOr<MenuEvents> Decide(const v1::FeeSchedule& now, const SetFeeSchedule& command) {
  return Replace<v1::FeeSchedule>(now, command.schedule, [](v1::TicketEvent& event) {
    return event.mutable_fee_schedule_set()->mutable_schedule();
  });
}

absl::StatusOr<MenuEvents> Decide(const v1::LabourTimes& now, const ImportLabourTimes& command) {
  v1::TicketEvent event;
  v1::LabourTimesImported& imported = *event.mutable_labour_times_imported();
  for (const v1::LabourTime& time : command.times) {
    const v1::LabourTime* there = FindEntry(now, time);
    if (there == nullptr || !MessageDifferencer::Equals(*there, time)) *imported.add_times() = time;
  }
  if (imported.times().empty()) return MenuEvents();
  imported.set_location_id(command.location_id);
  imported.set_operation_code(command.operation_code);
  return MenuEvents{std::move(event)};
}

absl::StatusOr<MenuEvents> Decide(const v1::LostSales&, const RecordLostSale& command) {
  MenuEvents events(1);
  *events[0].mutable_lost_sale_recorded()->mutable_lost_sale() = command.lost_sale;
  return events;
}

ImportCounts CountTimes(const v1::LabourTimes& now, const ImportLabourTimes& command) {
  ImportCounts counts;
  for (const v1::LabourTime& time : command.times) {
    const v1::LabourTime* there = FindEntry(now, time);
    if (there == nullptr) {
      ++counts.imported;
    } else {
      ++(MessageDifferencer::Equals(*there, time) ? counts.unchanged : counts.updated);
    }
  }
  return counts;
}

}  // namespace pitlane::ticket
