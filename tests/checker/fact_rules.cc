#include "tests/checker/fact_rules.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace pitlane::checker {
namespace {

std::string NameOf(const std::string& id) { return id; }
std::string NameOf(const TicketLine& line) { return absl::StrCat(line.first, " ", line.second); }

// Facts and what they are of, each of the other.
template <class Origins, class Recorded, class Same>
void Compare(const Origins& origins, const Recorded& recorded, const Progress& progress,
             Report& report, Same same) {
  for (const auto& [id, origin] : origins) {
    if (!progress.HasApplied("reporting", origin.place, report)) continue;
    const auto fact = recorded.find(id);
    report.Expect("fact-missing", fact != recorded.end() && same(origin, fact->second),
                  [&, &id = id, &origin = origin] {
                    return Fault{origin.place.text(), NameOf(id),
                                 "is not in the reports, or with other figures"};
                  });
  }
  for (const auto& [id, fact] : recorded) {
    report.Expect("fact-invented", origins.contains(id), [&, &id = id, &fact = fact] {
      return Fault{fact.place.text(), NameOf(id), "is in the reports and never happened"};
    });
  }
}

}  // namespace

void FactRules::On(const Place& place, const reporting::v1::ReportingEvent& event) {
  const Occurrence at{place, event.meta()};
  const auto once = [&](bool is_new, const std::string& id) {
    report_.Expect("fact-twice", is_new, [&] { return at.Says(id, "was recorded before"); });
  };
  if (event.has_sale_recorded()) {
    const reporting::v1::SaleRecorded& sale = event.sale_recorded();
    once(sales_
             .emplace(sale.ticket_id(), Sale{place, sale.totals().SerializeAsString(),
                                             sale.business_date(), sale.lines_size()})
             .second,
         sale.ticket_id());
    int64_t sum = 0;
    for (const reporting::v1::SaleLine& line : sale.lines()) {
      sum += line.net_minor() + line.tax_minor();
    }
    report_.Expect("fact-sum", sum == sale.totals().total_minor(), [&] {
      return at.Says(sale.ticket_id(), absl::StrCat("its lines sum up to ", sum, ", its total is ",
                                                    sale.totals().total_minor()));
    });
  }
  if (event.has_tender_recorded()) {
    const auto& fact = event.tender_recorded();
    once(tenders_
             .emplace(fact.payment_id(), Amount{place, fact.applied_minor(), fact.captured_minor()})
             .second,
         fact.payment_id());
  }
  if (event.has_refund_recorded()) {
    const auto& fact = event.refund_recorded();
    once(refunds_.emplace(fact.refund_id(), Amount{place, fact.refunded_minor(), 0}).second,
         fact.refund_id());
  }
  if (event.has_parts_issue_recorded()) {
    const auto& fact = event.parts_issue_recorded();
    const TicketLine line{fact.ticket_id(), fact.line_id()};
    once(issues_.emplace(line, Amount{place, fact.quantity_milli(), fact.cost_e4()}).second,
         NameOf(line));
  }
  if (event.has_credit_recorded()) {
    const reporting::v1::CreditRecorded& credit = event.credit_recorded();
    once(credits_
             .emplace(credit.credit_memo_id(), Sale{place, credit.totals().SerializeAsString(),
                                                    credit.business_date(), credit.lines_size()})
             .second,
         credit.credit_memo_id());
  }
  if (event.has_parts_return_recorded()) {
    const auto& fact = event.parts_return_recorded();
    const std::string key = absl::StrCat(fact.credit_memo_id(), "/", fact.line_id(), "/",
                                         ticket::v1::Disposition_Name(fact.disposition()));
    once(returns_.emplace(key, Amount{place, fact.quantity_milli(), fact.cost_e4()}).second, key);
  }
}

void FactRules::CheckCredits(const TicketRules& tickets, const Progress& progress) {
  size_t known = 0;
  for (const auto& [ticket_id, ticket] : tickets.all()) {
    if (ticket.closed.position == 0 || ticket.credits.empty()) continue;
    if (!progress.HasApplied("reporting", ticket.CountedAt(), report_)) return;
    for (const auto& [memo_id, memo] : ticket.credits) {
      const auto credit = credits_.find(memo_id);
      const bool holds = credit != credits_.end() && credit->second.totals == memo.totals &&
                         credit->second.business_date == memo.business_date &&
                         credit->second.lines == memo.lines;
      known += credit != credits_.end() ? 1 : 0;
      report_.Expect("fact-missing", holds, [&, &memo_id = memo_id, &memo = memo] {
        return Fault{memo.place.text(), memo_id, "is not in the reports, or with other figures"};
      });
    }
  }
  report_.Expect("fact-invented", known == credits_.size(), [&] {
    return Fault{"reporting", "credits", "some are in the reports and never happened"};
  });
}

void FactRules::End(const TicketRules& tickets, const StockRules& stock, const MoneyRules& money,
                    const Progress& progress) {
  for (const auto& [ticket_id, ticket] : tickets.all()) {
    if (ticket.closed.position == 0) continue;
    if (!progress.HasApplied("reporting", ticket.closed, report_)) continue;
    const auto sale = sales_.find(ticket_id);
    report_.Expect(
        "fact-missing",
        sale != sales_.end() && sale->second.totals == ticket.totals &&
            sale->second.lines == ticket.lines &&
            sale->second.business_date == ticket.business_date,
        [&, &id = ticket_id, &facts = ticket] {
          return Fault{facts.closed.text(), id, "is not in the reports, or with other figures"};
        });
  }
  for (const auto& [ticket_id, sale] : sales_) {
    const TicketFacts* ticket = tickets.Find(ticket_id);
    report_.Expect("fact-invented", ticket != nullptr && ticket->closed.position > 0,
                   [&, &id = ticket_id, &sale = sale] {
                     return Fault{sale.place.text(), id, "is in the reports and never happened"};
                   });
  }
  Compare(money.captures(), tenders_, progress, report_,
          [](const Captured& captured, const Amount& fact) {
            return captured.applied_minor == fact.amount && captured.captured_minor == fact.second;
          });
  Compare(money.refunds(), refunds_, progress, report_,
          [](const Refunded& refunded, const Amount& fact) {
            return refunded.refunded_minor == fact.amount;
          });
  CheckCredits(tickets, progress);
  Compare(stock.returns(), returns_, progress, report_, [](const Return& back, const Amount& fact) {
    return back.quantity_milli == fact.amount && back.cost_e4 == fact.second;
  });
  Compare(stock.issues(), issues_, progress, report_, [](const Issue& issue, const Amount& fact) {
    return issue.quantity_milli == fact.amount && issue.cost_e4 == fact.second;
  });
}

}  // namespace pitlane::checker
