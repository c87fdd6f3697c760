#include "services/payment/domain/event_examples.h"

#include <gtest/gtest.h>

#include "libs/base/ids.h"

namespace pitlane::payment {
namespace {

TEST(EventExamples, EveryEventOfTheAreaAppearsOnceInOrder) {
  const auto* oneof = v1::PaymentEvent::descriptor()->FindOneofByName("event");
  const std::vector<v1::PaymentEvent> examples = EventExamples();
  ASSERT_EQ(examples.size(), static_cast<size_t>(oneof->field_count()));
  for (int i = 0; i < oneof->field_count(); ++i) {
    const v1::PaymentEvent& example = examples[static_cast<size_t>(i)];
    EXPECT_EQ(static_cast<int>(example.event_case()), oneof->field(i)->number());
    EXPECT_EQ(example.meta().type(), oneof->field(i)->message_type()->full_name());
    EXPECT_TRUE(SlotOfId(example.meta().stream_id()).ok());
  }
}

TEST(EventExamples, EveryFieldOfTheInnerEventIsSet) {
  for (const v1::PaymentEvent& example : EventExamples()) {
    const auto* field = example.GetReflection()->GetOneofFieldDescriptor(
        example, v1::PaymentEvent::descriptor()->FindOneofByName("event"));
    const auto& inner = example.GetReflection()->GetMessage(example, field);
    std::vector<const google::protobuf::FieldDescriptor*> set;
    inner.GetReflection()->ListFields(inner, &set);
    EXPECT_EQ(static_cast<int>(set.size()), inner.GetDescriptor()->field_count())
        << example.meta().type();
  }
}

}  // namespace
}  // namespace pitlane::payment
