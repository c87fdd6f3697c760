#include "services/ticket/api/credit_requests.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/ticket/api/shape.h"
#include "services/ticket/domain/ticket.h"

namespace pitlane::ticket {
namespace {

constexpr size_t kMaxReason = 500;
constexpr int64_t kMaxQuantity = 1'000'000'000;
constexpr int64_t kMaxAmount = 100'000'000'000;

void CheckOrderLine(const std::string& field, const v1::CreditOrderLine& line, Shape& shape) {
  shape.Id<LineId>(field + ".line_id", line.line_id());
  if (line.has_quantity_milli()) {
    shape.Range(field + ".quantity_milli", line.quantity_milli(), 1, kMaxQuantity);
  }
  if (line.has_net_minor()) shape.Range(field + ".net_minor", line.net_minor(), 1, kMaxAmount);
  shape.Require(field + ".returned", line.returned_size() <= 4,
                "has more entries than there are dispositions");
  std::set<int> seen;
  for (int i = 0; i < line.returned_size(); ++i) {
    const std::string name = absl::StrCat(field, ".returned[", i, "]");
    const v1::ReturnedUnits& units = line.returned(i);
    shape.Value(name + ".disposition", units.disposition(), *v1::Disposition_descriptor());
    shape.Range(name + ".quantity_milli", units.quantity_milli(), 1, kMaxQuantity);
    shape.Require(name + ".disposition", seen.insert(units.disposition()).second,
                  "is there twice; add the units up");
  }
  shape.OptionalValue(field + ".core_condition", line.core_condition(),
                      *v1::CoreCondition_descriptor());
  shape.Range(field + ".core_value_minor", line.core_value_minor(), 0, kMaxAmount);
}

void CheckOrder(const v1::CreditOrder& order, Shape& shape) {
  shape.Require(
      "order.kind",
      order.kind() == v1::TICKET_KIND_CREDIT_MEMO || order.kind() == v1::TICKET_KIND_CORE_RETURN,
      "is CREDIT_MEMO or CORE_RETURN");
  shape.RequiredText("order.reason", order.reason(), kMaxReason);
  shape.Require("order.lines", order.whole_ticket() == order.lines().empty(),
                "names what is taken back, and nothing with whole_ticket");
  shape.Require("order.whole_ticket",
                !order.whole_ticket() || order.kind() == v1::TICKET_KIND_CREDIT_MEMO,
                "is for credit memos, not for core returns");
  shape.Require("order.lines", order.lines_size() <= kMaxLines, "has too many lines");
  shape.OptionalValue("order.disposition", order.disposition(), *v1::Disposition_descriptor());
  std::set<std::string> seen;
  for (int i = 0; i < order.lines_size(); ++i) {
    const std::string field = absl::StrCat("order.lines[", i, "]");
    CheckOrderLine(field, order.lines(i), shape);
    shape.Require(field + ".line_id", seen.insert(order.lines(i).line_id()).second,
                  "is named twice");
  }
}

absl::Status Ended(const google::protobuf::Message& request, Shape& shape) {
  shape.NoCardNumbers(request);
  return shape.status();
}

}  // namespace

absl::Status CheckShape(const v1::IssueCreditMemoRequest& request) {
  Shape shape;
  shape.Id<TicketId>("ticket_id", request.ticket_id());
  shape.NewId<CreditMemoId>("credit_memo_id", request.credit_memo_id(), request.ticket_id());
  CheckOrder(request.order(), shape);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::PreviewCreditMemoRequest& request) {
  Shape shape;
  shape.Id<TicketId>("ticket_id", request.ticket_id());
  CheckOrder(request.order(), shape);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::GetCreditMemoRequest& request) {
  Shape shape;
  shape.Id<TicketId>("ticket_id", request.ticket_id());
  shape.Id<CreditMemoId>("credit_memo_id", request.credit_memo_id());
  return shape.status();
}

absl::Status CheckShape(const v1::ListCreditMemosRequest& request) {
  Shape shape;
  shape.Id<TicketId>("ticket_id", request.ticket_id());
  return shape.status();
}

absl::Status CheckShape(const v1::ListDeclinedWorkRequest& request) {
  Shape shape;
  shape.Id<LocationId>("location_id", request.location_id());
  shape.Id<VehicleId>("vehicle_id", request.vehicle_id());
  return shape.status();
}

absl::Status CheckShape(const v1::TakeUpDeclinedWorkRequest& request) {
  Shape shape;
  shape.Id<TicketId>("ticket_id", request.ticket_id());
  shape.Id<TicketId>("declined_ticket_id", request.declined_ticket_id());
  shape.Id<JobId>("declined_job_id", request.declined_job_id());
  shape.NewId<JobId>("job_id", request.job_id(), request.ticket_id());
  return Ended(request, shape);
}

}  // namespace pitlane::ticket
