// The same shop and the same sales on PostgreSQL, as a program that keeps its state in tables does
// them: one transaction for each command.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/pitlane/replay.h"
#include "tools/pitlane/seller.h"

struct pg_conn;

namespace pitlane::bench {

// When the consequences of a closed ticket are committed: stock, history, profile, report, reorder.
enum class PgEffects {
  kInClosing,  // with the transaction that closes the ticket
  kByWorker,   // from an outbox, many tickets in one transaction, by a thread of its own
};

// One connection with its prepared statements. Not thread-safe.
class PgConnection {
 public:
  static absl::StatusOr<std::unique_ptr<PgConnection>> Open(const std::string& where);
  ~PgConnection();
  PgConnection(const PgConnection&) = delete;
  PgConnection& operator=(const PgConnection&) = delete;

  // Any statements, without parameters.
  absl::Status Run(const std::string& sql);
  absl::Status Prepare(const std::string& name, const std::string& sql);
  // The first column of the only row, "" when it is NULL.
  absl::StatusOr<std::string> Execute(const std::string& name,
                                      const std::vector<std::string>& parameters);

 private:
  explicit PgConnection(pg_conn* connection) : connection_(connection) {}

  pg_conn* const connection_;
};

// One seller's way to the shop. Not thread-safe.
class PgSeller {
 public:
  static absl::StatusOr<std::unique_ptr<PgSeller>> Open(const std::string& where,
                                                        PgEffects effects);

  // The steps of tools::Seller::Sell, each one transaction and one round trip.
  absl::Status Sell(const tools::PlannedTicket& plan);

 private:
  PgSeller(std::unique_ptr<PgConnection> connection, PgEffects effects)
      : connection_(std::move(connection)), effects_(effects) {}
  // Calls the function of a command. FAILED_PRECONDITION when it refuses.
  absl::StatusOr<std::string> Call(const std::string& function,
                                   std::vector<std::string> parameters);

  const std::unique_ptr<PgConnection> connection_;
  const PgEffects effects_;
  int64_t requests_ = 0;
  std::string ticket_;
};

// Makes tables, functions, parts with the stock and reorder rules of the replay's shop, and people.
absl::Status MakePgShop(const std::string& where, const tools::Demand& demand);
// Settles what is in the outbox, at most `limit` tickets; how many those were.
absl::StatusOr<int64_t> SettlePgOutbox(PgConnection& connection, int64_t limit);
// INTERNAL, with figures, unless every closed ticket is paid, in the history, the profile and the
// report, and stock is what came in less what went out.
absl::Status CheckPgShop(PgConnection& connection);

}  // namespace pitlane::bench
