// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.CommandRun.fails;
import static dev.unspool.cli.CommandRun.says;
import static dev.unspool.cli.CommandRun.succeeds;
import static dev.unspool.cli.TinyData.quick;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.cli.report.Console;
import dev.unspool.cli.run.FolderLock;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What makes a folder a run, and who may touch it. */
final class RunFolderTest extends TrainedFolder {
  @Test
  void aFolderThatIsBeingWrittenToIsLeftAloneAndCanBeRead() throws IOException {
    String pid = "process " + ProcessHandle.current().pid();
    succeeds(train());
    FolderContent before = FolderContent.of(run);
    try (FolderLock _ = FolderLock.take(run, silent())) {
      says(fails(1, train("--force")), run.toString(), pid);
      says(fails(1, "resume", run), run.toString(), pid);
      for (String command : List.of("info", "evaluate", "forecast")) {
        succeeds(command, run);
      }
    }
    before.assertSame(FolderContent.of(run));
    succeeds("resume", run);
  }

  @Test
  void whoIsAtWorkWhereNothingIsYetIsSaid() throws IOException {
    String pid = "process " + ProcessHandle.current().pid();
    Path plant = TinyPlant.table(folder.resolve("plant.csv"), 30, 1);
    Object[][] commands = {
      {"info", run}, {"resume", run}, {"simulate", "--model", run, "--csv", plant}
    };
    try (FolderLock _ = FolderLock.take(run, silent())) {
      for (Object[] command : commands) {
        says(fails(1, command), run + " holds nothing yet", pid);
      }
      Files.createFile(run.resolve(".unspool.begun"));
      for (Object[] command : commands) {
        says(fails(1, command), run + " holds nothing yet", pid);
      }
    }
    says(fails(1, "info", run), "cut off", "again");
    says(fails(1, commands[2]), "holds nothing yet");
  }

  @Test
  void filesOfOthersAreNotOverwritten() throws IOException {
    Files.createDirectories(run.resolve("checkpoint"));
    for (String name :
        List.of(
            "config.json",
            "metrics.json",
            "metrics.jsonl",
            "loss.png",
            "vocabulary.txt",
            "model.json",
            "checkpoint/checkpoint.json",
            "checkpoint/weights-7.safetensors")) {
      Path file = Files.writeString(run.resolve(name), "{\"theirs\": 1}");
      says(fails(1, train()), file.toString(), "--out");
      says(fails(1, train("--force")), file.toString());
      assertEquals("{\"theirs\": 1}", Files.readString(file));
      Files.delete(file);
      Files.createSymbolicLink(file, folder.resolve("nowhere"));
      says(fails(1, train("--force")), file.toString());
      Files.delete(file);
    }
    Files.writeString(run.resolve("checkpoint/model.pt"), "theirs");
    succeeds(train());
    succeeds(train("--force"));
    assertEquals("theirs", Files.readString(run.resolve("checkpoint/model.pt")));
  }

  @Test
  void forceDeletesNothingThroughALink() throws IOException {
    Path precious = Files.createDirectory(folder.resolve("precious"));
    Path other = folder.resolve("other");
    succeeds(quick("train", "--csv", table, "--target", "wave", "--out", other));
    Files.move(other.resolve("checkpoint"), precious.resolve("checkpoint"));
    FolderContent before = FolderContent.of(precious);

    succeeds(train());
    try (Stream<Path> files = Files.list(run.resolve("checkpoint"))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(run.resolve("checkpoint"));
    Files.createSymbolicLink(run.resolve("checkpoint"), precious.resolve("checkpoint"));
    says(fails(1, train("--force")), run.resolve("checkpoint").toString(), "link");
    before.assertSame(FolderContent.of(precious));
    assertTrue(Files.exists(run.resolve("config.json")), "nothing was deleted");

    Files.delete(run.resolve("checkpoint"));
    Path report = Files.writeString(precious.resolve("report"), "precious");
    Files.delete(run.resolve("metrics.json"));
    Files.createSymbolicLink(run.resolve("metrics.json"), report);
    says(fails(1, train("--force")), "metrics.json", "link");
    assertEquals("precious", Files.readString(report));
    Files.delete(run.resolve("metrics.json"));
    succeeds(train("--force"));
  }

  @Test
  void aRunWithoutItsConfigurationIsNotGoneOnWithSilently() throws IOException {
    succeeds(train("--seed", "1"));
    Files.delete(run.resolve("config.json"));
    Object[] another = train("--seed", "99");
    says(fails(1, another), "config.json", "--force");
    says(fails(1, "resume", run), "config.json");
    succeeds(train("--seed", "99", "--force"));
    Path fresh = folder.resolve("fresh");
    succeeds(quick("train", "--csv", table, "--target", "wave", "--out", fresh, "--seed", "99"));
    assertEquals(
        Files.readString(fresh.resolve("metrics.json")),
        Files.readString(run.resolve("metrics.json")));
  }

  /** Wherever a kill leaves a folder, what follows is the old run, whole, or a new one. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8})
  void aKillWhileARunIsThrownAway(int deleted) throws IOException {
    succeeds(train("--seed", "1"));
    String old = Files.readString(run.resolve("metrics.json"));
    Files.createFile(run.resolve(".unspool.begun"));
    List<Path> files = new ArrayList<>();
    for (String name :
        List.of("config.json", "metrics.jsonl", "metrics.json", "loss.png", "forecast.png")) {
      files.add(run.resolve(name));
    }
    try (Stream<Path> list = Files.list(run.resolve("checkpoint"))) {
      list.sorted().forEach(files::add);
    }
    assertEquals(8, files.size());
    for (Path file : files.subList(0, deleted)) {
      Files.delete(file);
    }
    if (deleted == 0) {
      says(fails(1, train("--seed", "99")), "holds a run already");
      succeeds("resume", run);
      assertEquals(old, Files.readString(run.resolve("metrics.json")));
    } else {
      says(fails(1, "resume", run), "cut off", "again");
    }
    CommandRun again =
        deleted == 0 ? succeeds(train("--seed", "99", "--force")) : succeeds(train("--seed", "99"));
    assertFalse(again.err().contains("Going on"), again.err());
    succeeds("evaluate", run);
    assertFalse(Files.exists(run.resolve(".unspool.begun")));
    assertFalse(old.equals(Files.readString(run.resolve("metrics.json"))));
  }

  @Test
  void aCheckpointWithoutItsManifestIsKept() throws IOException {
    succeeds(train());
    Path manifest = run.resolve("checkpoint/checkpoint.json");
    byte[] intact = Files.readAllBytes(manifest);
    Files.delete(manifest);
    FolderContent before = FolderContent.of(run);
    for (String command : List.of("resume", "evaluate", "forecast", "info")) {
      says(fails(1, command, run), "weights-", "state-", "checkpoint.json", "restore");
    }
    before.assertSame(FolderContent.of(run));
    Files.write(manifest, intact);
    succeeds("resume", run);
  }

  private static Console silent() {
    var nowhere = new PrintWriter(Writer.nullWriter());
    return new Console(nowhere, nowhere, false, false, 80);
  }
}
