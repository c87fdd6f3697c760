// Pages of lists: how many rows, and where the next page begins. Pure functions; safe from any
// thread.
//
// A request that pages has `int32 page_size` and `string page_token`; CHECKed. The rest of it is
// the question, and a token is good for that question only.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"

namespace pitlane::rpc {

struct PageRequest {
  size_t limit = 0;
  std::optional<std::string> after;  // key of the last row of the page before
};

// INVALID_ARGUMENT (page_size, page_token) unless 0 (`standard`) to `most`, and a token that
// PageToken made for the same question.
absl::StatusOr<PageRequest> ParsePage(const google::protobuf::Message& request, size_t standard,
                                      size_t most);
// What asks for the rows behind `resume`, with any page size. Empty when that was all.
std::string PageToken(const google::protobuf::Message& request,
                      const std::optional<std::string>& resume);

}  // namespace pitlane::rpc
