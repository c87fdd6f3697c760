// Writes what the contracts say about calls by Connect as an OpenAPI 3.1 document, without
// examples:
//   contracts_json build/release/pitlane.binpb > contracts.json
// api.py makes the published document and the reference of it. Pitlane's own words in it:
//   x-pitlane          of a method: kind (read, write, watch), permission, scope
//   x-pitlane-file     of a schema: the package that it comes from
//   x-pitlane-oneof    of a property: the choice that it is one of
//   x-pitlane-optional of a property: it is told apart from its default whether it was sent
//   x-pitlane-values   of an enum: its values with what they mean
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "nlohmann/json.hpp"
#include "pitlane/common/v1/options.pb.h"

namespace pitlane::docs {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::MethodOptions;
using google::protobuf::ServiceDescriptor;
using google::protobuf::SourceLocation;
using json = nlohmann::ordered_json;

constexpr char kSchemas[] = "#/components/schemas/";

// The comment before a thing as one paragraph; empty without one.
template <class Thing>
std::string CommentOf(const Thing* thing) {
  SourceLocation location;
  if (!thing->GetSourceLocation(&location)) return "";
  std::istringstream words(location.leading_comments);
  std::string line;
  for (std::string word; words >> word;) line += (line.empty() ? "" : " ") + word;
  return line;
}

bool IsOurs(const std::string& package) {
  return absl::StartsWith(package, "pitlane.") && package != "pitlane.testing.v1";
}

class Document {
 public:
  void Add(const ServiceDescriptor* service) {
    tags_.push_back({{"name", service->full_name()}, {"description", CommentOf(service)}});
    for (int i = 0; i < service->method_count(); ++i) AddMethod(service->method(i));
  }

  // Also without a method that uses it: what calls are refused with.
  void Add(const EnumDescriptor* type) {
    if (!added_.insert(type->full_name()).second) return;
    json names = json::array(), values = json::array();
    for (int i = 0; i < type->value_count(); ++i) {
      names.push_back(type->value(i)->name());
      values.push_back(
          {{"name", type->value(i)->name()}, {"description", CommentOf(type->value(i))}});
    }
    schemas_[type->full_name()] = {{"type", "string"},
                                   {"description", CommentOf(type)},
                                   {"enum", names},
                                   {"x-pitlane-file", type->file()->package()},
                                   {"x-pitlane-values", values}};
  }

  json Finish() && {
    return {{"openapi", "3.1.0"},
            {"info",
             {{"title", "Pitlane"},
              {"version", "1"},
              {"description",
               "Every method by Connect (https://connectrpc.com/docs/protocol): HTTP with JSON. "
               "Generated from the contracts."},
              {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
            {"servers", {{{"url", "/"}}}},
            {"security", {{{"token", json::array()}}}},
            {"tags", tags_},
            {"paths", paths_},
            {"components",
             {{"securitySchemes",
               {{"token", {{"type", "http"}, {"scheme", "bearer"}, {"bearerFormat", "JWT"}}}}},
              {"schemas", schemas_}}}};
  }

 private:
  void AddMethod(const MethodDescriptor* method) {
    const bool read = method->options().idempotency_level() == MethodOptions::NO_SIDE_EFFECTS;
    const bool stream = method->server_streaming();
    const auto& access = method->options().GetExtension(common::v1::access);
    const std::string media = stream ? "application/connect+json" : "application/json";
    json answer = {
        {"description", stream ? "Frames: one byte of flags, four of length, then this as JSON."
                               : "What the method answers."},
        {"content", {{media, {{"schema", Reference(method->output_type())}}}}}};
    json parameters = json::array({Header("Connect-Timeout-Ms", "How long the answer may take."),
                                   Header("Pitlane-After", "Positions that must be seen.")});
    if (method->file()->package() == "pitlane.admin.v1") {
      parameters.push_back(Header("Pitlane-Service", "Which service is meant, e.g. ticket."));
    }
    json operation = {
        {"operationId", absl::StrCat(method->service()->name(), ".", method->name())},
        {"tags", {method->service()->full_name()}},
        {"description", CommentOf(method)},
        {"parameters", parameters},
        {"requestBody",
         {{"required", true},
          {"content", {{media, {{"schema", Reference(method->input_type())}}}}}}},
        {"responses", {{"200", answer}, {"default", {{"$ref", "#/components/responses/error"}}}}},
        {"x-pitlane",
         {{"kind", stream ? "watch" : (read ? "read" : "write")},
          {"permission", common::v1::Permission_Name(access.permission())},
          {"scope", access.scope_field()}}}};
    const std::string path = absl::StrCat("/", method->service()->full_name(), "/", method->name());
    paths_[path] = {{"post", operation}};
  }

  static json Header(const char* name, const char* meaning) {
    return {{"name", name},
            {"in", "header"},
            {"description", meaning},
            {"schema", {{"type", "string"}}}};
  }

  json Reference(const Descriptor* message) {
    const std::string& name = message->full_name();
    if (name == "google.protobuf.Timestamp") return {{"type", "string"}, {"format", "date-time"}};
    if (name == "google.protobuf.Duration") return {{"type", "string"}, {"format", "duration"}};
    if (added_.insert(name).second) AddSchema(message);
    return {{"$ref", kSchemas + name}};
  }

  void AddSchema(const Descriptor* message) {
    // In its place before what it consists of.
    schemas_[message->full_name()] = nullptr;
    json properties = json::object();
    for (int i = 0; i < message->field_count(); ++i) {
      const FieldDescriptor* field = message->field(i);
      json property = Whole(field);
      if (!CommentOf(field).empty()) property["description"] = CommentOf(field);
      if (field->real_containing_oneof() != nullptr) {
        property["x-pitlane-oneof"] = field->real_containing_oneof()->name();
      } else if (field->has_optional_keyword()) {
        property["x-pitlane-optional"] = true;
      }
      properties[field->json_name()] = property;
    }
    schemas_[message->full_name()] = {{"type", "object"},
                                      {"description", CommentOf(message)},
                                      {"x-pitlane-file", message->file()->package()},
                                      {"properties", properties}};
  }

  json Whole(const FieldDescriptor* field) {
    if (field->is_map()) {
      return {{"type", "object"},
              {"additionalProperties", One(field->message_type()->map_value())}};
    }
    if (field->is_repeated()) return {{"type", "array"}, {"items", One(field)}};
    return One(field);
  }

  json One(const FieldDescriptor* field) {
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
      case FieldDescriptor::CPPTYPE_UINT32:
        return {{"type", "integer"}, {"format", "int32"}};
      case FieldDescriptor::CPPTYPE_INT64:
      case FieldDescriptor::CPPTYPE_UINT64:
        // JavaScript's numbers are too small for them.
        return {{"type", "string"}, {"format", "int64"}};
      case FieldDescriptor::CPPTYPE_DOUBLE:
      case FieldDescriptor::CPPTYPE_FLOAT:
        return {{"type", "number"}};
      case FieldDescriptor::CPPTYPE_BOOL:
        return {{"type", "boolean"}};
      case FieldDescriptor::CPPTYPE_STRING:
        if (field->type() == FieldDescriptor::TYPE_STRING) return {{"type", "string"}};
        return {{"type", "string"}, {"contentEncoding", "base64"}};
      case FieldDescriptor::CPPTYPE_ENUM:
        Add(field->enum_type());
        return {{"$ref", kSchemas + field->enum_type()->full_name()}};
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Reference(field->message_type());
    }
    return {};
  }

  json tags_ = json::array();
  json paths_ = json::object();
  json schemas_ = json::object();
  std::set<std::string> added_;
};

int Main(const char* descriptors) {
  google::protobuf::FileDescriptorSet files;
  std::ifstream input(descriptors, std::ios::binary);
  if (!files.ParseFromIstream(&input)) {
    std::cerr << descriptors << " is no descriptor set; build the target pitlane_descriptors\n";
    return 1;
  }
  DescriptorPool pool;
  Document document;
  for (const auto& proto : files.file()) {
    const auto* file = pool.BuildFile(proto);
    if (file == nullptr || !IsOurs(file->package())) continue;
    for (int i = 0; i < file->service_count(); ++i) document.Add(file->service(i));
    for (int i = 0; i < file->enum_type_count(); ++i) {
      if (absl::EndsWith(file->enum_type(i)->name(), "Reason")) document.Add(file->enum_type(i));
    }
  }
  std::cout << std::move(document).Finish().dump() << "\n";
  return 0;
}

}  // namespace
}  // namespace pitlane::docs

int main(int argc, char** argv) {
  if (argc == 2) return pitlane::docs::Main(argv[1]);
  std::cerr << "usage: contracts_json DESCRIPTOR_SET\n";
  return 2;
}
