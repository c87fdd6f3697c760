// What the tests of the ticket domain begin with: a location with the taxes, rates and fees of the
// domain handbook's worked ticket T1, and commands with everything in them that is required.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/ticket/domain/ticket.h"

namespace pitlane::ticket {

inline constexpr char kTestLocation[] = "loc_01JGGZV1C0AFR0000000000001";
inline constexpr char kTestTicket[] = "tkt_01JGGZV1C0AFR0000000000002";
inline constexpr char kTestCustomer[] = "cus_01JGGZV1C0CDE0000000000007";
inline constexpr char kTestVehicle[] = "veh_01JGGZV1C0DEF0000000000008";
inline constexpr char kTestPart[] = "prt_01JGGZV1C0BCD0000000000006";

// "job_…" or "lin_…" number `n`, with the location's slot.
std::string TestJob(int n);
std::string TestLine(int n);

// Labour 145.00/h untaxed; parts, supplies and cores taxed 6.25 % by the state and 2.00 % locally;
// default fees: supplies 6 % of labour and parts, at most 35.00; hazardous waste 4.50, untaxed.
v1::Location TestLocation();
v1::PartPrice TestPrice(int64_t list_price_minor, int64_t core_minor = 0);

// 2026-01-15, an advisor without limits.
Context TestContext(const v1::Location& location);

OpenTicket TestOpen(v1::TicketKind kind);
AddJob TestAddJob(int job);
AddLabourLine TestLabour(int job, int line, int32_t hours_centi);
AddPartLine TestAddPart(int job, int line, int64_t list_price_minor, int64_t quantity_milli = 1000,
                        int64_t core_minor = 0);
AddFeeLine TestFee(int job, int line, int64_t amount_minor);  // job 0: the ticket's own
AuthorizeJob TestAuthorize(int job);
DeclineJob TestDecline(int job);
DeferJob TestDefer(int job);
StartJob TestStart(int job);
CompleteJob TestComplete(int job);
InvoiceTicket TestInvoice();
VoidTicket TestVoid();
PresentEstimate TestPresent();
CancelEstimate TestCancelEstimate();
ExpireEstimate TestExpireEstimate();
ConvertQuote TestConvert(v1::TicketKind kind);
ScheduleJob TestSchedule(int job);
HoldJob TestHold(int job, v1::HoldKind kind = v1::HOLD_KIND_PARTS);
ResumeJob TestResume(int job);
CheckQuality TestCheckQuality(int job);
CancelJob TestCancelJob(int job);

// What the location's menu is, by value; empty: nothing was set up.
struct TestMenu {
  v1::LabourPricing labour;
  v1::PartPricing parts;
  v1::CustomerTerms terms;
  v1::FeeSchedule fees;
  std::map<std::string, v1::Operation> operations;
  std::map<std::string, v1::LabourTimes> times;
};

// A ticket that commands are done to. Each failed command is a failure of the test; `events` is
// everything that happened, so that a state can be built again from it.
class TestedTicket {
 public:
  explicit TestedTicket(v1::Location location = TestLocation());

  // Fails the test when it is refused.
  template <class Command>
  TestedTicket& Do(const Command& command) {
    Record(Decide(state_, command, context()));
    return *this;
  }
  // As if it had been decided.
  TestedTicket& Happen(const v1::TicketEvent& event) {
    Record(Events{event});
    return *this;
  }
  // What would come of it.
  template <class Command>
  absl::StatusOr<Events> Try(const Command& command) const {
    return Decide(state_, command, context());
  }

  // A fact that nobody has to decide.
  TestedTicket& Record(const v1::TicketEvent& event) {
    Record(absl::StatusOr<Events>(Events{event}));
    return *this;
  }

  Context context() const;
  // The commands that follow come so many days later.
  TestedTicket& Wait(int days) {
    days_ += days;
    return *this;
  }
  v1::Location& location() { return location_; }
  TestMenu& menu() { return menu_; }
  const v1::TicketState& state() const { return state_; }
  const v1::Ticket& ticket() const { return state_.ticket(); }
  const Events& events() const { return events_; }
  // Of the last command.
  const Events& last_events() const { return last_events_; }

 private:
  void Record(absl::StatusOr<Events> events);

  v1::Location location_;
  TestMenu menu_;
  int days_ = 0;
  v1::TicketState state_;
  Events events_;
  Events last_events_;
};

// Opened with one job (1) that has a labour line (1) of 1.00 h and a part line (2) at 100.00.
TestedTicket EstimatedTicket(v1::TicketKind kind = v1::TICKET_KIND_REPAIR_ORDER);
TestedTicket EstimatedTicket(v1::TicketKind kind, v1::Location location);
TestedTicket AuthorizedTicket(v1::TicketKind kind = v1::TICKET_KIND_REPAIR_ORDER);
TestedTicket StartedTicket();
TestedTicket CompletedTicket();
TestedTicket InvoicedTicket(v1::TicketKind kind = v1::TICKET_KIND_REPAIR_ORDER);
TestedTicket ClosedTicket();
TestedTicket VoidedTicket();

}  // namespace pitlane::ticket
