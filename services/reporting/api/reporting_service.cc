#include "services/reporting/api/reporting_service.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/paging.h"
#include "services/reporting/domain/ticket_facts.h"
#include "services/reporting/projections/figure_sources.h"
#include "services/reporting/projections/figures.h"

namespace pitlane::reporting {
namespace {

using runtime::ReadContext;

constexpr int kMaxDays = 3660;

absl::StatusOr<absl::CivilDay> ParseDate(const char* field, const std::string& text) {
  absl::CivilDay day;
  if (text.size() != 10 || !absl::ParseCivilTime(text, &day)) {
    return rpc::Invalid(field, absl::StrCat(field, " must be a date, YYYY-MM-DD"));
  }
  return day;
}

// Rows of a range: from the first day's key up to, not including, the day behind the last.
absl::StatusOr<journal::ScanOptions> RangeOf(const std::string& location_id,
                                             const v1::ReportRange& range) {
  if (absl::Status id = LocationId::Parse(location_id).status(); !id.ok()) {
    return rpc::Invalid("location_id", ToStd(id.message()));
  }
  ASSIGN_OR_RETURN(const absl::CivilDay from, ParseDate("range.from_date", range.from_date()));
  ASSIGN_OR_RETURN(const absl::CivilDay to, ParseDate("range.to_date", range.to_date()));
  if (to < from) {
    return rpc::Invalid("range.to_date", "range.to_date must not be before range.from_date");
  }
  if (to - from >= kMaxDays) {
    return rpc::Invalid("range.to_date",
                        absl::StrCat("ask for at most ", kMaxDays, " days at a time"));
  }
  journal::ScanOptions options;
  options.from = absl::StrCat(location_id, "/", absl::FormatCivilTime(from));
  options.to = absl::StrCat(location_id, "/", absl::FormatCivilTime(to + 1));
  return options;
}

// One page of a report. `add_row` gives the response's next row to fill.
template <class Request, class Response, class AddRow>
absl::Status ReadRows(ReadContext& read, std::string_view view, const Request& request,
                      Response* response, AddRow add_row) {
  ASSIGN_OR_RETURN(journal::ScanOptions options, RangeOf(request.location_id(), request.range()));
  ASSIGN_OR_RETURN(rpc::PageRequest page, rpc::ParsePage(request, 500, 1000));
  options.limit = page.limit;
  options.after = std::move(page.after);
  ASSIGN_OR_RETURN(const journal::ScanPage rows, read.views().Scan(view, options));
  for (const journal::Row& row : rows.rows) {
    if (!add_row(response)->ParseFromString(row.value)) {
      return absl::DataLossError(absl::StrCat("row ", row.key, " of ", ToAbsl(view),
                                              " does not decode; rebuild the view"));
    }
  }
  response->set_next_page_token(rpc::PageToken(request, rows.resume));
  return absl::OkStatus();
}

absl::Status ReadTicketFacts(ReadContext& read, const v1::GetTicketFactsRequest& request,
                             v1::GetTicketFactsResponse* response) {
  if (absl::Status id = TicketId::Parse(request.ticket_id()).status(); !id.ok()) {
    return rpc::Invalid("ticket_id", ToStd(id.message()));
  }
  auto facts = read.Get<TicketFacts>(request.ticket_id());
  if (absl::IsNotFound(facts.status())) {
    return rpc::NotFound(v1::SALE_UNKNOWN,
                         absl::StrCat("nothing is recorded of ", request.ticket_id()));
  }
  RETURN_IF_ERROR(facts.status());
  const v1::TicketFactsState& state = facts->state;
  response->set_sales(state.sales());
  response->set_total_minor(state.total_minor());
  response->set_applied_minor(state.applied_minor());
  response->set_refunded_minor(state.refunded_minor());
  response->set_sold_milli(state.sold_milli());
  response->set_issued_milli(state.issued_milli());
  response->set_currency(state.currency());
  response->set_business_date(state.business_date());
  response->set_credits(state.credit_memo_ids_size());
  response->set_credited_minor(state.credited_minor());
  response->set_returned_milli(state.returned_milli());
  return absl::OkStatus();
}

absl::Status ReadSources(ReadContext& read, const v1::ListFigureSourcesRequest& request,
                         v1::ListFigureSourcesResponse* response) {
  if (absl::Status id = LocationId::Parse(request.location_id()).status(); !id.ok()) {
    return rpc::Invalid("location_id", ToStd(id.message()));
  }
  ASSIGN_OR_RETURN(rpc::PageRequest page, rpc::ParsePage(request, 100, 500));
  journal::ScanOptions options;
  options.prefix =
      FigureSourcesPrefix(absl::StrCat(request.location_id(), "/", request.figure_id()));
  options.limit = page.limit;
  options.after = std::move(page.after);
  ASSIGN_OR_RETURN(const journal::ScanPage rows, read.views().Scan(kFigureSourcesView, options));
  if (rows.rows.empty() && request.page_token().empty()) {
    return rpc::NotFound(v1::FIGURE_UNKNOWN,
                         absl::StrCat("there is no figure ", request.figure_id(),
                                      "; send the figure_id of a report's row"));
  }
  for (const journal::Row& row : rows.rows) {
    if (!response->add_sources()->ParseFromString(row.value)) {
      return absl::DataLossError("a figure's source does not decode; rebuild figure_sources");
    }
  }
  response->set_next_page_token(rpc::PageToken(request, rows.resume));
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* ReportingServiceApi::GetDailySales(
    grpc::CallbackServerContext* context, const v1::GetDailySalesRequest* request,
    v1::GetDailySalesResponse* response) {
  return runtime::Read(
      context, env_, request, response, [](ReadContext& read, const auto& req, auto* resp) {
        return ReadRows(read, kDailySalesView, req, resp, [](auto* to) { return to->add_days(); });
      });
}

grpc::ServerUnaryReactor* ReportingServiceApi::GetSalesByCategory(
    grpc::CallbackServerContext* context, const v1::GetSalesByCategoryRequest* request,
    v1::GetSalesByCategoryResponse* response) {
  return runtime::Read(context, env_, request, response,
                       [](ReadContext& read, const auto& req, auto* resp) {
                         return ReadRows(read, kCategorySalesView, req, resp,
                                         [](auto* to) { return to->add_rows(); });
                       });
}

grpc::ServerUnaryReactor* ReportingServiceApi::GetTenders(grpc::CallbackServerContext* context,
                                                          const v1::GetTendersRequest* request,
                                                          v1::GetTendersResponse* response) {
  return runtime::Read(
      context, env_, request, response, [](ReadContext& read, const auto& req, auto* resp) {
        return ReadRows(read, kTenderSumsView, req, resp, [](auto* to) { return to->add_rows(); });
      });
}

grpc::ServerUnaryReactor* ReportingServiceApi::GetPartsUsed(grpc::CallbackServerContext* context,
                                                            const v1::GetPartsUsedRequest* request,
                                                            v1::GetPartsUsedResponse* response) {
  return runtime::Read(
      context, env_, request, response, [](ReadContext& read, const auto& req, auto* resp) {
        return ReadRows(read, kPartsUsedView, req, resp, [](auto* to) { return to->add_rows(); });
      });
}

grpc::ServerUnaryReactor* ReportingServiceApi::GetTechnicianHours(
    grpc::CallbackServerContext* context, const v1::GetTechnicianHoursRequest* request,
    v1::GetTechnicianHoursResponse* response) {
  return runtime::Read(context, env_, request, response,
                       [](ReadContext& read, const auto& req, auto* resp) {
                         return ReadRows(read, kTechnicianHoursView, req, resp,
                                         [](auto* to) { return to->add_rows(); });
                       });
}

grpc::ServerUnaryReactor* ReportingServiceApi::GetTicketFacts(
    grpc::CallbackServerContext* context, const v1::GetTicketFactsRequest* request,
    v1::GetTicketFactsResponse* response) {
  return runtime::Read(context, env_, request, response, ReadTicketFacts);
}

grpc::ServerUnaryReactor* ReportingServiceApi::ListFigureSources(
    grpc::CallbackServerContext* context, const v1::ListFigureSourcesRequest* request,
    v1::ListFigureSourcesResponse* response) {
  return runtime::Read(context, env_, request, response, ReadSources);
}

}  // namespace pitlane::reporting
