#include "tests/simulation/network.h"

namespace pitlane::simulation {

rpc::Caller CallerWith(rpc::Role role, std::string_view subject) {
  rpc::Caller caller;
  caller.subject = std::string(subject);
  caller.grants.push_back({.role = role, .everywhere = true, .location_id = {}});
  return caller;
}

Network::Network(World& world, const Plan& plan, std::map<std::string, Service*> services)
    : world_(world), plan_(plan), services_(std::move(services)), draw_(world.Draws("network")) {}

bool Network::Strikes(Fault fault) {
  if (healed_ || !draw_.Chance(plan_.Rate(fault))) return false;
  world_.coverage().Count("fault", NameOf(fault));
  return true;
}

absl::Duration Network::Delay(bool answer) {
  if (answer && Strikes(Fault::kAnswerLate)) {
    return draw_.Skewed(absl::Seconds(1), absl::Minutes(2));
  }
  return draw_.Skewed(absl::Microseconds(100), absl::Milliseconds(20));
}

}  // namespace pitlane::simulation
