// The bytes that docs/formats.md describes, read without any of the code that writes them.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace pitlane::checker {

inline constexpr size_t kChainBytes = 32;

std::optional<uint64_t> ReadBe64(std::string_view bytes);

// A value of the family log; the views point into it.
struct LogValue {
  std::string_view chain;
  std::string_view body;
  std::string_view stream;
  uint64_t version = 0;
  std::string_view payload;
};
std::optional<LogValue> ReadLogValue(std::string_view value);
std::string ChainOf(std::string_view previous, uint64_t position, std::string_view body);

struct IndexKey {
  std::string_view stream;
  uint64_t version = 0;
};
std::optional<IndexKey> ReadIndexKey(std::string_view key);

struct RequestValue {
  uint64_t position = 0;
  std::string_view fingerprint;
  std::string_view answer;
};
std::optional<RequestValue> ReadRequestValue(std::string_view value);

struct Identity {
  uint32_t format = 0;
  uint32_t shard = 0;
  uint32_t shard_count = 0;
  uint32_t partition_count = 0;
  std::string area;

  std::string name() const { return area + "." + std::to_string(shard); }
};
std::optional<Identity> ReadIdentity(std::string_view value);

struct Mark {
  uint64_t position = 0;
  std::string chain;
};
// Nothing when neither slot is sound.
std::optional<Mark> ReadMark(std::string_view file);

// The 128 bits of an id, whatever its prefix.
struct IdBits {
  uint64_t high = 0;
  uint64_t low = 0;
  uint32_t slot() const { return static_cast<uint32_t>(high >> 4) & 0xfff; }

  friend auto operator<=>(const IdBits&, const IdBits&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const IdBits& id) {
    return H::combine(std::move(h), id.high, id.low);
  }
};
std::optional<IdBits> ReadId(std::string_view text);
// Of the id before the first '/'.
std::optional<uint32_t> SlotOfStream(std::string_view stream);

// One partition of one shard of an area.
struct Source {
  std::string area;
  uint32_t shard = 0;
  uint32_t partition = 0;

  std::string name() const {
    return area + "." + std::to_string(shard) + "." + std::to_string(partition);
  }
  friend auto operator<=>(const Source&, const Source&) = default;
};
std::optional<Source> ReadSource(std::string_view text);

// "ticket.0.3@17,ticket.0.5@18".
std::optional<std::map<Source, uint64_t>> ReadPositions(std::string_view text);

// "ticket" of "/pitlane.ticket.v1.TicketService/OpenTicket"; empty for anything else.
std::string AreaOfMethod(std::string_view method);

}  // namespace pitlane::checker
