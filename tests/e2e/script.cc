#include "tests/e2e/script.h"

#include <stdio.h>
#include <sys/wait.h>

#include <array>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "pitlane/admin/v1/admin_service.grpc.pb.h"
#include "pitlane/payment/v1/payment_service.grpc.pb.h"
#include "pitlane/ticket/v1/ticket_service.grpc.pb.h"
#include "tools/pitlane/check.h"
#include "tools/pitlane/sale.h"

namespace pitlane::e2e {
namespace {

namespace pay = payment::v1;
namespace tkt = ticket::v1;
using Tickets = tkt::TicketService::Stub;

// One ticket's way to its invoice.
class Writer {
 public:
  Writer(tools::Session& session, const SmallSale& sale)
      : session_(session), sale_(sale), tickets_(tkt::TicketService::NewStub(session.channel())) {}

  absl::StatusOr<std::string> Invoice() {
    RETURN_IF_ERROR(Open());
    RETURN_IF_ERROR(AddPart());
    RETURN_IF_ERROR(Authorize());
    if (!sale_.vehicle_id.empty()) RETURN_IF_ERROR(Work());
    tkt::InvoiceTicketRequest invoice;
    if (!sale_.vehicle_id.empty()) invoice.set_odometer_out(50000);
    RETURN_IF_ERROR(Change(&Tickets::InvoiceTicket, std::move(invoice)));
    return ticket_id_;
  }

 private:
  absl::Status Open() {
    tkt::OpenTicketRequest request;
    request.set_request_id(NextRequest());
    request.set_location_id(sale_.location_id);
    request.set_customer_id(sale_.customer_id);
    request.set_vehicle_id(sale_.vehicle_id);
    request.set_kind(sale_.vehicle_id.empty() ? tkt::TICKET_KIND_COUNTER_SALE
                                              : tkt::TICKET_KIND_REPAIR_ORDER);
    ASSIGN_OR_RETURN(const auto opened, session_.Call(*tickets_, &Tickets::OpenTicket, request));
    ticket_id_ = opened.ticket().ticket_id();
    tkt::AddJobRequest job;
    job.set_request_id(NextRequest());
    job.set_ticket_id(ticket_id_);
    job.set_title("Parts");
    ASSIGN_OR_RETURN(const auto added, session_.Call(*tickets_, &Tickets::AddJob, job));
    job_id_ = added.job_id();
    return absl::OkStatus();
  }

  absl::Status AddPart() {
    tkt::AddPartLineRequest request;
    request.set_job_id(job_id_);
    request.set_part_id(sale_.part_id);
    request.set_quantity_milli(1000);
    request.set_condition(tkt::PART_CONDITION_NEW_AFTERMARKET);
    return Change(&Tickets::AddPartLine, std::move(request));
  }

  absl::Status Authorize() {
    tkt::AuthorizeJobRequest request;
    request.set_job_id(job_id_);
    request.set_person_ref(sale_.customer_id);
    request.set_channel(tkt::AUTHORIZATION_CHANNEL_IN_PERSON_SIGNATURE);
    request.set_evidence_id("signature");
    return Change(&Tickets::AuthorizeJob, std::move(request));
  }

  absl::Status Work() {
    tkt::StartJobRequest start;
    start.set_job_id(job_id_);
    start.set_technician("technician");
    RETURN_IF_ERROR(Change(&Tickets::StartJob, std::move(start)));
    tkt::CompleteJobRequest complete;
    complete.set_job_id(job_id_);
    complete.set_cause("worn");
    complete.set_correction("replaced");
    return Change(&Tickets::CompleteJob, std::move(complete));
  }

  template <class Request, class Response>
  absl::Status Change(grpc::Status (Tickets::*method)(grpc::ClientContext*, const Request&,
                                                      Response*),
                      Request request) {
    request.set_request_id(NextRequest());
    request.set_ticket_id(ticket_id_);
    return session_.Call(*tickets_, method, request).status();
  }

  std::string NextRequest() { return absl::StrCat(sale_.name, "-", ++requests_); }

  tools::Session& session_;
  const SmallSale& sale_;
  const std::unique_ptr<Tickets> tickets_;
  int requests_ = 0;
  std::string ticket_id_;
  std::string job_id_;
};

}  // namespace

absl::Status Await(std::string_view what, const std::function<absl::StatusOr<bool>()>& done) {
  absl::Mutex never;
  const bool nothing = false;
  const absl::Time give_up = absl::Now() + kPatience;
  while (true) {
    ASSIGN_OR_RETURN(const bool is_done, done());
    if (is_done) return absl::OkStatus();
    if (absl::Now() > give_up) {
      return absl::DeadlineExceededError(
          absl::StrCat(ToAbsl(what), " did not happen within ", absl::FormatDuration(kPatience)));
    }
    // What other processes do wakes nobody here.
    absl::MutexLock lock(&never);
    never.AwaitWithTimeout(absl::Condition(&nothing), absl::Milliseconds(10));
  }
}

absl::StatusOr<std::vector<std::string>> PlayDemoSale(tools::Session& session) {
  ASSIGN_OR_RETURN(const tools::DemoShop shop, tools::LoadDemoShop(session));
  std::vector<std::string> steps;
  RETURN_IF_ERROR(tools::PlaySale(session, shop, [&steps](const tools::StoryStep& step) {
    if (step.ok) steps.push_back(step.step);
  }));
  return steps;
}

const std::vector<std::string>& StepsOfASale() {
  static const auto* const steps = new std::vector<std::string>{
      "open",   "write_up", "authorize", "reserve", "start",   "complete", "invoice", "receivable",
      "charge", "capture",  "close",     "issue",   "reorder", "history",  "profile", "report"};
  return *steps;
}

SmallSale CounterSale(std::string name, const tools::DemoShop& shop) {
  return {.name = std::move(name),
          .location_id = shop.location_id,
          .customer_id = shop.customer_id,
          .vehicle_id = "",
          .part_id = shop.pads_id};
}

absl::StatusOr<std::string> WriteUpAndInvoice(tools::Session& session, const SmallSale& sale) {
  return Writer(session, sale).Invoice();
}

absl::Status PayAndClose(tools::Session& session, const std::string& ticket_id) {
  const auto payments = pay::PaymentService::NewStub(session.channel());
  pay::TakeCashRequest cash;
  cash.set_request_id("cash-" + ticket_id);
  cash.set_ticket_id(ticket_id);
  cash.set_currency("USD");
  RETURN_IF_ERROR(session.Call(*payments, &pay::PaymentService::Stub::TakeCash, cash).status());
  const auto tickets = tkt::TicketService::NewStub(session.channel());
  tkt::GetTicketRequest get;
  get.set_ticket_id(ticket_id);
  return Await(ticket_id + " closing", [&]() -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const auto ticket, session.Call(*tickets, &Tickets::GetTicket, get));
    return ticket.ticket().stage() == tkt::DOCUMENT_STAGE_CLOSED;
  });
}

tools::ReplayOptions SteadyDemand(const Deployment& deployment, int parts, int months) {
  tools::ReplayOptions options;
  options.connection = deployment.connection();
  options.file = deployment.folder() + "/steady.csv";
  std::ofstream file(options.file);
  file << "index,part";
  for (int month = 0; month < months; ++month) file << ",month-" << month;
  for (int part = 0; part < parts; ++part) {
    file << "\n" << part << ",P" << part;
    for (int month = 0; month < months; ++month) file << ",5";
  }
  file << "\n";
  return options;
}

absl::StatusOr<admin::v1::GetStatusResponse> StatusOf(tools::Session& session,
                                                      std::string_view area) {
  const auto admin = admin::v1::AdminService::NewStub(session.channel());
  return session.Call(*admin, &admin::v1::AdminService::Stub::GetStatus,
                      admin::v1::GetStatusRequest(), area);
}

absl::StatusOr<uint64_t> PositionOf(tools::Session& session, std::string_view area) {
  ASSIGN_OR_RETURN(const auto status, StatusOf(session, area));
  return status.last_position();
}

absl::StatusOr<std::string> BrokenEquations(tools::Session& session) {
  ASSIGN_OR_RETURN(const std::vector<tools::Equation> equations, tools::CheckAll(session));
  std::string broken;
  for (const tools::Equation& equation : equations) {
    if (!equation.holds) absl::StrAppend(&broken, equation.what, ": ", equation.culprit, "\n");
  }
  if (equations.size() < 9) absl::StrAppend(&broken, "only ", equations.size(), " equations\n");
  return broken;
}

Output Run(const std::string& command) {
  Output output;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return {.exit_code = -1, .text = "popen failed"};
  std::array<char, 4096> chunk{};
  while (const size_t size = fread(chunk.data(), 1, chunk.size(), pipe)) {
    output.text.append(chunk.data(), size);
  }
  const int status = pclose(pipe);
  output.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return output;
}

Output RunPitlane(const Deployment& deployment, const std::string& arguments) {
  const tools::ConnectionOptions connection = deployment.connection();
  return Run(absl::StrCat(PITLANE_BINARY_DIR, "/bin/pitlane ", arguments, " --gateway ",
                          connection.gateway, " --data ", connection.data_dir));
}

}  // namespace pitlane::e2e
