#include "services/ticket/api/tax_shape.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/money/quantity.h"

namespace pitlane::ticket {
namespace {

constexpr int kMaxTaxRules = 100;
constexpr size_t kMaxName = 200;
constexpr size_t kMaxSource = 500;
constexpr size_t kMaxAccount = 64;
constexpr int64_t kMaxAmount = 100'000'000'000;

void CheckTaxRule(const std::string& field, const v1::TaxRule& rule, Shape& shape) {
  shape.RequiredText(field + ".rule_id", rule.rule_id(), kMaxName);
  shape.RequiredText(field + ".authority", rule.authority(), kMaxName);
  shape.Range(field + ".rate_ppm", rule.rate_ppm(), 0, kPpmOne);
  shape.Require(field + ".categories", rule.categories_size() > 0, "is empty");
  for (const int category : rule.categories()) {
    shape.Value(field + ".categories", category, *v1::TaxCategory_descriptor());
  }
  shape.Text(field + ".source", rule.source(), kMaxSource);
  shape.Text(field + ".liability_account", rule.liability_account(), kMaxAccount);
  shape.Range(field + ".max_per_item_minor", rule.max_per_item_minor(), 0, kMaxAmount);
  shape.Range(field + ".max_per_ticket_minor", rule.max_per_ticket_minor(), 0, kMaxAmount);
  CheckDates(field, rule, shape);
}

bool ShareACategory(const v1::TaxRule& a, const v1::TaxRule& b) {
  return std::any_of(a.categories().begin(), a.categories().end(), [&b](int category) {
    return std::find(b.categories().begin(), b.categories().end(), category) !=
           b.categories().end();
  });
}

}  // namespace

void CheckTaxRules(const std::string& field,
                   const google::protobuf::RepeatedPtrField<v1::TaxRule>& rules, Shape& shape) {
  shape.Require(field, rules.size() <= kMaxTaxRules, "has too many rules");
  std::set<std::string> ids;
  for (int i = 0; i < rules.size(); ++i) {
    const std::string name = absl::StrCat(field, "[", i, "]");
    CheckTaxRule(name, rules[i], shape);
    shape.Require(name + ".rule_id", ids.insert(rules[i].rule_id()).second, "is there twice");
    // The same tax twice on the same line is a slip of whoever wrote the rules.
    for (int j = 0; j < i; ++j) {
      const bool same = rules[j].authority() == rules[i].authority() &&
                        rules[j].rate_ppm() == rules[i].rate_ppm();
      shape.Require(name,
                    !same || !ShareACategory(rules[i], rules[j]) || !ShareADay(rules[i], rules[j]),
                    "taxes the same again as " + rules[j].rule_id());
    }
  }
}

}  // namespace pitlane::ticket
