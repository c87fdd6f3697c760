#include "services/ticket/domain/tax.h"

#include <algorithm>
#include <cstdint>

#include "libs/base/status.h"
#include "libs/money/allocation.h"
#include "libs/money/quantity.h"
#include "libs/money/rounding.h"

namespace pitlane::ticket {
namespace {

// All rules of one authority and rate that are in force, and what each line owes by them.
struct Levy {
  const v1::TaxRule* first;
  std::vector<const v1::TaxRule*> rule_of_line;  // nullptr: not taxed
  std::vector<int64_t> bases;
  int64_t base = 0;
  std::vector<int64_t> taxes;
  int64_t tax = 0;
};

bool Covers(const v1::TaxRule& rule, v1::TaxCategory category) {
  return std::find(rule.categories().begin(), rule.categories().end(), category) !=
         rule.categories().end();
}

Levy& LevyOf(const v1::TaxRule& rule, size_t lines, std::vector<Levy>& levies) {
  for (Levy& levy : levies) {
    if (levy.first->authority() == rule.authority() && levy.first->rate_ppm() == rule.rate_ppm()) {
      return levy;
    }
  }
  levies.push_back({.first = &rule,
                    .rule_of_line = std::vector<const v1::TaxRule*>(lines),
                    .bases = std::vector<int64_t>(lines),
                    .taxes = {}});
  return levies.back();
}

absl::StatusOr<std::vector<Levy>> Levies(const v1::Location& location, std::string_view date,
                                         const std::vector<TaxedLine>& lines) {
  std::vector<Levy> levies;
  for (const v1::TaxRule& rule : location.tax_rules()) {
    if (!IsInForce(rule, date)) continue;
    for (size_t i = 0; i < lines.size(); ++i) {
      const int64_t net = lines[i].amounts->net_minor();
      if (net == 0 || !Covers(rule, lines[i].category)) continue;
      Levy& levy = LevyOf(rule, lines.size(), levies);
      levy.rule_of_line[i] = &rule;
      levy.bases[i] = net;
      ASSIGN_OR_RETURN(levy.base, CheckedAdd(levy.base, net));
    }
  }
  return levies;
}

absl::Status RoundOnce(Levy& levy) {
  ASSIGN_OR_RETURN(levy.tax, ApplyPpm(levy.base, Ppm{levy.first->rate_ppm()}));
  ASSIGN_OR_RETURN(levy.taxes, Allocate(levy.tax, levy.bases));
  return absl::OkStatus();
}

absl::Status RoundEachLine(Levy& levy) {
  for (const int64_t base : levy.bases) {
    ASSIGN_OR_RETURN(const int64_t tax, ApplyPpm(base, Ppm{levy.first->rate_ppm()}));
    levy.taxes.push_back(tax);
    ASSIGN_OR_RETURN(levy.tax, CheckedAdd(levy.tax, tax));
  }
  return absl::OkStatus();
}

v1::TaxAmount TaxAmountOf(const v1::TaxRule& rule, int64_t base, int64_t tax) {
  v1::TaxAmount amount;
  amount.set_authority(rule.authority());
  amount.set_rule_id(rule.rule_id());
  amount.set_rate_ppm(rule.rate_ppm());
  amount.set_base_minor(base);
  amount.set_tax_minor(tax);
  return amount;
}

}  // namespace

bool IsInForce(const v1::TaxRule& rule, std::string_view date) {
  return (rule.effective_from().empty() || rule.effective_from() <= date) &&
         (rule.effective_to().empty() || date <= rule.effective_to());
}

absl::Status AddTaxes(const v1::Location& location, std::string_view date,
                      const std::vector<TaxedLine>& lines,
                      google::protobuf::RepeatedPtrField<v1::TaxAmount>& totals) {
  ASSIGN_OR_RETURN(std::vector<Levy> levies, Levies(location, date, lines));
  for (Levy& levy : levies) {
    RETURN_IF_ERROR(location.tax_rounding() == v1::TAX_ROUNDING_LINE ? RoundEachLine(levy)
                                                                     : RoundOnce(levy));
    *totals.Add() = TaxAmountOf(*levy.first, levy.base, levy.tax);
    for (size_t i = 0; i < lines.size(); ++i) {
      if (levy.rule_of_line[i] == nullptr) continue;
      v1::LineAmounts& amounts = *lines[i].amounts;
      *amounts.add_taxes() = TaxAmountOf(*levy.rule_of_line[i], levy.bases[i], levy.taxes[i]);
      ASSIGN_OR_RETURN(const int64_t tax, CheckedAdd(amounts.tax_minor(), levy.taxes[i]));
      amounts.set_tax_minor(tax);
    }
  }
  return absl::OkStatus();
}

}  // namespace pitlane::ticket
