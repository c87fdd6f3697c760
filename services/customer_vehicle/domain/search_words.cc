#include "services/customer_vehicle/domain/search_words.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "libs/base/text.h"

namespace pitlane::customer_vehicle {
namespace {

constexpr size_t kMaxWords = 16;
constexpr size_t kLongNumber = 8;

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// Ä … Þ are C3 84 … C3 9E in UTF-8, their small letters 20 higher; C3 97 is ×.
std::string LowerCase(std::string_view text) {
  std::string lower = absl::AsciiStrToLower(ToAbsl(text));
  for (size_t i = 1; i < lower.size(); ++i) {
    const auto byte = static_cast<unsigned char>(lower[i]);
    const bool capital = static_cast<unsigned char>(lower[i - 1]) == 0xc3 && byte >= 0x80 &&
                         byte <= 0x9e && byte != 0x97;
    if (capital) lower[i] = static_cast<char>(byte + 0x20);
  }
  return lower;
}

bool IsWordByte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || absl::ascii_isalnum(byte);
}

void AddOnce(std::string word, std::vector<std::string>& words) {
  if (word.empty() || words.size() >= kMaxWords) return;
  if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(std::move(word));
}

void AddOnce(SearchTerm term, std::vector<SearchTerm>& terms) {
  if (std::find(terms.begin(), terms.end(), term) == terms.end()) terms.push_back(std::move(term));
}

}  // namespace

std::vector<std::string> WordsOf(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : LowerCase(text)) {
    if (IsWordByte(c)) {
      word.push_back(c);
    } else {
      AddOnce(std::exchange(word, {}), words);
    }
  }
  AddOnce(std::move(word), words);
  return words;
}

std::vector<std::string> NameWords(const v1::PersonalData& personal) {
  return WordsOf(personal.given_name() + " " + personal.family_name() + " " + personal.company());
}

size_t CountCharacters(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !IsContinuation(c); }));
}

std::string FirstCharacters(std::string_view text, size_t count) {
  size_t end = 0;
  for (size_t characters = 0; end < text.size(); ++end) {
    if (!IsContinuation(text[end]) && characters++ == count) break;
  }
  return std::string(text.substr(0, end));
}

std::string DigitsOf(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c >= '0' && c <= '9') digits.push_back(c);
  }
  return digits;
}

std::string PhoneQuery(std::string_view text) {
  std::string digits = DigitsOf(text);
  if (digits.size() >= kLongNumber) {
    const size_t first = std::min(digits.find_first_not_of('0'), digits.size() - kShortPhoneEnd);
    digits.erase(0, first);
  }
  return digits;
}

std::string FoldEmail(std::string_view email) {
  return LowerCase(ToStd(absl::StripAsciiWhitespace(ToAbsl(email))));
}

std::string FoldPlate(std::string_view text) {
  std::string folded;
  for (const char c : text) {
    if (c == ' ' || c == '-' || c == '.') continue;
    folded.push_back(absl::ascii_toupper(static_cast<unsigned char>(c)));
  }
  return folded;
}

bool NameMatches(const v1::PersonalData& personal, const std::vector<std::string>& query_words) {
  const std::vector<std::string> words = NameWords(personal);
  return std::all_of(query_words.begin(), query_words.end(), [&](const std::string& query) {
    return std::any_of(words.begin(), words.end(),
                       [&](const std::string& word) { return word.starts_with(query); });
  });
}

bool PhoneMatches(const v1::PersonalData& personal, std::string_view digits) {
  return std::any_of(personal.phones().begin(), personal.phones().end(),
                     [&](const std::string& phone) { return DigitsOf(phone).ends_with(digits); });
}

bool EmailMatches(const v1::PersonalData& personal, std::string_view folded) {
  return std::any_of(personal.emails().begin(), personal.emails().end(),
                     [&](const std::string& email) { return FoldEmail(email) == folded; });
}

std::vector<SearchTerm> SearchTermsOf(const v1::PersonalData& personal) {
  std::vector<SearchTerm> terms;
  for (const std::string& word : NameWords(personal)) {
    const size_t longest = std::min(CountCharacters(word), kLongestPrefix);
    for (size_t length = kShortestPrefix; length <= longest; ++length) {
      AddOnce({'n', FirstCharacters(word, length)}, terms);
    }
  }
  for (const std::string& phone : personal.phones()) {
    const std::string digits = DigitsOf(phone);
    for (const size_t length : {kShortPhoneEnd, kLongPhoneEnd}) {
      if (digits.size() < length) continue;
      AddOnce({'p', digits.substr(digits.size() - length)}, terms);
    }
  }
  for (const std::string& email : personal.emails()) {
    AddOnce(TermForEmail(FoldEmail(email)), terms);
  }
  return terms;
}

SearchTerm TermForName(const std::vector<std::string>& words) {
  const auto longest = std::max_element(
      words.begin(), words.end(),
      [](const auto& a, const auto& b) { return CountCharacters(a) < CountCharacters(b); });
  return {'n', FirstCharacters(*longest, kLongestPrefix)};
}

SearchTerm TermForPhone(std::string_view digits) {
  const size_t length = digits.size() >= kLongPhoneEnd ? kLongPhoneEnd : kShortPhoneEnd;
  return {'p', std::string(digits.substr(digits.size() - length))};
}

SearchTerm TermForEmail(std::string_view folded) { return {'e', std::string(folded)}; }

}  // namespace pitlane::customer_vehicle
