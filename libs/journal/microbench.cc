#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>

#include "absl/strings/str_cat.h"
#include "libs/journal/journal.h"
using namespace pitlane::journal;
int main(int argc, char** argv) {
  const std::string dir = argv[1];
  const uint64_t reserve = strtoull(argv[2], nullptr, 10);
  const int ballast = atoi(argv[3]);
  std::filesystem::remove_all(dir + "/s");
  {
    std::ofstream b(dir + "/ballast");
    b << std::string(size_t(ballast) << 20, 'b');
  }
  Options o;
  o.path = dir + "/s";
  o.identity.service = "x";
  o.write_buffer_bytes = 2 << 20;
  o.max_wal_bytes = 4 << 20;
  o.reserve_bytes = reserve;
  o.no_space_retry_interval = absl::ZeroDuration();
  o.on_fatal = [](absl::Status s) { printf("FATAL %s\n", s.ToString().c_str()); };
  for (int round = 0; round < 3; ++round) {
    auto j = Journal::Open(o);
    if (!j.ok()) {
      puts(j.status().ToString().c_str());
      return 1;
    }
    std::mt19937_64 rng(1);
    uint64_t v = *(*j)->StreamVersion("s");
    int ok = 0, refused = 0, healed = -1;
    std::string first, last;
    for (int i = 0; i < 4000; ++i) {
      std::string payload(5000 + rng() % 20000, 0);
      for (auto& c : payload) c = char(rng());
      Batch b = (*j)->NewBatch();
      if (auto s = b.Append("s", v, payload); !s.ok()) {
        puts(s.ToString().c_str());
        return 1;
      }
      b.PutView("v", absl::StrCat(i % 50), payload.substr(0, 3000));
      auto s = (*j)->Commit(std::move(b));
      if (s.ok()) {
        ++ok;
        ++v;
        if (refused && healed < 0) {
          healed = i;
        }
        if (healed >= 0 && i > healed + 100) break;
        continue;
      }
      ++refused;
      if (first.empty()) first = s.ToString();
      last = s.ToString();
      if (refused == 20) {
        auto r = (*j)->ReadLog(v, 10, 1 << 20);
        printf("  reads while full: %s %zu\n", r.status().ToString().c_str(),
               r.ok() ? r->size() : 0);
        std::filesystem::remove(dir + "/ballast");
      }
      if (refused > 60) break;
    }
    printf("round %d ok %d refused %d healed at %d last %lu\n  first: %s\n  last: %s\n", round, ok,
           refused, healed, (*j)->last_position(), first.c_str(), last.c_str());
    auto rep = (*j)->Verify();
    printf("  verify %s fault=%s records %lu\n", rep.status().ToString().c_str(),
           rep.ok() && rep->fault ? rep->fault->what.c_str() : "none", rep.ok() ? rep->records : 0);
    std::filesystem::remove_all("/tmp/copycrash");
    for (int t = 0; t < 100; ++t) {
      std::error_code ec;
      std::filesystem::copy(o.path, "/tmp/copycrash", std::filesystem::copy_options::recursive, ec);
      if (!ec) break;
      std::filesystem::remove_all("/tmp/copycrash");
    }
    fflush(stdout);
    {
      Options c = o;
      c.path = "/tmp/copycrash";
      c.reserve_bytes = 0;
      auto k = Journal::Open(c);
      printf("  crash image: %s %lu\n", k.status().ToString().c_str(),
             k.ok() ? (*k)->last_position() : 0);
    }
  }
}
