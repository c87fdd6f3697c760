#include "tests/crash/clients.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/base/clock.h"
#include "libs/base/status.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/grpc_status.h"
#include "pitlane/payment/v1/payment_service.grpc.pb.h"
#include "pitlane/ticket/v1/ticket_service.grpc.pb.h"
#include "tools/pitlane/session.h"

namespace pitlane::crash {
namespace {

namespace pay = payment::v1;
namespace tkt = ticket::v1;
using Payments = pay::PaymentService::Stub;
using Tickets = tkt::TicketService::Stub;

constexpr size_t kTicketsRemembered = 16;

// Name of a method from its response: "pitlane.ticket.v1.OpenTicketResponse".
template <class Response>
std::string MethodOf(const char* service) {
  const std::string& full = Response::descriptor()->full_name();
  const size_t dot = full.rfind('.');
  constexpr size_t kSuffix = sizeof("Response") - 1;
  return absl::StrCat("/", full.substr(0, dot), ".", service, "/",
                      full.substr(dot + 1, full.size() - dot - 1 - kSuffix));
}

const char* ServiceOf(const Tickets&) { return "TicketService"; }
const char* ServiceOf(const Payments&) { return "PaymentService"; }

template <class Response>
std::optional<uint64_t> TicketVersion(const Response&) {
  return std::nullopt;
}
template <class Response>
requires requires(const Response& response) { response.ticket().version(); }
std::optional<uint64_t> TicketVersion(const Response& response) {
  return response.ticket().version();
}

}  // namespace

class Clients::Person {
 public:
  Person(Clients& all, int number)
      : all_(all),
        dice_(all.options_.seed * 1000 + static_cast<uint64_t>(number)),
        name_(absl::StrCat(all.options_.run, "-", number)) {}

  // On a new connection, which knows nothing of how often the last one failed.
  absl::Status Connect() {
    ASSIGN_OR_RETURN(const auto connected, tools::Connect(all_.connection_));
    auto session = std::make_unique<tools::Session>(connected->channel(), connected->token(),
                                                    all_.options_.call_timeout);
    if (session_ != nullptr) session->JoinIn(*session_);
    session_ = std::move(session);
    tickets_ = tkt::TicketService::NewStub(session_->channel());
    payments_ = pay::PaymentService::NewStub(session_->channel());
    return absl::OkStatus();
  }

  absl::Status Sell() {
    const bool repair = Throw(3) > 0;
    RETURN_IF_ERROR(Open(repair));
    RETURN_IF_ERROR(WriteUp(repair));
    Look();
    if (Throw(12) == 0) return Void();
    RETURN_IF_ERROR(Authorize());
    if (repair) RETURN_IF_ERROR(Work());
    RETURN_IF_ERROR(Invoice(repair));
    return Pay();
  }

 private:
  uint64_t Throw(uint64_t sides) { return dice_.Next64() % sides; }
  bool given_up() const {
    const int64_t until = all_.give_up_us_.load();
    return all_.stopping() || (until != 0 && NowUs() > until);
  }

  // Sends the request, again and again while nobody knows what became of it.
  template <class StubType, class Request, class Response>
  absl::StatusOr<Response> Send(const std::unique_ptr<StubType>& stub,
                                grpc::Status (StubType::*method)(grpc::ClientContext*,
                                                                 const Request&, Response*),
                                Request request, CallRecord record = {}) {
    request.set_request_id(absl::StrCat(name_, "-", ++requests_));
    record.request_id = request.request_id();
    record.method = MethodOf<Response>(ServiceOf(*stub));
    for (absl::Duration pause = absl::Milliseconds(20);;
         pause = std::min(pause * 2, absl::Milliseconds(500))) {
      grpc::ClientContext context;
      session_->Prepare(context);
      Response response;
      record.begin_us = NowUs();
      const absl::Status status =
          rpc::FromGrpcStatus(((*stub).*method)(&context, request, &response));
      record.end_us = NowUs();
      Note(status, context, TicketVersion(response), record);
      if (status.ok()) {
        session_->Remember(context);
        return response;
      }
      if (record.outcome == "refused" && rpc::ErrorReason(status) != "OVERLOADED") return status;
      if (given_up()) return status;
      absl::SleepFor(pause);
      RETURN_IF_ERROR(Connect());
    }
  }

  void Note(const absl::Status& status, const grpc::ClientContext& context,
            std::optional<uint64_t> version, CallRecord& record) {
    record.outcome = OutcomeOf(status);
    record.reason = status.ok() ? "" : rpc::ErrorReason(status);
    record.positions.clear();
    record.version.reset();
    if (status.ok()) {
      ++all_.acknowledged_;
      const auto positions = rpc::PositionsOf(context);
      if (positions.ok()) record.positions = positions->Format();
      if (!record.stream.empty()) record.version = version;
    } else {
      ++(record.outcome == "refused" ? all_.refused_ : all_.unknown_);
    }
    all_.file_.Write(record);
  }

  // A change of the ticket, half of the time only if nobody else has changed it.
  template <class Request, class Response>
  absl::Status Change(grpc::Status (Tickets::*method)(grpc::ClientContext*, const Request&,
                                                      Response*),
                      Request request) {
    request.set_ticket_id(ticket_.ticket_id());
    CallRecord record{.stream = ticket_.ticket_id()};
    if (Throw(2) == 0) {
      record.expected_version = ticket_.version();
      request.set_expected_version(ticket_.version());
    }
    ASSIGN_OR_RETURN(Response response, Send(tickets_, method, request, record));
    ticket_ = std::move(*response.mutable_ticket());
    return absl::OkStatus();
  }

  absl::Status Open(bool repair) {
    tkt::OpenTicketRequest request;
    request.set_location_id(all_.shop_.location_id);
    request.set_customer_id(all_.shop_.customer_id);
    request.set_kind(repair ? tkt::TICKET_KIND_REPAIR_ORDER : tkt::TICKET_KIND_COUNTER_SALE);
    if (repair) request.set_vehicle_id(all_.shop_.vehicle_id);
    ASSIGN_OR_RETURN(auto opened, Send(tickets_, &Tickets::OpenTicket, request));
    ticket_ = std::move(*opened.mutable_ticket());
    absl::MutexLock lock(&all_.mutex_);
    all_.open_tickets_.push_back(ticket_.ticket_id());
    if (all_.open_tickets_.size() > kTicketsRemembered) all_.open_tickets_.pop_front();
    return absl::OkStatus();
  }

  absl::Status WriteUp(bool repair) {
    tkt::AddJobRequest job;
    job.set_title("Work");
    RETURN_IF_ERROR(Change(&Tickets::AddJob, job));
    const std::string job_id = ticket_.jobs(0).job_id();
    const std::string* const parts[] = {&all_.shop_.pads_id, &all_.shop_.rotor_id,
                                        &all_.shop_.alternator_id};
    for (uint64_t i = 0, lines = 1 + Throw(2); i < lines; ++i) {
      tkt::AddPartLineRequest part;
      part.set_job_id(job_id);
      part.set_part_id(*parts[Throw(3)]);
      part.set_quantity_milli(static_cast<int64_t>(1 + Throw(3)) * 1000);
      part.set_condition(tkt::PART_CONDITION_NEW_AFTERMARKET);
      RETURN_IF_ERROR(Change(&Tickets::AddPartLine, part));
    }
    if (!repair) return absl::OkStatus();
    tkt::AddLabourLineRequest labour;
    labour.set_job_id(job_id);
    labour.set_description("Labour");
    labour.set_hours_centi(static_cast<int32_t>(20 + Throw(200)));
    labour.set_labour_type(tkt::LABOUR_TYPE_MECHANICAL);
    return Change(&Tickets::AddLabourLine, labour);
  }

  absl::Status Void() {
    tkt::VoidTicketRequest request;
    request.set_reason("changed their mind");
    return Change(&Tickets::VoidTicket, request);
  }

  absl::Status Authorize() {
    tkt::AuthorizeJobRequest request;
    request.set_job_id(ticket_.jobs(0).job_id());
    request.set_person_ref(all_.shop_.customer_id);
    request.set_channel(tkt::AUTHORIZATION_CHANNEL_IN_PERSON_SIGNATURE);
    request.set_evidence_id("signature");
    return Change(&Tickets::AuthorizeJob, request);
  }

  absl::Status Work() {
    tkt::StartJobRequest start;
    start.set_job_id(ticket_.jobs(0).job_id());
    start.set_technician("technician");
    RETURN_IF_ERROR(Change(&Tickets::StartJob, start));
    tkt::CompleteJobRequest complete;
    complete.set_job_id(ticket_.jobs(0).job_id());
    complete.set_cause("worn");
    complete.set_correction("replaced");
    return Change(&Tickets::CompleteJob, complete);
  }

  absl::Status Invoice(bool repair) {
    tkt::InvoiceTicketRequest request;
    if (repair) request.set_odometer_out(60000);
    return Change(&Tickets::InvoiceTicket, request);
  }

  absl::Status Pay() {
    const bool by_card = Throw(3) == 0;
    absl::StatusOr<std::string> payment = by_card ? PayByCard() : PayInCash();
    RETURN_IF_ERROR(payment.status());
    ++all_.paid_;
    if (by_card || Throw(10) > 0) return absl::OkStatus();
    pay::RefundPaymentRequest refund;
    refund.set_payment_id(*payment);
    refund.set_amount_minor(100);
    refund.set_currency("USD");
    refund.set_reason("goodwill");
    return Send(payments_, &Payments::RefundPayment, refund).status();
  }

  absl::StatusOr<std::string> PayInCash() {
    pay::TakeCashRequest request;
    request.set_ticket_id(ticket_.ticket_id());
    request.set_currency("USD");
    ASSIGN_OR_RETURN(const auto taken, Send(payments_, &Payments::TakeCash, request));
    return taken.payment().payment_id();
  }

  // Where it came to nothing, in cash.
  absl::StatusOr<std::string> PayByCard() {
    pay::TakeCardRequest request;
    request.set_ticket_id(ticket_.ticket_id());
    request.set_reader_id(all_.shop_.reader_id);
    request.set_currency("USD");
    ASSIGN_OR_RETURN(const auto taken, Send(payments_, &Payments::TakeCard, request));
    pay::GetPaymentRequest get;
    get.set_payment_id(taken.payment().payment_id());
    while (!given_up()) {
      const auto payment = session_->Call(*payments_, &Payments::GetPayment, get);
      if (payment.ok()) {
        const pay::PaymentStatus status = payment->payment().status();
        if (payment->payment().captured_minor() > 0) return taken.payment().payment_id();
        if (status == pay::PAYMENT_STATUS_DECLINED || status == pay::PAYMENT_STATUS_CANCELED) {
          return PayInCash();
        }
      }
      absl::SleepFor(absl::Milliseconds(20));
    }
    return absl::DeadlineExceededError("the card has no outcome yet");
  }

  // Looks into somebody's ticket: what was acknowledged is there for everybody.
  void Look() {
    std::string ticket_id;
    {
      absl::MutexLock lock(&all_.mutex_);
      if (all_.open_tickets_.empty()) return;
      ticket_id = all_.open_tickets_[Throw(all_.open_tickets_.size())];
    }
    grpc::ClientContext context;
    rpc::AttachToken(context, session_->token());
    rpc::SetTimeout(context, all_.options_.call_timeout);
    tkt::GetTicketRequest request;
    request.set_ticket_id(ticket_id);
    tkt::GetTicketResponse response;
    CallRecord record{.method = "/pitlane.ticket.v1.TicketService/GetTicket",
                      .outcome = "read",
                      .stream = ticket_id};
    record.begin_us = NowUs();
    if (!tickets_->GetTicket(&context, request, &response).ok()) return;
    record.end_us = NowUs();
    record.version = response.ticket().version();
    all_.file_.Write(record);
  }

  Clients& all_;
  SeededEntropy dice_;
  const std::string name_;
  std::unique_ptr<tools::Session> session_;
  std::unique_ptr<Tickets> tickets_;
  std::unique_ptr<Payments> payments_;
  uint64_t requests_ = 0;
  tkt::Ticket ticket_;
};

Clients::Clients(const tools::ConnectionOptions& connection, const tools::DemoShop& shop,
                 RecordFile& file, Options options)
    : connection_(connection), shop_(shop), options_(std::move(options)), file_(file) {
  for (int i = 0; i < options_.people; ++i) threads_.emplace_back([this, i] { Work(i); });
}

Clients::~Clients() {
  stopping_ = true;
  for (std::thread& thread : threads_) thread.join();
}

void Clients::Work(int number) {
  Person person(*this, number);
  if (!person.Connect().ok()) return;
  while (!stopping()) {
    {
      const auto may_go = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
        return !paused_ || stopping();
      };
      absl::MutexLock lock(&mutex_);
      // Stopping wakes nobody.
      if (!mutex_.AwaitWithTimeout(absl::Condition(&may_go), absl::Milliseconds(200))) continue;
      if (stopping()) return;
      ++busy_;
    }
    // What a sale comes to is in the record.
    person.Sell().IgnoreError();
    absl::MutexLock lock(&mutex_);
    --busy_;
  }
}

void Clients::Pause(absl::Duration patience) {
  give_up_us_ = NowUs() + absl::ToInt64Microseconds(patience);
  const auto idle = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return busy_ == 0; };
  absl::MutexLock lock(&mutex_);
  paused_ = true;
  mutex_.Await(absl::Condition(&idle));
}

void Clients::Resume() {
  give_up_us_ = 0;
  absl::MutexLock lock(&mutex_);
  paused_ = false;
}

ClientCounts Clients::counts() const {
  return {.acknowledged = acknowledged_.load(),
          .refused = refused_.load(),
          .unknown = unknown_.load(),
          .paid = paid_.load()};
}

}  // namespace pitlane::crash
