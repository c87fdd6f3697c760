#include "tools/pitlane/seller.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/base/clock.h"
#include "libs/base/status.h"
#include "libs/base/text.h"

namespace pitlane::tools {
namespace {

namespace pay = payment::v1;
namespace tkt = ticket::v1;

constexpr absl::Duration kCardTimeout = absl::Seconds(60);
constexpr int kMaxCardAttempts = 50;

}  // namespace

SaleTerms TermsOf(uint64_t seed, const PlannedTicket& plan, size_t people) {
  SeededEntropy dice(seed * 7919 + static_cast<uint64_t>(plan.month) * 65537 +
                     static_cast<uint64_t>(plan.number));
  SaleTerms terms;
  terms.counter_sale = dice.Next64() % 10 < 3;
  terms.person = dice.Next64() % people;
  // Half of the tickets are paid in cash, four in ten by card, the rest by both.
  const uint64_t tender = dice.Next64() % 10;
  if (tender >= 5) terms.tender = tender < 9 ? SaleTender::kCard : SaleTender::kCashAndCard;
  if (terms.counter_sale) return terms;
  terms.hours_centi = static_cast<int32_t>(30 + dice.Next64() % 250);
  terms.technician = absl::StrCat("technician-", dice.Next64() % 6);
  return terms;
}

Seller::Seller(const Session& loaded, uint64_t seed, const ReplayShop& shop, std::string reader_id)
    : session_(loaded.channel(), loaded.token()),
      seed_(seed),
      shop_(shop),
      reader_id_(std::move(reader_id)),
      tickets_(tkt::TicketService::NewStub(loaded.channel())),
      payments_(pay::PaymentService::NewStub(loaded.channel())) {
  // Or the first tickets would meet a till that has not heard of the customers and prices yet.
  session_.JoinIn(loaded);
}

absl::Status Seller::Sell(const PlannedTicket& plan) {
  const SaleTerms terms = TermsOf(seed_, plan, shop_.customer_ids.size());
  name_ = absl::StrCat("replay-", seed_, "-", plan.month, "-", plan.number);
  ticket_id_ = ReplayTicketId(seed_, plan.month, plan.number);
  ASSIGN_OR_RETURN(const bool closed, IsClosed());
  if (closed) return absl::OkStatus();
  RETURN_IF_ERROR(Open(terms));
  RETURN_IF_ERROR(WriteUp(plan, terms));
  RETURN_IF_ERROR(Authorize());
  if (!terms.counter_sale) RETURN_IF_ERROR(Work(terms));
  ASSIGN_OR_RETURN(const int64_t total, Invoice(terms));
  if (terms.tender == SaleTender::kCash) return PayCash(0);
  if (terms.tender == SaleTender::kCashAndCard && total >= 2) {
    RETURN_IF_ERROR(PayCash(total / 2));
  }
  return PayCard(0);
}

std::string Seller::Step(std::string_view step) const {
  return absl::StrCat(name_, "-", ToAbsl(step));
}

absl::StatusOr<bool> Seller::IsClosed() {
  tkt::GetTicketRequest request;
  request.set_ticket_id(ticket_id_);
  const auto ticket = session_.Call(*tickets_, &Tickets::GetTicket, request);
  if (absl::IsNotFound(ticket.status())) return false;
  RETURN_IF_ERROR(ticket.status());
  return ticket->ticket().stage() == tkt::DOCUMENT_STAGE_CLOSED;
}

absl::Status Seller::Open(const SaleTerms& terms) {
  tkt::OpenTicketRequest request;
  request.set_request_id(Step("open"));
  request.set_ticket_id(ticket_id_);
  request.set_location_id(shop_.location_id);
  request.set_customer_id(shop_.customer_ids[terms.person]);
  request.set_kind(terms.counter_sale ? tkt::TICKET_KIND_COUNTER_SALE
                                      : tkt::TICKET_KIND_REPAIR_ORDER);
  if (!terms.counter_sale) request.set_vehicle_id(shop_.vehicle_ids[terms.person]);
  RETURN_IF_ERROR(session_.Call(*tickets_, &Tickets::OpenTicket, request).status());
  tkt::AddJobRequest job;
  job.set_request_id(Step("job"));
  job.set_ticket_id(ticket_id_);
  job.set_title(terms.counter_sale ? "Parts" : "Repair");
  ASSIGN_OR_RETURN(const tkt::AddJobResponse added,
                   session_.Call(*tickets_, &Tickets::AddJob, job));
  job_id_ = added.job_id();
  return absl::OkStatus();
}

absl::Status Seller::WriteUp(const PlannedTicket& plan, const SaleTerms& terms) {
  int line = 0;
  for (const DemandLine& sold : plan.lines) {
    tkt::AddPartLineRequest request;
    request.set_request_id(Step(absl::StrCat("part-", line++)));
    request.set_ticket_id(ticket_id_);
    request.set_job_id(job_id_);
    request.set_part_id(shop_.part_ids[static_cast<size_t>(sold.part)]);
    request.set_quantity_milli(int64_t{1000} * sold.units);
    request.set_condition(tkt::PART_CONDITION_NEW_AFTERMARKET);
    RETURN_IF_ERROR(session_.Call(*tickets_, &Tickets::AddPartLine, request).status());
  }
  if (terms.counter_sale) return absl::OkStatus();
  tkt::AddLabourLineRequest labour;
  labour.set_request_id(Step("labour"));
  labour.set_ticket_id(ticket_id_);
  labour.set_job_id(job_id_);
  labour.set_description("Labour");
  labour.set_hours_centi(terms.hours_centi);
  labour.set_labour_type(tkt::LABOUR_TYPE_MECHANICAL);
  return session_.Call(*tickets_, &Tickets::AddLabourLine, labour).status();
}

absl::Status Seller::Authorize() {
  tkt::AuthorizeJobRequest request;
  request.set_request_id(Step("authorize"));
  request.set_ticket_id(ticket_id_);
  request.set_job_id(job_id_);
  request.set_person_ref("customer");
  request.set_channel(tkt::AUTHORIZATION_CHANNEL_IN_PERSON_SIGNATURE);
  request.set_evidence_id(name_);
  return session_.Call(*tickets_, &Tickets::AuthorizeJob, request).status();
}

absl::Status Seller::Work(const SaleTerms& terms) {
  tkt::StartJobRequest start;
  start.set_request_id(Step("start"));
  start.set_ticket_id(ticket_id_);
  start.set_job_id(job_id_);
  start.set_technician(terms.technician);
  RETURN_IF_ERROR(session_.Call(*tickets_, &Tickets::StartJob, start).status());
  tkt::CompleteJobRequest complete;
  complete.set_request_id(Step("complete"));
  complete.set_ticket_id(ticket_id_);
  complete.set_job_id(job_id_);
  complete.set_cause("worn");
  complete.set_correction("replaced");
  return session_.Call(*tickets_, &Tickets::CompleteJob, complete).status();
}

absl::StatusOr<int64_t> Seller::Invoice(const SaleTerms& terms) {
  tkt::InvoiceTicketRequest request;
  request.set_request_id(Step("invoice"));
  request.set_ticket_id(ticket_id_);
  if (!terms.counter_sale) request.set_odometer_out(50000);
  ASSIGN_OR_RETURN(const tkt::InvoiceTicketResponse invoiced,
                   session_.Call(*tickets_, &Tickets::InvoiceTicket, request));
  return invoiced.ticket().totals().total_minor();
}

absl::Status Seller::PayCash(int64_t amount_minor) {
  pay::TakeCashRequest request;
  request.set_request_id(Step("cash"));
  request.set_ticket_id(ticket_id_);
  request.set_currency("USD");
  request.set_amount_minor(amount_minor);
  return session_.Call(*payments_, &Payments::TakeCash, request).status();
}

absl::Status Seller::PayCard(int64_t amount_minor) {
  pay::TakeCardRequest request;
  request.set_ticket_id(ticket_id_);
  request.set_reader_id(reader_id_);
  request.set_currency("USD");
  request.set_amount_minor(amount_minor);
  for (int attempt = 0; attempt < kMaxCardAttempts; ++attempt) {
    request.set_request_id(Step(absl::StrCat("card-", attempt)));
    ASSIGN_OR_RETURN(const pay::TakeCardResponse taken,
                     session_.Call(*payments_, &Payments::TakeCard, request));
    ASSIGN_OR_RETURN(const CardOutcome outcome, AwaitCard(taken.payment().payment_id()));
    switch (outcome) {
      case CardOutcome::kCaptured:
        return absl::OkStatus();
      case CardOutcome::kDeclined:
        request.set_payment_id(taken.payment().payment_id());
        break;
      case CardOutcome::kCanceled:
        // A crash came between, and the reader never heard of it: that payment is over.
        request.clear_payment_id();
        break;
    }
  }
  return absl::DeadlineExceededError(absl::StrCat(ticket_id_, ": the card was never taken"));
}

absl::StatusOr<Seller::CardOutcome> Seller::AwaitCard(const std::string& payment_id) {
  pay::GetPaymentRequest request;
  request.set_payment_id(payment_id);
  const absl::Time give_up = absl::Now() + kCardTimeout;
  for (absl::Duration pause = absl::Milliseconds(1); absl::Now() < give_up;) {
    ASSIGN_OR_RETURN(const pay::GetPaymentResponse payment,
                     session_.Call(*payments_, &Payments::GetPayment, request));
    const pay::PaymentStatus status = payment.payment().status();
    if (payment.payment().captured_minor() > 0) return CardOutcome::kCaptured;
    if (status == pay::PAYMENT_STATUS_DECLINED) return CardOutcome::kDeclined;
    if (status == pay::PAYMENT_STATUS_CANCELED) return CardOutcome::kCanceled;
    absl::SleepFor(pause);
    pause = std::min(pause * 2, absl::Milliseconds(50));
  }
  return absl::DeadlineExceededError(
      absl::StrCat(payment_id, " has no outcome after ", absl::FormatDuration(kCardTimeout)));
}

}  // namespace pitlane::tools
