#include "services/ticket/domain/estimate_form.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "libs/base/text.h"

namespace pitlane::ticket {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr char kForm[] = "pitlane-estimate-1\n";

void AppendEscaped(const std::string& text, std::string& form) {
  for (const char c : text) {
    switch (c) {
      case '\\':
        form += "\\\\";
        break;
      case '\n':
        form += "\\n";
        break;
      case '\r':
        form += "\\r";
        break;
      case '\t':
        form += "\\t";
        break;
      default:
        form.push_back(c);
    }
  }
}

void AppendMessage(const std::string& path, const Message& message, std::string& form);

// The field's value, or the one of its element `i`. Estimates have no other types.
void AppendValue(const std::string& path, const Message& message, const FieldDescriptor* field,
                 int i, std::string& form) {
  const auto* reflection = message.GetReflection();
  const bool repeated = field->is_repeated();
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    return AppendMessage(path + ".",
                         repeated ? reflection->GetRepeatedMessage(message, field, i)
                                  : reflection->GetMessage(message, field),
                         form);
  }
  absl::StrAppend(&form, path, "=");
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    AppendEscaped(repeated ? reflection->GetRepeatedString(message, field, i)
                           : reflection->GetString(message, field),
                  form);
  } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    absl::StrAppend(&form, (repeated ? reflection->GetRepeatedEnum(message, field, i)
                                     : reflection->GetEnum(message, field))
                               ->name());
  } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
    absl::StrAppend(&form, reflection->GetBool(message, field) ? "true" : "false");
  } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
    absl::StrAppend(&form, reflection->GetInt32(message, field));
  } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
    absl::StrAppend(&form, reflection->GetInt64(message, field));
  } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_UINT64) {
    absl::StrAppend(&form, reflection->GetUInt64(message, field));
  }
  form.push_back('\n');
}

void AppendMessage(const std::string& path, const Message& message, std::string& form) {
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string name = path + field->name();
    if (name == "sha256") continue;
    if (!field->is_repeated()) {
      AppendValue(name, message, field, 0, form);
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      AppendValue(absl::StrCat(name, "[", i, "]"), message, field, i, form);
    }
  }
}

}  // namespace

std::string CanonicalForm(const v1::EstimateVersion& estimate) {
  std::string form = kForm;
  AppendMessage("", estimate, form);
  return form;
}

std::string EstimateHash(const v1::EstimateVersion& estimate) {
  return HexEncode(Sha256(CanonicalForm(estimate)));
}

}  // namespace pitlane::ticket
