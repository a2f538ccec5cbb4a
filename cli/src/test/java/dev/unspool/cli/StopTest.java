// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.cli.report.Console;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.Stop;
import dev.unspool.cli.run.Task;
import dev.unspool.cli.run.TrainingRun;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StopTest {
  private static final int TERMINATED = 143;
  private static final long TEN_SECONDS = 10;

  @TempDir Path folder;
  Path table = Path.of("");
  Path run = Path.of("");

  @BeforeEach
  void write() throws IOException {
    table = TinyData.table(folder);
    run = folder.resolve("run");
  }

  @Test
  void aSignalWritesACheckpointAndEndsTheProcess() throws Exception {
    Process process =
        CommandProcess.start(
            "train",
            "--csv",
            table,
            "--target",
            "wave",
            "--out",
            run,
            "--hidden",
            "8",
            "--epochs",
            "1000000",
            "--report-every",
            "0.01");
    var said = new StringBuilder();
    try (BufferedReader err = process.errorReader()) {
      String line;
      boolean asked = false;
      while ((line = err.readLine()) != null) {
        said.append(line).append('\n');
        if (!asked && line.contains("epoch ")) {
          asked = true;
          // Unlike Process.destroy, this leaves the stream open.
          process.toHandle().destroy();
        }
      }
      assertTrue(process.waitFor(TEN_SECONDS, TimeUnit.SECONDS), said::toString);
    } finally {
      process.destroyForcibly();
    }
    assertEquals(TERMINATED, process.exitValue(), said::toString);
    assertTrue(said.toString().contains("unspool resume"), said::toString);
    long updates = checkpoint();
    assertTrue(updates > 0);
    CommandRun.succeeds("resume", run, "--max-updates", updates + 5);
    assertEquals(updates + 5, checkpoint());
  }

  private long checkpoint() {
    return CommandRun.succeeds("info", run, "--json")
        .json()
        .getAsJsonObject("checkpoint")
        .get("update")
        .getAsLong();
  }

  @Test
  void aStopBeforeTheFirstUpdateLeavesACheckpointToo() throws IOException {
    CommandRun.succeeds(TinyData.quick("train", "--csv", table, "--target", "wave", "--out", run));
    RunConfig config = RunFolder.open(run).readConfig();
    RunFolder second = RunFolder.create(folder.resolve("second"), false);
    second.writeConfig(config);
    var nowhere = new PrintWriter(Writer.nullWriter());
    var console = new Console(nowhere, nowhere, true, false, 80);
    try (Task task = Training.open(second, config);
        Stop stop = Stop.onRequest()) {
      stop.ask();
      assertNull(new TrainingRun(second, config, task, console, stop).run());
    }
    assertTrue(second.checkpoints().exists());
    CommandRun.succeeds("resume", second.path());
    assertEquals(Files.readString(run.resolve("metrics.json")), Files.readString(second.figures()));
  }
}
