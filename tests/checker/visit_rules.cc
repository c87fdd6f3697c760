#include "tests/checker/visit_rules.h"

#include "absl/strings/str_cat.h"

namespace pitlane::checker {

namespace cv = customer_vehicle::v1;

void VisitRules::On(const Place& place, const cv::CustomerVehicleEvent& event) {
  const Occurrence at{place, event.meta()};
  if (event.has_service_recorded()) On(at, event.service_recorded());
  if (event.has_visit_counted()) On(at, event.visit_counted());
  if (event.has_profile_updated()) On(at, event.profile_updated());
  if (event.has_return_counted()) On(at, event.return_counted());
}

void VisitRules::On(const Occurrence& at, const cv::ServiceRecorded& recorded) {
  const cv::ServiceEntry& entry = recorded.entry();
  const bool is_new =
      entries_
          .emplace(Pair{entry.vehicle_id(), entry.ticket_id()},
                   Entry{at.place, entry.ticket_number(), entry.location_id(), entry.lines_size()})
          .second;
  report_.Expect("history-twice", is_new, [&] {
    return at.Says(entry.ticket_id(),
                   absl::StrCat("is in the history of ", entry.vehicle_id(), " already"));
  });
}

void VisitRules::On(const Occurrence& at, const cv::VisitCounted& counted) {
  const bool is_new =
      visits_
          .emplace(Pair{counted.customer_id(), counted.ticket_id()},
                   Visit{at.place, counted.total().amount_minor(), counted.total().currency()})
          .second;
  report_.Expect("visit-twice", is_new, [&] {
    return at.Says(counted.ticket_id(),
                   absl::StrCat("was a visit of ", counted.customer_id(), " already"));
  });
  Customer& customer = customers_[counted.customer_id()];
  ++customer.visits;
  customer.spend[counted.total().currency()] += counted.total().amount_minor();
}

void VisitRules::On(const Occurrence& at, const cv::ReturnCounted& counted) {
  const auto visit = visits_.find(Pair{counted.customer_id(), counted.ticket_id()});
  const bool holds = visit != visits_.end() && memos_.insert(counted.credit_memo_id()).second;
  report_.Expect("visit-twice", holds, [&] {
    return at.Says(counted.credit_memo_id(), "was counted before, or before its visit");
  });
  if (visit != visits_.end()) visit->second.returned_minor += counted.total().amount_minor();
  Customer& customer = customers_[counted.customer_id()];
  ++customer.returns;
  customer.spend[counted.total().currency()] -= counted.total().amount_minor();
}

void VisitRules::On(const Occurrence& at, const cv::ProfileUpdated& updated) {
  Customer& customer = customers_[updated.customer_id()];
  std::map<std::string, int64_t> spend;
  for (const common::v1::Money& sum : updated.profile().spend()) {
    spend[sum.currency()] += sum.amount_minor();
  }
  const bool holds = updated.profile().visits() == customer.visits && spend == customer.spend &&
                     ++customer.profiles == customer.visits + customer.returns &&
                     visits_.contains(Pair{updated.customer_id(), updated.ticket_id()});
  report_.Expect("profile", holds, [&] {
    return at.Says(updated.customer_id(), absl::StrCat(customer.visits, " visits; the profile is ",
                                                       updated.profile().ShortDebugString()));
  });
}

void VisitRules::End(const TicketRules& tickets, const Progress& progress) {
  for (const auto& [ticket_id, ticket] : tickets.all()) {
    if (ticket.closed.position == 0) continue;
    if (ticket.vehicle_id.empty() && ticket.customer_id.empty()) continue;
    if (!progress.HasApplied("customer_vehicle", ticket.closed, report_)) continue;
    const auto says = [&, &id = ticket_id, &facts = ticket](std::string text) {
      return Fault{facts.closed.text(), id, std::move(text)};
    };
    if (!ticket.vehicle_id.empty()) {
      const auto entry = entries_.find(Pair{ticket.vehicle_id, ticket_id});
      report_.Expect("history-missing",
                     entry != entries_.end() && entry->second.lines == ticket.work &&
                         entry->second.ticket_number == ticket.number &&
                         entry->second.location_id == ticket.location_id,
                     [&] { return says("is not in the history of its vehicle as it was done"); });
    }
    if (!ticket.customer_id.empty()) {
      const auto visit = visits_.find(Pair{ticket.customer_id, ticket_id});
      report_.Expect("visit-missing",
                     visit != visits_.end() && visit->second.total_minor == ticket.total_minor &&
                         visit->second.currency == ticket.currency,
                     [&] { return says("is no visit of its customer, or one for another sum"); });
      if (!progress.HasApplied("customer_vehicle", ticket.CountedAt(), report_)) continue;
      report_.Expect(
          "visit-missing",
          visit == visits_.end() || visit->second.returned_minor == ticket.credited_minor,
          [&] { return says("was taken back for another sum than its customer's profile says"); });
    }
  }
  for (const auto& [pair, entry] : entries_) {
    const TicketFacts* ticket = tickets.Find(pair.second);
    report_.Expect(
        "history-invented",
        ticket != nullptr && ticket->closed.position > 0 && ticket->vehicle_id == pair.first,
        [&, &pair = pair, &entry = entry] {
          return Fault{entry.place.text(), pair.second, "was never closed"};
        });
  }
  for (const auto& [pair, visit] : visits_) {
    const TicketFacts* ticket = tickets.Find(pair.second);
    report_.Expect(
        "visit-invented",
        ticket != nullptr && ticket->closed.position > 0 && ticket->customer_id == pair.first,
        [&, &pair = pair, &visit = visit] {
          return Fault{visit.place.text(), pair.second, "was never closed"};
        });
  }
  for (const auto& [id, customer] : customers_) {
    report_.Expect("profile", customer.profiles == customer.visits + customer.returns,
                   [&, &id = id, &customer = customer] {
                     return Fault{"customer_vehicle", id,
                                  absl::StrCat(customer.visits, " visits and ", customer.profiles,
                                               " updates of the profile")};
                   });
  }
}

}  // namespace pitlane::checker
