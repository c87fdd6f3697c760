// Events are a public contract: what was once written must decode for ever, to the same thing.
//
// tests/golden/events/<area>/<Event>.hex holds the bytes of the example of each event. A new event
// gets its file by PITLANE_ADD_GOLDEN=1; a file that is there is never written again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "google/protobuf/util/message_differencer.h"
#include "libs/base/text.h"
#include "libs/runtime/aggregate.h"
#include "tests/golden/examples.h"

namespace pitlane::golden {
namespace {

namespace fs = std::filesystem;

fs::path EventsFolder() { return fs::path(PITLANE_SOURCE_DIR) / "tests/golden/events"; }

const google::protobuf::FieldDescriptor* FactOf(const google::protobuf::Message& event) {
  return event.GetReflection()->GetOneofFieldDescriptor(event,
                                                        event.GetDescriptor()->oneof_decl(0));
}

fs::path FileOf(const std::string& area, const google::protobuf::Message& event) {
  return EventsFolder() / area / (FactOf(event)->message_type()->name() + ".hex");
}

// Hex in lines of 64 characters, easy to compare.
std::string ToHexLines(const std::string& bytes) {
  const std::string hex = HexEncode(bytes);
  std::string lines;
  for (size_t i = 0; i < hex.size(); i += 64) lines += hex.substr(i, 64) + "\n";
  return lines;
}

std::string FromHexLines(std::istream& input) {
  std::string bytes;
  for (std::string line; std::getline(input, line);) {
    for (size_t i = 0; i + 1 < line.size(); i += 2) {
      bytes.push_back(static_cast<char>(std::stoi(line.substr(i, 2), nullptr, 16)));
    }
  }
  return bytes;
}

TEST(Golden, EveryEventThenItsBytesAreWhatTheyEverWere) {
  const bool add = std::getenv("PITLANE_ADD_GOLDEN") != nullptr;
  for (const AreaExamples& area : AllExamples()) {
    for (const auto& event : area.events) {
      const fs::path path = FileOf(area.area, *event);
      if (add && !fs::exists(path)) {
        fs::create_directories(path.parent_path());
        std::ofstream(path) << ToHexLines(runtime::DeterministicBytes(*event));
      }
      std::ifstream file(path);
      ASSERT_TRUE(file) << path << " is missing; PITLANE_ADD_GOLDEN=1 golden_test adds it";
      const std::string bytes = FromHexLines(file);
      EXPECT_EQ(ToHexLines(bytes), ToHexLines(runtime::DeterministicBytes(*event)))
          << path << ": the bytes of a released event changed";
      const std::unique_ptr<google::protobuf::Message> decoded(event->New());
      ASSERT_TRUE(decoded->ParseFromString(bytes)) << path;
      EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(*decoded, *event)) << path;
    }
  }
}

TEST(Golden, EveryEventOfTheContractThenThereIsAnExample) {
  for (const AreaExamples& area : AllExamples()) {
    ASSERT_FALSE(area.events.empty()) << area.area;
    std::set<std::string> shown;
    for (const auto& event : area.events) shown.insert(FactOf(*event)->name());
    const auto* oneof = area.events.front()->GetDescriptor()->oneof_decl(0);
    for (int i = 0; i < oneof->field_count(); ++i) {
      EXPECT_TRUE(shown.count(oneof->field(i)->name()) == 1)
          << area.area << ": no example of " << oneof->field(i)->name();
    }
  }
}

// An example that leaves a field out would not pin it.
void ExpectEveryFieldSet(const google::protobuf::Message& message, const std::string& path) {
  const auto* descriptor = message.GetDescriptor();
  const auto* reflection = message.GetReflection();
  std::set<const google::protobuf::OneofDescriptor*> oneofs;
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const auto* field = descriptor->field(i);
    const std::string at = path + "." + field->name();
    if (const auto* oneof = field->real_containing_oneof(); oneof != nullptr) {
      if (oneofs.insert(oneof).second) {
        EXPECT_TRUE(reflection->HasOneof(message, oneof)) << path << "." << oneof->name();
      }
      if (!reflection->HasField(message, field)) continue;
    }
    if (field->is_repeated()) {
      EXPECT_GT(reflection->FieldSize(message, field), 0) << at << " is empty";
      if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE &&
          !field->is_map() && reflection->FieldSize(message, field) > 0) {
        ExpectEveryFieldSet(reflection->GetRepeatedMessage(message, field, 0), at);
      }
    } else if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) {
      EXPECT_TRUE(reflection->HasField(message, field)) << at << " is not set";
      // Nanoseconds of a timestamp are zero on a whole second.
      if (field->message_type()->file()->package() != "google.protobuf") {
        ExpectEveryFieldSet(reflection->GetMessage(message, field), at);
      }
    }
  }
}

TEST(Golden, EveryExampleThenItsMessagesAreFilled) {
  for (const AreaExamples& area : AllExamples()) {
    for (const auto& event : area.events) {
      ExpectEveryFieldSet(event->GetReflection()->GetMessage(*event, FactOf(*event)),
                          area.area + ":" + FactOf(*event)->name());
    }
  }
}

TEST(Golden, EveryFileThenItsEventIsStillInTheContract) {
  std::set<fs::path> known;
  for (const AreaExamples& area : AllExamples()) {
    for (const auto& event : area.events) known.insert(FileOf(area.area, *event));
  }
  for (const auto& entry : fs::recursive_directory_iterator(EventsFolder())) {
    if (entry.is_regular_file()) {
      EXPECT_TRUE(known.count(entry.path()) == 1)
          << entry.path() << ": an event that was released is gone";
    }
  }
}

}  // namespace
}  // namespace pitlane::golden
