#include "services/inventory/projections/part_words.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "services/inventory/domain/search_words.h"

namespace pitlane::inventory {
namespace {

// How far each word is counted to find the rarest, and how many parts one call looks at.
constexpr size_t kProbeRows = 64;
constexpr size_t kMaxExamined = 4000;

constexpr absl::string_view kZero("\0", 1);

std::string WordPrefix(std::string_view word) { return absl::StrCat("w/", ToAbsl(word)); }
std::string WordKey(std::string_view word, std::string_view part_id) {
  return absl::StrCat("w/", ToAbsl(word), kZero, ToAbsl(part_id));
}
std::string PartKey(std::string_view part_id) { return absl::StrCat("p/", ToAbsl(part_id)); }

std::vector<std::string> SplitWords(std::string_view row) {
  return absl::StrSplit(ToAbsl(row), '\0', absl::SkipEmpty());
}

// One way through the index: the rows of one word, or of all words with one beginning.
std::string LeadPrefix(const std::vector<std::string>& words, size_t lead) {
  std::string prefix = WordPrefix(words[lead]);
  if (lead + 1 < words.size()) prefix.push_back('\0');
  return prefix;
}

absl::StatusOr<size_t> RarestWord(runtime::ViewReader& views,
                                  const std::vector<std::string>& words) {
  size_t rarest = 0;
  size_t fewest = kProbeRows + 1;
  for (size_t i = 0; i < words.size() && words.size() > 1; ++i) {
    journal::ScanOptions options;
    options.prefix = LeadPrefix(words, i);
    options.limit = kProbeRows;
    ASSIGN_OR_RETURN(const journal::ScanPage page, views.Scan(PartWords::kView, options));
    if (page.rows.size() < fewest) {
      rarest = i;
      fewest = page.rows.size();
    }
  }
  return rarest;
}

// Whether the part has every word, and is met in the lead's rows by `word` for the first time: one
// that has both "brake" and "brakes" would otherwise be found twice by "brak".
bool Matches(const std::vector<std::string>& part_words, const std::vector<std::string>& words,
             size_t lead, std::string_view word) {
  for (size_t i = 0; i < words.size(); ++i) {
    const bool whole = i + 1 < words.size();
    const auto first = std::lower_bound(part_words.begin(), part_words.end(), words[i]);
    if (first == part_words.end() || !absl::StartsWith(*first, words[i])) return false;
    if (whole && *first != words[i]) return false;
    if (i == lead && *first != word) return false;
  }
  return true;
}

struct Posting {
  std::string word;
  std::string part_id;
};

Posting PostingOf(std::string_view key) {
  const size_t zero = key.find('\0');
  return {std::string(key.substr(2, zero - 2)), std::string(key.substr(zero + 1))};
}

// The row to go on behind, with the word that leads: it must not change from page to page.
std::string EncodeResume(size_t lead, std::string_view key) {
  return absl::StrCat(absl::string_view(std::string(1, static_cast<char>('0' + lead))),
                      ToAbsl(key));
}

}  // namespace

void PartWords::On(const v1::InventoryEvent& event, runtime::ViewWriter& rows) {
  if (!event.has_part_imported()) return;
  const v1::Part& part = event.part_imported().part();
  const std::vector<std::string> now = SearchWords(part);
  const std::vector<std::string> before =
      SplitWords(rows.Get(PartKey(part.part_id())).value_or(""));
  if (before == now) return;
  for (const std::string& word : before) {
    if (!std::binary_search(now.begin(), now.end(), word)) {
      rows.Delete(WordKey(word, part.part_id()));
    }
  }
  std::string all;
  for (const std::string& word : now) {
    if (!std::binary_search(before.begin(), before.end(), word)) {
      rows.Put(WordKey(word, part.part_id()), std::string_view());
    }
    absl::StrAppend(&all, word, kZero);
  }
  rows.Put(PartKey(part.part_id()), all);
}

absl::StatusOr<runtime::IdPage> PartWords::Search(runtime::ViewReader& views,
                                                  const std::vector<std::string>& words,
                                                  size_t limit, std::optional<std::string> after) {
  runtime::IdPage result;
  if (words.empty() || limit == 0) return result;
  size_t lead = 0;
  journal::ScanOptions options;
  if (after.has_value() && !after->empty()) {
    lead = std::min<size_t>(static_cast<unsigned char>(after->front()) - '0', words.size() - 1);
    options.after = after->substr(1);
  } else {
    ASSIGN_OR_RETURN(lead, RarestWord(views, words));
  }
  options.prefix = LeadPrefix(words, lead);
  options.limit = std::max<size_t>(limit, kProbeRows);
  for (size_t examined = 0; examined < kMaxExamined;) {
    ASSIGN_OR_RETURN(const journal::ScanPage page, views.Scan(kView, options));
    for (size_t i = 0; i < page.rows.size(); ++i) {
      const Posting posting = PostingOf(page.rows[i].key);
      ASSIGN_OR_RETURN(const auto row, views.Get(kView, PartKey(posting.part_id)));
      if (Matches(SplitWords(row.value_or("")), words, lead, posting.word)) {
        result.ids.push_back(posting.part_id);
      }
      options.after = page.rows[i].key;
      if (result.ids.size() < limit) continue;
      const bool more = i + 1 < page.rows.size() || page.resume.has_value();
      if (more) result.resume = EncodeResume(lead, *options.after);
      return result;
    }
    if (!page.resume.has_value()) return result;
    options.after = page.resume;
    examined += page.rows.size();
  }
  result.resume = EncodeResume(lead, *options.after);
  return result;
}

}  // namespace pitlane::inventory
