// Whatever is credited in whatever order: no line, tax or discount gives back more than was sold,
// and all memos together give back exactly everything once nothing is left.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "libs/money/allocation.h"
#include "services/ticket/domain/testing_credit.h"
#include "services/ticket/domain/ticket_parts.h"

namespace pitlane::ticket {
namespace {

int64_t Any(int64_t low, int64_t high) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<int64_t>(low, high));
}

// Everything that is counted of a line, gross and taxes included.
std::vector<int64_t> Counted(const v1::LineAmounts& amounts, int taxes) {
  std::vector<int64_t> all = {amounts.gross_minor(), amounts.line_discount_minor(),
                              amounts.ticket_discount_minor(), amounts.net_minor(),
                              amounts.tax_minor()};
  for (int i = 0; i < taxes; ++i) {
    all.push_back(i < amounts.taxes_size() ? amounts.taxes(i).tax_minor() : 0);
    all.push_back(i < amounts.taxes_size() ? amounts.taxes(i).base_minor() : 0);
  }
  return all;
}

void Add(const std::vector<int64_t>& more, std::vector<int64_t>& sum) {
  for (size_t i = 0; i < sum.size(); ++i) sum[i] += more[i];
}

// One of the lines of T1 or of what AnyTicket made of it.
int AnyLine() { return *rc::gen::element(1, 2, 3, 4, 5, 505, 901, 902); }

IssueCreditMemo AnyCredit(int memo) {
  std::vector<v1::CreditOrderLine> lines;
  for (int64_t i = Any(1, 4); i > 0; --i) {
    const int line = AnyLine();
    const bool twice = std::any_of(lines.begin(), lines.end(), [line](const auto& other) {
      return other.line_id() == TestLine(line);
    });
    if (twice) continue;
    switch (Any(0, 4)) {
      case 0:
        lines.push_back(CreditLineOf(line));
        break;
      case 1:
        lines.push_back(CreditNet(line, Any(1, 9000)));
        break;
      default:
        lines.push_back(CreditUnits(line, Any(1, 3000)));
        break;
    }
    if (line != 505 || Any(0, 2) == 0) continue;
    lines.back().set_core_condition(v1::CORE_CONDITION_DAMAGED);
    lines.back().set_core_value_minor(Any(0, 4500));
  }
  return TestCredit(memo, lines);
}

// T1 with other quantities, prices and discounts.
TestedTicket AnyTicket() {
  TestedTicket ticket;
  ticket.Do(TestOpen(v1::TICKET_KIND_REPAIR_ORDER))
      .Do(TestAddJob(1))
      .Do(TestLabour(1, 1, static_cast<int32_t>(Any(1, 900))))
      .Do(TestAddPart(1, 2, Any(0, 20000), Any(1, 20000)))
      .Do(TestAddPart(1, 3, Any(1, 20000), Any(1, 20) * 1000))
      .Do(TestLabour(1, 4, static_cast<int32_t>(Any(1, 900))))
      .Do(TestAddPart(1, 5, Any(1, 50000), Any(1, 5) * 1000, Any(1, 9000)));
  DiscountTicket discount;
  discount.set_ticket_id(kTestTicket);
  discount.mutable_discount()->set_amount_minor(Any(0, 10000));
  discount.mutable_discount()->set_reason("coupon");
  if (ticket.Try(discount).ok()) ticket.Do(discount);
  ticket.Do(TestAuthorize(1)).Do(TestStart(1)).Do(TestComplete(1)).Do(TestInvoice());
  return ticket;
}

void CheckNeverMoreThanSold(const TestedTicket& ticket) {
  std::map<std::string, std::vector<int64_t>> given;
  std::map<std::string, int64_t> units;
  int64_t total = 0;
  for (const v1::CreditMemo& memo : ticket.state().credits()) {
    int64_t lines = 0;
    for (const v1::CreditLine& line : memo.lines()) {
      const v1::LineAmounts& sold = FindLine(ticket.ticket(), line.line_id()).line->amounts();
      const auto none = Counted(v1::LineAmounts(), sold.taxes_size());
      std::vector<int64_t>& sum = given.try_emplace(line.line_id(), none).first->second;
      Add(Counted(line.amounts(), sold.taxes_size()), sum);
      Add(Counted(line.withheld(), sold.taxes_size()), sum);
      units[line.line_id()] += line.quantity_milli();
      lines += line.amounts().net_minor() + line.amounts().tax_minor();
      int64_t taxes = 0;
      for (const v1::TaxAmount& tax : line.amounts().taxes()) taxes += tax.tax_minor();
      RC_ASSERT(taxes == line.amounts().tax_minor());
      RC_ASSERT(line.amounts().net_minor() >= 0);
      RC_ASSERT(line.amounts().tax_minor() >= 0);
      RC_ASSERT(line.amounts().gross_minor() - line.amounts().line_discount_minor() -
                    line.amounts().ticket_discount_minor() ==
                line.amounts().net_minor());
    }
    RC_ASSERT(memo.totals().total_minor() == lines);
    total += lines;
  }
  RC_ASSERT(total == ticket.ticket().credited_minor());
  for (const auto& [line_id, sum] : given) {
    const v1::Line& line = *FindLine(ticket.ticket(), line_id).line;
    const std::vector<int64_t> sold = Counted(line.amounts(), line.amounts().taxes_size());
    for (size_t i = 0; i < sum.size(); ++i) RC_ASSERT(sum[i] <= sold[i]);
    RC_ASSERT(units[line_id] <= std::max(line.quantity_milli(), int64_t{0}));
  }
}

RC_GTEST_PROP(CreditMemoProperty, AnySequenceNeverGivesBackMoreAndTheRestIsExact, ()) {
  TestedTicket ticket = AnyTicket();
  const int64_t memos = Any(0, 12);
  for (int memo = 1; memo <= memos; ++memo) {
    const IssueCreditMemo command = AnyCredit(memo);
    if (ticket.Try(command).ok()) ticket.Do(command);
    CheckNeverMoreThanSold(ticket);
  }
  IssueCreditMemo rest = TestCredit(99, {});
  rest.order.set_whole_ticket(true);
  if (ticket.Try(rest).ok()) ticket.Do(rest);
  CheckNeverMoreThanSold(ticket);
  RC_ASSERT(CreditableOf(ticket.state()).empty());
  int64_t withheld = 0;
  for (const v1::CreditMemo& memo : ticket.state().credits()) {
    for (const v1::CreditLine& line : memo.lines()) {
      withheld += line.withheld().net_minor() + line.withheld().tax_minor();
    }
  }
  RC_ASSERT(ticket.ticket().credited_minor() + withheld == ticket.ticket().totals().total_minor());
  // The events give the same ticket again.
  v1::TicketState replayed;
  for (const v1::TicketEvent& event : ticket.events()) TicketAggregate::Apply(replayed, event);
  RC_ASSERT(replayed.SerializeAsString() == ticket.state().SerializeAsString());
}

RC_GTEST_PROP(CreditMemoProperty, UnitsInAnyPortionsComeToTheCumulativeShare, ()) {
  TestedTicket ticket = AnyTicket();
  const v1::Line rotors = *FindLine(ticket.ticket(), TestLine(3)).line;
  int64_t left = rotors.quantity_milli();
  int64_t net = 0;
  int64_t tax = 0;
  for (int memo = 1; left > 0 && memo < 90; ++memo) {
    const int64_t units = std::min(left, Any(1, 4000));
    ticket.Do(TestCredit(memo, {CreditUnits(3, units)}));
    const v1::LineAmounts& given =
        ticket.last_events().front().credit_memo_issued().memo().lines(0).amounts();
    left -= units;
    net += given.net_minor();
    tax += given.tax_minor();
    // Handbook 4.6: round(tax of the line x k/n), however it was cut up.
    const int64_t so_far = rotors.quantity_milli() - left;
    RC_ASSERT(tax ==
              *CumulativeShare(rotors.amounts().tax_minor(), rotors.quantity_milli(), so_far));
    RC_ASSERT(net ==
              *CumulativeShare(rotors.amounts().net_minor(), rotors.quantity_milli(), so_far));
  }
}

}  // namespace
}  // namespace pitlane::ticket
