// The filled examples of every event of every area, in one list.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/message.h"

namespace pitlane::golden {

struct AreaExamples {
  std::string area;
  // One for each event of the area's oneof, in its order; then further ones of some of them, with
  // fields that came later: what was once pinned is never pinned anew.
  std::vector<std::unique_ptr<google::protobuf::Message>> events;
};

std::vector<AreaExamples> AllExamples();

}  // namespace pitlane::golden
