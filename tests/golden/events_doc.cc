// Writes docs/events.md from the protos' comments and the events' examples:
//   events_doc build/release/pitlane.binpb > docs/events.md
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/util/json_util.h"
#include "tests/golden/examples.h"

namespace pitlane::golden {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::SourceLocation;

// The comment of a message or field as one line.
template <class Thing>
std::string CommentOf(const Thing* thing) {
  SourceLocation location;
  if (!thing->GetSourceLocation(&location)) return "";
  std::istringstream words(location.leading_comments);
  std::string line;
  for (std::string word; words >> word;) line += (line.empty() ? "" : " ") + word;
  return line;
}

std::string TypeOf(const FieldDescriptor* field) {
  if (field->is_map()) {
    return "map of " + TypeOf(field->message_type()->map_value());
  }
  std::string name = field->type_name();
  if (field->message_type() != nullptr) name = field->message_type()->name();
  if (field->enum_type() != nullptr) name = field->enum_type()->name();
  return field->is_repeated() ? "list of " + name : name;
}

// A cell of a table must not end it.
std::string Cell(std::string text) {
  for (size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2)
    text.insert(at, "\\");
  return text;
}

void PrintFields(const Descriptor* message) {
  if (message->field_count() == 0) return;
  std::cout << "\n| field | type | meaning |\n| --- | --- | --- |\n";
  for (int i = 0; i < message->field_count(); ++i) {
    const FieldDescriptor* field = message->field(i);
    std::cout << "| `" << field->name() << "` | " << TypeOf(field) << " | "
              << Cell(CommentOf(field)) << " |\n";
  }
}

// The messages of our own that a message's fields consist of, each once.
void Collect(const Descriptor* message, std::map<std::string, const Descriptor*>& found) {
  for (int i = 0; i < message->field_count(); ++i) {
    const Descriptor* inner = message->field(i)->message_type();
    if (message->field(i)->is_map()) inner = inner->map_value()->message_type();
    if (inner == nullptr || inner->file()->package() == "google.protobuf") continue;
    if (found.emplace(inner->full_name(), inner).second) Collect(inner, found);
  }
}

void PrintExample(const google::protobuf::Message& event) {
  std::string json;
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  if (google::protobuf::util::MessageToJsonString(event, &json, options).ok()) {
    std::cout << "\n<details><summary>Example</summary>\n\n```json\n"
              << json << "```\n\n</details>\n";
  }
}

const FieldDescriptor* FactOf(const google::protobuf::Message& event) {
  return event.GetReflection()->GetOneofFieldDescriptor(event,
                                                        event.GetDescriptor()->oneof_decl(0));
}

void PrintArea(const DescriptorPool& pool, const AreaExamples& area) {
  const std::string type = area.events.front()->GetDescriptor()->full_name();
  const Descriptor* event = pool.FindMessageTypeByName(type);
  std::cout << "\n## " << area.area << "\n\nTopic `pitlane." << area.area << ".events.v1`, value `"
            << type << "`. " << CommentOf(event) << "\n";
  std::map<std::string, const Descriptor*> parts;
  std::set<std::string> shown;
  for (const auto& example : area.events) {
    const auto* set = FactOf(*example);
    if (!shown.insert(set->name()).second) continue;
    const Descriptor* fact = pool.FindMessageTypeByName(set->message_type()->full_name());
    std::cout << "\n### " << fact->name() << "\n\n`" << set->name() << "` = " << set->number()
              << ". " << CommentOf(fact) << "\n";
    PrintFields(fact);
    for (const auto& other : area.events) {
      if (FactOf(*other) == set) PrintExample(*other);
    }
    Collect(fact, parts);
  }
  std::cout << "\n### What " << area.area << "'s events are made of\n";
  for (const auto& [name, part] : parts) {
    std::cout << "\n#### " << name << "\n\n" << CommentOf(part) << "\n";
    PrintFields(part);
  }
}

int Main(const char* descriptors) {
  google::protobuf::FileDescriptorSet files;
  std::ifstream input(descriptors, std::ios::binary);
  if (!files.ParseFromIstream(&input)) {
    std::cerr << descriptors << " is no descriptor set; build the target pitlane_descriptors\n";
    return 1;
  }
  DescriptorPool pool;
  for (const auto& file : files.file()) pool.BuildFile(file);
  std::cout
      << "# Events\n\n"
         "Generated from the protos and the examples that the golden files pin; do not edit.\n\n"
         "Every service publishes its facts to one Kafka topic. Records are CloudEvents 1.0 in\n"
         "binary mode: headers `ce_id`, `ce_source`, `ce_type`, `ce_time`, `ce_subject`,\n"
         "`ce_specversion` and `content-type: application/protobuf`, and `pitlane-position` and\n"
         "`pitlane-previous` for readers that must not miss one. The key is the stream's id; the\n"
         "partition comes from the slot inside it, so one stream is always in order. The value is\n"
         "the area's event message: `meta` in field 1, then one of the events below, so it stands\n"
         "alone without headers. Upsert on `meta.event_id`; `meta.version` has no gaps within a\n"
         "stream. Fields are only ever added. A type `pitlane.common.v1.PositionLost` has no "
         "content\n"
         "and means nothing; the header `pitlane-unit` is for rebuilding stores.\n\n"
         "## What every event carries\n\n"
         "`pitlane.common.v1.EventMeta`, in field 1:\n";
  PrintFields(pool.FindMessageTypeByName("pitlane.common.v1.EventMeta"));
  for (const AreaExamples& area : AllExamples()) PrintArea(pool, area);
  return 0;
}

}  // namespace
}  // namespace pitlane::golden

int main(int argc, char** argv) {
  if (argc == 2) return pitlane::golden::Main(argv[1]);
  std::cerr << "usage: events_doc DESCRIPTOR_SET\n";
  return 2;
}
