#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/journal/batch_state.h"
#include "libs/journal/journal.h"
#include "libs/journal/reads.h"
#include "libs/journal/store.h"

namespace pitlane::journal {

using internal::CheckName;
using internal::Family;
using internal::IsValidName;

Batch::Batch(std::unique_ptr<internal::BatchState> state) : state_(std::move(state)) {}
Batch::Batch(Batch&& other) noexcept = default;
Batch& Batch::operator=(Batch&& other) noexcept = default;
Batch::~Batch() = default;

uint64_t Batch::next_position() const { return state_->tail().last_position + 1; }
size_t Batch::events() const { return state_->events(); }
bool Batch::empty() const { return state_->empty(); }
size_t Batch::approximate_bytes() const { return state_->approximate_bytes(); }

absl::Status Batch::Append(std::string_view stream_id, uint64_t expected_version,
                           std::string_view payload) {
  return state_->Append(stream_id, expected_version, payload);
}

absl::StatusOr<uint64_t> Batch::StreamVersion(std::string_view stream_id) {
  RETURN_IF_ERROR(CheckName("stream id", stream_id));
  return state_->StreamVersion(stream_id, 0);
}

absl::StatusOr<std::vector<Record>> Batch::ReadStream(std::string_view stream_id,
                                                      uint64_t from_version, size_t max_records) {
  ASSIGN_OR_RETURN(std::vector<Record> records,
                   internal::ReadStream(state_->store().database(), nullptr, stream_id,
                                        from_version, max_records));
  RETURN_IF_ERROR(state_->AddRecords(stream_id, from_version, max_records, records));
  return records;
}

namespace {

std::string RowKey(const internal::BatchState& state, std::string_view view, std::string_view key,
                   Generation generation) {
  PITLANE_CHECK(IsValidName(view)) << "view name '" << view << "'";
  return internal::ViewPrefix(view, state.Resolve(view, generation)).append(key);
}

}  // namespace

void Batch::PutView(std::string_view view, std::string_view key, std::string_view value,
                    Generation generation) {
  state_->overlay().Put(Family::kViews, RowKey(*state_, view, key, generation), std::string(value));
}

void Batch::DeleteView(std::string_view view, std::string_view key, Generation generation) {
  state_->overlay().Delete(Family::kViews, RowKey(*state_, view, key, generation));
}

absl::StatusOr<std::optional<std::string>> Batch::GetView(std::string_view view,
                                                          std::string_view key,
                                                          Generation generation) {
  RETURN_IF_ERROR(CheckName("view name", view));
  return state_->Get(Family::kViews, RowKey(*state_, view, key, generation));
}

absl::StatusOr<ScanPage> Batch::ScanView(std::string_view view, const ScanOptions& options) {
  return internal::CollectPage(
      options, [&](RowVisitor visitor) { return ForEachInView(view, options, visitor); });
}

absl::Status Batch::ForEachInView(std::string_view view, const ScanOptions& options,
                                  RowVisitor visitor) {
  RETURN_IF_ERROR(CheckName("view name", view));
  return internal::ScanRows(state_->store().database(), nullptr, &state_->overlay(), view,
                            state_->Resolve(view, options.generation), options, visitor);
}

Generation Batch::BeginRebuild(std::string_view view) {
  PITLANE_CHECK(IsValidName(view)) << "view name '" << view << "'";
  internal::ViewState state = state_->View(view);
  if (state.building != 0) {
    state_->overlay().DeleteRange(Family::kViews, internal::ViewPrefix(view, state.building),
                                  internal::ViewPrefix(view, state.building + 1));
  }
  state.building = state.next++;
  state_->SetView(view, state);
  return state.building;
}

ViewGenerations Batch::Generations(std::string_view view) const {
  const internal::ViewState state = state_->View(view);
  return {state.current, state.building};
}

absl::Status Batch::ActivateGeneration(std::string_view view, Generation generation) {
  RETURN_IF_ERROR(CheckName("view name", view));
  internal::ViewState state = state_->View(view);
  if (generation == 0 || generation != state.building) {
    return absl::FailedPreconditionError(
        absl::StrCat("generation ", generation, " of view ", ToAbsl(view), " is not being built (",
                     state.building, " is): begin the rebuild again"));
  }
  state_->overlay().DeleteRange(Family::kViews, internal::ViewPrefix(view, state.current),
                                internal::ViewPrefix(view, state.current + 1));
  state.current = generation;
  state.building = 0;
  state_->SetView(view, state);
  return absl::OkStatus();
}

void Batch::DropView(std::string_view view) {
  PITLANE_CHECK(IsValidName(view)) << "view name '" << view << "'";
  const std::string prefix = internal::ViewAllPrefix(view);
  state_->overlay().DeleteRange(Family::kViews, prefix, internal::PrefixEnd(prefix));
  internal::ViewState state = state_->View(view);
  if (state.building == 0) return;
  state.building = 0;
  state_->SetView(view, state);
}

void Batch::PutRequest(std::string_view request_id, const StoredAnswer& answer) {
  PITLANE_CHECK(IsValidName(request_id)) << "request id '" << request_id << "'";
  state_->overlay().Put(Family::kRequests, std::string(request_id), internal::EncodeAnswer(answer));
}

absl::StatusOr<std::optional<StoredAnswer>> Batch::GetRequest(std::string_view request_id) {
  RETURN_IF_ERROR(CheckName("request id", request_id));
  ASSIGN_OR_RETURN(const auto value, state_->Get(Family::kRequests, request_id));
  if (!value) return std::nullopt;
  return internal::DecodeAnswer(request_id, *value);
}

void Batch::PutCursor(std::string_view name, uint64_t position) {
  PITLANE_CHECK(IsValidName(name)) << "cursor name '" << name << "'";
  state_->overlay().Put(Family::kCursors, internal::CursorKey(name), EncodeBigEndian64(position));
}

void Batch::DeleteCursor(std::string_view name) {
  PITLANE_CHECK(IsValidName(name)) << "cursor name '" << name << "'";
  state_->overlay().Delete(Family::kCursors, internal::CursorKey(name));
}

absl::StatusOr<std::optional<uint64_t>> Batch::GetCursor(std::string_view name) {
  RETURN_IF_ERROR(CheckName("cursor name", name));
  ASSIGN_OR_RETURN(const auto value, state_->Get(Family::kCursors, internal::CursorKey(name)));
  if (!value) return std::nullopt;
  return internal::DecodeNumber(std::string("cursor ").append(name), *value);
}

void Batch::PutSnapshot(std::string_view stream_id, const Snapshot& snapshot) {
  PITLANE_CHECK(IsValidName(stream_id)) << "stream id '" << stream_id << "'";
  state_->overlay().Put(Family::kSnapshots, std::string(stream_id),
                        internal::EncodeSnapshot(snapshot));
}

absl::StatusOr<std::optional<Snapshot>> Batch::GetSnapshot(std::string_view stream_id,
                                                           uint32_t schema) {
  RETURN_IF_ERROR(CheckName("stream id", stream_id));
  ASSIGN_OR_RETURN(const auto value, state_->Get(Family::kSnapshots, stream_id));
  if (!value) return std::nullopt;
  return internal::DecodeSnapshot(*value, schema);
}

void Batch::PutSecret(std::string_view name, std::string_view value) {
  PITLANE_CHECK(IsValidName(name)) << "name of a secret";
  state_->overlay().Put(Family::kSecrets, std::string(name), std::string(value));
}

void Batch::DeleteSecret(std::string_view name) {
  PITLANE_CHECK(IsValidName(name)) << "name of a secret";
  state_->overlay().Delete(Family::kSecrets, std::string(name));
}

absl::StatusOr<std::optional<std::string>> Batch::GetSecret(std::string_view name) {
  RETURN_IF_ERROR(CheckName("name of a secret", name));
  return state_->Get(Family::kSecrets, name);
}

void Batch::SetSavePoint() { state_->SetSavePoint(); }
void Batch::RollbackToSavePoint() { state_->RollbackToSavePoint(); }
void Batch::PopSavePoint() { state_->PopSavePoint(); }

}  // namespace pitlane::journal
