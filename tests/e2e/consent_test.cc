// A day of the shop: the work turns out to be more than the customer agreed to, in each state whose
// law is shipped, through the gateway and with the tools a shop has.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/status_matchers.h"
#include "libs/rpc/errors.h"
#include "pitlane/ticket/v1/ticket_service.grpc.pb.h"
#include "tests/e2e/embedded.h"
#include "tests/e2e/script.h"

namespace pitlane::e2e {
namespace {

namespace tkt = ticket::v1;
using ::testing::HasSubstr;
using Tickets = tkt::TicketService::Stub;

constexpr char kRules[] = PITLANE_SOURCE_DIR "/services/ticket/data/consent_rules.json";
constexpr char kVehicle[] = "veh_01JGGZV1C0DEF0000000000008";

class ConsentTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = FreshFolder("consent");
    deployment_ = std::make_unique<Embedded>(folder_);
    ASSERT_THAT(deployment_->Start(), IsOk());
    auto session = deployment_->Connect();
    ASSERT_THAT(session.status(), IsOk());
    session_ = *std::move(session);
    tickets_ = tkt::TicketService::NewStub(session_->channel());
  }
  void TearDown() override {
    tickets_.reset();
    session_.reset();
    deployment_.reset();
    if (!HasFailure()) std::filesystem::remove_all(folder_);
  }

  template <class Request, class Response>
  absl::StatusOr<Response> Try(grpc::Status (Tickets::*method)(grpc::ClientContext*, const Request&,
                                                               Response*),
                               Request request) {
    request.set_request_id(absl::StrCat("consent-", ++requests_));
    return session_->Call(*tickets_, method, request);
  }
  template <class Request, class Response>
  Response Do(grpc::Status (Tickets::*method)(grpc::ClientContext*, const Request&, Response*),
              Request request) {
    auto response = Try(method, std::move(request));
    EXPECT_THAT(response.status(), IsOk());
    return response.ok() ? *std::move(response) : Response();
  }

  // A shop in that state, with the rules that are shipped.
  std::string OpenShop(const std::string& jurisdiction) {
    tkt::ConfigureLocationRequest request;
    request.mutable_location()->set_name("Main Street");
    request.mutable_location()->set_time_zone("America/Chicago");
    request.mutable_location()->set_currency("USD");
    const std::string id = Do(&Tickets::ConfigureLocation, request).location().location_id();
    const Output loaded =
        RunPitlane(*deployment_, absl::StrCat("consent load ", kRules, " --location ", id,
                                              " --jurisdiction ", jurisdiction));
    EXPECT_EQ(loaded.exit_code, 0) << loaded.text;
    return id;
  }

  void AddFee(const tkt::Ticket& ticket, const std::string& job_id, int64_t amount_minor) {
    tkt::AddFeeLineRequest fee;
    fee.set_ticket_id(ticket.ticket_id());
    fee.set_job_id(job_id);
    fee.set_description("Frame straightening");
    fee.mutable_fee()->set_base(tkt::FeeRule::BASE_FLAT);
    fee.mutable_fee()->set_unit_amount_minor(amount_minor);
    Do(&Tickets::AddFeeLine, fee);
  }

  absl::StatusOr<tkt::AuthorizeJobResponse> Authorize(const tkt::Ticket& ticket,
                                                      const std::string& job_id) {
    tkt::AuthorizeJobRequest request;
    request.set_ticket_id(ticket.ticket_id());
    request.set_job_id(job_id);
    request.set_person_ref("owner of the car");
    request.set_channel(tkt::AUTHORIZATION_CHANNEL_PHONE);
    request.set_contact_ref("phone-1");
    request.set_evidence_id("call-note-118");
    return Try(&Tickets::AuthorizeJob, request);
  }

  void Present(const tkt::Ticket& ticket) {
    tkt::PresentEstimateRequest request;
    request.set_ticket_id(ticket.ticket_id());
    Do(&Tickets::PresentEstimate, request);
  }

  absl::StatusOr<tkt::InvoiceTicketResponse> Invoice(const tkt::Ticket& ticket) {
    tkt::InvoiceTicketRequest request;
    request.set_ticket_id(ticket.ticket_id());
    request.set_odometer_out(50000);
    return Try(&Tickets::InvoiceTicket, request);
  }

  // Presented and agreed to at 600.00, and done. Shows the job's id.
  tkt::Ticket DoneFor600(const std::string& location_id, std::string* job_id) {
    tkt::OpenTicketRequest open;
    open.set_location_id(location_id);
    open.set_kind(tkt::TICKET_KIND_REPAIR_ORDER);
    open.set_vehicle_id(kVehicle);
    const tkt::Ticket ticket = Do(&Tickets::OpenTicket, open).ticket();
    tkt::AddJobRequest job;
    job.set_ticket_id(ticket.ticket_id());
    job.set_title("Frame");
    *job_id = Do(&Tickets::AddJob, job).job_id();
    AddFee(ticket, *job_id, 60000);
    Present(ticket);
    EXPECT_THAT(Authorize(ticket, *job_id).status(), IsOk());
    tkt::StartJobRequest start;
    start.set_ticket_id(ticket.ticket_id());
    start.set_job_id(*job_id);
    Do(&Tickets::StartJob, start);
    tkt::CompleteJobRequest complete;
    complete.set_ticket_id(ticket.ticket_id());
    complete.set_job_id(*job_id);
    Do(&Tickets::CompleteJob, complete);
    return ticket;
  }

  std::string folder_;
  std::unique_ptr<Embedded> deployment_;
  std::unique_ptr<tools::Session> session_;
  std::unique_ptr<Tickets> tickets_;
  int requests_ = 0;
};

TEST_F(ConsentTest, EstimateExceededInEachListedStateThenNewConsentIsNeeded) {
  const std::map<std::string, int64_t> ceilings = {
      {"US-CA", 60000}, {"US-FL", 65000}, {"US-MI", 61000}, {"US-MA", 61000},
      {"US-CO", 62500}, {"US-OH", 66000}, {"US-WA", 66000}, {"US-MD", 66000}};
  for (const auto& [jurisdiction, ceiling] : ceilings) {
    SCOPED_TRACE(jurisdiction);
    const std::string shop = OpenShop(jurisdiction);
    std::string job;
    const tkt::Ticket within = DoneFor600(shop, &job);
    if (ceiling > 60000) AddFee(within, job, ceiling - 60000);
    EXPECT_THAT(Invoice(within).status(), IsOk());

    const tkt::Ticket above = DoneFor600(shop, &job);
    AddFee(above, job, ceiling - 60000 + 1);
    EXPECT_EQ(rpc::ErrorReason(Invoice(above).status()),
              ceiling > 60000 ? "CEILING_EXCEEDED" : "CONSENT_OUTDATED");
    Present(above);
    EXPECT_THAT(Authorize(above, job).status(), IsOk());
    EXPECT_THAT(Invoice(above).status(), IsOk());
  }
}

TEST_F(ConsentTest, ProofFetchedThenItIsCheckedWithoutAServer) {
  std::string job;
  const tkt::Ticket ticket = DoneFor600(OpenShop("US-FL"), &job);
  ASSERT_THAT(Invoice(ticket).status(), IsOk());
  const std::string file = folder_ + "/proof.json";
  const Output fetched =
      RunPitlane(*deployment_, absl::StrCat("consent fetch ", ticket.ticket_id(), " ", file));
  ASSERT_EQ(fetched.exit_code, 0) << fetched.text;
  ASSERT_THAT(deployment_->Stop(), IsOk());
  const std::string verify = absl::StrCat(PITLANE_BINARY_DIR, "/bin/pitlane consent verify ", file);
  const Output verified = e2e::Run(verify);
  EXPECT_EQ(verified.exit_code, 0) << verified.text;
  EXPECT_THAT(verified.text, HasSubstr("the proof holds"));
  EXPECT_EQ(e2e::Run(absl::StrCat("sed -i s/call-note-118/call-note-119/ ", file)).exit_code, 0);
  const Output altered = e2e::Run(verify);
  EXPECT_EQ(altered.exit_code, 1);
  EXPECT_THAT(altered.text, HasSubstr("decision 1 is not that of its record"));
}

}  // namespace
}  // namespace pitlane::e2e
