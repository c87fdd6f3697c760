// Limits and shapes that requests about lines and about the menu have in common. Pure functions;
// safe from any thread.
#pragma once

#include <cstdint>
#include <string>

#include "pitlane/ticket/v1/types.pb.h"
#include "services/ticket/api/shape.h"

namespace pitlane::ticket {

inline constexpr size_t kMaxCodeBytes = 64;
inline constexpr size_t kMaxNameBytes = 200;
inline constexpr size_t kMaxWordsBytes = 500;
inline constexpr int64_t kMaxMinor = 100'000'000'000;
inline constexpr int64_t kMaxMilli = 1'000'000'000;
inline constexpr int64_t kMaxHoursCenti = 100'000;
inline constexpr int64_t kMaxRimTenths = 1000;
inline constexpr int64_t kMaxMultiplierPpm = 100'000'000;

// Amounts and bounds of a fee, and a category that fees can have.
void CheckFeeRule(const std::string& field, const v1::FeeRule& fee, Shape& shape);
void CheckFeeCategory(const std::string& field, v1::TaxCategory category, Shape& shape);
// 1 to 64 of A-Z a-z 0-9 _ - and full stop.
void CheckCode(const std::string& field, const std::string& code, Shape& shape);

}  // namespace pitlane::ticket
