// What the seeds have reached: faults, types of events, refusals, states of the sagas. A generator
// that never makes an input hides the fault behind it, so what was never reached is named.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pitlane::simulation {

class Coverage {
 public:
  // E.g. Count("fault", "torn_tail").
  void Count(std::string_view group, std::string_view what, uint64_t times = 1);
  void Merge(const Coverage& other);

  // What should be reached: "group/what", with a reason where it cannot be.
  struct Wanted {
    std::string name;
    std::string exception;  // why no command of today reaches it; empty: it must be reached
  };
  static std::vector<Wanted> Everything();
  // Of Everything, without the exceptions.
  std::vector<std::string> Missing() const;
  // One line each, missing ones marked.
  std::string Report() const;

  uint64_t Of(std::string_view name) const;

 private:
  std::map<std::string, uint64_t, std::less<>> counts_;
};

}  // namespace pitlane::simulation
