#include "services/ticket/domain/explanation.h"

#include <set>
#include <utility>

#include "services/ticket/domain/ticket.h"

namespace pitlane::ticket {
namespace {

template <class Fn>
void ForEachLine(const v1::Ticket& ticket, Fn fn) {
  for (const v1::Job& job : ticket.jobs()) {
    for (const v1::Line& line : job.lines()) fn(line, job.estimate_version());
  }
  for (const v1::Line& line : ticket.lines()) fn(line, 0);
}

std::map<std::string, int64_t> AmountsByLine(const v1::Ticket& ticket) {
  std::map<std::string, int64_t> amounts;
  ForEachLine(ticket, [&amounts](const v1::Line& line, int32_t) {
    amounts[line.line_id()] = line.amounts().net_minor() + line.amounts().tax_minor();
  });
  return amounts;
}

template <class Changes>
void Put(const Changes& changes, google::protobuf::RepeatedPtrField<v1::AmountChange>& into) {
  into.Assign(changes.begin(), changes.end());
}

}  // namespace

const v1::Location* Explanation::LocationAt(uint64_t position) const {
  const v1::Location* location = nullptr;
  for (const LocationVersion& version : locations_) {
    if (version.position <= position) location = &version.location;
  }
  return location;
}

void Explanation::Note(const v1::TicketEvent& event, int64_t before, int64_t after, bool computed,
                       Changes& changes) const {
  if (before == after) return;
  const common::v1::EventMeta& meta = event.meta();
  v1::AmountChange& change = changes.emplace_back();
  change.set_event_id(meta.event_id());
  change.set_type(meta.type());
  change.set_position(meta.position());
  change.set_version(meta.version());
  *change.mutable_recorded_at() = meta.recorded_at();
  change.set_actor(meta.actor().subject());
  change.set_before_minor(before);
  change.set_after_minor(after);
  const v1::Location* location = computed ? LocationAt(meta.position()) : nullptr;
  if (location != nullptr) change.set_location_version(location->version());
}

void Explanation::NoteLines(const v1::TicketEvent& event, const v1::Ticket& before) {
  std::map<std::string, int64_t> amounts = AmountsByLine(before);
  for (const auto& [line_id, after] : AmountsByLine(state_.ticket())) {
    Note(event, amounts[line_id], after, true, lines_[line_id]);
  }
}

void Explanation::On(const v1::TicketEvent& event) {
  const v1::Ticket before = state_.ticket();
  TicketAggregate::Apply(state_, event);
  const v1::Ticket& after = state_.ticket();
  NoteLines(event, before);
  Note(event, before.totals().total_minor(), after.totals().total_minor(), true, total_);
  Note(event, before.agreed_including_tax_minor(), after.agreed_including_tax_minor(), true,
       agreed_);
  Note(event, before.paid_minor(), after.paid_minor(), false, paid_);
}

void Explanation::AddTaxRules(v1::ExplainTicketResponse& response) const {
  if (total_.empty()) return;
  const v1::Location* location = LocationAt(total_.back().position());
  if (location == nullptr) return;
  response.set_location_version(location->version());
  std::set<std::string> named;
  for (const v1::LineExplanation& line : response.lines()) {
    for (const v1::TaxAmount& tax : line.line().amounts().taxes()) named.insert(tax.rule_id());
  }
  for (const v1::TaxRule& rule : location->tax_rules()) {
    if (named.contains(rule.rule_id())) *response.add_tax_rules() = rule;
  }
}

v1::ExplainTicketResponse Explanation::Explain(const std::string& line_id) const {
  v1::ExplainTicketResponse response;
  ForEachLine(state_.ticket(), [&](const v1::Line& line, int32_t estimate_version) {
    if (!line_id.empty() && line.line_id() != line_id) return;
    v1::LineExplanation& explained = *response.add_lines();
    *explained.mutable_line() = line;
    explained.set_estimate_version(estimate_version);
    const auto changes = lines_.find(line.line_id());
    if (changes != lines_.end()) Put(changes->second, *explained.mutable_changes());
  });
  *response.mutable_totals() = state_.ticket().totals();
  Put(total_, *response.mutable_total_changes());
  Put(agreed_, *response.mutable_agreed_changes());
  Put(paid_, *response.mutable_paid_changes());
  AddTaxRules(response);
  return response;
}

}  // namespace pitlane::ticket
