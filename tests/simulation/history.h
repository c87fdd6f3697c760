// Everything that a store has in its log, decoded.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "libs/journal/journal.h"
#include "pitlane/common/v1/event_meta.pb.h"

namespace pitlane::simulation {

struct Fact {
  journal::Record record;
  std::shared_ptr<const google::protobuf::Message> event;  // of the area; shared by indexes
  common::v1::EventMeta meta;
  const google::protobuf::Message* inner = nullptr;  // of the oneof

  template <class Inner>
  const Inner* As() const {
    return inner->GetDescriptor() == Inner::descriptor() ? static_cast<const Inner*>(inner)
                                                         : nullptr;
  }
};

using History = std::vector<Fact>;

// DATA_LOSS when something does not decode, or says of itself what it is not.
absl::StatusOr<History> ReadHistory(const journal::Journal& journal,
                                    const google::protobuf::Message& prototype);

}  // namespace pitlane::simulation
