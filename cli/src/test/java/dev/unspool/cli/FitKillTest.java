// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.SplitMix64;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that fits is killed, at any moment: what it has found so far can be used. */
final class FitKillTest {
  private static final int KILLS = 2;
  private static final int STARTS = 100;

  @TempDir Path folder;

  @Test
  void theBestModelSoFarOutlivesItsProcess() throws Exception {
    Path plant = TinyPlant.table(folder.resolve("plant.csv"), 300, 1);
    long seed = Long.getLong("unspool.seed", System.nanoTime());
    var random = new SplitMix64(seed);
    for (int kill = 0; kill < KILLS; kill++) {
      Path run = folder.resolve("run" + kill);
      int lines = 2 + random.nextInt(STARTS / 2);
      String said = killAfter(lines, fit(plant, run));
      String what = "-Dunspool.seed=%s, kill %s after %s lines: ".formatted(seed, kill, lines);
      CommandRun simulate = CommandRun.of("simulate", "--model", run, "--csv", plant, "--json");
      assertEquals(0, simulate.status(), () -> what + simulate + said);
      assertTrue(simulate.err().contains("the fit is unfinished"), () -> what + simulate);
      assertTrue(simulate.json().get("fit_percent").getAsDouble() > 0, () -> what + simulate);
      CommandRun info = CommandRun.of("info", run);
      assertTrue(info.out().contains("unspool resume"), () -> what + info);
      CommandRun resume = CommandRun.of("resume", run);
      assertEquals(0, resume.status(), () -> what + resume);
    }
  }

  private static List<String> fit(Path plant, Path run) {
    return Stream.of(
            "fit",
            "--csv",
            plant,
            "--input",
            "u",
            "--target",
            "y",
            "--out",
            run,
            "--hidden",
            "3",
            "--starts",
            STARTS,
            "--start-iterations",
            4,
            "--iterations",
            10)
        .map(String::valueOf)
        .toList();
  }

  /** Kills a process after so many lines about starts; returns what it said. */
  private static String killAfter(int lines, List<String> words)
      throws IOException, InterruptedException {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xlog:disable",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(words);
    Process process = new ProcessBuilder(command).start();
    var said = new StringBuilder();
    try (BufferedReader err = process.errorReader()) {
      int seen = 0;
      String line;
      while ((line = err.readLine()) != null) {
        said.append(line).append('\n');
        seen += line.startsWith("start ") ? 1 : 0;
        if (seen == lines) {
          process.toHandle().destroyForcibly(); // SIGKILL, and the stream stays open
        }
      }
      assertTrue(process.waitFor() != 0, said::toString);
    } finally {
      process.destroyForcibly();
    }
    return said.toString();
  }
}
