#include "tests/checker/report.h"

#include "fmt/core.h"
#include "nlohmann/json.hpp"

namespace pitlane::checker {

void Report::Expect(std::string_view rule, bool holds, absl::FunctionRef<Fault()> fault) {
  auto found = rules_.find(rule);
  if (found == rules_.end()) found = rules_.emplace(std::string(rule), Rule()).first;
  Rule& entry = found->second;
  ++entry.checked;
  if (holds) return;
  if (entry.broken++ == 0) entry.first = fault();
}

bool Report::sound() const { return Broken().empty(); }

std::vector<std::string> Report::Broken() const {
  std::vector<std::string> broken;
  for (const auto& [name, rule] : rules_) {
    if (rule.broken > 0) broken.push_back(name);
  }
  return broken;
}

std::string Report::Text(bool all) const {
  std::string text;
  for (const auto& [what, number] : figures_) text += fmt::format("     {}: {}\n", what, number);
  for (const auto& [name, rule] : rules_) {
    if (rule.broken == 0) {
      if (all) text += fmt::format("ok   {}: {}\n", name, rule.checked);
      continue;
    }
    text += fmt::format("FAIL {}: {} of {}\n     first: {} {}: {}\n", name, rule.broken,
                        rule.checked, rule.first.where, rule.first.id, rule.first.text);
  }
  return text;
}

std::string Report::Json() const {
  nlohmann::json json;
  json["sound"] = sound();
  json["figures"] = figures_;
  json["rules"] = nlohmann::json::object();
  for (const auto& [name, rule] : rules_) {
    nlohmann::json& entry = json["rules"][name];
    entry["checked"] = rule.checked;
    entry["broken"] = rule.broken;
    if (rule.broken == 0) continue;
    entry["first"] = {
        {"where", rule.first.where}, {"id", rule.first.id}, {"text", rule.first.text}};
  }
  // What is in a damaged store need not be UTF-8.
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace pitlane::checker
