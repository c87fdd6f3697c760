#include "services/inventory/projections/part_numbers.h"

#include "libs/base/status.h"
#include "services/inventory/domain/part.h"

namespace pitlane::inventory {

void PartNumbers::On(const v1::InventoryEvent& event, runtime::ViewWriter& rows) {
  if (!event.has_part_imported()) return;
  // A part is found again by this very key, so it never changes: the row is only ever repeated.
  const v1::Part& part = event.part_imported().part();
  rows.Put(NaturalKey(part.brand(), part.number()), part.part_id());
}

absl::StatusOr<std::optional<std::string>> PartNumbers::Find(runtime::ViewReader& views,
                                                             std::string_view brand,
                                                             std::string_view number) {
  return views.Get(kView, NaturalKey(brand, number));
}

absl::StatusOr<runtime::IdPage> PartNumbers::Search(runtime::ViewReader& views,
                                                    std::string_view stripped_prefix, size_t limit,
                                                    std::optional<std::string> after) {
  journal::ScanOptions options;
  options.prefix = std::string(stripped_prefix);
  options.after = std::move(after);
  options.limit = limit;
  ASSIGN_OR_RETURN(journal::ScanPage page, views.Scan(kView, options));
  runtime::IdPage result;
  for (journal::Row& row : page.rows) result.ids.push_back(std::move(row.value));
  result.resume = std::move(page.resume);
  return result;
}

}  // namespace pitlane::inventory
