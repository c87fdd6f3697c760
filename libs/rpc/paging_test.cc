#include "libs/rpc/paging.h"

#include <gtest/gtest.h>

#include "libs/base/status_matchers.h"
#include "libs/rpc/errors.h"

namespace pitlane::rpc {
namespace {

TEST(ParsePage, SizeHasAStandardAndALimit) {
  ASSERT_OK_AND_ASSIGN(const PageRequest standard, ParsePage(0, "", 100, 500));
  EXPECT_EQ(standard.limit, 100u);
  EXPECT_EQ(standard.after, std::nullopt);
  ASSERT_OK_AND_ASSIGN(const PageRequest most, ParsePage(500, "", 100, 500));
  EXPECT_EQ(most.limit, 500u);
  for (const int size : {-1, 501}) {
    const absl::Status status = ParsePage(size, "", 100, 500).status();
    EXPECT_TRUE(rpc::HasReason(status, common::v1::FIELD_INVALID)) << status;
    EXPECT_EQ(rpc::FieldViolations(status).at(0).field, "page_size");
  }
}

TEST(ParsePage, TokenLeadsToTheNextPage) {
  EXPECT_EQ(PageToken(std::nullopt), "");
  ASSERT_OK_AND_ASSIGN(const PageRequest next,
                       ParsePage(0, PageToken(std::string("a\0b", 3)), 100, 500));
  EXPECT_EQ(next.after, std::string("a\0b", 3));
  const absl::Status status = ParsePage(0, "not a token!", 100, 500).status();
  EXPECT_EQ(rpc::FieldViolations(status).at(0).field, "page_token");
}

}  // namespace
}  // namespace pitlane::rpc
