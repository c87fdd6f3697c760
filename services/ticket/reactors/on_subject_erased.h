// A customer was erased: no ticket is opened for them any more.
#pragma once

#include "libs/runtime/reactor.h"
#include "pitlane/customer_vehicle/v1/events.pb.h"

namespace pitlane::ticket {

class OnSubjectErased final : public runtime::TypedReactor<customer_vehicle::v1::SubjectErased> {
 public:
  absl::Status On(const common::v1::EventMeta& meta,
                  const customer_vehicle::v1::SubjectErased& event, runtime::Unit& unit) override;
};

}  // namespace pitlane::ticket
