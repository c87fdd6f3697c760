#include "services/inventory/domain/search_words.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace pitlane::inventory {
namespace {

bool InWord(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

std::vector<std::string> WordsOf(std::string_view text) {
  std::vector<std::string> words;
  for (size_t begin = 0; begin < text.size();) {
    if (!InWord(text[begin])) {
      ++begin;
      continue;
    }
    size_t end = begin;
    while (end < text.size() && InWord(text[end])) ++end;
    std::string word(text.substr(begin, std::min(end - begin, kMaxWordBytes)));
    absl::AsciiStrToLower(&word);
    if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
    begin = end;
  }
  return words;
}

std::vector<std::string> SearchWords(const v1::Part& part) {
  std::vector<std::string> words =
      WordsOf(absl::StrCat(part.description(), " ", part.category(), " ", part.brand()));
  std::sort(words.begin(), words.end());
  return words;
}

}  // namespace pitlane::inventory
