// Reading the published cases under tests/data.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pitlane {

// The whole file tests/data/`name`; ends the test program when it cannot be read.
std::string ReadTestData(std::string_view name);
// Rows of a CSV file without quoting, the header line left out; every row has `columns` cells at
// least, or the test program ends.
std::vector<std::vector<std::string>> ReadTestCsv(std::string_view name, size_t columns);

}  // namespace pitlane
