// The outside world: card readers with the provider's own log of what they charged, and a supplier.
// They outlive every crash of a service.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "libs/base/clock.h"
#include "services/inventory/suppliers/supplier_port.h"
#include "services/payment/cards/card_terminal.h"
#include "services/terminal_gateway/devices/reader_port.h"
#include "tests/simulation/network.h"
#include "tests/simulation/plan.h"
#include "tests/simulation/world.h"

namespace pitlane::simulation {

// What readers do is what their simulator says (services/terminal_gateway/domain/simulator.h), but
// they remember it themselves, on their own clock.
class Readers {
 public:
  Readers(World& world, const Plan& plan);

  // What one life of the terminal gateway calls.
  std::shared_ptr<terminal_gateway::ReaderPort> Port();
  void Heal() { healed_ = true; }

  // Money that moved for sales, by action: minor units; nothing for those that came to nothing.
  std::map<std::string, int64_t> Moved();

 private:
  class LivePort;
  struct Deed {
    terminal_gateway::v1::ActionRecord record;
    bool arrived = false;
    bool given_up = false;  // asked about, or canceled, before it arrived: it never will
    int deliveries = 0;
    std::optional<terminal_gateway::DeviceAnswer> ending;
  };

  void Deliver(const terminal_gateway::v1::ActionRecord& action, terminal_gateway::AnswerFn answer);
  void Ask(const terminal_gateway::v1::ActionRecord& action, bool cancel,
           terminal_gateway::AnswerFn answer);
  terminal_gateway::DeviceAnswer Look(Deed& deed);
  void Reply(const std::string& action_id, terminal_gateway::AnswerFn answer);
  bool Strikes(Fault fault);

  World& world_;
  const Plan& plan_;
  Random draw_;
  WorldClock clock_;
  bool healed_ = false;
  std::map<std::string, Deed> deeds_;
};

// The terminal gateway over the simulated network, as GatewayTerminal calls it over gRPC.
class SimulatedTerminal final : public payment::CardTerminal {
 public:
  // Both are borrowed.
  SimulatedTerminal(Network& network, Entropy& entropy) : network_(network), entropy_(entropy) {}
  ~SimulatedTerminal() override { *alive_ = false; }

  void Charge(const payment::TerminalCall& call, payment::ActionFn done) override;
  void Refund(const payment::TerminalCall& call, payment::ActionFn done) override;
  void Resolve(const payment::TerminalCall& call, payment::ActionFn done) override;
  void Cancel(const payment::TerminalCall& call, uint64_t fencing_token,
              payment::ActionFn done) override;

 private:
  template <class Request, class Response>
  void Call(Method<terminal_gateway::TerminalGatewayServiceApi, Request, Response> method,
            Request request, payment::ActionFn done);
  std::string FreshRequestId(const payment::TerminalCall& call);

  Network& network_;
  Entropy& entropy_;
  // Shared with answers on their way, which mean nothing after our end.
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

// Confirms most orders, refuses some, delivers some at once.
class Supplier final : public inventory::SupplierPort {
 public:
  Supplier(World& world, const Plan& plan);
  void Submit(const inventory::v1::PurchaseOrder& order, inventory::SupplierDone done) override;
  void Query(std::string_view purchase_order_id, inventory::SupplierDone done) override;
  void Heal() { healed_ = true; }

 private:
  bool Strikes();

  World& world_;
  const Plan& plan_;
  Random draw_;
  bool healed_ = false;
  std::map<std::string, inventory::SupplierAnswer, std::less<>> orders_;
};

}  // namespace pitlane::simulation
