// Aggregates: what decides and what is decided about.
//
// An aggregate is described by a struct without members:
//
//   struct TicketAggregate {
//     using State = ticket::TicketState;         // a protobuf message; see README.md, "Decisions"
//     using Event = ticket::v1::TicketEvent;     // `meta` in field 1, then `oneof event`
//     static constexpr uint32_t kSchema = 1;     // raise it when Apply or State changes meaning
//     static void Apply(State& state, const Event& event);  // total: never refuses, never fails
//   };
//
// Its stream id is a typed id ("tkt_…"), or a composite that begins with the id that routes, a
// slash, and whatever else names it ("loc_…/prt_…"). One stream belongs to one kind of aggregate.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "libs/journal/journal.h"

namespace pitlane::runtime {

// An aggregate's description with its types erased; one per aggregate, made by KindOf.
struct AggregateKind {
  const google::protobuf::Message* state_prototype;
  const google::protobuf::Message* event_prototype;
  uint32_t schema;
  void (*apply)(google::protobuf::Message& state, const google::protobuf::Message& event);

  // What snapshots of this kind are stored under: depends on the state's type and on `schema`, so
  // that bytes of another kind are never taken for a state of this one.
  uint32_t SnapshotSchema() const;
};

template <class A>
const AggregateKind& KindOf() {
  static const AggregateKind kind{
      &A::State::default_instance(), &A::Event::default_instance(), A::kSchema,
      [](google::protobuf::Message& state, const google::protobuf::Message& event) {
        A::Apply(static_cast<typename A::State&>(state),
                 static_cast<const typename A::Event&>(event));
      }};
  return kind;
}

// An aggregate as a unit of work sees it. version 0: it does not exist yet, and `state` is the
// default. The reference lives as long as the unit, but shows what the unit emits to the stream
// afterwards or not, as it happens: do not keep it across an Emit.
template <class A>
struct Loaded {
  const typename A::State& state;
  uint64_t version;
};

// An aggregate read outside a unit.
template <class A>
struct ReadState {
  typename A::State state;
  uint64_t version = 0;
};

// A state at a version. Immutable once it is shared.
struct StateEntry {
  const AggregateKind* kind = nullptr;
  std::shared_ptr<google::protobuf::Message> state;
  uint64_t version = 0;
  uint64_t snapshot_version = 0;  // of the snapshot in the store; 0: none
};

// Snapshot, if there is one of this schema, and the events after it; or all events. DATA_LOSS when
// an event does not decode or versions have a gap.
absl::StatusOr<StateEntry> LoadAggregate(journal::Reader& reader, const AggregateKind& kind,
                                         std::string_view stream_id);
absl::StatusOr<StateEntry> LoadAggregate(journal::Batch& batch, const AggregateKind& kind,
                                         std::string_view stream_id);

// What a Get RPC needs: the state as of the reader. NOT_FOUND naming the stream when it does not
// exist.
template <class A>
absl::StatusOr<ReadState<A>> ReadAggregate(journal::Reader& reader, std::string_view stream_id) {
  auto entry = LoadAggregate(reader, KindOf<A>(), stream_id);
  if (!entry.ok()) return entry.status();
  if (entry->version == 0) {
    return absl::NotFoundError("there is no " + std::string(stream_id));
  }
  ReadState<A> result;
  result.state = std::move(static_cast<typename A::State&>(*entry->state));
  result.version = entry->version;
  return result;
}

// The bytes of a message that are the same wherever and whenever it is serialised by this build:
// map entries sorted.
std::string DeterministicBytes(const google::protobuf::Message& message);

}  // namespace pitlane::runtime
