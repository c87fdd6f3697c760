#include "libs/journal/high_water_mark.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/journal/codec.h"
#include "libs/journal/database.h"

namespace pitlane::journal::internal {
namespace {

// A slot fills one sector and sits in a page of its own, so that writing one cannot tear the other.
constexpr size_t kSlotBytes = 512;
constexpr size_t kSlotDistance = 4096;
constexpr size_t kFileBytes = 2 * kSlotDistance;
constexpr std::string_view kMagic = "pitlane-high-water-mark\n";
// magic, format, sequence, commits, position, chain, clean
constexpr size_t kContentBytes = 24 + 4 + 8 + 8 + 8 + kChainBytes + 1;
static_assert(kContentBytes + 32 <= kSlotBytes);

std::string EncodeSlot(uint64_t sequence, const Mark& mark) {
  std::string slot(kMagic);
  slot.reserve(kSlotBytes);
  AppendBigEndian32(slot, kFormatVersion);
  AppendBigEndian64(slot, sequence);
  AppendBigEndian64(slot, mark.commits);
  AppendBigEndian64(slot, mark.tail.last_position);
  slot.append(mark.tail.chain);
  slot.push_back(mark.clean ? 1 : 0);
  slot.append(Sha256(slot));
  slot.resize(kSlotBytes, '\0');
  return slot;
}

struct Slot {
  uint64_t sequence = 0;
  Mark mark;
};

std::optional<Slot> DecodeSlot(std::string_view bytes) {
  if (bytes.size() < kContentBytes + 32 || bytes.substr(0, kMagic.size()) != kMagic ||
      Sha256(bytes.substr(0, kContentBytes)) != bytes.substr(kContentBytes, 32)) {
    return std::nullopt;
  }
  bytes.remove_prefix(kMagic.size());
  Slot slot;
  slot.mark.format_version = *DecodeBigEndian32(bytes.substr(0, 4));
  slot.sequence = *DecodeBigEndian64(bytes.substr(4, 8));
  slot.mark.commits = *DecodeBigEndian64(bytes.substr(12, 8));
  slot.mark.tail.last_position = *DecodeBigEndian64(bytes.substr(20, 8));
  slot.mark.tail.chain = std::string(bytes.substr(28, kChainBytes));
  slot.mark.clean = bytes[28 + kChainBytes] != 0;
  return slot;
}

absl::StatusOr<std::optional<Slot>> ReadNewestSlot(rocksdb::Env* env, const std::string& path) {
  if (env->FileExists(path).IsNotFound()) return std::nullopt;
  std::string bytes;
  RETURN_IF_ERROR(FromRocks(rocksdb::ReadFileToString(env, path, &bytes), "read", path));
  std::optional<Slot> newest;
  for (size_t offset = 0; offset + kSlotBytes <= bytes.size(); offset += kSlotDistance) {
    auto slot = DecodeSlot(std::string_view(bytes).substr(offset, kSlotBytes));
    if (slot && (!newest || slot->sequence > newest->sequence)) newest = std::move(slot);
  }
  if (!newest) return absl::DataLossError(absl::StrCat(path, " is damaged"));
  return newest;
}

}  // namespace

absl::StatusOr<std::optional<Mark>> HighWaterMark::Read(rocksdb::Env* env,
                                                        const std::string& path) {
  ASSIGN_OR_RETURN(const std::optional<Slot> slot, ReadNewestSlot(env, path));
  if (!slot) return std::nullopt;
  return slot->mark;
}

absl::Status HighWaterMark::Create(rocksdb::Env* env, const std::string& path, const Mark& mark) {
  std::string bytes = EncodeSlot(2, mark);
  bytes.resize(kFileBytes, '\0');
  // Under another name first: a crash must not leave half a mark beside a good store.
  const std::string draft = path + ".new";
  RETURN_IF_ERROR(FromRocks(rocksdb::WriteStringToFile(env, bytes, draft, /*should_sync=*/true),
                            "write", draft));
  RETURN_IF_ERROR(FromRocks(env->RenameFile(draft, path), "rename", draft));
  return SyncFolder(env, path.substr(0, path.find_last_of('/')));
}

absl::StatusOr<std::unique_ptr<HighWaterMark>> HighWaterMark::Open(rocksdb::Env* env,
                                                                   const std::string& path) {
  ASSIGN_OR_RETURN(const std::optional<Slot> slot, ReadNewestSlot(env, path));
  std::unique_ptr<rocksdb::RandomRWFile> file;
  RETURN_IF_ERROR(
      FromRocks(env->NewRandomRWFile(path, &file, rocksdb::EnvOptions()), "open", path));
  return std::unique_ptr<HighWaterMark>(
      new HighWaterMark(std::move(file), slot ? slot->sequence : 0));
}

absl::Status HighWaterMark::Write(const Mark& mark) {
  ++sequence_;
  return FromRocks(
      file_->Write(sequence_ % 2 == 0 ? 0 : kSlotDistance, EncodeSlot(sequence_, mark)), "write",
      "the high-water mark");
}

absl::Status HighWaterMark::Sync() {
  return FromRocks(file_->Sync(), "sync", "the high-water mark");
}

absl::Status HighWaterMark::Close() {
  return FromRocks(file_->Close(), "close", "the high-water mark");
}

}  // namespace pitlane::journal::internal
