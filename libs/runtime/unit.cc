#include "libs/runtime/unit.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "libs/base/check.h"
#include "libs/base/ids.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "libs/runtime/timestamps.h"
#include "libs/runtime/unit_context.h"
#include "libs/stream/partition_heads.h"

namespace pitlane::runtime {
namespace {

// The store as a whole does not work, rather than something in it being wrong.
bool IsStoreFailure(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsInternal(status) ||
         (absl::IsResourceExhausted(status) && rpc::ErrorReason(status).empty());
}

absl::StatusOr<uint32_t> SlotOfStream(std::string_view stream_id) {
  return SlotOfId(stream_id.substr(0, stream_id.find('/')));
}

// The message that is set in the event's oneof.
const google::protobuf::FieldDescriptor& EventField(const google::protobuf::Message& event) {
  const google::protobuf::Descriptor* type = event.GetDescriptor();
  PITLANE_CHECK(type->oneof_decl_count() > 0) << type->full_name();
  const google::protobuf::FieldDescriptor* field =
      event.GetReflection()->GetOneofFieldDescriptor(event, type->oneof_decl(0));
  PITLANE_CHECK(field != nullptr) << "an empty " << type->full_name() << " was emitted";
  return *field;
}

}  // namespace

Unit::Unit(UnitContext& context, Origin origin) : context_(context), now_(context.clock.Now()) {
  SetCause(std::move(origin));
}

void Unit::SetCause(Origin origin) {
  origin_ = std::move(origin);
  if (!origin_.correlation_id.empty()) return;
  origin_.correlation_id = origin_.request_id.empty() ? origin_.causation_id : origin_.request_id;
}

Clock& Unit::clock() { return context_.clock; }
Entropy& Unit::entropy() { return context_.entropy; }
ViewReader& Unit::views() { return context_.views; }
journal::Batch& Unit::batch() { return context_.batch; }

absl::StatusOr<const StateEntry*> Unit::LoadState(const AggregateKind& kind,
                                                  std::string_view stream_id) {
  if (absl::Status routed = SlotOfStream(stream_id).status(); !routed.ok()) {
    return rpc::Invalid("id", ToStd(routed.message()));
  }
  auto entry = context_.Load(kind, stream_id);
  if (!entry.ok() && IsStoreFailure(entry.status())) Fail(entry.status());
  return entry;
}

void Unit::EmitEvent(const AggregateKind& kind, std::string_view stream_id,
                     google::protobuf::Message& event, common::v1::EventMeta& meta,
                     const EventScope& scope) {
  if (status_.ok()) Fail(TryEmit(kind, stream_id, event, meta, scope));
}

absl::Status Unit::TryEmit(const AggregateKind& kind, std::string_view stream_id,
                           google::protobuf::Message& event, common::v1::EventMeta& meta,
                           const EventScope& scope) {
  ASSIGN_OR_RETURN(const uint32_t slot, SlotOfStream(stream_id));
  ASSIGN_OR_RETURN(StateEntry * entry, context_.Touch(kind, stream_id));
  StampMeta(stream_id, slot, entry->version + 1, event, scope, meta);
  RETURN_IF_ERROR(context_.batch.Append(stream_id, entry->version, DeterministicBytes(event)));
  kind.apply(*entry->state, event);
  ++entry->version;
  positions_[slot % context_.identity.partition_count] = meta.position();
  stream::NotePartitionHead(context_.batch, context_.identity.partition_count, slot,
                            meta.position());
  return context_.projections.Apply(event, context_.batch);
}

void Unit::StampMeta(std::string_view stream_id, uint32_t slot, uint64_t version,
                     const google::protobuf::Message& event, const EventScope& scope,
                     common::v1::EventMeta& meta) {
  std::optional<google::protobuf::Timestamp> occurred_at;
  if (meta.has_occurred_at()) occurred_at = meta.occurred_at();
  meta.Clear();
  meta.set_event_id(EventId::Make(context_.clock, context_.entropy, slot).text());
  meta.set_type(EventField(event).message_type()->full_name());
  meta.set_stream_id(std::string(stream_id));
  meta.set_version(version);
  meta.set_position(context_.batch.next_position());
  meta.set_source(absl::StrCat(context_.identity.service, ".", context_.identity.shard));
  meta.set_slot(slot);
  *meta.mutable_recorded_at() = ToTimestamp(now_);
  *meta.mutable_occurred_at() = occurred_at.value_or(meta.recorded_at());
  meta.set_location_id(scope.location_id);
  meta.set_business_date(scope.business_date);
  *meta.mutable_actor() = origin_.actor;
  meta.set_request_id(origin_.request_id);
  meta.set_causation_id(origin_.causation_id);
  meta.set_causation_position(origin_.causation_position);
  meta.set_correlation_id(origin_.correlation_id);
  meta.set_traceparent(origin_.traceparent);
}

absl::Status Unit::CheckVersion(std::string_view stream_id, std::optional<uint64_t> expected,
                                uint64_t actual) {
  if (!expected.has_value() || *expected == actual) return absl::OkStatus();
  return rpc::VersionMismatch(stream_id, *expected, actual);
}

absl::StatusOr<std::optional<std::string>> Unit::GetSecret(std::string_view name) {
  return context_.batch.GetSecret(name);
}

void Unit::PutSecret(std::string_view name, std::string_view value) {
  context_.batch.PutSecret(name, value);
}

void Unit::DeleteSecret(std::string_view name) { context_.batch.DeleteSecret(name); }

absl::StatusOr<std::optional<Effect>> Unit::GetEffect(std::string_view kind, std::string_view id) {
  ASSIGN_OR_RETURN(const std::optional<std::string> row,
                   context_.batch.GetView(effect_rows::kView, effect_rows::Key(kind, id)));
  if (!row.has_value()) return std::optional<Effect>();
  ASSIGN_OR_RETURN(Effect effect, effect_rows::Decode(*row));
  return std::optional<Effect>(std::move(effect));
}

void Unit::RequestEffect(std::string_view kind, std::string_view id, std::string_view payload) {
  auto open = GetEffect(kind, id);
  if (!open.ok()) return Fail(open.status());
  if (open->has_value()) {
    return Fail(absl::AlreadyExistsError(absl::StrCat("effect ", ToAbsl(kind), " ", ToAbsl(id),
                                                      " is open already; finish it first")));
  }
  Effect effect{.kind = std::string(kind),
                .id = std::string(id),
                .payload = std::string(payload),
                .requested_at = now_,
                .correlation_id = origin_.correlation_id,
                .causation_id = origin_.causation_id,
                .traceparent = origin_.traceparent};
  context_.batch.PutView(effect_rows::kView, effect_rows::Key(kind, id),
                         effect_rows::Encode(effect));
  context_.effects.push_back({EffectChange::What::kRequested, std::move(effect)});
}

void Unit::FinishEffect(std::string_view kind, std::string_view id) {
  auto open = GetEffect(kind, id);
  if (!open.ok()) return Fail(open.status());
  if (!open->has_value()) return;
  context_.batch.DeleteView(effect_rows::kView, effect_rows::Key(kind, id));
  context_.effects.push_back({EffectChange::What::kFinished, **std::move(open)});
}

void Unit::RescheduleEffect(std::string_view kind, std::string_view id, absl::Time not_before) {
  auto open = GetEffect(kind, id);
  if (!open.ok()) return Fail(open.status());
  if (!open->has_value()) return;
  Effect effect = **std::move(open);
  ++effect.asked;
  effect.not_before = not_before;
  context_.batch.PutView(effect_rows::kView, effect_rows::Key(kind, id),
                         effect_rows::Encode(effect));
  context_.effects.push_back({EffectChange::What::kRescheduled, std::move(effect)});
}

absl::Status Unit::Try(absl::FunctionRef<absl::Status()> attempt) {
  RETURN_IF_ERROR(status_);
  const std::map<uint32_t, uint64_t> positions_before = positions_;
  context_.Push();
  absl::Status result = attempt();
  if (status_.ok() && result.ok()) {
    context_.Keep();
    return absl::OkStatus();
  }
  context_.Drop();
  positions_ = positions_before;
  if (!status_.ok()) {
    result = status_;
    if (!IsStoreFailure(status_)) status_ = absl::OkStatus();
  }
  return result;
}

absl::StatusOr<uint64_t> Unit::GetCursor(std::string_view name) {
  if (const std::optional<uint64_t> known = context_.book.Find(name)) return *known;
  ASSIGN_OR_RETURN(const std::optional<uint64_t> stored, context_.batch.GetCursor(name));
  return stored.value_or(0);
}

void Unit::PutCursor(std::string_view name, uint64_t position) {
  context_.batch.PutCursor(name, position);
  context_.book.Put(name, position);
  context_.cursors.emplace_back(name, position);
}

void Unit::PassCursor(std::string_view name, uint64_t position) {
  context_.book.Pass(name, position);
  context_.cursors.emplace_back(name, position);
}

}  // namespace pitlane::runtime
