// Rows of the VIN collections. For tests.
#pragma once

#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace pitlane::customer_vehicle {

// Fields of one line; quotation marks keep commas together.
inline std::vector<std::string> CsvFields(const std::string& line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else if (c != '\r') {
      fields.back().push_back(c);
    }
  }
  return fields;
}

// Rows by the names in the first line. Empty when the file is not there.
inline std::vector<std::map<std::string, std::string>> ReadVins(const std::string& name) {
  std::ifstream file(
      absl::StrCat(PITLANE_SOURCE_DIR, "/services/customer_vehicle/data/vins/", name));
  std::vector<std::map<std::string, std::string>> rows;
  std::string line;
  if (!std::getline(file, line)) return rows;
  const std::vector<std::string> names = CsvFields(line);
  while (std::getline(file, line)) {
    const std::vector<std::string> fields = CsvFields(line);
    auto& row = rows.emplace_back();
    for (size_t i = 0; i < names.size() && i < fields.size(); ++i) row[names[i]] = fields[i];
  }
  return rows;
}

}  // namespace pitlane::customer_vehicle
