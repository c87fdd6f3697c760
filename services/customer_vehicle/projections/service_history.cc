#include "services/customer_vehicle/projections/service_history.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/text.h"

namespace pitlane::customer_vehicle {
namespace {

std::string NewestFirst(const google::protobuf::Timestamp& time) {
  std::string key = EncodeBigEndian64(~static_cast<uint64_t>(time.seconds()));
  AppendBigEndian32(key, ~static_cast<uint32_t>(time.nanos()));
  return key;
}

// The visit's row ends with its ticket.
void AddReturn(const v1::ReturnRecorded& recorded, runtime::ViewWriter& rows) {
  journal::ScanOptions options{.prefix = ServiceHistoryPrefix(recorded.vehicle_id())};
  do {
    journal::ScanPage page = rows.Scan(options);
    for (const journal::Row& row : page.rows) {
      if (!row.key.ends_with(recorded.ticket_id())) continue;
      auto entry = rows.GetMessage<v1::ServiceEntry>(row.key);
      if (!entry.has_value()) return;
      *entry->add_returns() = recorded.service_return();
      return rows.Put(row.key, *entry);
    }
    options.after = std::move(page.resume);
  } while (options.after.has_value());
}

}  // namespace

std::string ServiceHistoryPrefix(std::string_view vehicle_id) {
  return absl::StrCat(ToAbsl(vehicle_id), "/");
}

void ServiceHistory::On(const v1::CustomerVehicleEvent& event, runtime::ViewWriter& rows) {
  if (event.has_return_recorded()) AddReturn(event.return_recorded(), rows);
  if (!event.has_service_recorded()) return;
  const v1::ServiceEntry& entry = event.service_recorded().entry();
  rows.Put(absl::StrCat(ServiceHistoryPrefix(entry.vehicle_id()), NewestFirst(entry.closed_at()),
                        entry.ticket_id()),
           entry);
}

}  // namespace pitlane::customer_vehicle
