// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.CommandRun.says;
import static dev.unspool.cli.CommandRun.succeeds;
import static dev.unspool.cli.TinyData.quick;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.unspool.cli.report.Console;
import dev.unspool.cli.run.LimitConfig;
import dev.unspool.cli.run.MappedData;
import dev.unspool.cli.run.ReportConfig;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.Stop;
import dev.unspool.cli.run.Task;
import dev.unspool.cli.run.TrainingRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders and data that change while a training goes on. */
final class ChangedUnderneathTest extends TrainedFolder {
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFolderThatIsRenamedDuringTraining(boolean replaced) throws IOException {
    succeeds(train("--seed", "1"));
    RunConfig config = RunFolder.open(run).readConfig();
    RunFolder going = RunFolder.create(folder.resolve("going"), false);
    Path renamed = folder.resolve("renamed");
    var err =
        new PrintWriter(Writer.nullWriter()) {
          @Override
          public void println(String line) {
            if (line.contains("epoch ") && !Files.exists(renamed)) {
              try {
                Files.move(going.path(), renamed);
                if (replaced) {
                  Files.createDirectory(going.path());
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            }
          }
        };
    RunConfig reporting =
        config.with(
            config
                .requireTraining()
                .with(new LimitConfig(3, 0, 0, 0))
                .with(new ReportConfig(1e-9, 30.0, 0)));
    try (Task task = Training.open(going, reporting);
        Stop stop = Stop.onRequest()) {
      var training = new TrainingRun(going, reporting, task, console(err), stop);
      String line = String.valueOf(assertThrows(IOException.class, training::begin).getMessage());
      says(line, "going", "renamed", "resume");
    }
    if (replaced) {
      assertEquals(Set.of(), FolderContent.of(going.path()).names());
    } else {
      assertFalse(Files.exists(going.path()));
    }
    succeeds("resume", renamed);
  }

  @Test
  void aTextThatBecomesShorterDuringTraining() throws IOException {
    Path text = folder.resolve("long.txt");
    Files.writeString(text, "All work and no play makes a dull boy.\n".repeat(2000));
    succeeds(TinyData.changed(quick("train", "--text", text, "--out", run), "--max-updates 1"));
    RunConfig old = RunFolder.open(run).readConfig();
    RunConfig config =
        old.with(
            old.requireTraining()
                .with(new LimitConfig(3, 0, 0, 0))
                .with(new ReportConfig(1e-9, 30.0, 0)));
    RunFolder going = RunFolder.create(folder.resolve("going"), false);
    var err =
        new PrintWriter(Writer.nullWriter()) {
          @Override
          public void println(String line) {
            if (line.contains("epoch ")) {
              try {
                Files.write(text, new byte[10]); // shortens the file itself, which is mapped
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            }
          }
        };
    try (Task task = Training.open(going, config);
        Stop stop = Stop.onRequest()) {
      var training = new TrainingRun(going, config, task, console(err), stop);
      String line =
          String.valueOf(
              assertThrows(RunException.class, () -> beginsReading(training, config)).getMessage());
      says(line, "long.txt", "shorter", "resume");
    }
    assertEquals(List.of("going", "long.txt", "run", "table.csv"), names(folder));
  }

  private static void beginsReading(TrainingRun training, RunConfig config) throws IOException {
    MappedData.read(
        config,
        () -> {
          training.begin();
          return config;
        });
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static Console console(PrintWriter err) {
    return new Console(new PrintWriter(Writer.nullWriter()), err, false, false, 80);
  }
}
