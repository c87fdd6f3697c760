#include "services/ticket/domain/consent_proof.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "services/ticket/domain/estimate_form.h"

namespace pitlane::ticket {
namespace {

using google::protobuf::util::MessageDifferencer;

constexpr size_t kChainBytes = 32;

template <class... Parts>
absl::Status Broken(const Parts&... parts) {
  return absl::DataLossError(absl::StrCat(parts...));
}

void AppendVarint(uint64_t value, std::string& out) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

struct Proven {
  std::vector<v1::EstimateVersion> estimates;
  std::vector<v1::ProvenDecision> decisions;
  v1::TicketKind kind = v1::TICKET_KIND_UNSPECIFIED;
};

void AddDecision(const std::string& job_id, const v1::Authorization& authorization,
                 uint64_t position, Proven& proven) {
  v1::ProvenDecision& decision = proven.decisions.emplace_back();
  decision.set_job_id(job_id);
  *decision.mutable_authorization() = authorization;
  decision.set_position(position);
}

void Take(const v1::TicketEvent& event, Proven& proven) {
  const uint64_t position = event.meta().position();
  if (event.has_ticket_opened()) proven.kind = event.ticket_opened().ticket().kind();
  if (event.has_estimate_presented()) {
    proven.estimates.push_back(event.estimate_presented().estimate());
  }
  if (event.has_job_authorized()) {
    AddDecision(event.job_authorized().job_id(), event.job_authorized().authorization(), position,
                proven);
  }
  if (event.has_job_declined()) {
    AddDecision(event.job_declined().job_id(), event.job_declined().authorization(), position,
                proven);
  }
  if (event.has_job_deferred()) {
    AddDecision(event.job_deferred().job_id(), event.job_deferred().authorization(), position,
                proven);
  }
}

absl::Status CheckRecord(const v1::GetConsentProofResponse& proof, const v1::ProvenRecord& record,
                         const v1::ProvenRecord* before) {
  if (record.previous_chain().size() != kChainBytes || ChainOf(record) != record.chain()) {
    return Broken("record ", record.position(), " is not what its chain value says");
  }
  if (record.stream_id() != proof.ticket_id()) {
    return Broken("record ", record.position(), " belongs to ", record.stream_id());
  }
  if (before == nullptr) return absl::OkStatus();
  if (record.position() <= before->position() || record.version() <= before->version()) {
    return Broken("record ", record.position(), " is out of order");
  }
  if (record.position() == before->position() + 1 && record.previous_chain() != before->chain()) {
    return Broken("record ", record.position(), " does not follow the one before it");
  }
  return absl::OkStatus();
}

absl::StatusOr<Proven> CheckRecords(const v1::GetConsentProofResponse& proof) {
  Proven proven;
  const v1::ProvenRecord* before = nullptr;
  for (const v1::ProvenRecord& record : proof.records()) {
    RETURN_IF_ERROR(CheckRecord(proof, record, before));
    v1::TicketEvent event;
    if (!event.ParseFromString(record.payload())) {
      return Broken("record ", record.position(), " holds no event");
    }
    if (event.meta().position() != record.position() ||
        event.meta().version() != record.version() ||
        event.meta().stream_id() != record.stream_id()) {
      return Broken("record ", record.position(), " holds the event of another place");
    }
    if (before == nullptr && !event.has_ticket_opened()) {
      return Broken("the first record is not the ticket's opening");
    }
    Take(event, proven);
    before = &record;
  }
  if (before == nullptr) return Broken("there are no records");
  if (before->position() > proof.journal_position() ||
      (before->position() == proof.journal_position() &&
       before->chain() != proof.journal_chain())) {
    return Broken("record ", before->position(), " is not in the journal that is named");
  }
  return proven;
}

template <class Lines>
void AddUp(const Lines& lines, int64_t& net, int64_t& tax) {
  for (const v1::Line& line : lines) {
    net += line.amounts().net_minor();
    tax += line.amounts().tax_minor();
  }
}

absl::Status CheckSums(const v1::EstimateVersion& estimate) {
  int64_t net = 0;
  int64_t tax = 0;
  for (const v1::EstimateJob& job : estimate.jobs()) {
    int64_t job_net = 0;
    int64_t job_tax = 0;
    AddUp(job.lines(), job_net, job_tax);
    if (job.amount_excluding_tax_minor() != job_net ||
        job.amount_including_tax_minor() != job_net + job_tax) {
      return Broken("job ", job.job_id(), " of estimate ", estimate.number(), " does not add up");
    }
    net += job_net;
    tax += job_tax;
  }
  AddUp(estimate.lines(), net, tax);
  if (estimate.totals().tax_minor() != tax || estimate.totals().total_minor() != net + tax) {
    return Broken("estimate ", estimate.number(), " does not add up");
  }
  return absl::OkStatus();
}

absl::Status CheckEstimates(const v1::GetConsentProofResponse& proof, const Proven& proven) {
  if (proof.estimates_size() != static_cast<int>(proven.estimates.size())) {
    return Broken("the estimates are not those of the records");
  }
  std::string previous;
  for (int i = 0; i < proof.estimates_size(); ++i) {
    const v1::EstimateVersion& estimate = proof.estimates(i);
    if (!MessageDifferencer::Equals(estimate, proven.estimates[static_cast<size_t>(i)])) {
      return Broken("estimate ", i + 1, " is not that of its record");
    }
    if (estimate.number() != i + 1 || estimate.previous_sha256() != previous) {
      return Broken("estimate ", i + 1, " does not follow the one before it");
    }
    if (EstimateHash(estimate) != estimate.sha256()) {
      return Broken("estimate ", i + 1, " is not what its hash says");
    }
    RETURN_IF_ERROR(CheckSums(estimate));
    previous = estimate.sha256();
  }
  return absl::OkStatus();
}

// Handbook 2.4.
absl::Status CheckComplete(const v1::ProvenDecision& decision, v1::TicketKind kind) {
  const v1::Authorization& record = decision.authorization();
  const bool in_person = record.channel() == v1::AUTHORIZATION_CHANNEL_IN_PERSON_SIGNATURE;
  const bool complete = !record.person_ref().empty() &&
                        record.channel() != v1::AUTHORIZATION_CHANNEL_UNSPECIFIED &&
                        (in_person || !record.contact_ref().empty()) && record.has_decided_at() &&
                        !record.taken_by().empty() &&
                        (kind != v1::TICKET_KIND_REPAIR_ORDER || !record.evidence_id().empty());
  if (complete || record.decision() != v1::CONSENT_DECISION_APPROVE) return absl::OkStatus();
  return Broken("the consent at ", decision.position(), " lacks what the law wants of its record");
}

absl::Status CheckPage(const v1::ProvenDecision& decision, const Proven& proven) {
  const v1::Authorization& record = decision.authorization();
  if (record.estimate_version() == 0) return absl::OkStatus();
  const auto page = std::find_if(proven.estimates.begin(), proven.estimates.end(),
                                 [&](const v1::EstimateVersion& estimate) {
                                   return estimate.number() == record.estimate_version() &&
                                          estimate.sha256() == record.estimate_sha256();
                                 });
  if (page == proven.estimates.end()) {
    return Broken("the decision at ", decision.position(), " names an estimate that is not there");
  }
  const bool shown =
      std::any_of(page->jobs().begin(), page->jobs().end(),
                  [&](const v1::EstimateJob& job) { return job.job_id() == decision.job_id(); });
  if (shown) return absl::OkStatus();
  return Broken("the decision at ", decision.position(), " is about a job that estimate ",
                record.estimate_version(), " does not show");
}

absl::Status CheckDecisions(const v1::GetConsentProofResponse& proof, const Proven& proven) {
  if (proof.decisions_size() != static_cast<int>(proven.decisions.size())) {
    return Broken("the decisions are not those of the records");
  }
  for (int i = 0; i < proof.decisions_size(); ++i) {
    const v1::ProvenDecision& decision = proof.decisions(i);
    if (!MessageDifferencer::Equals(decision, proven.decisions[static_cast<size_t>(i)])) {
      return Broken("decision ", i + 1, " is not that of its record");
    }
    RETURN_IF_ERROR(CheckComplete(decision, proven.kind));
    RETURN_IF_ERROR(CheckPage(decision, proven));
  }
  return absl::OkStatus();
}

std::vector<std::string> Report(const v1::GetConsentProofResponse& proof) {
  std::vector<std::string> lines = {absl::StrCat(
      "ticket ", proof.ticket_number(), " (", proof.ticket_id(), "): ", proof.records_size(),
      " records, ", proof.estimates_size(), " estimates, ", proof.decisions_size(), " decisions")};
  for (const v1::EstimateVersion& estimate : proof.estimates()) {
    lines.push_back(absl::StrCat("estimate ", estimate.number(), ": ",
                                 estimate.totals().total_minor(), " minor units ",
                                 estimate.currency(), ", held until ", estimate.valid_until(),
                                 ", sha256 ", estimate.sha256()));
  }
  for (const v1::ProvenDecision& decision : proof.decisions()) {
    const v1::Authorization& record = decision.authorization();
    lines.push_back(absl::StrCat(
        "at ", decision.position(), ": ", v1::ConsentDecision_Name(record.decision()), " of job ",
        decision.job_id(), ", ", record.amount_including_tax_minor(), " with tax, ",
        record.estimate_version() == 0 ? std::string("no estimate presented")
                                       : absl::StrCat("estimate ", record.estimate_version()),
        ", by ", record.person_ref(), ", taken by ", record.taken_by(), ", evidence ",
        record.evidence_id()));
  }
  const v1::ProvenRecord& last = proof.records(proof.records_size() - 1);
  lines.push_back(absl::StrCat("last record ", last.position(), ", chain ", HexEncode(last.chain()),
                               ": compare it with a copy of the journal"));
  return lines;
}

}  // namespace

std::string ChainOf(const v1::ProvenRecord& record) {
  std::string hashed = record.previous_chain();
  AppendBigEndian64(hashed, record.position());
  hashed.push_back(1);
  AppendVarint(record.stream_id().size(), hashed);
  hashed += record.stream_id();
  AppendVarint(record.version(), hashed);
  hashed += record.payload();
  return Sha256(hashed);
}

absl::StatusOr<std::vector<std::string>> VerifyConsentProof(
    const v1::GetConsentProofResponse& proof) {
  ASSIGN_OR_RETURN(const Proven proven, CheckRecords(proof));
  RETURN_IF_ERROR(CheckEstimates(proof, proven));
  RETURN_IF_ERROR(CheckDecisions(proof, proven));
  return Report(proof);
}

}  // namespace pitlane::ticket
