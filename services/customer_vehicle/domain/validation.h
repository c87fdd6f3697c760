// The shape of what callers send: limits that hold whatever the state. INVALID_ARGUMENT naming the
// field, never what stands in it. Pure functions; safe from any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "pitlane/customer_vehicle/v1/types.pb.h"

namespace pitlane::customer_vehicle {

inline constexpr size_t kMaxNameBytes = 200;
inline constexpr size_t kMaxAddressBytes = 500;
inline constexpr size_t kMaxNoteCharacters = 2000;
inline constexpr int kMaxContacts = 10;
inline constexpr size_t kMaxVehicleTextBytes = 100;

// Text without control characters, at most `max_bytes`, nothing that looks like a card number.
// `lines`: line feeds are allowed.
absl::Status CheckText(std::string_view field, std::string_view text, size_t max_bytes,
                       bool lines = false);
// A family name or a company, well-formed phones (4 to 15 digits; digits, blanks, + ( ) - . /) and
// e-mails.
absl::Status CheckPersonal(const v1::PersonalData& personal);
absl::Status CheckPreferences(const v1::Preferences& preferences);
absl::Status CheckNote(std::string_view text);
// A calendar day, YYYY-MM-DD.
absl::Status CheckDate(std::string_view field, std::string_view date);
// 0 … kMaxOdometer, a unit, a short source. read_at may be absent.
absl::Status CheckReadingShape(std::string_view field, const v1::OdometerReading& reading);
// Texts and year of a vehicle; that something identifies it.
absl::Status CheckVehicleTexts(const v1::Vehicle& vehicle);

// Without blanks around every text, empty phones and e-mails left out.
v1::PersonalData Trimmed(const v1::PersonalData& personal);
std::string Trimmed(std::string_view text);

}  // namespace pitlane::customer_vehicle
