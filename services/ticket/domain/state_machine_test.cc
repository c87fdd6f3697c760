// Every command at every stage of a ticket, and every command at every status of a job: done, or
// refused with its reason.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "libs/rpc/errors.h"
#include "services/ticket/domain/testing_tickets.h"

namespace pitlane::ticket {
namespace {

constexpr char kDone[] = "";
constexpr char kInvoiced[] = "TICKET_IS_INVOICED";
constexpr char kClosed[] = "TICKET_IS_CLOSED";
constexpr char kVoided[] = "TICKET_IS_VOIDED";

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
      Named("ReceiveMoney", ReceiveMoney{"pay_01JGGZV1C0AFR000000000000X", 100, "USD"}),
      Named("ReturnMoney", ReturnMoney{"pay_01JGGZV1C0AFR0000000000009",
                                       "rfd_01JGGZV1C0AFR000000000000X", 100, "USD"}),
  };
}

struct Situation {
  const char* name;
  std::function<TestedTicket()> make;
  // In the order of Commands().
  std::vector<std::string> expected;
};

TestedTicket DeclinedTicket() {
  TestedTicket ticket = EstimatedTicket();
  ticket.Do(TestDecline(1));
  return ticket;
}

TestedTicket DeferredTicket() {
  TestedTicket ticket = EstimatedTicket();
  ticket.Do(TestDefer(1));
  return ticket;
}

std::vector<Situation> Situations() {
  const std::string exists = "TICKET_EXISTS";
  const std::string unknown = "TICKET_UNKNOWN";
  const std::string inactive = "JOB_NOT_ACTIVE";
  const std::string no_consent = "JOB_NOT_AUTHORIZED";
  const std::string consented = "JOB_IS_AUTHORIZED";
  return {
      {"never opened",
       [] { return TestedTicket(); },
       {kDone, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown,
        unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown}},
      {"estimate, job proposed",
       [] { return EstimatedTicket(); },
       {exists, kDone, kDone, kDone, kDone, kDone, kDone, kDone, kDone, kDone, kDone, kDone, kDone,
        no_consent, no_consent, "NOTHING_AUTHORIZED", kDone, kDone, kDone}},
      {"estimate, job declined",
       DeclinedTicket,
       {exists, kDone, inactive, inactive, kDone, inactive, inactive, inactive, inactive, kDone,
        kDone, kDone, kDone, no_consent, no_consent, "NOTHING_AUTHORIZED", kDone, kDone, kDone}},
      {"estimate, job deferred",
       DeferredTicket,
       {exists, kDone, inactive, inactive, kDone, inactive, inactive, inactive, inactive, kDone,
        kDone, kDone, kDone, no_consent, no_consent, "NOTHING_AUTHORIZED", kDone, kDone, kDone}},
      {"work order, job authorised",
       [] { return AuthorizedTicket(); },
       {exists, kDone, kDone, kDone, kDone, kDone, kDone, kDone, kDone, kDone, kDone, consented,
        consented, kDone, "JOB_NOT_STARTED", "WORK_UNFINISHED", kDone, kDone, kDone}},
      {"work order, job in progress",
       [] { return StartedTicket(); },
       {exists, kDone, kDone, kDone, kDone, kDone, kDone, kDone, kDone, kDone, kDone, consented,
        consented, "JOB_IS_STARTED", kDone, "WORK_UNFINISHED", kDone, kDone, kDone}},
      {"work order, job complete",
       [] { return CompletedTicket(); },
       {exists, kDone, kDone, kDone, kDone, kDone, kDone, kDone, kDone, kDone, kDone, consented,
        consented, "JOB_IS_COMPLETE", "JOB_IS_COMPLETE", kDone, "WORK_WAS_DONE", kDone, kDone}},
      {"invoiced",
       [] { return InvoicedTicket(); },
       {exists, kInvoiced, kInvoiced, kInvoiced, kInvoiced, kInvoiced, kInvoiced, kInvoiced,
        kInvoiced, kInvoiced, kInvoiced, kInvoiced, kInvoiced, kInvoiced, kInvoiced, kInvoiced,
        kInvoiced, kDone, kDone}},
      {"closed",
       [] { return ClosedTicket(); },
       {exists, kClosed, kClosed, kClosed, kClosed, kClosed, kClosed, kClosed, kClosed, kClosed,
        kClosed, kClosed, kClosed, kClosed, kClosed, kClosed, kClosed, kDone, kDone}},
      {"voided",
       [] { return VoidedTicket(); },
       {exists, kVoided, kVoided, kVoided, kVoided, kVoided, kVoided, kVoided, kVoided, kVoided,
        kVoided, kVoided, kVoided, kVoided, kVoided, kVoided, kVoided, kDone, kDone}},
  };
}

TEST(TicketStateMachine, EveryCommandInEverySituationIsDoneOrRefusedWithItsReason) {
  const std::vector<NamedCommand> commands = Commands();
  for (const Situation& situation : Situations()) {
    ASSERT_EQ(situation.expected.size(), commands.size()) << situation.name;
    const TestedTicket ticket = situation.make();
    for (size_t i = 0; i < commands.size(); ++i) {
      EXPECT_EQ(Reason(commands[i].run(ticket)), situation.expected[i])
          << commands[i].name << " when " << situation.name;
    }
  }
}

TEST(TicketStateMachine, CounterSaleNeedsNoWork) {
  const TestedTicket ticket = AuthorizedTicket(v1::TICKET_KIND_COUNTER_SALE);
  const std::map<std::string, std::string> expected = {
      {"OpenTicket", "TICKET_EXISTS"},          {"AddLabourLine", "COUNTER_SALE_HAS_NO_WORK"},
      {"DeclineJob", "JOB_IS_AUTHORIZED"},      {"DeferJob", "JOB_IS_AUTHORIZED"},
      {"StartJob", "COUNTER_SALE_HAS_NO_WORK"}, {"CompleteJob", "COUNTER_SALE_HAS_NO_WORK"},
  };
  for (const NamedCommand& command : Commands()) {
    const auto found = expected.find(command.name);
    EXPECT_EQ(Reason(command.run(ticket)), found == expected.end() ? kDone : found->second)
        << command.name;
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
