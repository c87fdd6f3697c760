#include "libs/rpc/trace.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace pitlane::rpc {
namespace {

TEST(Traceparent, TheSpecificationsExampleIsOne) {
  EXPECT_TRUE(IsTraceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
}

TEST(Traceparent, WhatIsMalformedIsNone) {
  for (const char* text : {"", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
                           "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                           "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                           "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                           "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                           "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01",
                           "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01"}) {
    EXPECT_FALSE(IsTraceparent(text)) << text;
  }
}

class NoEntropy final : public Entropy {
 public:
  uint64_t Next64() override { return 0; }
};

TEST(Traceparent, EvenWithoutRandomnessItIsWellFormed) {
  NoEntropy none;
  EXPECT_TRUE(IsTraceparent(MakeTraceparent(none)));
}

RC_GTEST_PROP(Traceparent, EveryOneMadeIsWellFormedAndNew, (uint64_t seed)) {
  SeededEntropy entropy(seed);
  const std::string first = MakeTraceparent(entropy);
  RC_ASSERT(IsTraceparent(first));
  RC_ASSERT(first != MakeTraceparent(entropy));
}

}  // namespace
}  // namespace pitlane::rpc
