// Records of a topic that somebody else may have written: headers as lines "name: value", an empty
// line, the value.
#include <map>
#include <vector>

#include "absl/strings/str_split.h"
#include "libs/stream/cloud_event.h"
#include "libs/stream/event_bytes.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pitlane;  // NOLINT(google-build-using-namespace)
  const std::string text(fuzz::AsText(data, size));
  const size_t end = text.find("\n\n");
  const std::string value = end == std::string::npos ? "" : text.substr(end + 2);
  std::map<std::string, std::string, std::less<>> headers;
  for (const std::string& line :
       std::vector<std::string>(absl::StrSplit(text.substr(0, end), '\n'))) {
    const std::vector<std::string> parts = absl::StrSplit(line, absl::MaxSplits(": ", 1));
    if (parts.size() == 2) headers[parts[0]] = parts[1];
  }
  const auto place = stream::ReadPlace(
      [&](std::string_view name) -> std::optional<std::string_view> {
        const auto header = headers.find(name);
        if (header == headers.end()) return std::nullopt;
        return header->second;
      },
      value);
  MUST_HOLD(place.ok() || absl::IsDataLoss(place.status()));
  MUST_HOLD(!place.ok() || place->previous < place->position);
  return 0;
}
