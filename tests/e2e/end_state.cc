#include "tests/e2e/end_state.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "fmt/core.h"
#include "libs/base/status.h"
#include "pitlane/customer_vehicle/v1/customer_vehicle_service.grpc.pb.h"
#include "pitlane/inventory/v1/inventory_service.grpc.pb.h"
#include "pitlane/reporting/v1/reporting_service.grpc.pb.h"
#include "pitlane/ticket/v1/ticket_service.grpc.pb.h"

namespace pitlane::e2e {
namespace {

namespace cv = customer_vehicle::v1;
namespace inv = inventory::v1;
namespace rep = reporting::v1;
namespace tkt = ticket::v1;
using Inventory = inv::InventoryService::Stub;
using People = cv::CustomerVehicleService::Stub;
using Reports = rep::ReportingService::Stub;
using Tickets = tkt::TicketService::Stub;

// Figures of one row, summed over the days that it appears on.
using Sums = std::map<std::string, std::map<std::string, int64_t>>;

class Summary {
 public:
  explicit Summary(tools::Session& session)
      : session_(session),
        inventory_(inv::InventoryService::NewStub(session.channel())),
        people_(cv::CustomerVehicleService::NewStub(session.channel())),
        reports_(rep::ReportingService::NewStub(session.channel())),
        tickets_(tkt::TicketService::NewStub(session.channel())) {}

  absl::StatusOr<std::string> Write() {
    ASSIGN_OR_RETURN(auto locations, session_.Call(*tickets_, &Tickets::ListLocations,
                                                   tkt::ListLocationsRequest()));
    auto& all = *locations.mutable_locations();
    std::sort(all.begin(), all.end(),
              [](const auto& a, const auto& b) { return a.name() < b.name(); });
    for (const tkt::Location& location : all) {
      Line("location {}", location.name());
      RETURN_IF_ERROR(WriteTickets(location.location_id()));
      RETURN_IF_ERROR(WriteReports(location.location_id()));
      RETURN_IF_ERROR(WriteStock(location.location_id()));
    }
    RETURN_IF_ERROR(WriteProfiles());
    RETURN_IF_ERROR(WriteHistories());
    return text_;
  }

 private:
  template <class... Arguments>
  void Line(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    text_ += fmt::format(format, std::forward<Arguments>(arguments)...) + "\n";
  }
  void Lines(const Sums& rows) {
    for (const auto& [row, figures] : rows) {
      Line("  {}: {}", row, absl::StrJoin(figures, ", ", absl::PairFormatter(" ")));
    }
  }

  absl::Status WriteTickets(const std::string& location_id) {
    std::map<std::string, tkt::TicketSummary> by_number;
    tkt::ListTicketsRequest list;
    list.set_location_id(location_id);
    do {
      ASSIGN_OR_RETURN(const auto page, session_.Call(*tickets_, &Tickets::ListTickets, list));
      for (const tkt::TicketSummary& ticket : page.tickets()) by_number[ticket.number()] = ticket;
      list.set_page_token(page.next_page_token());
    } while (!list.page_token().empty());
    days_.clear();
    for (const auto& [number, summary] : by_number) {
      tkt::GetTicketRequest get;
      get.set_ticket_id(summary.ticket_id());
      ASSIGN_OR_RETURN(const auto answer, session_.Call(*tickets_, &Tickets::GetTicket, get));
      WriteTicket(answer.ticket());
      days_.insert(answer.ticket().business_date());
      if (!summary.customer_id().empty()) customer_ids_.insert(summary.customer_id());
      if (!summary.vehicle_id().empty()) vehicle_ids_.insert(summary.vehicle_id());
    }
    return absl::OkStatus();
  }

  void WriteTicket(const tkt::Ticket& ticket) {
    std::vector<std::string> taxes;
    for (const tkt::TaxAmount& tax : ticket.totals().taxes()) {
      taxes.push_back(
          absl::StrCat(tax.authority(), " ", tax.tax_minor(), " of ", tax.base_minor()));
    }
    Line("  ticket {} {} {} {}: total {} {}, paid {}, discount {}, tax {}", ticket.number(),
         ticket.invoice_number(), tkt::DocumentStage_Name(ticket.stage()),
         tkt::Settlement_Name(ticket.settlement()), ticket.totals().total_minor(),
         ticket.currency(), ticket.paid_minor(), ticket.totals().discount_minor(),
         absl::StrJoin(taxes, ", "));
  }

  // Every page of a report over the days of the location's tickets.
  template <class Request, class Response>
  absl::Status Report(const std::string& location_id,
                      grpc::Status (Reports::*method)(grpc::ClientContext*, const Request&,
                                                      Response*),
                      const std::function<void(const Response&)>& add) {
    if (days_.empty()) return absl::OkStatus();
    Request request;
    request.set_location_id(location_id);
    request.mutable_range()->set_from_date(*days_.begin());
    request.mutable_range()->set_to_date(*days_.rbegin());
    do {
      ASSIGN_OR_RETURN(const Response page, session_.Call(*reports_, method, request));
      add(page);
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return absl::OkStatus();
  }

  absl::Status WriteReports(const std::string& location_id) {
    Sums rows;
    RETURN_IF_ERROR((Report<rep::GetDailySalesRequest, rep::GetDailySalesResponse>(
        location_id, &Reports::GetDailySales, [&rows](const auto& page) {
          for (const auto& day : page.days()) AddSales(day, rows["sales " + day.currency()]);
        })));
    RETURN_IF_ERROR((Report<rep::GetSalesByCategoryRequest, rep::GetSalesByCategoryResponse>(
        location_id, &Reports::GetSalesByCategory, [&rows](const auto& page) {
          for (const rep::CategorySales& row : page.rows()) {
            auto& sums = rows["category " + row.category()];
            sums["quantity"] += row.quantity_milli();
            sums["net"] += row.net_minor();
            sums["tax"] += row.tax_minor();
          }
        })));
    RETURN_IF_ERROR((Report<rep::GetTendersRequest, rep::GetTendersResponse>(
        location_id, &Reports::GetTenders, [&rows](const auto& page) {
          for (const rep::TenderSum& row : page.rows()) {
            auto& sums = rows["method " + payment::v1::Tender_Name(row.tender())];
            sums["payments"] += row.payments();
            sums["captured"] += row.captured_minor();
            sums["applied"] += row.applied_minor();
            sums["refunded"] += row.refunded_minor();
          }
        })));
    RETURN_IF_ERROR((Report<rep::GetPartsUsedRequest, rep::GetPartsUsedResponse>(
        location_id, &Reports::GetPartsUsed, [&rows](const auto& page) {
          for (const rep::PartUsed& row : page.rows()) {
            auto& sums = rows["part " + row.part_number()];
            sums["sold"] += row.sold_milli();
            sums["net"] += row.net_minor();
            sums["issued"] += row.issued_milli();
            sums["cost"] += row.cost_e4();
          }
        })));
    RETURN_IF_ERROR((Report<rep::GetTechnicianHoursRequest, rep::GetTechnicianHoursResponse>(
        location_id, &Reports::GetTechnicianHours, [&rows](const auto& page) {
          for (const rep::TechnicianHours& row : page.rows()) {
            auto& sums = rows["hours of " + row.technician()];
            sums["hours"] += row.hours_centi();
            sums["net"] += row.net_minor();
          }
        })));
    Lines(rows);
    return absl::OkStatus();
  }

  static void AddSales(const rep::DailySales& day, std::map<std::string, int64_t>& sums) {
    sums["tickets"] += day.tickets();
    sums["labour"] += day.labour_net_minor();
    sums["parts"] += day.parts_net_minor();
    sums["fees"] += day.fees_net_minor();
    sums["cores"] += day.cores_net_minor();
    sums["discount"] += day.discount_minor();
    sums["tax"] += day.tax_minor();
    sums["total"] += day.total_minor();
  }

  absl::Status WriteStock(const std::string& location_id) {
    Sums rows;
    inv::ListStockRequest list;
    list.set_location_id(location_id);
    do {
      ASSIGN_OR_RETURN(const auto page, session_.Call(*inventory_, &Inventory::ListStock, list));
      for (const inv::StockLevel& level : page.levels()) {
        inv::GetPartRequest get;
        get.set_part_id(level.part_id());
        ASSIGN_OR_RETURN(const auto part, session_.Call(*inventory_, &Inventory::GetPart, get));
        auto& sums = rows["stock of " + part.part().number()];
        sums["on hand"] += level.on_hand_milli();
        sums["reserved"] += level.reserved_milli();
        sums["on order"] += level.on_order_milli();
        sums["received"] += level.received_milli();
        sums["issued"] += level.issued_milli();
        sums["value"] += level.value_e4();
      }
      list.set_page_token(page.next_page_token());
    } while (!list.page_token().empty());
    Lines(rows);
    return absl::OkStatus();
  }

  absl::Status WriteProfiles() {
    Sums rows;
    for (const std::string& customer_id : customer_ids_) {
      cv::GetCustomerRequest get;
      get.set_customer_id(customer_id);
      ASSIGN_OR_RETURN(const auto answer, session_.Call(*people_, &People::GetCustomer, get));
      auto& sums = rows["profile of " + answer.customer().personal().family_name()];
      const cv::Profile& profile = answer.customer().profile();
      sums["visits"] += profile.visits();
      for (const auto& money : profile.spend()) sums[money.currency()] += money.amount_minor();
    }
    Line("customers");
    Lines(rows);
    return absl::OkStatus();
  }

  absl::Status WriteHistories() {
    Sums rows;
    for (const std::string& vehicle_id : vehicle_ids_) {
      cv::GetVehicleRequest get;
      get.set_vehicle_id(vehicle_id);
      ASSIGN_OR_RETURN(const auto answer, session_.Call(*people_, &People::GetVehicle, get));
      cv::ListServiceHistoryRequest list;
      list.set_vehicle_id(vehicle_id);
      list.set_page_size(200);
      ASSIGN_OR_RETURN(const auto history,
                       session_.Call(*people_, &People::ListServiceHistory, list));
      for (const cv::ServiceEntry& entry : history.entries()) {
        auto& sums =
            rows[absl::StrCat("history of ", answer.vehicle().plate().number(), " ",
                              entry.ticket_number(), " ", absl::StrJoin(entry.jobs(), " and "))];
        sums["odometer"] += entry.odometer();
        for (const cv::ServiceEntryLine& line : entry.lines()) {
          sums[line.kind() + " hours"] += line.hours_centi();
          sums[line.kind() + " quantity"] += line.quantity_milli();
        }
      }
    }
    Line("vehicles");
    Lines(rows);
    return absl::OkStatus();
  }

  tools::Session& session_;
  const std::unique_ptr<Inventory> inventory_;
  const std::unique_ptr<People> people_;
  const std::unique_ptr<Reports> reports_;
  const std::unique_ptr<Tickets> tickets_;
  std::string text_;
  std::set<std::string> days_;  // of the location that is being written
  std::set<std::string> customer_ids_;
  std::set<std::string> vehicle_ids_;
};

}  // namespace

absl::StatusOr<std::string> EndState(tools::Session& session) { return Summary(session).Write(); }

}  // namespace pitlane::e2e
