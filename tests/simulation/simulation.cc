#include "tests/simulation/simulation.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/rpc/log.h"
#include "libs/testing/switch_feed.h"
#include "services/customer_vehicle/customer_vehicle.h"
#include "services/inventory/inventory.h"
#include "services/payment/payment.h"
#include "services/reporting/reporting.h"
#include "services/terminal_gateway/terminal_gateway.h"
#include "services/ticket/ticket.h"
#include "tests/simulation/checker.h"
#include "tests/simulation/client.h"
#include "tests/simulation/devices.h"
#include "tests/simulation/installation.h"
#include "tests/simulation/nuisance.h"
#include "tests/simulation/seller.h"
#include "tests/simulation/shop.h"
#include "tests/simulation/world.h"

namespace pitlane::simulation {
namespace {

// Longest life of a seed while faults come, and the time within which everything has to be well
// again afterwards: an outcome that is not known is asked for daily.
constexpr absl::Duration kFaultsLast = absl::Hours(24 * 6);
constexpr absl::Duration kHealsWithin = absl::Hours(24 * 12);

class Run {
 public:
  Run(const Plan& plan, bool whole_trace)
      : plan_(plan), world_(plan.seed, whole_trace), installation_(world_, plan_) {}

  Outcome Go() {
    Play();
    Outcome outcome;
    outcome.happenings = world_.happenings();
    outcome.events = installation_.events();
    outcome.trace_hash = world_.trace_hash();
    outcome.failure = world_.failure();
    outcome.trace = world_.trace();
    outcome.coverage = world_.coverage();
    // Whatever the outcome is, everything has to end in order.
    world_.End();
    installation_.Close();
    return outcome;
  }

 private:
  void Play() {
    installation_.Start();
    OpenShop();
    installation_.BeginFaults();
    const auto all_done = [this] { return shop_.ready && world_.running_scripts() == 0; };
    world_.Run(all_done, world_.now() + kFaultsLast);
    if (!world_.failure().empty()) return;
    installation_.Heal();
    const bool settled = world_.Run([&] { return all_done() && installation_.Settled(); },
                                    world_.now() + kHealsWithin);
    if (!world_.failure().empty()) return;
    if (!settled) {
      return world_.Fail(absl::StrCat("not everything is well ", absl::FormatDuration(kHealsWithin),
                                      " after the last fault: ", world_.running_scripts(),
                                      " scripts wait; ", installation_.WhatIsNotSettled()));
    }
    CheckEverything(world_, installation_, acknowledged_);
  }

  // Everybody waits for the shop, then sells.
  void OpenShop() {
    keeper_ = MakeClient("keeper");
    keeper_->NeverGiveUp();
    world_.Spawn("keeper", [this] {
      if (const absl::Status status = LoadShop(*keeper_, shop_); !status.ok()) {
        Ended("keeper", status);
        return;
      }
      for (int i = 0; i < plan_.sellers; ++i) SpawnSeller(absl::StrCat("seller", i));
      if (plan_.nuisance > 0) SpawnNuisance();
    });
  }

  std::unique_ptr<Client> MakeClient(std::string name) {
    return std::make_unique<Client>(world_, installation_.network(), plan_, acknowledged_,
                                    std::move(name));
  }

  void SpawnSeller(const std::string& name) {
    clients_.push_back(MakeClient(name));
    Client& client = *clients_.back();
    client.JoinIn(*keeper_);
    world_.Spawn(name, [this, &client] {
      Seller seller(plan_, shop_, client);
      for (int sale = 0; sale < plan_.sales; ++sale) {
        const absl::Status status = seller.Sell();
        Ended(client.name(), status);
        if (absl::IsCancelled(status)) return;
      }
    });
  }

  void SpawnNuisance() {
    clients_.push_back(MakeClient("nuisance"));
    Client& client = *clients_.back();
    client.JoinIn(*keeper_);
    world_.Spawn("nuisance", [this, &client] {
      for (int i = 0; i < plan_.nuisance; ++i) {
        const absl::Status status = BeNuisance(client, shop_, acknowledged_);
        Ended(client.name(), status);
        if (absl::IsCancelled(status)) return;
      }
    });
  }

  void Ended(const std::string& name, const absl::Status& status) {
    if (status.ok() || absl::IsCancelled(status) || absl::IsUnavailable(status)) return;
    world_.Fail(
        absl::StrCat(name, " was refused what nothing speaks against: ", status.ToString()));
  }

  const Plan plan_;
  World world_;
  Installation installation_;
  Acknowledgements acknowledged_;
  Shop shop_;
  std::unique_ptr<Client> keeper_;
  std::vector<std::unique_ptr<Client>> clients_;
};

}  // namespace

Outcome RunPlan(const Plan& plan, bool whole_trace) { return Run(plan, whole_trace).Go(); }

Plan Shrink(const Plan& plan, int tries) {
  Plan best = plan;
  const auto keep_if_fails = [&](const Plan& smaller) {
    if (tries-- <= 0 || RunPlan(smaller).failure.empty()) return false;
    best = smaller;
    return true;
  };
  const std::map<Fault, uint32_t> faults = best.faults;
  Plan none = best;
  none.faults.clear();
  if (!keep_if_fails(none)) {
    for (const auto& [fault, rate] : faults) {
      Plan without = best;
      without.faults.erase(fault);
      keep_if_fails(without);
    }
  }
  for (int Plan::*part : {&Plan::nuisance, &Plan::sellers, &Plan::sales}) {
    while (best.*part > 0) {
      Plan fewer = best;
      fewer.*part /= 2;
      if (keep_if_fails(fewer)) continue;
      fewer = best;
      --(fewer.*part);
      if (!keep_if_fails(fewer)) break;
    }
  }
  return best;
}

}  // namespace pitlane::simulation
