// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The processors that everything of a row runs on: our own JVM, libtorch in it, and Python. As many
 * as threads, since not every peer can be told otherwise how many it may use: JAX takes all that it
 * sees, whatever its options say.
 *
 * @param processors their numbers; empty where the system does not tell them
 * @param obstacle why a process cannot be pinned to them; null where it can
 */
record Pinning(List<Integer> processors, @Nullable String obstacle) {
  private static final String TASKSET = "taskset";

  Pinning {
    processors = List.copyOf(processors);
  }

  /**
   * Tries whether processes can be pinned here.
   *
   * @param threads how many processors are wanted; fewer where this process may not use as many
   * @param wanted which ones, or empty for the first that share no core
   */
  static Pinning of(int threads, List<Integer> wanted) {
    List<Integer> allowed = Processors.allowed(Path.of("/"));
    List<Integer> some =
        wanted.isEmpty() ? allowed.subList(0, Math.min(threads, allowed.size())) : wanted;
    return some.isEmpty()
        ? new Pinning(some, "the system does not say which processors there are")
        : tried(some, TASKSET);
  }

  /** Runs a command that does nothing under {@code taskset}. */
  static Pinning tried(List<Integer> processors, String taskset) {
    String obstacle = null;
    try {
      Process process =
          new ProcessBuilder(taskset, "-c", Processors.list(processors), "true")
              .redirectErrorStream(true)
              .start();
      try (var output = process.getInputStream()) {
        String said = new String(output.readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
          obstacle = said.lines().findFirst().orElse(taskset + " ended with an error");
        }
      }
    } catch (IOException _) {
      obstacle = taskset + " is not installed";
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      obstacle = "interrupted";
    }
    return new Pinning(processors, obstacle);
  }

  boolean possible() {
    return obstacle == null;
  }

  /** What starts a command pinned; the command itself where that is not possible. */
  List<String> command(List<String> command) {
    if (!possible()) {
      return command;
    }
    var pinned = new ArrayList<>(List.of(TASKSET, "-c", Processors.list(processors)));
    pinned.addAll(command);
    return pinned;
  }

  /** Says it in the first line of the output. */
  String text() {
    String which =
        "processor%s %s".formatted(processors.size() == 1 ? "" : "s", Processors.list(processors));
    if (possible()) {
      return "everything of a row pinned to " + which;
    }
    String python =
        processors.isEmpty() ? "" : "; Python pins itself to %s where it can".formatted(which);
    return "NOT pinned (%s)%s: peers may use more processors than threads"
        .formatted(obstacle, python);
  }
}
