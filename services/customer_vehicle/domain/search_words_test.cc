#include "services/customer_vehicle/domain/search_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pitlane::customer_vehicle {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::PersonalData Person() {
  v1::PersonalData person;
  person.set_given_name("Zoë");
  person.set_family_name("O'Brien-Müller");
  person.set_company("Müller & Co.");
  person.add_phones("+1 (316) 555-0100");
  person.add_emails("Zoe@Example.com");
  return person;
}

TEST(WordsOf, TextThenLowerCaseWordsOnce) {
  EXPECT_THAT(NameWords(Person()), ElementsAre("zoë", "o", "brien", "müller", "co"));
  EXPECT_THAT(WordsOf("ÄÖÜ × Þór"), ElementsAre("äöü", "×", "þór"));
  EXPECT_THAT(WordsOf(" - "), IsEmpty());
}

TEST(FirstCharacters, LettersOfSeveralBytesThenNoneIsCut) {
  EXPECT_EQ(FirstCharacters("zoë", 3), "zoë");
  EXPECT_EQ(FirstCharacters("ëz", 1), "ë");
  EXPECT_EQ(FirstCharacters("ab", 5), "ab");
  EXPECT_EQ(CountCharacters("zoë"), 3u);
}

TEST(NameMatches, EveryQueryWordBeginsAWordThenTrue) {
  EXPECT_TRUE(NameMatches(Person(), WordsOf("MÜ z")));
  EXPECT_TRUE(NameMatches(Person(), WordsOf("brien")));
  EXPECT_FALSE(NameMatches(Person(), WordsOf("muller")));
  EXPECT_FALSE(NameMatches(Person(), WordsOf("zoe brien")));
}

TEST(PhoneMatches, EndDigitsThenTrue) {
  EXPECT_TRUE(PhoneMatches(Person(), PhoneQuery("0100")));
  EXPECT_TRUE(PhoneMatches(Person(), PhoneQuery("316-555-0100")));
  EXPECT_TRUE(PhoneMatches(Person(), PhoneQuery("0316 555 0100"))) << "as it is dialled";
  EXPECT_FALSE(PhoneMatches(Person(), PhoneQuery("3165550")));
}

TEST(PhoneQuery, OnlyZerosThenSomeStay) { EXPECT_EQ(PhoneQuery("00000000"), "0000"); }

TEST(SearchTermsOf, PersonThenAQueryLooksWhereTheIndexHasHim) {
  const std::vector<SearchTerm> terms = SearchTermsOf(Person());
  EXPECT_THAT(terms, ::testing::Contains(TermForName(WordsOf("mü"))));
  EXPECT_THAT(terms, ::testing::Contains(TermForName(WordsOf("z müllerei"))));
  EXPECT_THAT(terms, ::testing::Contains(TermForPhone("0100")));
  EXPECT_THAT(terms, ::testing::Contains(TermForPhone("550100")));
  EXPECT_THAT(terms, ::testing::Contains(TermForPhone("3165550100")));
  EXPECT_THAT(terms, ::testing::Contains(TermForEmail(FoldEmail(" zoe@example.COM"))));
}

TEST(FoldPlate, BlanksAndDashesThenWithoutThem) {
  EXPECT_EQ(FoldPlate("m-ab 12.3"), "MAB123");
  EXPECT_EQ(FoldPlate("- ."), "");
}

}  // namespace
}  // namespace pitlane::customer_vehicle
