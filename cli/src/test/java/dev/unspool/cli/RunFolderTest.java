// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.CommandRun.fails;
import static dev.unspool.cli.CommandRun.succeeds;
import static dev.unspool.cli.TinyData.quick;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.cli.report.Console;
import dev.unspool.cli.run.FolderLock;
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
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What makes a folder a run, and who may touch it. */
final class RunFolderTest {
  @TempDir Path folder;
  Path table = Path.of("");
  Path run = Path.of("");

  @BeforeEach
  void write() throws IOException {
    table = TinyData.table(folder);
    run = folder.resolve("run");
  }

  private Object[] train(Object... more) {
    return Stream.concat(
            Stream.of(quick("train", "--csv", table, "--target", "wave", "--out", run)),
            Stream.of(more))
        .toArray();
  }

  private static void says(String line, String... words) {
    for (String word : words) {
      assertTrue(line.contains(word), () -> "'" + word + "' is not in: " + line);
    }
  }

  /** Everything in a folder by name, but for the lock. */
  private static Map<String, byte[]> content(Path folder) throws IOException {
    var content = new TreeMap<String, byte[]>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.toList()) {
        if (Files.isRegularFile(file) && !file.endsWith(".unspool.lock")) {
          content.put(folder.relativize(file).toString(), Files.readAllBytes(file));
        }
      }
    }
    return content;
  }

  private static void assertSame(Map<String, byte[]> expected, Map<String, byte[]> actual) {
    assertEquals(expected.keySet(), actual.keySet());
    expected.forEach((name, bytes) -> assertArrayEquals(bytes, actual.get(name), name));
  }

  private static Console console(PrintWriter err) {
    return new Console(new PrintWriter(Writer.nullWriter()), err, false, false, 80);
  }

  @Test
  void aFolderThatIsBeingWrittenToIsLeftAloneAndCanBeRead() throws IOException {
    String pid = "process " + ProcessHandle.current().pid();
    succeeds(train());
    Map<String, byte[]> before = content(run);
    try (FolderLock _ = FolderLock.take(run, console(new PrintWriter(Writer.nullWriter())))) {
      says(fails(1, train("--force")), run.toString(), pid);
      says(fails(1, "resume", run), run.toString(), pid);
      for (String command : List.of("info", "evaluate", "forecast")) {
        succeeds(command, run);
      }
    }
    assertSame(before, content(run));
    succeeds("resume", run);
  }

  @Test
  void aTrainingThatIsRefusedLeavesNothing() throws IOException {
    Path text = TinyData.text(folder);
    for (String options :
        List.of(
            "--lanes 2147483647",
            "--lanes 2000",
            "--k1 2147483647",
            "--k2 2147483647",
            "--hidden 60000",
            "--loss-at last:999999999")) {
      Object[] words = quick("train", "--text", text, "--out", run);
      String line = fails(1, TinyData.changed(words, options));
      assertFalse(line.contains(" -2"), line);
      assertFalse(Files.exists(run), line);
    }
    for (String options : List.of("--lanes 2147483647", "--horizon 2147483647")) {
      says(fails(1, TinyData.changed(train(), options)), "at least");
      assertFalse(Files.exists(run), options);
    }
    says(fails(1, TinyData.changed(train(), "--horizon 2147483647")), "at least 2147483649");
    succeeds(train());
  }

  @Test
  void aTrainingThatFailsBeforeItHasLearnedAnythingIsNotInTheWay() throws IOException {
    // 140 rows are 70 updates, of which 10 in a row are not finite long before the first ends.
    Object[] words =
        TinyData.changed(train(), "--optimizer sgd --lr 1e30 --clip 0 --k1 1 --schedule constant");
    says(fails(1, words), "diverged at update ", "try a smaller rate, such as --lr 1");
    assertEquals(Map.of(), content(run));
    succeeds(train());
  }

  /** Whether the checkpoint is of an update in the divergence, or of the end of an epoch in it. */
  @ParameterizedTest
  @ValueSource(
      strings = {"--k1 1 --checkpoint-updates 1 ! none to go on from", "--k1 35 ! not finite"})
  void aCheckpointThatHasDivergedIsNoneToGoOnFrom(String options) throws IOException {
    String[] parts = options.split(" ! ", -1);
    Object[] words =
        TinyData.changed(
            train(),
            "--optimizer sgd --lr 1e30 --clip 0 --schedule constant --epochs 20 " + parts[0]);
    CommandRun diverged = CommandRun.of(words);
    assertEquals(1, diverged.status());
    String line = diverged.err().lines().toList().getLast();
    says(line, "diverged at update ", parts[1], "train anew with --force", "--lr 1");
    assertFalse(line.contains("unspool resume"), line);
    succeeds(train("--force"));
  }

  @Test
  void aTrainingThatDivergesLaterGoesOnFromItsCheckpoint() throws IOException {
    succeeds(TinyData.changed(train(), "--valid 0 --max-updates 5 --schedule constant"));
    String line = fails(1, "resume", run, "--lr", "1e30", "--max-updates", 0);
    assertTrue(line.contains("'unspool resume %s --lr 1".formatted(run)), line);
    succeeds("resume", run, "--lr", "0.001");
  }

  @Test
  void whoIsAtWorkWhereNothingIsYetIsSaid() throws IOException {
    String pid = "process " + ProcessHandle.current().pid();
    Path plant = TinyPlant.table(folder.resolve("plant.csv"), 30, 1);
    Object[][] commands = {
      {"info", run}, {"resume", run}, {"simulate", "--model", run, "--csv", plant}
    };
    try (FolderLock _ = FolderLock.take(run, console(new PrintWriter(Writer.nullWriter())))) {
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
  void theDataAreFoundFromAnotherFolder() throws IOException {
    Path relative = Path.of("").toAbsolutePath().relativize(table.toRealPath());
    succeeds(TinyData.changed(train(), "--csv " + relative));
    String stored =
        CommandRun.json(Files.readString(run.resolve("config.json")))
            .getAsJsonObject("csv")
            .get("file")
            .getAsString();
    assertTrue(Path.of(stored).isAbsolute(), stored);
    assertEquals(table.toRealPath(), Path.of(stored).toRealPath());
  }

  @Test
  void dataThatAreNotThereAreAskedFor() throws IOException {
    succeeds(train());
    Path moved = Files.move(table, folder.resolve("moved.csv"));
    says(fails(1, "resume", run), "table.csv", "--data FILE");
    says(fails(1, "evaluate", run), "table.csv", "--data FILE");
    says(fails(1, "forecast", run), "table.csv", "--csv FILE");
    succeeds("evaluate", run, "--data", moved);
    succeeds("forecast", run, "--csv", moved);
    says(fails(2, "evaluate", run, "--data", moved, "--csv", moved), "--data", "--csv");
    succeeds("resume", run, "--data", moved);
    succeeds("evaluate", run);
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
    Map<String, byte[]> before = content(precious);

    succeeds(train());
    try (Stream<Path> files = Files.list(run.resolve("checkpoint"))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(run.resolve("checkpoint"));
    Files.createSymbolicLink(run.resolve("checkpoint"), precious.resolve("checkpoint"));
    says(fails(1, train("--force")), run.resolve("checkpoint").toString(), "link");
    assertSame(before, content(precious));
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
    Map<String, byte[]> before = content(run);
    for (String command : List.of("resume", "evaluate", "forecast", "info")) {
      says(fails(1, command, run), "weights-", "state-", "checkpoint.json", "restore");
    }
    assertSame(before, content(run));
    Files.write(manifest, intact);
    succeeds("resume", run);
  }

  @Test
  void filesOfAnotherRunAreNoticed() throws IOException {
    Path other = folder.resolve("other");
    succeeds(train());
    succeeds(
        TinyData.changed(
            quick("train", "--csv", table, "--target", "wave", "--out", other), "--k2 7"));
    Files.copy(
        other.resolve("config.json"),
        run.resolve("config.json"),
        StandardCopyOption.REPLACE_EXISTING);
    for (String command : List.of("resume", "evaluate", "forecast", "info")) {
      says(fails(1, command, run), "another run", "config.json", "checkpoint");
    }
  }

  @Test
  void aConfigurationThatWasChangedIsNoticed() throws IOException {
    succeeds(train());
    Path config = run.resolve("config.json");
    String intact = Files.readString(config);
    for (String changed :
        List.of(
            intact.replace("\"k2\": 10", "\"k2\": 11"),
            intact.replace("\"epochs\": 3", "\"epochs\": 8"),
            intact.replace("\"seed\": 1", "\"seed\": 2"))) {
      assertFalse(changed.equals(intact));
      Files.writeString(config, changed);
      says(fails(1, "resume", run), "config.json", "changed");
    }
    Files.writeString(config, intact);
    succeeds("resume", run, "--epochs", "4");
    succeeds("resume", run);
  }

  @Test
  void dataThatWereChangedInPlaceAreNoticed() throws IOException {
    succeeds(train());
    String intact = Files.readString(table);
    String row = intact.lines().skip(101).findFirst().orElseThrow();
    String digit = row.substring(row.indexOf(',') + 1, row.indexOf(',') + 5);
    String changed = intact.replace("\n" + row, "\n" + row.replace(digit, "3.33"));
    assertEquals(intact.length(), changed.length());
    Files.writeString(table, changed);
    for (String command : List.of("resume", "evaluate", "forecast")) {
      says(fails(1, command, run), "table.csv", "changed");
    }
    succeeds("forecast", run, "--csv", table);
    succeeds("info", run);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes", "words"})
  void aTextThatWasChangedInPlaceIsNoticed(String tokens) throws IOException {
    Path text = TinyData.text(folder);
    succeeds(quick("train", "--text", text, "--out", run, "--tokens", tokens));
    String intact = Files.readString(text);
    Files.writeString(text, intact.replaceFirst("Wasser mischen", "mischen Wasser"));
    says(fails(1, "resume", run), "text.txt", "changed");
    says(fails(1, "evaluate", run), "text.txt", "changed");
    succeeds("generate", run, "--length", "3");
    Files.writeString(text, intact);
    succeeds("resume", run);
  }

  @Test
  void aWordThatWasChangedIsNoticed() throws IOException {
    Path text = TinyData.text(folder);
    succeeds(quick("train", "--text", text, "--out", run, "--tokens", "words"));
    Path words = run.resolve("vocabulary.txt");
    String intact = Files.readString(words);
    Files.writeString(words, intact.replace("Wasser", "Wesser"));
    for (String command : List.of("resume", "evaluate", "generate")) {
      says(fails(1, command, run), "vocabulary.txt", "damaged");
    }
    Files.writeString(words, intact);
    succeeds("generate", run, "--length", "3");
  }

  /** As a version left them that knew neither names of runs nor checksums. */
  @Test
  void oldFoldersAreRead() throws IOException {
    Path text = TinyData.text(folder);
    succeeds(quick("train", "--text", text, "--out", run, "--tokens", "words"));
    Path config = run.resolve("config.json");
    Files.writeString(
        config,
        Files.readString(config)
            .replaceAll("\"run\": \"[0-9a-f]{8}\",", "")
            .replaceAll(",\\s*\"vocabulary_crc32c\": \"[0-9a-f]{8}\"", "")
            .replaceAll(",\\s*\"crc32c\": \"[0-9a-f]{8}\"", ""));
    assertFalse(Files.readString(config).contains("crc32c"));
    says(fails(1, "evaluate", run), "another run"); // its checkpoint has a name
    RunFolder old = RunFolder.open(run);
    RunConfig without = old.readConfig();
    RunFolder copy = RunFolder.create(folder.resolve("copy"), false);
    Files.copy(run.resolve("vocabulary.txt"), copy.vocabulary());
    copy.writeConfig(without);
    succeeds("resume", copy.path());
    succeeds("evaluate", copy.path());
    succeeds("generate", copy.path(), "--length", "3");
  }

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
      assertEquals(Map.of(), content(going.path()));
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
}
