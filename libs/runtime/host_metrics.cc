#include "libs/runtime/host_metrics.h"

namespace pitlane::runtime {

HostMetrics::HostMetrics(rpc::Metrics& metrics, const std::string& area, uint32_t shard,
                         const std::vector<std::string>& feeds)
    : last_position_(metrics.Gauge("pitlane_runtime_last_position", "Last event of the journal.",
                                   {{"area", area}, {"shard", std::to_string(shard)}})),
      serving_(metrics.Gauge("pitlane_runtime_serving", "1 while it answers front ends.",
                             {{"area", area}, {"shard", std::to_string(shard)}})),
      caught_up_(metrics.Gauge("pitlane_runtime_caught_up",
                               "1 once feeds and rebuilds have caught up since the start.",
                               {{"area", area}, {"shard", std::to_string(shard)}})),
      parked_(metrics.Gauge("pitlane_runtime_parked_records",
                            "Records of others that wait for an operator.",
                            {{"area", area}, {"shard", std::to_string(shard)}})),
      open_effects_(metrics.Gauge("pitlane_runtime_open_effects",
                                  "Effects whose outcome is not recorded.",
                                  {{"area", area}, {"shard", std::to_string(shard)}})),
      queue_depth_(metrics.Gauge("pitlane_runtime_queue_depth", "Commands that wait.",
                                 {{"area", area}, {"shard", std::to_string(shard)}})),
      commands_(metrics.Gauge("pitlane_runtime_commands", "Commands decided since the start.",
                              {{"area", area}, {"shard", std::to_string(shard)}})),
      commits_(metrics.Gauge("pitlane_runtime_commits", "Commits tried since the start.",
                             {{"area", area}, {"shard", std::to_string(shard)}})),
      failed_commits_(metrics.Gauge("pitlane_runtime_failed_commits",
                                    "Commits that the disk refused since the start.",
                                    {{"area", area}, {"shard", std::to_string(shard)}})),
      rejected_(metrics.Gauge("pitlane_runtime_rejected_commands",
                              "Commands that a rule refused since the start.",
                              {{"area", area}, {"shard", std::to_string(shard)}})),
      replayed_(metrics.Gauge("pitlane_runtime_replayed_commands",
                              "Commands answered from memory since the start.",
                              {{"area", area}, {"shard", std::to_string(shard)}})),
      refused_(metrics.Gauge("pitlane_runtime_refused_commands",
                             "Commands refused for a full queue since the start.",
                             {{"area", area}, {"shard", std::to_string(shard)}})),
      decide_seconds_(metrics.Gauge("pitlane_runtime_decide_seconds",
                                    "Time spent deciding since the start.",
                                    {{"area", area}, {"shard", std::to_string(shard)}})),
      commit_seconds_(metrics.Gauge("pitlane_runtime_commit_seconds",
                                    "Time spent committing since the start.",
                                    {{"area", area}, {"shard", std::to_string(shard)}})),
      published_(metrics.Gauge("pitlane_runtime_published_position",
                               "Everything up to here is in the topic; 0 without a broker.",
                               {{"area", area}, {"shard", std::to_string(shard)}})) {
  for (const std::string& feed : feeds) {
    const rpc::MetricLabels labels{
        {"area", area}, {"shard", std::to_string(shard)}, {"feed", feed}};
    feeds_.push_back(
        {metrics.Gauge("pitlane_runtime_feed_stopped", "1 while a feed waits to be tried again.",
                       labels),
         metrics.Gauge("pitlane_runtime_feed_caught_up",
                       "1 once it has applied everything there was at the start.", labels),
         metrics.Gauge("pitlane_runtime_feed_applied", "Records that reactors took.", labels),
         metrics.Gauge("pitlane_runtime_feed_duplicates", "Records dropped as repetitions.",
                       labels),
         metrics.Gauge("pitlane_runtime_feed_gaps", "Stops at a gap.", labels)});
  }
}

void HostMetrics::Show(const HostStatus& status) {
  const auto set = [](prometheus::Gauge& gauge, auto value) {
    gauge.Set(static_cast<double>(value));
  };
  set(last_position_, status.last_position);
  set(serving_, status.serving);
  set(caught_up_, status.caught_up);
  set(parked_, status.parked);
  set(open_effects_, status.effects.open);
  set(queue_depth_, status.executor.queue_depth);
  set(commands_, status.executor.commands);
  set(commits_, status.executor.batches);
  set(failed_commits_, status.executor.failed_commits);
  set(rejected_, status.executor.rejected);
  set(replayed_, status.executor.replayed);
  set(refused_, status.executor.refused);
  set(decide_seconds_, absl::ToDoubleSeconds(status.executor.decide_time));
  set(commit_seconds_, absl::ToDoubleSeconds(status.executor.commit_time));
  set(published_, status.relay.has_value() ? status.relay->published : 0);
  for (size_t i = 0; i < feeds_.size() && i < status.feeds.size(); ++i) {
    const FeedStats& stats = status.feeds[i].stats;
    set(feeds_[i].stopped, stats.stopped);
    set(feeds_[i].caught_up, stats.caught_up);
    set(feeds_[i].applied, stats.applied);
    set(feeds_[i].duplicates, stats.duplicates);
    set(feeds_[i].gaps, stats.gaps);
  }
}

}  // namespace pitlane::runtime
