#include "services/customer_vehicle/domain/validation.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "libs/base/card_number.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "services/customer_vehicle/domain/odometer.h"
#include "services/customer_vehicle/domain/search_words.h"

namespace pitlane::customer_vehicle {
namespace {

constexpr size_t kMinPhoneDigits = 4;
constexpr size_t kMaxPhoneDigits = 15;  // ITU-T E.164
constexpr size_t kMaxEmailBytes = 254;  // RFC 5321
constexpr size_t kMaxLanguageBytes = 35;
constexpr int kFirstYear = 1886;
constexpr int kLastYear = 2100;

bool IsControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

std::string Element(const char* field, int index) { return absl::StrCat(field, "[", index, "]"); }

absl::Status CheckPhone(std::string_view field, std::string_view phone) {
  constexpr std::string_view kAllowed = "0123456789 +()-./";
  const size_t digits = DigitsOf(phone).size();
  if (phone.find_first_not_of(kAllowed) != std::string_view::npos || digits < kMinPhoneDigits ||
      digits > kMaxPhoneDigits) {
    return rpc::Invalid(
        field, absl::StrCat(ToAbsl(field), " must have 4 to 15 digits, like ", "+1 316 555 0100"));
  }
  // No card number begins with a plus.
  if (phone.front() != '+' && LooksLikeCardNumber(phone)) {
    return rpc::Invalid(field, absl::StrCat(ToAbsl(field), " looks like a card number"));
  }
  return absl::OkStatus();
}

bool IsEmail(std::string_view email) {
  const size_t at = email.find('@');
  if (at == std::string_view::npos || at == 0 || email.size() > kMaxEmailBytes) return false;
  const std::string_view host = email.substr(at + 1);
  const bool plain = std::none_of(email.begin(), email.end(),
                                  [](char c) { return IsControl(c) || c == ' ' || c == ','; });
  return plain && host.find('@') == std::string_view::npos && host.find('.') != 0 &&
         host.find('.') != std::string_view::npos && host.back() != '.';
}

absl::Status CheckContacts(const v1::PersonalData& personal) {
  if (personal.phones_size() > kMaxContacts || personal.emails_size() > kMaxContacts) {
    return rpc::Invalid(
        personal.phones_size() > kMaxContacts ? "personal.phones" : "personal.emails",
        absl::StrCat("at most ", kMaxContacts, " of each"));
  }
  for (int i = 0; i < personal.phones_size(); ++i) {
    RETURN_IF_ERROR(CheckPhone(Element("personal.phones", i), personal.phones(i)));
  }
  for (int i = 0; i < personal.emails_size(); ++i) {
    const std::string field = Element("personal.emails", i);
    RETURN_IF_ERROR(CheckText(field, personal.emails(i), kMaxEmailBytes));
    if (!IsEmail(personal.emails(i))) {
      return rpc::Invalid(field, absl::StrCat(field, " must be like name@example.com"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckText(std::string_view field, std::string_view text, size_t max_bytes,
                       bool lines) {
  if (text.size() > max_bytes) {
    return rpc::Invalid(field,
                        absl::StrCat(ToAbsl(field), " may have at most ", max_bytes, " bytes"));
  }
  const bool controls = std::any_of(
      text.begin(), text.end(), [lines](char c) { return IsControl(c) && !(lines && c == '\n'); });
  // What is not UTF-8 has not come so far: Protocol Buffers refuse it.
  if (controls) {
    return rpc::Invalid(field,
                        absl::StrCat(ToAbsl(field), " must be text without control characters"));
  }
  if (LooksLikeCardNumber(text)) {
    return rpc::Invalid(field, absl::StrCat(ToAbsl(field), " looks like it has a card number"));
  }
  return absl::OkStatus();
}

absl::Status CheckPersonal(const v1::PersonalData& personal) {
  if (personal.family_name().empty() && personal.company().empty()) {
    return rpc::Invalid("personal.family_name", "send a family name or a company");
  }
  RETURN_IF_ERROR(CheckText("personal.given_name", personal.given_name(), kMaxNameBytes));
  RETURN_IF_ERROR(CheckText("personal.family_name", personal.family_name(), kMaxNameBytes));
  RETURN_IF_ERROR(CheckText("personal.company", personal.company(), kMaxNameBytes));
  RETURN_IF_ERROR(CheckText("personal.address", personal.address(), kMaxAddressBytes, true));
  return CheckContacts(personal);
}

absl::Status CheckPreferences(const v1::Preferences& preferences) {
  const std::string& channel = preferences.contact_channel();
  if (!channel.empty() && channel != "phone" && channel != "sms" && channel != "email") {
    return rpc::Invalid("preferences.contact_channel", "must be phone, sms, email or empty");
  }
  const std::string& language = preferences.language();
  const bool tag = std::all_of(language.begin(), language.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-';
  });
  if (!tag || language.size() > kMaxLanguageBytes) {
    return rpc::Invalid("preferences.language", "must be a language tag like en-US");
  }
  return absl::OkStatus();
}

absl::Status CheckNote(std::string_view text) {
  if (Trimmed(text).empty()) return rpc::Invalid("text", "text is required");
  if (CountCharacters(text) > kMaxNoteCharacters) {
    return rpc::Invalid("text",
                        absl::StrCat("text may have at most ", kMaxNoteCharacters, " characters"));
  }
  return CheckText("text", text, 4 * kMaxNoteCharacters, true);
}

absl::Status CheckDate(std::string_view field, std::string_view date) {
  absl::CivilDay day;
  if (date.size() == 10 && absl::ParseCivilTime(ToAbsl(date), &day) &&
      absl::FormatCivilTime(day) == ToAbsl(date)) {
    return absl::OkStatus();
  }
  return rpc::Invalid(field, absl::StrCat(ToAbsl(field), " must be a date, YYYY-MM-DD"));
}

absl::Status CheckReadingShape(std::string_view field, const v1::OdometerReading& reading) {
  const auto path = [field](const char* name) { return absl::StrCat(ToAbsl(field), ".", name); };
  if (reading.value() < 0 || reading.value() > kMaxOdometer) {
    return rpc::Invalid(path("value"), absl::StrCat("must be 0 to ", kMaxOdometer));
  }
  if (reading.unit() != v1::ODOMETER_UNIT_MILES && reading.unit() != v1::ODOMETER_UNIT_KILOMETRES) {
    return rpc::Invalid(path("unit"), "say whether these are miles or kilometres");
  }
  if (!v1::OdometerReason_IsValid(reading.reason())) {
    return rpc::Invalid(path("reason"), "is no reason known here");
  }
  if (reading.read_at().nanos() < 0 || reading.read_at().nanos() > 999'999'999 ||
      reading.read_at().seconds() < 0) {
    return rpc::Invalid(path("read_at"), "must be a time since 1970");
  }
  if (!reading.ticket_id().empty() || !reading.warning().empty()) {
    return rpc::Invalid(path(reading.warning().empty() ? "ticket_id" : "warning"),
                        "is not the caller's to set");
  }
  return CheckText(path("source"), reading.source(), kMaxVehicleTextBytes);
}

absl::Status CheckVehicleTexts(const v1::Vehicle& vehicle) {
  const std::pair<const char*, const std::string*> texts[] = {
      {"chassis_number", &vehicle.chassis_number()},
      {"make", &vehicle.make()},
      {"model", &vehicle.model()},
      {"plate.number", &vehicle.plate().number()},
      {"plate.region", &vehicle.plate().region()},
      {"unit_number", &vehicle.unit_number()}};
  for (const auto& [field, text] : texts) {
    RETURN_IF_ERROR(CheckText(field, *text, kMaxVehicleTextBytes));
  }
  const int year = vehicle.year();
  if (year != 0 && (year < kFirstYear || year > kLastYear)) {
    return rpc::Invalid("year", absl::StrCat("must be ", kFirstYear, " to ", kLastYear, ", or 0"));
  }
  return absl::OkStatus();
}

std::string Trimmed(std::string_view text) {
  return std::string(absl::StripAsciiWhitespace(ToAbsl(text)));
}

v1::PersonalData Trimmed(const v1::PersonalData& personal) {
  v1::PersonalData trimmed;
  trimmed.set_given_name(Trimmed(personal.given_name()));
  trimmed.set_family_name(Trimmed(personal.family_name()));
  trimmed.set_company(Trimmed(personal.company()));
  trimmed.set_address(Trimmed(personal.address()));
  for (const std::string& phone : personal.phones()) {
    if (std::string text = Trimmed(phone); !text.empty()) trimmed.add_phones(std::move(text));
  }
  for (const std::string& email : personal.emails()) {
    if (std::string text = Trimmed(email); !text.empty()) trimmed.add_emails(std::move(text));
  }
  return trimmed;
}

}  // namespace pitlane::customer_vehicle
