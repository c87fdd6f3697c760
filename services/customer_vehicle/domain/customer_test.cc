#include "services/customer_vehicle/domain/customer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "libs/testing/given.h"
#include "pitlane/customer_vehicle/v1/customer_vehicle_service.pb.h"

namespace pitlane::customer_vehicle {
namespace {

using ::testing::ElementsAre;
using testing::EqualsProto;
using testing::EventIs;
using testing::Given;
using ::testing::IsEmpty;

using Event = v1::CustomerVehicleEvent;
using State = v1::CustomerState;

constexpr char kId[] = "cus_1";

v1::Sealed Sealed(const char* text) {
  v1::Sealed sealed;
  sealed.set_subject_id(kId);
  sealed.set_ciphertext(text);
  return sealed;
}

Event Registered() {
  Event event;
  event.mutable_meta()->mutable_recorded_at()->set_seconds(5);
  event.mutable_customer_registered()->set_customer_id(kId);
  *event.mutable_customer_registered()->mutable_personal() = Sealed("maria");
  return event;
}

Event Erased() {
  Event event;
  event.mutable_subject_erased()->set_customer_id(kId);
  return event;
}

Event Noted() {
  Event event;
  event.mutable_meta()->mutable_actor()->set_subject("usr_1");
  event.mutable_meta()->mutable_recorded_at()->set_seconds(6);
  event.mutable_note_added()->set_customer_id(kId);
  *event.mutable_note_added()->mutable_text() = Sealed("note");
  return event;
}

template <class Command>
auto Deciding(const Command& command) {
  return [command](const State& state) { return Decide(state, command); };
}

v1::VisitCounted Visit(const char* ticket_id, int64_t day, int64_t minor,
                       const char* currency = "USD") {
  v1::VisitCounted visit;
  visit.set_customer_id(kId);
  visit.set_ticket_id(ticket_id);
  visit.mutable_closed_at()->set_seconds(day * 86400);
  visit.mutable_total()->set_amount_minor(minor);
  visit.mutable_total()->set_currency(currency);
  return visit;
}

TEST(RegisterCustomer, NewIdThenRegisteredWithPreferences) {
  v1::Preferences preferences;
  preferences.set_language("en-US");
  Given<CustomerAggregate>()
      .When(Deciding(RegisterCustomer{kId, Sealed("maria"), preferences}))
      .ThenEvents(ElementsAre(EventIs(R"pb(customer_registered {
                                             customer_id: "cus_1"
                                             personal { subject_id: "cus_1" ciphertext: "maria" }
                                           })pb"),
                              EventIs(R"pb(preferences_set {
                                             customer_id: "cus_1"
                                             preferences { language: "en-US" }
                                           })pb")))
      .ThenState(EqualsProto(R"pb(customer_id: "cus_1"
                                  personal { subject_id: "cus_1" ciphertext: "maria" }
                                  preferences { language: "en-US" }
                                  registered_at {}
                                  version: 2)pb"));
}

TEST(RegisterCustomer, IdTakenThenRefused) {
  Given<CustomerAggregate>({Registered()})
      .When(Deciding(RegisterCustomer{kId, Sealed("other"), std::nullopt}))
      .ThenRefused(absl::StatusCode::kAlreadyExists, v1::CUSTOMER_EXISTS);
  Given<CustomerAggregate>({Registered(), Erased()})
      .When(Deciding(RegisterCustomer{kId, Sealed("other"), std::nullopt}))
      .ThenRefused(v1::CUSTOMER_EXISTS);
}

TEST(UpdateCustomer, NewDataThenItReplacesTheOld) {
  Given<CustomerAggregate>({Registered()})
      .When(Deciding(UpdateCustomer{kId, Sealed("maria b")}))
      .ThenEvents(ElementsAre(EventIs(R"pb(customer_updated {
                                             customer_id: "cus_1"
                                             personal { subject_id: "cus_1" ciphertext: "maria b" }
                                           })pb")))
      .ThenState(EqualsProto(R"pb(customer_id: "cus_1"
                                  personal { subject_id: "cus_1" ciphertext: "maria b" }
                                  registered_at { seconds: 5 }
                                  version: 2)pb"));
}

TEST(CustomerCommands, UnknownCustomerThenAllRefused) {
  const Given<CustomerAggregate> given;
  given.When(Deciding(UpdateCustomer{kId, Sealed("x")}))
      .ThenRefused(absl::StatusCode::kNotFound, v1::CUSTOMER_UNKNOWN);
  given.When(Deciding(AddNote{kId, Sealed("x")})).ThenRefused(v1::CUSTOMER_UNKNOWN);
  given.When(Deciding(SetPreferences{kId, {}})).ThenRefused(v1::CUSTOMER_UNKNOWN);
  given.When(Deciding(EraseCustomer{kId})).ThenRefused(v1::CUSTOMER_UNKNOWN);
  const v1::VisitCounted visit = Visit("tkt_1", 1, 100);
  given.When(Deciding(LearnFromVisit{visit})).ThenRefused(v1::CUSTOMER_UNKNOWN);
}

TEST(CustomerCommands, ErasedCustomerThenAllRefused) {
  const Given<CustomerAggregate> given({Registered(), Erased()});
  given.When(Deciding(UpdateCustomer{kId, Sealed("x")}))
      .ThenRefused(absl::StatusCode::kFailedPrecondition, v1::CUSTOMER_ERASED);
  given.When(Deciding(AddNote{kId, Sealed("x")})).ThenRefused(v1::CUSTOMER_ERASED);
  given.When(Deciding(SetPreferences{kId, {}})).ThenRefused(v1::CUSTOMER_ERASED);
  given.When(Deciding(EraseCustomer{kId})).ThenRefused(v1::CUSTOMER_ERASED);
}

TEST(AddNote, RoomThenWrittenByWhomAndWhen) {
  EXPECT_THAT(Given<CustomerAggregate>({Registered(), Noted()}).state().notes(0),
              EqualsProto(R"pb(text { subject_id: "cus_1" ciphertext: "note" }
                               author: "usr_1"
                               written_at { seconds: 6 })pb"));
}

TEST(AddNote, FiveHundredNotesThenRefused) {
  std::vector<Event> events(kMaxNotes, Noted());
  events.insert(events.begin(), Registered());
  Given<CustomerAggregate>(events)
      .When(Deciding(AddNote{kId, Sealed("one more")}))
      .ThenRefused(absl::StatusCode::kFailedPrecondition, v1::TOO_MANY_NOTES);
  events.pop_back();
  Given<CustomerAggregate>(events)
      .When(Deciding(AddNote{kId, Sealed("the last")}))
      .ThenEvents(::testing::SizeIs(1));
}

TEST(SetPreferences, SameAsBeforeThenNothing) {
  v1::Preferences preferences;
  preferences.set_contact_channel("sms");
  Event set;
  *set.mutable_preferences_set()->mutable_preferences() = preferences;
  const Given<CustomerAggregate> given({Registered(), set});
  given.When(Deciding(SetPreferences{kId, preferences})).ThenEvents(IsEmpty());
  given.When(Deciding(SetPreferences{kId, {}})).ThenEvents(::testing::SizeIs(1));
}

TEST(EraseCustomer, PersonThenOnlyWhatNamesNobodyStays) {
  Event profile;
  profile.mutable_profile_updated()->mutable_profile()->set_visits(3);
  Event preferences;
  preferences.mutable_preferences_set()->mutable_preferences()->set_language("de");
  Given<CustomerAggregate>({Registered(), Noted(), preferences, profile})
      .When(Deciding(EraseCustomer{kId}))
      .ThenEvents(ElementsAre(EventIs(R"pb(subject_erased { customer_id: "cus_1" })pb")))
      .ThenState(EqualsProto(R"pb(customer_id: "cus_1"
                                  profile { visits: 3 }
                                  erased: true
                                  registered_at { seconds: 5 }
                                  version: 5)pb"));
}

TEST(LearnFromVisit, ErasedCustomerThenStillCounted) {
  const v1::VisitCounted visit = Visit("tkt_1", 1, 100);
  Given<CustomerAggregate>({Registered(), Erased()})
      .When(Deciding(LearnFromVisit{visit}))
      .ThenEvents(ElementsAre(EventIs(R"pb(profile_updated {
                                             customer_id: "cus_1"
                                             ticket_id: "tkt_1"
                                             profile {
                                               visits: 1
                                               spend { amount_minor: 100 currency: "USD" }
                                               last_visit { seconds: 86400 }
                                               first_visit { seconds: 86400 }
                                             }
                                           })pb")));
}

TEST(WithVisit, VisitsInAnyOrderThenTheSameProfile) {
  const std::vector<v1::VisitCounted> visits = {Visit("a", 10, 100), Visit("b", 40, 250),
                                                Visit("c", 17, -50, "EUR")};
  std::vector<size_t> order = {0, 1, 2};
  do {
    v1::Profile profile;
    for (const size_t i : order) profile = WithVisit(profile, visits[i]);
    EXPECT_THAT(profile, EqualsProto(R"pb(visits: 3
                                          spend { amount_minor: -50 currency: "EUR" }
                                          spend { amount_minor: 350 currency: "USD" }
                                          last_visit { seconds: 3456000 }
                                          first_visit { seconds: 864000 }
                                          average_gap_days_centi: 1500)pb"));
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(WithVisit, GapThatIsNoWholeDayThenHundredthsRounded) {
  v1::Profile profile = WithVisit({}, Visit("a", 0, 0));
  EXPECT_EQ(profile.average_gap_days_centi(), 0) << "no gap before the second visit";
  profile = WithVisit(profile, Visit("b", 1, 0));
  profile = WithVisit(profile, Visit("c", 2, 0));
  profile = WithVisit(profile, Visit("d", 5, 0));
  EXPECT_EQ(profile.average_gap_days_centi(), 167) << "5 days in 3 gaps";
}

TEST(WithVisit, SumTooLargeThenItStaysAtTheLargest) {
  v1::Profile profile = WithVisit({}, Visit("a", 0, std::numeric_limits<int64_t>::max()));
  profile = WithVisit(profile, Visit("b", 0, 1));
  EXPECT_EQ(profile.spend(0).amount_minor(), std::numeric_limits<int64_t>::max());
}

}  // namespace
}  // namespace pitlane::customer_vehicle
