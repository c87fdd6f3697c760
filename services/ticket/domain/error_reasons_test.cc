// Every reason the service refuses with, in the order of the enum; the last test sees that none is
// missing.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/approval.h"
#include "services/ticket/domain/credit_refusals.h"
#include "services/ticket/domain/location.h"
#include "services/ticket/domain/part_price.h"
#include "services/ticket/domain/tax_certificates.h"
#include "services/ticket/domain/testing_menu.h"
#include "services/ticket/domain/testing_tickets.h"

namespace pitlane::ticket {
namespace {

using absl::StatusCode;

constexpr auto kRepairOrder = v1::TICKET_KIND_REPAIR_ORDER;
constexpr auto kCounterSale = v1::TICKET_KIND_COUNTER_SALE;

struct Refusal {
  v1::ErrorReason reason;
  StatusCode code;
  std::function<absl::Status()> provoke;
};

template <class Command>
std::function<absl::Status()> On(TestedTicket ticket, Command command) {
  return [ticket = std::move(ticket), command = std::move(command)] {
    return ticket.Try(command).status();
  };
}

template <class Command>
Command WithJob(Command command, int job) {
  command.set_job_id(TestJob(job));
  return command;
}

template <class Change>
OpenTicket Open(v1::TicketKind kind, Change change) {
  OpenTicket command = TestOpen(kind);
  change(command);
  return command;
}

ChangeLine Changing(int line) {
  ChangeLine command;
  command.request.set_ticket_id(kTestTicket);
  command.request.set_line_id(TestLine(line));
  command.request.set_description("Something else");
  return command;
}

ChangeLine ChangingHours(int line) {
  ChangeLine command = Changing(line);
  command.request.set_hours_centi(100);
  return command;
}

AddPartLine PartByHand(int64_t unit_price_minor) {
  AddPartLine command = TestAddPart(1, 3, 10000);
  command.request.set_unit_price_minor(unit_price_minor);
  command.request.set_price_reason("matched a quote");
  return command;
}

DiscountLine DiscountOf(int line, int64_t amount_minor) {
  DiscountLine command;
  command.set_ticket_id(kTestTicket);
  command.set_line_id(TestLine(line));
  command.mutable_discount()->set_amount_minor(amount_minor);
  return command;
}

// As a caller who may do less than the owner.
template <class Command>
std::function<absl::Status()> Limited(Command command, int64_t limit_ppm, bool may_set_prices) {
  return [command, limit_ppm, may_set_prices] {
    const TestedTicket ticket = EstimatedTicket();
    Context context = ticket.context();
    context.discount_limit_ppm = limit_ppm;
    context.may_set_prices = may_set_prices;
    return Decide(ticket.state(), command, context).status();
  };
}

absl::Status Configure(ConfigureLocation command) {
  return Decide(TestLocation(), command).status();
}

TestedTicket WithJobs(int jobs) {
  TestedTicket ticket;
  ticket.Do(TestOpen(kRepairOrder));
  for (int job = 1; job <= jobs; ++job) ticket.Do(TestAddJob(job));
  return ticket;
}

TestedTicket WithNotes(int notes) {
  TestedTicket ticket = WithJobs(1);
  for (int line = 3; line < 3 + notes; ++line) {
    AddNoteLine note;
    note.set_ticket_id(kTestTicket);
    note.set_line_id(TestLine(line));
    note.set_description("note");
    ticket.Do(note);
  }
  return ticket;
}

TestedTicket Declined() {
  TestedTicket ticket = EstimatedTicket();
  ticket.Do(TestDecline(1));
  return ticket;
}

TestedTicket WithCore() {
  TestedTicket ticket = EstimatedTicket();
  ticket.Do(TestAddPart(1, 3, 1000, 1000, 500));
  return ticket;
}

TestedTicket Outdated() {
  TestedTicket ticket = CompletedTicket();
  ticket.Do(TestAddPart(1, 3, 1));
  return ticket;
}

TestedTicket WithFeeAfterConsent() {
  TestedTicket ticket = CompletedTicket();
  ticket.Do(TestFee(0, 3, 1));
  return ticket;
}

TestedTicket WithMoney() {
  TestedTicket ticket = AuthorizedTicket();
  ticket.Do(ReceiveMoney{"pay_1", 100, "USD"});
  return ticket;
}

std::vector<Refusal> NamedThings() {
  return {
      {v1::LOCATION_UNKNOWN, StatusCode::kNotFound,
       On(TestedTicket(v1::Location()), TestOpen(kRepairOrder))},
      {v1::TIME_ZONE_UNKNOWN, StatusCode::kFailedPrecondition,
       [] {
         return Configure({TestLocation(), false});
       }},
      {v1::CURRENCY_FIXED, StatusCode::kFailedPrecondition,
       [] {
         ConfigureLocation command{TestLocation(), true};
         command.location.set_currency("EUR");
         return Configure(command);
       }},
      {v1::TICKET_UNKNOWN, StatusCode::kNotFound, On(TestedTicket(), TestAddJob(1))},
      {v1::TICKET_EXISTS, StatusCode::kAlreadyExists,
       On(EstimatedTicket(), TestOpen(kRepairOrder))},
      {v1::CUSTOMER_UNKNOWN, StatusCode::kFailedPrecondition,
       On(TestedTicket(), Open(kRepairOrder, [](OpenTicket& open) { open.customer.Clear(); }))},
      {v1::CUSTOMER_ERASED, StatusCode::kFailedPrecondition,
       On(TestedTicket(),
          Open(kRepairOrder, [](OpenTicket& open) { open.customer.set_erased(true); }))},
      {v1::VEHICLE_REQUIRED, StatusCode::kFailedPrecondition,
       On(TestedTicket(),
          Open(kRepairOrder, [](OpenTicket& open) { open.request.clear_vehicle_id(); }))},
      {v1::VEHICLE_NOT_ALLOWED, StatusCode::kFailedPrecondition,
       On(TestedTicket(),
          Open(kCounterSale, [](OpenTicket& open) { open.request.set_vehicle_id(kTestVehicle); }))},
      {v1::TICKET_IS_INVOICED, StatusCode::kFailedPrecondition,
       On(InvoicedTicket(), TestAddJob(2))},
      {v1::TICKET_IS_CLOSED, StatusCode::kFailedPrecondition, On(ClosedTicket(), TestAddJob(2))},
      {v1::TICKET_IS_VOIDED, StatusCode::kFailedPrecondition, On(VoidedTicket(), TestAddJob(2))},
      {v1::JOB_UNKNOWN, StatusCode::kNotFound, On(EstimatedTicket(), WithJob(TestAuthorize(1), 9))},
      {v1::JOB_EXISTS, StatusCode::kAlreadyExists, On(EstimatedTicket(), TestAddJob(1))},
      {v1::TOO_MANY_JOBS, StatusCode::kFailedPrecondition,
       On(WithJobs(kMaxJobs), TestAddJob(kMaxJobs + 1))},
  };
}

std::vector<Refusal> Lines() {
  return {
      {v1::LINE_UNKNOWN, StatusCode::kNotFound, On(EstimatedTicket(), Changing(9))},
      {v1::JOB_NOT_ACTIVE, StatusCode::kFailedPrecondition, On(Declined(), TestLabour(1, 3, 10))},
      {v1::LINE_EXISTS, StatusCode::kAlreadyExists, On(EstimatedTicket(), TestLabour(1, 1, 10))},
      // 499 lines are on it: the part would be the last one, its core is one too many.
      {v1::TOO_MANY_LINES, StatusCode::kFailedPrecondition,
       On(WithNotes(kMaxLines - 3), TestAddPart(1, 1, 1000, 1000, 500))},
      {v1::CORE_FOLLOWS_PART, StatusCode::kFailedPrecondition, On(WithCore(), Changing(503))},
      {v1::NOT_OF_THIS_LINE, StatusCode::kFailedPrecondition,
       On(EstimatedTicket(), ChangingHours(2))},
      {v1::COUNTER_SALE_HAS_NO_WORK, StatusCode::kFailedPrecondition,
       On(EstimatedTicket(kCounterSale), TestLabour(1, 3, 10))},
      {v1::LABOUR_RATE_UNKNOWN, StatusCode::kFailedPrecondition,
       [] {
         AddLabourLine command = TestLabour(1, 3, 10);
         command.set_labour_type(v1::LABOUR_TYPE_EV_HV);
         return EstimatedTicket().Try(command).status();
       }},
      {v1::PART_UNKNOWN, StatusCode::kNotFound,
       [] {
         AddPartLine command = TestAddPart(1, 3, 1000);
         command.price.Clear();
         return EstimatedTicket().Try(command).status();
       }},
      {v1::PART_CURRENCY_DIFFERS, StatusCode::kFailedPrecondition,
       [] {
         AddPartLine command = TestAddPart(1, 3, 1000);
         command.price.set_currency("EUR");
         return EstimatedTicket().Try(command).status();
       }},
      {v1::PRICE_NOT_ALLOWED, StatusCode::kPermissionDenied,
       Limited(PartByHand(10000), kPpmOne, false)},
      {v1::NOT_DISCOUNTABLE, StatusCode::kFailedPrecondition, On(WithCore(), DiscountOf(503, 10))},
      {v1::DISCOUNT_OVER_LIMIT, StatusCode::kPermissionDenied,
       Limited(DiscountOf(2, 1001), 100000, true)},
  };
}

std::vector<Refusal> Decisions() {
  return {
      {v1::AUTHORIZATION_INCOMPLETE, StatusCode::kFailedPrecondition,
       [] {
         AuthorizeJob command = TestAuthorize(1);
         command.clear_evidence_id();
         return EstimatedTicket().Try(command).status();
       }},
      {v1::JOB_IS_AUTHORIZED, StatusCode::kFailedPrecondition,
       On(AuthorizedTicket(), TestDecline(1))},
      {v1::JOB_NOT_AUTHORIZED, StatusCode::kFailedPrecondition,
       On(EstimatedTicket(), TestStart(1))},
      {v1::JOB_NOT_STARTED, StatusCode::kFailedPrecondition,
       On(AuthorizedTicket(), TestComplete(1))},
      {v1::JOB_IS_STARTED, StatusCode::kFailedPrecondition, On(StartedTicket(), TestStart(1))},
      {v1::JOB_IS_COMPLETE, StatusCode::kFailedPrecondition, On(CompletedTicket(), TestStart(1))},
      {v1::NOTHING_AUTHORIZED, StatusCode::kFailedPrecondition,
       On(EstimatedTicket(), TestInvoice())},
      {v1::WORK_UNFINISHED, StatusCode::kFailedPrecondition, On(StartedTicket(), TestInvoice())},
      {v1::CONSENT_OUTDATED, StatusCode::kFailedPrecondition, On(Outdated(), TestInvoice())},
      {v1::ODOMETER_REQUIRED, StatusCode::kFailedPrecondition,
       [] {
         InvoiceTicket command = TestInvoice();
         command.request.clear_odometer_out();
         return CompletedTicket().Try(command).status();
       }},
      {v1::AMOUNT_TOO_LARGE, StatusCode::kFailedPrecondition,
       On(EstimatedTicket(), TestAddPart(1, 3, 100'000'000'000'000, 1'000'000'000'000))},
      {v1::CEILING_EXCEEDED, StatusCode::kFailedPrecondition,
       On(WithFeeAfterConsent(), TestInvoice())},
      {v1::WORK_WAS_DONE, StatusCode::kFailedPrecondition, On(CompletedTicket(), TestVoid())},
      {v1::MONEY_WAS_RECEIVED, StatusCode::kFailedPrecondition, On(WithMoney(), TestVoid())},
  };
}

TestedTicket With(TestedTicket ticket, const std::function<void(TestedTicket&)>& change) {
  change(ticket);
  return ticket;
}

// Where a written estimate is the law from the first cent.
v1::Location StrictLocation() {
  v1::Location location = TestLocation();
  location.set_jurisdiction("US-MA");
  v1::ConsentRule& rule = *location.add_consent_rules();
  rule.set_rule_id("us-ma-940-cmr-5.05");
  rule.set_jurisdiction("US-MA");
  rule.set_citation("940 CMR 5.05");
  rule.mutable_overage()->set_amount_minor(1000);
  rule.set_written_estimate_from_minor(0);
  return location;
}

TestedTicket Presented(TestedTicket ticket = EstimatedTicket()) {
  ticket.Do(TestPresent());
  return ticket;
}

AuthorizeJob AuthorizingVersion(int version) {
  AuthorizeJob command = TestAuthorize(1);
  command.set_estimate_version(version);
  return command;
}

std::vector<Refusal> Documents() {
  const FollowTicket follow{kTestTicket, "tkt_01JGGZV1C0AFR000000000000D"};
  return {
      {v1::TICKET_IS_UNSOLD, StatusCode::kFailedPrecondition,
       On(With(EstimatedTicket(), [](TestedTicket& ticket) { ticket.Do(TestCancelEstimate()); }),
          TestAddJob(2))},
      {v1::LINKED_TICKET_ELSEWHERE, StatusCode::kFailedPrecondition,
       [follow] {
         const TestedTicket ticket = InvoicedTicket();
         v1::Location other = TestLocation();
         other.set_location_id("loc_01JGGZV1C0AFR0000000000099");
         return Decide(ticket.state(), follow, TestContext(other)).status();
       }},
      {v1::LINKED_TICKET_OPEN, StatusCode::kFailedPrecondition, On(EstimatedTicket(), follow)},
      {v1::IS_A_QUOTE, StatusCode::kFailedPrecondition,
       On(EstimatedTicket(v1::TICKET_KIND_QUOTE), TestAuthorize(1))},
      {v1::NOT_A_QUOTE, StatusCode::kFailedPrecondition,
       On(EstimatedTicket(), TestConvert(kRepairOrder))},
  };
}

std::vector<Refusal> Work() {
  return {
      {v1::JOB_IS_CANCELLED, StatusCode::kFailedPrecondition,
       On(With(AuthorizedTicket(), [](TestedTicket& ticket) { ticket.Do(TestCancelJob(1)); }),
          TestAuthorize(1))},
      {v1::JOB_IS_HELD, StatusCode::kFailedPrecondition,
       On(With(StartedTicket(), [](TestedTicket& ticket) { ticket.Do(TestHold(1)); }),
          TestComplete(1))},
      {v1::JOB_NOT_HELD, StatusCode::kFailedPrecondition, On(StartedTicket(), TestResume(1))},
      {v1::JOB_NOT_COMPLETE, StatusCode::kFailedPrecondition,
       On(StartedTicket(), TestCheckQuality(1))},
      {v1::JOB_IS_CHECKED, StatusCode::kFailedPrecondition,
       On(With(CompletedTicket(), [](TestedTicket& ticket) { ticket.Do(TestCheckQuality(1)); }),
          TestCheckQuality(1))},
  };
}

std::vector<Refusal> Estimates() {
  return {
      {v1::NOTHING_TO_PRESENT, StatusCode::kFailedPrecondition, On(WithJobs(1), TestPresent())},
      {v1::TOO_MANY_ESTIMATES, StatusCode::kFailedPrecondition,
       On(With(EstimatedTicket(),
               [](TestedTicket& ticket) {
                 for (int i = 0; i < kMaxEstimates; ++i) ticket.Do(TestPresent());
               }),
          TestPresent())},
      {v1::ESTIMATE_UNKNOWN, StatusCode::kNotFound, On(Presented(), AuthorizingVersion(2))},
      {v1::ESTIMATE_REQUIRED, StatusCode::kFailedPrecondition,
       On(EstimatedTicket(kRepairOrder, StrictLocation()), TestAuthorize(1))},
      {v1::ESTIMATE_OUTDATED, StatusCode::kFailedPrecondition,
       On(With(Presented(), [](TestedTicket& ticket) { ticket.Do(TestAddPart(1, 3, 100)); }),
          TestAuthorize(1))},
      {v1::ESTIMATE_EXPIRED, StatusCode::kFailedPrecondition,
       On(With(Presented(), [](TestedTicket& ticket) { ticket.Wait(31); }), TestAuthorize(1))},
      {v1::ESTIMATE_STILL_VALID, StatusCode::kFailedPrecondition,
       On(With(Presented(), [](TestedTicket& ticket) { ticket.Wait(30); }), TestExpireEstimate())},
      {v1::ESTIMATE_IS_AUTHORIZED, StatusCode::kFailedPrecondition,
       On(AuthorizedTicket(), TestCancelEstimate())},
  };
}

v1::ExemptionCertificates Certificates(int count) {
  v1::ExemptionCertificates certificates;
  for (int i = 0; i < count; ++i) {
    certificates.add_certificates()->set_certificate_id(absl::StrCat("cer_", i));
  }
  return certificates;
}

RecordExemptionCertificate Recording() {
  RecordExemptionCertificate command;
  command.certificate.set_certificate_id("cer_new");
  command.certificate.set_customer_id(kTestCustomer);
  command.customer.set_customer_id(kTestCustomer);
  return command;
}

SetTaxTreatment DeliveryTo(const std::string& code, bool known) {
  SetTaxTreatment command;
  command.request.set_ticket_id(kTestTicket);
  command.request.set_delivery_jurisdiction(code);
  command.jurisdiction_known = known;
  return command;
}

// The warranty pays an amount of job 1, the customer the rest.
SplitJob WarrantyPays(int64_t amount_minor) {
  SplitJob command;
  command.request.set_ticket_id(kTestTicket);
  command.request.set_job_id(TestJob(1));
  v1::PayerShare& warranty = *command.request.add_payers();
  warranty.mutable_payer()->set_kind(v1::PAYER_KIND_WARRANTY);
  warranty.mutable_payer()->set_payer_ref("acme-warranty");
  warranty.set_amount_minor(amount_minor);
  v1::PayerShare& customer = *command.request.add_payers();
  customer.mutable_payer()->set_kind(v1::PAYER_KIND_CUSTOMER);
  customer.set_rest(true);
  return command;
}

TestedTicket SplitAndInvoiced() {
  TestedTicket ticket = CompletedTicket();
  ticket.Do(WarrantyPays(10000));
  InvoiceTicket invoice = TestInvoice();
  invoice.other_numbers = {"INV-00010"};
  ticket.Do(invoice);
  return ticket;
}

PutOnAccount OnAccount(const std::string& number) {
  PutOnAccount command;
  command.set_ticket_id(kTestTicket);
  command.set_invoice_number(number);
  return command;
}

RequestApproval Asking() {
  RequestApproval command;
  command.request.set_ticket_id(kTestTicket);
  command.request.set_line_id(TestLine(2));
  command.request.mutable_discount()->set_amount_minor(6000);
  command.request.mutable_discount()->set_reason("comeback");
  command.request.set_reason("second visit for the same fault");
  command.approval_id = "apr_1";
  return command;
}

GiveApproval Answering(const std::string& approval_id) {
  GiveApproval command;
  command.set_ticket_id(kTestTicket);
  command.set_approval_id(approval_id);
  command.set_method(v1::APPROVAL_METHOD_PIN);
  return command;
}

// As somebody else than who asked.
std::function<absl::Status()> AnswerBy(TestedTicket ticket, const std::string& actor) {
  return [ticket = std::move(ticket), actor] {
    Context context = ticket.context();
    context.actor = actor;
    return Decide(ticket.state(), Answering("apr_1"), context).status();
  };
}

TestedTicket Asked() {
  TestedTicket ticket = EstimatedTicket();
  ticket.Do(Asking());
  return ticket;
}

TestedTicket Answered() {
  TestedTicket ticket = Asked();
  v1::TicketEvent given;
  given.mutable_approval_given()->set_approval_id("apr_1");
  given.mutable_approval_given()->set_approver("manager-1");
  ticket.Record(given);
  return ticket;
}

std::vector<Refusal> TaxesAndPayers() {
  return {
      {v1::TAX_JURISDICTION_UNKNOWN, StatusCode::kNotFound,
       On(EstimatedTicket(kCounterSale), DeliveryTo("US-NV", false))},
      {v1::TOO_MANY_CERTIFICATES, StatusCode::kFailedPrecondition,
       [] { return Decide(Certificates(kMaxCertificates), Recording()).status(); }},
      {v1::CERTIFICATE_UNKNOWN, StatusCode::kNotFound,
       [] { return GetCertificate(Certificates(1), "cer_1").status(); }},
      {v1::DELIVERY_NOT_ALLOWED, StatusCode::kFailedPrecondition,
       On(EstimatedTicket(), DeliveryTo("US-NV", true))},
      {v1::PAYER_AMOUNT_TOO_LARGE, StatusCode::kFailedPrecondition,
       On(With(CompletedTicket(), [](TestedTicket& ticket) { ticket.Do(WarrantyPays(24501)); }),
          TestInvoice())},
      {v1::INVOICE_UNKNOWN, StatusCode::kNotFound, On(SplitAndInvoiced(), OnAccount("INV-00011"))},
      {v1::CUSTOMER_PAYS_AT_THE_TILL, StatusCode::kFailedPrecondition,
       On(SplitAndInvoiced(), OnAccount("INV-00009"))},
  };
}

std::vector<Refusal> Approvals() {
  return {
      {v1::SELLS_BELOW_COST, StatusCode::kPermissionDenied,
       [] {
         const TestedTicket ticket = EstimatedTicket();
         Context context = ticket.context();
         context.may_approve = false;
         return Decide(ticket.state(), DiscountOf(2, 6000), context).status();
       }},
      {v1::TOO_MANY_APPROVALS, StatusCode::kFailedPrecondition,
       On(With(EstimatedTicket(),
               [](TestedTicket& ticket) {
                 for (int i = 0; i < kMaxApprovals; ++i) ticket.Do(Asking());
               }),
          Asking())},
      {v1::APPROVAL_UNKNOWN, StatusCode::kNotFound, On(Asked(), Answering("apr_2"))},
      {v1::APPROVAL_EXPIRED, StatusCode::kFailedPrecondition,
       AnswerBy(With(Asked(), [](TestedTicket& ticket) { ticket.Wait(1); }), "manager-1")},
      {v1::APPROVAL_IS_GIVEN, StatusCode::kFailedPrecondition, AnswerBy(Answered(), "manager-1")},
      {v1::APPROVER_IS_REQUESTER, StatusCode::kPermissionDenied, AnswerBy(Asked(), "advisor-2")},
  };
}

std::vector<Refusal> OfCredits() {
  std::vector<Refusal> refusals;
  for (CreditRefusal& refusal : CreditRefusals()) {
    refusals.push_back({refusal.reason, refusal.code, std::move(refusal.provoke)});
  }
  return refusals;
}

std::vector<Refusal> OfTheMenu() {
  std::vector<Refusal> refusals;
  for (MenuRefusal& refusal : MenuRefusals()) {
    refusals.push_back({refusal.reason, refusal.code, std::move(refusal.provoke)});
  }
  return refusals;
}

std::vector<Refusal> AllRefusals() {
  std::vector<Refusal> all = NamedThings();
  for (auto part : {Lines(), Decisions(), Documents(), Work(), Estimates(), OfCredits(),
                    OfTheMenu(), TaxesAndPayers(), Approvals()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

TEST(ErrorReason, EachIsGivenWithItsCode) {
  for (const Refusal& refusal : AllRefusals()) {
    const absl::Status status = refusal.provoke();
    EXPECT_EQ(rpc::ErrorReason(status), v1::ErrorReason_Name(refusal.reason)) << status;
    EXPECT_EQ(status.code(), refusal.code) << status;
  }
}

TEST(ErrorReason, NoneIsMissingAndTheOrderIsTheEnums) {
  std::vector<int> tested;
  for (const Refusal& refusal : AllRefusals()) tested.push_back(refusal.reason);
  std::vector<int> declared;
  const auto* descriptor = v1::ErrorReason_descriptor();
  for (int i = 1; i < descriptor->value_count(); ++i) {
    declared.push_back(descriptor->value(i)->number());
  }
  EXPECT_EQ(tested, declared);
}

TEST(ErrorReason, LowPriceByHandIsADiscountByAnotherName) {
  EXPECT_TRUE(Limited(PartByHand(9000), 100000, true)().ok());
  EXPECT_TRUE(rpc::HasReason(Limited(PartByHand(8999), 100000, true)(), v1::DISCOUNT_OVER_LIMIT));
  ChangeLine change = Changing(2);
  change.request.set_unit_price_minor(8999);
  change.request.set_price_reason("matched a quote");
  change.price = TestPrice(10000);
  EXPECT_TRUE(rpc::HasReason(Limited(change, 100000, true)(), v1::DISCOUNT_OVER_LIMIT));
  EXPECT_TRUE(rpc::HasReason(Limited(change, kPpmOne, false)(), v1::PRICE_NOT_ALLOWED));
}

TEST(ErrorReason, DiscountLimitIsOfTheLineOrOfLabourAndParts) {
  EXPECT_TRUE(Limited(DiscountOf(2, 1000), 100000, true)().ok());
  DiscountTicket discount;
  discount.set_ticket_id(kTestTicket);
  discount.mutable_discount()->set_amount_minor(2450);  // 145.00 + 100.00
  EXPECT_TRUE(Limited(discount, 100000, true)().ok());
  discount.mutable_discount()->set_amount_minor(2451);
  const absl::Status status = Limited(discount, 100000, true)();
  EXPECT_TRUE(rpc::HasReason(status, v1::DISCOUNT_OVER_LIMIT));
  EXPECT_EQ(rpc::ErrorMetadata(status)["limit_ppm"], "100000");
}

TEST(ErrorReason, PriceOfAPartNeverListedCannotChange) {
  EXPECT_TRUE(rpc::HasReason(
      Decide(v1::PartPrice(), ChangeListedPrice{.part_id = kTestPart}).status(), v1::PART_UNKNOWN));
}

TEST(ErrorReason, CounterSaleNeedsNoEvidence) {
  AuthorizeJob command = TestAuthorize(1);
  command.clear_evidence_id();
  EXPECT_TRUE(EstimatedTicket(kCounterSale).Try(command).ok());
  command.clear_person_ref();
  EXPECT_TRUE(rpc::HasReason(EstimatedTicket(kCounterSale).Try(command).status(),
                             v1::AUTHORIZATION_INCOMPLETE));
}

}  // namespace
}  // namespace pitlane::ticket
