// One ticket of a replay after another through the public API, as a person at a counter sells.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pitlane/payment/v1/payment_service.grpc.pb.h"
#include "pitlane/ticket/v1/ticket_service.grpc.pb.h"
#include "tools/pitlane/replay.h"
#include "tools/pitlane/replay_shop.h"
#include "tools/pitlane/session.h"

namespace pitlane::tools {

// Of month `month`, the ticket number `number`.
struct PlannedTicket {
  int month = 0;
  int number = 0;
  std::vector<DemandLine> lines;
};

enum class SaleTender { kCash, kCard, kCashAndCard };

// What the seed decides about a ticket besides its lines.
struct SaleTerms {
  bool counter_sale = false;  // otherwise a repair order with one line of labour
  size_t person = 0;          // index into ReplayShop::customer_ids
  SaleTender tender = SaleTender::kCash;
  int32_t hours_centi = 0;  // of a repair order, as is the technician
  std::string technician;
};

// Pure. `people` is the number of customers, at least 1.
SaleTerms TermsOf(uint64_t seed, const PlannedTicket& plan, size_t people);

// Not thread-safe; `shop` must outlive it.
class Seller {
 public:
  // `loaded` is the session that loaded the shop.
  Seller(const Session& loaded, uint64_t seed, const ReplayShop& shop, std::string reader_id);

  // Sells one ticket, or goes on with it where an earlier run stopped, or finds that it is closed
  // already. Returns when the money is taken; the ticket then closes by itself.
  absl::Status Sell(const PlannedTicket& plan);

 private:
  enum class CardOutcome { kCaptured, kDeclined, kCanceled };
  using Tickets = ticket::v1::TicketService::Stub;
  using Payments = payment::v1::PaymentService::Stub;

  std::string Step(std::string_view step) const;
  absl::StatusOr<bool> IsClosed();
  absl::Status Open(const SaleTerms& terms);
  absl::Status WriteUp(const PlannedTicket& plan, const SaleTerms& terms);
  absl::Status Authorize();
  absl::Status Work(const SaleTerms& terms);
  // The total.
  absl::StatusOr<int64_t> Invoice(const SaleTerms& terms);
  // amount 0: all that is open.
  absl::Status PayCash(int64_t amount_minor);
  absl::Status PayCard(int64_t amount_minor);
  absl::StatusOr<CardOutcome> AwaitCard(const std::string& payment_id);

  Session session_;
  const uint64_t seed_;
  const ReplayShop& shop_;
  const std::string reader_id_;
  const std::unique_ptr<Tickets> tickets_;
  const std::unique_ptr<Payments> payments_;
  // Of the ticket that is being sold.
  std::string name_;
  std::string ticket_id_;
  std::string job_id_;
};

}  // namespace pitlane::tools
