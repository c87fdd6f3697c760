// Estimates, consent and the past of a ticket through the API.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/ids.h"
#include "libs/base/status_matchers.h"
#include "libs/rpc/errors.h"
#include "libs/testing/proto_matchers.h"
#include "services/ticket/api/service_fixture.h"
#include "services/ticket/domain/consent_proof.h"
#include "services/ticket/domain/estimate_form.h"

namespace pitlane::ticket {
namespace {

using testing::EqualsProto;

template <class T>
std::string Reason(const absl::StatusOr<T>& answer) {
  return answer.ok() ? "" : rpc::ErrorReason(answer.status());
}

class EstimatesTest : public TicketServiceTest {
 protected:
  // A job with one part at its list price.
  v1::Ticket OpenWithPart(v1::TicketKind kind) {
    v1::Ticket ticket = Open(kind);
    v1::AddJobRequest job;
    job.set_ticket_id(ticket.ticket_id());
    job.set_title("Front brakes");
    ticket = Must(&Stub::AddJob, job).ticket();
    return Must(&Stub::AddPartLine, PartRequest(ticket)).ticket();
  }

  v1::PresentEstimateResponse Present(const v1::Ticket& ticket) {
    v1::PresentEstimateRequest request;
    request.set_ticket_id(ticket.ticket_id());
    request.set_presented_to_ref(customer_id_);
    request.set_channel(v1::AUTHORIZATION_CHANNEL_EMAIL);
    return Must(&Stub::PresentEstimate, request);
  }

  template <class Request>
  Request About(const v1::Ticket& ticket) {
    Request request;
    request.set_ticket_id(ticket.ticket_id());
    return request;
  }

  template <class Request>
  Request AboutJob(const v1::Ticket& ticket) {
    Request request = About<Request>(ticket);
    request.set_job_id(ticket.jobs(0).job_id());
    return request;
  }
};

TEST_F(EstimatesTest, PresentedVersionIsReadAgainAsItWasAndShowsWhatIsNew) {
  v1::Ticket ticket = OpenWithPart(v1::TICKET_KIND_REPAIR_ORDER);
  const v1::PresentEstimateResponse first = Present(ticket);
  EXPECT_EQ(first.estimate().number(), 1);
  EXPECT_EQ(first.difference().before_including_tax_minor(), 0);
  Must(&Stub::AuthorizeJob, AuthorizeRequest(ticket));
  Must(&Stub::AddPartLine, PartRequest(ticket));
  EXPECT_EQ(Reason(Call(&Stub::AuthorizeJob, AuthorizeRequest(ticket))), "ESTIMATE_OUTDATED");
  const v1::PresentEstimateResponse second = Present(ticket);
  EXPECT_TRUE(second.difference().jobs(0).needs_consent());
  EXPECT_GT(second.difference().change_minor(), 0);
  EXPECT_EQ(second.difference().before_including_tax_minor(),
            first.estimate().totals().total_minor());

  v1::GetEstimateRequest get = About<v1::GetEstimateRequest>(ticket);
  EXPECT_THAT(Must(&Stub::GetEstimate, get).estimate(), EqualsProto(second.estimate()));
  get.set_number(1);
  EXPECT_THAT(Must(&Stub::GetEstimate, get).estimate(), EqualsProto(first.estimate()));
  get.set_number(3);
  EXPECT_EQ(Reason(Call(&Stub::GetEstimate, get)), "ESTIMATE_UNKNOWN");

  v1::CompareEstimatesRequest compare = About<v1::CompareEstimatesRequest>(ticket);
  compare.set_to_version(2);
  EXPECT_THAT(Must(&Stub::CompareEstimates, compare).difference(),
              EqualsProto(second.difference()));
  compare.set_from_version(1);
  EXPECT_EQ(Must(&Stub::CompareEstimates, compare).difference().jobs(0).change(),
            v1::EstimateDifference::CHANGE_CHANGED);
  compare.set_from_version(9);
  EXPECT_EQ(Reason(Call(&Stub::CompareEstimates, compare)), "ESTIMATE_UNKNOWN");
}

TEST_F(EstimatesTest, RepeatedPresentationIsTheSameVersion) {
  const v1::Ticket ticket = OpenWithPart(v1::TICKET_KIND_REPAIR_ORDER);
  v1::PresentEstimateRequest request = About<v1::PresentEstimateRequest>(ticket);
  request.set_request_id("once");
  const auto first = Must(&Stub::PresentEstimate, request);
  EXPECT_THAT(Must(&Stub::PresentEstimate, request), EqualsProto(first));
  EXPECT_EQ(Get(ticket.ticket_id()).estimates_size(), 1);
}

TEST_F(EstimatesTest, ProofHoldsVersionsDecisionsAndTheirRecords) {
  const v1::Ticket ticket = OpenWithPart(v1::TICKET_KIND_REPAIR_ORDER);
  const v1::EstimateVersion shown = Present(ticket).estimate();
  Must(&Stub::AuthorizeJob, AuthorizeRequest(ticket));
  const v1::GetConsentProofResponse proof =
      Must(&Stub::GetConsentProof, About<v1::GetConsentProofRequest>(ticket));
  ASSERT_EQ(proof.estimates_size(), 1);
  EXPECT_EQ(EstimateHash(proof.estimates(0)), shown.sha256());
  ASSERT_EQ(proof.decisions_size(), 1);
  EXPECT_EQ(proof.decisions(0).authorization().evidence_id(), "call-note-118");
  EXPECT_EQ(proof.decisions(0).authorization().estimate_sha256(), shown.sha256());
  ASSERT_EQ(proof.records_size(), 3);  // opened, presented, authorised
  EXPECT_EQ(proof.records(2).position(), proof.decisions(0).position());
  EXPECT_EQ(proof.records(2).chain(), proof.journal_chain());
  EXPECT_EQ(proof.records(2).previous_chain(), proof.records(1).chain());
  EXPECT_THAT(VerifyConsentProof(proof), IsOk());
  v1::GetConsentProofRequest unknown;
  unknown.set_ticket_id(TicketId::Make(cluster_.clock(), cluster_.entropy(), 5).text());
  EXPECT_EQ(Reason(Call(&Stub::GetConsentProof, unknown)), "TICKET_UNKNOWN");
}

// Whatever is changed in a proof, somebody who has only the proof sees it.
TEST_F(EstimatesTest, AlteredProofDoesNotHold) {
  const v1::Ticket ticket = OpenWithPart(v1::TICKET_KIND_REPAIR_ORDER);
  Present(ticket);
  Must(&Stub::AuthorizeJob, AuthorizeRequest(ticket));
  const v1::GetConsentProofResponse proof =
      Must(&Stub::GetConsentProof, About<v1::GetConsentProofRequest>(ticket));
  const std::vector<std::function<void(v1::GetConsentProofResponse&)>> changes = {
      [](auto& p) { p.mutable_estimates(0)->mutable_totals()->set_total_minor(1); },
      [](auto& p) { p.mutable_estimates(0)->set_valid_until("2030-01-01"); },
      [](auto& p) { p.mutable_decisions(0)->mutable_authorization()->set_evidence_id("other"); },
      [](auto& p) { p.mutable_decisions(0)->set_job_id("job_01JGGZV1C0AFR0000000000099"); },
      [](auto& p) { p.clear_estimates(); },
      [](auto& p) { p.clear_decisions(); },
      [](auto& p) { p.clear_records(); },
      [](auto& p) { p.mutable_records()->DeleteSubrange(0, 1); },
      [](auto& p) { p.mutable_records()->SwapElements(1, 2); },
      [](auto& p) { (*p.mutable_records(2)->mutable_payload())[40] ^= 1; },
      [](auto& p) { (*p.mutable_records(2)->mutable_chain())[0] ^= 1; },
      [](auto& p) { (*p.mutable_records(2)->mutable_previous_chain())[0] ^= 1; },
      [](auto& p) { p.mutable_records(1)->set_position(1); },
      [](auto& p) { p.set_ticket_id("tkt_01JGGZV1C0AFR0000000000099"); },
      [](auto& p) { (*p.mutable_journal_chain())[0] ^= 1; },
  };
  for (size_t i = 0; i < changes.size(); ++i) {
    v1::GetConsentProofResponse changed = proof;
    changes[i](changed);
    EXPECT_THAT(VerifyConsentProof(changed), StatusIs(absl::StatusCode::kDataLoss)) << i;
  }
}

// Makes the record anew with a changed event, and the chain from there on: what somebody could do
// who has no other copy of the journal to fear.
void Forge(v1::GetConsentProofResponse& proof, int index,
           const std::function<void(v1::TicketEvent&)>& change) {
  v1::TicketEvent event;
  ASSERT_TRUE(event.ParseFromString(proof.records(index).payload()));
  change(event);
  proof.mutable_records(index)->set_payload(event.SerializeAsString());
  for (int i = index; i < proof.records_size(); ++i) {
    v1::ProvenRecord& record = *proof.mutable_records(i);
    if (i > index && proof.records(i - 1).position() + 1 == record.position()) {
      record.set_previous_chain(proof.records(i - 1).chain());
    }
    record.set_chain(ChainOf(record));
  }
  proof.set_journal_chain(proof.records(proof.records_size() - 1).chain());
  if (event.has_estimate_presented()) {
    *proof.mutable_estimates(0) = event.estimate_presented().estimate();
  }
  if (event.has_job_authorized()) {
    *proof.mutable_decisions(0)->mutable_authorization() = event.job_authorized().authorization();
  }
}

TEST_F(EstimatesTest, ForgedRecordIsGivenAwayByWhatItSays) {
  const v1::Ticket ticket = OpenWithPart(v1::TICKET_KIND_REPAIR_ORDER);
  Present(ticket);
  Must(&Stub::AuthorizeJob, AuthorizeRequest(ticket));
  const v1::GetConsentProofResponse proof =
      Must(&Stub::GetConsentProof, About<v1::GetConsentProofRequest>(ticket));
  const auto estimate_of = [](v1::TicketEvent& event) {
    return event.mutable_estimate_presented()->mutable_estimate();
  };
  const auto record_of = [](v1::TicketEvent& event) {
    return event.mutable_job_authorized()->mutable_authorization();
  };
  struct Case {
    int record;
    std::function<void(v1::TicketEvent&)> change;
    std::string found;
  };
  const std::vector<Case> cases = {
      {1, [&](auto& event) { estimate_of(event)->set_valid_until("2030-01-01"); },
       "estimate 1 is not what its hash says"},
      {1,
       [&](auto& event) {
         estimate_of(event)->mutable_totals()->set_total_minor(1);
         estimate_of(event)->set_sha256(EstimateHash(*estimate_of(event)));
       },
       "estimate 1 does not add up"},
      {1,
       [&](auto& event) {
         estimate_of(event)->set_number(2);
         estimate_of(event)->set_sha256(EstimateHash(*estimate_of(event)));
       },
       "estimate 1 does not follow the one before it"},
      {2, [&](auto& event) { record_of(event)->set_estimate_sha256("another page"); },
       absl::StrCat("the decision at ", proof.decisions(0).position(),
                    " names an estimate that is not there")},
      {2, [&](auto& event) { record_of(event)->clear_contact_ref(); },
       absl::StrCat("the consent at ", proof.decisions(0).position(),
                    " lacks what the law wants of its record")},
  };
  for (const Case& c : cases) {
    v1::GetConsentProofResponse forged = proof;
    Forge(forged, c.record, c.change);
    EXPECT_EQ(VerifyConsentProof(forged).status().message(), c.found);
  }
  v1::GetConsentProofResponse unchanged = proof;
  Forge(unchanged, 1, [](v1::TicketEvent&) {});
  EXPECT_THAT(VerifyConsentProof(unchanged), IsOk());
}

TEST_F(EstimatesTest, WorkGoesThroughEveryStatus) {
  v1::Ticket ticket = OpenAuthorized();
  v1::ScheduleJobRequest schedule = AboutJob<v1::ScheduleJobRequest>(ticket);
  schedule.mutable_schedule()->mutable_starts_at()->set_seconds(1768550400);
  EXPECT_EQ(Must(&Stub::ScheduleJob, schedule).ticket().production(), v1::JOB_STATUS_SCHEDULED);
  Must(&Stub::StartJob, AboutJob<v1::StartJobRequest>(ticket), rpc::Role::kTechnician);
  v1::HoldJobRequest hold = AboutJob<v1::HoldJobRequest>(ticket);
  hold.set_kind(v1::HOLD_KIND_PARTS);
  hold.set_reason("the pads come tomorrow");
  const v1::Ticket held = Must(&Stub::HoldJob, hold, rpc::Role::kTechnician).ticket();
  EXPECT_EQ(held.production(), v1::JOB_STATUS_WAITING_PARTS);
  EXPECT_EQ(held.jobs(0).hold().reason(), "the pads come tomorrow");
  Must(&Stub::ResumeJob, AboutJob<v1::ResumeJobRequest>(ticket), rpc::Role::kTechnician);
  Must(&Stub::CompleteJob, AboutJob<v1::CompleteJobRequest>(ticket), rpc::Role::kTechnician);
  ticket = Must(&Stub::CheckQuality, AboutJob<v1::CheckQualityRequest>(ticket)).ticket();
  EXPECT_EQ(ticket.production(), v1::JOB_STATUS_QUALITY_CHECKED);
  EXPECT_FALSE(ticket.jobs(0).quality_checked_by().empty());
  v1::InvoiceTicketRequest invoice = About<v1::InvoiceTicketRequest>(ticket);
  invoice.set_odometer_out(88123);
  EXPECT_EQ(Must(&Stub::InvoiceTicket, invoice).ticket().stage(), v1::DOCUMENT_STAGE_INVOICED);
}

TEST_F(EstimatesTest, CancelledJobAndEstimateEndAsTheySay) {
  const v1::Ticket ticket = OpenAuthorized();
  v1::CancelJobRequest cancel = AboutJob<v1::CancelJobRequest>(ticket);
  cancel.set_reason("part discontinued");
  EXPECT_EQ(Must(&Stub::CancelJob, cancel).ticket().jobs(0).status(), v1::JOB_STATUS_CANCELLED);
  const v1::Ticket estimate = OpenWithPart(v1::TICKET_KIND_REPAIR_ORDER);
  EXPECT_EQ(Reason(Call(&Stub::ExpireEstimate, About<v1::ExpireEstimateRequest>(estimate))),
            "ESTIMATE_STILL_VALID");
  v1::CancelEstimateRequest unsold = About<v1::CancelEstimateRequest>(estimate);
  unsold.set_reason("found it cheaper");
  Must(&Stub::CancelEstimate, unsold);
  v1::ListTicketsRequest list;
  list.set_location_id(location_id_);
  list.set_stage(v1::DOCUMENT_STAGE_CLOSED_UNSOLD);
  EXPECT_EQ(Must(&Stub::ListTickets, list).tickets_size(), 1);
  // What ended is followed, not opened again.
  v1::OpenTicketRequest open = OpenRequest(v1::TICKET_KIND_REPAIR_ORDER);
  open.set_follows_ticket_id(estimate.ticket_id());
  const v1::Ticket next = Must(&Stub::OpenTicket, open).ticket();
  EXPECT_EQ(next.links(0).ticket_id(), estimate.ticket_id());
  EXPECT_EQ(Get(estimate.ticket_id()).links(0).ticket_id(), next.ticket_id());
  open.set_follows_ticket_id(next.ticket_id());
  EXPECT_EQ(Reason(Call(&Stub::OpenTicket, open)), "LINKED_TICKET_OPEN");
}

TEST_F(EstimatesTest, QuoteBecomesACounterSaleWithItsNumberAndPrices) {
  const v1::Ticket quote = OpenWithPart(v1::TICKET_KIND_QUOTE);
  EXPECT_EQ(quote.number(), "QU-00001");
  EXPECT_EQ(Reason(Call(&Stub::AuthorizeJob, AuthorizeRequest(quote))), "IS_A_QUOTE");
  v1::ConvertQuoteRequest convert = About<v1::ConvertQuoteRequest>(quote);
  convert.set_kind(v1::TICKET_KIND_COUNTER_SALE);
  const v1::ConvertQuoteResponse converted = Must(&Stub::ConvertQuote, convert);
  EXPECT_EQ(converted.ticket().number(), "CS-00001");
  EXPECT_EQ(converted.ticket().totals().total_minor(), quote.totals().total_minor());
  EXPECT_EQ(converted.quote().stage(), v1::DOCUMENT_STAGE_CLOSED);
  EXPECT_EQ(converted.quote().links(0).ticket_id(), converted.ticket().ticket_id());
  Must(&Stub::AuthorizeJob, AuthorizeRequest(converted.ticket()));
  EXPECT_EQ(Must(&Stub::InvoiceTicket, About<v1::InvoiceTicketRequest>(converted.ticket()))
                .ticket()
                .stage(),
            v1::DOCUMENT_STAGE_INVOICED);
}

TEST_F(EstimatesTest, TicketIsShownAsItWasAtEveryVersionAndTime) {
  std::vector<v1::Ticket> past = {Open(v1::TICKET_KIND_REPAIR_ORDER)};
  const absl::Time opened = cluster_.clock().Now();
  cluster_.clock().Advance(absl::Hours(1));
  v1::AddJobRequest job = About<v1::AddJobRequest>(past[0]);
  job.set_title("Front brakes");
  past.push_back(Must(&Stub::AddJob, job).ticket());
  cluster_.clock().Advance(absl::Hours(1));
  past.push_back(Must(&Stub::AddPartLine, PartRequest(past[1])).ticket());

  v1::GetTicketRequest get = About<v1::GetTicketRequest>(past[0]);
  for (size_t i = 0; i < past.size(); ++i) {
    const absl::Time at = opened + absl::Hours(static_cast<int>(i)) + absl::Minutes(1);
    get.mutable_at_time()->set_seconds(absl::ToUnixSeconds(at));
    EXPECT_THAT(Must(&Stub::GetTicket, get).ticket(), EqualsProto(past[i])) << i;
  }
  get.mutable_at_time()->set_seconds(absl::ToUnixSeconds(opened - absl::Hours(1)));
  EXPECT_EQ(Reason(Call(&Stub::GetTicket, get)), "TICKET_UNKNOWN");

  const v1::ExplainTicketResponse explained =
      Must(&Stub::ExplainTicket, About<v1::ExplainTicketRequest>(past[0]));
  const uint64_t position = explained.total_changes(explained.total_changes_size() - 1).position();
  get.set_at_position(position - 1);
  EXPECT_THAT(Must(&Stub::GetTicket, get).ticket(), EqualsProto(past[1]));
  get.set_at_position(position);
  EXPECT_THAT(Must(&Stub::GetTicket, get).ticket(), EqualsProto(past[2]));
}

TEST_F(EstimatesTest, AmountsAreExplainedByEventsRulesAndVersions) {
  v1::Ticket ticket = OpenWithPart(v1::TICKET_KIND_REPAIR_ORDER);
  const std::string line_id = ticket.jobs(0).lines(0).line_id();
  const v1::LineAmounts before = ticket.jobs(0).lines(0).amounts();
  v1::GetLocationRequest get_location;
  get_location.set_location_id(location_id_);
  v1::ConfigureLocationRequest configure;
  *configure.mutable_location() = Must(&Stub::GetLocation, get_location).location();
  configure.mutable_location()->set_estimate_valid_days(14);
  Must(&Stub::ConfigureLocation, configure);
  v1::DiscountTicketRequest discount = About<v1::DiscountTicketRequest>(ticket);
  discount.mutable_discount()->set_amount_minor(500);
  discount.mutable_discount()->set_reason("returning customer");
  ticket = Must(&Stub::DiscountTicket, discount).ticket();
  const v1::LineAmounts after = ticket.jobs(0).lines(0).amounts();
  Present(ticket);
  Must(&Stub::AuthorizeJob, AuthorizeRequest(ticket));

  v1::ExplainTicketRequest explain = About<v1::ExplainTicketRequest>(ticket);
  explain.set_line_id(line_id);
  const v1::ExplainTicketResponse explained = Must(&Stub::ExplainTicket, explain);
  ASSERT_EQ(explained.lines_size(), 1);
  const v1::LineExplanation& line = explained.lines(0);
  EXPECT_EQ(line.estimate_version(), 1);
  ASSERT_EQ(line.changes_size(), 2);
  EXPECT_EQ(line.changes(0).type(), "pitlane.ticket.v1.LineAdded");
  EXPECT_EQ(line.changes(0).after_minor(), before.net_minor() + before.tax_minor());
  EXPECT_EQ(line.changes(1).type(), "pitlane.ticket.v1.TicketDiscounted");
  EXPECT_EQ(line.changes(1).after_minor(), after.net_minor() + after.tax_minor());
  EXPECT_EQ(line.changes(0).location_version(), 1u);
  EXPECT_EQ(line.changes(1).location_version(), 2u);
  ASSERT_EQ(explained.agreed_changes_size(), 1);
  EXPECT_EQ(explained.agreed_changes(0).after_minor(), ticket.totals().total_minor());
  EXPECT_EQ(explained.tax_rules_size(), after.taxes_size());
  EXPECT_EQ(explained.location_version(), 2u);
  explain.set_line_id(LineId::Make(cluster_.clock(), cluster_.entropy(), 5).text());
  EXPECT_EQ(Reason(Call(&Stub::ExplainTicket, explain)), "LINE_UNKNOWN");
}

TEST_F(EstimatesTest, NumberOrAddressInPlaceOfAReferenceIsRefused) {
  const v1::Ticket ticket = OpenWithPart(v1::TICKET_KIND_REPAIR_ORDER);
  v1::AuthorizeJobRequest request = AuthorizeRequest(ticket);
  for (const char* contact : {"+1 (555) 010-4477", "5550104477", "ann@example.org"}) {
    request.set_contact_ref(contact);
    EXPECT_EQ(Reason(Call(&Stub::AuthorizeJob, request)), "FIELD_INVALID") << contact;
  }
  request.set_contact_ref("sms-2026-118822334455");
  EXPECT_THAT(Call(&Stub::AuthorizeJob, request), IsOk());
}

}  // namespace
}  // namespace pitlane::ticket
