#include "services/inventory/reactors/on_line_removed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/inventory/test_service.h"

namespace pitlane::inventory {
namespace {

class OnLineRemovedTest : public ServiceTest {
 protected:
  // Two jobs of one ticket and a job of another keep 1, 2 and 4.
  void SetUp() override {
    ServiceTest::SetUp();
    part_ = Part("A-1");
    ASSERT_THAT(Receive(part_, 10'000, 500'000), IsOk());
    Authorize(ticket_, first_, {{line_, part_, 1'000}});
    Authorize(ticket_, second_, {{NewLine(), part_, 2'000}});
    Authorize(NewTicket(), NewJob(), {{NewLine(), part_, 4'000}});
    ASSERT_EQ(Level(part_).reserved_milli(), 7'000);
  }

  std::string part_;
  const TicketId ticket_ = NewTicket();
  const JobId first_ = NewJob();
  const JobId second_ = NewJob();
  const LineId line_ = NewLine();
};

TEST_F(OnLineRemovedTest, PartOfTheLineIsReleased) {
  ticket::v1::TicketEvent event;
  event.mutable_line_removed()->set_job_id(first_.text());
  event.mutable_line_removed()->set_line_id(line_.text());
  event.mutable_line_removed()->set_part_id(part_);
  Publish(ticket_, event);
  EXPECT_EQ(Level(part_).reserved_milli(), 6'000);
  const v1::InventoryEvent released = Events().back();
  EXPECT_EQ(released.reservation_released().line_id(), line_.text());
  EXPECT_EQ(released.reservation_released().quantity_milli(), 1'000);
}

TEST_F(OnLineRemovedTest, LineWithoutPartMeansNothing) {
  ticket::v1::TicketEvent event;
  event.mutable_line_removed()->set_job_id(first_.text());
  event.mutable_line_removed()->set_line_id(line_.text());
  Publish(ticket_, event);
  EXPECT_EQ(Level(part_).reserved_milli(), 7'000);
  EXPECT_EQ(Parked(), 0u);
}

}  // namespace
}  // namespace pitlane::inventory
