#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "libs/journal/journal.h"
#include "libs/journal/test_support.h"
#include "rocksdb/env.h"

namespace pitlane::journal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

class ViewTest : public ::testing::Test {
 protected:
  ViewTest() : env_(rocksdb::NewMemEnv(rocksdb::Env::Default())) { Reopen(); }

  void Reopen() {
    journal_.reset();
    Options options = TestOptions("/store");
    options.env = env_.get();
    journal_ = MustOpen(options);
    ASSERT_NE(journal_, nullptr);
  }
  void Put(std::initializer_list<Row> rows) {
    Batch batch = journal_->NewBatch();
    for (const Row& row : rows) batch.PutView("v", row.key, row.value);
    ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());
  }
  static std::vector<std::string> Keys(const absl::StatusOr<ScanPage>& page) {
    EXPECT_THAT(page, IsOk());
    std::vector<std::string> keys;
    for (const Row& row : page->rows) keys.push_back(row.key);
    return keys;
  }
  std::vector<std::string> Scan(const ScanOptions& options) {
    return Keys(journal_->ScanView("v", options));
  }

  std::unique_ptr<rocksdb::Env> env_;
  std::unique_ptr<Journal> journal_;
};

TEST_F(ViewTest, ScannedThenConditionsNarrowEachOtherDown) {
  Put({{"a", "1"}, {"b1", "2"}, {"b2", "3"}, {"b3", "4"}, {"c", "5"}, {"", "0"}});
  EXPECT_THAT(Scan({}), ElementsAre("", "a", "b1", "b2", "b3", "c"));
  EXPECT_THAT(Scan({.reverse = true}), ElementsAre("c", "b3", "b2", "b1", "a", ""));
  EXPECT_THAT(Scan({.prefix = "b"}), ElementsAre("b1", "b2", "b3"));
  EXPECT_THAT(Scan({.prefix = "b", .reverse = true}), ElementsAre("b3", "b2", "b1"));
  EXPECT_THAT(Scan({.from = "b2"}), ElementsAre("b2", "b3", "c"));
  EXPECT_THAT(Scan({.from = "b", .to = "b3"}), ElementsAre("b1", "b2"));
  EXPECT_THAT(Scan({.prefix = "b", .from = "a", .to = "z"}), ElementsAre("b1", "b2", "b3"));
  EXPECT_THAT(Scan({.prefix = "b", .after = "b1"}), ElementsAre("b2", "b3"));
  EXPECT_THAT(Scan({.prefix = "b", .after = "b3", .reverse = true}), ElementsAre("b2", "b1"));
  EXPECT_THAT(Scan({.after = ""}), ElementsAre("a", "b1", "b2", "b3", "c"));
  EXPECT_THAT(Scan({.from = "c", .to = "a"}), IsEmpty());
  EXPECT_THAT(Scan({.prefix = "zz"}), IsEmpty());
  EXPECT_THAT(Scan({.limit = 2}), ElementsAre("", "a"));
}

TEST_F(ViewTest, PagedInEitherDirectionThenEveryRowOnce) {
  Put({{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}, {"e", "5"}});
  for (const bool reverse : {false, true}) {
    ScanOptions options{.reverse = reverse, .limit = 2};
    std::vector<std::string> keys;
    for (int pages = 0; pages < 10; ++pages) {
      const auto page = journal_->ScanView("v", options);
      for (const std::string& key : Keys(page)) keys.push_back(key);
      if (!page->resume) break;
      options.after = page->resume;
    }
    if (reverse) std::reverse(keys.begin(), keys.end());
    EXPECT_THAT(keys, ElementsAre("a", "b", "c", "d", "e"));
  }
  EXPECT_EQ(journal_->ScanView("v", {.limit = 5})->resume, std::nullopt);
  EXPECT_THAT(journal_->ScanView("v", {.limit = 4})->resume, Optional(std::string("d")));
}

TEST_F(ViewTest, PageOfManyBytesThenItEndsEarlyButNeverEmpty) {
  Put({{"a", std::string(100, 'x')}, {"b", std::string(100, 'x')}, {"c", "x"}});
  const auto page = journal_->ScanView("v", {.max_bytes = 150});
  EXPECT_THAT(Keys(page), ElementsAre("a"));
  EXPECT_THAT(page->resume, Optional(std::string("a")));
  EXPECT_THAT(Keys(journal_->ScanView("v", {.max_bytes = 1})), ElementsAre("a"));
}

TEST_F(ViewTest, ViewsWithSimilarNamesThenEachHasItsOwnRows) {
  Batch batch = journal_->NewBatch();
  batch.PutView("v", "k", "of v");
  batch.PutView("v2", "k", "of v2");
  ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());
  EXPECT_THAT(journal_->ScanView("v", {})->rows, ElementsAre(Row{"k", "of v"}));
  EXPECT_THAT(journal_->ScanView("v2", {})->rows, ElementsAre(Row{"k", "of v2"}));
}

TEST_F(ViewTest, BatchScannedThenItsOwnChangesShow) {
  Put({{"a", "1"}, {"c", "3"}, {"e", "5"}});
  Batch batch = journal_->NewBatch();
  batch.PutView("v", "b", "2");
  batch.PutView("v", "c", "new");
  batch.DeleteView("v", "e");
  batch.DeleteView("v", "not there");
  batch.PutView("v", "f", "6");
  const auto page = batch.ScanView("v", {});
  ASSERT_THAT(page, IsOk());
  EXPECT_THAT(page->rows,
              ElementsAre(Row{"a", "1"}, Row{"b", "2"}, Row{"c", "new"}, Row{"f", "6"}));
  EXPECT_THAT(Keys(batch.ScanView("v", {.reverse = true})), ElementsAre("f", "c", "b", "a"));
  EXPECT_THAT(Keys(batch.ScanView("v", {.after = "c", .reverse = true})), ElementsAre("b", "a"));
  EXPECT_THAT(Scan({}), ElementsAre("a", "c", "e"));
  std::vector<std::string> visited;
  ASSERT_THAT(batch.ForEachInView("v", {},
                                  [&](std::string_view key, std::string_view) {
                                    visited.emplace_back(key);
                                    return visited.size() < 2;
                                  }),
              IsOk());
  EXPECT_THAT(visited, ElementsAre("a", "b"));
}

TEST_F(ViewTest, DroppedThenItsRowsAreGoneAndOthersStay) {
  Put({{"a", "1"}, {"b", "2"}});
  {
    Batch batch = journal_->NewBatch();
    batch.PutView("w", "a", "1");
    batch.PutView("v", "c", "3");
    batch.DropView("v");
    EXPECT_THAT(batch.GetView("v", "a"), IsOkAndHolds(std::nullopt));
    EXPECT_THAT(batch.GetView("v", "c"), IsOkAndHolds(std::nullopt));
    batch.PutView("v", "d", "4");
    EXPECT_THAT(Keys(batch.ScanView("v", {})), ElementsAre("d"));
    ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());
  }
  EXPECT_THAT(Scan({}), ElementsAre("d"));
  EXPECT_THAT(journal_->GetView("w", "a"), IsOkAndHolds(Optional(std::string("1"))));
  ASSERT_THAT(journal_->DropView("w"), IsOk());
  EXPECT_THAT(journal_->GetView("w", "a"), IsOkAndHolds(std::nullopt));
  EXPECT_THAT(Scan({}), ElementsAre("d"));
}

TEST_F(ViewTest, RebuiltBesideThenReadersSeeTheOldRowsUntilTheSwap) {
  Put({{"a", "old"}, {"gone", "old"}});
  Generation generation = 0;
  {
    Batch batch = journal_->NewBatch();
    EXPECT_EQ(batch.Generations("v"), (ViewGenerations{1, 0}));
    generation = batch.BeginRebuild("v");
    EXPECT_EQ(batch.Generations("v"), (ViewGenerations{1, generation}));
    batch.PutView("v", "a", "new", generation);
    ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());
  }
  EXPECT_THAT(Scan({}), ElementsAre("a", "gone"));
  // A rebuild goes on after a restart, and live changes meanwhile go to both.
  Reopen();
  {
    Batch batch = journal_->NewBatch();
    ASSERT_EQ(batch.Generations("v"), (ViewGenerations{1, generation}));
    batch.PutView("v", "b", "live");
    batch.PutView("v", "b", "live", generation);
    EXPECT_THAT(batch.GetView("v", "a"), IsOkAndHolds(Optional(std::string("old"))));
    EXPECT_THAT(batch.GetView("v", "a", generation), IsOkAndHolds(Optional(std::string("new"))));
    ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());
  }
  const std::unique_ptr<Reader> before = journal_->NewReader();
  {
    Batch batch = journal_->NewBatch();
    ASSERT_THAT(batch.ActivateGeneration("v", generation), IsOk());
    EXPECT_THAT(batch.GetView("v", "a"), IsOkAndHolds(Optional(std::string("new"))));
    EXPECT_THAT(batch.GetView("v", "gone"), IsOkAndHolds(std::nullopt));
    batch.PutView("v", "c", "after");
    EXPECT_THAT(journal_->GetView("v", "a"), IsOkAndHolds(Optional(std::string("old"))));
    ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());
  }
  EXPECT_THAT(Keys(before->ScanView("v", {})), ElementsAre("a", "b", "gone"));
  EXPECT_THAT(before->GetView("v", "a", kCurrentGeneration),
              IsOkAndHolds(Optional(std::string("old"))));
  EXPECT_THAT(Scan({}), ElementsAre("a", "b", "c"));
  EXPECT_THAT(Scan({.generation = 1}), IsEmpty());
  Batch batch = journal_->NewBatch();
  EXPECT_EQ(batch.Generations("v"), (ViewGenerations{generation, 0}));
}

TEST_F(ViewTest, RebuildBegunAgainThenTheFirstOneIsDropped) {
  Batch batch = journal_->NewBatch();
  const Generation first = batch.BeginRebuild("v");
  batch.PutView("v", "a", "first", first);
  const Generation second = batch.BeginRebuild("v");
  EXPECT_NE(first, second);
  EXPECT_THAT(batch.ActivateGeneration("v", first),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(batch.ActivateGeneration("v", kCurrentGeneration),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(batch.ActivateGeneration("other", second),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  ASSERT_THAT(batch.ActivateGeneration("v", second), IsOk());
  ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());
  EXPECT_THAT(Scan({}), IsEmpty());
  EXPECT_THAT(Scan({.generation = first}), IsEmpty());
}

TEST_F(ViewTest, SwapRolledBackThenTheOldGenerationIsBack) {
  Put({{"a", "old"}});
  Batch batch = journal_->NewBatch();
  const Generation generation = batch.BeginRebuild("v");
  batch.SetSavePoint();
  ASSERT_THAT(batch.ActivateGeneration("v", generation), IsOk());
  EXPECT_THAT(batch.GetView("v", "a"), IsOkAndHolds(std::nullopt));
  batch.RollbackToSavePoint();
  EXPECT_THAT(batch.GetView("v", "a"), IsOkAndHolds(Optional(std::string("old"))));
  EXPECT_EQ(batch.Generations("v"), (ViewGenerations{1, generation}));
  ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());
  EXPECT_THAT(Scan({}), ElementsAre("a"));
}

TEST_F(ViewTest, DroppedDuringARebuildThenNoneIsUnderWay) {
  Batch batch = journal_->NewBatch();
  const Generation generation = batch.BeginRebuild("v");
  batch.PutView("v", "a", "new", generation);
  batch.DropView("v");
  EXPECT_EQ(batch.Generations("v"), (ViewGenerations{1, 0}));
  EXPECT_THAT(batch.GetView("v", "a", generation), IsOkAndHolds(std::nullopt));
  // A number that was used is not used again.
  EXPECT_GT(batch.BeginRebuild("v"), generation);
}

// Scans of a batch over committed rows against the same scan of a map.
RC_GTEST_PROP(ViewScan, AnyRowsAndChangesThenTheScanIsThatOfAMap, ()) {
  const std::unique_ptr<rocksdb::Env> env(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  Options open = TestOptions("/store");
  open.env = env.get();
  const auto journal = MustOpen(open);
  std::map<std::string, std::string> model;
  const auto any_key = [] {
    return *rc::gen::container<std::string>(rc::gen::element('\0', 'a', 'b', '\xff'));
  };
  const auto change = [&](Batch& batch, int count) {
    for (int i = 0; i < count; ++i) {
      const std::string key = any_key().substr(0, 3);
      if (*rc::gen::inRange(0, 4) == 0) {
        batch.DeleteView("v", key);
        model.erase(key);
      } else {
        batch.PutView("v", key, std::to_string(i));
        model[key] = std::to_string(i);
      }
      if (*rc::gen::inRange(0, 20) == 0) {
        batch.DropView("v");
        model.clear();
      }
    }
  };
  Batch first = journal->NewBatch();
  first.PutView("u\xff", "k", "neighbour");
  first.PutView("v\1", "k", "neighbour");
  change(first, 12);
  RC_ASSERT(journal->Commit(std::move(first)).ok());
  Batch batch = journal->NewBatch();
  change(batch, 8);

  ScanOptions options;
  if (*rc::gen::arbitrary<bool>()) options.prefix = any_key().substr(0, 2);
  if (*rc::gen::arbitrary<bool>()) options.from = any_key();
  if (*rc::gen::arbitrary<bool>()) options.to = any_key();
  if (*rc::gen::arbitrary<bool>()) options.after = any_key();
  options.reverse = *rc::gen::arbitrary<bool>();

  std::vector<Row> expected;
  for (const auto& [key, value] : model) {
    const bool after =
        !options.after || (options.reverse ? key < *options.after : key > *options.after);
    if (key.compare(0, options.prefix.size(), options.prefix) == 0 && key >= options.from &&
        (!options.to || key < *options.to) && after) {
      expected.push_back({key, value});
    }
  }
  if (options.reverse) std::reverse(expected.begin(), expected.end());
  const auto of_batch = batch.ScanView("v", options);
  RC_ASSERT(of_batch.ok());
  RC_ASSERT(of_batch->rows == expected);
  RC_ASSERT(journal->Commit(std::move(batch)).ok());
  const auto committed = journal->ScanView("v", options);
  RC_ASSERT(committed.ok());
  RC_ASSERT(committed->rows == expected);
}

}  // namespace
}  // namespace pitlane::journal
