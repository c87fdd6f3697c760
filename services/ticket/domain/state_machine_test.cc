// Every command at every stage of a ticket, and every command at every status of a job: done, or
// refused with its reason.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "libs/rpc/errors.h"
#include "services/ticket/domain/testing_tickets.h"
#include "services/ticket/domain/ticket_parts.h"

namespace pitlane::ticket {
namespace {

constexpr char kDone[] = "";
constexpr char kInvoiced[] = "TICKET_IS_INVOICED";
constexpr char kClosed[] = "TICKET_IS_CLOSED";
constexpr char kVoided[] = "TICKET_IS_VOIDED";
constexpr char kUnsold[] = "TICKET_IS_UNSOLD";

std::string Reason(const absl::StatusOr<Events>& events) {
  return events.ok() ? kDone : rpc::ErrorReason(events.status());
}

DiscountLine Discount(int line) {
  DiscountLine command;
  command.set_ticket_id(kTestTicket);
  command.set_line_id(TestLine(line));
  command.mutable_discount()->set_amount_minor(100);
  return command;
}

DiscountTicket Discount() {
  DiscountTicket command;
  command.set_ticket_id(kTestTicket);
  command.mutable_discount()->set_amount_minor(100);
  return command;
}

ChangeLine Change(int line) {
  ChangeLine command;
  command.request.set_ticket_id(kTestTicket);
  command.request.set_line_id(TestLine(line));
  command.request.set_quantity_milli(3000);
  return command;
}

RemoveLine Remove(int line) {
  RemoveLine command;
  command.set_ticket_id(kTestTicket);
  command.set_line_id(TestLine(line));
  return command;
}

AddNoteLine Note(int line) {
  AddNoteLine command;
  command.set_ticket_id(kTestTicket);
  command.set_job_id(TestJob(1));
  command.set_line_id(TestLine(line));
  command.set_description("Customer waits");
  return command;
}

struct NamedCommand {
  const char* name;
  std::function<absl::StatusOr<Events>(const TestedTicket&)> run;
};

template <class Command>
NamedCommand Named(const char* name, Command command) {
  return {name, [command](const TestedTicket& ticket) { return ticket.Try(command); }};
}

// All commands, about job 1 with labour line 1 and part line 2.
std::vector<NamedCommand> Commands() {
  return {
      Named("OpenTicket", TestOpen(v1::TICKET_KIND_REPAIR_ORDER)),
      Named("AddJob", TestAddJob(2)),
      Named("AddLabourLine", TestLabour(1, 3, 50)),
      Named("AddPartLine", TestAddPart(1, 3, 1000)),
      Named("AddFeeLine", TestFee(0, 3, 100)),
      Named("AddNoteLine", Note(3)),
      Named("ChangeLine", Change(2)),
      Named("RemoveLine", Remove(2)),
      Named("DiscountLine", Discount(2)),
      Named("DiscountTicket", Discount()),
      Named("AuthorizeJob", TestAuthorize(1)),
      Named("DeclineJob", TestDecline(1)),
      Named("DeferJob", TestDefer(1)),
      Named("StartJob", TestStart(1)),
      Named("CompleteJob", TestComplete(1)),
      Named("InvoiceTicket", TestInvoice()),
      Named("VoidTicket", TestVoid()),
      Named("PresentEstimate", TestPresent()),
      Named("CancelEstimate", TestCancelEstimate()),
      Named("ExpireEstimate", TestExpireEstimate()),
      Named("ConvertQuote", TestConvert(v1::TICKET_KIND_COUNTER_SALE)),
      Named("ScheduleJob", TestSchedule(1)),
      Named("HoldJob", TestHold(1)),
      Named("ResumeJob", TestResume(1)),
      Named("CheckQuality", TestCheckQuality(1)),
      Named("CancelJob", TestCancelJob(1)),
      Named("FollowTicket", FollowTicket{kTestTicket, "tkt_01JGGZV1C0AFR000000000000D"}),
      Named("ReceiveMoney", ReceiveMoney{"pay_01JGGZV1C0AFR000000000000X", 100, "USD"}),
      Named("ReturnMoney", ReturnMoney{"pay_01JGGZV1C0AFR0000000000009",
                                       "rfd_01JGGZV1C0AFR000000000000X", 100, "USD"}),
  };
}

// Command → reason; what is not named is done.
using Refused = std::map<std::string, std::string>;

struct Situation {
  std::string name;
  std::function<TestedTicket()> make;
  Refused refused;
};

template <class... Steps>
std::function<TestedTicket()> After(TestedTicket (*begin)(v1::TicketKind), Steps... steps) {
  return [=] {
    TestedTicket ticket = begin(v1::TICKET_KIND_REPAIR_ORDER);
    (ticket.Do(steps), ...);
    return ticket;
  };
}

TestedTicket ExpiredTicket() {
  TestedTicket ticket = EstimatedTicket();
  ticket.Do(TestPresent()).Wait(31);
  return ticket;
}

TestedTicket UnsoldTicket() {
  TestedTicket ticket = ExpiredTicket();
  ticket.Do(TestExpireEstimate());
  return ticket;
}

TestedTicket ConvertedQuote() {
  TestedTicket ticket = EstimatedTicket(v1::TICKET_KIND_QUOTE);
  ticket.Do(TestConvert(v1::TICKET_KIND_COUNTER_SALE));
  return ticket;
}

Refused With(Refused refused, const std::vector<std::string>& commands, const std::string& reason) {
  for (const std::string& command : commands) refused[command] = reason;
  return refused;
}

const std::vector<std::string> kWork = {"ScheduleJob", "StartJob",    "HoldJob",
                                        "ResumeJob",   "CompleteJob", "CheckQuality"};
const std::vector<std::string> kJobLines = {"AddLabourLine", "AddPartLine", "AddNoteLine",
                                            "ChangeLine",    "RemoveLine",  "DiscountLine"};
const std::vector<std::string> kDecisions = {"AuthorizeJob", "DeclineJob", "DeferJob"};

// What every ticket refuses that is still written.
Refused Written() {
  return {{"OpenTicket", "TICKET_EXISTS"},
          {"ExpireEstimate", "ESTIMATE_STILL_VALID"},
          {"ConvertQuote", "NOT_A_QUOTE"},
          {"FollowTicket", "LINKED_TICKET_OPEN"}};
}

Refused Estimate() {
  Refused refused = With(Written(), kWork, "JOB_NOT_AUTHORIZED");
  return With(refused, {"InvoiceTicket"}, "NOTHING_AUTHORIZED");
}

// The customer stands aside from the only job.
Refused Aside() {
  Refused refused = With(Estimate(), kJobLines, "JOB_NOT_ACTIVE");
  refused = With(refused, {"CancelJob"}, "JOB_NOT_ACTIVE");
  return With(refused, {"PresentEstimate"}, "NOTHING_TO_PRESENT");
}

Refused WorkOrder() {
  Refused refused = With(Written(), {"DeclineJob", "DeferJob"}, "JOB_IS_AUTHORIZED");
  refused = With(refused, {"InvoiceTicket"}, "WORK_UNFINISHED");
  refused = With(refused, {"CheckQuality"}, "JOB_NOT_COMPLETE");
  return With(refused, {"CancelEstimate"}, "ESTIMATE_IS_AUTHORIZED");
}

Refused NotStarted() {
  return With(WorkOrder(), {"HoldJob", "ResumeJob", "CompleteJob"}, "JOB_NOT_STARTED");
}

Refused InProgress() {
  Refused refused = With(WorkOrder(), {"ScheduleJob", "StartJob"}, "JOB_IS_STARTED");
  return With(refused, {"ResumeJob"}, "JOB_NOT_HELD");
}

Refused Held() {
  Refused refused = With(InProgress(), {"HoldJob", "CompleteJob"}, "JOB_IS_HELD");
  refused.erase("ResumeJob");
  return refused;
}

Refused Complete() {
  Refused refused = With(WorkOrder(), kWork, "JOB_IS_COMPLETE");
  refused = With(refused, {"CancelJob"}, "JOB_IS_COMPLETE");
  refused = With(refused, {"VoidTicket"}, "WORK_WAS_DONE");
  refused.erase("CheckQuality");
  refused.erase("InvoiceTicket");
  return refused;
}

Refused CancelledJob() {
  Refused refused = With(WorkOrder(), kWork, "JOB_IS_CANCELLED");
  refused = With(refused, kJobLines, "JOB_IS_CANCELLED");
  refused = With(refused, kDecisions, "JOB_IS_CANCELLED");
  refused = With(refused, {"CancelJob"}, "JOB_IS_CANCELLED");
  refused = With(refused, {"InvoiceTicket"}, "NOTHING_AUTHORIZED");
  return With(refused, {"PresentEstimate"}, "NOTHING_TO_PRESENT");
}

Refused Quote() {
  Refused refused = With(Written(), kWork, "IS_A_QUOTE");
  refused = With(refused, {"AuthorizeJob", "InvoiceTicket"}, "IS_A_QUOTE");
  refused.erase("ConvertQuote");
  return refused;
}

// Everything but what is about money and other documents.
Refused Fixed(const std::string& reason) {
  Refused refused;
  for (const NamedCommand& command : Commands()) refused[command.name] = reason;
  refused["OpenTicket"] = "TICKET_EXISTS";
  for (const char* command : {"ReceiveMoney", "ReturnMoney", "FollowTicket"}) {
    refused.erase(command);
  }
  return refused;
}

Refused NeverOpened() {
  Refused refused;
  for (const NamedCommand& command : Commands()) refused[command.name] = "TICKET_UNKNOWN";
  refused.erase("OpenTicket");
  return refused;
}

Refused Expired() {
  Refused refused = Estimate();
  refused.erase("ExpireEstimate");
  return With(refused, {"AuthorizeJob"}, "ESTIMATE_EXPIRED");
}

std::function<TestedTicket()> HeldFor(v1::HoldKind kind) {
  return After(EstimatedTicket, TestAuthorize(1), TestStart(1), TestHold(1, kind));
}

std::vector<Situation> Situations() {
  return {
      {"never opened", [] { return TestedTicket(); }, NeverOpened()},
      {"estimate, job proposed", After(EstimatedTicket), Estimate()},
      {"estimate, presented", After(EstimatedTicket, TestPresent()), Estimate()},
      {"estimate, presented and expired", ExpiredTicket, Expired()},
      {"estimate, job declined", After(EstimatedTicket, TestDecline(1)), Aside()},
      {"estimate, job deferred", After(EstimatedTicket, TestDefer(1)), Aside()},
      {"work order, job authorised", After(AuthorizedTicket), NotStarted()},
      {"work order, job scheduled", After(AuthorizedTicket, TestSchedule(1)), NotStarted()},
      {"work order, job in progress", [] { return StartedTicket(); }, InProgress()},
      {"work order, waiting for parts", HeldFor(v1::HOLD_KIND_PARTS), Held()},
      {"work order, waiting for the customer", HeldFor(v1::HOLD_KIND_CUSTOMER), Held()},
      {"work order, sublet out", HeldFor(v1::HOLD_KIND_SUBLET), Held()},
      {"work order, on hold", HeldFor(v1::HOLD_KIND_OTHER), Held()},
      {"work order, job resumed",
       After(EstimatedTicket, TestAuthorize(1), TestStart(1), TestHold(1), TestResume(1)),
       InProgress()},
      {"work order, job complete", [] { return CompletedTicket(); }, Complete()},
      {"work order, job checked",
       After(AuthorizedTicket, TestStart(1), TestComplete(1), TestCheckQuality(1)),
       With(Complete(), {"CheckQuality"}, "JOB_IS_CHECKED")},
      {"work order, job cancelled", After(AuthorizedTicket, TestCancelJob(1)), CancelledJob()},
      {"quote", [] { return EstimatedTicket(v1::TICKET_KIND_QUOTE); }, Quote()},
      {"quote, converted", ConvertedQuote, Fixed(kClosed)},
      {"invoiced", [] { return InvoicedTicket(); }, Fixed(kInvoiced)},
      {"closed", [] { return ClosedTicket(); }, Fixed(kClosed)},
      {"voided", [] { return VoidedTicket(); }, Fixed(kVoided)},
      {"unsold, cancelled", After(EstimatedTicket, TestCancelEstimate()), Fixed(kUnsold)},
      {"unsold, expired", UnsoldTicket, Fixed(kUnsold)},
  };
}

TEST(TicketStateMachine, EveryCommandInEverySituationIsDoneOrRefusedWithItsReason) {
  const std::vector<NamedCommand> commands = Commands();
  for (const Situation& situation : Situations()) {
    const TestedTicket ticket = situation.make();
    for (const NamedCommand& command : commands) {
      const auto refused = situation.refused.find(command.name);
      EXPECT_EQ(Reason(command.run(ticket)),
                refused == situation.refused.end() ? kDone : refused->second)
          << command.name << " when " << situation.name;
    }
  }
}

TEST(TicketStateMachine, CounterSaleNeedsNoWork) {
  const TestedTicket ticket = AuthorizedTicket(v1::TICKET_KIND_COUNTER_SALE);
  Refused expected = With(Written(), kWork, "COUNTER_SALE_HAS_NO_WORK");
  expected = With(expected, {"AddLabourLine"}, "COUNTER_SALE_HAS_NO_WORK");
  expected = With(expected, {"DeclineJob", "DeferJob"}, "JOB_IS_AUTHORIZED");
  expected = With(expected, {"CancelEstimate"}, "ESTIMATE_IS_AUTHORIZED");
  for (const NamedCommand& command : Commands()) {
    const auto found = expected.find(command.name);
    EXPECT_EQ(Reason(command.run(ticket)), found == expected.end() ? kDone : found->second)
        << command.name;
  }
}

// Handbook 2.2: the worst open job wins.
TEST(TicketStateMachine, WorstOpenJobGivesTheTicketItsStatus) {
  const std::vector<v1::JobStatus> worst_first = {
      v1::JOB_STATUS_WAITING_CUSTOMER, v1::JOB_STATUS_WAITING_PARTS, v1::JOB_STATUS_SUBLET_OUT,
      v1::JOB_STATUS_ON_HOLD,          v1::JOB_STATUS_IN_PROGRESS,   v1::JOB_STATUS_SCHEDULED,
      v1::JOB_STATUS_AUTHORIZED,       v1::JOB_STATUS_PROPOSED,      v1::JOB_STATUS_COMPLETE,
      v1::JOB_STATUS_QUALITY_CHECKED,  v1::JOB_STATUS_DEFERRED,      v1::JOB_STATUS_DECLINED,
      v1::JOB_STATUS_CANCELLED};
  EXPECT_EQ(worst_first.size(), static_cast<size_t>(v1::JobStatus_descriptor()->value_count() - 1));
  for (size_t worst = 0; worst < worst_first.size(); ++worst) {
    v1::Ticket ticket;
    for (size_t job = worst_first.size(); job-- > worst;) {
      ticket.add_jobs()->set_status(worst_first[job]);
    }
    EXPECT_EQ(ProductionOf(ticket), worst_first[worst]);
  }
}

TEST(TicketStateMachine, RefusedCommandsLeaveNothing) {
  for (const Situation& situation : Situations()) {
    const TestedTicket ticket = situation.make();
    const std::string before = ticket.state().SerializeAsString();
    for (const NamedCommand& command : Commands()) command.run(ticket).IgnoreError();
    EXPECT_EQ(ticket.state().SerializeAsString(), before) << situation.name;
  }
}

// Applied again, one by one, the events give the same state to the byte; and the version counts
// them.
TEST(TicketStateMachine, EventsRebuildTheState) {
  for (const Situation& situation : Situations()) {
    const TestedTicket ticket = situation.make();
    v1::TicketState state;
    for (const v1::TicketEvent& event : ticket.events()) TicketAggregate::Apply(state, event);
    EXPECT_EQ(state.SerializeAsString(), ticket.state().SerializeAsString()) << situation.name;
    EXPECT_EQ(state.ticket().version(), ticket.events().size()) << situation.name;
  }
}

}  // namespace
}  // namespace pitlane::ticket
