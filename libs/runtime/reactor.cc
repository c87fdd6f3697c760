#include "libs/runtime/reactor.h"

#include <utility>

namespace pitlane::runtime {

ReactorRegistry::ReactorRegistry(std::vector<std::unique_ptr<Reactor>> reactors)
    : reactors_(std::move(reactors)) {
  for (const auto& reactor : reactors_) {
    by_type_[std::string(reactor->event_type())].push_back(reactor.get());
  }
}

const std::vector<Reactor*>& ReactorRegistry::For(std::string_view event_type) const {
  const auto it = by_type_.find(event_type);
  return it == by_type_.end() ? none_ : it->second;
}

}  // namespace pitlane::runtime
