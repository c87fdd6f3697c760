// Events are a public contract: what was once written must decode for ever, to the same thing.
//
// tests/golden/events/<area>/<Event>.hex holds the bytes of the example of each event,
// <Event>.2.hex those of a later example with fields that came later. A new event gets its file by
// PITLANE_ADD_GOLDEN=1; a file that is there is never written again.
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

fs::path FileOf(const AreaExamples& area, size_t index) {
  const std::string name = FactOf(*area.events[index])->message_type()->name();
  int nth = 1;
  for (size_t i = 0; i < index; ++i) {
    if (FactOf(*area.events[i])->message_type()->name() == name) ++nth;
  }
  const std::string number = nth == 1 ? "" : "." + std::to_string(nth);
  return EventsFolder() / area.area / (name + number + ".hex");
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
    for (size_t i = 0; i < area.events.size(); ++i) {
      const auto& event = area.events[i];
      const fs::path path = FileOf(area, i);
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

// Names every field that is set somewhere in `message`, and every field that could be.
void Visit(const google::protobuf::Message& message, std::set<std::string>& set,
           std::set<std::string>& possible) {
  const auto* reflection = message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const auto* field = message.GetDescriptor()->field(i);
    possible.insert(field->full_name());
    const bool is_message =
        field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE &&
        field->message_type()->file()->package() != "google.protobuf";
    if (field->is_repeated()) {
      const int size = reflection->FieldSize(message, field);
      if (size > 0) set.insert(field->full_name());
      for (int k = 0; is_message && k < size; ++k) {
        Visit(reflection->GetRepeatedMessage(message, field, k), set, possible);
      }
    } else if (reflection->HasField(message, field)) {
      set.insert(field->full_name());
      if (is_message) Visit(reflection->GetMessage(message, field), set, possible);
    }
  }
}

// A field that no example has would be pinned by nothing.
TEST(Golden, EveryFieldOfEveryMessageThenSomeExampleHasIt) {
  std::set<std::string> set;
  std::set<std::string> possible;
  for (const AreaExamples& area : AllExamples()) {
    for (const auto& event : area.events) Visit(*event, set, possible);
  }
  for (const std::string& field : possible) {
    EXPECT_TRUE(set.count(field) == 1) << field << " is set in no example";
  }
}

TEST(Golden, EveryFileThenItsEventIsStillInTheContract) {
  std::set<fs::path> known;
  for (const AreaExamples& area : AllExamples()) {
    for (size_t i = 0; i < area.events.size(); ++i) known.insert(FileOf(area, i));
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
