// A part is in the catalogue: the till lists it with its price.
#pragma once

#include "libs/runtime/reactor.h"
#include "pitlane/inventory/v1/events.pb.h"

namespace pitlane::ticket {

class OnPartImported final : public runtime::TypedReactor<inventory::v1::PartImported> {
 public:
  absl::Status On(const common::v1::EventMeta& meta, const inventory::v1::PartImported& event,
                  runtime::Unit& unit) override;
};

}  // namespace pitlane::ticket
