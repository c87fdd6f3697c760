// Sales, as people at counters make them: every step may have to be asked for many times, and what
// customers do is drawn.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "pitlane/payment/v1/types.pb.h"
#include "pitlane/ticket/v1/types.pb.h"
#include "tests/simulation/client.h"
#include "tests/simulation/plan.h"
#include "tests/simulation/shop.h"

namespace pitlane::simulation {

// Makes one sale after the other. Within a script.
class Seller {
 public:
  Seller(const Plan& plan, const Shop& shop, Client& client)
      : plan_(plan), shop_(shop), client_(client) {}

  // One sale from write-up until the ticket has closed (or is void), and perhaps what comes after.
  // An error is one that no rule explains; CANCELLED and UNAVAILABLE as Client::Call.
  absl::Status Sell();
  // A customer who left before the money was asked for, and the like.
  const std::string& ticket_id() const { return ticket_.ticket_id(); }

 private:
  absl::Status WriteUp();
  absl::Status AddJob(bool with_labour);
  absl::Status ChangeMind();
  absl::Status Decide();
  absl::Status Work();
  absl::Status Invoice();
  absl::Status Pay();
  absl::Status PayCash(int64_t open_minor);
  absl::Status PayCard(int64_t open_minor);
  absl::Status ScriptReader(const std::string& reader_id);
  absl::Status AwaitOutcome(const std::string& payment_id, payment::v1::Payment* payment);
  absl::Status AwaitClosed();
  absl::Status Refund();
  bool Think();
  bool Often(uint64_t in_hundred) { return client_.draw().Below(100) < in_hundred; }

  // OK when the refusal is one of these; the status otherwise.
  static absl::Status Accept(const absl::Status& status,
                             const std::vector<std::string_view>& reasons);

  const Plan& plan_;
  const Shop& shop_;
  Client& client_;
  bool repair_order_ = false;
  bool over_ = false;  // void, or refused at the door
  ticket::v1::Ticket ticket_;
  std::vector<std::string> payments_;
};

}  // namespace pitlane::simulation
