#include <cstdio>
#include <random>
#include <unistd.h>
#include "absl/strings/str_cat.h"
#include "libs/journal/journal.h"
using namespace pitlane::journal;
int main(int argc, char** argv) {
  Options o;
  o.path = argv[1];
  o.identity.service = "x";
  o.write_buffer_bytes = 1 << 20; o.max_wal_bytes = 2 << 20;
  auto j = Journal::Open(o);
  if (!j.ok()) { puts(j.status().ToString().c_str()); return 1; }
  auto rep = (*j)->Verify();
  if (!rep.ok() || rep->fault) { printf("FAULT %s\n", rep.ok() ? rep->fault->what.c_str() : rep.status().ToString().c_str()); return 1; }
  printf("opened %lu\n", (*j)->last_position()); fflush(stdout);
  if (argc > 2) return 0;
  std::mt19937_64 rng(getpid());
  for (int i = 0;; ++i) {
    Batch b = (*j)->NewBatch();
    for (int k = 0; k < 8; ++k) {
      std::string id = absl::StrCat("s", rng() % 500), payload(rng() % 3000, 0);
      for (auto& c : payload) c = char(rng());
      if (!b.Append(id, *b.StreamVersion(id), payload).ok()) abort();
      b.PutView("v", id, payload);
    }
    if (i % 50 == 7) b.PutSecret("p", absl::StrCat(i));
    if (i % 50 == 9) b.DeleteSecret("p");
    auto s = (*j)->Commit(std::move(b));
    if (!s.ok()) { puts(s.ToString().c_str()); return 1; }
    printf("acked %lu\n", (*j)->last_position()); fflush(stdout);
  }
}
