#include "services/ticket/projections/declined_work.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "pitlane/ticket/v1/state.pb.h"
#include "services/ticket/domain/calculation.h"

namespace pitlane::ticket {
namespace {

// Parts of a key end with a zero byte, which no id or day contains.
template <class... Parts>
std::string Key(const Parts&... parts) {
  std::string key;
  ((key.append(parts), key.push_back('\0')), ...);
  return key;
}

std::string RowsOf(std::string_view vehicle_id) { return Key("v", vehicle_id); }

std::string RowKey(const v1::DeclinedWork& work) {
  return RowsOf(work.vehicle_id()) + Key(work.decided_on(), work.ticket_id(), work.job().job_id());
}

std::string PlaceKey(std::string_view ticket_id, std::string_view job_id) {
  return Key("j", ticket_id, job_id);
}

std::string TakerKey(std::string_view ticket_id) { return Key("t", ticket_id); }

void Remove(std::string_view ticket_id, std::string_view job_id, runtime::ViewWriter& rows) {
  const std::string place = PlaceKey(ticket_id, job_id);
  const std::optional<std::string> row = rows.Get(place);
  if (!row.has_value()) return;
  rows.Delete(*row);
  rows.Delete(place);
}

// Every open row of a vehicle.
std::vector<v1::DeclinedWork> All(std::string_view vehicle_id, runtime::ViewWriter& rows) {
  std::vector<v1::DeclinedWork> all;
  journal::ScanOptions options{.prefix = RowsOf(vehicle_id)};
  do {
    journal::ScanPage page = rows.Scan(options);
    for (const journal::Row& row : page.rows) {
      if (auto work = rows.GetMessage<v1::DeclinedWork>(row.key)) all.push_back(*std::move(work));
    }
    options.after = std::move(page.resume);
  } while (options.after.has_value());
  return all;
}

// What has another answer now, whoever asked.
void RemoveOperations(std::string_view vehicle_id, const std::set<std::string>& codes,
                      runtime::ViewWriter& rows) {
  if (codes.empty()) return;
  for (const v1::DeclinedWork& work : All(vehicle_id, rows)) {
    const bool same =
        std::any_of(work.operation_codes().begin(), work.operation_codes().end(),
                    [&codes](const std::string& code) { return codes.contains(code); });
    if (same) Remove(work.ticket_id(), work.job().job_id(), rows);
  }
}

void SetTaker(const v1::WorkRef& from, const std::string& taker, runtime::ViewWriter& rows) {
  const std::optional<std::string> row = rows.Get(PlaceKey(from.ticket_id(), from.job_id()));
  if (!row.has_value()) return;
  auto work = rows.GetMessage<v1::DeclinedWork>(*row);
  if (!work.has_value()) return;
  work->set_taken_up_by_ticket_id(taker);
  rows.Put(*row, *work);
}

// What a ticket has taken up, if anything.
v1::TakenUpRow TakenUpBy(std::string_view ticket_id, runtime::ViewWriter& rows) {
  return rows.GetMessage<v1::TakenUpRow>(TakerKey(ticket_id)).value_or(v1::TakenUpRow());
}

void Keep(const v1::DeclinedWork& work, runtime::ViewWriter& rows) {
  if (work.vehicle_id().empty()) return;
  Remove(work.ticket_id(), work.job().job_id(), rows);
  const auto& codes = work.operation_codes();
  RemoveOperations(work.vehicle_id(), {codes.begin(), codes.end()}, rows);
  // Turned down again: this is the latest of it.
  const v1::WorkRef& from = work.job().taken_up_from();
  if (!from.ticket_id().empty()) Remove(from.ticket_id(), from.job_id(), rows);
  rows.Put(RowKey(work), work);
  rows.Put(PlaceKey(work.ticket_id(), work.job().job_id()), std::string_view(RowKey(work)));
}

void TakeUp(const std::string& ticket_id, const v1::Job& job, runtime::ViewWriter& rows) {
  if (!job.has_taken_up_from()) return;
  v1::TakenUpRow taken = TakenUpBy(ticket_id, rows);
  (*taken.mutable_jobs())[job.job_id()] = job.taken_up_from();
  rows.Put(TakerKey(ticket_id), taken);
  SetTaker(job.taken_up_from(), ticket_id, rows);
}

// A ticket came to nothing: what it had taken up can be offered elsewhere again.
void GiveBack(const std::string& ticket_id, runtime::ViewWriter& rows) {
  const v1::TakenUpRow taken = TakenUpBy(ticket_id, rows);
  if (taken.jobs().empty()) return;
  for (const auto& [job_id, from] : taken.jobs()) SetTaker(from, "", rows);
  rows.Delete(TakerKey(ticket_id));
}

void GiveBackJob(const std::string& ticket_id, const std::string& job_id,
                 runtime::ViewWriter& rows) {
  v1::TakenUpRow taken = TakenUpBy(ticket_id, rows);
  const auto found = taken.jobs().find(job_id);
  if (found == taken.jobs().end()) return;
  SetTaker(found->second, "", rows);
  taken.mutable_jobs()->erase(job_id);
  rows.Put(TakerKey(ticket_id), taken);
}

void Sell(const v1::Ticket& ticket, runtime::ViewWriter& rows) {
  std::set<std::string> codes;
  for (const v1::Job& job : ticket.jobs()) {
    if (!IsAuthorized(job.status())) continue;
    const v1::WorkRef& from = job.taken_up_from();
    if (!from.ticket_id().empty()) Remove(from.ticket_id(), from.job_id(), rows);
    for (const v1::Line& line : job.lines()) {
      if (!line.operation_code().empty()) codes.insert(line.operation_code());
    }
  }
  if (!ticket.vehicle_id().empty()) RemoveOperations(ticket.vehicle_id(), codes, rows);
  // What was offered again and not agreed to waits for the next visit.
  GiveBack(ticket.ticket_id(), rows);
}

}  // namespace

void DeclinedWorkView::On(const v1::TicketEvent& event, runtime::ViewWriter& rows) {
  const std::string& stream = event.meta().stream_id();
  if (event.has_job_declined()) Keep(event.job_declined().work(), rows);
  if (event.has_job_deferred()) Keep(event.job_deferred().work(), rows);
  if (event.has_job_authorized()) Remove(stream, event.job_authorized().job_id(), rows);
  if (event.has_job_added()) TakeUp(stream, event.job_added().job(), rows);
  if (event.has_job_cancelled()) GiveBackJob(stream, event.job_cancelled().job_id(), rows);
  if (event.has_ticket_invoiced()) Sell(event.ticket_invoiced().ticket(), rows);
  const bool unsold =
      event.has_ticket_voided() || event.has_estimate_cancelled() || event.has_estimate_expired();
  if (unsold) GiveBack(stream, rows);
  if (!event.has_vehicle_changed_hands()) return;
  for (const v1::DeclinedWork& work : All(event.vehicle_changed_hands().vehicle_id(), rows)) {
    Remove(work.ticket_id(), work.job().job_id(), rows);
  }
}

absl::StatusOr<DeclinedPage> DeclinedWorkView::Of(runtime::ViewReader& views,
                                                  std::string_view vehicle_id, size_t limit,
                                                  std::optional<std::string> after) {
  DeclinedPage page;
  journal::ScanOptions options{.prefix = RowsOf(vehicle_id), .after = std::move(after)};
  std::string last;
  bool damaged = false;
  // One more than the page, to know whether there is a next one.
  RETURN_IF_ERROR(views.ForEach(kView, options, [&](std::string_view key, std::string_view value) {
    if (page.work.size() == limit) {
      page.resume = last;
      return false;
    }
    last = std::string(key);
    damaged =
        !page.work.emplace_back().ParseFromArray(value.data(), static_cast<int>(value.size()));
    return !damaged;
  }));
  if (!damaged) return page;
  return absl::DataLossError(
      absl::StrCat("a row of the view ", ToAbsl(kView), " does not decode; rebuild it"));
}

}  // namespace pitlane::ticket
