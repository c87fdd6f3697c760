// Verify and Checkpoint.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>
#include <vector>

#include "libs/base/text.h"
#include "libs/journal/codec.h"
#include "libs/journal/database.h"
#include "libs/journal/journal.h"
#include "libs/journal/test_support.h"

namespace pitlane::journal {
namespace {

using internal::Database;
using internal::Family;
using internal::LogKey;
using internal::StreamKey;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Optional;

class VerifyTest : public ::testing::Test {
 protected:
  // Records 1 to 30: streams a, b, c in turn. Open looks at the last record only.
  VerifyTest() {
    options_ = TestOptions(folder_ / "store");
    options_.verify_tail_records = 1;
    const auto journal = MustOpen(options_);
    for (int i = 0; i < 10; ++i) {
      CommitEvents(*journal, "a", 1);
      CommitEvents(*journal, "b", 1);
      CommitEvents(*journal, "c", 1);
    }
  }

  void Alter(const std::function<rocksdb::Status(rocksdb::DB&, Database&)>& change) {
    auto database = Database::Open(options_.path + "/rocksdb", options_);
    ASSERT_THAT(database, IsOk());
    const rocksdb::Status status = change(*(*database)->db(), **database);
    ASSERT_TRUE(status.ok()) << status.ToString();
  }
  void ExpectFault(uint64_t position, const std::string& what) {
    const auto journal = MustOpen(options_);
    ASSERT_NE(journal, nullptr);
    const auto report = journal->Verify();
    ASSERT_THAT(report, IsOk());
    ASSERT_TRUE(report->fault.has_value());
    EXPECT_EQ(report->fault->position, position);
    EXPECT_THAT(report->fault->what, HasSubstr(what));
  }

  TempFolder folder_;
  Options options_;
};

TEST_F(VerifyTest, SoundThenNoFault) {
  const auto journal = MustOpen(options_);
  std::vector<uint64_t> progress;
  const auto report = journal->Verify([&](const VerifyProgress& now) {
    EXPECT_EQ(now.total, 60u);
    progress.push_back(now.done);
    return true;
  });
  ASSERT_THAT(report, IsOk());
  EXPECT_FALSE(report->fault.has_value());
  EXPECT_EQ(report->records, 30u);
  EXPECT_EQ(report->streams, 3u);
  EXPECT_EQ(report->tail, journal->tail());
}

TEST_F(VerifyTest, ProgressSaysNoThenCancelled) {
  const auto journal = MustOpen(options_);
  Batch batch = journal->NewBatch();
  for (uint64_t i = 0; i < 5000; ++i) ASSERT_THAT(batch.Append("d", i, ""), IsOk());
  ASSERT_THAT(journal->Commit(std::move(batch)), IsOk());
  int calls = 0;
  EXPECT_THAT(journal->Verify([&](const VerifyProgress&) { return ++calls < 2; }),
              StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(calls, 2);
}

TEST_F(VerifyTest, EmptyThenNoFault) {
  const auto journal = MustOpen(TestOptions(folder_ / "empty"));
  const auto report = journal->Verify();
  ASSERT_THAT(report, IsOk());
  EXPECT_FALSE(report->fault.has_value());
  EXPECT_EQ(report->records, 0u);
}

TEST_F(VerifyTest, RecordAlteredThenItsPositionIsSaid) {
  Alter([](rocksdb::DB& db, Database& database) {
    std::string value = **database.Get(Family::kLog, LogKey(11), nullptr);
    value.back() = static_cast<char>(value.back() + 1);
    return db.Put({}, database.handle(Family::kLog), LogKey(11), value);
  });
  ExpectFault(11, "record 11 was altered");
}

TEST_F(VerifyTest, RecordAlteredWithItsOwnChainThenTheNextOneTells) {
  Alter([](rocksdb::DB& db, Database& database) {
    const std::string before = **database.Get(Family::kLog, LogKey(10), nullptr);
    const std::string chain = before.substr(1, 32);
    internal::RecordEncoder encoder;
    encoder.Encode(chain, 11, "b", 4, "forged");
    return db.Put({}, database.handle(Family::kLog), LogKey(11),
                  std::string(encoder.head()).append(encoder.body()));
  });
  ExpectFault(12, "record 12 was altered, or the record before it");
}

TEST_F(VerifyTest, RecordMissingThenItsPositionIsSaid) {
  Alter([](rocksdb::DB& db, Database& database) {
    return db.Delete({}, database.handle(Family::kLog), LogKey(17));
  });
  ExpectFault(17, "record 17 is missing");
}

TEST_F(VerifyTest, FirstRecordMissingThenItIsSaid) {
  Alter([](rocksdb::DB& db, Database& database) {
    return db.Delete({}, database.handle(Family::kLog), LogKey(1));
  });
  ExpectFault(1, "record 1 is missing");
}

TEST_F(VerifyTest, RecordThatDoesNotDecodeThenItsPositionIsSaid) {
  Alter([](rocksdb::DB& db, Database& database) {
    return db.Put({}, database.handle(Family::kLog), LogKey(5), "nonsense");
  });
  ExpectFault(5, "record 5 of the log does not decode");
}

TEST_F(VerifyTest, IndexEntryMissingThenTheRecordIsSaid) {
  Alter([](rocksdb::DB& db, Database& database) {
    return db.Delete({}, database.handle(Family::kStreams), StreamKey("a", 3));
  });
  ExpectFault(7, "the stream index has no entry for it");
}

TEST_F(VerifyTest, IndexEntryWrongThenTheRecordIsSaid) {
  Alter([](rocksdb::DB& db, Database& database) {
    return db.Put({}, database.handle(Family::kStreams), StreamKey("a", 3), LogKey(8));
  });
  ExpectFault(7, "the stream index leads elsewhere");
}

TEST_F(VerifyTest, IndexEntryWithoutARecordThenItIsSaid) {
  Alter([](rocksdb::DB& db, Database& database) {
    return db.Put({}, database.handle(Family::kStreams), StreamKey("z", 1), LogKey(9));
  });
  ExpectFault(9, "has version 1 of stream z at record 9, which is not that");
}

TEST_F(VerifyTest, VersionsWithAGapThenTheRecordBehindItIsSaid) {
  Alter([](rocksdb::DB& db, Database& database) {
    return db.Put({}, database.handle(Family::kStreams), StreamKey("z", 2), LogKey(9));
  });
  ExpectFault(9, "stream z goes from version 0 (record 0) to version 2");
}

TEST_F(VerifyTest, BlockOfATableFlippedThenTheFaultIsFoundNotRead) {
  {
    const auto journal = MustOpen(options_);
    Batch batch = journal->NewBatch();
    for (uint64_t i = 0; i < 200; ++i) {
      ASSERT_THAT(batch.Append("big", i, std::string(4000, static_cast<char>('a' + i % 26))),
                  IsOk());
    }
    ASSERT_THAT(journal->Commit(std::move(batch)), IsOk());
  }
  MustOpen(options_);  // into table files
  std::string largest;
  for (const std::string& file : FilesUnder(options_.path, ".sst")) {
    if (largest.empty() || std::filesystem::file_size(file) > std::filesystem::file_size(largest)) {
      largest = file;
    }
  }
  std::string bytes = ReadFile(largest);
  bytes[20] = static_cast<char>(bytes[20] ^ 1);
  WriteFile(largest, bytes);
  const auto journal = MustOpen(options_);
  ASSERT_NE(journal, nullptr);
  EXPECT_THAT(journal->ReadLog(1, 1000, 1u << 20), StatusIs(absl::StatusCode::kDataLoss));
  const auto report = journal->Verify();
  ASSERT_THAT(report, IsOk());
  ASSERT_TRUE(report->fault.has_value());
  EXPECT_EQ(report->fault->position, 1u);
}

TEST_F(VerifyTest, CheckpointThenItOpensEqualAndVerifies) {
  const auto journal = MustOpen(options_);
  {
    Batch batch = journal->NewBatch();
    batch.PutView("v", "k", "row");
    batch.PutRequest("r", {"f", "answer", 30});
    batch.PutCursor("c", 7);
    batch.PutSecret("s", "secret");
    ASSERT_THAT(journal->Commit(std::move(batch)), IsOk());
  }
  const Tail tail = journal->tail();
  ASSERT_THAT(journal->Checkpoint(folder_ / "backup"), IsOk());
  CommitEvents(*journal, "a", 1);  // does not get into the backup

  Options options = options_;
  options.path = folder_ / "backup";
  options.create_if_missing = false;
  const auto backup = MustOpen(options);
  ASSERT_NE(backup, nullptr);
  EXPECT_EQ(backup->tail(), tail);
  EXPECT_EQ(backup->ReadLog(1, 1000, 1u << 20).value(), journal->ReadLog(1, 30, 1u << 20).value());
  EXPECT_THAT(backup->GetView("v", "k"), IsOkAndHolds(Optional(std::string("row"))));
  EXPECT_THAT(backup->GetCursor("c"), IsOkAndHolds(Optional(7u)));
  EXPECT_THAT(backup->GetSecret("s"), IsOkAndHolds(Optional(std::string("secret"))));
  const auto report = backup->Verify();
  ASSERT_THAT(report, IsOk());
  EXPECT_FALSE(report->fault.has_value());
  CommitEvents(*backup, "a", 1);
}

TEST_F(VerifyTest, BitFlippedInAnyFileOfABackupThenRefusedSayingWhatToDo) {
  const auto journal = MustOpen(options_);
  const std::string folder = folder_ / "backup";
  ASSERT_THAT(journal->Checkpoint(folder), IsOk());
  ASSERT_THAT(Journal::CheckBackup(folder), IsOk());
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  EXPECT_GT(files.size(), 4u);
  Options options = options_;
  options.path = folder;
  options.create_if_missing = false;
  for (const std::filesystem::path& file : files) {
    SCOPED_TRACE(file.string());
    const auto size = static_cast<std::streamoff>(std::filesystem::file_size(file));
    ASSERT_GT(size, 0);
    const auto flip = [&] {
      std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
      bytes.seekg(size / 2);
      const char flipped = static_cast<char>(bytes.get() ^ 0x10);
      bytes.seekp(size / 2);
      bytes.put(flipped);
    };
    flip();
    EXPECT_THAT(Journal::CheckBackup(folder), StatusIs(absl::StatusCode::kDataLoss));
    EXPECT_THAT(Journal::Open(options).status(),
                StatusIs(absl::StatusCode::kDataLoss,
                         AllOf(HasSubstr("not as it was made"), HasSubstr("another backup"))));
    flip();
  }
  std::filesystem::rename(files.front(), files.front().string() + ".gone");
  EXPECT_THAT(Journal::CheckBackup(folder), Not(IsOk()));
  std::filesystem::rename(files.front().string() + ".gone", files.front());
  EXPECT_THAT(Journal::CheckBackup(folder), IsOk());
}

TEST_F(VerifyTest, BackupThatWasOpenedThenAStoreLikeAnyOther) {
  const auto journal = MustOpen(options_);
  Options options = options_;
  options.path = folder_ / "backup";
  ASSERT_THAT(journal->Checkpoint(options.path), IsOk());
  CommitEvents(*MustOpen(options), "a", 1);
  EXPECT_THAT(Journal::CheckBackup(options.path), StatusIs(absl::StatusCode::kNotFound));
  CommitEvents(*MustOpen(options), "a", 1);
}

TEST_F(VerifyTest, CheckpointIntoAFolderThatExistsThenAlreadyExists) {
  const auto journal = MustOpen(options_);
  EXPECT_THAT(journal->Checkpoint(options_.path), StatusIs(absl::StatusCode::kAlreadyExists));
}

TEST_F(VerifyTest, CheckpointWhileCommittingThenEachOneOpens) {
  const auto journal = MustOpen(options_);
  for (int round = 0; round < 3; ++round) {
    absl::Status checkpointed;
    std::thread backing_up(
        [&] { checkpointed = journal->Checkpoint(folder_ / absl::StrCat("backup-", round)); });
    const uint64_t before = journal->last_position();
    CommitEvents(*journal, "a", 40);
    backing_up.join();
    ASSERT_THAT(checkpointed, IsOk());
    Options options = options_;
    options.path = folder_ / absl::StrCat("backup-", round);
    const auto backup = MustOpen(options);
    ASSERT_NE(backup, nullptr);
    EXPECT_GE(backup->last_position(), before);
    EXPECT_FALSE(backup->Verify()->fault.has_value());
  }
}

}  // namespace
}  // namespace pitlane::journal
