#include "libs/journal/manifest.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/journal/database.h"

namespace pitlane::journal::internal {
namespace {

constexpr char kName[] = "manifest";
constexpr size_t kReadAtOnce = 1u << 20;

absl::StatusOr<std::string> HashOf(rocksdb::Env* env, const std::string& path, uint64_t* bytes) {
  std::unique_ptr<rocksdb::SequentialFile> file;
  RETURN_IF_ERROR(
      FromRocks(env->NewSequentialFile(path, &file, rocksdb::EnvOptions()), "open", path));
  Sha256Hasher hasher;
  std::string buffer(kReadAtOnce, '\0');
  for (*bytes = 0;;) {
    rocksdb::Slice read;
    RETURN_IF_ERROR(FromRocks(file->Read(kReadAtOnce, &read, buffer.data()), "read", path));
    if (read.empty()) return HexEncode(hasher.Finish());
    hasher.Update(ToView(read));
    *bytes += read.size();
  }
}

// Paths within the folder. The lock is nobody's content.
absl::StatusOr<std::vector<std::string>> FilesOf(rocksdb::Env* env, const std::string& folder) {
  std::vector<std::string> children;
  RETURN_IF_ERROR(FromRocks(env->GetChildren(folder + "/rocksdb", &children), "list", folder));
  std::vector<std::string> files = {"high-water-mark"};
  for (const std::string& child : children) {
    if (child != "." && child != ".." && child != "LOCK") files.push_back("rocksdb/" + child);
  }
  std::sort(files.begin(), files.end());
  return files;
}

absl::Status Changed(const std::string& folder, absl::string_view what) {
  return absl::DataLossError(absl::StrCat("the backup ", folder, " is not as it was made: ", what,
                                          ". Take another backup; copy this one anew if it was "
                                          "copied"));
}

absl::Status CheckLine(rocksdb::Env* env, const std::string& folder, absl::string_view line) {
  const std::vector<std::string> parts = absl::StrSplit(line, absl::MaxSplits("  ", 2));
  uint64_t expected = 0;
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[1], &expected)) {
    return Changed(folder, "its manifest does not decode");
  }
  const std::string path = folder + "/" + parts[2];
  if (!env->FileExists(path).ok()) return Changed(folder, absl::StrCat(parts[2], " is missing"));
  uint64_t bytes = 0;
  ASSIGN_OR_RETURN(const std::string hash, HashOf(env, path, &bytes));
  if (bytes != expected) {
    return Changed(folder, absl::StrCat(parts[2], " has ", bytes, " bytes instead of ", expected));
  }
  if (hash != parts[0]) return Changed(folder, absl::StrCat(parts[2], " has other bytes"));
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteManifest(rocksdb::Env* env, const std::string& folder) {
  ASSIGN_OR_RETURN(const std::vector<std::string> files, FilesOf(env, folder));
  std::string lines;
  for (const std::string& file : files) {
    uint64_t bytes = 0;
    ASSIGN_OR_RETURN(const std::string hash, HashOf(env, folder + "/" + file, &bytes));
    absl::StrAppend(&lines, hash, "  ", bytes, "  ", file, "\n");
  }
  absl::StrAppend(&lines, HexEncode(Sha256(lines)), "  ", lines.size(), "  ", kName, "\n");
  const std::string path = absl::StrCat(folder, "/", kName);
  RETURN_IF_ERROR(
      FromRocks(rocksdb::WriteStringToFile(env, lines, path, /*should_sync=*/true), "write", path));
  return SyncFolder(env, folder);
}

absl::StatusOr<bool> CheckManifest(rocksdb::Env* env, const std::string& folder) {
  const std::string path = absl::StrCat(folder, "/", kName);
  if (!env->FileExists(path).ok()) return false;
  std::string text;
  RETURN_IF_ERROR(FromRocks(rocksdb::ReadFileToString(env, path, &text), "read", path));
  if (text.empty() || text.back() != '\n') return Changed(folder, "its manifest is torn");
  const size_t last = text.rfind('\n', text.size() - 2) + 1;
  const std::string lines = text.substr(0, last);
  if (text.substr(last) !=
      absl::StrCat(HexEncode(Sha256(lines)), "  ", lines.size(), "  ", kName, "\n")) {
    return Changed(folder, "its manifest has other bytes");
  }
  for (absl::string_view line : absl::StrSplit(lines, '\n', absl::SkipEmpty())) {
    RETURN_IF_ERROR(CheckLine(env, folder, line));
  }
  return true;
}

absl::Status RemoveManifest(rocksdb::Env* env, const std::string& folder) {
  const std::string path = absl::StrCat(folder, "/", kName);
  RETURN_IF_ERROR(FromRocks(env->DeleteFile(path), "remove", path));
  return SyncFolder(env, folder);
}

}  // namespace pitlane::journal::internal
