// One unit of work: one command, or one record of a feed, on the executor's thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "libs/base/clock.h"
#include "libs/base/status.h"
#include "libs/journal/journal.h"
#include "libs/rpc/identity.h"
#include "libs/runtime/aggregate.h"
#include "libs/runtime/effects.h"
#include "libs/runtime/view.h"
#include "pitlane/common/v1/event_meta.pb.h"

namespace pitlane::runtime {

class UnitContext;

// Where a unit comes from; stamped into every event it emits.
struct Origin {
  common::v1::Actor actor;
  std::string request_id;    // empty for facts caused by an event
  std::string causation_id;  // the causing event's id; empty for facts caused by a command
  // Where the causing event of another service stands, "ticket.0.3@1734"; else empty.
  std::string causation_position;
  std::string correlation_id;  // empty: the request id, or else the causation id
  std::string traceparent;     // W3C; may be empty
  // Who called, for rules that depend on roles; empty for feeds and effects.
  std::optional<rpc::Caller> caller;
};

// Where in the shop a fact belongs. Both may be empty (customers, vehicles).
struct EventScope {
  std::string location_id;
  std::string business_date;  // YYYY-MM-DD in the location's own calendar
};

// What a decide function works with. It sees everything that earlier units of the same batch did,
// and leaves nothing when it ends with an error. Executor's thread only; never kept.
//
// Errors of the store, and of Emit and the effects' calls, which cannot return one, are sticky:
// once status() is not OK, the unit fails with it whatever its function returns.
class Unit {
 public:
  // Runtime only.
  Unit(UnitContext& context, Origin origin);
  Unit(const Unit&) = delete;
  Unit& operator=(const Unit&) = delete;

  // The same for the whole unit.
  absl::Time now() const { return now_; }
  Clock& clock();
  Entropy& entropy();
  // unit.NewId<TicketId>(slot): slots as libs/base/ids.h says.
  template <class IdType>
  IdType NewId(uint32_t slot) {
    return IdType::Make(clock(), entropy(), slot);
  }
  const Origin& origin() const { return origin_; }

  // The aggregate with everything this batch did to it. An absent one is version 0, not an error.
  // INVALID_ARGUMENT when `stream_id` is no stream id, or is a stream of another kind.
  template <class A>
  absl::StatusOr<Loaded<A>> Load(std::string_view stream_id) {
    ASSIGN_OR_RETURN(const StateEntry* entry, LoadState(KindOf<A>(), stream_id));
    return Loaded<A>{static_cast<const typename A::State&>(*entry->state), entry->version};
  }

  // Appends events to the aggregate: stamps their meta, applies them, runs the projections, and has
  // a snapshot written with the commit. Meta is stamped here alone, except that an `occurred_at`
  // which is already set stays (a device was offline). Nothing happens for an empty list.
  template <class A>
  void Emit(std::string_view stream_id, std::vector<typename A::Event> events,
            const EventScope& scope) {
    for (typename A::Event& event : events) {
      EmitEvent(KindOf<A>(), stream_id, event, *event.mutable_meta(), scope);
    }
  }

  // Load, check of the version, decide, Emit. `decide` is (const State&) ->
  // StatusOr<std::vector<Event>>. ABORTED with reason VERSION_MISMATCH when
  // `expected_version` is given and is not the aggregate's version (0: it must not exist).
  template <class A, class DecideFn>
  absl::Status Execute(std::string_view stream_id, std::optional<uint64_t> expected_version,
                       const EventScope& scope, DecideFn decide) {
    ASSIGN_OR_RETURN(const Loaded<A> loaded, Load<A>(stream_id));
    RETURN_IF_ERROR(CheckVersion(stream_id, expected_version, loaded.version));
    ASSIGN_OR_RETURN(std::vector<typename A::Event> events, decide(loaded.state));
    Emit<A>(stream_id, std::move(events), scope);
    return status();
  }

  // The service's read models, with what this batch wrote. Read only: rows belong to projections,
  // or a rebuild would lose them.
  ViewReader& views();

  // Keys of persons and the like; not part of any event, destroyed for good by DeleteSecret.
  absl::StatusOr<std::optional<std::string>> GetSecret(std::string_view name);
  void PutSecret(std::string_view name, std::string_view value);
  void DeleteSecret(std::string_view name);

  // An effect on the outside world (effects.h). (kind, id) must not be open: ALREADY_EXISTS,
  // sticky. It is performed after this unit's commit.
  void RequestEffect(std::string_view kind, std::string_view id, std::string_view payload);
  // The outcome is known and recorded. Nothing happens when the effect is not open.
  void FinishEffect(std::string_view kind, std::string_view id);
  // Ask (EffectHandler::Recover) again at `not_before`. Nothing happens when it is not open.
  void RescheduleEffect(std::string_view kind, std::string_view id, absl::Time not_before);
  // The open effect, if it is open.
  absl::StatusOr<std::optional<Effect>> GetEffect(std::string_view kind, std::string_view id);

  // Runs `attempt` so that its error leaves nothing of it while the unit goes on. Nests. A store
  // that cannot be read or written stays an error of the whole unit.
  absl::Status Try(absl::FunctionRef<absl::Status()> attempt);

  // The first error of the store, or OK.
  const absl::Status& status() const { return status_; }

  // ---- for the runtime's own parts, not for services ----

  // The batch, for rows and cursors of the runtime itself.
  journal::Batch& batch();
  // Makes the unit fail. Keeps the first error; OK is ignored.
  void Fail(const absl::Status& status) { status_.Update(status); }
  // What the events emitted from now on come from.
  void SetCause(Origin origin);
  // A feed's cursor, with what was passed. 0 when nothing of the feed was applied.
  absl::StatusOr<uint64_t> GetCursor(std::string_view name);
  // Moves a feed's cursor; announced to commit listeners.
  void PutCursor(std::string_view name, uint64_t position);
  // As PutCursor, over a record that means nothing here: announced with this batch, but stored only
  // when the executor next has something to store. After a crash it is passed once more.
  void PassCursor(std::string_view name, uint64_t position);
  // Last positions of this unit's events by partition.
  const std::map<uint32_t, uint64_t>& positions() const { return positions_; }

 private:
  absl::StatusOr<const StateEntry*> LoadState(const AggregateKind& kind,
                                              std::string_view stream_id);
  void EmitEvent(const AggregateKind& kind, std::string_view stream_id,
                 google::protobuf::Message& event, common::v1::EventMeta& meta,
                 const EventScope& scope);
  absl::Status TryEmit(const AggregateKind& kind, std::string_view stream_id,
                       google::protobuf::Message& event, common::v1::EventMeta& meta,
                       const EventScope& scope);
  void StampMeta(std::string_view stream_id, uint32_t slot, uint64_t version,
                 const google::protobuf::Message& event, const EventScope& scope,
                 common::v1::EventMeta& meta);
  static absl::Status CheckVersion(std::string_view stream_id, std::optional<uint64_t> expected,
                                   uint64_t actual);

  UnitContext& context_;
  Origin origin_;
  absl::Time now_;
  absl::Status status_;
  std::map<uint32_t, uint64_t> positions_;
};

}  // namespace pitlane::runtime
