#include "libs/journal/codec.h"

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"

namespace pitlane::journal::internal {
namespace {

constexpr char kRecordFormat = 1;
constexpr char kAnswerFormat = 1;
constexpr char kSnapshotFormat = 1;

void AppendVarint(std::string& out, uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

bool ConsumeVarint(std::string_view& in, uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 64 && !in.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

bool ConsumeBytes(std::string_view& in, uint64_t size, std::string_view& bytes) {
  if (in.size() < size) return false;
  bytes = in.substr(0, size);
  in.remove_prefix(size);
  return true;
}

bool ConsumeFormat(std::string_view& in, char format) {
  if (in.empty() || in.front() != format) return false;
  in.remove_prefix(1);
  return true;
}

bool ConsumeFixed32(std::string_view& in, uint32_t& value) {
  std::string_view bytes;
  if (!ConsumeBytes(in, 4, bytes)) return false;
  value = *DecodeBigEndian32(bytes);
  return true;
}

bool ParseBody(std::string_view body, RecordParts& parts) {
  parts.body = body;
  uint64_t size = 0;
  if (!ConsumeVarint(body, size) || !ConsumeBytes(body, size, parts.stream_id) ||
      !ConsumeVarint(body, parts.version)) {
    return false;
  }
  parts.payload = body;
  return IsValidName(parts.stream_id) && parts.version > 0;
}

}  // namespace

bool IsValidName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes && name.find('\0') == std::string_view::npos;
}

absl::Status CheckName(std::string_view kind, std::string_view name) {
  if (IsValidName(name)) return absl::OkStatus();
  const char* why = name.empty()                  ? "is empty"
                    : name.size() > kMaxNameBytes ? "is longer than 1024 bytes"
                                                  : "contains a zero byte";
  return absl::InvalidArgumentError(absl::StrCat(ToAbsl(kind), " ", why));
}

std::string LogKey(uint64_t position) { return EncodeBigEndian64(position); }

std::optional<uint64_t> ParseLogKey(std::string_view key) {
  if (auto position = DecodeBigEndian64(key); position.ok()) return *position;
  return std::nullopt;
}

std::string StreamKey(std::string_view stream_id, uint64_t version) {
  std::string key;
  key.reserve(stream_id.size() + 1 + kStreamKeySuffixBytes);
  key.append(stream_id);
  key.push_back('\0');
  AppendBigEndian64(key, version);
  return key;
}

std::optional<StreamKeyParts> ParseStreamKey(std::string_view key) {
  if (key.size() < 2 + kStreamKeySuffixBytes) return std::nullopt;
  const size_t separator = key.size() - kStreamKeySuffixBytes - 1;
  if (key[separator] != '\0' || !IsValidName(key.substr(0, separator))) return std::nullopt;
  return StreamKeyParts{key.substr(0, separator), *DecodeBigEndian64(key.substr(separator + 1))};
}

std::string ViewPrefix(std::string_view view, Generation generation) {
  std::string prefix = ViewAllPrefix(view);
  AppendBigEndian32(prefix, generation);
  return prefix;
}

std::string ViewAllPrefix(std::string_view view) {
  std::string prefix;
  // Room for the generation and a key of usual length, so that most keys are built in one piece.
  prefix.reserve(view.size() + 64);
  prefix.append(view);
  prefix.push_back('\0');
  return prefix;
}

std::string CursorKey(std::string_view name) { return std::string("c").append(name); }

std::string ViewStateKey(std::string_view view) { return std::string("g").append(view); }

std::string PrefixEnd(std::string_view prefix) {
  while (!prefix.empty() && prefix.back() == '\xff') prefix.remove_suffix(1);
  std::string end(prefix);
  if (!end.empty()) end.back() = static_cast<char>(end.back() + 1);
  return end;
}

namespace {
// chain, position, format: what is hashed before the body.
constexpr size_t kBodyOffset = kChainBytes + 8 + 1;
}  // namespace

void RecordEncoder::Encode(std::string_view previous_chain, uint64_t position,
                           std::string_view stream_id, uint64_t version, std::string_view payload) {
  hashed_.assign(previous_chain);
  AppendBigEndian64(hashed_, position);
  hashed_.push_back(kRecordFormat);
  AppendVarint(hashed_, stream_id.size());
  hashed_.append(stream_id);
  AppendVarint(hashed_, version);
  hashed_.append(payload);
  head_.assign(1, kRecordFormat);
  head_.append(Sha256(hashed_));
}

std::string_view RecordEncoder::body() const {
  return std::string_view(hashed_).substr(kBodyOffset);
}

absl::StatusOr<RecordParts> DecodeRecord(uint64_t position, std::string_view value) {
  RecordParts parts;
  std::string_view chain;
  if (!ConsumeFormat(value, kRecordFormat) || !ConsumeBytes(value, kChainBytes, chain) ||
      !ParseBody(value, parts)) {
    return absl::DataLossError(absl::StrCat("record ", position, " of the log does not decode"));
  }
  parts.chain = chain;
  return parts;
}

absl::StatusOr<RecordParts> DecodeRecordBody(uint64_t position, std::string_view body) {
  RecordParts parts;
  if (ParseBody(body, parts)) return parts;
  return absl::DataLossError(absl::StrCat("record ", position, " of the log does not decode"));
}

Record MakeRecord(uint64_t position, const RecordParts& parts) {
  return Record{position, std::string(parts.stream_id), parts.version, std::string(parts.payload),
                std::string(parts.chain)};
}

std::string ChainOf(std::string_view previous_chain, uint64_t position, std::string_view body) {
  std::string hashed;
  hashed.reserve(kBodyOffset + body.size());
  hashed.append(previous_chain);
  AppendBigEndian64(hashed, position);
  hashed.push_back(kRecordFormat);
  hashed.append(body);
  return Sha256(hashed);
}

std::string EncodeAnswer(const StoredAnswer& answer) {
  std::string out(1, kAnswerFormat);
  out.reserve(answer.fingerprint.size() + answer.response.size() + 16);
  AppendVarint(out, answer.position);
  AppendVarint(out, answer.fingerprint.size());
  out.append(answer.fingerprint);
  out.append(answer.response);
  return out;
}

absl::StatusOr<StoredAnswer> DecodeAnswer(std::string_view request_id, std::string_view value) {
  StoredAnswer answer;
  uint64_t size = 0;
  std::string_view fingerprint;
  if (!ConsumeFormat(value, kAnswerFormat) || !ConsumeVarint(value, answer.position) ||
      !ConsumeVarint(value, size) || !ConsumeBytes(value, size, fingerprint)) {
    return absl::DataLossError(
        absl::StrCat("the stored answer of request ", ToAbsl(request_id), " does not decode"));
  }
  answer.fingerprint = std::string(fingerprint);
  answer.response = std::string(value);
  return answer;
}

std::string EncodeSnapshot(const Snapshot& snapshot) {
  std::string content;
  content.reserve(snapshot.state.size() + 16);
  AppendVarint(content, snapshot.version);
  AppendVarint(content, snapshot.schema);
  content.append(snapshot.state);
  std::string out(1, kSnapshotFormat);
  out.reserve(1 + kChainBytes + content.size());
  out.append(Sha256(content));
  out.append(content);
  return out;
}

std::optional<Snapshot> DecodeSnapshot(std::string_view value, uint32_t schema) {
  std::string_view hash;
  if (!ConsumeFormat(value, kSnapshotFormat) || !ConsumeBytes(value, kChainBytes, hash) ||
      Sha256(value) != hash) {
    return std::nullopt;
  }
  Snapshot snapshot;
  uint64_t stored_schema = 0;
  if (!ConsumeVarint(value, snapshot.version) || !ConsumeVarint(value, stored_schema) ||
      stored_schema != schema) {
    return std::nullopt;
  }
  snapshot.schema = schema;
  snapshot.state = std::string(value);
  return snapshot;
}

std::string EncodeViewState(const ViewState& state) {
  std::string out;
  AppendBigEndian32(out, state.current);
  AppendBigEndian32(out, state.building);
  AppendBigEndian32(out, state.next);
  return out;
}

absl::StatusOr<ViewState> DecodeViewState(std::string_view view, std::string_view value) {
  ViewState state;
  if (!ConsumeFixed32(value, state.current) || !ConsumeFixed32(value, state.building) ||
      !ConsumeFixed32(value, state.next) || !value.empty() || state.current == 0) {
    return absl::DataLossError(
        absl::StrCat("the generations of view ", ToAbsl(view), " do not decode"));
  }
  return state;
}

std::string EncodeIdentity(const StoredIdentity& stored) {
  std::string out;
  AppendBigEndian32(out, stored.format_version);
  AppendBigEndian32(out, stored.identity.shard);
  AppendBigEndian32(out, stored.identity.shard_count);
  AppendBigEndian32(out, stored.identity.partition_count);
  out.append(stored.identity.service);
  return out;
}

absl::StatusOr<StoredIdentity> DecodeIdentity(std::string_view value) {
  StoredIdentity stored;
  bool ok = ConsumeFixed32(value, stored.format_version);
  // What follows the version is for a newer release to define.
  if (ok && stored.format_version > kFormatVersion) return stored;
  ok = ok && ConsumeFixed32(value, stored.identity.shard) &&
       ConsumeFixed32(value, stored.identity.shard_count) &&
       ConsumeFixed32(value, stored.identity.partition_count);
  if (!ok) return absl::DataLossError("the store's identity does not decode");
  stored.identity.service = std::string(value);
  return stored;
}

absl::StatusOr<uint64_t> DecodeNumber(std::string_view what, std::string_view value) {
  if (auto number = DecodeBigEndian64(value); number.ok()) return *number;
  return absl::DataLossError(absl::StrCat(ToAbsl(what), " does not decode"));
}

}  // namespace pitlane::journal::internal
