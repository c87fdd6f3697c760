#include "services/inventory/domain/validation.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "libs/base/card_number.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "pitlane/inventory/v1/inventory_service.pb.h"

namespace pitlane::inventory {
namespace {

// How many bytes the UTF-8 character at the front of `text` takes; 0 when it is none. Overlong
// forms, surrogates and what lies beyond U+10FFFF are none (RFC 3629).
size_t Utf8Length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto follows = [&](size_t i, unsigned char low, unsigned char high) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return follows(1, 0x80, 0xBF) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const unsigned char low = lead == 0xE0 ? 0xA0 : 0x80;
    const unsigned char high = lead == 0xED ? 0x9F : 0xBF;
    return follows(1, low, high) && follows(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const unsigned char low = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned char high = lead == 0xF4 ? 0x8F : 0xBF;
    return follows(1, low, high) && follows(2, 0x80, 0xBF) && follows(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

bool IsPlainText(std::string_view text) {
  while (!text.empty()) {
    const size_t length = Utf8Length(text);
    if (length == 0 || absl::ascii_iscntrl(static_cast<unsigned char>(text[0]))) return false;
    text.remove_prefix(length);
  }
  return true;
}

absl::Status CheckRange(v1::ErrorReason reason, std::string_view field, int64_t value,
                        int64_t least, int64_t most, std::string_view unit) {
  if (value >= least && value <= most) return absl::OkStatus();
  return rpc::Invalid(reason, field,
                      absl::StrCat(ToAbsl(field), " is ", value, "; send ", least, " to ", most,
                                   " ", ToAbsl(unit)));
}

}  // namespace

absl::Status CheckText(std::string_view field, std::string_view text, size_t max_bytes) {
  if (text.size() > max_bytes) {
    return rpc::Invalid(
        v1::TEXT_INVALID, field,
        absl::StrCat(ToAbsl(field), " is ", text.size(), " bytes long; send at most ", max_bytes));
  }
  if (!IsPlainText(text)) {
    return rpc::Invalid(v1::TEXT_INVALID, field,
                        absl::StrCat(ToAbsl(field), " must be UTF-8 without control characters"));
  }
  return absl::OkStatus();
}

absl::Status CheckTypedText(std::string_view field, std::string_view text, size_t max_bytes) {
  if (LooksLikeCardNumber(text)) {
    return rpc::Invalid(v1::TEXT_INVALID, field,
                        absl::StrCat(ToAbsl(field), " must not hold a card number"));
  }
  return CheckText(field, text, max_bytes);
}

absl::Status CheckAmount(std::string_view field, int64_t amount) {
  return CheckRange(v1::AMOUNT_OUT_OF_RANGE, field, amount, 0, kMaxAmount, "units");
}

absl::Status CheckQuantity(std::string_view field, int64_t quantity_milli) {
  return CheckRange(v1::QUANTITY_OUT_OF_RANGE, field, quantity_milli, 1, kMaxQuantityMilli,
                    "thousandths");
}

absl::Status CheckQuantityOrZero(std::string_view field, int64_t quantity_milli) {
  return CheckRange(v1::QUANTITY_OUT_OF_RANGE, field, quantity_milli, 0, kMaxQuantityMilli,
                    "thousandths");
}

absl::Status TooLarge(const absl::Status& arithmetic, std::string_view what) {
  if (!absl::IsOutOfRange(arithmetic)) return arithmetic;
  return rpc::Refused(v1::VALUE_TOO_LARGE,
                      absl::StrCat("the stock of ", ToAbsl(what),
                                   " would no longer fit in 64 bits; correct quantity or cost"));
}

}  // namespace pitlane::inventory
