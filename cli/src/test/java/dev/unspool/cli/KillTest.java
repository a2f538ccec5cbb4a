// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Training killed by the system (SIGKILL), which it cannot notice, again and again: it must end
 * with the same bits. Many more kills are in {@code reliability/}.
 */
final class KillTest {
  private static final int KILLED = 137;
  private static final int KILLS = 2;

  @TempDir Path folder;

  /** What is trained. */
  enum Kind {
    SERIES,
    PLANT
  }

  @ParameterizedTest
  @EnumSource
  void aRunThatIsKilledAgainAndAgainEndsWithTheSameBits(Kind kind) throws Exception {
    long seed = Long.getLong("unspool.seed", new Random().nextLong(1_000_000));
    System.out.println("KillTest: -Dunspool.seed=" + seed);
    var random = new Random(seed);
    Object[] from = from(kind, TinyData.table(folder));
    Path whole = folder.resolve("whole");
    Path killed = folder.resolve("killed");
    CommandRun.succeeds(train(from, whole, 0));

    for (int kill = 0; kill < KILLS; kill++) {
      long reached =
          kill(
              kill == 0 ? train(from, killed, 1) : new Object[] {"resume", killed},
              1 + random.nextInt(20));
      assertTrue(checkpoint(killed) >= reached - 1, "a checkpoint an update, seed " + seed);
    }
    CommandRun.succeeds("resume", killed);

    assertArrayEquals(weights(whole), weights(killed), "weights, seed " + seed);
    assertArrayEquals(
        FolderContent.numbers(whole.resolve("best.safetensors")),
        FolderContent.numbers(killed.resolve("best.safetensors")),
        "best weights, seed " + seed);
    assertArrayEquals(
        Files.readAllBytes(whole.resolve("metrics.json")),
        Files.readAllBytes(killed.resolve("metrics.json")),
        "metrics, seed " + seed);
    assertEquals(reports(whole), reports(killed), "seed " + seed);
    try (Stream<Path> files = Files.list(killed)) {
      assertFalse(files.anyMatch(file -> file.toString().endsWith(".tmp")), "nothing is left");
    }
  }

  /** What a training begins with. */
  private Object[] from(Kind kind, Path table) {
    if (kind == Kind.SERIES) {
      return new Object[] {"--csv", table, "--target", "wave", "--hidden", "8"};
    }
    Path fit = folder.resolve("fit");
    CommandRun.succeeds(
        TinyData.changed(
            new Object[] {"fit", "--csv", table, "--input", "force", "--target", "driven"},
            "--hidden 3 --starts 1 --iterations 1 --out " + fit));
    return new Object[] {"--from", fit};
  }

  private static Object[] train(Object[] from, Path run, int checkpointUpdates) {
    return TinyData.changed(
        TinyData.joined("train", from),
        "--out %s --k1 5 --k2 10 --lanes 2 ".formatted(run)
            + "--epochs 8 --report-every 1e-9 --schedule constant --threads 1 --checkpoint-updates "
            + checkpointUpdates);
  }

  /** Runs a command until it has reported so many updates, kills it, and says which was last. */
  private static long kill(Object[] words, int reports) throws Exception {
    Process process = CommandProcess.start(words);
    var said = new StringBuilder();
    int seen = 0;
    try (BufferedReader err = process.errorReader()) {
      String line;
      while ((line = err.readLine()) != null) {
        said.append(line).append('\n');
        if (line.contains("epoch ") && ++seen == reports) {
          process.toHandle().destroyForcibly();
        }
      }
      assertEquals(KILLED, process.waitFor(), said::toString);
    } finally {
      process.destroyForcibly();
    }
    return seen;
  }

  private static long checkpoint(Path run) {
    return CommandRun.succeeds("info", run, "--json")
        .json()
        .getAsJsonObject("checkpoint")
        .get("update")
        .getAsLong();
  }

  private static byte[] weights(Path run) throws IOException {
    try (Stream<Path> files = Files.list(run.resolve("checkpoint"))) {
      return Files.readAllBytes(
          files
              .filter(file -> file.getFileName().toString().startsWith("weights-"))
              .findFirst()
              .orElseThrow());
    }
  }

  /** The reports without what depends on the clock. */
  private static List<JsonObject> reports(Path run) throws IOException {
    return Files.readAllLines(run.resolve("metrics.jsonl")).stream()
        .map(CommandRun::json)
        .peek(line -> List.of("steps_per_second", "seconds").forEach(line::remove))
        .toList();
  }
}
