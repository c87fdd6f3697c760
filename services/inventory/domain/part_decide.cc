#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/money/currency.h"
#include "libs/rpc/errors.h"
#include "services/inventory/domain/gtin.h"
#include "services/inventory/domain/part.h"
#include "services/inventory/domain/validation.h"

namespace pitlane::inventory {
namespace {

std::string Trimmed(const std::string& text) {
  return std::string(absl::StripAsciiWhitespace(text));
}

absl::Status CheckTexts(const v1::Part& part) {
  // A part is asked for by its number: one of dashes alone could never be found.
  if (part.stripped_number().empty()) {
    return rpc::Invalid(v1::NUMBER_EMPTY, "number", "number needs at least one letter or digit");
  }
  RETURN_IF_ERROR(CheckText("number", part.number(), kMaxNumberBytes));
  RETURN_IF_ERROR(CheckText("brand", part.brand(), kMaxBrandBytes));
  RETURN_IF_ERROR(CheckText("description", part.description(), kMaxDescriptionBytes));
  RETURN_IF_ERROR(CheckText("category", part.category(), kMaxCategoryBytes));
  return CheckText("unit", part.unit(), kMaxUnitBytes);
}

absl::Status CheckAmounts(const v1::Part& part) {
  // A bar code that was mistyped would sell another part.
  if (!part.gtin().empty() && !IsGtin(part.gtin())) {
    return rpc::Invalid(v1::GTIN_INVALID, "gtin",
                        "gtin must be 8, 12, 13 or 14 digits with a right check digit");
  }
  // Amounts mean nothing without knowing how many decimals they have.
  if (!Currency::Parse(part.currency()).ok()) {
    return rpc::Invalid(v1::CURRENCY_UNKNOWN, "currency",
                        "currency must be an ISO 4217 code in upper case, such as USD");
  }
  RETURN_IF_ERROR(CheckAmount("unit_cost_e4", part.unit_cost_e4()));
  RETURN_IF_ERROR(CheckAmount("list_price_minor", part.list_price_minor()));
  return CheckAmount("core_minor", part.core_minor());
}

absl::Status CheckRules(const v1::PartRow& row) {
  if (row.reorder_rules_size() > kMaxReorderRules) {
    return rpc::Invalid(v1::QUANTITY_OUT_OF_RANGE, "reorder_rules",
                        absl::StrCat("at most ", kMaxReorderRules, " reorder rules in a row"));
  }
  for (int i = 0; i < row.reorder_rules_size(); ++i) {
    const v1::ReorderRule& rule = row.reorder_rules(i);
    const std::string path = absl::StrCat("reorder_rules[", i, "].");
    RETURN_IF_ERROR(
        CheckQuantityOrZero(absl::StrCat(path, "reorder_point_milli"), rule.reorder_point_milli()));
    RETURN_IF_ERROR(CheckQuantityOrZero(absl::StrCat(path, "reorder_quantity_milli"),
                                        rule.reorder_quantity_milli()));
    if (!LocationId::Parse(rule.location_id()).ok()) {
      return rpc::Invalid(v1::LOCATION_INVALID, absl::StrCat(path, "location_id"),
                          "location_id must be a loc_ id");
    }
  }
  return absl::OkStatus();
}

bool SamePrices(const v1::Part& a, const v1::Part& b) {
  return a.list_price_minor() == b.list_price_minor() && a.unit_cost_e4() == b.unit_cost_e4() &&
         a.core_minor() == b.core_minor();
}

void CopyPrices(const v1::Part& from, v1::Part& to) {
  to.set_list_price_minor(from.list_price_minor());
  to.set_unit_cost_e4(from.unit_cost_e4());
  to.set_core_minor(from.core_minor());
}

v1::InventoryEvent PriceChangedEvent(const v1::Part& before, const v1::Part& after,
                                     std::string_view reason) {
  v1::InventoryEvent event;
  v1::PriceChanged& changed = *event.mutable_price_changed();
  changed.set_part_id(before.part_id());
  changed.set_currency(before.currency());
  changed.set_old_list_price_minor(before.list_price_minor());
  changed.set_list_price_minor(after.list_price_minor());
  changed.set_unit_cost_e4(after.unit_cost_e4());
  changed.set_core_minor(after.core_minor());
  changed.set_reason(std::string(reason));
  return event;
}

v1::InventoryEvent PartImportedEvent(const v1::Part& part, uint64_t version) {
  v1::InventoryEvent event;
  *event.mutable_part_imported()->mutable_part() = part;
  event.mutable_part_imported()->mutable_part()->set_version(version);
  return event;
}

}  // namespace

absl::StatusOr<v1::Part> PartOfRow(const v1::PartRow& row) {
  v1::Part part;
  part.set_number(Trimmed(row.number()));
  part.set_stripped_number(StripToAlnumUpper(part.number()));
  part.set_brand(Trimmed(row.brand()));
  part.set_gtin(Trimmed(row.gtin()));
  part.set_description(Trimmed(row.description()));
  part.set_category(Trimmed(row.category()));
  part.set_unit(Trimmed(row.unit()));
  if (part.unit().empty()) part.set_unit("ea");
  part.set_currency(row.currency());
  part.set_unit_cost_e4(row.unit_cost_e4());
  part.set_list_price_minor(row.list_price_minor());
  part.set_core_minor(row.core_minor());
  RETURN_IF_ERROR(CheckTexts(part));
  RETURN_IF_ERROR(CheckAmounts(part));
  RETURN_IF_ERROR(CheckRules(row));
  return part;
}

absl::Status CheckShape(const ChangePrice& command) {
  RETURN_IF_ERROR(CheckTypedText("reason", command.reason, kMaxReasonBytes));
  RETURN_IF_ERROR(CheckAmount("list_price_minor", command.list_price_minor.value_or(0)));
  RETURN_IF_ERROR(CheckAmount("unit_cost_e4", command.unit_cost_e4.value_or(0)));
  return CheckAmount("core_minor", command.core_minor.value_or(0));
}

absl::StatusOr<std::vector<v1::InventoryEvent>> Decide(const v1::Part& part,
                                                       const ImportPart& command) {
  const v1::Part& wanted = command.part;
  if (part.part_id().empty()) return std::vector{PartImportedEvent(wanted, 1)};
  // The shelf is valued in the currency the part came in with; dollars cannot turn into yen there.
  if (part.currency() != wanted.currency()) {
    return rpc::Invalid(v1::CURRENCY_CHANGED, "currency",
                        absl::StrCat("part ", part.part_id(), " is kept in ", part.currency(),
                                     "; import it with that currency"));
  }
  v1::Part described = wanted;
  described.set_part_id(part.part_id());
  described.set_version(part.version());
  CopyPrices(part, described);
  std::vector<v1::InventoryEvent> events;
  // A new description and a new price are two facts: tills and shelf labels wait for the second.
  if (!google::protobuf::util::MessageDifferencer::Equals(part, described)) {
    events.push_back(PartImportedEvent(described, part.version() + 1));
  }
  if (!SamePrices(part, wanted)) events.push_back(PriceChangedEvent(part, wanted, "import"));
  return events;
}

absl::StatusOr<std::vector<v1::InventoryEvent>> Decide(const v1::Part& part,
                                                       std::string_view part_id,
                                                       const ChangePrice& command) {
  // Only what is in the catalogue has a price.
  if (part.part_id().empty()) {
    return rpc::NotFound(v1::PART_UNKNOWN, absl::StrCat("there is no part ", ToAbsl(part_id)));
  }
  v1::Part changed = part;
  if (command.list_price_minor) changed.set_list_price_minor(*command.list_price_minor);
  if (command.unit_cost_e4) changed.set_unit_cost_e4(*command.unit_cost_e4);
  if (command.core_minor) changed.set_core_minor(*command.core_minor);
  if (SamePrices(part, changed)) return std::vector<v1::InventoryEvent>();
  return std::vector{PriceChangedEvent(part, changed, command.reason)};
}

}  // namespace pitlane::inventory
