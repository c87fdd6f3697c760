// What the law of one place says about tax on one day: its jurisdictions' rules, or those that a
// location brings along. Also who is exempt from them. Pure; safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "pitlane/ticket/v1/tax.pb.h"
#include "pitlane/ticket/v1/types.pb.h"

namespace pitlane::ticket {

// What a ticket is taxed by. Everything is borrowed.
struct TaxSetting {
  const v1::Location& location;
  // Of the place of supply and of the places above it, the highest first; empty: the location's own
  // tax_rules count.
  absl::Span<const v1::TaxJurisdiction> jurisdictions = {};
  // Of everybody who pays.
  absl::Span<const v1::ExemptionCertificate> certificates = {};
};

struct RuleInForce {
  const v1::TaxRule* rule;
  std::string_view jurisdiction;  // its code; empty: the location's own rule
};

// Both ends belong to the time in force; YYYY-MM-DD compares as text, an empty end is open.
bool IsInForce(std::string_view from, std::string_view to, std::string_view date);

// Whether `code` is `place` or below it: "US-CA/kern-county" is within "US-CA" and "US".
bool IsWithin(std::string_view code, std::string_view place);

// Borrows the setting's messages.
class TaxRules {
 public:
  TaxRules(const TaxSetting& setting, std::string_view date);

  // In the order in which they add up.
  const std::vector<RuleInForce>& rules() const { return rules_; }
  // Of everything below, the lowest place that says something counts.
  v1::TaxRounding rounding() const { return rounding_; }
  v1::LabourTaxPattern labour() const { return labour_; }
  // UNSPECIFIED: cores are taxed as any line.
  v1::CoreTaxPattern CoreOf(v1::PartCondition condition) const;
  // nullptr: lump-sum jobs are taxed as any job.
  const v1::LumpSumRule* lump_sum() const { return lump_sum_; }
  // nullptr: what this payer pays is taxed.
  const v1::PayerExemption* ExemptionOf(v1::PayerKind payer) const;

  // The certificate that exempts `customer_id` from the rule on such a line; nullptr: none. A
  // location's own rule is taken to be of the place that its consent rules are of.
  const v1::ExemptionCertificate* CertificateFor(std::string_view customer_id,
                                                 const RuleInForce& rule,
                                                 v1::TaxCategory category) const;

 private:
  const TaxSetting& setting_;
  std::string date_;
  absl::Span<const v1::TaxJurisdiction> places_;
  std::vector<RuleInForce> rules_;
  v1::TaxRounding rounding_;
  v1::LabourTaxPattern labour_ = v1::LABOUR_TAX_PATTERN_UNSPECIFIED;
  const v1::LumpSumRule* lump_sum_ = nullptr;
};

}  // namespace pitlane::ticket
