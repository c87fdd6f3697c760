// What Open refuses, and what it does not.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "libs/base/text.h"
#include "libs/journal/codec.h"
#include "libs/journal/database.h"
#include "libs/journal/journal.h"
#include "libs/journal/test_support.h"

namespace pitlane::journal {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr size_t kAll = 1u << 20;

class OpenTest : public ::testing::Test {
 protected:
  std::string store() const { return folder_ / "store"; }
  std::string crashed() const { return folder_ / "crashed"; }

  // A store with commits, as it is after its process was killed.
  void MakeCrashed(int events) {
    const auto journal = MustOpen(TestOptions(store()));
    CommitEvents(*journal, "a", events);
    CopyAsAfterCrash(store(), crashed());
  }
  void ExpectDamaged(const std::string& path, const std::string& what) {
    EXPECT_THAT(Journal::Open(TestOptions(path)),
                StatusIs(absl::StatusCode::kDataLoss,
                         AllOf(HasSubstr(path), HasSubstr(what), HasSubstr("restore"))));
  }
  // Changes a closed store behind the journal's back.
  void Alter(const std::string& path, const std::function<void(internal::Database&)>& change) {
    auto database = internal::Database::Open(path + "/rocksdb", TestOptions(path));
    ASSERT_THAT(database, IsOk());
    change(**database);
  }

  TempFolder folder_;
};

TEST_F(OpenTest, ClosedThenItOpensEqual) {
  Tail tail;
  {
    const auto journal = MustOpen(TestOptions(store()));
    CommitEvents(*journal, "a", 20);
    tail = journal->tail();
  }
  const auto journal = MustOpen(TestOptions(store()));
  EXPECT_EQ(journal->tail(), tail);
  EXPECT_THAT(journal->ReadLog(1, kAll, kAll), IsOkAndHolds(SizeIs(20)));
}

TEST_F(OpenTest, ProcessKilledThenEveryCommitIsThere) {
  MakeCrashed(20);
  const auto journal = MustOpen(TestOptions(crashed()));
  EXPECT_EQ(journal->last_position(), 20u);
  CommitEvents(*journal, "a", 1);
  const auto report = journal->Verify();
  ASSERT_THAT(report, IsOk());
  EXPECT_FALSE(report->fault.has_value());
  EXPECT_EQ(report->records, 21u);
}

TEST_F(OpenTest, DamagedThenWarningsAreHandedOnAndNoLogFileIsMade) {
  MakeCrashed(5);
  std::string wal = ReadFile(WalOf(crashed()));
  wal[wal.size() / 2] = static_cast<char>(wal[wal.size() / 2] ^ 1);
  WriteFile(WalOf(crashed()), wal);
  Options options = TestOptions(crashed());
  std::string warnings;
  options.on_warning = [&](std::string_view line) { warnings.append(line).append("\n"); };
  EXPECT_THAT(Journal::Open(options), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(warnings, HasSubstr(".log"));
  EXPECT_THAT(FilesUnder(crashed(), "LOG"), SizeIs(0));
}

TEST_F(OpenTest, OptionsThatCannotBeThenInvalidArgument) {
  Options options = TestOptions(store());
  options.path = "";
  EXPECT_THAT(Journal::Open(options), StatusIs(absl::StatusCode::kInvalidArgument));
  options = TestOptions(store());
  options.identity.service = "";
  EXPECT_THAT(Journal::Open(options), StatusIs(absl::StatusCode::kInvalidArgument));
  options = TestOptions(store());
  options.identity.shard = 1;
  EXPECT_THAT(Journal::Open(options),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("shard 1 of 1")));
  options = TestOptions(store());
  options.identity.partition_count = 0;
  EXPECT_THAT(Journal::Open(options), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(OpenTest, NoStoreAndNotToBeMadeThenNotFound) {
  Options options = TestOptions(store());
  options.create_if_missing = false;
  EXPECT_THAT(Journal::Open(options), StatusIs(absl::StatusCode::kNotFound, HasSubstr(store())));
  EXPECT_FALSE(std::filesystem::exists(store()));
  options.create_if_missing = true;
  MustOpen(options);
  options.create_if_missing = false;
  EXPECT_THAT(Journal::Open(options), IsOk());
}

TEST_F(OpenTest, FolderWithinFoldersThenTheyAreMade) {
  EXPECT_NE(MustOpen(TestOptions(folder_ / "a/b/c/")), nullptr);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "a/b/c/high-water-mark"));
}

TEST_F(OpenTest, AnotherIdentityThenFailedPreconditionNamingBoth) {
  MustOpen(TestOptions(store()));
  const auto expect_refused = [&](const StoreIdentity& identity, const std::string& named) {
    Options options = TestOptions(store());
    options.identity = identity;
    EXPECT_THAT(Journal::Open(options),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         AllOf(HasSubstr("shard 0 of 1 of service 'ticket' with 8 partitions"),
                               HasSubstr(named), HasSubstr("Point this process"))));
  };
  expect_refused({.service = "payment"}, "service 'payment'");
  expect_refused({.service = "ticket", .shard = 1, .shard_count = 2}, "shard 1 of 2");
  expect_refused({.service = "ticket", .shard_count = 2}, "shard 0 of 2");
  expect_refused({.service = "ticket", .partition_count = 16}, "16 partitions");
  EXPECT_THAT(Journal::Open(TestOptions(store())), IsOk());
}

TEST_F(OpenTest, NewerFormatThenFailedPreconditionBeforeAnythingIsTouched) {
  MustOpen(TestOptions(store()));
  // A mark of format 2 with a right checksum, in both slots.
  std::string mark = ReadFile(store() + "/high-water-mark");
  for (const size_t slot : {0, 4096}) {
    mark.replace(slot + 24, 4, EncodeBigEndian32(2));
    mark.replace(slot + 85, 32, Sha256(mark.substr(slot, 85)));
  }
  WriteFile(store() + "/high-water-mark", mark);
  const auto files = FilesUnder(store(), "");
  EXPECT_THAT(Journal::Open(TestOptions(store())),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("format version 2"), HasSubstr("newer release"))));
  EXPECT_EQ(FilesUnder(store(), ""), files);
}

TEST_F(OpenTest, NewerFormatInTheStoreAloneThenFailedPrecondition) {
  MustOpen(TestOptions(store()));
  Alter(store(), [](internal::Database& database) {
    ASSERT_TRUE(database.db()
                    ->Put({}, database.handle(internal::Family::kCursors), internal::kIdentityKey,
                          EncodeBigEndian32(2) + "of tomorrow")
                    .ok());
  });
  EXPECT_THAT(Journal::Open(TestOptions(store())),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("format version 2")));
}

TEST_F(OpenTest, UnknownColumnFamilyThenFailedPrecondition) {
  MustOpen(TestOptions(store()));
  Alter(store(), [](internal::Database& database) {
    rocksdb::ColumnFamilyHandle* handle = nullptr;
    ASSERT_TRUE(database.db()->CreateColumnFamily({}, "holograms", &handle).ok());
    ASSERT_TRUE(database.db()->DestroyColumnFamilyHandle(handle).ok());
  });
  EXPECT_THAT(Journal::Open(TestOptions(store())),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("holograms")));
}

TEST_F(OpenTest, OpenInThisProcessThenUnavailable) {
  const auto journal = MustOpen(TestOptions(store()));
  EXPECT_THAT(Journal::Open(TestOptions(store())),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("another process has it open")));
  CommitEvents(*journal, "a", 1);
}

TEST_F(OpenTest, OpenInAnotherProcessThenUnavailableUntilThatEnds) {
  MustOpen(TestOptions(store()));
  const std::string lock_path = store() + "/lock";
  int locked[2], release[2];
  ASSERT_EQ(pipe(locked), 0);
  ASSERT_EQ(pipe(release), 0);
  const pid_t child = fork();
  if (child == 0) {
    // Only system calls here: the threads of this process did not come along.
    const int fd = open(lock_path.c_str(), O_RDWR);
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    char byte = fcntl(fd, F_SETLK, &lock) == 0 ? 'y' : 'n';
    if (write(locked[1], &byte, 1) != 1) _exit(1);
    close(release[1]);
    if (read(release[0], &byte, 1) < 0) _exit(1);
    _exit(0);
  }
  char byte = 0;
  ASSERT_EQ(read(locked[0], &byte, 1), 1);
  ASSERT_EQ(byte, 'y');
  EXPECT_THAT(Journal::Open(TestOptions(store())),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("another process has it open")));
  close(release[1]);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_THAT(Journal::Open(TestOptions(store())), IsOk());
  for (const int fd : {locked[0], locked[1], release[0]}) close(fd);
}

TEST_F(OpenTest, EndOfTheWalLostThenDamaged) {
  MakeCrashed(50);
  const std::string wal = WalOf(crashed());
  const std::string whole = ReadFile(wal);
  // At the very last byte, in the middle, and everything.
  for (const size_t left : {whole.size() - 1, whole.size() / 2, size_t{0}}) {
    const std::string copy = folder_ / absl::StrCat("cut-", left);
    CopyAsAfterCrash(crashed(), copy);
    WriteFile(WalOf(copy), whole.substr(0, left));
    ExpectDamaged(copy, "");
  }
}

TEST_F(OpenTest, BitFlippedAnywhereInTheWalThenDamaged) {
  MakeCrashed(20);
  const std::string whole = ReadFile(WalOf(crashed()));
  ASSERT_GT(whole.size(), 500u);
  for (size_t at = whole.size() / 10; at < whole.size(); at += whole.size() / 10) {
    const std::string copy = folder_ / absl::StrCat("flipped-", at);
    CopyAsAfterCrash(crashed(), copy);
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 4);
    WriteFile(WalOf(copy), flipped);
    ExpectDamaged(copy, "");
  }
}

TEST_F(OpenTest, WalEndsWhereACommitEndsThenTheMarkTells) {
  size_t ten_commits = 0;
  {
    const auto journal = MustOpen(TestOptions(store()));
    CommitEvents(*journal, "a", 10);
    ten_commits = std::filesystem::file_size(WalOf(store()));
    CommitEvents(*journal, "a", 10);
    CopyAsAfterCrash(store(), crashed());
  }
  // To RocksDB this is a store that is whole, and so it is without the mark.
  std::string wal = ReadFile(WalOf(crashed()));
  WriteFile(WalOf(crashed()), wal.substr(0, ten_commits));
  CopyAsAfterCrash(crashed(), folder_ / "zeroed");
  const auto files = FilesUnder(crashed() + "/rocksdb", ".log");
  ExpectDamaged(crashed(), "records 11 to 20 were acknowledged and are missing");
  EXPECT_EQ(FilesUnder(crashed() + "/rocksdb", ".log"), files);  // for whoever looks into it
  std::fill(wal.begin() + static_cast<std::ptrdiff_t>(ten_commits), wal.end(), '\0');
  WriteFile(WalOf(folder_ / "zeroed"), wal);
  ExpectDamaged(folder_ / "zeroed", "records 11 to 20 were acknowledged and are missing");
}

TEST_F(OpenTest, WalDeletedThenDamaged) {
  MakeCrashed(5);
  std::filesystem::remove(WalOf(crashed()));
  ExpectDamaged(crashed(), "");
}

TEST_F(OpenTest, CommitsWithoutEventsLostThenDamagedToo) {
  {
    const auto journal = MustOpen(TestOptions(store()));
    CommitEvents(*journal, "a", 5);
    CopyAsAfterCrash(store(), crashed());
    for (int i = 0; i < 5; ++i) {
      Batch batch = journal->NewBatch();
      batch.PutRequest(absl::StrCat("r", i), {"f", "answer", 5});
      ASSERT_THAT(journal->Commit(std::move(batch)), IsOk());
    }
    std::filesystem::copy(store() + "/high-water-mark", crashed() + "/high-water-mark",
                          std::filesystem::copy_options::overwrite_existing);
  }
  ExpectDamaged(crashed(), "had no events");
}

TEST_F(OpenTest, TornCommitThatWasNeverAcknowledgedThenItOpensWithoutIt) {
  {
    const auto journal = MustOpen(TestOptions(store()));
    CommitEvents(*journal, "a", 5);
    CopyAsAfterCrash(store(), crashed());
    CommitEvents(*journal, "a", 1);
    const std::string longer = ReadFile(WalOf(store()));
    const size_t acknowledged = std::filesystem::file_size(WalOf(crashed()));
    WriteFile(WalOf(crashed()), longer.substr(0, (acknowledged + longer.size()) / 2));
  }
  const auto journal = MustOpen(TestOptions(crashed()));
  ASSERT_NE(journal, nullptr);
  EXPECT_EQ(journal->last_position(), 5u);
  CommitEvents(*journal, "a", 1);
  EXPECT_FALSE(journal->Verify()->fault.has_value());
}

// A big commit on top of five small ones, in sectors of 512 bytes; the mark is that of the five.
class HolesTest : public OpenTest {
 protected:
  void SetUp() override {
    const auto journal = MustOpen(TestOptions(store()));
    CommitEvents(*journal, "a", 5);
    CopyAsAfterCrash(store(), crashed());
    acknowledged_ = std::filesystem::file_size(WalOf(crashed()));
    Batch batch = journal->NewBatch();
    ASSERT_THAT(batch.Append("b", 0, std::string(100'000, 'b')), IsOk());
    ASSERT_THAT(journal->Commit(std::move(batch)), IsOk());
    whole_ = ReadFile(WalOf(store()));
    CommitEvents(*journal, "a", 1);
    with_another_ = ReadFile(WalOf(store()));
    CopyAsAfterCrash(store(), folder_ / "all");
  }
  // `wal` without its bytes [from, to), which read as zeros.
  static std::string WithHole(std::string wal, size_t from, size_t to) {
    std::fill(wal.begin() + static_cast<std::ptrdiff_t>(from),
              wal.begin() + static_cast<std::ptrdiff_t>(to), '\0');
    return wal;
  }

  size_t acknowledged_ = 0;
  std::string whole_, with_another_;
};

TEST_F(HolesTest, SectorsOfAnUnsyncedCommitMissingThenItOpensWithoutIt) {
  const size_t first = (acknowledged_ / 512 + 1) * 512;
  // Its beginning, one sector of its middle, one at the start of a block, its end.
  const std::vector<std::pair<size_t, size_t>> holes = {{acknowledged_, first},
                                                        {acknowledged_, first + 40 * 512},
                                                        {first + 512, first + 1024},
                                                        {65536, 65536 + 512},
                                                        {whole_.size() / 512 * 512, whole_.size()}};
  for (const auto& [from, to] : holes) {
    const std::string copy = folder_ / absl::StrCat("hole-", from, "-", to);
    CopyAsAfterCrash(crashed(), copy);
    WriteFile(WalOf(copy), WithHole(whole_, from, to));
    {
      const auto journal = MustOpen(TestOptions(copy));
      ASSERT_NE(journal, nullptr) << from;
      EXPECT_EQ(journal->last_position(), 5u) << from;
      CommitEvents(*journal, "a", 1);
    }
    const auto again = MustOpen(TestOptions(copy));
    ASSERT_NE(again, nullptr) << from;
    EXPECT_EQ(again->last_position(), 6u);
    EXPECT_FALSE(again->Verify()->fault.has_value());
  }
}

TEST_F(HolesTest, TheCommitWasAcknowledgedThenDamaged) {
  // The same bytes, but the mark knows of the commit.
  const std::string all = folder_ / "all";
  WriteFile(WalOf(all), WithHole(whole_, 65536, 65536 + 512));
  ExpectDamaged(all, "acknowledged");
}

TEST_F(HolesTest, AnotherCommitBehindThenDamaged) {
  // Whatever the mark says: that it follows shows that the one with the hole was synced.
  WriteFile(WalOf(crashed()), WithHole(with_another_, acknowledged_ + 512, acknowledged_ + 1536));
  ExpectDamaged(crashed(), "");
}

TEST_F(HolesTest, ABitFlippedInsteadThenDamaged) {
  std::string flipped = whole_;
  flipped[70'000] = static_cast<char>(flipped[70'000] ^ 1);
  WriteFile(WalOf(crashed()), flipped);
  ExpectDamaged(crashed(), "");
}

TEST_F(OpenTest, WholeCommitBehindTheMarkThenItCounts) {
  // Killed between the sync of the log and the mark.
  {
    const auto journal = MustOpen(TestOptions(store()));
    CommitEvents(*journal, "a", 5);
    const std::string mark = ReadFile(store() + "/high-water-mark");
    CommitEvents(*journal, "a", 3);
    CopyAsAfterCrash(store(), crashed());
    WriteFile(crashed() + "/high-water-mark", mark);
  }
  const auto journal = MustOpen(TestOptions(crashed()));
  ASSERT_NE(journal, nullptr);
  EXPECT_EQ(journal->last_position(), 8u);
}

TEST_F(OpenTest, MarkMissingOrDamagedThenDamaged) {
  MakeCrashed(5);
  const std::string mark = crashed() + "/high-water-mark";
  std::filesystem::rename(mark, folder_ / "mark");
  ExpectDamaged(crashed(), "high-water-mark is missing");
  WriteFile(mark, std::string(8192, 'x'));
  ExpectDamaged(crashed(), "high-water-mark is damaged");
  std::filesystem::rename(folder_ / "mark", mark);
  EXPECT_THAT(Journal::Open(TestOptions(crashed())), IsOk());
}

TEST_F(OpenTest, MarkOfAnotherStoreThenDamaged) {
  MakeCrashed(5);
  {
    const auto other = MustOpen(TestOptions(folder_ / "other"));
    CommitEvents(*other, "b", 4);
  }
  std::filesystem::copy((folder_ / "other") + "/high-water-mark", crashed() + "/high-water-mark",
                        std::filesystem::copy_options::overwrite_existing);
  ExpectDamaged(crashed(), "different stores");
}

TEST_F(OpenTest, FilesMissingThenDamagedAndNothingIsMade) {
  {
    const auto journal = MustOpen(TestOptions(store()));
    CommitEvents(*journal, "a", 5);
  }
  MustOpen(TestOptions(store()));  // what was in the write-ahead log is in table files now
  CopyAsAfterCrash(store(), folder_ / "no-current");
  std::filesystem::remove((folder_ / "no-current") + "/rocksdb/CURRENT");
  ExpectDamaged(folder_ / "no-current", "files of the store are missing");

  CopyAsAfterCrash(store(), folder_ / "no-rocksdb");
  std::filesystem::remove_all((folder_ / "no-rocksdb") + "/rocksdb");
  ExpectDamaged(folder_ / "no-rocksdb", "files of the store are missing");
  EXPECT_FALSE(std::filesystem::exists((folder_ / "no-rocksdb") + "/rocksdb"));

  CopyAsAfterCrash(store(), folder_ / "no-table");
  const auto tables = FilesUnder(folder_ / "no-table", ".sst");
  ASSERT_FALSE(tables.empty());
  std::filesystem::remove(tables.front());
  ExpectDamaged(folder_ / "no-table", "");
}

TEST_F(OpenTest, CreationInterruptedThenItStartsAgain) {
  // The database exists, the mark does not yet, and nothing was committed.
  MustOpen(TestOptions(store()));
  std::filesystem::remove(store() + "/high-water-mark");
  const auto journal = MustOpen(TestOptions(store()));
  ASSERT_NE(journal, nullptr);
  CommitEvents(*journal, "a", 1);
}

TEST_F(OpenTest, RecordOfTheTailAlteredThenDamaged) {
  {
    const auto journal = MustOpen(TestOptions(store()));
    CommitEvents(*journal, "a", 10);
  }
  Alter(store(), [](internal::Database& database) {
    const auto value = database.Get(internal::Family::kLog, internal::LogKey(7), nullptr);
    std::string altered = **value;
    altered.back() = 'X';
    ASSERT_TRUE(database.db()
                    ->Put({}, database.handle(internal::Family::kLog), internal::LogKey(7), altered)
                    .ok());
  });
  ExpectDamaged(store(), "record 7 was altered");
}

TEST_F(OpenTest, RecordOfTheTailMissingThenDamaged) {
  {
    const auto journal = MustOpen(TestOptions(store()));
    CommitEvents(*journal, "a", 10);
  }
  Alter(store(), [](internal::Database& database) {
    ASSERT_TRUE(database.db()
                    ->Delete({}, database.handle(internal::Family::kLog), internal::LogKey(4))
                    .ok());
  });
  ExpectDamaged(store(), "record 4 is missing");
}

TEST_F(OpenTest, AfterACrashThenAllThatCameFromTheWalIsVerified) {
  // Far more records than the tail that is always verified, altered before all of those.
  Options options = TestOptions(store());
  options.verify_tail_records = 4;
  {
    const auto journal = MustOpen(options);
    CommitEvents(*journal, "a", 100);
    CopyAsAfterCrash(store(), crashed());
  }
  const auto alter = [](internal::Database& database) {
    const auto value = database.Get(internal::Family::kLog, internal::LogKey(50), nullptr);
    std::string altered = **value;
    altered.back() = 'X';
    ASSERT_TRUE(
        database.db()
            ->Put({}, database.handle(internal::Family::kLog), internal::LogKey(50), altered)
            .ok());
  };
  Alter(store(), alter);
  Alter(crashed(), alter);
  EXPECT_THAT(Journal::Open(options), IsOk());  // closed cleanly: left to Verify
  options.path = crashed();
  EXPECT_THAT(Journal::Open(options),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("record 50")));
}

TEST_F(OpenTest, RefusedThenTheLockIsReleased) {
  MustOpen(TestOptions(store()));
  Options options = TestOptions(store());
  options.identity.service = "payment";
  ASSERT_THAT(Journal::Open(options), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Journal::Open(TestOptions(store())), IsOk());
}

}  // namespace
}  // namespace pitlane::journal
