#include "services/ticket/api/fee_shape.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "libs/money/quantity.h"

namespace pitlane::ticket {

void CheckFeeRule(const std::string& field, const v1::FeeRule& fee, Shape& shape) {
  shape.Value(field + ".base", fee.base(), *v1::FeeRule::Base_descriptor());
  shape.Range(field + ".unit_amount_minor", fee.unit_amount_minor(), 0, kMaxMinor);
  shape.Range(field + ".rate_ppm", fee.rate_ppm(), 0, kPpmOne);
  shape.Range(field + ".min_minor", fee.min_minor(), 0, kMaxMinor);
  shape.Range(field + ".max_minor", fee.max_minor(), 0, kMaxMinor);
  shape.Require(field + ".max_minor",
                !fee.has_min_minor() || !fee.has_max_minor() || fee.min_minor() <= fee.max_minor(),
                "is below min_minor");
  shape.Require(field + ".before_percentage_fees",
                !fee.before_percentage_fees() || fee.base() == v1::FeeRule::BASE_FLAT,
                "is for flat fees only");
}

void CheckFeeCategory(const std::string& field, v1::TaxCategory category, Shape& shape) {
  shape.Require(field,
                category == v1::TAX_CATEGORY_UNSPECIFIED || category == v1::TAX_CATEGORY_SUPPLIES ||
                    category == v1::TAX_CATEGORY_FEE || category == v1::TAX_CATEGORY_GOVERNMENT_FEE,
                "of a fee is SUPPLIES, FEE or GOVERNMENT_FEE");
}

void CheckCode(const std::string& field, const std::string& code, Shape& shape) {
  const bool usual = std::all_of(code.begin(), code.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
  });
  shape.Require(field, usual && !code.empty() && code.size() <= kMaxCodeBytes,
                "is 1 to 64 of A-Z a-z 0-9 _ - and full stop");
}

}  // namespace pitlane::ticket
