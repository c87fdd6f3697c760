// What of an invoiced line is given back: its units and its frozen amounts, and which share of them
// a return takes.
//
// By quantity (domain handbook 4.6) the share is cumulative: round(amount x units so far / units)
// minus what was given back before, for the net, each discount and the tax; the last unit takes the
// exact rest. A share by amount takes the same part of everything that is left, and the units that
// are left share what then remains. The tax is divided among its authorities, and net and tax among
// the payers, in proportion to what is left of each.
//
// Pure; amounts of one line have one sign. OUT_OF_RANGE when an amount does not fit in 64 bits.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pitlane/ticket/v1/credit.pb.h"
#include "pitlane/ticket/v1/types.pb.h"

namespace pitlane::ticket {

// Not thread-safe.
class CreditShare {
 public:
  // Of a line that was sold as `sold`, in so many units (0: it has none).
  CreditShare(const v1::LineAmounts& sold, int64_t quantity_milli);

  int64_t left_quantity_milli() const { return left_quantity_; }
  int64_t left_net_minor() const { return left_.at(kNet); }
  int64_t left_tax_minor() const { return left_.at(kTax); }

  // Each takes its share out of what is left, and gives it.
  // 0 < quantity <= left.
  absl::StatusOr<v1::LineAmounts> TakeQuantity(int64_t quantity_milli);
  // 0 < net <= left.
  absl::StatusOr<v1::LineAmounts> TakeNet(int64_t net_minor);
  // Everything, the units included.
  absl::StatusOr<v1::LineAmounts> TakeRest();

  // What a memo took before.
  void Replay(const v1::CreditLine& line);

 private:
  enum Part : size_t { kOffset, kLineDiscount, kTicketDiscount, kNet, kTax, kFirstBase };

  absl::StatusOr<v1::LineAmounts> Take(const std::vector<int64_t>& share);
  absl::Status Divide(v1::LineAmounts& share);
  std::vector<int64_t> PartsOf(const v1::LineAmounts& amounts) const;
  void Remove(const v1::LineAmounts& taken);

  v1::LineAmounts sold_;
  // Of everything that is counted, in the order of Part, then the base of each tax.
  std::vector<int64_t> left_;
  int64_t left_quantity_;
  std::vector<int64_t> taxes_left_;
  std::vector<int64_t> payers_net_left_;
  std::vector<int64_t> payers_tax_left_;
  // As it was after the last share by amount: what the units that were left then share.
  std::vector<int64_t> shared_;
  int64_t shared_quantity_;
};

}  // namespace pitlane::ticket
