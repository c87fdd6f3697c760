#include "libs/journal/wal_end.h"

#include <algorithm>
#include <boost/crc.hpp>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/strings/match.h"
#include "libs/base/status.h"
#include "libs/journal/database.h"

namespace pitlane::journal::internal {
namespace {

constexpr size_t kBlockSize = 32768;
constexpr size_t kHeaderSize = 7;
constexpr size_t kSectorSize = 512;
// Fewer zeros than this may as well be data.
constexpr size_t kShortestHole = 16;

enum RecordType : uint8_t { kFull = 1, kFirst = 2, kLast = 4 };

uint32_t Fixed32(std::string_view bytes) {
  uint32_t value = 0;
  for (size_t i = 4; i-- > 0;) value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return value;
}

uint32_t MaskedCrc32c(std::string_view bytes) {
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  crc.process_bytes(bytes.data(), bytes.size());
  const uint32_t value = crc.checksum();
  return ((value >> 15) | (value << 17)) + 0xa282ead8U;
}

// Bytes of the sound record at the start of `rest`, which ends with its block; 0: there is none.
size_t SoundRecord(std::string_view rest) {
  if (rest.size() < kHeaderSize) return 0;
  const size_t length = static_cast<uint8_t>(rest[4]) | static_cast<uint8_t>(rest[5]) << 8;
  const auto type = static_cast<uint8_t>(rest[6]);
  if (type < kFull || type > kLast || length > rest.size() - kHeaderSize) return 0;
  return MaskedCrc32c(rest.substr(6, length + 1)) == Fixed32(rest) ? kHeaderSize + length : 0;
}

struct Walk {
  std::optional<size_t> unsound_at;  // where the first unsound record begins
  bool begins_behind = false;        // a sound commit begins somewhere behind it
};

Walk WalkFile(std::string_view file) {
  Walk walk;
  for (size_t block = 0; block < file.size(); block += kBlockSize) {
    const std::string_view bytes = file.substr(block, kBlockSize);
    size_t at = 0;
    while (bytes.size() - at >= kHeaderSize) {
      const size_t size = SoundRecord(bytes.substr(at));
      if (size == 0) {
        // Its length cannot be trusted: the next one may begin anywhere.
        if (!walk.unsound_at) walk.unsound_at = block + at;
        ++at;
        continue;
      }
      const auto type = static_cast<uint8_t>(bytes[at + 6]);
      if (walk.unsound_at && (type == kFull || type == kFirst)) walk.begins_behind = true;
      at += size;
    }
  }
  return walk;
}

bool IsHole(std::string_view bytes) {
  return bytes.size() >= kShortestHole &&
         std::all_of(bytes.begin(), bytes.end(), [](char byte) { return byte == '\0'; });
}

bool HasHoleBehind(std::string_view file, size_t at) {
  while (at < file.size()) {
    const size_t end = std::min(file.size(), (at / kSectorSize + 1) * kSectorSize);
    if (IsHole(file.substr(at, end - at))) return true;
    at = end;
  }
  return false;
}

}  // namespace

absl::StatusOr<bool> EndsInHoles(rocksdb::Env* env, const std::string& path) {
  std::vector<std::string> names;
  RETURN_IF_ERROR(FromRocks(env->GetChildren(path, &names), "list", path));
  bool ends_in_holes = false;
  for (const std::string& name : names) {
    if (!absl::EndsWith(name, ".log")) continue;
    std::string file;
    const std::string file_path = path + "/" + name;
    RETURN_IF_ERROR(FromRocks(rocksdb::ReadFileToString(env, file_path, &file), "read", file_path));
    const Walk walk = WalkFile(file);
    if (!walk.unsound_at) continue;
    if (walk.begins_behind || !HasHoleBehind(file, *walk.unsound_at)) return false;
    ends_in_holes = true;
  }
  return ends_in_holes;
}

}  // namespace pitlane::journal::internal
