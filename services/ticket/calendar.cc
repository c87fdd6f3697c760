#include "services/ticket/calendar.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/rpc/errors.h"

namespace pitlane::ticket {
namespace {

// Abseil also takes paths and its own names; only names of the IANA database are the same
// everywhere.
bool LooksLikeZone(const std::string& name) {
  if (name.empty() || name.size() > 64 || name.front() == '/' || name == "localtime" ||
      absl::StrContains(name, "..") || absl::StartsWith(name, "Fixed/")) {
    return false;
  }
  for (const char c : name) {
    const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    const bool other = (c >= '0' && c <= '9') || c == '/' || c == '_' || c == '-' || c == '+';
    if (!letter && !other) return false;
  }
  return true;
}

}  // namespace

bool IsKnownTimeZone(const std::string& name) {
  absl::TimeZone zone;
  return LooksLikeZone(name) && absl::LoadTimeZone(name, &zone);
}

absl::StatusOr<std::string> DateIn(const std::string& time_zone, absl::Time time) {
  absl::TimeZone zone;
  if (!LooksLikeZone(time_zone) || !absl::LoadTimeZone(time_zone, &zone)) {
    return rpc::Internal(absl::StrCat("this computer has lost the time zone ", time_zone,
                                      "; install its time zone data (tzdata)"));
  }
  return absl::FormatTime("%Y-%m-%d", time, zone);
}

}  // namespace pitlane::ticket
