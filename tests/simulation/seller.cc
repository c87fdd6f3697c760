#include "tests/simulation/seller.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "libs/runtime/timestamps.h"

namespace pitlane::simulation {
namespace {

namespace pay = payment::v1;
namespace tgw = terminal_gateway::v1;
namespace tkt = ticket::v1;
using Payments = payment::PaymentServiceApi;
using Readers = terminal_gateway::TerminalGatewayServiceApi;
using Tickets = ticket::TicketServiceApi;

const std::vector<std::string_view> kRefundRefusals = {"AMOUNT_NOT_PAYABLE_IN_CASH",
                                                       "VERSION_MISMATCH", "OUTCOME_IS_UNKNOWN",
                                                       "REFUND_EXCEEDS_CAPTURED"};

absl::Status WorldEnds() { return absl::CancelledError("the world ends"); }

}  // namespace

absl::Status Seller::Accept(const absl::Status& status,
                            const std::vector<std::string_view>& reasons) {
  if (status.ok()) return status;
  const std::string reason = rpc::ErrorReason(status);
  return std::find(reasons.begin(), reasons.end(), reason) != reasons.end() ? absl::OkStatus()
                                                                            : status;
}

bool Seller::Think() {
  return client_.world().Sleep(client_.draw().Skewed(absl::Milliseconds(1), absl::Seconds(20)));
}

absl::Status Seller::Sell() {
  over_ = false;
  ticket_.Clear();
  payments_.clear();
  RETURN_IF_ERROR(WriteUp());
  if (over_) return absl::OkStatus();
  RETURN_IF_ERROR(ChangeMind());
  RETURN_IF_ERROR(Decide());
  if (over_) return absl::OkStatus();
  if (repair_order_) RETURN_IF_ERROR(Work());
  RETURN_IF_ERROR(Invoice());
  if (!Think()) return WorldEnds();
  RETURN_IF_ERROR(Pay());
  RETURN_IF_ERROR(AwaitClosed());
  if (Often(25)) RETURN_IF_ERROR(Refund());
  return absl::OkStatus();
}

absl::Status Seller::WriteUp() {
  repair_order_ = Often(55);
  const size_t person = client_.draw().Below(shop_.customer_ids.size());
  tkt::OpenTicketRequest request;
  request.set_location_id(shop_.location_id);
  request.set_kind(repair_order_ ? tkt::TICKET_KIND_REPAIR_ORDER : tkt::TICKET_KIND_COUNTER_SALE);
  if (repair_order_ || Often(60)) request.set_customer_id(shop_.customer_ids[person]);
  if (repair_order_) request.set_vehicle_id(shop_.vehicle_ids[person]);
  auto opened = client_.Call(&Tickets::OpenTicket, request);
  if (!opened.ok()) {
    over_ = true;
    return Accept(opened.status(), {"CUSTOMER_ERASED"});
  }
  ticket_ = std::move(*opened->mutable_ticket());
  const int jobs = Often(35) ? 2 : 1;
  for (int i = 0; i < jobs; ++i) RETURN_IF_ERROR(AddJob(repair_order_));
  return absl::OkStatus();
}

absl::Status Seller::AddJob(bool with_labour) {
  tkt::AddJobRequest job;
  job.set_ticket_id(ticket_.ticket_id());
  job.set_title("Front brakes");
  if (Often(30)) job.set_expected_version(ticket_.version());
  ASSIGN_OR_RETURN(auto added, client_.Call(&Tickets::AddJob, job));
  const int parts = static_cast<int>(client_.draw().Between(1, 2));
  for (int i = 0; i < parts; ++i) {
    tkt::AddPartLineRequest part;
    part.set_ticket_id(ticket_.ticket_id());
    part.set_job_id(added.job_id());
    part.set_part_id(client_.draw().Of(shop_.part_ids));
    part.set_quantity_milli(1000 * client_.draw().Between(1, 4));
    part.set_condition(tkt::PART_CONDITION_NEW_AFTERMARKET);
    ASSIGN_OR_RETURN(auto line, client_.Call(&Tickets::AddPartLine, part));
    ticket_ = std::move(*line.mutable_ticket());
  }
  if (with_labour) {
    tkt::AddLabourLineRequest labour;
    labour.set_ticket_id(ticket_.ticket_id());
    labour.set_job_id(added.job_id());
    labour.set_description("Labour");
    labour.set_hours_centi(static_cast<int32_t>(client_.draw().Between(30, 250)));
    labour.set_labour_type(tkt::LABOUR_TYPE_MECHANICAL);
    ASSIGN_OR_RETURN(auto line, client_.Call(&Tickets::AddLabourLine, labour));
    ticket_ = std::move(*line.mutable_ticket());
  }
  return Think() ? absl::OkStatus() : WorldEnds();
}

absl::Status Seller::ChangeMind() {
  const tkt::Job& job = ticket_.jobs(0);
  if (Often(20)) {
    tkt::ChangeLineRequest change;
    change.set_ticket_id(ticket_.ticket_id());
    change.set_line_id(job.lines(0).line_id());
    change.set_quantity_milli(1000 * client_.draw().Between(1, 3));
    RETURN_IF_ERROR(client_.Call(&Tickets::ChangeLine, change).status());
  }
  if (Often(15)) {
    tkt::DiscountLineRequest discount;
    discount.set_ticket_id(ticket_.ticket_id());
    discount.set_line_id(job.lines(0).line_id());
    discount.mutable_discount()->set_rate_ppm(50'000);
    discount.mutable_discount()->set_reason("regular");
    RETURN_IF_ERROR(client_.Call(&Tickets::DiscountLine, discount).status());
  }
  if (Often(15)) {
    tkt::DiscountTicketRequest discount;
    discount.set_ticket_id(ticket_.ticket_id());
    discount.mutable_discount()->set_amount_minor(300);
    discount.mutable_discount()->set_reason("coupon");
    RETURN_IF_ERROR(client_.Call(&Tickets::DiscountTicket, discount).status());
  }
  if (Often(15)) {
    tkt::AddFeeLineRequest fee;
    fee.set_ticket_id(ticket_.ticket_id());
    fee.set_description("Disposal");
    fee.mutable_fee()->set_base(tkt::FeeRule::BASE_FLAT);
    fee.mutable_fee()->set_unit_amount_minor(999);
    RETURN_IF_ERROR(client_.Call(&Tickets::AddFeeLine, fee).status());
  }
  if (Often(25)) {
    tkt::AddNoteLineRequest note;
    note.set_ticket_id(ticket_.ticket_id());
    note.set_job_id(job.job_id());
    note.set_description("waits in the shop");
    ASSIGN_OR_RETURN(const auto added, client_.Call(&Tickets::AddNoteLine, note));
    if (Often(50)) {
      tkt::RemoveLineRequest remove;
      remove.set_ticket_id(ticket_.ticket_id());
      remove.set_line_id(added.line_id());
      RETURN_IF_ERROR(client_.Call(&Tickets::RemoveLine, remove).status());
    }
  }
  return absl::OkStatus();
}

absl::Status Seller::Decide() {
  const tkt::Ticket before = ticket_;
  for (int i = 0; i < before.jobs_size(); ++i) {
    const std::string& job_id = before.jobs(i).job_id();
    if (i > 0 && Often(40)) {
      if (Often(50)) {
        tkt::DeclineJobRequest decline;
        decline.set_ticket_id(ticket_.ticket_id());
        decline.set_job_id(job_id);
        decline.set_reason("too expensive");
        RETURN_IF_ERROR(client_.Call(&Tickets::DeclineJob, decline).status());
      } else {
        tkt::DeferJobRequest defer;
        defer.set_ticket_id(ticket_.ticket_id());
        defer.set_job_id(job_id);
        defer.set_reason("next month");
        *defer.mutable_follow_up_at() =
            runtime::ToTimestamp(client_.world().now() + absl::Hours(24 * 30));
        RETURN_IF_ERROR(client_.Call(&Tickets::DeferJob, defer).status());
      }
      if (Often(60)) continue;
    }
    tkt::AuthorizeJobRequest authorize;
    authorize.set_ticket_id(ticket_.ticket_id());
    authorize.set_job_id(job_id);
    authorize.set_person_ref("customer");
    authorize.set_channel(tkt::AUTHORIZATION_CHANNEL_IN_PERSON_SIGNATURE);
    authorize.set_evidence_id("signature");
    ASSIGN_OR_RETURN(auto authorized, client_.Call(&Tickets::AuthorizeJob, authorize));
    ticket_ = std::move(*authorized.mutable_ticket());
  }
  // A part is taken off what was agreed: its reservation goes, and the customer is asked again.
  if (Often(12) && ticket_.jobs(0).lines_size() > 2 &&
      ticket_.jobs(0).lines(1).kind() == tkt::LINE_KIND_PART) {
    tkt::RemoveLineRequest remove;
    remove.set_ticket_id(ticket_.ticket_id());
    remove.set_line_id(ticket_.jobs(0).lines(1).line_id());
    RETURN_IF_ERROR(client_.Call(&Tickets::RemoveLine, remove).status());
    tkt::AuthorizeJobRequest again;
    again.set_ticket_id(ticket_.ticket_id());
    again.set_job_id(ticket_.jobs(0).job_id());
    again.set_person_ref("customer");
    again.set_channel(tkt::AUTHORIZATION_CHANNEL_IN_PERSON_SIGNATURE);
    again.set_evidence_id("signature");
    ASSIGN_OR_RETURN(auto authorized, client_.Call(&Tickets::AuthorizeJob, again));
    ticket_ = std::move(*authorized.mutable_ticket());
  }
  if (!Often(10)) return absl::OkStatus();
  tkt::VoidTicketRequest request;
  request.set_ticket_id(ticket_.ticket_id());
  request.set_reason("the customer left");
  over_ = true;
  return client_.Call(&Tickets::VoidTicket, request).status();
}

absl::Status Seller::Work() {
  const tkt::Ticket before = ticket_;
  for (const tkt::Job& job : before.jobs()) {
    if (job.status() != tkt::JOB_STATUS_AUTHORIZED) continue;
    tkt::StartJobRequest start;
    start.set_ticket_id(ticket_.ticket_id());
    start.set_job_id(job.job_id());
    start.set_technician("technician-1");
    RETURN_IF_ERROR(client_.Call(&Tickets::StartJob, start, rpc::Role::kTechnician).status());
    if (!Think()) return WorldEnds();
    tkt::CompleteJobRequest complete;
    complete.set_ticket_id(ticket_.ticket_id());
    complete.set_job_id(job.job_id());
    complete.set_cause("worn");
    complete.set_correction("replaced");
    RETURN_IF_ERROR(client_.Call(&Tickets::CompleteJob, complete, rpc::Role::kTechnician).status());
  }
  return absl::OkStatus();
}

absl::Status Seller::Invoice() {
  tkt::InvoiceTicketRequest request;
  request.set_ticket_id(ticket_.ticket_id());
  if (repair_order_) request.set_odometer_out(client_.draw().Between(40'000, 60'000));
  ASSIGN_OR_RETURN(auto invoiced, client_.Call(&Tickets::InvoiceTicket, request));
  ticket_ = std::move(*invoiced.mutable_ticket());
  return absl::OkStatus();
}

absl::Status Seller::Pay() {
  while (true) {
    pay::GetReceivableRequest request;
    request.set_ticket_id(ticket_.ticket_id());
    ASSIGN_OR_RETURN(const auto owed, client_.Call(&Payments::GetReceivable, request));
    const pay::Receivable& receivable = owed.receivable();
    if (receivable.balance_minor() <= 0) return absl::OkStatus();
    const int64_t open = receivable.balance_minor() - receivable.held_minor();
    if (open > 0) {
      RETURN_IF_ERROR(Often(50) ? PayCash(open) : PayCard(open));
    }
    if (!Think()) return WorldEnds();
  }
}

absl::Status Seller::PayCash(int64_t open_minor) {
  pay::TakeCashRequest request;
  request.set_ticket_id(ticket_.ticket_id());
  request.set_currency("USD");
  if (Often(25) && open_minor > 1000) request.set_amount_minor(open_minor / 1000 * 500);
  if (Often(30)) request.set_tendered_minor(open_minor / 1000 * 1000 + 2000);
  auto taken = client_.Call(&Payments::TakeCash, request, rpc::Role::kCashier);
  if (taken.ok()) payments_.push_back(taken->payment().payment_id());
  return Accept(taken.status(), {"NOTHING_OWED", "AMOUNT_EXCEEDS_BALANCE"});
}

absl::Status Seller::ScriptReader(const std::string& reader_id) {
  using Outcome = tgw::SimulatedOutcome;
  tgw::ScriptSimulatorRequest script;
  script.set_reader_id(reader_id);
  const int64_t outcomes = client_.draw().Between(1, 3);
  for (int64_t i = 0; i < outcomes; ++i) {
    Outcome& outcome = *script.add_outcomes();
    outcome.set_kind(static_cast<Outcome::Kind>(client_.draw().Between(1, 8)));
    if (outcome.kind() == Outcome::KIND_DECLINE) outcome.set_decline_code("insufficient_funds");
    if (Often(50)) outcome.mutable_delay()->set_seconds(client_.draw().Between(1, 90));
  }
  client_.world().coverage().Count("fault", NameOf(Fault::kReaderOutcomes));
  return client_.Call(&Readers::ScriptSimulator, script).status();
}

absl::Status Seller::PayCard(int64_t open_minor) {
  const std::string& reader_id = client_.draw().Of(shop_.reader_ids);
  if (client_.draw().Chance(plan_.Rate(Fault::kReaderOutcomes))) {
    RETURN_IF_ERROR(ScriptReader(reader_id));
  }
  pay::TakeCardRequest request;
  request.set_ticket_id(ticket_.ticket_id());
  request.set_reader_id(reader_id);
  request.set_currency("USD");
  if (Often(25) && open_minor > 2) request.set_amount_minor(open_minor / 2);
  auto taken = client_.Call(&Payments::TakeCard, request, rpc::Role::kCashier);
  if (!taken.ok()) return Accept(taken.status(), {"NOTHING_OWED", "AMOUNT_EXCEEDS_BALANCE"});
  pay::Payment payment = taken->payment();
  payments_.push_back(payment.payment_id());
  if (Often(15)) {
    if (!Think()) return WorldEnds();
    pay::CancelPaymentRequest cancel;
    cancel.set_payment_id(payment.payment_id());
    cancel.set_reason("another card");
    RETURN_IF_ERROR(Accept(client_.Call(&Payments::CancelPayment, cancel).status(),
                           {"PAYMENT_NOT_CANCELABLE", "OUTCOME_IS_UNKNOWN"}));
  }
  for (int attempt = 0; attempt < 3; ++attempt) {
    RETURN_IF_ERROR(AwaitOutcome(payment.payment_id(), &payment));
    if (payment.status() != pay::PAYMENT_STATUS_DECLINED) return absl::OkStatus();
    if (Often(40)) break;
    request.clear_request_id();
    request.set_payment_id(payment.payment_id());
    request.set_amount_minor(0);
    const auto again = client_.Call(&Payments::TakeCard, request, rpc::Role::kCashier);
    RETURN_IF_ERROR(Accept(again.status(),
                           {"NOTHING_OWED", "AMOUNT_EXCEEDS_BALANCE", "PAYMENT_NOT_RETRYABLE"}));
    if (!again.ok()) break;
  }
  pay::CancelPaymentRequest cancel;
  cancel.set_payment_id(payment.payment_id());
  cancel.set_reason("pays otherwise");
  return Accept(client_.Call(&Payments::CancelPayment, cancel).status(),
                {"PAYMENT_NOT_CANCELABLE", "OUTCOME_IS_UNKNOWN"});
}

absl::Status Seller::AwaitOutcome(const std::string& payment_id, pay::Payment* payment) {
  pay::GetPaymentRequest request;
  request.set_payment_id(payment_id);
  for (absl::Duration pause = absl::Milliseconds(50);;
       pause = std::min(2 * pause, absl::Hours(2))) {
    ASSIGN_OR_RETURN(auto answer, client_.Call(&Payments::GetPayment, request));
    *payment = std::move(*answer.mutable_payment());
    if (payment->status() != pay::PAYMENT_STATUS_COLLECTING &&
        payment->status() != pay::PAYMENT_STATUS_UNKNOWN) {
      return absl::OkStatus();
    }
    if (!client_.world().Sleep(pause)) return WorldEnds();
  }
}

absl::Status Seller::AwaitClosed() {
  tkt::GetTicketRequest request;
  request.set_ticket_id(ticket_.ticket_id());
  for (absl::Duration pause = absl::Milliseconds(50);;
       pause = std::min(2 * pause, absl::Hours(2))) {
    ASSIGN_OR_RETURN(const auto answer, client_.Call(&Tickets::GetTicket, request));
    if (answer.ticket().stage() == tkt::DOCUMENT_STAGE_CLOSED) return absl::OkStatus();
    if (!client_.world().Sleep(pause)) return WorldEnds();
  }
}

absl::Status Seller::Refund() {
  const std::string& payment_id = client_.draw().Of(payments_);
  pay::Payment payment;
  RETURN_IF_ERROR(AwaitOutcome(payment_id, &payment));
  if (payment.captured_minor() <= 0) return absl::OkStatus();
  pay::RefundPaymentRequest request;
  request.set_payment_id(payment_id);
  request.set_currency("USD");
  request.set_reason("returned");
  request.set_amount_minor(Often(50) ? payment.captured_minor()
                                     : std::max<int64_t>(payment.captured_minor() / 10 * 5, 1));
  if (Often(30)) request.set_expected_version(payment.version());
  const auto refunded = client_.Call(&Payments::RefundPayment, request);
  RETURN_IF_ERROR(Accept(refunded.status(), kRefundRefusals));
  if (!refunded.ok() || Often(50)) return absl::OkStatus();
  // The rest of it, too.
  RETURN_IF_ERROR(AwaitOutcome(payment_id, &payment));
  const int64_t left = payment.captured_minor() - request.amount_minor();
  if (left <= 0) return absl::OkStatus();
  request.clear_request_id();
  request.clear_expected_version();
  request.set_amount_minor(left);
  return Accept(client_.Call(&Payments::RefundPayment, request).status(), kRefundRefusals);
}

}  // namespace pitlane::simulation
