#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/rpc/errors.h"
#include "pitlane/ticket/v1/ticket_service.pb.h"
#include "services/ticket/domain/known_customer.h"
#include "services/ticket/domain/location.h"
#include "services/ticket/domain/number_series.h"
#include "services/ticket/domain/part_price.h"
#include "services/ticket/domain/testing_tickets.h"

namespace pitlane::ticket {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

template <class A, class Command>
size_t Do(typename A::State& state, const Command& command) {
  const auto events = Decide(state, command);
  for (const v1::TicketEvent& event : events) A::Apply(state, event);
  return events.size();
}

TEST(Location, ConfiguringTwiceTheSameIsOneEvent) {
  v1::Location location;
  ConfigureLocation command{TestLocation(), true};
  command.location.set_tax_rounding(v1::TAX_ROUNDING_UNSPECIFIED);
  auto events = Decide(location, command);
  ASSERT_TRUE(events.ok());
  ASSERT_THAT(*events, SizeIs(1));
  LocationAggregate::Apply(location, (*events)[0]);
  EXPECT_EQ(location.version(), 1u);
  EXPECT_EQ(location.tax_rounding(), v1::TAX_ROUNDING_DOCUMENT);
  events = Decide(location, command);
  ASSERT_TRUE(events.ok());
  EXPECT_THAT(*events, IsEmpty());
}

TEST(Location, ChangeRaisesTheVersion) {
  v1::Location location = TestLocation();
  ConfigureLocation command{TestLocation(), true};
  command.location.set_name("High Street");
  const auto events = Decide(location, command);
  ASSERT_TRUE(events.ok());
  EXPECT_EQ((*events)[0].location_configured().location().version(), 2u);
  LocationAggregate::Apply(location, (*events)[0]);
  EXPECT_EQ(location.name(), "High Street");
  EXPECT_EQ(location.version(), 2u);
}

TEST(NumberSeries, EachSeriesCountsByItselfWithoutGaps) {
  v1::NumberSeries series;
  const auto next = [&series](const char* name) {
    const auto events = Decide(series, AssignNumber{name, kTestTicket});
    NumberSeriesAggregate::Apply(series, events[0]);
    return FormatNumber(events[0].number_assigned());
  };
  EXPECT_EQ(next("RO"), "RO-00001");
  EXPECT_EQ(next("RO"), "RO-00002");
  EXPECT_EQ(next("INV"), "INV-00001");
  EXPECT_EQ(next("RO"), "RO-00003");
  v1::NumberAssigned large;
  large.set_series("CS");
  large.set_number(1234567);
  EXPECT_EQ(FormatNumber(large), "CS-1234567");
}

TEST(PartPrice, OlderPriceNeverReplacesANewerOne) {
  v1::PartPrice price;
  ListPrice listed{TestPrice(1000)};
  EXPECT_EQ(Do<PartPriceAggregate>(price, listed), 1u);
  EXPECT_EQ(Do<PartPriceAggregate>(price, listed), 0u);
  listed.price.set_price_version(2);
  listed.price.set_list_price_minor(900);
  EXPECT_EQ(Do<PartPriceAggregate>(price, listed), 0u);
  EXPECT_EQ(price.list_price_minor(), 1000);
  listed.price.set_price_version(4);
  EXPECT_EQ(Do<PartPriceAggregate>(price, listed), 1u);
  EXPECT_EQ(price.list_price_minor(), 900);
}

TEST(PartPrice, ChangedPriceKeepsWhatThePartIs) {
  v1::PartPrice price;
  Do<PartPriceAggregate>(price, ListPrice{TestPrice(1000)});
  const ChangeListedPrice change{.part_id = kTestPart,
                                 .currency = "USD",
                                 .list_price_minor = 1100,
                                 .unit_cost_e4 = 500000,
                                 .core_minor = 200,
                                 .price_version = 4};
  const auto events = Decide(price, change);
  ASSERT_TRUE(events.ok());
  ASSERT_THAT(*events, SizeIs(1));
  PartPriceAggregate::Apply(price, (*events)[0]);
  EXPECT_EQ(price.list_price_minor(), 1100);
  EXPECT_EQ(price.unit_cost_e4(), 500000);
  EXPECT_EQ(price.core_minor(), 200);
  EXPECT_EQ(price.brand(), "Ferro");
  EXPECT_EQ(price.description(), "Brake pads, front");
  EXPECT_EQ(price.price_version(), 4u);
}

TEST(KnownCustomer, ErasedStaysErased) {
  v1::KnownCustomer customer;
  EXPECT_EQ((Do<KnownCustomerAggregate>(customer, LearnCustomer{kTestCustomer, false})), 1u);
  EXPECT_EQ((Do<KnownCustomerAggregate>(customer, LearnCustomer{kTestCustomer, false})), 0u);
  EXPECT_EQ((Do<KnownCustomerAggregate>(customer, LearnCustomer{kTestCustomer, true})), 1u);
  EXPECT_EQ((Do<KnownCustomerAggregate>(customer, LearnCustomer{kTestCustomer, false})), 0u);
  EXPECT_TRUE(customer.erased());
}

}  // namespace
}  // namespace pitlane::ticket
