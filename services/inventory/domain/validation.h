// The shape of what callers send: limits that hold whatever the state. Each answers
// INVALID_ARGUMENT with the reason, the field and what would be right. Pure functions; safe from
// any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/status/status.h"

namespace pitlane::inventory {

inline constexpr int64_t kMaxQuantityMilli = 1'000'000'000'000;
inline constexpr int64_t kMaxAmount = 1'000'000'000'000;

inline constexpr size_t kMaxNumberBytes = 64;
inline constexpr size_t kMaxBrandBytes = 64;
inline constexpr size_t kMaxDescriptionBytes = 500;
inline constexpr size_t kMaxCategoryBytes = 64;
inline constexpr size_t kMaxUnitBytes = 16;
inline constexpr size_t kMaxSupplierNameBytes = 200;
inline constexpr size_t kMaxReasonBytes = 200;
inline constexpr size_t kMaxNoteBytes = 500;
inline constexpr int kMaxReorderRules = 100;

// TEXT_INVALID unless UTF-8 without control characters, at most `max_bytes` long.
absl::Status CheckText(std::string_view field, std::string_view text, size_t max_bytes);
// As CheckText, for what a person types: TEXT_INVALID also for what looks like a card number.
absl::Status CheckTypedText(std::string_view field, std::string_view text, size_t max_bytes);
// AMOUNT_OUT_OF_RANGE unless 0 … kMaxAmount: prices in minor units, unit costs in 1/10 000.
absl::Status CheckAmount(std::string_view field, int64_t amount);
// QUANTITY_OUT_OF_RANGE unless 1 … kMaxQuantityMilli.
absl::Status CheckQuantity(std::string_view field, int64_t quantity_milli);
// QUANTITY_OUT_OF_RANGE unless 0 … kMaxQuantityMilli.
absl::Status CheckQuantityOrZero(std::string_view field, int64_t quantity_milli);

// What a sum that does not fit in 64 bits means here: FAILED_PRECONDITION with VALUE_TOO_LARGE.
// Other errors are passed through.
absl::Status TooLarge(const absl::Status& arithmetic, std::string_view what);

}  // namespace pitlane::inventory
