#include "services/inventory/reactors/on_job_cancelled.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/inventory/test_service.h"

namespace pitlane::inventory {
namespace {

class OnJobCancelledTest : public ServiceTest {
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

TEST_F(OnJobCancelledTest, OnlyThatJobIsReleasedOnce) {
  ticket::v1::TicketEvent event;
  event.mutable_job_cancelled()->set_job_id(first_.text());
  Publish(ticket_, event);
  EXPECT_EQ(Level(part_).reserved_milli(), 6'000);
  EXPECT_EQ(TicketLines(ticket_).size(), 1u);
  const size_t before = Events().size();
  Publish(ticket_, event);
  EXPECT_EQ(Events().size(), before);
}

}  // namespace
}  // namespace pitlane::inventory
