#include "services/ticket/domain/tax_rules.h"

namespace pitlane::ticket {
namespace {

template <class Rule>
bool IsRuleInForce(const Rule& rule, std::string_view date) {
  return IsInForce(rule.effective_from(), rule.effective_to(), date);
}

// A place that stands alone has nothing above it.
absl::Span<const v1::TaxJurisdiction> Counting(absl::Span<const v1::TaxJurisdiction> places) {
  for (size_t i = places.size(); i > 0; --i) {
    if (places[i - 1].stands_alone()) return places.subspan(i - 1);
  }
  return places;
}

}  // namespace

bool IsInForce(std::string_view from, std::string_view to, std::string_view date) {
  return (from.empty() || from <= date) && (to.empty() || date <= to);
}

bool IsWithin(std::string_view code, std::string_view place) {
  if (place.empty() || code.substr(0, place.size()) != place) return false;
  if (code.size() == place.size()) return true;
  const char next = code[place.size()];
  // "US-CA" is in "US"; "US-CA/kern-county" is not in "US-CA/kern".
  const bool country = place.find_first_of("-/") == std::string_view::npos;
  return next == '/' || (next == '-' && country);
}

TaxRules::TaxRules(const TaxSetting& setting, std::string_view date)
    : setting_(setting),
      date_(date),
      places_(Counting(setting.jurisdictions)),
      rounding_(setting.location.tax_rounding()) {
  if (places_.empty()) {
    for (const v1::TaxRule& rule : setting.location.tax_rules()) {
      if (IsRuleInForce(rule, date_)) rules_.push_back({&rule, ""});
    }
  }
  for (const v1::TaxJurisdiction& place : places_) {
    for (const v1::TaxRule& rule : place.rules()) {
      if (IsRuleInForce(rule, date_)) rules_.push_back({&rule, place.code()});
    }
    for (const v1::LabourTaxRule& rule : place.labour()) {
      if (IsRuleInForce(rule, date_)) labour_ = rule.pattern();
    }
    for (const v1::LumpSumRule& rule : place.lump_sums()) {
      if (IsRuleInForce(rule, date_)) lump_sum_ = &rule;
    }
    if (place.rounding() != v1::TAX_ROUNDING_UNSPECIFIED) rounding_ = place.rounding();
  }
}

v1::CoreTaxPattern TaxRules::CoreOf(v1::PartCondition condition) const {
  for (size_t i = places_.size(); i > 0; --i) {
    v1::CoreTaxPattern otherwise = v1::CORE_TAX_PATTERN_UNSPECIFIED;
    for (const v1::CoreTaxRule& rule : places_[i - 1].cores()) {
      if (!IsRuleInForce(rule, date_)) continue;
      if (rule.condition() == v1::PART_CONDITION_UNSPECIFIED) otherwise = rule.pattern();
      if (rule.condition() == condition) return rule.pattern();
    }
    if (otherwise != v1::CORE_TAX_PATTERN_UNSPECIFIED) return otherwise;
  }
  return v1::CORE_TAX_PATTERN_UNSPECIFIED;
}

const v1::PayerExemption* TaxRules::ExemptionOf(v1::PayerKind payer) const {
  for (size_t i = places_.size(); i > 0; --i) {
    for (const v1::PayerExemption& exemption : places_[i - 1].payer_exemptions()) {
      if (exemption.payer() == payer && IsRuleInForce(exemption, date_)) return &exemption;
    }
  }
  return nullptr;
}

const v1::ExemptionCertificate* TaxRules::CertificateFor(std::string_view customer_id,
                                                         const RuleInForce& rule,
                                                         v1::TaxCategory category) const {
  if (customer_id.empty()) return nullptr;
  const std::string_view place =
      rule.jurisdiction.empty() ? setting_.location.jurisdiction() : rule.jurisdiction;
  const bool goods = category == v1::TAX_CATEGORY_PART || category == v1::TAX_CATEGORY_CORE;
  for (const v1::ExemptionCertificate& certificate : setting_.certificates) {
    if (certificate.customer_id() == customer_id && IsWithin(place, certificate.jurisdiction()) &&
        IsInForce(certificate.valid_from(), certificate.valid_to(), date_) &&
        (goods || certificate.scope() != v1::EXEMPTION_SCOPE_PARTS)) {
      return &certificate;
    }
  }
  return nullptr;
}

}  // namespace pitlane::ticket
