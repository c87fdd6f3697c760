#include "tests/checker/records.h"

#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "nlohmann/json.hpp"

namespace pitlane::checker {
namespace {

using Json = nlohmann::json;

std::string Text(const Json& line, const char* field) {
  const auto found = line.find(field);
  return found != line.end() && found->is_string() ? found->get<std::string>() : std::string();
}

int64_t Number(const Json& line, const char* field) {
  const auto found = line.find(field);
  return found != line.end() && found->is_number_integer() ? found->get<int64_t>() : 0;
}

std::optional<uint64_t> OptionalNumber(const Json& line, const char* field) {
  const auto found = line.find(field);
  if (found == line.end() || !found->is_number_integer()) return std::nullopt;
  return found->get<uint64_t>();
}

std::optional<Outcome> OutcomeOf(const std::string& text) {
  if (text == "acknowledged") return Outcome::kAcknowledged;
  if (text == "unknown") return Outcome::kUnknown;
  if (text == "refused") return Outcome::kRefused;
  if (text == "read") return Outcome::kRead;
  return std::nullopt;
}

bool AddClientRecord(const Json& line, std::vector<ClientRecord>& records) {
  const std::optional<Outcome> outcome = OutcomeOf(Text(line, "outcome"));
  if (!outcome) return false;
  ClientRecord& record = records.emplace_back();
  record.request_id = Text(line, "request_id");
  record.method = Text(line, "method");
  record.outcome = *outcome;
  record.positions = Text(line, "positions");
  record.stream = Text(line, "stream");
  record.expected_version = OptionalNumber(line, "expected_version");
  record.version = OptionalNumber(line, "version");
  record.reason = Text(line, "reason");
  record.begin_us = Number(line, "begin_us");
  record.end_us = Number(line, "end_us");
  return *outcome == Outcome::kRead || !record.request_id.empty();
}

absl::Status ForEachLine(const std::string& path, const std::function<bool(const Json&)>& take) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  size_t number = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find('\n', begin);
    if (end == std::string::npos) break;
    ++number;
    const Json line = Json::parse(text.begin() + static_cast<std::ptrdiff_t>(begin),
                                  text.begin() + static_cast<std::ptrdiff_t>(end), nullptr, false);
    if (!line.is_object() || !take(line)) {
      return absl::InvalidArgumentError(absl::StrCat(path, ":", number, ": cannot be read"));
    }
    begin = end + 1;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadClientRecords(const std::string& path, std::vector<ClientRecord>& records) {
  return ForEachLine(path, [&](const Json& line) { return AddClientRecord(line, records); });
}

absl::StatusOr<std::vector<ProviderRecord>> ReadProviderRecords(const std::string& path) {
  std::vector<ProviderRecord> records;
  RETURN_IF_ERROR(ForEachLine(path, [&](const Json& line) {
    records.push_back({.action_id = Text(line, "action_id"),
                       .refund = Text(line, "kind") == "refund",
                       .approved = Text(line, "outcome") == "approved",
                       .amount_minor = Number(line, "amount_minor")});
    return !records.back().action_id.empty();
  }));
  return records;
}

}  // namespace pitlane::checker
