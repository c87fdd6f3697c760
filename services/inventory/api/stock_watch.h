// Follows the stock of one location for a WatchStock stream.
#pragma once

#include <memory>
#include <string>

#include "libs/rpc/server_stream.h"
#include "libs/runtime/watch.h"
#include "pitlane/inventory/v1/inventory_service.pb.h"

namespace pitlane::inventory {

// Called by the watch hub.
class StockWatch final : public runtime::Watcher {
 public:
  using Writer = rpc::StreamWriter<v1::WatchStockResponse>;

  // `journal` is borrowed. The writer is shared with the stream.
  StockWatch(journal::Journal& journal, std::string location_id, std::shared_ptr<Writer> writer);

  bool HasRoom() override;
  bool OnEvent(const runtime::WatchedEvent& event) override;
  void OnEnd(const absl::Status& why) override;

 private:
  journal::Journal& journal_;
  const std::string prefix_;  // of the streams of the location's stock
  const std::shared_ptr<Writer> writer_;
};

}  // namespace pitlane::inventory
