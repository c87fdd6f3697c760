#include "services/inventory/api/stock_watch.h"

#include <utility>

#include "absl/strings/match.h"
#include "libs/base/status.h"
#include "libs/runtime/view.h"
#include "pitlane/inventory/v1/events.pb.h"
#include "services/inventory/projections/stock_levels.h"

namespace pitlane::inventory {
namespace {

// An event without a level of its own (a rule, a shortage) is shown with the level of now.
absl::StatusOr<v1::StockLevel> LevelAt(journal::Journal& journal, const v1::InventoryEvent& event) {
  if (const v1::StockLevel* level = LevelOf(event)) return *level;
  const std::unique_ptr<journal::Reader> reader = journal.NewReader();
  runtime::CommittedViews views(*reader);
  ASSIGN_OR_RETURN(auto level,
                   views.GetMessage<v1::StockLevel>(StockLevels::kView, event.meta().stream_id()));
  return std::move(level).value_or(v1::StockLevel());
}

}  // namespace

StockWatch::StockWatch(journal::Journal& journal, std::string location_id,
                       std::shared_ptr<Writer> writer)
    : journal_(journal), prefix_(std::move(location_id) + "/"), writer_(std::move(writer)) {}

bool StockWatch::HasRoom() { return writer_->HasRoom(); }

bool StockWatch::OnEvent(const runtime::WatchedEvent& event) {
  if (!absl::StartsWith(event.record.stream_id, prefix_)) return true;
  absl::StatusOr<v1::StockLevel> level =
      LevelAt(journal_, static_cast<const v1::InventoryEvent&>(event.event));
  if (!level.ok()) {
    writer_->Close(level.status());
    return false;
  }
  v1::WatchStockResponse response;
  *response.mutable_level() = *std::move(level);
  response.set_position(event.record.position);
  return writer_->Write(std::move(response));
}

void StockWatch::OnEnd(const absl::Status& why) { writer_->Close(why); }

}  // namespace pitlane::inventory
