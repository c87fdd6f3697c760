#include "libs/money/test_data.h"

#include <fstream>
#include <sstream>

#include "absl/strings/str_split.h"
#include "libs/base/check.h"

namespace pitlane {

std::string ReadTestData(std::string_view name) {
  const std::string path = std::string(PITLANE_SOURCE_DIR "/tests/data/") + std::string(name);
  std::ifstream file(path, std::ios::binary);
  PITLANE_CHECK(file.is_open()) << path;
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

std::vector<std::vector<std::string>> ReadTestCsv(std::string_view name, size_t columns) {
  std::vector<std::vector<std::string>> rows;
  const std::string content = ReadTestData(name);
  for (const absl::string_view line : absl::StrSplit(content, '\n', absl::SkipEmpty())) {
    rows.push_back(absl::StrSplit(absl::StripSuffix(line, "\r"), ','));
    PITLANE_CHECK(rows.back().size() >= columns) << rows.size();
  }
  PITLANE_CHECK(!rows.empty()) << name;
  rows.erase(rows.begin());
  return rows;
}

}  // namespace pitlane
