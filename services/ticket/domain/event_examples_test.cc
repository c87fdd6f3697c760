#include "services/ticket/domain/event_examples.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "google/protobuf/message.h"
#include "libs/base/ids.h"

namespace pitlane::ticket {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Full names of fields that could be set, and of those that are, anywhere below.
struct Fields {
  std::set<std::string> possible;
  std::set<std::string> set;
};

void Collect(const Message& message, Fields& fields) {
  const auto* reflection = message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message.GetDescriptor()->field(i);
    fields.possible.insert(field->full_name());
    const bool set = field->is_repeated() ? reflection->FieldSize(message, field) > 0
                                          : reflection->HasField(message, field);
    if (!set) continue;
    fields.set.insert(field->full_name());
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      Collect(reflection->GetMessage(message, field), fields);
      continue;
    }
    for (int j = 0; j < reflection->FieldSize(message, field); ++j) {
      Collect(reflection->GetRepeatedMessage(message, field, j), fields);
    }
  }
}

std::vector<v1::TicketEvent> AllExamples() {
  std::vector<v1::TicketEvent> all = EventExamples();
  for (const v1::TicketEvent& later : LaterEventExamples()) all.push_back(later);
  return all;
}

TEST(EventExamples, EveryEventOfTheAreaAppearsOnceInOrder) {
  const auto* oneof = v1::TicketEvent::descriptor()->FindOneofByName("event");
  const std::vector<v1::TicketEvent> examples = EventExamples();
  ASSERT_EQ(examples.size(), static_cast<size_t>(oneof->field_count()));
  for (int i = 0; i < oneof->field_count(); ++i) {
    const v1::TicketEvent& example = examples[static_cast<size_t>(i)];
    EXPECT_EQ(static_cast<int>(example.event_case()), oneof->field(i)->number());
    EXPECT_EQ(example.meta().type(), oneof->field(i)->message_type()->full_name());
  }
}

TEST(EventExamples, EveryFieldIsSet) {
  Fields fields;
  for (const v1::TicketEvent& example : AllExamples()) Collect(example, fields);
  EXPECT_EQ(fields.set, fields.possible);
}

TEST(EventExamples, IdsAreWellFormed) {
  for (const v1::TicketEvent& example : AllExamples()) {
    const std::string stream = example.meta().stream_id();
    EXPECT_TRUE(SlotOfId(stream.substr(0, stream.find('/'))).ok()) << stream;
    EXPECT_TRUE(EventId::Parse(example.meta().event_id()).ok());
  }
}

}  // namespace
}  // namespace pitlane::ticket
