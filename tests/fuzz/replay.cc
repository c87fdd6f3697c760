// Runs a fuzz target without libFuzzer: over each file of its corpus, and over as many inputs made
// from those by small changes, always the same ones.
//   fuzz_text CORPUS_FOLDER [RUNS]
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

constexpr size_t kLongest = 4096;
constexpr int kChanges = 6;
constexpr size_t kLongestCopy = 32;

const std::string* current = nullptr;

// What did not hold is kept, as libFuzzer does.
void KeepFinding(int) {
  const std::string path = std::filesystem::temp_directory_path() / "pitlane-fuzz-finding";
  std::ofstream(path, std::ios::binary) << *current;
  std::fprintf(stderr, "the input is in %s\n", path.c_str());
}

void Run(const std::string& input) {
  current = &input;
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
}

std::vector<std::string> ReadCorpus(const char* folder) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> corpus;
  for (const std::string& path : paths) {
    std::ifstream file(path, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return corpus;
}

// One to kChanges small changes: a byte, a bit, some bytes fewer, more, or taken from elsewhere.
std::string Changed(const std::vector<std::string>& corpus, std::mt19937_64& random) {
  const auto below = [&random](size_t end) { return random() % std::max<size_t>(1, end); };
  std::string input = corpus[below(corpus.size())];
  for (size_t change = 1 + below(kChanges); change > 0; --change) {
    const size_t at = below(input.size() + 1);
    switch (below(5)) {
      case 0:
        if (at < input.size()) input[at] = static_cast<char>(random());
        break;
      case 1:
        if (at < input.size()) input[at] = static_cast<char>(input[at] ^ (1 << below(8)));
        break;
      case 2:
        input.erase(at, below(kLongestCopy));
        break;
      case 3:
        input.insert(at, below(kLongestCopy), static_cast<char>(random()));
        break;
      default: {
        const std::string& other = corpus[below(corpus.size())];
        input.insert(at, other.substr(below(other.size() + 1), below(kLongestCopy)));
      }
    }
    if (input.size() > kLongest) input.resize(kLongest);
  }
  return input;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s CORPUS_FOLDER [RUNS]\n", argv[0]);
    return 2;
  }
  const std::vector<std::string> corpus = ReadCorpus(argv[1]);
  if (corpus.empty()) {
    std::fprintf(stderr, "%s: no corpus\n", argv[1]);
    return 1;
  }
  std::signal(SIGABRT, KeepFinding);
  for (const std::string& input : corpus) Run(input);
  const int runs = argc > 2 ? std::atoi(argv[2]) : 0;
  std::mt19937_64 random(1);
  for (int i = 0; i < runs; ++i) Run(Changed(corpus, random));
  std::printf("%zu inputs of the corpus, %d made from them\n", corpus.size(), runs);
  return 0;
}
