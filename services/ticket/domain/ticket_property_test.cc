// Whatever commands come in whatever order, done or refused: amounts are conserved, nothing is
// negative, and the events give the same ticket again.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <functional>
#include <vector>

#include "services/ticket/domain/calculation.h"
#include "services/ticket/domain/consent_rules.h"
#include "services/ticket/domain/estimate_form.h"
#include "services/ticket/domain/testing_tickets.h"

namespace pitlane::ticket {
namespace {

using Step = std::function<void(TestedTicket&)>;

// Of the whole range from the first case on; RapidCheck's own begins with small ones.
int64_t Any(int64_t low, int64_t high) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<int64_t>(low, high));
}

// Done if it may be done.
template <class Command>
Step Maybe(Command command) {
  return [command](TestedTicket& ticket) {
    if (ticket.Try(command).ok()) ticket.Do(command);
  };
}

DiscountLine AnyLineDiscount(int line) {
  DiscountLine command;
  command.set_ticket_id(kTestTicket);
  command.set_line_id(TestLine(line));
  command.mutable_discount()->set_amount_minor(Any(0, 8000));
  command.mutable_discount()->set_rate_ppm(Any(0, 1000001));
  return command;
}

DiscountTicket AnyTicketDiscount() {
  DiscountTicket command;
  command.set_ticket_id(kTestTicket);
  command.mutable_discount()->set_amount_minor(Any(0, 30000));
  return command;
}

RemoveLine Remove(int line) {
  RemoveLine command;
  command.set_ticket_id(kTestTicket);
  command.set_line_id(TestLine(line));
  return command;
}

Step AnyLineStep(int job, int line) {
  const int64_t price = Any(0, 40000);
  switch (Any(0, 6)) {
    case 0:
      return Maybe(TestLabour(job, line, static_cast<int32_t>(Any(1, 800))));
    case 1:
      return Maybe(TestAddPart(job, line, price, Any(1, 5000), Any(0, 2) * 4500));
    case 2:
      return Maybe(TestFee(*rc::gen::arbitrary<bool>() ? job : 0, line, price));
    case 3:
      return Maybe(AnyLineDiscount(line));
    case 4:
      return Maybe(AnyTicketDiscount());
    default:
      return Maybe(Remove(line));
  }
}

Step AnyJobStep(int job) {
  switch (Any(0, 12)) {
    case 0:
      return Maybe(TestDecline(job));
    case 1:
      return Maybe(TestDefer(job));
    case 2:
      return Maybe(TestSchedule(job));
    case 3:
      return Maybe(TestStart(job));
    case 4:
      return Maybe(TestHold(job, *rc::gen::element(v1::HOLD_KIND_PARTS, v1::HOLD_KIND_CUSTOMER,
                                                   v1::HOLD_KIND_SUBLET, v1::HOLD_KIND_OTHER)));
    case 5:
      return Maybe(TestResume(job));
    case 6:
      return Maybe(TestComplete(job));
    case 7:
      return Maybe(TestCheckQuality(job));
    case 8:
      return Maybe(TestCancelJob(job));
    case 9:
      return Maybe(TestAddJob(job));
    default:
      return Maybe(TestAuthorize(job));
  }
}

Step AnyDocumentStep() {
  switch (Any(0, 16)) {
    case 0:
      return Maybe(TestVoid());
    case 1:
      return Maybe(TestCancelEstimate());
    case 2:
      return Maybe(TestExpireEstimate());
    case 3:
      return Maybe(TestConvert(v1::TICKET_KIND_COUNTER_SALE));
    case 4: {
      const int days = static_cast<int>(Any(1, 20));
      return [days](TestedTicket& ticket) { ticket.Wait(days); };
    }
    case 5:
    case 6:
    case 7:
    case 8:
      return Maybe(TestPresent());
    default:
      return Maybe(TestInvoice());
  }
}

Step AnyStep() {
  const int job = static_cast<int>(Any(1, 4));
  const int64_t choice = Any(0, 10);
  if (choice < 4) return AnyLineStep(job, static_cast<int>(Any(1, 12)));
  return choice < 9 ? AnyJobStep(job) : AnyDocumentStep();
}

v1::Location AnyLocation() {
  v1::Location location = TestLocation();
  if (*rc::gen::arbitrary<bool>()) location.mutable_overage()->set_rate_ppm(100000);
  return location;
}

void CheckAmounts(const v1::LineAmounts& amounts, int64_t& total) {
  RC_ASSERT(amounts.net_minor() >= 0);
  RC_ASSERT(amounts.tax_minor() >= 0);
  RC_ASSERT(amounts.gross_minor() - amounts.line_discount_minor() -
                amounts.ticket_discount_minor() ==
            amounts.net_minor());
  int64_t taxes = 0;
  for (const v1::TaxAmount& tax : amounts.taxes()) taxes += tax.tax_minor();
  RC_ASSERT(taxes == amounts.tax_minor());
  total += amounts.net_minor() + amounts.tax_minor();
}

void CheckConserved(const v1::Ticket& ticket) {
  int64_t total = 0;
  for (const v1::Job& job : ticket.jobs()) {
    for (const v1::Line& line : job.lines()) CheckAmounts(line.amounts(), total);
  }
  for (const v1::Line& line : ticket.lines()) CheckAmounts(line.amounts(), total);
  RC_ASSERT(total == ticket.totals().total_minor());
  RC_ASSERT(ticket.totals().total_minor() >= 0);
  RC_ASSERT(ticket.agreed_including_tax_minor() >= ticket.agreed_excluding_tax_minor());
  RC_ASSERT(ticket.agreed_excluding_tax_minor() >= 0);
}

void CheckRebuilt(const TestedTicket& ticket) {
  v1::TicketState rebuilt;
  for (const v1::TicketEvent& event : ticket.events()) TicketAggregate::Apply(rebuilt, event);
  RC_ASSERT(rebuilt.SerializeAsString() == ticket.state().SerializeAsString());
}

// Every version is what its hash says, and hangs on the one before.
void CheckEstimates(const TestedTicket& ticket) {
  std::string previous;
  int number = 0;
  for (const v1::TicketEvent& event : ticket.events()) {
    if (!event.has_estimate_presented()) continue;
    const v1::EstimateVersion& estimate = event.estimate_presented().estimate();
    RC_ASSERT(estimate.number() == ++number);
    RC_ASSERT(estimate.previous_sha256() == previous);
    RC_ASSERT(EstimateHash(estimate) == estimate.sha256());
    previous = estimate.sha256();
  }
}

// Handbook 2.5: no invoice above the ceiling.
void CheckCeiling(const TestedTicket& ticket, const v1::Location& location) {
  const v1::Ticket& invoiced = ticket.ticket();
  if (invoiced.stage() != v1::DOCUMENT_STAGE_INVOICED &&
      !(invoiced.stage() == v1::DOCUMENT_STAGE_CLOSED && invoiced.has_invoiced_at())) {
    return;
  }
  const auto ceiling = OverageCeiling(location.overage(), invoiced.agreed_including_tax_minor());
  RC_ASSERT(ceiling.ok());
  RC_ASSERT(invoiced.totals().total_minor() <= *ceiling);
}

RC_GTEST_PROP(TicketProperty, AnySequenceOfCommandsConservesAmountsAndReplays, ()) {
  const v1::Location location = AnyLocation();
  TestedTicket ticket(location);
  ticket.Do(TestOpen(*rc::gen::element(v1::TICKET_KIND_REPAIR_ORDER, v1::TICKET_KIND_REPAIR_ORDER,
                                       v1::TICKET_KIND_COUNTER_SALE, v1::TICKET_KIND_QUOTE)));
  for (int job = 1; job < 4; ++job) ticket.Do(TestAddJob(job));
  const int64_t steps = Any(0, 100);
  for (int64_t step = 0; step < steps; ++step) {
    AnyStep()(ticket);
    CheckConserved(ticket.ticket());
  }
  CheckRebuilt(ticket);
  CheckEstimates(ticket);
  CheckCeiling(ticket, location);
  RC_TAG(v1::DocumentStage_Name(ticket.ticket().stage()));
}

}  // namespace
}  // namespace pitlane::ticket
