#include "services/ticket/domain/consent_rules.h"

#include <algorithm>

#include "absl/time/civil_time.h"
#include "libs/base/text.h"

namespace pitlane::ticket {
namespace {

// Handbook 2.3: what holds where a location says nothing.
constexpr int kStandardValidDays = 30;

bool IsInForce(const v1::ConsentRule& rule, std::string_view date) {
  return (rule.effective_from().empty() || rule.effective_from() <= date) &&
         (rule.effective_to().empty() || date <= rule.effective_to());
}

bool AllowsAnything(const OverageLimit& limit) {
  return limit.policy.rate_ppm() > 0 || limit.policy.amount_minor() > 0;
}

}  // namespace

const v1::ConsentRule* ConsentRuleInForce(const v1::Location& location, std::string_view date) {
  if (location.jurisdiction().empty()) return nullptr;
  for (const v1::ConsentRule& rule : location.consent_rules()) {
    if (rule.jurisdiction() == location.jurisdiction() && IsInForce(rule, date)) return &rule;
  }
  return nullptr;
}

std::vector<OverageLimit> OverageLimits(const v1::Location& location, std::string_view date) {
  std::vector<OverageLimit> limits;
  const v1::ConsentRule* rule = ConsentRuleInForce(location, date);
  if (rule != nullptr) limits.push_back({.rule_id = rule->rule_id(), .policy = rule->overage()});
  if (rule == nullptr || location.has_overage()) {
    limits.push_back({.rule_id = "", .policy = location.overage()});
  }
  return limits;
}

bool AllowsOverage(const v1::Location& location, std::string_view date) {
  const std::vector<OverageLimit> limits = OverageLimits(location, date);
  return std::all_of(limits.begin(), limits.end(), AllowsAnything);
}

const v1::ConsentRule* WrittenEstimateRule(const v1::Location& location, std::string_view date,
                                           v1::TicketKind kind, int64_t total_minor) {
  if (kind != v1::TICKET_KIND_REPAIR_ORDER) return nullptr;
  const v1::ConsentRule* rule = ConsentRuleInForce(location, date);
  if (rule == nullptr || !rule->has_written_estimate_from_minor()) return nullptr;
  return total_minor >= rule->written_estimate_from_minor() ? rule : nullptr;
}

std::string ValidUntil(const v1::Location& location, std::string_view date) {
  absl::CivilDay day;
  if (!absl::ParseCivilTime(ToAbsl(date), &day)) return std::string(date);
  const int days = location.estimate_valid_days();
  return absl::FormatCivilTime(day + (days > 0 ? days : kStandardValidDays));
}

}  // namespace pitlane::ticket
