#include "libs/journal/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <set>
#include <thread>

#include "absl/time/clock.h"
#include "libs/journal/test_support.h"
#include "rocksdb/env.h"

namespace pitlane::journal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::SizeIs;

constexpr size_t kAll = 1u << 20;

// In memory: what these tests are about does not depend on the disk.
class JournalTest : public ::testing::Test {
 protected:
  JournalTest() : env_(rocksdb::NewMemEnv(rocksdb::Env::Default())) { Reopen(); }

  Options MemOptions() const {
    Options options = TestOptions("/store");
    options.env = env_.get();
    return options;
  }
  void Reopen() {
    journal_.reset();
    journal_ = MustOpen(MemOptions());
    ASSERT_NE(journal_, nullptr);
  }
  std::vector<std::string> Payloads() {
    const auto records = journal_->ReadLog(1, kAll, kAll);
    EXPECT_THAT(records, IsOk());
    std::vector<std::string> payloads;
    for (const Record& record : *records) payloads.push_back(record.payload);
    return payloads;
  }

  std::unique_ptr<rocksdb::Env> env_;
  std::unique_ptr<Journal> journal_;
};

TEST_F(JournalTest, FreshThenEmpty) {
  EXPECT_EQ(journal_->last_position(), 0u);
  EXPECT_EQ(journal_->tail(), Tail{});
  EXPECT_EQ(journal_->identity().service, "ticket");
  EXPECT_THAT(journal_->ReadLog(1, kAll, kAll), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(journal_->ReadStream("tkt_1", 1, kAll), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(journal_->StreamVersion("tkt_1"), IsOkAndHolds(0u));
  EXPECT_THAT(journal_->GetRequest("r"), IsOkAndHolds(std::nullopt));
  EXPECT_THAT(journal_->GetCursor("c"), IsOkAndHolds(std::nullopt));
  EXPECT_THAT(journal_->GetSnapshot("tkt_1", 1), IsOkAndHolds(std::nullopt));
  EXPECT_THAT(journal_->GetSecret("s"), IsOkAndHolds(std::nullopt));
  EXPECT_THAT(journal_->GetView("v", "k"), IsOkAndHolds(std::nullopt));
}

TEST_F(JournalTest, AppendedThenPositionsAndVersionsAreGapFree) {
  Batch batch = journal_->NewBatch();
  EXPECT_EQ(batch.next_position(), 1u);
  EXPECT_TRUE(batch.empty());
  ASSERT_THAT(batch.Append("a", 0, "a1"), IsOk());
  ASSERT_THAT(batch.Append("b", 0, "b1"), IsOk());
  ASSERT_THAT(batch.Append("a", 1, "a2"), IsOk());
  EXPECT_EQ(batch.next_position(), 4u);
  EXPECT_EQ(batch.events(), 3u);
  EXPECT_FALSE(batch.empty());
  EXPECT_THAT(batch.StreamVersion("a"), IsOkAndHolds(2u));
  EXPECT_EQ(journal_->last_position(), 0u);
  ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());

  EXPECT_EQ(journal_->last_position(), 3u);
  const auto log = journal_->ReadLog(1, kAll, kAll);
  ASSERT_THAT(log, IsOkAndHolds(SizeIs(3)));
  EXPECT_EQ((*log)[0], (Record{1, "a", 1, "a1", (*log)[0].chain}));
  EXPECT_EQ((*log)[1], (Record{2, "b", 1, "b1", (*log)[1].chain}));
  EXPECT_EQ((*log)[2], (Record{3, "a", 2, "a2", (*log)[2].chain}));
  EXPECT_THAT((*log)[2].chain, SizeIs(32));
  EXPECT_EQ(journal_->tail(), (Tail{3, (*log)[2].chain}));
  EXPECT_THAT(journal_->StreamVersion("a"), IsOkAndHolds(2u));
  EXPECT_THAT(journal_->ReadStream("a", 2, kAll), IsOkAndHolds(ElementsAre((*log)[2])));
}

TEST_F(JournalTest, ExpectedVersionIsWrongThenAbortedAndTheBatchUnchanged) {
  CommitEvents(*journal_, "a", 2);
  Batch batch = journal_->NewBatch();
  EXPECT_THAT(batch.Append("a", 1, "x"), StatusIs(absl::StatusCode::kAborted,
                                                  HasSubstr("stream a is at version 2, not at 1")));
  EXPECT_THAT(batch.Append("a", 3, "x"), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(batch.Append("a", 0, "x"), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(batch.Append("new", 1, "x"), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(batch.Append("a", ~uint64_t{0}, "x"), StatusIs(absl::StatusCode::kAborted));
  EXPECT_TRUE(batch.empty());
  ASSERT_THAT(batch.Append("a", 2, "a/3"), IsOk());
  // Events of the batch count too.
  EXPECT_THAT(batch.Append("a", 2, "x"), StatusIs(absl::StatusCode::kAborted));
  ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());
  EXPECT_THAT(Payloads(), ElementsAre("a/1", "a/2", "a/3"));
}

TEST_F(JournalTest, AfterAReopenThenExpectedVersionsAreStillChecked) {
  CommitEvents(*journal_, "a", 3);
  Reopen();
  Batch batch = journal_->NewBatch();
  EXPECT_THAT(batch.Append("a", 2, "x"), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(batch.Append("a", 0, "x"), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(batch.Append("a", 3, "x"), IsOk());
}

TEST_F(JournalTest, NamesThatAreNoneThenInvalidArgument) {
  Batch batch = journal_->NewBatch();
  EXPECT_THAT(batch.Append("", 0, "x"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(batch.Append(std::string_view("a\0b", 3), 0, "x"),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(batch.StreamVersion(""), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(journal_->GetView("", "k"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(journal_->GetSecret(""), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(journal_->GetRequest(std::string(2000, 'r')),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(batch.Append("big", 0, std::string((64u << 20) + 1, 'x')),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("bytes")));
}

TEST_F(JournalTest, BatchDroppedThenNothingHappened) {
  {
    Batch batch = journal_->NewBatch();
    ASSERT_THAT(batch.Append("a", 0, "x"), IsOk());
    batch.PutCursor("c", 1);
  }
  EXPECT_EQ(journal_->last_position(), 0u);
  EXPECT_THAT(journal_->GetCursor("c"), IsOkAndHolds(std::nullopt));
  EXPECT_THAT(journal_->StreamVersion("a"), IsOkAndHolds(0u));
}

TEST_F(JournalTest, EverythingOfABatchThenThereTogetherAndAfterAReopen) {
  const StoredAnswer answer{"fingerprint", "response", 1};
  const Snapshot snapshot{1, 4, "state"};
  Batch batch = journal_->NewBatch();
  ASSERT_THAT(batch.Append("a", 0, "event"), IsOk());
  batch.PutView("v", "key", "row");
  batch.PutRequest("req", answer);
  batch.PutCursor("feed", 41);
  batch.PutSnapshot("a", snapshot);
  batch.PutSecret("person", "key of a person");
  EXPECT_THAT(batch.GetView("v", "key"), IsOkAndHolds(Optional(std::string("row"))));
  EXPECT_THAT(batch.GetRequest("req"), IsOkAndHolds(Optional(answer)));
  EXPECT_THAT(batch.GetCursor("feed"), IsOkAndHolds(Optional(41u)));
  EXPECT_THAT(batch.GetSnapshot("a", 4), IsOkAndHolds(Optional(snapshot)));
  EXPECT_THAT(batch.GetSecret("person"), IsOkAndHolds(Optional(std::string("key of a person"))));
  // Not before the commit.
  EXPECT_THAT(journal_->GetView("v", "key"), IsOkAndHolds(std::nullopt));
  EXPECT_THAT(journal_->GetRequest("req"), IsOkAndHolds(std::nullopt));
  ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());

  const Tail tail = journal_->tail();
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(journal_->tail(), tail);
    EXPECT_THAT(Payloads(), ElementsAre("event"));
    EXPECT_THAT(journal_->GetView("v", "key"), IsOkAndHolds(Optional(std::string("row"))));
    EXPECT_THAT(journal_->GetRequest("req"), IsOkAndHolds(Optional(answer)));
    EXPECT_THAT(journal_->GetCursor("feed"), IsOkAndHolds(Optional(41u)));
    EXPECT_THAT(journal_->GetSnapshot("a", 4), IsOkAndHolds(Optional(snapshot)));
    EXPECT_THAT(journal_->GetSnapshot("a", 5), IsOkAndHolds(std::nullopt));
    EXPECT_THAT(journal_->GetSecret("person"),
                IsOkAndHolds(Optional(std::string("key of a person"))));
    Reopen();
  }
}

TEST_F(JournalTest, CursorDeletedThenAbsent) {
  Batch batch = journal_->NewBatch();
  batch.PutCursor("c", 1);
  ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());
  batch = journal_->NewBatch();
  batch.DeleteCursor("c");
  EXPECT_THAT(batch.GetCursor("c"), IsOkAndHolds(std::nullopt));
  ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());
  EXPECT_THAT(journal_->GetCursor("c"), IsOkAndHolds(std::nullopt));
}

TEST_F(JournalTest, RolledBackThenTheUnitLeavesNothing) {
  CommitEvents(*journal_, "a", 1);
  Batch batch = journal_->NewBatch();
  ASSERT_THAT(batch.Append("a", 1, "kept 1"), IsOk());
  batch.PutView("v", "k", "kept");
  batch.SetSavePoint();
  ASSERT_THAT(batch.Append("a", 2, "undone"), IsOk());
  ASSERT_THAT(batch.Append("b", 0, "undone"), IsOk());
  batch.PutView("v", "k", "undone");
  batch.DeleteView("v", "other");
  batch.PutRequest("r", {"f", "undone", 3});
  batch.PutSecret("s", "undone");
  batch.DropView("v");
  batch.RollbackToSavePoint();
  EXPECT_EQ(batch.next_position(), 3u);
  EXPECT_EQ(batch.events(), 1u);
  EXPECT_THAT(batch.StreamVersion("a"), IsOkAndHolds(2u));
  EXPECT_THAT(batch.StreamVersion("b"), IsOkAndHolds(0u));
  EXPECT_THAT(batch.GetView("v", "k"), IsOkAndHolds(Optional(std::string("kept"))));
  EXPECT_THAT(batch.GetRequest("r"), IsOkAndHolds(std::nullopt));
  EXPECT_THAT(batch.ReadStream("b", 1, kAll), IsOkAndHolds(IsEmpty()));
  ASSERT_THAT(batch.Append("b", 0, "kept 2"), IsOk());
  ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());

  EXPECT_THAT(Payloads(), ElementsAre("a/1", "kept 1", "kept 2"));
  EXPECT_THAT(journal_->GetSecret("s"), IsOkAndHolds(std::nullopt));
  const auto report = journal_->Verify();
  ASSERT_THAT(report, IsOk());
  EXPECT_FALSE(report->fault.has_value()) << report->fault->what;
}

TEST_F(JournalTest, SavePointsNestedThenEachUndoesItsOwn) {
  Batch batch = journal_->NewBatch();
  batch.SetSavePoint();
  ASSERT_THAT(batch.Append("a", 0, "1"), IsOk());
  batch.SetSavePoint();
  ASSERT_THAT(batch.Append("a", 1, "2"), IsOk());
  batch.PopSavePoint();
  batch.SetSavePoint();
  ASSERT_THAT(batch.Append("a", 2, "3"), IsOk());
  batch.RollbackToSavePoint();
  EXPECT_THAT(batch.StreamVersion("a"), IsOkAndHolds(2u));
  batch.RollbackToSavePoint();
  EXPECT_TRUE(batch.empty());
  ASSERT_THAT(batch.Append("a", 0, "only"), IsOk());
  ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());
  EXPECT_THAT(Payloads(), ElementsAre("only"));
}

TEST_F(JournalTest, WholeBatchRolledBackThenTheCommitDoesNotTouchTheDisk) {
  const uint64_t syncs = journal_->stats().syncs;
  Batch batch = journal_->NewBatch();
  batch.SetSavePoint();
  ASSERT_THAT(batch.Append("a", 0, "1"), IsOk());
  batch.PutCursor("c", 1);
  batch.RollbackToSavePoint();
  ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());
  EXPECT_EQ(journal_->stats().syncs, syncs);
}

TEST_F(JournalTest, StreamReadInABatchThenCommittedAndPendingRecords) {
  CommitEvents(*journal_, "a", 2);
  Batch batch = journal_->NewBatch();
  ASSERT_THAT(batch.Append("b", 0, "noise"), IsOk());
  ASSERT_THAT(batch.Append("a", 2, "a/3"), IsOk());
  ASSERT_THAT(batch.Append("a", 3, "a/4"), IsOk());
  const auto all = batch.ReadStream("a", 1, kAll);
  ASSERT_THAT(all, IsOkAndHolds(SizeIs(4)));
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ((*all)[i].version, i + 1);
    EXPECT_EQ((*all)[i].payload, absl::StrCat("a/", i + 1));
  }
  EXPECT_THAT(batch.ReadStream("a", 4, kAll), IsOkAndHolds(ElementsAre((*all)[3])));
  EXPECT_THAT(batch.ReadStream("a", 2, 2), IsOkAndHolds(ElementsAre((*all)[1], (*all)[2])));
  ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());
  EXPECT_THAT(journal_->ReadStream("a", 1, kAll), IsOkAndHolds(*all));
}

TEST_F(JournalTest, LogReadInPagesThenLimitsHold) {
  CommitEvents(*journal_, "a", 10);
  EXPECT_THAT(journal_->ReadLog(4, 3, kAll), IsOkAndHolds(SizeIs(3)));
  EXPECT_EQ((*journal_->ReadLog(4, 3, kAll))[0].position, 4u);
  EXPECT_THAT(journal_->ReadLog(0, kAll, kAll), IsOkAndHolds(SizeIs(10)));
  EXPECT_THAT(journal_->ReadLog(11, kAll, kAll), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(journal_->ReadLog(1, 0, kAll), IsOkAndHolds(IsEmpty()));
  // Each payload has three bytes: the second one reaches four.
  EXPECT_THAT(journal_->ReadLog(1, kAll, 4), IsOkAndHolds(SizeIs(2)));
  EXPECT_THAT(journal_->ReadLog(1, kAll, 0), IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(journal_->ReadStream("a", 9, kAll), IsOkAndHolds(SizeIs(2)));
  EXPECT_THAT(journal_->ReadStream("a", 1, 4), IsOkAndHolds(SizeIs(4)));
}

TEST_F(JournalTest, StreamsWithACommonPrefixThenEachIsItsOwn) {
  CommitEvents(*journal_, "ab", 3);
  CommitEvents(*journal_, "a", 2);
  CommitEvents(*journal_, "abc", 1);
  Reopen();
  EXPECT_THAT(journal_->StreamVersion("a"), IsOkAndHolds(2u));
  EXPECT_THAT(journal_->StreamVersion("ab"), IsOkAndHolds(3u));
  EXPECT_THAT(journal_->StreamVersion("abc"), IsOkAndHolds(1u));
  EXPECT_THAT(journal_->StreamVersion("abcd"), IsOkAndHolds(0u));
  EXPECT_THAT(journal_->ReadStream("a", 1, kAll), IsOkAndHolds(SizeIs(2)));
}

TEST_F(JournalTest, ReaderPinnedThenLaterCommitsDoNotShow) {
  CommitEvents(*journal_, "a", 1);
  {
    Batch batch = journal_->NewBatch();
    batch.PutView("v", "k", "old");
    batch.PutCursor("c", 1);
    ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());
  }
  const std::unique_ptr<Reader> reader = journal_->NewReader();
  const Tail tail = journal_->tail();
  {
    Batch batch = journal_->NewBatch();
    ASSERT_THAT(batch.Append("a", 1, "later"), IsOk());
    batch.PutView("v", "k", "new");
    batch.PutView("v", "l", "new");
    batch.PutCursor("c", 2);
    batch.PutRequest("r", {"f", "r", 2});
    batch.PutSnapshot("a", {2, 1, "s"});
    ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());
  }
  EXPECT_THAT(reader->GetTail(), IsOkAndHolds(tail));
  EXPECT_THAT(reader->ReadLog(1, kAll, kAll), IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(reader->ReadStream("a", 1, kAll), IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(reader->StreamVersion("a"), IsOkAndHolds(1u));
  EXPECT_THAT(reader->GetView("v", "k", kCurrentGeneration),
              IsOkAndHolds(Optional(std::string("old"))));
  EXPECT_THAT(reader->GetCursor("c"), IsOkAndHolds(Optional(1u)));
  EXPECT_THAT(reader->GetRequest("r"), IsOkAndHolds(std::nullopt));
  EXPECT_THAT(reader->GetSnapshot("a", 1), IsOkAndHolds(std::nullopt));
  const auto page = reader->ScanView("v", {});
  ASSERT_THAT(page, IsOk());
  EXPECT_THAT(page->rows, ElementsAre(Row{"k", "old"}));
  EXPECT_EQ(journal_->stats().readers, 1u);
}

TEST_F(JournalTest, CommittedThenListenersAndWaitersAreToldOfEventsOnly) {
  std::vector<uint64_t> heard;
  Subscription subscription =
      journal_->OnCommit([&](uint64_t position) { heard.push_back(position); });
  CommitEvents(*journal_, "a", 2);
  {
    Batch batch = journal_->NewBatch();
    batch.PutCursor("c", 1);
    ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());
  }
  EXPECT_THAT(heard, ElementsAre(1u, 2u));
  {
    Subscription moved = std::move(subscription);
    CommitEvents(*journal_, "a", 1);
  }
  CommitEvents(*journal_, "a", 1);
  EXPECT_THAT(heard, ElementsAre(1u, 2u, 3u));
}

TEST_F(JournalTest, WaitPastThenItEndsWithTheCommitTheDeadlineOrTheStop) {
  CommitEvents(*journal_, "a", 2);
  EXPECT_EQ(journal_->WaitPast(1, absl::InfiniteFuture()), 2u);
  EXPECT_EQ(journal_->WaitPast(2, absl::Now()), 2u);

  auto waiting =
      std::async(std::launch::async, [&] { return journal_->WaitPast(2, absl::InfiniteFuture()); });
  CommitEvents(*journal_, "a", 1);
  EXPECT_EQ(waiting.get(), 3u);

  auto stopped =
      std::async(std::launch::async, [&] { return journal_->WaitPast(3, absl::InfiniteFuture()); });
  journal_->StopWaiting();
  EXPECT_EQ(stopped.get(), 3u);
  EXPECT_EQ(journal_->WaitPast(3, absl::InfiniteFuture()), 3u);
}

TEST_F(JournalTest, ReadersOnOtherThreadsThenTheySeeWholeCommitsOnly) {
  constexpr uint64_t kCommits = 300;
  std::atomic<bool> failed{false};
  std::thread reading([&] {
    for (uint64_t position = 0; position < 2 * kCommits;) {
      position = journal_->WaitPast(position, absl::InfiniteFuture());
      const auto reader = journal_->NewReader();
      const auto tail = reader->GetTail();
      const auto row = reader->GetView("v", "position", kCurrentGeneration);
      const auto cursor = reader->GetCursor("c");
      const bool whole = tail.ok() && row.ok() && cursor.ok() && *row && *cursor &&
                         **row == std::to_string(tail->last_position) &&
                         **cursor == tail->last_position && tail->last_position >= position &&
                         tail->last_position % 2 == 0;
      if (!whole) failed = true;
    }
  });
  for (uint64_t i = 0; i < kCommits; ++i) {
    Batch batch = journal_->NewBatch();
    ASSERT_THAT(batch.Append("a", 2 * i, "x"), IsOk());
    ASSERT_THAT(batch.Append("a", 2 * i + 1, "x"), IsOk());
    batch.PutView("v", "position", std::to_string(2 * i + 2));
    batch.PutCursor("c", 2 * i + 2);
    ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());
  }
  reading.join();
  EXPECT_FALSE(failed);
}

TEST_F(JournalTest, StatsThenTheyCountCommitsAndEvents) {
  CommitEvents(*journal_, "a", 3);
  Batch batch = journal_->NewBatch();
  ASSERT_THAT(batch.Append("b", 0, "1"), IsOk());
  ASSERT_THAT(batch.Append("b", 1, "2"), IsOk());
  EXPECT_GT(batch.approximate_bytes(), 64u);
  ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());
  const Stats stats = journal_->stats();
  EXPECT_EQ(stats.commits, 4u);
  EXPECT_EQ(stats.syncs, 4u);
  EXPECT_EQ(stats.events, 5u);
  EXPECT_EQ(stats.last_position, 5u);
  EXPECT_GT(stats.bytes, 5 * 40u);
  EXPECT_GT(stats.memory_bytes, 0u);
  EXPECT_FALSE(stats.no_space);
}

TEST_F(JournalTest, ManyStreamsAndTableFilesThenReadsStayRight) {
  constexpr int kStreams = 400;
  const std::string payload(2000, 'p');
  for (int round = 0; round < 5; ++round) {
    Batch batch = journal_->NewBatch();
    for (int i = 0; i < kStreams; ++i) {
      ASSERT_THAT(batch.Append(absl::StrCat("stream-", i), round, payload), IsOk());
    }
    ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());
  }
  EXPECT_GT(journal_->stats().table_bytes, 0u);
  Reopen();
  for (int i = 0; i < kStreams; ++i) {
    ASSERT_THAT(journal_->StreamVersion(absl::StrCat("stream-", i)), IsOkAndHolds(5u));
    ASSERT_THAT(journal_->ReadStream(absl::StrCat("stream-", i), 1, kAll), IsOkAndHolds(SizeIs(5)));
  }
  EXPECT_THAT(journal_->StreamVersion("stream-"), IsOkAndHolds(0u));
  const auto report = journal_->Verify();
  ASSERT_THAT(report, IsOk());
  EXPECT_FALSE(report->fault.has_value());
  EXPECT_EQ(report->records, 2000u);
  EXPECT_EQ(report->streams, 400u);
}

using JournalDeathTest = JournalTest;

TEST_F(JournalDeathTest, TwoBatchesOrNoSavePointThenTheProcessEnds) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  const Batch batch = journal_->NewBatch();
  EXPECT_DEATH((void)journal_->NewBatch(), "two batches");
}

TEST_F(JournalDeathTest, RollbackWithoutSavePointThenTheProcessEnds) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  Batch batch = journal_->NewBatch();
  EXPECT_DEATH(batch.RollbackToSavePoint(), "no save point");
  EXPECT_DEATH(batch.PutView("", "k", "v"), "view name");
}

}  // namespace
}  // namespace pitlane::journal
