// Card numbers never enter: what looks like one is refused before it is stored, in any field that a
// person can type into.
#pragma once

#include <string_view>

namespace pitlane {

// True when `text` contains 13 to 19 decimal digits that pass the Luhn check (ISO/IEC 7812-1), as
// people write card numbers: in one go, or in groups with one space, full stop or dash between
// them. The first group has four or six digits and the others three or more, or all have one ("4 2
// 4 2
// ..."), so that lists of other numbers are not taken for a card. Digits around it do not hide it,
// unless they are written without a gap: a longer run of digits is something else. One in ten
// numbers of that length passes by chance; who is refused writes it differently. Pure; safe from
// any thread.
bool LooksLikeCardNumber(std::string_view text);

}  // namespace pitlane
