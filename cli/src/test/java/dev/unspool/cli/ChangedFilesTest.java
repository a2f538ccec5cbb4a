// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.CommandRun.fails;
import static dev.unspool.cli.CommandRun.says;
import static dev.unspool.cli.CommandRun.succeeds;
import static dev.unspool.cli.TinyData.quick;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of a run, and its data, that were moved or are no longer what they were. */
final class ChangedFilesTest extends TrainedFolder {
  @Test
  void theDataAreFoundFromAnotherFolder() throws IOException {
    Path relative = Path.of("").toAbsolutePath().relativize(table.toRealPath());
    succeeds(TinyData.changed(train(), "--csv " + relative));
    String stored =
        CommandRun.json(Files.readString(run.resolve("config.json")))
            .getAsJsonObject("csv")
            .getAsJsonObject("table")
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
}
