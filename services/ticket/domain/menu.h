// What a location sells and for how much: one stream for each thing, replaced as a whole. Every
// Decide gives no event when it is so already, and otherwise one event with the next version.
// Pure; safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "pitlane/ticket/v1/events.pb.h"
#include "pitlane/ticket/v1/menu.pb.h"
#include "pitlane/ticket/v1/state.pb.h"

namespace pitlane::ticket {

// Streams, all below the location's: "loc_…/operations/BRK-PAD-F".
std::string OperationStream(std::string_view location_id, std::string_view code);
std::string LabourPricingStream(std::string_view location_id);
std::string PartPricingStream(std::string_view location_id);
std::string TermsStream(std::string_view location_id, std::string_view customer_id);
std::string KitStream(std::string_view location_id, std::string_view code);
std::string CannedJobStream(std::string_view location_id, std::string_view code);
std::string FeeScheduleStream(std::string_view location_id);
std::string LabourTimesStream(std::string_view location_id, std::string_view operation_code);
std::string LostSalesStream(std::string_view location_id);

struct OperationAggregate {
  using State = v1::Operation;
  using Event = v1::TicketEvent;
  static constexpr uint32_t kSchema = 1;
  static void Apply(v1::Operation& operation, const v1::TicketEvent& event);
};
struct LabourPricingAggregate {
  using State = v1::LabourPricing;
  using Event = v1::TicketEvent;
  static constexpr uint32_t kSchema = 1;
  static void Apply(v1::LabourPricing& pricing, const v1::TicketEvent& event);
};
struct PartPricingAggregate {
  using State = v1::PartPricing;
  using Event = v1::TicketEvent;
  static constexpr uint32_t kSchema = 1;
  static void Apply(v1::PartPricing& pricing, const v1::TicketEvent& event);
};
struct CustomerTermsAggregate {
  using State = v1::CustomerTerms;
  using Event = v1::TicketEvent;
  static constexpr uint32_t kSchema = 1;
  static void Apply(v1::CustomerTerms& terms, const v1::TicketEvent& event);
};
struct KitAggregate {
  using State = v1::Kit;
  using Event = v1::TicketEvent;
  static constexpr uint32_t kSchema = 1;
  static void Apply(v1::Kit& kit, const v1::TicketEvent& event);
};
struct CannedJobAggregate {
  using State = v1::CannedJob;
  using Event = v1::TicketEvent;
  static constexpr uint32_t kSchema = 1;
  static void Apply(v1::CannedJob& canned_job, const v1::TicketEvent& event);
};
struct FeeScheduleAggregate {
  using State = v1::FeeSchedule;
  using Event = v1::TicketEvent;
  static constexpr uint32_t kSchema = 1;
  static void Apply(v1::FeeSchedule& schedule, const v1::TicketEvent& event);
};
struct LabourTimesAggregate {
  using State = v1::LabourTimes;
  using Event = v1::TicketEvent;
  static constexpr uint32_t kSchema = 1;
  static void Apply(v1::LabourTimes& times, const v1::TicketEvent& event);
};
struct LostSalesAggregate {
  using State = v1::LostSales;
  using Event = v1::TicketEvent;
  static constexpr uint32_t kSchema = 1;
  static void Apply(v1::LostSales& sales, const v1::TicketEvent& event);
};

using MenuEvents = std::vector<v1::TicketEvent>;

// Verbs of the menu; `version` in what they carry is ignored.
struct DefineOperation {
  v1::Operation operation;
};
struct SetLabourPricing {
  v1::LabourPricing pricing;
};
struct SetPartPricing {
  v1::PartPricing pricing;
};
struct SetCustomerTerms {
  v1::CustomerTerms terms;
};
struct DefineKit {
  v1::Kit kit;
};
struct DefineCannedJob {
  v1::CannedJob canned_job;
};
struct SetFeeSchedule {
  v1::FeeSchedule schedule;
};
struct ImportLabourTimes {
  std::string location_id;
  std::string operation_code;
  std::vector<v1::LabourTime> times;
};
struct RecordLostSale {
  v1::LostSale lost_sale;
};

absl::StatusOr<MenuEvents> Decide(const v1::Operation& now, const DefineOperation& command);
// BANDS_NOT_RISING.
absl::StatusOr<MenuEvents> Decide(const v1::LabourPricing& now, const SetLabourPricing& command);
// BANDS_NOT_RISING.
absl::StatusOr<MenuEvents> Decide(const v1::PartPricing& now, const SetPartPricing& command);
absl::StatusOr<MenuEvents> Decide(const v1::CustomerTerms& now, const SetCustomerTerms& command);
absl::StatusOr<MenuEvents> Decide(const v1::Kit& now, const DefineKit& command);
absl::StatusOr<MenuEvents> Decide(const v1::CannedJob& now, const DefineCannedJob& command);
absl::StatusOr<MenuEvents> Decide(const v1::FeeSchedule& now, const SetFeeSchedule& command);
// Only what is new or different is in the event.
absl::StatusOr<MenuEvents> Decide(const v1::LabourTimes& now, const ImportLabourTimes& command);
absl::StatusOr<MenuEvents> Decide(const v1::LostSales& now, const RecordLostSale& command);

// Of the times of a command: how many are new, different, and as they were.
struct ImportCounts {
  int imported = 0;
  int updated = 0;
  int unchanged = 0;
};
ImportCounts CountTimes(const v1::LabourTimes& now, const ImportLabourTimes& command);

}  // namespace pitlane::ticket
