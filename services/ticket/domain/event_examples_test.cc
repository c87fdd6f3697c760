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

// Names of fields that are not set, anywhere below.
void CollectUnset(const Message& message, const std::string& path, std::set<std::string>& unset) {
  const auto* reflection = message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message.GetDescriptor()->field(i);
    if (field->real_containing_oneof() != nullptr) continue;
    const std::string name = path + "." + field->name();
    const bool set = field->is_repeated() ? reflection->FieldSize(message, field) > 0
                                          : reflection->HasField(message, field);
    if (!set) {
      unset.insert(name);
      continue;
    }
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      CollectUnset(reflection->GetMessage(message, field), name, unset);
      continue;
    }
    for (int j = 0; j < reflection->FieldSize(message, field); ++j) {
      CollectUnset(reflection->GetRepeatedMessage(message, field, j), name, unset);
    }
  }
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
  for (const v1::TicketEvent& example : EventExamples()) {
    const auto* inner = example.GetReflection()->GetOneofFieldDescriptor(
        example, v1::TicketEvent::descriptor()->FindOneofByName("event"));
    std::set<std::string> unset;
    CollectUnset(example.meta(), "meta", unset);
    CollectUnset(example.GetReflection()->GetMessage(example, inner), inner->name(), unset);
    EXPECT_EQ(unset, std::set<std::string>()) << example.meta().type();
  }
}

TEST(EventExamples, IdsAreWellFormed) {
  for (const v1::TicketEvent& example : EventExamples()) {
    const std::string stream = example.meta().stream_id();
    EXPECT_TRUE(SlotOfId(stream.substr(0, stream.find('/'))).ok()) << stream;
    EXPECT_TRUE(EventId::Parse(example.meta().event_id()).ok());
  }
}

}  // namespace
}  // namespace pitlane::ticket
