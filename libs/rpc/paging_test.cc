#include "libs/rpc/paging.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/base/status_matchers.h"
#include "libs/rpc/errors.h"
#include "pitlane/admin/v1/admin_service.pb.h"

namespace pitlane::rpc {
namespace {

using ::testing::HasSubstr;
using Request = admin::v1::ListParkedRequest;

const std::string kResume("a\0b", 3);

Request RequestOf(int32_t page_size, const std::string& page_token = "") {
  Request request;
  request.set_source("ticket.0.3");
  request.set_page_size(page_size);
  request.set_page_token(page_token);
  return request;
}

void ExpectRefused(const Request& request, const std::string& field, const std::string& remedy) {
  const absl::Status status = ParsePage(request, 100, 500).status();
  EXPECT_TRUE(HasReason(status, common::v1::FIELD_INVALID)) << status;
  ASSERT_EQ(FieldViolations(status).size(), 1u);
  EXPECT_EQ(FieldViolations(status)[0].field, field);
  EXPECT_THAT(FieldViolations(status)[0].problem, HasSubstr(remedy));
}

TEST(ParsePage, SizeHasAStandardAndALimit) {
  ASSERT_OK_AND_ASSIGN(const PageRequest standard, ParsePage(RequestOf(0), 100, 500));
  EXPECT_EQ(standard.limit, 100u);
  EXPECT_EQ(standard.after, std::nullopt);
  ASSERT_OK_AND_ASSIGN(const PageRequest most, ParsePage(RequestOf(500), 100, 500));
  EXPECT_EQ(most.limit, 500u);
  for (const int size : {-1, 501}) ExpectRefused(RequestOf(size), "page_size", "0 to 500");
}

TEST(ParsePage, TokenLeadsToTheNextPageOfAnySize) {
  EXPECT_EQ(PageToken(RequestOf(2), std::nullopt), "");
  const std::string token = PageToken(RequestOf(2), kResume);
  ASSERT_OK_AND_ASSIGN(const PageRequest next, ParsePage(RequestOf(3, token), 100, 500));
  EXPECT_EQ(next.after, kResume);
  EXPECT_EQ(PageToken(RequestOf(3, token), kResume), token);
}

TEST(ParsePage, TokenOfAnotherQuestionIsRefused) {
  Request other = RequestOf(2);
  other.set_source("ticket.0.4");
  ExpectRefused(RequestOf(2, PageToken(other, kResume)), "page_token", "leave it empty");
}

TEST(ParsePage, WhatIsNoTokenIsRefused) {
  for (const char* token : {"not a token!", "bm9wZQ"}) {
    ExpectRefused(RequestOf(2, token), "page_token", "next_page_token");
  }
}

}  // namespace
}  // namespace pitlane::rpc
