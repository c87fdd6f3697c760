export { newId, newRequestId } from "./ids.js";
export { explain, isTransient, type Explained, type FieldProblem } from "./errors.js";
export { Positions } from "./positions.js";
export { defaultServiceConfig, type MethodConfig, type ServiceConfig } from "./retry.js";
export { connectPitlane, type Pitlane, type PitlaneOptions } from "./pitlane.js";
export { watch, type Watched, type WatchOptions } from "./watch.js";
export {
  OfflineQueue,
  type Command,
  type CommandState,
  type NewCommand,
  type QueueOptions,
} from "./queue.js";
