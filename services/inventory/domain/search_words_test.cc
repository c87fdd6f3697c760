#include "services/inventory/domain/search_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pitlane::inventory {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(WordsOf, AnythingButLettersAndDigitsSeparates) {
  EXPECT_THAT(WordsOf("Brake pad-set, FRONT (ceramic) 5W30"),
              ElementsAre("brake", "pad", "set", "front", "ceramic", "5w30"));
  EXPECT_THAT(WordsOf("  -- ,, "), IsEmpty());
}

TEST(WordsOf, RepeatedWordCountsOnce) {
  EXPECT_THAT(WordsOf("left LEFT Left right"), ElementsAre("left", "right"));
}

TEST(WordsOf, OtherScriptsStayWhole) {
  EXPECT_THAT(WordsOf("Bremsbel\xC3\xA4ge vorn"), ElementsAre("bremsbel\xC3\xA4ge", "vorn"));
}

TEST(WordsOf, LongWordIsCutOff) {
  EXPECT_THAT(WordsOf(std::string(70, 'a')), ElementsAre(std::string(kMaxWordBytes, 'a')));
}

TEST(SearchWords, DescriptionCategoryAndBrandAreSortedOnce) {
  v1::Part part;
  part.set_description("Wiper blade 22");
  part.set_category("wiper");
  part.set_brand("Acme");
  EXPECT_THAT(SearchWords(part), ElementsAre("22", "acme", "blade", "wiper"));
}

}  // namespace
}  // namespace pitlane::inventory
