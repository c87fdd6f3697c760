// Disks that are full or broken, and secrets that must be gone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "libs/journal/journal.h"
#include "libs/journal/test_support.h"
#include "rocksdb/env.h"

namespace pitlane::journal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Optional;
using ::testing::SizeIs;
using Fault = FaultyEnv::Fault;

constexpr size_t kAll = 1u << 20;

class FaultTest : public ::testing::Test {
 protected:
  FaultTest() : env_(rocksdb::Env::Default()), options_(TestOptions(folder_ / "store")) {
    options_.env = &env_;
    options_.no_space_retry_interval = absl::ZeroDuration();
    options_.on_fatal = [this](const absl::Status& status) { fatal_ = status; };
    journal_ = MustOpen(options_);
  }
  ~FaultTest() override { env_.Set(Fault::kNone); }

  absl::Status CommitOne(const std::string& stream) {
    Batch batch = journal_->NewBatch();
    const auto version = batch.StreamVersion(stream);
    if (!version.ok()) return version.status();
    if (auto status = batch.Append(stream, *version, stream); !status.ok()) return status;
    batch.PutView("v", stream, std::to_string(*version + 1));
    batch.PutRequest(absl::StrCat("r of ", stream), {"f", "a", 1});
    return journal_->Commit(std::move(batch));
  }
  void ExpectSound(uint64_t records) {
    const auto report = journal_->Verify();
    ASSERT_THAT(report, IsOk());
    EXPECT_FALSE(report->fault.has_value()) << report->fault->what;
    EXPECT_EQ(report->records, records);
  }
  bool FilesContain(std::string_view bytes) {
    bool found = false;
    for (const std::string& file : FilesUnder(options_.path, "")) {
      if (ReadFile(file).find(bytes) != std::string::npos) found = true;
    }
    return found;
  }

  TempFolder folder_;
  FaultyEnv env_;
  Options options_;
  std::optional<absl::Status> fatal_;
  std::unique_ptr<Journal> journal_;
};

TEST_F(FaultTest, DiskFullThenCommitsAreShedReadsGoOnAndItHealsByItself) {
  for (const Fault fault : {Fault::kNoSpaceOnAppend, Fault::kNoSpaceOnSync}) {
    const std::string stream = fault == Fault::kNoSpaceOnAppend ? "a" : "b";
    ASSERT_THAT(CommitOne(stream), IsOk());
    const Tail tail = journal_->tail();
    env_.Set(fault);
    for (int i = 0; i < 3; ++i) {
      EXPECT_THAT(CommitOne(stream),
                  StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("full")));
      EXPECT_THAT(CommitOne("new"), StatusIs(absl::StatusCode::kResourceExhausted));
    }
    // Nothing of it was applied, nothing moved.
    EXPECT_EQ(journal_->tail(), tail);
    EXPECT_THAT(journal_->ReadLog(tail.last_position, kAll, kAll), IsOkAndHolds(SizeIs(1)));
    EXPECT_THAT(journal_->StreamVersion(stream), IsOkAndHolds(1u));
    EXPECT_THAT(journal_->StreamVersion("new"), IsOkAndHolds(0u));
    EXPECT_THAT(journal_->GetView("v", stream), IsOkAndHolds(Optional(std::string("1"))));
    EXPECT_THAT(journal_->GetView("v", "new"), IsOkAndHolds(std::nullopt));
    EXPECT_TRUE(journal_->stats().no_space);
    EXPECT_GE(journal_->stats().commits_refused, 6u);

    env_.Set(Fault::kNone);
    ASSERT_THAT(CommitOne(stream), IsOk());
    EXPECT_FALSE(journal_->stats().no_space);
    EXPECT_EQ(journal_->last_position(), tail.last_position + 1);
    ExpectSound(tail.last_position + 1);
  }
  EXPECT_EQ(fatal_, std::nullopt);
  // Nor does a commit that was refused come back from the write-ahead log.
  CopyAsAfterCrash(options_.path, folder_ / "crashed");
  options_.path = folder_ / "crashed";
  journal_ = MustOpen(options_);
  ASSERT_NE(journal_, nullptr);
  ExpectSound(4);
  EXPECT_THAT(journal_->GetView("v", "new"), IsOkAndHolds(std::nullopt));
}

TEST_F(FaultTest, DiskFullOnTheVeryFirstCommitThenARefusedOneDoesNotComeBack) {
  env_.Set(Fault::kNoSpaceOnSync);  // the record is in the file, only not synced
  EXPECT_THAT(CommitOne("refused"), StatusIs(absl::StatusCode::kResourceExhausted));
  env_.Set(Fault::kNone);
  ASSERT_THAT(CommitOne("a"), IsOk());
  CopyAsAfterCrash(options_.path, folder_ / "crashed");
  options_.path = folder_ / "crashed";
  journal_ = MustOpen(options_);
  ASSERT_NE(journal_, nullptr);
  EXPECT_THAT(journal_->StreamVersion("refused"), IsOkAndHolds(0u));
  EXPECT_THAT(journal_->GetView("v", "refused"), IsOkAndHolds(std::nullopt));
  ExpectSound(1);
}

TEST_F(FaultTest, StoppedWhileTheDiskIsFullThenTheRefusedCommitIsThereWholeOrNotAtAll) {
  for (const Fault fault : {Fault::kNoSpaceOnAppend, Fault::kNoSpaceOnSync}) {
    const std::string refused = absl::StrCat("refused", static_cast<int>(fault));
    ASSERT_THAT(CommitOne("a"), IsOk());
    const uint64_t before = journal_->last_position();
    env_.Set(fault);
    EXPECT_THAT(CommitOne(refused), StatusIs(absl::StatusCode::kResourceExhausted));
    journal_.reset();
    env_.Set(Fault::kNone);
    journal_ = MustOpen(options_);
    ASSERT_NE(journal_, nullptr);
    const uint64_t after = journal_->last_position();
    EXPECT_LE(after - before, 1u);
    EXPECT_EQ(journal_->GetView("v", refused)->has_value(), after > before);
    EXPECT_EQ(journal_->GetRequest("r of " + refused)->has_value(), after > before);
    ExpectSound(after);
  }
}

TEST_F(FaultTest, LittleSpaceLeftThenCommitsAreShedBeforeTheDiskIsFull) {
  ASSERT_THAT(CommitOne("a"), IsOk());
  env_.Set(Fault::kLowSpace);
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(CommitOne("a"),
                StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("1000 bytes are free")));
  }
  EXPECT_TRUE(journal_->stats().no_space);
  EXPECT_THAT(journal_->Checkpoint(folder_ / "backup"),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(journal_->StreamVersion("a"), IsOkAndHolds(1u));
  env_.Set(Fault::kNone);
  ASSERT_THAT(CommitOne("a"), IsOk());
  EXPECT_FALSE(journal_->stats().no_space);
  ExpectSound(2);
}

TEST_F(FaultTest, DiskFullAndRetriesSpacedThenNoneIsTriedInBetween) {
  journal_.reset();
  options_.no_space_retry_interval = absl::Hours(1);
  journal_ = MustOpen(options_);
  env_.Set(Fault::kNoSpaceOnAppend);
  EXPECT_THAT(CommitOne("a"), StatusIs(absl::StatusCode::kResourceExhausted));
  env_.Set(Fault::kNone);
  EXPECT_THAT(CommitOne("a"), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_F(FaultTest, DiskFullWhileFlushingThenCommitsAreShedAndItHeals) {
  const std::string payload(100'000, 'p');
  int committed = 0, refused = 0;
  const auto fill = [&] {
    Batch batch = journal_->NewBatch();
    const auto version = batch.StreamVersion("big");
    ASSERT_THAT(version, IsOk());
    ASSERT_THAT(batch.Append("big", *version, payload), IsOk());
    const absl::Status status = journal_->Commit(std::move(batch));
    ++(status.ok() ? committed : refused);
    EXPECT_TRUE(status.ok() || absl::IsResourceExhausted(status)) << status;
  };
  for (int i = 0; i < 20; ++i) fill();
  env_.Set(Fault::kNoSpaceOnAppend);
  for (int i = 0; i < 20; ++i) fill();
  EXPECT_EQ(refused, 20);
  env_.Set(Fault::kNone);
  for (int i = 0; i < 20; ++i) fill();
  EXPECT_EQ(committed, 40);
  ExpectSound(40);
  EXPECT_EQ(fatal_, std::nullopt);
}

TEST_F(FaultTest, DiskSoFullThatRocksDbGivesUpThenItStopsOnlyOnceANewProcessCanGoOn) {
  const std::string payload(200'000, 'p');
  const auto fill = [&]() -> absl::Status {
    Batch batch = journal_->NewBatch();
    const auto version = batch.StreamVersion("big");
    if (!version.ok()) return version.status();
    if (auto status = batch.Append("big", *version, payload); !status.ok()) return status;
    return journal_->Commit(std::move(batch));
  };
  // Up to the point where the next commit begins a new write-ahead log, which is fatal to RocksDB.
  for (int i = 0; i < 3; ++i) ASSERT_THAT(fill(), IsOk());
  env_.Set(Fault::kNoSpaceOnCreate);
  for (int i = 0; i < 5; ++i) {
    EXPECT_THAT(fill(), StatusIs(absl::StatusCode::kResourceExhausted));
  }
  EXPECT_THAT(journal_->ReadStream("big", 1, kAll), IsOkAndHolds(SizeIs(3)));
  EXPECT_EQ(fatal_, std::nullopt);
  env_.Set(Fault::kNone);
  EXPECT_THAT(fill(), StatusIs(absl::StatusCode::kInternal, HasSubstr("start the process again")));
  EXPECT_TRUE(fatal_.has_value());
  journal_.reset();
  journal_ = MustOpen(options_);
  ASSERT_NE(journal_, nullptr);
  ASSERT_THAT(fill(), IsOk());
  ExpectSound(4);
}

TEST_F(FaultTest, WalCannotBeSyncedThenFatalAndNothingMoreIsCommitted) {
  ASSERT_THAT(CommitOne("a"), IsOk());
  const Tail tail = journal_->tail();
  env_.Set(Fault::kWalSync);
  EXPECT_THAT(CommitOne("a"), StatusIs(absl::StatusCode::kInternal, HasSubstr("unknown")));
  ASSERT_TRUE(fatal_.has_value());
  EXPECT_THAT(*fatal_, StatusIs(absl::StatusCode::kInternal, HasSubstr("injected")));
  env_.Set(Fault::kNone);
  EXPECT_THAT(CommitOne("a"), StatusIs(absl::StatusCode::kInternal, HasSubstr("stopped")));
  EXPECT_EQ(journal_->tail(), tail);
  EXPECT_THAT(journal_->StreamVersion("a"), IsOkAndHolds(1u));
}

TEST_F(FaultTest, MarkCannotBeWrittenThenFatal) {
  env_.Set(Fault::kMarkWrite);
  EXPECT_THAT(CommitOne("a"), StatusIs(absl::StatusCode::kInternal));
  ASSERT_TRUE(fatal_.has_value());
  EXPECT_THAT(fatal_->message(), HasSubstr("high-water mark"));
}

TEST_F(FaultTest, NoHandlerForFatalThenTheProcessEnds) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(
      {
        TempFolder folder;
        FaultyEnv env(rocksdb::Env::Default());
        Options options = TestOptions(folder / "store");
        options.env = &env;
        auto journal = Journal::Open(options);
        env.Set(Fault::kWalSync);
        Batch batch = (*journal)->NewBatch();
        batch.PutCursor("c", 1);
        (void)(*journal)->Commit(std::move(batch));
      },
      "what is on the disk is unknown");
}

TEST_F(FaultTest, MarkSyncedWithEveryCommitThenOneSyncEach) {
  journal_.reset();
  options_.mark_sync_interval = absl::ZeroDuration();
  journal_ = MustOpen(options_);
  CommitEvents(*journal_, "a", 7);
  EXPECT_EQ(journal_->stats().mark_syncs, 7u);
}

TEST_F(FaultTest, MarkSyncedNowAndThenThenFarFewerSyncsThanCommits) {
  journal_.reset();
  options_.mark_sync_interval = absl::Hours(1);
  journal_ = MustOpen(options_);
  CommitEvents(*journal_, "a", 20);
  EXPECT_EQ(journal_->stats().mark_syncs, 0u);
}

constexpr char kSecret[] = "0f1e2d3c4b5a69788796a5b4c3d2e1f0 key of a person";

TEST_F(FaultTest, SecretDeletedThenItsBytesAreInNoFile) {
  for (const bool into_tables_first : {false, true}) {
    {
      Batch batch = journal_->NewBatch();
      ASSERT_THAT(batch.Append("a", into_tables_first ? 1 : 0, "event"), IsOk());
      batch.PutSecret("gone", kSecret);
      batch.PutSecret("stays", "another key that stays");
      ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());
    }
    if (into_tables_first) {
      journal_.reset();
      journal_ = MustOpen(options_);
    }
    ASSERT_TRUE(FilesContain(kSecret));
    {
      Batch batch = journal_->NewBatch();
      batch.DeleteSecret("gone");
      ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());
    }
    EXPECT_THAT(journal_->GetSecret("gone"), IsOkAndHolds(std::nullopt));
    ASSERT_THAT(journal_->WaitForErasure(absl::Now() + absl::Seconds(30)), IsOk());
    EXPECT_FALSE(FilesContain(kSecret));
    EXPECT_FALSE(journal_->stats().erasure_pending);
    EXPECT_THAT(journal_->GetSecret("stays"),
                IsOkAndHolds(Optional(std::string("another key that stays"))));
  }
  ExpectSound(2);
}

TEST_F(FaultTest, ReaderFromBeforeThenTheErasureWaitsForIt) {
  {
    Batch batch = journal_->NewBatch();
    batch.PutSecret("gone", kSecret);
    ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());
  }
  std::unique_ptr<Reader> before = journal_->NewReader();
  {
    Batch batch = journal_->NewBatch();
    batch.DeleteSecret("gone");
    ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());
  }
  const std::unique_ptr<Reader> after = journal_->NewReader();
  EXPECT_THAT(journal_->WaitForErasure(absl::Now()),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("hold them back: 1")));
  EXPECT_TRUE(journal_->stats().erasure_pending);
  before.reset();
  ASSERT_THAT(journal_->WaitForErasure(absl::Now() + absl::Seconds(30)), IsOk());
  EXPECT_FALSE(FilesContain(kSecret));
}

TEST_F(FaultTest, StoppedBeforeTheErasureThenTheNextOpenDoesIt) {
  {
    Batch batch = journal_->NewBatch();
    batch.PutSecret("gone", kSecret);
    ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());
  }
  {
    const std::unique_ptr<Reader> holds_back = journal_->NewReader();
    Batch batch = journal_->NewBatch();
    batch.DeleteSecret("gone");
    ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());
    CopyAsAfterCrash(options_.path, folder_ / "crashed");
  }
  options_.path = folder_ / "crashed";
  ASSERT_TRUE(FilesContain(kSecret));
  journal_ = MustOpen(options_);
  ASSERT_NE(journal_, nullptr);
  ASSERT_THAT(journal_->WaitForErasure(absl::Now() + absl::Seconds(30)), IsOk());
  EXPECT_FALSE(FilesContain(kSecret));
  // The wish is forgotten with the next commit, so that later opens have nothing to do.
  CommitEvents(*journal_, "a", 1);
  journal_.reset();
  journal_ = MustOpen(options_);
  EXPECT_FALSE(journal_->stats().erasure_pending);
}

TEST_F(FaultTest, DeletionRolledBackThenTheSecretStays) {
  {
    Batch batch = journal_->NewBatch();
    batch.PutSecret("stays", kSecret);
    ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());
  }
  Batch batch = journal_->NewBatch();
  ASSERT_THAT(batch.Append("a", 0, "x"), IsOk());
  batch.SetSavePoint();
  batch.DeleteSecret("stays");
  EXPECT_THAT(batch.GetSecret("stays"), IsOkAndHolds(std::nullopt));
  batch.RollbackToSavePoint();
  ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());
  EXPECT_THAT(journal_->GetSecret("stays"), IsOkAndHolds(Optional(std::string(kSecret))));
  EXPECT_FALSE(journal_->stats().erasure_pending);
}

TEST_F(FaultTest, TablesCannotBeWrittenThenTheErasureIsTriedAgainOrTheJournalStops) {
  {
    Batch batch = journal_->NewBatch();
    batch.PutSecret("gone", kSecret);
    ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());
  }
  env_.Set(Fault::kTables);
  {
    Batch batch = journal_->NewBatch();
    batch.DeleteSecret("gone");
    ASSERT_THAT(journal_->Commit(std::move(batch)), IsOk());
  }
  EXPECT_THAT(journal_->WaitForErasure(absl::Now() + absl::Milliseconds(100)),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_TRUE(journal_->stats().erasure_pending);
  env_.Set(Fault::kNone);
  journal_.reset();
  journal_ = MustOpen(options_);
  ASSERT_THAT(journal_->WaitForErasure(absl::Now() + absl::Seconds(30)), IsOk());
  EXPECT_FALSE(FilesContain(kSecret));
}

}  // namespace
}  // namespace pitlane::journal
