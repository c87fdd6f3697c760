#include "services/customer_vehicle/domain/validation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/base/status_matchers.h"
#include "libs/rpc/errors.h"
#include "services/customer_vehicle/domain/odometer.h"

namespace pitlane::customer_vehicle {
namespace {

// The field a status names; empty when it is OK.
std::string FieldOf(const absl::Status& status) {
  const auto fields = rpc::FieldViolations(status);
  return fields.empty() ? "" : fields.front().field;
}

v1::PersonalData Named(const char* family_name) {
  v1::PersonalData person;
  person.set_family_name(family_name);
  return person;
}

TEST(CheckPersonal, NameOrCompanyThenOneIsEnough) {
  EXPECT_THAT(CheckPersonal(Named("Example")), IsOk());
  v1::PersonalData company;
  company.set_company("Example Plumbing");
  EXPECT_THAT(CheckPersonal(company), IsOk());
  company.clear_company();
  company.set_given_name("Maria");
  EXPECT_EQ(FieldOf(CheckPersonal(company)), "personal.family_name");
}

TEST(CheckPersonal, MalformedTextThenItsFieldAndNeverItsContent) {
  v1::PersonalData person = Named("Exa\tmple");
  EXPECT_EQ(FieldOf(CheckPersonal(person)), "personal.family_name");
  person = Named(std::string(kMaxNameBytes + 1, 'x').c_str());
  EXPECT_EQ(FieldOf(CheckPersonal(person)), "personal.family_name");
  person = Named("Example");
  person.set_address("1 Main Street\nWichita");
  EXPECT_THAT(CheckPersonal(person), IsOk()) << "an address has lines";
  person.set_given_name("4242 4242 4242 4242");
  const absl::Status card = CheckPersonal(person);
  EXPECT_EQ(FieldOf(card), "personal.given_name");
  EXPECT_EQ(card.message().find("4242"), absl::string_view::npos);
}

TEST(CheckPersonal, PhonesThenFourToFifteenDigits) {
  for (const char* good : {"+1 (316) 555-0100", "0316/555.0100", "1234", "+491512345678901"}) {
    v1::PersonalData person = Named("Example");
    person.add_phones(good);
    EXPECT_THAT(CheckPersonal(person), IsOk()) << good;
  }
  for (const char* bad : {"123", "+1234567890123456", "555-CALL", "4242424242424242", "+"}) {
    v1::PersonalData person = Named("Example");
    person.add_phones("1234");
    person.add_phones(bad);
    EXPECT_EQ(FieldOf(CheckPersonal(person)), "personal.phones[1]") << bad;
  }
}

TEST(CheckPersonal, EmailsThenNameAtHost) {
  for (const char* good : {"a@b.c", "maria.example+shop@mail.example.com"}) {
    v1::PersonalData person = Named("Example");
    person.add_emails(good);
    EXPECT_THAT(CheckPersonal(person), IsOk()) << good;
  }
  for (const char* bad :
       {"maria", "@b.c", "a@b", "a@.c", "a@b.", "a b@c.d", "a@b@c.d", "a,b@c.d"}) {
    v1::PersonalData person = Named("Example");
    person.add_emails(bad);
    EXPECT_EQ(FieldOf(CheckPersonal(person)), "personal.emails[0]") << bad;
  }
}

TEST(CheckPersonal, TooManyContactsThenInvalid) {
  v1::PersonalData person = Named("Example");
  for (int i = 0; i <= kMaxContacts; ++i) person.add_phones("1234");
  EXPECT_EQ(FieldOf(CheckPersonal(person)), "personal.phones");
}

TEST(CheckPreferences, UnknownChannelOrLanguageThenInvalid) {
  v1::Preferences preferences;
  EXPECT_THAT(CheckPreferences(preferences), IsOk());
  preferences.set_contact_channel("sms");
  preferences.set_language("de-CH-1996");
  EXPECT_THAT(CheckPreferences(preferences), IsOk());
  preferences.set_language("German please");
  EXPECT_EQ(FieldOf(CheckPreferences(preferences)), "preferences.language");
  preferences.set_contact_channel("pigeon");
  EXPECT_EQ(FieldOf(CheckPreferences(preferences)), "preferences.contact_channel");
}

TEST(CheckNote, EmptyLongOrCardNumberThenInvalid) {
  EXPECT_THAT(CheckNote("Call before ten.\nSide gate."), IsOk());
  std::string umlauts;
  for (size_t i = 0; i < kMaxNoteCharacters; ++i) umlauts += "ä";
  EXPECT_THAT(CheckNote(umlauts), IsOk());
  EXPECT_EQ(FieldOf(CheckNote(umlauts + "ä")), "text");
  EXPECT_EQ(FieldOf(CheckNote(" \n")), "text");
  EXPECT_EQ(FieldOf(CheckNote("card 4242424242424242")), "text");
}

TEST(CheckDate, CalendarDayThenOk) {
  EXPECT_THAT(CheckDate("from_date", "2024-02-29"), IsOk());
  for (const char* bad : {"2023-02-29", "2024-2-29", "29.02.2024", "", "2024-02-29T00"}) {
    EXPECT_EQ(FieldOf(CheckDate("from_date", bad)), "from_date") << bad;
  }
}

TEST(CheckReadingShape, OutOfRangeThenItsField) {
  v1::OdometerReading good;
  good.set_value(5);
  good.set_unit(v1::ODOMETER_UNIT_MILES);
  EXPECT_THAT(CheckReadingShape("reading", good), IsOk());
  const auto field_after = [&](auto change) {
    v1::OdometerReading bad = good;
    change(bad);
    return FieldOf(CheckReadingShape("reading", bad));
  };
  EXPECT_EQ(field_after([](auto& r) { r.set_value(-1); }), "reading.value");
  EXPECT_EQ(field_after([](auto& r) { r.set_value(kMaxOdometer + 1); }), "reading.value");
  EXPECT_EQ(field_after([](auto& r) { r.clear_unit(); }), "reading.unit");
  EXPECT_EQ(field_after([](auto& r) { r.set_reason(static_cast<v1::OdometerReason>(77)); }),
            "reading.reason");
  EXPECT_EQ(field_after([](auto& r) { r.mutable_read_at()->set_seconds(-5); }), "reading.read_at");
  EXPECT_EQ(field_after([](auto& r) { r.set_ticket_id("tkt_1"); }), "reading.ticket_id");
  EXPECT_EQ(field_after([](auto& r) { r.set_warning("x"); }), "reading.warning");
  EXPECT_EQ(field_after([](auto& r) { r.set_source("4242424242424242"); }), "reading.source");
}

TEST(CheckVehicleTexts, YearOrTextOutOfRangeThenItsField) {
  v1::Vehicle vehicle;
  vehicle.set_year(1886);
  EXPECT_THAT(CheckVehicleTexts(vehicle), IsOk());
  vehicle.set_year(1885);
  EXPECT_EQ(FieldOf(CheckVehicleTexts(vehicle)), "year");
  vehicle.set_make(std::string(kMaxVehicleTextBytes + 1, 'x'));
  EXPECT_EQ(FieldOf(CheckVehicleTexts(vehicle)), "make");
}

TEST(Trimmed, BlanksAndEmptyContactsThenGone) {
  v1::PersonalData person = Named(" Example ");
  person.add_phones(" ");
  person.add_emails(" a@b.c ");
  const v1::PersonalData trimmed = Trimmed(person);
  EXPECT_EQ(trimmed.family_name(), "Example");
  EXPECT_EQ(trimmed.phones_size(), 0);
  EXPECT_EQ(trimmed.emails(0), "a@b.c");
}

}  // namespace
}  // namespace pitlane::customer_vehicle
