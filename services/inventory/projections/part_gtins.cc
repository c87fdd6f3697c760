#include "services/inventory/projections/part_gtins.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/text.h"
#include "services/inventory/domain/gtin.h"

namespace pitlane::inventory {
namespace {

std::string CodeKey(std::string_view gtin14, std::string_view part_id) {
  return absl::StrCat("g/", ToAbsl(gtin14), "/", ToAbsl(part_id));
}

}  // namespace

void PartGtins::On(const v1::InventoryEvent& event, runtime::ViewWriter& rows) {
  if (!event.has_part_imported()) return;
  const v1::Part& part = event.part_imported().part();
  const std::string own_key = absl::StrCat("p/", part.part_id());
  const std::string now = ToGtin14(part.gtin()).value_or("");
  const std::string before = rows.Get(own_key).value_or("");
  if (before == now) return;
  if (!before.empty()) rows.Delete(CodeKey(before, part.part_id()));
  if (now.empty()) return rows.Delete(own_key);
  rows.Put(CodeKey(now, part.part_id()), std::string_view());
  rows.Put(own_key, now);
}

absl::StatusOr<runtime::IdPage> PartGtins::Search(runtime::ViewReader& views,
                                                  std::string_view gtin14, size_t limit,
                                                  std::optional<std::string> after) {
  return views.ScanIds(kView,
                       {.prefix = CodeKey(gtin14, ""), .after = std::move(after), .limit = limit});
}

}  // namespace pitlane::inventory
