#include "libs/runtime/aggregate.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"

namespace pitlane::runtime {
namespace {

constexpr size_t kReadAtOnce = 512;

template <class Source>
absl::StatusOr<StateEntry> LoadFrom(Source& source, const AggregateKind& kind,
                                    std::string_view stream_id) {
  StateEntry entry{
      .kind = &kind,
      .state = std::shared_ptr<google::protobuf::Message>(kind.state_prototype->New())};
  ASSIGN_OR_RETURN(const std::optional<journal::Snapshot> snapshot,
                   source.GetSnapshot(stream_id, kind.SnapshotSchema()));
  if (snapshot.has_value()) {
    if (entry.state->ParseFromString(snapshot->state)) {
      entry.version = entry.snapshot_version = snapshot->version;
    } else {
      // A snapshot is disposable: the events say the same.
      entry.state->Clear();
    }
  }
  const std::unique_ptr<google::protobuf::Message> event(kind.event_prototype->New());
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<journal::Record> records,
                     source.ReadStream(stream_id, entry.version + 1, kReadAtOnce));
    for (const journal::Record& record : records) {
      if (record.version != entry.version + 1 || !event->ParseFromString(record.payload)) {
        return rpc::DataLoss(absl::StrCat("the event at position ", record.position,
                                          " does not continue its stream; verify the journal"));
      }
      kind.apply(*entry.state, *event);
      entry.version = record.version;
    }
    if (records.size() < kReadAtOnce) return entry;
  }
}

}  // namespace

uint32_t AggregateKind::SnapshotSchema() const {
  // FNV-1a over the state's type, then over the schema.
  uint32_t hash = 2166136261u;
  const auto mix = [&hash](uint32_t byte) { hash = (hash ^ byte) * 16777619u; };
  for (const char c : state_prototype->GetDescriptor()->full_name()) {
    mix(static_cast<unsigned char>(c));
  }
  for (int shift = 0; shift < 32; shift += 8) mix(schema >> shift & 0xff);
  return hash;
}

absl::StatusOr<StateEntry> LoadAggregate(journal::Reader& reader, const AggregateKind& kind,
                                         std::string_view stream_id) {
  return LoadFrom(reader, kind, stream_id);
}

absl::StatusOr<StateEntry> LoadAggregate(journal::Batch& batch, const AggregateKind& kind,
                                         std::string_view stream_id) {
  return LoadFrom(batch, kind, stream_id);
}

std::string DeterministicBytes(const google::protobuf::Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream sink(&bytes);
    google::protobuf::io::CodedOutputStream coded(&sink);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

}  // namespace pitlane::runtime
