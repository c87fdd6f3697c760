// What people and vehicles are found by. Pure functions; safe from any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "pitlane/customer_vehicle/v1/types.pb.h"

namespace pitlane::customer_vehicle {

// Name words are indexed by their beginnings of 2 to 6 characters, phones by their last 4 and 7
// digits; what a query says beyond that is compared when the customer has been read.
inline constexpr size_t kShortestPrefix = 2;
inline constexpr size_t kLongestPrefix = 6;
inline constexpr size_t kShortPhoneEnd = 4;
inline constexpr size_t kLongPhoneEnd = 7;

// Lower case (ASCII and Latin-1 letters), split at everything in ASCII that is no letter or digit;
// in order, each once.
std::vector<std::string> WordsOf(std::string_view text);
// Words of given name, family name and company.
std::vector<std::string> NameWords(const v1::PersonalData& personal);

// UTF-8 characters in well-formed text.
size_t CountCharacters(std::string_view text);
// The first `count` characters.
std::string FirstCharacters(std::string_view text, size_t count);

std::string DigitsOf(std::string_view text);
// Digits to compare the ends of: a long number is searched without the zeros it is dialled with.
std::string PhoneQuery(std::string_view text);
std::string FoldEmail(std::string_view email);

// Plates, unit numbers: ASCII letters in upper case, without blanks, dashes and full stops.
std::string FoldPlate(std::string_view text);

// Whether each query word begins some word of the name.
bool NameMatches(const v1::PersonalData& personal, const std::vector<std::string>& query_words);
// Whether some phone ends with these digits.
bool PhoneMatches(const v1::PersonalData& personal, std::string_view digits);
bool EmailMatches(const v1::PersonalData& personal, std::string_view folded);

// One thing that the index knows a customer by: 'n' name beginning, 'p' phone end, 'e' e-mail.
struct SearchTerm {
  char kind;
  std::string text;
  friend bool operator==(const SearchTerm&, const SearchTerm&) = default;
};
// All terms of a person, each once, in a fixed order.
std::vector<SearchTerm> SearchTermsOf(const v1::PersonalData& personal);
// The term under which to look for a query. `words` must have one of kShortestPrefix characters,
// `digits` kShortPhoneEnd digits.
SearchTerm TermForName(const std::vector<std::string>& words);
SearchTerm TermForPhone(std::string_view digits);
SearchTerm TermForEmail(std::string_view folded);

}  // namespace pitlane::customer_vehicle
