#include "services/inventory/projections/ticket_stock.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"

namespace pitlane::inventory {
namespace {

std::string Key(std::string_view ticket_id, std::string_view job_id, std::string_view line_id,
                std::string_view part_id) {
  return absl::StrCat(ToAbsl(ticket_id), "/", ToAbsl(job_id), "/", ToAbsl(line_id), "/",
                      ToAbsl(part_id));
}

template <class Fact>
std::string KeyOf(const Fact& fact) {
  return Key(fact.ticket_id(), fact.job_id(), fact.line_id(), fact.part_id());
}

template <class Fact>
v1::TicketStockLine RowOf(const Fact& fact, runtime::ViewWriter& rows) {
  v1::TicketStockLine line =
      rows.GetMessage<v1::TicketStockLine>(KeyOf(fact)).value_or(v1::TicketStockLine());
  line.set_ticket_id(fact.ticket_id());
  line.set_job_id(fact.job_id());
  line.set_line_id(fact.line_id());
  line.set_part_id(fact.part_id());
  line.set_location_id(fact.location_id());
  return line;
}

void On(const v1::StockReserved& reserved, runtime::ViewWriter& rows) {
  v1::TicketStockLine line = RowOf(reserved, rows);
  line.set_reserved_milli(reserved.quantity_milli());
  line.set_missing_milli(0);
  rows.Put(KeyOf(reserved), line);
}

void On(const v1::StockShortageFound& shortage, runtime::ViewWriter& rows) {
  v1::TicketStockLine line = RowOf(shortage, rows);
  line.set_missing_milli(shortage.missing_milli());
  rows.Put(KeyOf(shortage), line);
}

void On(const v1::ReservationReleased& released, runtime::ViewWriter& rows) {
  rows.Delete(KeyOf(released));
}

void On(const v1::StockIssued& issued, runtime::ViewWriter& rows) {
  v1::TicketStockLine line = RowOf(issued, rows);
  line.set_reserved_milli(0);
  line.set_missing_milli(0);
  line.set_issued_milli(issued.quantity_milli());
  line.set_cost_e4(issued.cost_e4());
  line.set_provisional(issued.provisional());
  rows.Put(KeyOf(issued), line);
}

void On(const v1::StockReturned& returned, runtime::ViewWriter& rows) {
  v1::TicketStockLine line = RowOf(returned, rows);
  line.set_returned_milli(line.returned_milli() + returned.quantity_milli());
  line.set_returned_cost_e4(line.returned_cost_e4() + returned.cost_e4());
  const auto& memos = line.credit_memo_ids();
  if (std::find(memos.begin(), memos.end(), returned.credit_memo_id()) == memos.end()) {
    line.add_credit_memo_ids(returned.credit_memo_id());
  }
  rows.Put(KeyOf(returned), line);
}

}  // namespace

void TicketStock::On(const v1::InventoryEvent& event, runtime::ViewWriter& rows) {
  if (event.has_stock_reserved()) inventory::On(event.stock_reserved(), rows);
  if (event.has_stock_shortage_found()) inventory::On(event.stock_shortage_found(), rows);
  if (event.has_reservation_released()) inventory::On(event.reservation_released(), rows);
  if (event.has_stock_issued()) inventory::On(event.stock_issued(), rows);
  if (event.has_stock_returned()) inventory::On(event.stock_returned(), rows);
}

absl::StatusOr<std::vector<v1::TicketStockLine>> TicketStock::Of(runtime::ViewReader& views,
                                                                 std::string_view ticket_id,
                                                                 std::string_view job_id,
                                                                 std::string_view line_id) {
  journal::ScanOptions options;
  options.prefix = absl::StrCat(ToAbsl(ticket_id), "/");
  if (!job_id.empty()) absl::StrAppend(&options.prefix, ToAbsl(job_id), "/");
  if (!line_id.empty()) absl::StrAppend(&options.prefix, ToAbsl(line_id), "/");
  std::vector<v1::TicketStockLine> lines;
  absl::Status status;
  RETURN_IF_ERROR(views.ForEach(kView, options, [&](std::string_view key, std::string_view value) {
    if (!lines.emplace_back().ParseFromArray(value.data(), static_cast<int>(value.size()))) {
      status = absl::DataLossError(absl::StrCat("row ", ToAbsl(key), " does not decode"));
    }
    return status.ok();
  }));
  RETURN_IF_ERROR(status);
  return lines;
}

absl::StatusOr<std::optional<v1::TicketStockLine>> TicketStock::Line(runtime::ViewReader& views,
                                                                     std::string_view ticket_id,
                                                                     std::string_view job_id,
                                                                     std::string_view line_id,
                                                                     std::string_view part_id) {
  return views.GetMessage<v1::TicketStockLine>(kView, Key(ticket_id, job_id, line_id, part_id));
}

absl::StatusOr<bool> TicketStock::IsIssued(runtime::ViewReader& views, std::string_view ticket_id,
                                           std::string_view job_id, std::string_view line_id,
                                           std::string_view part_id) {
  ASSIGN_OR_RETURN(const auto line, Line(views, ticket_id, job_id, line_id, part_id));
  return line.has_value() && line->issued_milli() > 0;
}

}  // namespace pitlane::inventory
