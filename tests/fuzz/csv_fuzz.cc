// Files that `pitlane import` reads.
#include <sstream>

#include "tests/fuzz/fuzz.h"
#include "tools/pitlane/csv.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::istringstream file(std::string(pitlane::fuzz::AsText(data, size)));
  auto reader = pitlane::tools::CsvReader::Open(file, {});
  if (!reader.ok()) return 0;
  int line = 0;
  for (size_t records = 0;; ++records) {
    MUST_HOLD(records <= size);  // it comes to an end
    const auto row = reader->Next();
    if (row.ok() && !row->has_value()) return 0;
    MUST_HOLD(reader->line() > line);
    line = reader->line();
    MUST_HOLD(!row.ok() || (*row)->fields().size() == reader->columns().size());
  }
}
