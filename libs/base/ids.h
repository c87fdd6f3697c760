// Typed, readable ids that any device can make without asking anyone.
//
// Text form: prefix, '_', 26 Crockford base-32 characters (upper case, no I L O U):
// 128 bits = 48 bits of Unix milliseconds, 12 bits of slot, 68 random bits, so ids of one kind sort
// by the time they were made. The slot routes: it names the Kafka partition and the shard of
// everything that belongs together (a location's tickets, stock and payments; a customer's
// vehicles).
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"

namespace pitlane {

inline constexpr int kSlotBits = 12;
inline constexpr uint32_t kSlotCount = 1u << kSlotBits;  // slots are 0 .. 4095

// The parts of an id, without its type.
struct IdBits {
  uint64_t high = 0;  // 48 bits of milliseconds, 12 of slot, 4 random
  uint64_t low = 0;   // 64 random bits
};

// Makes the bits of a new id. CHECKs slot < kSlotCount.
IdBits MakeIdBits(Clock& clock, Entropy& entropy, uint32_t slot);
// A slot for something that belongs to nothing yet (a new location, a new customer).
uint32_t RandomSlot(Entropy& entropy);

std::string FormatId(std::string_view prefix, const IdBits& bits);
// INVALID_ARGUMENT saying what is wrong: the prefix, the length, or the character and its place.
absl::StatusOr<IdBits> ParseIdBits(std::string_view prefix, std::string_view text);
// Slot of any well-formed id, whatever its prefix; used where ids are only routed.
absl::StatusOr<uint32_t> SlotOfId(std::string_view text);

// An id of one kind. Copyable, ordered, hashable; a default-made one is empty.
template <typename Tag>
class Id {
 public:
  static constexpr std::string_view kPrefix = Tag::kPrefix;

  Id() = default;

  static Id Make(Clock& clock, Entropy& entropy, uint32_t slot) {
    return Id(FormatId(kPrefix, MakeIdBits(clock, entropy, slot)));
  }
  static absl::StatusOr<Id> Parse(std::string_view text) {
    auto bits = ParseIdBits(kPrefix, text);
    if (!bits.ok()) return bits.status();
    return Id(std::string(text));
  }

  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }
  // CHECKs that the id is not empty.
  uint32_t slot() const { return *SlotOfId(text_); }

  friend bool operator==(const Id& a, const Id& b) { return a.text_ == b.text_; }
  friend auto operator<=>(const Id& a, const Id& b) { return a.text_ <=> b.text_; }
  template <typename H>
  friend H AbslHashValue(H h, const Id& id) {
    return H::combine(std::move(h), id.text_);
  }

 private:
  explicit Id(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

#define PITLANE_DEFINE_ID(Name, prefix)                 \
  struct Name##Tag {                                    \
    static constexpr std::string_view kPrefix = prefix; \
  };                                                    \
  using Name = ::pitlane::Id<Name##Tag>

PITLANE_DEFINE_ID(LocationId, "loc");
PITLANE_DEFINE_ID(TicketId, "tkt");
PITLANE_DEFINE_ID(JobId, "job");
PITLANE_DEFINE_ID(LineId, "lin");
PITLANE_DEFINE_ID(PartId, "prt");
PITLANE_DEFINE_ID(SupplierId, "sup");
PITLANE_DEFINE_ID(PurchaseOrderId, "por");
PITLANE_DEFINE_ID(CustomerId, "cus");
PITLANE_DEFINE_ID(VehicleId, "veh");
PITLANE_DEFINE_ID(PaymentId, "pay");
PITLANE_DEFINE_ID(AttemptId, "att");
PITLANE_DEFINE_ID(RefundId, "rfd");
PITLANE_DEFINE_ID(ReaderId, "rdr");
PITLANE_DEFINE_ID(CreditMemoId, "crm");
PITLANE_DEFINE_ID(EventId, "evt");

}  // namespace pitlane
