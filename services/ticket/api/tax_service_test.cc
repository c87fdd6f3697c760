// Taxes, payers and approvals through the API.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "google/protobuf/text_format.h"
#include "libs/base/ids.h"
#include "libs/base/status_matchers.h"
#include "libs/rpc/errors.h"
#include "libs/testing/proto_matchers.h"
#include "pitlane/ticket/v1/approval_service.grpc.pb.h"
#include "pitlane/ticket/v1/payer_service.grpc.pb.h"
#include "pitlane/ticket/v1/tax_service.grpc.pb.h"
#include "services/ticket/api/service_fixture.h"

namespace pitlane::ticket {
namespace {

using testing::EqualsProto;
using Taxes = v1::TaxService::Stub;
using Payers = v1::PayerService::Stub;
using Approvals = v1::ApprovalService::Stub;

template <class T>
std::string Reason(const absl::StatusOr<T>& answer) {
  return answer.ok() ? "" : rpc::ErrorReason(answer.status());
}

class TaxServiceTest : public TicketServiceTest {
 protected:
  void SetUp() override {
    TicketServiceTest::SetUp();
    taxes_ = cluster_.Stub<v1::TaxService>("ticket");
    payers_ = cluster_.Stub<v1::PayerService>("ticket");
    approvals_ = cluster_.Stub<v1::ApprovalService>("ticket");
  }

  template <class StubType, class Request, class Response>
  absl::StatusOr<Response> CallOn(StubType& stub,
                                  grpc::Status (StubType::*method)(grpc::ClientContext*,
                                                                   const Request&, Response*),
                                  Request request, rpc::Role role = rpc::Role::kOwner) {
    if constexpr (requires { request.request_id(); }) request.set_request_id(NewRequestId());
    return cluster_.Call(stub, method, request, role);
  }

  v1::TaxJurisdiction Load(const std::string& code, int64_t rate_ppm) {
    v1::ConfigureTaxJurisdictionRequest request;
    v1::TaxJurisdiction& place = *request.mutable_jurisdiction();
    place.set_code(code);
    place.set_name(code);
    v1::TaxRule& rule = *place.add_rules();
    rule.set_rule_id(code + "-rule");
    rule.set_authority(code);
    rule.set_rate_ppm(rate_ppm);
    rule.add_categories(v1::TAX_CATEGORY_PART);
    auto done = CallOn(*taxes_, &Taxes::ConfigureTaxJurisdiction, request);
    EXPECT_THAT(done, IsOk());
    return done.ok() ? done->jurisdiction() : v1::TaxJurisdiction();
  }

  absl::StatusOr<v1::ConfigureLocationResponse> MoveTo(const std::string& code) {
    v1::GetLocationRequest get;
    get.set_location_id(location_id_);
    v1::ConfigureLocationRequest request;
    *request.mutable_location() = Must(&Stub::GetLocation, get).location();
    request.mutable_location()->set_tax_jurisdiction(code);
    return Call(&Stub::ConfigureLocation, request);
  }

  // With a part of 100.00 in job 0.
  v1::Ticket OpenSale() {
    v1::Ticket ticket = Open(v1::TICKET_KIND_COUNTER_SALE);
    v1::AddJobRequest job;
    job.set_ticket_id(ticket.ticket_id());
    job.set_title("Over the counter");
    ticket = Must(&Stub::AddJob, job).ticket();
    return Must(&Stub::AddPartLine, PartRequest(ticket)).ticket();
  }

  std::unique_ptr<Taxes> taxes_;
  std::unique_ptr<Payers> payers_;
  std::unique_ptr<Approvals> approvals_;
};

TEST_F(TaxServiceTest, PlacesAreConfiguredReadAndListed) {
  const v1::TaxJurisdiction loaded = Load("US-CA", 72500);
  EXPECT_EQ(loaded.version(), 1u);
  EXPECT_EQ(Load("US-CA", 72500).version(), 1u);
  EXPECT_EQ(Load("US-CA", 73000).version(), 2u);
  Load("US-CA/x", 1000);
  Load("US-NV", 68500);
  v1::GetTaxJurisdictionRequest get;
  get.set_code("US-NV");
  EXPECT_EQ(CallOn(*taxes_, &Taxes::GetTaxJurisdiction, get)->jurisdiction().rules(0).rate_ppm(),
            68500);
  get.set_code("US-OR");
  EXPECT_EQ(Reason(CallOn(*taxes_, &Taxes::GetTaxJurisdiction, get)), "TAX_JURISDICTION_UNKNOWN");

  v1::ListTaxJurisdictionsRequest list;
  EXPECT_EQ(CallOn(*taxes_, &Taxes::ListTaxJurisdictions, list)->jurisdictions_size(), 3);
  list.set_within("US-CA");
  list.set_page_size(1);
  auto page = CallOn(*taxes_, &Taxes::ListTaxJurisdictions, list);
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->jurisdictions(0).code(), "US-CA");
  list.set_page_token(page->next_page_token());
  page = CallOn(*taxes_, &Taxes::ListTaxJurisdictions, list);
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->jurisdictions(0).code(), "US-CA/x");
  EXPECT_TRUE(page->next_page_token().empty());
}

TEST_F(TaxServiceTest, MalformedPlaceIsRefusedWithEveryField) {
  v1::ConfigureTaxJurisdictionRequest request;
  request.mutable_jurisdiction()->set_code("california");
  request.mutable_jurisdiction()->add_labour();
  const auto answer = CallOn(*taxes_, &Taxes::ConfigureTaxJurisdiction, request);
  EXPECT_EQ(Reason(answer), "FIELD_INVALID");
  EXPECT_GE(rpc::FieldViolations(answer.status()).size(), 4u);
}

TEST_F(TaxServiceTest, OnlyLeadersSetTaxes) {
  v1::ConfigureTaxJurisdictionRequest request;
  request.mutable_jurisdiction()->set_code("US-CA");
  EXPECT_EQ(CallOn(*taxes_, &Taxes::ConfigureTaxJurisdiction, request, rpc::Role::kAdvisor)
                .status()
                .code(),
            absl::StatusCode::kPermissionDenied);
}

TEST_F(TaxServiceTest, LocationIsTaxedByItsPlaceAndAShippedPartByItsDestination) {
  EXPECT_EQ(Reason(MoveTo("US-CA/x")), "TAX_JURISDICTION_UNKNOWN");
  Load("US-CA", 72500);
  Load("US-CA/x", 10000);
  Load("US-NV", 50000);
  ASSERT_THAT(MoveTo("US-CA/x"), IsOk());
  const v1::Ticket ticket = OpenSale();
  EXPECT_EQ(ticket.totals().tax_minor(), 825);
  v1::SetTaxTreatmentRequest request;
  request.set_ticket_id(ticket.ticket_id());
  request.set_delivery_jurisdiction("US-NV");
  auto done = CallOn(*taxes_, &Taxes::SetTaxTreatment, request);
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->ticket().totals().tax_minor(), 500);
  EXPECT_EQ(Must(&Stub::AddPartLine, PartRequest(ticket)).ticket().totals().tax_minor(), 1000);
  v1::ExplainTicketRequest explain;
  explain.set_ticket_id(ticket.ticket_id());
  const v1::ExplainTicketResponse explained = Must(&Stub::ExplainTicket, explain);
  ASSERT_EQ(explained.tax_rules_size(), 1);
  EXPECT_EQ(explained.tax_rules(0).rule_id(), "US-NV-rule");
  request.set_delivery_jurisdiction("");
  done = CallOn(*taxes_, &Taxes::SetTaxTreatment, request);
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->ticket().totals().tax_minor(), 1650);
  request.set_delivery_jurisdiction("US-OR");
  EXPECT_EQ(Reason(CallOn(*taxes_, &Taxes::SetTaxTreatment, request)), "TAX_JURISDICTION_UNKNOWN");
}

TEST_F(TaxServiceTest, CertificateExemptsItsCustomerUntilItEnds) {
  Load("US-CA", 72500);
  ASSERT_THAT(MoveTo("US-CA"), IsOk());
  v1::RecordExemptionCertificateRequest request;
  v1::ExemptionCertificate& certificate = *request.mutable_certificate();
  certificate.set_customer_id(customer_id_);
  certificate.set_reason(v1::TAX_EXEMPTION_REASON_RESALE);
  certificate.set_number("SR-118-27");
  certificate.set_jurisdiction("US-CA");
  certificate.set_scope(v1::EXEMPTION_SCOPE_ALL);
  auto recorded = CallOn(*taxes_, &Taxes::RecordExemptionCertificate, request);
  ASSERT_THAT(recorded, IsOk());
  const v1::Ticket ticket = OpenSale();
  EXPECT_EQ(ticket.totals().tax_minor(), 0);
  EXPECT_EQ(ticket.jobs(0).lines(0).amounts().exemptions(0).certificate_id(),
            recorded->certificate().certificate_id());

  v1::GetExemptionCertificateRequest get;
  get.set_customer_id(customer_id_);
  get.set_certificate_id(recorded->certificate().certificate_id());
  EXPECT_THAT(CallOn(*taxes_, &Taxes::GetExemptionCertificate, get)->certificate(),
              EqualsProto(recorded->certificate()));

  certificate = recorded->certificate();
  certificate.set_valid_to("2000-01-01");
  ASSERT_THAT(CallOn(*taxes_, &Taxes::RecordExemptionCertificate, request), IsOk());
  v1::ListExemptionCertificatesRequest list;
  list.set_customer_id(customer_id_);
  EXPECT_EQ(CallOn(*taxes_, &Taxes::ListExemptionCertificates, list)->certificates_size(), 1);
  // Expired at the invoice: taxed.
  Must(&Stub::AuthorizeJob, AuthorizeRequest(ticket));
  v1::InvoiceTicketRequest invoice;
  invoice.set_ticket_id(ticket.ticket_id());
  EXPECT_EQ(Reason(Call(&Stub::InvoiceTicket, invoice)), "");
  EXPECT_EQ(Get(ticket.ticket_id()).totals().tax_minor(), 725);
}

TEST_F(TaxServiceTest, CertificateOfNobodyIsRefused) {
  v1::RecordExemptionCertificateRequest request;
  v1::ExemptionCertificate& certificate = *request.mutable_certificate();
  certificate.set_customer_id(CustomerId::Make(cluster_.clock(), cluster_.entropy(), 4).text());
  certificate.set_reason(v1::TAX_EXEMPTION_REASON_FARM);
  certificate.set_number("1");
  certificate.set_jurisdiction("US-CA");
  certificate.set_scope(v1::EXEMPTION_SCOPE_ALL);
  EXPECT_EQ(Reason(CallOn(*taxes_, &Taxes::RecordExemptionCertificate, request)),
            "CUSTOMER_UNKNOWN");
  v1::GetExemptionCertificateRequest get;
  get.set_customer_id(customer_id_);
  get.set_certificate_id("cer_01JGGZV1C0CDE000000000000F");
  EXPECT_EQ(Reason(CallOn(*taxes_, &Taxes::GetExemptionCertificate, get)), "CERTIFICATE_UNKNOWN");
}

TEST_F(TaxServiceTest, SplitJobIsInvoicedToEachPayerWithoutGapsAndClosesOnAccount) {
  const v1::Ticket ticket = OpenSale();
  v1::SplitJobRequest split;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"pb(
        payers {
          payer { kind: PAYER_KIND_THIRD_PARTY payer_ref: "fleet-7" po_number: "PO-771" }
          rate_ppm: 750000
        }
        payers {
          payer { kind: PAYER_KIND_CUSTOMER }
          rest: true
        }
      )pb",
      &split));
  split.set_ticket_id(ticket.ticket_id());
  split.set_job_id(ticket.jobs(0).job_id());
  const auto done = CallOn(*payers_, &Payers::SplitJob, split);
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->ticket().jobs(0).lines(0).amounts().payers(0).net_minor(), 7500);
  Must(&Stub::AuthorizeJob, AuthorizeRequest(ticket));
  v1::InvoiceTicketRequest invoice;
  invoice.set_ticket_id(ticket.ticket_id());
  const v1::Ticket invoiced = Must(&Stub::InvoiceTicket, invoice).ticket();
  ASSERT_EQ(invoiced.invoices_size(), 2);
  EXPECT_EQ(invoiced.invoices(0).invoice_number(), "INV-00001");
  EXPECT_EQ(invoiced.invoices(1).invoice_number(), "INV-00002");
  EXPECT_EQ(invoiced.invoices(0).total_minor() + invoiced.invoices(1).total_minor(),
            invoiced.totals().total_minor());

  CapturePayment(PaymentId::Make(cluster_.clock(), cluster_.entropy(), 3).text(), invoiced,
                 invoiced.customer_total_minor());
  EXPECT_EQ(Get(ticket.ticket_id()).stage(), v1::DOCUMENT_STAGE_INVOICED);
  v1::PutOnAccountRequest put;
  put.set_ticket_id(ticket.ticket_id());
  put.set_invoice_number("INV-00002");
  const auto closed = CallOn(*payers_, &Payers::PutOnAccount, put);
  ASSERT_THAT(closed, IsOk());
  EXPECT_EQ(closed->ticket().stage(), v1::DOCUMENT_STAGE_CLOSED);
  EXPECT_EQ(closed->ticket().settlement(), v1::SETTLEMENT_ON_ACCOUNT);
}

TEST_F(TaxServiceTest, SplitThatDoesNotAddUpIsRefused) {
  v1::SplitJobRequest split;
  split.set_ticket_id(Open(v1::TICKET_KIND_COUNTER_SALE).ticket_id());
  v1::PayerShare& share = *split.add_payers();
  share.mutable_payer()->set_kind(v1::PAYER_KIND_CUSTOMER);
  share.set_rate_ppm(999999);
  EXPECT_EQ(Reason(CallOn(*payers_, &Payers::SplitJob, split)), "FIELD_INVALID");
  share.set_rate_ppm(1000000);
  EXPECT_THAT(CallOn(*payers_, &Payers::SplitJob, split), IsOk());
  share.mutable_payer()->set_kind(v1::PAYER_KIND_WARRANTY);  // of whom?
  EXPECT_EQ(Reason(CallOn(*payers_, &Payers::SplitJob, split)), "FIELD_INVALID");
  share.mutable_payer()->set_payer_ref("acme");
  share.set_amount_minor(1000);  // and the rest?
  EXPECT_EQ(Reason(CallOn(*payers_, &Payers::SplitJob, split)), "FIELD_INVALID");
}

TEST_F(TaxServiceTest, SecondPersonLetsAnAdviserGiveMore) {
  const v1::Ticket ticket = OpenSale();
  const std::string line_id = ticket.jobs(0).lines(0).line_id();
  v1::DiscountLineRequest discount;
  discount.set_ticket_id(ticket.ticket_id());
  discount.set_line_id(line_id);
  discount.mutable_discount()->set_amount_minor(2000);
  discount.mutable_discount()->set_reason("comeback");
  EXPECT_EQ(Reason(Call(&Stub::DiscountLine, discount, rpc::Role::kAdvisor)),
            "DISCOUNT_OVER_LIMIT");
  v1::RequestApprovalRequest ask;
  ask.set_ticket_id(ticket.ticket_id());
  ask.set_line_id(line_id);
  *ask.mutable_discount() = discount.discount();
  ask.set_reason("second visit");
  const auto asked = CallOn(*approvals_, &Approvals::RequestApproval, ask, rpc::Role::kAdvisor);
  ASSERT_THAT(asked, IsOk());
  v1::GiveApprovalRequest give;
  give.set_ticket_id(ticket.ticket_id());
  give.set_approval_id(asked->approval_id());
  give.set_method(v1::APPROVAL_METHOD_SECOND_DEVICE);
  EXPECT_EQ(
      CallOn(*approvals_, &Approvals::GiveApproval, give, rpc::Role::kAdvisor).status().code(),
      absl::StatusCode::kPermissionDenied);
  ASSERT_THAT(CallOn(*approvals_, &Approvals::GiveApproval, give, rpc::Role::kManager), IsOk());
  EXPECT_EQ(Reason(Call(&Stub::DiscountLine, discount, rpc::Role::kAdvisor)), "");
  EXPECT_EQ(Get(ticket.ticket_id()).approvals(0).approved_by(), "user-manager");
}

}  // namespace
}  // namespace pitlane::ticket
