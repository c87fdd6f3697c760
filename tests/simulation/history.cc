#include "tests/simulation/history.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "libs/base/status.h"
#include "libs/base/text.h"

namespace pitlane::simulation {
namespace {

constexpr size_t kAtOnce = 4096;
constexpr size_t kBytesAtOnce = 64u << 20;

absl::StatusOr<Fact> Decode(journal::Record record, const google::protobuf::Message& prototype) {
  Fact fact;
  std::shared_ptr<google::protobuf::Message> event(prototype.New());  // shared by indexes
  if (!event->ParseFromString(record.payload)) {
    return absl::DataLossError(absl::StrCat("position ", record.position, " does not decode"));
  }
  const auto* type = event->GetDescriptor();
  const auto* reflection = event->GetReflection();
  fact.meta = static_cast<const common::v1::EventMeta&>(
      reflection->GetMessage(*event, type->FindFieldByName("meta")));
  const auto* field = reflection->GetOneofFieldDescriptor(*event, type->oneof_decl(0));
  if (field == nullptr) {
    return absl::DataLossError(absl::StrCat("position ", record.position, " has no event"));
  }
  fact.inner = &reflection->GetMessage(*event, field);
  if (fact.meta.position() != record.position || fact.meta.version() != record.version ||
      fact.meta.stream_id() != record.stream_id ||
      fact.meta.type() != fact.inner->GetDescriptor()->full_name()) {
    return absl::DataLossError(absl::StrCat("position ", record.position, " says of itself ",
                                            fact.meta.ShortDebugString()));
  }
  fact.event = std::move(event);
  fact.record = std::move(record);
  return fact;
}

}  // namespace

absl::StatusOr<History> ReadHistory(const journal::Journal& journal,
                                    const google::protobuf::Message& prototype) {
  History history;
  std::map<std::string, uint64_t> versions;
  uint64_t next = 1;
  while (true) {
    ASSIGN_OR_RETURN(std::vector<journal::Record> records,
                     journal.ReadLog(next, kAtOnce, kBytesAtOnce));
    if (records.empty()) return history;
    for (journal::Record& record : records) {
      if (record.position != next++ || record.version != ++versions[record.stream_id]) {
        return absl::DataLossError(absl::StrCat("position ", record.position, " has version ",
                                                record.version, " of ", record.stream_id,
                                                ": something is missing"));
      }
      ASSIGN_OR_RETURN(Fact fact, Decode(std::move(record), prototype));
      history.push_back(std::move(fact));
    }
  }
}

}  // namespace pitlane::simulation
