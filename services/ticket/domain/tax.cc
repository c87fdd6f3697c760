#include "services/ticket/domain/tax.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>

#include "libs/base/status.h"
#include "libs/money/allocation.h"
#include "libs/money/quantity.h"
#include "libs/money/rounding.h"

namespace pitlane::ticket {
namespace {

// What rates that compound add up to is counted in so many parts, so that no rate loses a digit.
constexpr int64_t kFine = 1'000'000'000'000;

// The unit of taxation: what one payer pays of a line.
struct Share {
  size_t line;
  const v1::Payer* payer;  // nullptr: the customer pays the whole line
  int64_t amount;          // with tax in it where prices include tax
  int64_t net;
  int64_t tax = 0;
  int64_t taken_off = 0;  // tax in the price that its payer is exempt from
};

// All rules of one authority, rate and account, and what each share owes by them.
struct Levy {
  const RuleInForce* first;
  std::vector<const RuleInForce*> rule_of_share;  // nullptr: does not cover it
  std::vector<bool> exempt;                       // its payer is exempt
  std::vector<int64_t> bases;
  std::vector<int64_t> taxes;
};

bool Covers(const v1::TaxRule& rule, v1::TaxCategory category) {
  return std::find(rule.categories().begin(), rule.categories().end(), category) !=
         rule.categories().end();
}

bool AreRoundedTogether(const v1::TaxRule& a, const v1::TaxRule& b) {
  return a.authority() == b.authority() && a.rate_ppm() == b.rate_ppm() &&
         a.liability_account() == b.liability_account() && a.compound() == b.compound() &&
         a.has_max_per_item_minor() == b.has_max_per_item_minor() &&
         a.max_per_item_minor() == b.max_per_item_minor() &&
         a.has_max_per_ticket_minor() == b.has_max_per_ticket_minor() &&
         a.max_per_ticket_minor() == b.max_per_ticket_minor();
}

// The part that a core belongs to; a core that came back names the one it was charged with.
v1::PartCondition ConditionOf(const v1::Line& core, const v1::Job* job) {
  const auto find = [job](const std::string& line_id) -> const v1::Line* {
    if (job == nullptr) return nullptr;
    for (const v1::Line& line : job->lines()) {
      if (line.line_id() == line_id) return &line;
    }
    return nullptr;
  };
  const v1::Line* part = find(core.for_line_id());
  if (part != nullptr && part->kind() == v1::LINE_KIND_CORE) part = find(part->for_line_id());
  return part == nullptr ? v1::PART_CONDITION_UNSPECIFIED : part->condition();
}

v1::TaxAmount TaxAmountOf(const RuleInForce& in_force, int64_t base, int64_t tax) {
  const v1::TaxRule& rule = *in_force.rule;
  v1::TaxAmount amount;
  amount.set_authority(rule.authority());
  amount.set_rule_id(rule.rule_id());
  amount.set_rate_ppm(rule.rate_ppm());
  amount.set_base_minor(base);
  amount.set_tax_minor(tax);
  amount.set_liability_account(rule.liability_account());
  amount.set_jurisdiction(std::string(in_force.jurisdiction));
  return amount;
}

// Never further from zero than the cap.
int64_t Capped(int64_t amount, int64_t cap) { return std::clamp(amount, -cap, cap); }

class Document {
 public:
  Document(const TaxSetting& setting, const v1::Ticket& ticket, std::string_view date,
           const std::vector<TaxedLine>& lines)
      : ticket_(ticket),
        lines_(lines),
        rules_(setting, date),
        inclusive_(setting.location.prices_include_tax()) {}

  absl::Status Tax() {
    AddShares();
    RETURN_IF_ERROR(FindJobs());
    FindLevies();
    if (inclusive_) return TakeOut();
    for (Levy& levy : levies_) RETURN_IF_ERROR(AddOn(levy));
    return absl::OkStatus();
  }

  absl::Status Write(google::protobuf::RepeatedPtrField<v1::TaxAmount>& totals) const {
    for (size_t i = 0; i < lines_.size(); ++i) {
      v1::LineAmounts& amounts = *lines_[i].amounts;
      amounts.set_net_minor(0);
      for (size_t s = first_share_[i]; s < first_share_[i + 1]; ++s) {
        RETURN_IF_ERROR(AddTo(amounts, shares_[s]));
        if (shares_[s].payer == nullptr) continue;
        PayerOf(i, s).set_net_minor(shares_[s].net);
        PayerOf(i, s).set_tax_minor(shares_[s].tax);
      }
    }
    for (const Levy& levy : levies_) RETURN_IF_ERROR(WriteLevy(levy, totals));
    return absl::OkStatus();
  }

 private:
  struct JobFacts {
    bool has_part = false;
    int64_t parts = 0;
    int64_t all = 0;
    bool is_spared = false;  // a lump-sum job whose parts the shop pays the tax of
  };

  void AddShares() {
    shares_.reserve(lines_.size());
    for (size_t i = 0; i < lines_.size(); ++i) {
      first_share_.push_back(shares_.size());
      const TaxedLine& line = lines_[i];
      if (line.shares.empty()) {
        const int64_t amount = line.amounts->net_minor();
        shares_.push_back({.line = i, .payer = nullptr, .amount = amount, .net = amount});
      }
      for (const LineShare& share : line.shares) {
        shares_.push_back({.line = i,
                           .payer = share.payer,
                           .amount = share.amount_minor,
                           .net = share.amount_minor});
        *line.amounts->add_payers()->mutable_payer() = *share.payer;
      }
    }
    first_share_.push_back(shares_.size());
  }

  absl::Status FindJobs() {
    for (const TaxedLine& line : lines_) {
      if (line.job == nullptr) continue;
      JobFacts& facts = jobs_[line.job];
      const int64_t amount = line.amounts->net_minor();
      ASSIGN_OR_RETURN(facts.all, CheckedAdd(facts.all, amount));
      if (line.line->kind() != v1::LINE_KIND_PART) continue;
      facts.has_part = true;
      ASSIGN_OR_RETURN(facts.parts, CheckedAdd(facts.parts, amount));
    }
    const v1::LumpSumRule* rule = rules_.lump_sum();
    if (rule == nullptr) return absl::OkStatus();
    for (auto& [job, facts] : jobs_) {
      if (!job->lump_sum()) continue;
      // The shop is the consumer of what it puts in, as long as that is little enough.
      facts.is_spared = !rule->has_max_parts_ppm() ||
                        Int128{facts.parts} * kPpmOne <= Int128{facts.all} * rule->max_parts_ppm();
    }
    return absl::OkStatus();
  }

  // Handbook 4.2: what the place does not tax although its rules name the category.
  bool IsSpared(const TaxedLine& taxed) const {
    const v1::Line& line = *taxed.line;
    const auto found = jobs_.find(taxed.job);
    const JobFacts facts = found == jobs_.end() ? JobFacts() : found->second;
    if (facts.is_spared) return true;
    if (line.tax_category() == v1::TAX_CATEGORY_LABOUR) {
      // Not stated separately, and not a lump sum that the place spares: taxed with the parts.
      if (rules_.labour() == v1::LABOUR_TAX_PATTERN_EXEMPT_IF_SEPARATE) {
        return taxed.job == nullptr || !taxed.job->lump_sum();
      }
      return rules_.labour() == v1::LABOUR_TAX_PATTERN_TAXABLE_IF_PARTS_SUPPLIED && !facts.has_part;
    }
    if (line.kind() != v1::LINE_KIND_CORE) return false;
    const v1::CoreTaxPattern pattern = rules_.CoreOf(ConditionOf(line, taxed.job));
    taxed.amounts->set_core_tax(pattern);
    if (pattern == v1::CORE_TAX_PATTERN_TRADE_IN) return line.core_surrendered();
    // What is kept is not given back with the old part.
    if (pattern == v1::CORE_TAX_PATTERN_KEPT) return taxed.amounts->net_minor() < 0;
    return pattern == v1::CORE_TAX_PATTERN_UNTAXED;
  }

  void FindLevies() {
    std::vector<bool> spared;
    for (const TaxedLine& line : lines_) spared.push_back(IsSpared(line));
    for (const RuleInForce& rule : rules_.rules()) {
      for (size_t s = 0; s < shares_.size(); ++s) {
        const TaxedLine& line = lines_[shares_[s].line];
        if (shares_[s].amount == 0 || spared[shares_[s].line]) continue;
        if (!Covers(*rule.rule, line.line->tax_category())) continue;
        Levy& levy = LevyOf(rule);
        levy.rule_of_share[s] = &rule;
        levy.exempt[s] = IsExempt(shares_[s], rule, line);
      }
    }
  }

  Levy& LevyOf(const RuleInForce& rule) {
    for (Levy& levy : levies_) {
      if (AreRoundedTogether(*levy.first->rule, *rule.rule)) return levy;
    }
    levies_.push_back({.first = &rule,
                       .rule_of_share = std::vector<const RuleInForce*>(shares_.size()),
                       .exempt = std::vector<bool>(shares_.size()),
                       .bases = std::vector<int64_t>(shares_.size()),
                       .taxes = std::vector<int64_t>(shares_.size())});
    return levies_.back();
  }

  bool IsExempt(const Share& share, const RuleInForce& rule, const TaxedLine& line) const {
    const v1::PayerKind kind =
        share.payer == nullptr ? v1::PAYER_KIND_CUSTOMER : share.payer->kind();
    v1::LineExemption exemption;
    if (const v1::PayerExemption* payer = rules_.ExemptionOf(kind)) {
      exemption.set_reason(v1::TAX_EXEMPTION_REASON_WARRANTY_PAYER);
      exemption.set_rule_id(payer->rule_id());
    } else {
      const bool own = share.payer == nullptr || share.payer->payer_ref().empty();
      const std::string& who = !own ? share.payer->payer_ref() : ticket_.customer_id();
      // The shop's own part is nobody's exemption.
      if (own && kind != v1::PAYER_KIND_CUSTOMER) return false;
      const v1::ExemptionCertificate* certificate =
          rules_.CertificateFor(who, rule, line.line->tax_category());
      if (certificate == nullptr) return false;
      exemption.set_reason(certificate->reason());
      exemption.set_certificate_id(certificate->certificate_id());
    }
    Note(exemption, *line.amounts);
    return true;
  }

  static void Note(const v1::LineExemption& exemption, v1::LineAmounts& amounts) {
    for (const v1::LineExemption& noted : amounts.exemptions()) {
      if (noted.certificate_id() == exemption.certificate_id() &&
          noted.rule_id() == exemption.rule_id()) {
        return;
      }
    }
    *amounts.add_exemptions() = exemption;
  }

  // ---- prices without tax ----

  absl::Status AddOn(Levy& levy) {
    const v1::TaxRule& rule = *levy.first->rule;
    const Ppm rate{rule.rate_ppm()};
    std::vector<int64_t> open(shares_.size());  // bases that are rounded together
    int64_t open_base = 0;
    for (size_t s = 0; s < shares_.size(); ++s) {
      if (levy.rule_of_share[s] == nullptr || levy.exempt[s]) continue;
      levy.bases[s] = shares_[s].amount;
      if (rule.compound()) {
        ASSIGN_OR_RETURN(levy.bases[s], CheckedAdd(levy.bases[s], shares_[s].tax));
      }
      ASSIGN_OR_RETURN(levy.taxes[s], ApplyPpm(levy.bases[s], rate));
      if (rule.has_max_per_item_minor()) {
        ASSIGN_OR_RETURN(const int64_t cap, ItemCap(rule, shares_[s]));
        if (std::abs(levy.taxes[s]) > cap) {
          levy.taxes[s] = Capped(levy.taxes[s], cap);
          continue;
        }
      }
      open[s] = levy.bases[s];
      ASSIGN_OR_RETURN(open_base, CheckedAdd(open_base, open[s]));
    }
    if (rules_.rounding() != v1::TAX_ROUNDING_LINE) {
      ASSIGN_OR_RETURN(const int64_t tax, ApplyPpm(open_base, rate));
      ASSIGN_OR_RETURN(const std::vector<int64_t> parts, Allocate(tax, open));
      for (size_t s = 0; s < shares_.size(); ++s) {
        if (open[s] != 0) levy.taxes[s] = parts[s];
      }
    }
    RETURN_IF_ERROR(CapTicket(rule, levy));
    for (size_t s = 0; s < shares_.size(); ++s) {
      ASSIGN_OR_RETURN(shares_[s].tax, CheckedAdd(shares_[s].tax, levy.taxes[s]));
    }
    return absl::OkStatus();
  }

  // So much for each unit of the line, and of it the share's part.
  absl::StatusOr<int64_t> ItemCap(const v1::TaxRule& rule, const Share& share) const {
    const v1::Line& line = *lines_[share.line].line;
    const int64_t units = line.quantity_milli() > 0 ? line.quantity_milli() : 1000;
    ASSIGN_OR_RETURN(const int64_t cap, Extend(Quantity{units}, rule.max_per_item_minor()));
    const int64_t whole = lines_[share.line].amounts->net_minor();
    if (whole == share.amount || whole == 0) return cap;
    ASSIGN_OR_RETURN(const int64_t part, MultiplyRounded(cap, share.amount, whole));
    return std::abs(part);
  }

  absl::Status CapTicket(const v1::TaxRule& rule, Levy& levy) const {
    if (!rule.has_max_per_ticket_minor()) return absl::OkStatus();
    int64_t tax = 0;
    for (const int64_t part : levy.taxes) {
      ASSIGN_OR_RETURN(tax, CheckedAdd(tax, part));
    }
    const int64_t capped = Capped(tax, rule.max_per_ticket_minor());
    if (capped == tax) return absl::OkStatus();
    ASSIGN_OR_RETURN(levy.taxes, Allocate(capped, levy.taxes));
    return absl::OkStatus();
  }

  // ---- prices with tax in them ----

  // Handbook 4.4: the tax in what is taxed by the same rules is taken out at once, and shared over
  // them by what each adds to the price. Caps do not hold here: the price was made with the rate.
  absl::Status TakeOut() {
    std::map<std::vector<size_t>, std::vector<size_t>> groups;  // levies → shares
    for (size_t s = 0; s < shares_.size(); ++s) {
      std::vector<size_t> by;
      for (size_t l = 0; l < levies_.size(); ++l) {
        if (levies_[l].rule_of_share[s] != nullptr) by.push_back(l);
      }
      if (!by.empty()) groups[by].push_back(s);
    }
    for (const auto& [by, members] : groups) RETURN_IF_ERROR(TakeOutOf(by, members));
    return absl::OkStatus();
  }

  absl::Status TakeOutOf(const std::vector<size_t>& by, const std::vector<size_t>& members) {
    ASSIGN_OR_RETURN(const std::vector<int64_t> weights, Weights(by));
    int64_t rate = 0;
    for (const int64_t weight : weights) rate += weight;
    std::vector<int64_t> amounts;
    int64_t amount = 0;
    for (const size_t s : members) {
      amounts.push_back(shares_[s].amount);
      ASSIGN_OR_RETURN(amount, CheckedAdd(amount, shares_[s].amount));
    }
    std::vector<int64_t> taxes;
    if (rules_.rounding() == v1::TAX_ROUNDING_LINE) {
      for (const int64_t each : amounts) {
        ASSIGN_OR_RETURN(taxes.emplace_back(), TaxIn(each, rate));
      }
    } else {
      ASSIGN_OR_RETURN(const int64_t tax, TaxIn(amount, rate));
      ASSIGN_OR_RETURN(taxes, Allocate(tax, amounts));
    }
    for (size_t m = 0; m < members.size(); ++m) {
      Share& share = shares_[members[m]];
      share.net = share.amount - taxes[m];
      ASSIGN_OR_RETURN(const std::vector<int64_t> parts, Allocate(taxes[m], weights));
      TakeOutOf(by, parts, members[m]);
    }
    return absl::OkStatus();
  }

  // `parts`: the tax in the share's price, by levy.
  void TakeOutOf(const std::vector<size_t>& by, const std::vector<int64_t>& parts, size_t s) {
    int64_t before = 0;
    for (size_t k = 0; k < by.size(); ++k) {
      Levy& levy = levies_[by[k]];
      if (levy.exempt[s]) {
        shares_[s].taken_off += parts[k];
      } else {
        levy.bases[s] = shares_[s].net + (levy.first->rule->compound() ? before : 0);
        levy.taxes[s] = parts[k];
        shares_[s].tax += parts[k];
      }
      before += parts[k];
    }
  }

  // What each levy adds to a price of kFine before tax.
  absl::StatusOr<std::vector<int64_t>> Weights(const std::vector<size_t>& by) const {
    std::vector<int64_t> weights;
    int64_t before = 0;
    for (const size_t l : by) {
      const v1::TaxRule& rule = *levies_[l].first->rule;
      ASSIGN_OR_RETURN(weights.emplace_back(),
                       ApplyPpm(kFine + (rule.compound() ? before : 0), Ppm{rule.rate_ppm()}));
      ASSIGN_OR_RETURN(before, CheckedAdd(before, weights.back()));
    }
    return weights;
  }

  static absl::StatusOr<int64_t> TaxIn(int64_t amount, int64_t rate) {
    return DivideRounded(Int128{amount} * rate, Int128{kFine} + rate);
  }

  // ---- the result ----

  static absl::Status AddTo(v1::LineAmounts& amounts, const Share& share) {
    ASSIGN_OR_RETURN(const int64_t net, CheckedAdd(amounts.net_minor(), share.net));
    ASSIGN_OR_RETURN(const int64_t tax, CheckedAdd(amounts.tax_minor(), share.tax));
    amounts.set_net_minor(net);
    amounts.set_tax_minor(tax);
    amounts.set_tax_taken_off_minor(amounts.tax_taken_off_minor() + share.taken_off);
    return absl::OkStatus();
  }

  absl::Status WriteLevy(const Levy& levy,
                         google::protobuf::RepeatedPtrField<v1::TaxAmount>& totals) const {
    v1::TaxAmount total = TaxAmountOf(*levy.first, 0, 0);
    bool any = false;
    for (size_t i = 0; i < lines_.size(); ++i) {
      v1::TaxAmount* of_line = nullptr;
      for (size_t s = first_share_[i]; s < first_share_[i + 1]; ++s) {
        const RuleInForce* rule = levy.rule_of_share[s];
        if (rule == nullptr || levy.exempt[s]) continue;
        any = true;
        if (of_line == nullptr) {
          of_line = lines_[i].amounts->add_taxes();
          *of_line = TaxAmountOf(*rule, 0, 0);
        }
        RETURN_IF_ERROR(Count(levy, s, *of_line));
        RETURN_IF_ERROR(Count(levy, s, total));
        if (shares_[s].payer == nullptr) continue;
        *PayerOf(i, s).add_taxes() = TaxAmountOf(*rule, levy.bases[s], levy.taxes[s]);
      }
    }
    if (any) *totals.Add() = std::move(total);
    return absl::OkStatus();
  }

  static absl::Status Count(const Levy& levy, size_t s, v1::TaxAmount& sum) {
    ASSIGN_OR_RETURN(const int64_t base, CheckedAdd(sum.base_minor(), levy.bases[s]));
    ASSIGN_OR_RETURN(const int64_t tax, CheckedAdd(sum.tax_minor(), levy.taxes[s]));
    sum.set_base_minor(base);
    sum.set_tax_minor(tax);
    return absl::OkStatus();
  }

  v1::PayerAmounts& PayerOf(size_t line, size_t share) const {
    return *lines_[line].amounts->mutable_payers(static_cast<int>(share - first_share_[line]));
  }

  const v1::Ticket& ticket_;
  const std::vector<TaxedLine>& lines_;
  TaxRules rules_;
  const bool inclusive_;
  std::vector<Share> shares_;
  std::vector<size_t> first_share_;  // of each line, and the end
  std::map<const v1::Job*, JobFacts> jobs_;
  std::vector<Levy> levies_;
};

}  // namespace

absl::Status AddTaxes(const TaxSetting& setting, const v1::Ticket& ticket, std::string_view date,
                      const std::vector<TaxedLine>& lines,
                      google::protobuf::RepeatedPtrField<v1::TaxAmount>& totals) {
  Document document(setting, ticket, date, lines);
  RETURN_IF_ERROR(document.Tax());
  return document.Write(totals);
}

}  // namespace pitlane::ticket
