#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>

#include "absl/strings/str_cat.h"
#include "libs/journal/journal.h"
#include "rocksdb/env.h"
using namespace pitlane::journal;
int main(int argc, char** argv) {
  const bool mem = argc > 1 && std::string(argv[1]) == "mem";
  const int per = argc > 2 ? atoi(argv[2]) : 64;
  const int total = argc > 3 ? atoi(argv[3]) : 400000;
  std::unique_ptr<rocksdb::Env> env(mem ? rocksdb::NewMemEnv(rocksdb::Env::Default()) : nullptr);
  Options o;
  o.path = mem ? "/s" : "/work/main/build/mb";
  if (!mem) std::filesystem::remove_all(o.path);
  o.identity.service = "x";
  o.env = env.get();
  auto j = Journal::Open(o);
  if (!j.ok()) {
    puts(j.status().ToString().c_str());
    return 1;
  }
  std::map<std::string, uint64_t> versions;
  std::string payload(300, 'x');
  uint64_t rnd = 88172645463325252ull;
  auto next = [&] {
    rnd ^= rnd << 13;
    rnd ^= rnd >> 7;
    rnd ^= rnd << 17;
    return rnd;
  };
  for (auto& c : payload) c = static_cast<char>(next());
  auto t0 = std::chrono::steady_clock::now();
  auto mark = [&](int n) {
    auto t = std::chrono::steady_clock::now();
    double s = std::chrono::duration<double>(t - t0).count();
    t0 = t;
    printf("%d events: %.0f events/s\n", n, 100000 / s);
  };
  int done = 0;
  while (done < total) {
    Batch b = (*j)->NewBatch();
    for (int i = 0; i < per; ++i, ++done) {
      std::string id = absl::StrCat("tkt_01J8ZZZZZZZZZZZZ", next() % 50000);
      auto& v = versions[id];
      b.SetSavePoint();
      auto rid = absl::StrCat("req-", next());
      if (b.GetRequest(rid)->has_value()) abort();
      if (!b.Append(id, v, payload).ok()) abort();
      ++v;
      b.PutView("tickets", id, payload);
      b.PutRequest(rid, {payload.substr(0, 32), payload.substr(0, 100), 1});
      b.PopSavePoint();
      if ((done + 1) % 100000 == 0) mark(done + 1);
    }
    if (auto s = (*j)->Commit(std::move(b)); !s.ok()) {
      puts(s.ToString().c_str());
      return 1;
    }
  }
  auto st = (*j)->stats();
  printf("syncs %lu mark_syncs %lu events/sync %.1f mem %lu MB tables %lu MB\n", st.syncs,
         st.mark_syncs, double(st.events) / st.syncs, st.memory_bytes >> 20, st.table_bytes >> 20);
  t0 = std::chrono::steady_clock::now();
  int n = 200000;
  for (int i = 0; i < n; ++i) {
    auto r = (*j)->GetView("tickets", absl::StrCat("tkt_01J8ZZZZZZZZZZZZ", next() % 50000));
    if (!r.ok()) abort();
  }
  double s = std::chrono::duration<double>(std::chrono::steady_clock::now() - t0).count();
  printf("GetView %.2f us\n", s / n * 1e6);
  t0 = std::chrono::steady_clock::now();
  for (int i = 0; i < n; ++i) {
    auto r = (*j)->StreamVersion(absl::StrCat("tkt_01J8ZZZZZZZZZZZZ", next() % 50000));
    if (!r.ok()) abort();
  }
  s = std::chrono::duration<double>(std::chrono::steady_clock::now() - t0).count();
  printf("StreamVersion %.2f us\n", s / n * 1e6);
  t0 = std::chrono::steady_clock::now();
  auto rep = (*j)->Verify();
  s = std::chrono::duration<double>(std::chrono::steady_clock::now() - t0).count();
  printf("Verify %.0f records/s fault=%d\n", rep->records / s, rep->fault.has_value());
  t0 = std::chrono::steady_clock::now();
  uint64_t p = 1;
  for (;;) {
    auto l = (*j)->ReadLog(p, 1000, 1 << 20);
    if (l->empty()) break;
    p += l->size();
  }
  s = std::chrono::duration<double>(std::chrono::steady_clock::now() - t0).count();
  printf("ReadLog %.0f records/s\n", p / s);
}
