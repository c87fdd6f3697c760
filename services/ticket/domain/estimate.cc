#include "services/ticket/domain/estimate.h"

#include <algorithm>

#include "services/ticket/domain/calculation.h"
#include "services/ticket/domain/ticket_parts.h"

namespace pitlane::ticket {
namespace {

// What the shop pays and who does the work is no business of the customer's.
v1::Line Shown(const v1::Line& line, const v1::Calculation& calculation) {
  v1::Line shown = line;
  shown.clear_unit_cost_e4();
  shown.clear_technician();
  shown.clear_technicians();
  shown.clear_price_source();
  shown.clear_labour_source();
  shown.clear_sublet();
  if (line.has_package()) shown.mutable_package()->clear_computed_minor();
  shown.clear_core_units();
  shown.clear_special_order();
  shown.clear_tires();
  shown.clear_amounts();
  const auto amounts = calculation.lines().find(line.line_id());
  if (amounts != calculation.lines().end()) *shown.mutable_amounts() = amounts->second;
  return shown;
}

// What a job offers, whatever it comes to: its share of a discount may move with other jobs.
template <class Lines>
std::string ContentsOf(const Lines& lines) {
  std::string contents;
  for (const v1::Line& line : lines) {
    if (line.kind() == v1::LINE_KIND_NOTE) continue;
    v1::Line bare = Shown(line, v1::Calculation());
    contents += bare.SerializeAsString();
    contents.push_back('\n');
  }
  return contents;
}

const EstimateSide::Job* Find(const EstimateSide& side, const std::string& job_id) {
  const auto found =
      std::find_if(side.jobs.begin(), side.jobs.end(),
                   [&job_id](const EstimateSide::Job& job) { return job.job_id == job_id; });
  return found == side.jobs.end() ? nullptr : &*found;
}

bool NeedsConsent(const v1::Ticket& ticket, const std::string& job_id) {
  const v1::Job* job = FindJob(ticket, job_id);
  return job != nullptr && (!IsAuthorized(job->status()) || job->consent_outdated());
}

bool Differ(const EstimateSide::Job& before, const EstimateSide::Job& after) {
  const bool other_contents =
      !before.contents.empty() && !after.contents.empty() && before.contents != after.contents;
  return other_contents || before.including_tax_minor != after.including_tax_minor ||
         before.excluding_tax_minor != after.excluding_tax_minor;
}

v1::EstimateDifference::JobDifference JobDifference(const EstimateSide::Job* before,
                                                    const EstimateSide::Job* after) {
  v1::EstimateDifference::JobDifference difference;
  if (before != nullptr) {
    difference.set_job_id(before->job_id);
    difference.set_title(before->title);
    difference.set_before_excluding_tax_minor(before->excluding_tax_minor);
    difference.set_before_including_tax_minor(before->including_tax_minor);
    difference.set_change(v1::EstimateDifference::CHANGE_REMOVED);
  }
  if (after != nullptr) {
    difference.set_job_id(after->job_id);
    difference.set_title(after->title);
    difference.set_after_excluding_tax_minor(after->excluding_tax_minor);
    difference.set_after_including_tax_minor(after->including_tax_minor);
    difference.set_change(before == nullptr         ? v1::EstimateDifference::CHANGE_ADDED
                          : Differ(*before, *after) ? v1::EstimateDifference::CHANGE_CHANGED
                                                    : v1::EstimateDifference::CHANGE_NONE);
  }
  difference.set_change_minor(difference.after_including_tax_minor() -
                              difference.before_including_tax_minor());
  return difference;
}

}  // namespace

v1::EstimateVersion EstimateOf(const v1::Ticket& ticket, const v1::Calculation& calculation) {
  v1::EstimateVersion estimate;
  estimate.set_ticket_id(ticket.ticket_id());
  estimate.set_ticket_number(ticket.number());
  estimate.set_kind(ticket.kind());
  estimate.set_location_id(ticket.location_id());
  estimate.set_customer_id(ticket.customer_id());
  estimate.set_vehicle_id(ticket.vehicle_id());
  estimate.set_currency(ticket.currency());
  estimate.set_return_old_parts(ticket.return_old_parts());
  for (const v1::Job& job : ticket.jobs()) {
    if (!Counts(job.status(), Counting::kEstimate)) continue;
    v1::EstimateJob& shown = *estimate.add_jobs();
    shown.set_job_id(job.job_id());
    shown.set_title(job.title());
    shown.set_complaint(job.complaint());
    shown.set_cause(job.cause());
    const AmountPair amounts = AmountsOf(job, calculation);
    shown.set_amount_excluding_tax_minor(amounts.excluding_tax_minor);
    shown.set_amount_including_tax_minor(amounts.including_tax_minor);
    for (const v1::Line& line : job.lines()) *shown.add_lines() = Shown(line, calculation);
  }
  for (const v1::Line& line : ticket.lines()) *estimate.add_lines() = Shown(line, calculation);
  if (ticket.has_discount()) *estimate.mutable_discount() = ticket.discount();
  *estimate.mutable_coupons() = ticket.coupons();
  *estimate.mutable_totals() = calculation.totals();
  return estimate;
}

EstimateSide AgreedSide(const v1::Ticket& ticket) {
  EstimateSide side{.excluding_tax_minor = ticket.agreed_excluding_tax_minor(),
                    .including_tax_minor = ticket.agreed_including_tax_minor()};
  for (const v1::Job& job : ticket.jobs()) {
    if (!IsAuthorized(job.status())) continue;
    side.jobs.push_back({.job_id = job.job_id(),
                         .title = job.title(),
                         .excluding_tax_minor = job.authorization().amount_excluding_tax_minor(),
                         .including_tax_minor = job.authorization().amount_including_tax_minor(),
                         .contents = ""});
  }
  return side;
}

EstimateSide PresentSide(const v1::Ticket& ticket) {
  const AmountPair total = AmountsOf(ticket.totals());
  EstimateSide side{.excluding_tax_minor = total.excluding_tax_minor,
                    .including_tax_minor = total.including_tax_minor};
  for (const v1::Job& job : ticket.jobs()) {
    if (!Counts(job.status(), Counting::kEstimate)) continue;
    EstimateSide::Job& shown = side.jobs.emplace_back();
    shown.job_id = job.job_id();
    shown.title = job.title();
    for (const v1::Line& line : job.lines()) {
      shown.excluding_tax_minor += line.amounts().net_minor();
      shown.including_tax_minor += line.amounts().net_minor() + line.amounts().tax_minor();
    }
    shown.contents = ContentsOf(job.lines());
  }
  return side;
}

EstimateSide VersionSide(const v1::EstimateVersion& estimate) {
  const AmountPair total = AmountsOf(estimate.totals());
  EstimateSide side{.version = estimate.number(),
                    .excluding_tax_minor = total.excluding_tax_minor,
                    .including_tax_minor = total.including_tax_minor};
  for (const v1::EstimateJob& job : estimate.jobs()) {
    side.jobs.push_back({.job_id = job.job_id(),
                         .title = job.title(),
                         .excluding_tax_minor = job.amount_excluding_tax_minor(),
                         .including_tax_minor = job.amount_including_tax_minor(),
                         .contents = ContentsOf(job.lines())});
  }
  return side;
}

v1::EstimateDifference Difference(const EstimateSide& before, const EstimateSide& after,
                                  const v1::Ticket& ticket) {
  v1::EstimateDifference difference;
  difference.set_from_version(before.version);
  difference.set_to_version(after.version);
  for (const EstimateSide::Job& job : after.jobs) {
    auto& shown = *difference.add_jobs();
    shown = JobDifference(Find(before, job.job_id), &job);
    shown.set_needs_consent(NeedsConsent(ticket, job.job_id));
  }
  for (const EstimateSide::Job& job : before.jobs) {
    if (Find(after, job.job_id) == nullptr) *difference.add_jobs() = JobDifference(&job, nullptr);
  }
  difference.set_before_excluding_tax_minor(before.excluding_tax_minor);
  difference.set_before_including_tax_minor(before.including_tax_minor);
  difference.set_after_excluding_tax_minor(after.excluding_tax_minor);
  difference.set_after_including_tax_minor(after.including_tax_minor);
  difference.set_change_minor(after.including_tax_minor - before.including_tax_minor);
  return difference;
}

}  // namespace pitlane::ticket
