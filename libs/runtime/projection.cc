#include "libs/runtime/projection.h"

#include <set>
#include <utility>

#include "libs/base/check.h"
#include "libs/base/status.h"

namespace pitlane::runtime {

ProjectionSet::ProjectionSet(const google::protobuf::Message& event_prototype,
                             std::vector<std::unique_ptr<Projection>> projections)
    : event_prototype_(event_prototype), projections_(std::move(projections)) {
  std::set<std::string_view> names;
  for (const auto& projection : projections_) {
    const std::string_view name = projection->view();
    PITLANE_CHECK(!name.empty() && !name.starts_with("runtime/")) << name;
    PITLANE_CHECK(names.insert(name).second) << "two projections of view " << name;
  }
}

absl::Status ProjectionSet::Apply(const google::protobuf::Message& event,
                                  journal::Batch& batch) const {
  for (const auto& projection : projections_) {
    ViewWriter rows(batch, projection->view(), journal::kCurrentGeneration);
    projection->OnEvent(event, rows);
    RETURN_IF_ERROR(rows.status());
  }
  return absl::OkStatus();
}

Projection* ProjectionSet::Find(std::string_view view) const {
  for (const auto& projection : projections_) {
    if (projection->view() == view) return projection.get();
  }
  return nullptr;
}

}  // namespace pitlane::runtime
