// A shop with customers, vehicles, parts and card readers, and any number of sales to be made in
// it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/bench/bench.h"
#include "tests/bench/one_computer.h"
#include "tools/pitlane/replay_shop.h"
#include "tools/pitlane/seller.h"

namespace pitlane::bench {

inline constexpr uint64_t kShopSeed = 1;

// What is wanted of the shop: the file of the settings, or a made-up demand, the same every time.
absl::StatusOr<tools::Demand> DemandOf(const Settings& settings);

// An endless row of tickets: those of the demand, and then the same lines again under other
// numbers. Ticket `i` is the same for whoever asks.
class TicketRow {
 public:
  explicit TicketRow(const tools::Demand& demand);
  tools::PlannedTicket At(size_t index) const;
  // One pass through the demand.
  size_t size() const { return tickets_.size(); }

 private:
  std::vector<tools::PlannedTicket> tickets_;
};

struct Sold {
  size_t sales = 0;
  absl::Duration took;  // until the last sale was made and nothing was under way any more
  absl::Duration cpu;   // user and system time of this process
};

// Makes sales `first`, `first` + 1, …, by `sellers` threads until `end` says so, then calls
// `settle`, and returns when that does. `sell` is called with the seller's number and the sale's.
absl::StatusOr<Sold> SellMany(size_t sellers, size_t first,
                              const std::function<bool(size_t index)>& end,
                              const std::function<absl::Status(size_t seller, size_t index)>& sell,
                              const std::function<absl::Status()>& settle);

// That shop on one computer.
class BusyShop {
 public:
  // `computer` and `row` are borrowed. Loads the shop, and waits until it is settled.
  static absl::StatusOr<std::unique_ptr<BusyShop>> Load(const OneComputer& computer,
                                                        const tools::Demand& demand,
                                                        const TicketRow& row, size_t sellers);

  // Goes on where the last call ended. Of one thread at a time.
  absl::StatusOr<Sold> SellFor(absl::Duration time, size_t sellers);
  absl::StatusOr<Sold> SellUntil(size_t index, size_t sellers);
  // How many sales were made so far.
  size_t sold() const { return next_; }

 private:
  BusyShop(const OneComputer& computer, const TicketRow& row) : computer_(computer), row_(row) {}
  absl::StatusOr<Sold> Sell(size_t sellers, const std::function<bool(size_t)>& end);

  const OneComputer& computer_;
  const TicketRow& row_;
  tools::ReplayShop shop_;
  std::vector<std::unique_ptr<tools::Seller>> sellers_;
  size_t next_ = 0;
};

// Waits until every service has applied all that the others have committed, and no effect is under
// way. Over journal feeds only: how much is still in a broker is not known.
absl::Status AwaitSettled(tools::Suite& suite);

}  // namespace pitlane::bench
