// What a check found: for each rule how often it was looked at, how often it was broken, and the
// first place where it was.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"

namespace pitlane::checker {

struct Fault {
  std::string where;  // e.g. "ticket.0@17"
  std::string id;     // of the stream, payment, request … it is about; may be empty
  std::string text;
};

class Report {
 public:
  struct Rule {
    uint64_t checked = 0;
    uint64_t broken = 0;
    Fault first;
  };

  // Looks at `rule` once. `fault` is asked only when it does not hold.
  void Expect(std::string_view rule, bool holds, absl::FunctionRef<Fault()> fault);
  // A figure for people, e.g. "records".
  void Count(std::string_view what, uint64_t number) { figures_[std::string(what)] += number; }

  bool sound() const;
  const std::map<std::string, Rule, std::less<>>& rules() const { return rules_; }
  const std::map<std::string, uint64_t>& figures() const { return figures_; }
  // Rules that were broken.
  std::vector<std::string> Broken() const;

  // One line for each figure and broken rule; with `all`, one for each rule.
  std::string Text(bool all) const;
  std::string Json() const;

 private:
  std::map<std::string, Rule, std::less<>> rules_;
  std::map<std::string, uint64_t> figures_;
};

}  // namespace pitlane::checker
