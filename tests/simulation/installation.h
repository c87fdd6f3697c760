// The six services with what connects them, and what befalls them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libs/testing/switch_feed.h"
#include "tests/simulation/devices.h"
#include "tests/simulation/network.h"
#include "tests/simulation/plan.h"
#include "tests/simulation/service.h"
#include "tests/simulation/streams.h"
#include "tests/simulation/world.h"

namespace pitlane::simulation {

class Installation {
 public:
  Installation(World& world, const Plan& plan);
  ~Installation();

  void Start();
  // From now on, and until Heal.
  void BeginFaults();
  // No further faults; everything that is down comes back.
  void Heal();
  // All run, and everything has been applied that anybody committed.
  bool Settled();
  std::string WhatIsNotSettled();
  void Close();

  Network& network() { return network_; }
  Readers& readers() { return readers_; }
  Broker& broker() { return broker_; }
  const std::map<std::string, std::unique_ptr<Service>>& services() const { return services_; }
  const Plan& plan() const { return plan_; }
  uint64_t events() const;

 private:
  bool IsPublished(const std::string& area, const std::vector<uint64_t>& heads);
  Service::Setup SetupOf(const std::string& area);
  std::unique_ptr<stream::EventFeed> FeedFor(const std::string& reader, const std::string& area);
  void Opened(const std::string& area, journal::Journal& journal);
  void Closing(const std::string& area);
  void Died(const std::string& area);
  // Everything that is in one process with the service, or only it.
  std::vector<Service*> ProcessOf(const std::string& area);
  void Down(const std::string& area, End end, absl::Duration away, bool flip = false);
  void Up(const std::string& area);
  void StartOne(Service& service);
  void Strike();
  void Befall(Fault fault);
  std::map<std::string, Service*> Borrowed() const;

  World& world_;
  const Plan& plan_;
  Random draw_;
  Broker broker_;
  Readers readers_;
  std::shared_ptr<Supplier> supplier_;  // shared with the inventory service
  std::map<std::string, std::unique_ptr<Service>> services_;
  Network network_;
  std::map<std::string, std::unique_ptr<SimulatedRelay>> relays_;
  // reader, area → the journal it reads, in one process.
  std::map<std::pair<std::string, std::string>, std::shared_ptr<testing::JournalSwitch>> switches_;
  std::map<std::string, bool> flipped_;
  std::map<std::string, absl::Time> away_until_;
  bool faults_ = false;
  bool healed_ = false;
  int crashes_left_ = 8;
  int strikes_left_ = 400;
  absl::Time next_look_ = absl::InfinitePast();
};

}  // namespace pitlane::simulation
