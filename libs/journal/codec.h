// The bytes of a store: keys and values of every column family. Nothing here does I/O.
//
// family     key                                            value
// log        position (be64)                                format, chain (32), body
// streams    stream id, 0, version (be64)                   position (be64)
// snapshots  stream id                                      format, SHA-256 of the rest, version,
//                                                           schema, state
// views      view, 0, generation (be32), key                row
// requests   request id                                     format, position, fingerprint, response
// cursors    'c' name                                       position (be64)
//            'g' view                                       current, building, next generation
//            "m/..."                                        see kIdentityKey and its neighbours
// secrets    name                                           secret
//
// body = length of stream id (varint), stream id, version (varint), payload
// chain of record n = SHA-256(chain of n-1, position n (be64), format, body); 32 zeros before n = 1
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/journal/journal.h"

namespace pitlane::journal::internal {

// Raised when a store written from now on cannot be read by an older release.
inline constexpr uint32_t kFormatVersion = 1;
inline constexpr size_t kChainBytes = 32;
inline constexpr size_t kMaxNameBytes = 1024;

enum class Family { kLog, kStreams, kSnapshots, kViews, kRequests, kCursors, kSecrets };
inline constexpr size_t kFamilyCount = 7;
inline constexpr std::array<const char*, kFamilyCount> kFamilyNames = {
    "log", "streams", "snapshots", "views", "requests", "cursors", "secrets"};

inline constexpr char kIdentityKey[] = "m/identity";  // format version and StoreIdentity
inline constexpr char kCommitsKey[] = "m/commits";    // number of the last commit (be64)
inline constexpr char kErasureKey[] = "m/erasure";  // commit (be64) whose secrets are to be erased

bool IsValidName(std::string_view name);
// INVALID_ARGUMENT that says which kind of name is wrong and why.
absl::Status CheckName(std::string_view kind, std::string_view name);

std::string LogKey(uint64_t position);
std::optional<uint64_t> ParseLogKey(std::string_view key);

std::string StreamKey(std::string_view stream_id, uint64_t version);
struct StreamKeyParts {
  std::string_view stream_id;  // points into the key
  uint64_t version = 0;
};
std::optional<StreamKeyParts> ParseStreamKey(std::string_view key);
inline constexpr size_t kStreamKeySuffixBytes = 8;  // the version

// Every row of one generation of a view begins with this.
std::string ViewPrefix(std::string_view view, Generation generation);
// Every row of a view, whatever its generation, begins with this.
std::string ViewAllPrefix(std::string_view view);
std::string CursorKey(std::string_view name);
std::string ViewStateKey(std::string_view view);
// The first key behind all keys with this prefix; empty when there is none.
std::string PrefixEnd(std::string_view prefix);

// A record ready to be written: value = `head`, then `body`. Keeps its buffers between uses.
class RecordEncoder {
 public:
  // The views are good until the next Encode.
  void Encode(std::string_view previous_chain, uint64_t position, std::string_view stream_id,
              uint64_t version, std::string_view payload);
  std::string_view head() const { return head_; }
  std::string_view body() const;
  std::string_view chain() const { return std::string_view(head_).substr(1); }

 private:
  std::string hashed_;
  std::string head_;
};

// A stored record taken apart; the views point into the stored value.
struct RecordParts {
  std::string_view stream_id;
  uint64_t version = 0;
  std::string_view payload;
  std::string_view chain;
  std::string_view body;
};
// DATA_LOSS, naming the position, when the value is not a record.
absl::StatusOr<RecordParts> DecodeRecord(uint64_t position, std::string_view value);
// Of a body alone, as a batch keeps it.
absl::StatusOr<RecordParts> DecodeRecordBody(uint64_t position, std::string_view body);
Record MakeRecord(uint64_t position, const RecordParts& parts);
// What the chain of a record has to be.
std::string ChainOf(std::string_view previous_chain, uint64_t position, std::string_view body);

std::string EncodeAnswer(const StoredAnswer& answer);
absl::StatusOr<StoredAnswer> DecodeAnswer(std::string_view request_id, std::string_view value);

std::string EncodeSnapshot(const Snapshot& snapshot);
// Empty when the hash is wrong or the schema is another one: a snapshot is disposable.
std::optional<Snapshot> DecodeSnapshot(std::string_view value, uint32_t schema);

// What is stored of a view's generations. `next` is the one that the next rebuild gets.
struct ViewState {
  Generation current = 1;
  Generation building = 0;
  Generation next = 2;
};
std::string EncodeViewState(const ViewState& state);
absl::StatusOr<ViewState> DecodeViewState(std::string_view view, std::string_view value);

struct StoredIdentity {
  uint32_t format_version = kFormatVersion;
  StoreIdentity identity;
};
std::string EncodeIdentity(const StoredIdentity& identity);
// Reads the format version of any release; the identity only of the formats known here.
absl::StatusOr<StoredIdentity> DecodeIdentity(std::string_view value);

absl::StatusOr<uint64_t> DecodeNumber(std::string_view what, std::string_view value);

}  // namespace pitlane::journal::internal
