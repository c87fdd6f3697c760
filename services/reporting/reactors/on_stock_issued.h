// Parts of a closed ticket left the shelf, at a cost.
#pragma once

#include "libs/runtime/reactor.h"
#include "pitlane/inventory/v1/events.pb.h"

namespace pitlane::reporting {

class OnStockIssued final : public runtime::TypedReactor<inventory::v1::StockIssued> {
 public:
  absl::Status On(const common::v1::EventMeta& meta, const inventory::v1::StockIssued& event,
                  runtime::Unit& unit) override;
};

}  // namespace pitlane::reporting
