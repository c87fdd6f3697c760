#include "tests/simulation/installation.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/runtime/parking.h"
#include "libs/stream/partition_heads.h"
#include "services/customer_vehicle/customer_vehicle.h"
#include "services/inventory/inventory.h"
#include "services/payment/payment.h"
#include "services/reporting/reporting.h"
#include "services/terminal_gateway/terminal_gateway.h"
#include "services/ticket/ticket.h"
#include "tests/simulation/broken.h"

namespace pitlane::simulation {
namespace {

constexpr std::array<const char*, 6> kAreas = {"ticket",  "inventory",        "customer_vehicle",
                                               "payment", "terminal_gateway", "reporting"};
constexpr absl::Duration kLookEvery = absl::Milliseconds(400);

// What befalls computers; the other faults are met where they happen.
constexpr std::array kOfComputers = {Fault::kBrokerForgets, Fault::kBrokerDown, Fault::kRestart,
                                     Fault::kKill,          Fault::kPowerCut,   Fault::kCutInCommit,
                                     Fault::kIoError,       Fault::kDiskFull,   Fault::kFlippedBit,
                                     Fault::kDaysOffline,   Fault::kClockJumps};

}  // namespace

Installation::Installation(World& world, const Plan& plan)
    : world_(world),
      plan_(plan),
      draw_(world.Draws("installation")),
      broker_(plan.partitions),
      readers_(world, plan),
      supplier_(std::make_shared<Supplier>(world, plan)),
      services_([this] {
        std::map<std::string, std::unique_ptr<Service>> services;
        for (const char* area : kAreas) {
          services[area] = std::make_unique<Service>(world_, plan_, SetupOf(area));
        }
        return services;
      }()),
      network_(world, plan, Borrowed()) {}

Installation::~Installation() { Close(); }

std::map<std::string, Service*> Installation::Borrowed() const {
  std::map<std::string, Service*> services;
  for (const auto& [area, service] : services_) services[area] = service.get();
  return services;
}

Service::Setup Installation::SetupOf(const std::string& area) {
  Service::Setup setup;
  setup.area = area;
  setup.make = [this, area]() -> runtime::ServiceDefinition {
    if (area == "ticket") return ticket::MakeTicketService();
    if (area == "inventory") return inventory::MakeInventoryService({.supplier = supplier_});
    if (area == "customer_vehicle") return customer_vehicle::MakeCustomerVehicleService();
    if (area == "reporting") return reporting::MakeReportingService();
    if (area == "terminal_gateway") {
      return terminal_gateway::MakeTerminalGatewayService(
          {.readers = [this](Clock&) { return readers_.Port(); }});
    }
    return payment::MakePaymentService({.terminal = [this](runtime::HostContext& host) {
      return std::make_shared<SimulatedTerminal>(network_, host.entropy());
    }});
  };
  setup.feed = [this, area](const std::string& other) { return FeedFor(area, other); };
  setup.opened = [this, area](journal::Journal& journal) { Opened(area, journal); };
  setup.closing = [this, area] { Closing(area); };
  setup.died = [this, area] { Died(area); };
  return setup;
}

std::unique_ptr<stream::EventFeed> Installation::FeedFor(const std::string& reader,
                                                         const std::string& area) {
  std::unique_ptr<stream::EventFeed> feed;
  if (plan_.one_process) {
    auto& target = switches_[{reader, area}];
    target = std::make_shared<testing::JournalSwitch>();
    Service& source = *services_.at(area);
    if (source.running()) target->Attach(source.journal());
    feed = std::make_unique<testing::SwitchFeed>(target);
  } else {
    feed = std::make_unique<BrokerFeed>(broker_, area);
  }
  feed = BreakFeed(plan_, world_, std::move(feed));
  return std::make_unique<FaultyFeed>(world_, plan_, absl::StrCat(reader, "<", area),
                                      std::move(feed), [this] { return healed_; });
}

void Installation::Opened(const std::string& area, journal::Journal& journal) {
  for (const auto& [pair, target] : switches_) {
    if (pair.second == area && services_.at(pair.first)->open()) target->Attach(journal);
  }
  if (!plan_.one_process) {
    relays_[area] = std::make_unique<SimulatedRelay>(world_, plan_, broker_, journal);
  }
}

void Installation::Closing(const std::string& area) {
  for (const auto& [pair, target] : switches_) {
    if (pair.second == area) target->Detach();
  }
  relays_.erase(area);
}

std::vector<Service*> Installation::ProcessOf(const std::string& area) {
  if (!plan_.one_process) return {services_.at(area).get()};
  std::vector<Service*> all;
  for (const auto& [name, service] : services_) all.push_back(service.get());
  return all;
}

void Installation::Start() {
  for (const auto& [area, service] : services_) StartOne(*service);
}

void Installation::StartOne(Service& service) {
  if (service.open() || !world_.failure().empty()) return;
  if (faults_ && !healed_ && draw_.Chance(plan_.Rate(Fault::kCutInOpen))) {
    service.CutAt(static_cast<uint64_t>(draw_.Between(1, 40)));
  }
  absl::Status status = service.Start();
  while (absl::IsAborted(status)) status = service.Start();
  if (!status.ok() && flipped_[service.area()]) {
    if (!absl::IsDataLoss(status)) {
      world_.Fail(absl::StrCat(service.area(), " meets a flipped bit with ", status.ToString()));
    }
    world_.Note(absl::StrCat(service.area(), " refuses to start over a flipped bit"));
    world_.coverage().Count("outcome", "flipped_bit_found");
    service.RepairBit();
    status = service.Start();
  } else if (status.ok() && flipped_[service.area()]) {
    world_.coverage().Count("outcome", "flipped_bit_in_dead_bytes");
  }
  flipped_[service.area()] = false;
  if (!status.ok()) {
    world_.Fail(absl::StrCat(service.area(), " does not start: ", status.ToString()));
  }
}

void Installation::Died(const std::string& area) {
  if (!services_.at(area)->dead() || !services_.at(area)->open()) return;
  Down(area, End::kPowerCut, draw_.Skewed(absl::Milliseconds(50), absl::Minutes(2)));
}

void Installation::Down(const std::string& area, End end, absl::Duration away, bool flip) {
  for (Service* service : ProcessOf(area)) {
    if (!service->open()) continue;
    service->Stop(end);
    if (flip && service->area() == area) {
      service->FlipBit();
      flipped_[area] = true;
    }
    BreakDisk(plan_, world_, *service);
  }
  const absl::Time back = world_.now() + away;
  away_until_[area] = back;
  world_.After(away, [this, area, back] {
    if (away_until_[area] == back) Up(area);
  });
}

void Installation::Up(const std::string& area) {
  for (Service* service : ProcessOf(area)) StartOne(*service);
}

void Installation::BeginFaults() {
  faults_ = true;
  Strike();
}

void Installation::Strike() {
  if (healed_ || strikes_left_-- <= 0) return;
  world_.After(draw_.Skewed(absl::Milliseconds(20), absl::Seconds(20)), [this] {
    if (healed_) return;
    const Fault fault = kOfComputers[draw_.Below(kOfComputers.size())];
    if (draw_.Chance(plan_.Rate(fault))) Befall(fault);
    Strike();
  });
}

void Installation::Befall(Fault fault) {
  const std::string area = kAreas[draw_.Below(kAreas.size())];
  Service& service = *services_.at(area);
  const absl::Duration away = draw_.Skewed(absl::Milliseconds(50), absl::Minutes(5));
  const auto count = [&] { world_.coverage().Count("fault", NameOf(fault)); };
  switch (fault) {
    case Fault::kRestart:
    case Fault::kKill:
    case Fault::kPowerCut:
    case Fault::kFlippedBit:
    case Fault::kDaysOffline:
    case Fault::kCutInCommit:
    case Fault::kIoError:
      if (!service.running() || crashes_left_-- <= 0) return;
      break;
    default:
      break;
  }
  switch (fault) {
    case Fault::kRestart:
      count();
      return Down(area, End::kClean, away);
    case Fault::kKill:
      count();
      return Down(area, End::kKill, away);
    case Fault::kPowerCut:
      count();
      return Down(area, End::kPowerCut, away);
    case Fault::kFlippedBit:
      return Down(area, End::kKill, away, /*flip=*/true);
    case Fault::kDaysOffline:
      count();
      return Down(area, End::kKill, absl::Hours(draw_.Between(12, 72)));
    case Fault::kCutInCommit:
      return service.CutAt(static_cast<uint64_t>(draw_.Between(1, 12)));
    case Fault::kIoError:
      return service.FailWriteAt(static_cast<uint64_t>(draw_.Between(1, 6)));
    case Fault::kDiskFull:
      if (!service.running()) return;
      count();
      world_.Note(absl::StrCat("the disk of ", area, " is full"));
      service.disk().SetFull(true);
      world_.After(away, [this, &service] {
        if (healed_) return;
        world_.Note(absl::StrCat("the disk of ", service.area(), " has room again"));
        service.disk().SetFull(false);
      });
      return;
    case Fault::kBrokerForgets: {
      if (plan_.one_process) return;
      const uint32_t partition = static_cast<uint32_t>(draw_.Below(plan_.partitions));
      if (broker_.Topic(area)[partition].empty()) return;
      count();
      world_.Note(absl::StrCat("the broker forgets the end of ", area, ".", partition));
      return broker_.Forget(area, partition, static_cast<size_t>(draw_.Between(1, 12)));
    }
    case Fault::kBrokerDown:
      if (plan_.one_process || !broker_.up()) return;
      count();
      world_.Note("the broker goes");
      broker_.SetUp(false);
      return world_.After(away, [this] {
        world_.Note("the broker is back");
        broker_.SetUp(true);
      });
    case Fault::kClockJumps: {
      count();
      const bool far = draw_.Below(10) == 0;
      const absl::Duration offset =
          far ? absl::Hours(draw_.Between(1, 50)) : absl::Seconds(draw_.Between(-600, 600));
      for (Service* one : ProcessOf(area)) one->world_clock().set_offset(offset);
      return world_.Note(
          absl::StrCat("the clock of ", area, " is off by ", absl::FormatDuration(offset)));
    }
    case Fault::kRecordLate:
    case Fault::kRecordDelayed:
    case Fault::kRecordTwice:
    case Fault::kRecordsSwapped:
    case Fault::kRelayBreaks:
    case Fault::kRequestLost:
    case Fault::kRequestTwice:
    case Fault::kAnswerLost:
    case Fault::kAnswerLate:
    case Fault::kClientGivesUp:
    case Fault::kTornTail:
    case Fault::kReorderedPages:
    case Fault::kCutInOpen:
    case Fault::kReaderSilent:
    case Fault::kReaderDeaf:
    case Fault::kReaderLate:
    case Fault::kReaderOutcomes:
    case Fault::kSupplierFaults:
      return;
  }
}

void Installation::Heal() {
  world_.Note("everything heals");
  healed_ = true;
  network_.Heal();
  readers_.Heal();
  supplier_->Heal();
  broker_.SetUp(true);
  for (const auto& [area, service] : services_) {
    service->disk().SetFull(false);
    service->world_clock().set_offset(absl::ZeroDuration());
    if (service->dead() && service->open()) continue;  // Died is on its way
    service->CutAt(0);
    service->FailWriteAt(0);
  }
  for (const char* area : kAreas) {
    if (!services_.at(area)->open()) Up(area);
  }
}

bool Installation::IsPublished(const std::string& area, const std::vector<uint64_t>& heads) {
  if (plan_.one_process) return true;
  const auto& topic = broker_.Topic(area);
  for (uint32_t partition = 0; partition < plan_.partitions; ++partition) {
    stream::ChainScan scan(stream::ChainScan::From::kWhole);
    for (const Broker::Message& message : topic[partition]) {
      scan.Add(message.position, message.previous);
    }
    if (scan.end() != heads[partition]) return false;
  }
  return true;
}

std::string Installation::WhatIsNotSettled() {
  for (const auto& [area, service] : services_) {
    if (!service->running()) return absl::StrCat(area, " does not run");
    const runtime::EffectStats effects = service->effects();
    if (effects.open > 0) return absl::StrCat(area, " has ", effects.open, " open effects");
    if (service->executor().counters().queue_depth > 0) return absl::StrCat(area, " is busy");
    if (!service->rebuilder().idle()) return absl::StrCat(area, " rebuilds");
    const auto own = service->journal().NewReader();
    const auto own_heads = stream::ReadPartitionHeads(*own, plan_.partitions);
    if (!own_heads.ok() || !own_heads->has_value()) return absl::StrCat(area, " has no heads");
    if (!IsPublished(area, **own_heads))
      return absl::StrCat("the topic of ", area, " lacks events");
    for (const auto& [other, prototype] : service->definition().listens_to) {
      if (!services_.at(other)->running()) return absl::StrCat(other, " does not run");
      const auto reader = services_.at(other)->journal().NewReader();
      const auto heads = stream::ReadPartitionHeads(*reader, plan_.partitions);
      if (!heads.ok() || !heads->has_value()) return absl::StrCat(other, " has no heads");
      for (uint32_t partition = 0; partition < plan_.partitions; ++partition) {
        const uint64_t cursor = service->positions().Cursor({other, 0, partition});
        if (cursor != (**heads)[partition]) {
          return absl::StrCat(area, " has read ", other, ".", partition, " up to ", cursor, " of ",
                              (**heads)[partition]);
        }
      }
    }
  }
  return "";
}

bool Installation::Settled() {
  if (world_.now() < next_look_) return false;
  next_look_ = world_.now() + kLookEvery;
  return WhatIsNotSettled().empty();
}

void Installation::Close() {
  for (const auto& [area, service] : services_) {
    for (const auto& [pair, target] : switches_) target->Detach();
    service->Stop(End::kClean);
  }
}

uint64_t Installation::events() const {
  uint64_t events = 0;
  for (const auto& [area, service] : services_) events += service->durable().last_position;
  return events;
}

}  // namespace pitlane::simulation
