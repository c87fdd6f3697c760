// Projections: read models that are written in the same commit as the events they come from.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "libs/journal/journal.h"
#include "libs/runtime/view.h"

namespace pitlane::runtime {

// One read model. OnEvent is a pure function of the event and of the view's own rows: no clock, no
// randomness, no state in members, because the view can be rebuilt from the log at any time and has
// to come out the same to the byte. While a view is being rebuilt after a change of schema, it also
// goes on writing the old generation, so it must tolerate rows that the previous schema left.
class Projection {
 public:
  virtual ~Projection() = default;
  // Name of the view; lower_snake_case, unique in the service, the same for ever.
  virtual std::string_view view() const = 0;
  // Raise it when rows change: the view is then rebuilt from the log at the next start.
  virtual uint32_t schema() const = 0;
  // `event` is the area's event message with its meta. Executor's thread. Most projections derive
  // from TypedProjection and write On instead.
  virtual void OnEvent(const google::protobuf::Message& event, ViewWriter& rows) = 0;
};

// A projection of one area's events: class StockLevels : public TypedProjection<InventoryEvent>.
template <class Event>
class TypedProjection : public Projection {
 public:
  void OnEvent(const google::protobuf::Message& event, ViewWriter& rows) final {
    On(static_cast<const Event&>(event), rows);
  }
  virtual void On(const Event& event, ViewWriter& rows) = 0;
};

// All projections of a service, and which of their views are up to date. Executor's thread, except
// where it says otherwise.
class ProjectionSet {
 public:
  // `event_prototype` is the area's event message; it must live for ever (a default instance).
  // CHECKs that view names are unique, and none begins with "runtime/".
  ProjectionSet(const google::protobuf::Message& event_prototype,
                std::vector<std::unique_ptr<Projection>> projections);

  // Runs every projection on an event that is being appended. The first error of a writer.
  absl::Status Apply(const google::protobuf::Message& event, journal::Batch& batch) const;

  // nullptr when there is none. Any thread.
  Projection* Find(std::string_view view) const;
  const std::vector<std::unique_ptr<Projection>>& all() const { return projections_; }
  const google::protobuf::Message& event_prototype() const { return event_prototype_; }

 private:
  const google::protobuf::Message& event_prototype_;
  std::vector<std::unique_ptr<Projection>> projections_;
};

}  // namespace pitlane::runtime
