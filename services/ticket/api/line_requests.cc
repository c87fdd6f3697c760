#include "services/ticket/api/line_requests.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/ticket/api/fee_shape.h"
#include "services/ticket/domain/tire.h"

namespace pitlane::ticket {
namespace {

constexpr int kMaxTechnicians = 20;
constexpr int kMaxSlots = 50;
constexpr int kMaxTires = 100;
constexpr size_t kMaxStoryBytes = 2000;
constexpr size_t kMaxVehicleBytes = 100;
constexpr int64_t kFirstYear = 1885;
constexpr int64_t kLastYear = 2200;

template <class Request>
absl::Status Ended(const Request& request, Shape& shape) {
  shape.NoCardNumbers(request);
  return shape.status();
}

template <class Request>
void CheckLineOf(const Request& request, Shape& shape) {
  shape.Id<TicketId>("ticket_id", request.ticket_id());
  shape.Id<LineId>("line_id", request.line_id());
}

template <class Request>
void CheckNewLineOf(const Request& request, Shape& shape) {
  shape.Id<TicketId>("ticket_id", request.ticket_id());
  shape.NewId<LineId>("line_id", request.line_id(), request.ticket_id());
}

}  // namespace

void CheckTechnicians(const google::protobuf::RepeatedPtrField<v1::FlagShare>& technicians,
                      int fewest, Shape& shape) {
  shape.Range("technicians", technicians.size(), fewest, kMaxTechnicians);
  std::set<std::string> subjects;
  for (int i = 0; i < technicians.size(); ++i) {
    const std::string field = absl::StrCat("technicians[", i, "]");
    shape.RequiredText(field + ".technician", technicians[i].technician(), kMaxNameBytes);
    shape.Require(field + ".technician", subjects.insert(technicians[i].technician()).second,
                  "is there twice");
    shape.Range(field + ".hours_centi", technicians[i].hours_centi(), 0, kMaxHoursCenti);
  }
}

void CheckVehicleFacts(const v1::VehicleFacts& vehicle, Shape& shape) {
  shape.Require(
      "vehicle.year",
      vehicle.year() == 0 || (vehicle.year() >= kFirstYear && vehicle.year() <= kLastYear),
      "is 0 or 1885 to 2200");
  shape.Text("vehicle.make", vehicle.make(), kMaxVehicleBytes);
  shape.Text("vehicle.model", vehicle.model(), kMaxVehicleBytes);
  shape.Text("vehicle.engine", vehicle.engine(), kMaxVehicleBytes);
}

absl::Status CheckShape(const v1::AddOverlapRequest& request) {
  Shape shape;
  CheckNewLineOf(request, shape);
  shape.Id<JobId>("job_id", request.job_id());
  shape.Id<JobId>("other_job_id", request.other_job_id());
  shape.Require("other_job_id", request.job_id() != request.other_job_id(), "is the same job");
  shape.RequiredText("description", request.description(), kMaxWordsBytes);
  shape.Range("hours_centi", request.hours_centi(), 1, kMaxHoursCenti);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::AssignTechniciansRequest& request) {
  Shape shape;
  CheckLineOf(request, shape);
  CheckTechnicians(request.technicians(), 1, shape);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::AddSubletLineRequest& request) {
  Shape shape;
  CheckNewLineOf(request, shape);
  shape.Id<JobId>("job_id", request.job_id());
  shape.RequiredText("description", request.description(), kMaxWordsBytes);
  const v1::Sublet& sublet = request.sublet();
  shape.RequiredText("sublet.vendor_ref", sublet.vendor_ref(), kMaxNameBytes);
  shape.Range("sublet.cost_minor", sublet.cost_minor(), 0, kMaxMinor);
  shape.Range("sublet.markup_ppm", sublet.markup_ppm(), 0, kMaxMultiplierPpm);
  shape.Text("sublet.purchase_order", sublet.purchase_order(), kMaxNameBytes);
  shape.Text("sublet.vendor_invoice", sublet.vendor_invoice(), kMaxNameBytes);
  shape.Range("price_minor", request.price_minor(), 0, kMaxMinor);
  shape.Require("tax_category",
                request.tax_category() == v1::TAX_CATEGORY_UNSPECIFIED ||
                    request.tax_category() == v1::TAX_CATEGORY_LABOUR ||
                    request.tax_category() == v1::TAX_CATEGORY_PART,
                "of a sublet is LABOUR or PART");
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::AddKitRequest& request) {
  Shape shape;
  shape.Id<TicketId>("ticket_id", request.ticket_id());
  shape.Id<JobId>("job_id", request.job_id());
  CheckCode("code", request.code(), shape);
  shape.Range("quantity_milli", request.quantity_milli(), 0, kMaxMilli);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::AddCannedJobRequest& request) {
  Shape shape;
  shape.Id<TicketId>("ticket_id", request.ticket_id());
  shape.NewId<JobId>("job_id", request.job_id(), request.ticket_id());
  CheckCode("code", request.code(), shape);
  shape.Text("complaint", request.complaint(), kMaxStoryBytes);
  CheckVehicleFacts(request.vehicle(), shape);
  shape.Range("slots", request.slots_size(), 0, kMaxSlots);
  std::set<std::string> ids;
  for (int i = 0; i < request.slots_size(); ++i) {
    const v1::FilledSlot& slot = request.slots(i);
    const std::string field = absl::StrCat("slots[", i, "]");
    CheckCode(field + ".slot_id", slot.slot_id(), shape);
    shape.Require(field + ".slot_id", ids.insert(slot.slot_id()).second, "is there twice");
    shape.OptionalId<PartId>(field + ".part_id", slot.part_id());
    shape.Range(field + ".quantity_milli", slot.quantity_milli(), 0, kMaxMilli);
    shape.OptionalValue(field + ".condition", slot.condition(), *v1::PartCondition_descriptor());
    shape.Text(field + ".vendor", slot.vendor(), kMaxNameBytes);
    shape.Range(field + ".rim_tenths", slot.rim_tenths(), 0, kMaxRimTenths);
  }
  shape.Text("payer_kind", request.payer_kind(), kMaxCodeBytes);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::ReplacePartRequest& request) {
  Shape shape;
  CheckLineOf(request, shape);
  shape.NewId<LineId>("replacement_line_id", request.replacement_line_id(), request.ticket_id());
  shape.Range("quantity_milli", request.quantity_milli(), 0, kMaxMilli);
  shape.RequiredText("reason", request.reason(), kMaxWordsBytes);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::PlaceSpecialOrderRequest& request) {
  Shape shape;
  CheckLineOf(request, shape);
  shape.Text("purchase_order_ref", request.purchase_order_ref(), kMaxNameBytes);
  shape.Text("deposit_waived_reason", request.deposit_waived_reason(), kMaxWordsBytes);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::ReceiveSpecialOrderRequest& request) {
  Shape shape;
  CheckLineOf(request, shape);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::HoldForWillCallRequest& request) {
  Shape shape;
  shape.Id<TicketId>("ticket_id", request.ticket_id());
  shape.OptionalDate("until", request.until());
  return Ended(request, shape);
}

// A DOT TIN may be all digits and as long as a card number's end; it is checked by its own form.
absl::Status CheckShape(const v1::RecordTiresRequest& request) {
  Shape shape;
  CheckLineOf(request, shape);
  shape.Range("tins", request.tins_size(), 1, kMaxTires);
  for (int i = 0; i < request.tins_size(); ++i) {
    const auto tire = ParseTire(request.tins(i));
    if (!tire.ok())
      shape.Wrong(absl::StrCat("tins[", i, "]"), std::string(tire.status().message()));
  }
  return shape.status();
}

absl::Status CheckShape(const v1::ReturnCoreRequest& request) {
  Shape shape;
  CheckLineOf(request, shape);
  shape.NewId<LineId>("credit_line_id", request.credit_line_id(), request.ticket_id());
  shape.Range("quantity_milli", request.quantity_milli(), 0, kMaxMilli);
  const bool good = request.outcome() == v1::CORE_STATUS_RETURNED_GOOD;
  const bool damaged = request.outcome() == v1::CORE_STATUS_RETURNED_DAMAGED;
  shape.Require("outcome", good || damaged, "is RETURNED_GOOD or RETURNED_DAMAGED");
  shape.Range("credit_minor", request.credit_minor(), 0, damaged ? kMaxMinor : 0);
  shape.Text("note", request.note(), kMaxWordsBytes);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::ForfeitCoreRequest& request) {
  Shape shape;
  CheckLineOf(request, shape);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::ChargeStorageRequest& request) {
  Shape shape;
  CheckNewLineOf(request, shape);
  CheckCode("fee_id", request.fee_id(), shape);
  shape.OptionalDate("from_date", request.from_date());
  shape.OptionalDate("to_date", request.to_date());
  shape.Require("from_date", !request.from_date().empty(), "is missing");
  shape.Require("to_date", !request.to_date().empty() && request.from_date() <= request.to_date(),
                "is missing, or before from_date");
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::RecordLostSaleRequest& request) {
  Shape shape;
  const v1::LostSale& sale = request.lost_sale();
  shape.Id<LocationId>("location_id", request.location_id());
  shape.Require("lost_sale.location_id",
                sale.location_id().empty() || sale.location_id() == request.location_id(),
                "is another location");
  shape.OptionalId<PartId>("lost_sale.part_id", sale.part_id());
  if (sale.part_id().empty()) {
    shape.RequiredText("lost_sale.description", sale.description(), kMaxWordsBytes);
  } else {
    shape.Text("lost_sale.description", sale.description(), kMaxWordsBytes);
  }
  shape.Range("lost_sale.quantity_milli", sale.quantity_milli(), 1, kMaxMilli);
  shape.Value("lost_sale.reason", sale.reason(), *v1::LostSale::Reason_descriptor());
  shape.OptionalId<CustomerId>("lost_sale.customer_id", sale.customer_id());
  shape.OptionalId<TicketId>("lost_sale.ticket_id", sale.ticket_id());
  return Ended(request, shape);
}

}  // namespace pitlane::ticket
