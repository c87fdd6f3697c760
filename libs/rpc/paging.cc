#include "libs/rpc/paging.h"

#include <memory>
#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "libs/base/check.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"

namespace pitlane::rpc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kQuestionBytes = 8;

const FieldDescriptor* FieldOf(const Message& request, const char* name) {
  const FieldDescriptor* field = request.GetDescriptor()->FindFieldByName(name);
  PITLANE_CHECK(field != nullptr) << request.GetTypeName() << " has no " << name;
  return field;
}

// Tells one question from another.
std::string QuestionOf(const Message& request) {
  const std::unique_ptr<Message> question(request.New());
  question->CopyFrom(request);
  const google::protobuf::Reflection* reflection = question->GetReflection();
  reflection->ClearField(question.get(), FieldOf(request, "page_size"));
  reflection->ClearField(question.get(), FieldOf(request, "page_token"));
  const std::string bytes = absl::StrCat(request.GetTypeName(), absl::string_view("\0", 1),
                                         question->SerializeAsString());
  return Sha256(bytes).substr(0, kQuestionBytes);
}

}  // namespace

absl::StatusOr<PageRequest> ParsePage(const Message& request, size_t standard, size_t most) {
  const google::protobuf::Reflection* reflection = request.GetReflection();
  const int32_t size = reflection->GetInt32(request, FieldOf(request, "page_size"));
  if (size < 0 || static_cast<size_t>(size) > most) {
    return Invalid("page_size", absl::StrCat("page_size must be 0 to ", most));
  }
  PageRequest page{.limit = size == 0 ? standard : static_cast<size_t>(size),
                   .after = std::nullopt};
  const std::string token = reflection->GetString(request, FieldOf(request, "page_token"));
  if (token.empty()) return page;
  absl::StatusOr<std::string> place = Base64UrlDecode(token);
  if (!place.ok() || place->size() <= kQuestionBytes ||
      !absl::StartsWith(*place, QuestionOf(request))) {
    return Invalid("page_token",
                   "page_token must be the next_page_token of the page before, with the other "
                   "fields as they were; leave it empty to begin with the first page");
  }
  page.after = place->substr(kQuestionBytes);
  return page;
}

std::string PageToken(const Message& request, const std::optional<std::string>& resume) {
  return resume.has_value() ? Base64UrlEncode(QuestionOf(request) + *resume) : std::string();
}

}  // namespace pitlane::rpc
