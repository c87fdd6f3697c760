// Parts of a closed ticket came back: their cost counts against what was issued.
#pragma once

#include "libs/runtime/reactor.h"
#include "pitlane/inventory/v1/events.pb.h"

namespace pitlane::reporting {

class OnStockReturned final : public runtime::TypedReactor<inventory::v1::StockReturned> {
 public:
  absl::Status On(const common::v1::EventMeta& meta, const inventory::v1::StockReturned& event,
                  runtime::Unit& unit) override;
};

}  // namespace pitlane::reporting
