// Words that parts are found by. Pure functions; safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pitlane/inventory/v1/types.pb.h"

namespace pitlane::inventory {

inline constexpr size_t kMaxWordBytes = 64;

// ASCII letters in lower case, digits, and every byte beyond ASCII; anything else separates words.
// In order of the text, each once; longer words are cut off at kMaxWordBytes.
std::vector<std::string> WordsOf(std::string_view text);

// The words of description, category and brand, sorted, each once.
std::vector<std::string> SearchWords(const v1::Part& part);

}  // namespace pitlane::inventory
