#include "tools/pitlane/journal_tool.h"

#include <filesystem>
#include <iostream>
#include <memory>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "fmt/core.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/journal/journal.h"
#include "tools/pitlane/areas.h"
#include "tools/pitlane/events.h"
#include "tools/pitlane/folder_copy.h"

namespace pitlane::tools {
namespace {

constexpr size_t kPageRecords = 1000;
constexpr size_t kPageBytes = 4u << 20;

std::filesystem::path PathOf(const std::string& store) {
  const std::filesystem::path path(store);
  return path.filename().empty() ? path.parent_path() : path;
}

// Area and shard are the folder's name, as services make it.
absl::StatusOr<journal::Options> OptionsOf(const JournalOptions& options) {
  const std::filesystem::path path = PathOf(options.store);
  const std::string name = path.filename().string();
  const size_t dot = name.rfind('.');
  journal::Options open;
  if (dot == std::string::npos || !absl::SimpleAtoi(name.substr(dot + 1), &open.identity.shard) ||
      NewAreaEvent(name.substr(0, dot)) == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat(options.store, ": a store's folder is called <area>.<shard>, e.g. ticket.0"));
  }
  open.path = path.string();
  open.identity.service = name.substr(0, dot);
  open.identity.shard_count = options.shard_count;
  open.identity.partition_count = options.partition_count;
  open.create_if_missing = false;
  return open;
}

absl::Status Verify(journal::Journal& journal) {
  ASSIGN_OR_RETURN(const journal::VerifyReport report, journal.Verify());
  fmt::print("{} records in {} streams, last position {}, chain {}\n", report.records,
             report.streams, report.tail.last_position, HexEncode(report.tail.chain));
  if (!report.fault.has_value()) {
    fmt::print("sound\n");
    return absl::OkStatus();
  }
  return absl::DataLossError(
      absl::StrCat("first fault at position ", report.fault->position, ": ", report.fault->what));
}

absl::Status Dump(journal::Journal& journal, uint64_t from) {
  for (uint64_t next = from;;) {
    ASSIGN_OR_RETURN(const std::vector<journal::Record> records,
                     journal.ReadLog(next, kPageRecords, kPageBytes));
    if (records.empty()) return absl::OkStatus();
    for (const journal::Record& record : records) {
      std::cout << EventLine(journal.identity().service, record.payload, true) << "\n";
    }
    next = records.back().position + 1;
  }
}

absl::Status Run(const JournalOptions& options) {
  ASSIGN_OR_RETURN(journal::Options open, OptionsOf(options));
  // A backup that nobody has opened stays as it is: what is opened is a copy.
  std::unique_ptr<FolderCopy> copy;
  if (const absl::Status backup = journal::Journal::CheckBackup(open.path); backup.ok()) {
    ASSIGN_OR_RETURN(copy, FolderCopy::Make(open.path));
    open.path = copy->path();
  } else if (!absl::IsNotFound(backup)) {
    return backup;
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<journal::Journal> journal,
                   journal::Journal::Open(std::move(open)));
  if (options.action == "dump") return Dump(*journal, options.from);
  if (options.action == "verify") return Verify(*journal);
  RETURN_IF_ERROR(journal->Checkpoint(options.folder));
  fmt::print("{} holds everything up to position {}\n", options.folder, journal->last_position());
  return absl::OkStatus();
}

}  // namespace

int RunJournal(const JournalOptions& options) {
  const absl::Status status = Run(options);
  if (status.ok()) return 0;
  std::cerr << "pitlane journal " << options.action << ": " << status.message() << "\n";
  return 1;
}

}  // namespace pitlane::tools
