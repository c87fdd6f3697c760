#include "tools/pitlane/journal_restore.h"

#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "fmt/core.h"
#include "libs/base/status.h"
#include "libs/journal/journal.h"
#include "libs/runtime/restore.h"
#include "libs/stream/topic_history.h"
#include "tools/pitlane/folder_copy.h"
#include "tools/pitlane/suite.h"

namespace pitlane::tools {
namespace {

absl::StatusOr<runtime::ServiceDefinition> DefinitionOf(const std::string& area) {
  for (runtime::ServiceDefinition& definition : SuiteDefinitions()) {
    if (definition.area == area) return std::move(definition);
  }
  return absl::InvalidArgumentError(absl::StrCat("there is no area ", area));
}

std::string StoreOf(const RestoreOptions& options) {
  return absl::StrCat(options.data_dir, "/", options.area, ".", options.shard);
}

journal::Options OpenAt(const RestoreOptions& options, std::string path, bool create) {
  journal::Options open;
  open.path = std::move(path);
  open.identity = {.service = options.area,
                   .shard = options.shard,
                   .shard_count = options.shard_count,
                   .partition_count = options.partition_count};
  open.create_if_missing = create;
  return open;
}

absl::Status CheckSound(const journal::Journal& journal) {
  ASSIGN_OR_RETURN(const journal::VerifyReport report, journal.Verify());
  if (report.fault.has_value()) {
    return absl::DataLossError(absl::StrCat("the store is not sound: position ",
                                            report.fault->position, ": ", report.fault->what));
  }
  fmt::print("{} records in {} streams, last position {}: sound\n", report.records, report.streams,
             report.tail.last_position);
  return absl::OkStatus();
}

void Print(const runtime::RestoreReport& report) {
  fmt::print("the store had {} events, {} were restored\n", report.before, report.restored);
  if (report.completed > 0) {
    fmt::print("{} of them were not in the topic yet, but belong to what is\n", report.completed);
  }
  if (report.lost > 0) {
    fmt::print("{} positions were lost before anybody had heard of them\n", report.lost);
  }
  for (const auto& [source, position] : report.cursors) {
    fmt::print("has heard {} up to {}\n", source.ToString(), position);
  }
  fmt::print("{} effects are open and will be asked about, {} secrets were copied\n",
             report.open_effects, report.secrets);
}

absl::Status FromKafka(const RestoreOptions& options) {
  ASSIGN_OR_RETURN(const runtime::ServiceDefinition definition, DefinitionOf(options.area));
  stream::KafkaOptions kafka{.bootstrap_servers = options.kafka};
  for (const std::string& property : options.kafka_properties) {
    const size_t equals = property.find('=');
    if (equals == std::string::npos) {
      return absl::InvalidArgumentError(
          absl::StrCat("--kafka-property ", property, ": must be KEY=VALUE"));
    }
    kafka.properties[property.substr(0, equals)] = property.substr(equals + 1);
  }
  ASSIGN_OR_RETURN(const auto history,
                   stream::TopicHistory::Open(kafka, options.area, options.shard,
                                              options.shard_count, options.partition_count));
  std::unique_ptr<FolderCopy> copy;
  std::unique_ptr<journal::Journal> secrets;
  if (!options.secrets.empty()) {
    ASSIGN_OR_RETURN(copy, FolderCopy::Make(options.secrets));
    ASSIGN_OR_RETURN(secrets, journal::Journal::Open(OpenAt(options, copy->path(), false)));
  }
  std::error_code ignored;
  std::filesystem::create_directories(options.data_dir, ignored);
  ASSIGN_OR_RETURN(const auto journal,
                   journal::Journal::Open(OpenAt(options, StoreOf(options), true)));
  ASSIGN_OR_RETURN(const runtime::RestoreReport report,
                   runtime::Restore(definition, *journal, *history, secrets.get()));
  Print(report);
  return CheckSound(*journal);
}

absl::Status FromBackup(const RestoreOptions& options) {
  const std::string store = StoreOf(options);
  if (std::filesystem::exists(store)) {
    return absl::AlreadyExistsError(
        absl::StrCat(store, " exists: move it away first, and keep it until all is well"));
  }
  if (const absl::Status whole = journal::Journal::CheckBackup(options.backup);
      absl::IsNotFound(whole)) {
    fmt::print("{}; its events are verified all the same\n", std::string(whole.message()));
  } else {
    RETURN_IF_ERROR(whole);
  }
  std::error_code error;
  std::filesystem::create_directories(options.data_dir, error);
  std::filesystem::copy(options.backup, store, std::filesystem::copy_options::recursive, error);
  absl::Status status;
  if (error) {
    status = absl::UnavailableError(
        absl::StrCat("cannot copy ", options.backup, " to ", store, ": ", error.message()));
  } else if (auto journal = journal::Journal::Open(OpenAt(options, store, false)); journal.ok()) {
    status = CheckSound(**journal);
  } else {
    status = journal.status();
  }
  // Nobody is to start on half a store.
  if (!status.ok()) std::filesystem::remove_all(store, error);
  return status;
}

absl::Status Run(const RestoreOptions& options) {
  if (!options.kafka.empty()) return FromKafka(options);
  if (!options.backup.empty()) return FromBackup(options);
  return absl::InvalidArgumentError("name --from-kafka HOST:PORT or --from-backup FOLDER");
}

}  // namespace

int RunRestore(const RestoreOptions& options) {
  const absl::Status status = Run(options);
  if (status.ok()) return 0;
  std::cerr << "pitlane journal restore: " << status.message() << "\n";
  return 1;
}

}  // namespace pitlane::tools
