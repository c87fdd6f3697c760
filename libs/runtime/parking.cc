#include "libs/runtime/parking.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "libs/runtime/aggregate.h"
#include "libs/runtime/describe.h"
#include "libs/runtime/executor.h"
#include "pitlane/admin/v1/admin_service.pb.h"

namespace pitlane::runtime {
namespace {

constexpr std::string_view kRecords = "runtime/parked";
constexpr std::string_view kCounts = "runtime/parked_keys";

std::string KeyPrefix(const ParkedKey& key) {
  std::string row = key.source;
  row.push_back('\0');
  row += key.stream_id;
  row.push_back('\0');
  return row;
}

std::string RowKey(const ParkedKey& key, uint64_t position) {
  std::string row = KeyPrefix(key);
  AppendBigEndian64(row, position);
  return row;
}

ParkedKey KeyOf(const v1::ParkedRecord& record) { return {record.source(), record.stream_id()}; }

absl::StatusOr<v1::ParkedRecord> DecodeRecord(std::string_view bytes) {
  v1::ParkedRecord record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return rpc::DataLoss("a parked record does not decode; restore from a backup");
  }
  return record;
}

absl::Status NothingParked(const ParkedKey& key) {
  return rpc::NotFound(
      admin::v1::PARKED_NOT_FOUND,
      absl::StrCat("nothing like that is parked under ", key.source, " ", key.stream_id));
}

// One retry of everything under a key: a chain of commands, each of which is one record.
struct Retry {
  Executor& executor;
  const RecordApplier& applier;
  const ParkedKey key;
  const std::function<void(absl::StatusOr<RetryResult>)> done;
  RetryResult result;
};

// What one link of the chain came to.
struct Link {
  bool found = false;
  std::string failure;
  uint64_t left = 0;
};

absl::StatusOr<Link> RetryFirst(const Retry& retry, Unit& unit) {
  ParkedRows rows(unit.batch());
  ASSIGN_OR_RETURN(std::optional<v1::ParkedRecord> record, rows.First(retry.key));
  if (!record.has_value()) return Link{};
  ASSIGN_OR_RETURN(const stream::Source source, stream::Source::Parse(record->source()));
  const absl::Status applied =
      unit.Try([&] { return retry.applier.Apply(source, record->payload(), unit); });
  RETURN_IF_ERROR(unit.status());
  Link link{.found = true};
  if (applied.ok()) {
    RETURN_IF_ERROR(rows.Remove(retry.key, record->position()));
  } else {
    link.failure = Describe(applied);
    record->set_attempts(record->attempts() + 1);
    record->set_reason(link.failure);
    rows.Update(*record);
  }
  ASSIGN_OR_RETURN(link.left, rows.CountOf(retry.key));
  return link;
}

void RetryNext(const std::shared_ptr<Retry>& retry) {
  auto link = std::make_shared<Link>();
  Command command;
  command.decide = [retry, link](Unit& unit) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(*link, RetryFirst(*retry, unit));
    return std::string();
  };
  command.done = [retry, link](absl::StatusOr<Answer> answer) {
    if (!answer.ok()) return retry->done(answer.status());
    if (!link->found && retry->result.applied == 0) return retry->done(NothingParked(retry->key));
    retry->result.left = link->left;
    retry->result.failure = link->failure;
    if (!link->found || !link->failure.empty()) return retry->done(retry->result);
    ++retry->result.applied;
    if (link->left == 0) return retry->done(retry->result);
    RetryNext(retry);
  };
  retry->executor.SubmitInternal(std::move(command));
}

}  // namespace

absl::StatusOr<uint64_t> ParkedRows::CountOf(const ParkedKey& key) {
  ASSIGN_OR_RETURN(const std::optional<std::string> bytes, batch_.GetView(kCounts, KeyPrefix(key)));
  if (!bytes.has_value()) return 0;
  return DecodeBigEndian64(*bytes);
}

void ParkedRows::PutCount(const ParkedKey& key, uint64_t count) {
  if (count == 0) {
    batch_.DeleteView(kCounts, KeyPrefix(key));
  } else {
    batch_.PutView(kCounts, KeyPrefix(key), EncodeBigEndian64(count));
  }
}

absl::Status ParkedRows::Add(const v1::ParkedRecord& record) {
  const ParkedKey key = KeyOf(record);
  ASSIGN_OR_RETURN(const uint64_t count, CountOf(key));
  PutCount(key, count + 1);
  Update(record);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<v1::ParkedRecord>> ParkedRows::First(const ParkedKey& key) {
  journal::ScanOptions options;
  options.prefix = KeyPrefix(key);
  options.limit = 1;
  ASSIGN_OR_RETURN(const journal::ScanPage page, batch_.ScanView(kRecords, options));
  if (page.rows.empty()) return std::optional<v1::ParkedRecord>();
  ASSIGN_OR_RETURN(v1::ParkedRecord record, DecodeRecord(page.rows.front().value));
  return std::optional<v1::ParkedRecord>(std::move(record));
}

void ParkedRows::Update(const v1::ParkedRecord& record) {
  batch_.PutView(kRecords, RowKey(KeyOf(record), record.position()), DeterministicBytes(record));
}

absl::Status ParkedRows::Remove(const ParkedKey& key, uint64_t position) {
  const std::string row = RowKey(key, position);
  ASSIGN_OR_RETURN(const std::optional<std::string> bytes, batch_.GetView(kRecords, row));
  if (!bytes.has_value()) return NothingParked(key);
  ASSIGN_OR_RETURN(const uint64_t count, CountOf(key));
  batch_.DeleteView(kRecords, row);
  PutCount(key, count - 1);
  return absl::OkStatus();
}

absl::StatusOr<ParkedPage> ListParked(const journal::Journal& journal, std::string_view source,
                                      size_t limit, std::optional<std::string> after) {
  journal::ScanOptions options;
  if (!source.empty()) options.prefix = std::string(source) + '\0';
  options.limit = limit;
  options.after = std::move(after);
  ASSIGN_OR_RETURN(journal::ScanPage page, journal.ScanView(kRecords, options));
  ParkedPage result;
  for (const journal::Row& row : page.rows) {
    ASSIGN_OR_RETURN(v1::ParkedRecord record, DecodeRecord(row.value));
    result.records.push_back(std::move(record));
  }
  result.resume = std::move(page.resume);
  return result;
}

absl::StatusOr<uint64_t> CountParked(const journal::Journal& journal) {
  uint64_t total = 0;
  journal::ScanOptions options;
  while (true) {
    ASSIGN_OR_RETURN(const journal::ScanPage page, journal.ScanView(kCounts, options));
    for (const journal::Row& row : page.rows) {
      ASSIGN_OR_RETURN(const uint64_t count, DecodeBigEndian64(row.value));
      total += count;
    }
    if (!page.resume.has_value()) return total;
    options.after = page.resume;
  }
}

RecordApplier::RecordApplier(const ReactorRegistry& reactors, Prototypes prototypes,
                             std::string own_area)
    : reactors_(reactors), prototypes_(std::move(prototypes)), own_area_(std::move(own_area)) {}

RecordApplier::Peek RecordApplier::PeekAt(const stream::FeedRecord& record) const {
  common::v1::Envelope envelope;
  Peek peek;
  if (!envelope.ParseFromString(record.payload) || envelope.meta().stream_id().empty()) {
    peek.wanted = true;
    return peek;
  }
  peek.meta = std::move(*envelope.mutable_meta());
  peek.wanted = !reactors_.For(peek.meta.type()).empty();
  return peek;
}

Origin RecordApplier::OriginOf(const stream::Source& source,
                               const common::v1::EventMeta& meta) const {
  Origin origin;
  origin.causation_position = stream::PlaceOf(source, meta.position());
  origin.actor.set_subject(absl::StrCat("service:", own_area_));
  origin.causation_id = meta.event_id();
  origin.correlation_id = meta.correlation_id();
  origin.traceparent = meta.traceparent();
  return origin;
}

absl::Status RecordApplier::Apply(const stream::Source& source, std::string_view payload,
                                  Unit& unit) const {
  const auto prototype = prototypes_.find(source.area);
  PITLANE_CHECK(prototype != prototypes_.end()) << "we do not listen to " << source.area;
  const std::unique_ptr<google::protobuf::Message> event(prototype->second->New());
  if (!event->ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
    return absl::InvalidArgumentError(absl::StrCat("the record is no ", event->GetTypeName(),
                                                   "; discard it or repair its source"));
  }
  const google::protobuf::Descriptor* type = event->GetDescriptor();
  const google::protobuf::Reflection* reflection = event->GetReflection();
  const google::protobuf::FieldDescriptor* field =
      reflection->GetOneofFieldDescriptor(*event, type->oneof_decl(0));
  const auto& meta = static_cast<const common::v1::EventMeta&>(
      reflection->GetMessage(*event, type->FindFieldByName("meta")));
  if (field == nullptr || field->message_type()->full_name() != meta.type()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the record's content is not the ", meta.type(), " that its meta says"));
  }
  unit.SetCause(OriginOf(source, meta));
  for (Reactor* reactor : reactors_.For(meta.type())) {
    RETURN_IF_ERROR(reactor->OnEvent(meta, reflection->GetMessage(*event, field), unit));
  }
  return absl::OkStatus();
}

void RetryParked(Executor& executor, const RecordApplier& applier, const ParkedKey& key,
                 std::function<void(absl::StatusOr<RetryResult>)> done) {
  RetryNext(std::make_shared<Retry>(Retry{executor, applier, key, std::move(done), {}}));
}

void DiscardParked(Executor& executor, const ParkedKey& key, uint64_t position,
                   std::function<void(absl::Status)> done) {
  Command command;
  command.decide = [key, position](Unit& unit) -> absl::StatusOr<std::string> {
    RETURN_IF_ERROR(ParkedRows(unit.batch()).Remove(key, position));
    return std::string();
  };
  command.done = [done = std::move(done)](absl::StatusOr<Answer> answer) { done(answer.status()); };
  executor.SubmitInternal(std::move(command));
}

}  // namespace pitlane::runtime
