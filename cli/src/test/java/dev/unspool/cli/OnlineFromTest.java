// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.predict.Forecaster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A stream that begins with the weights of a training. */
final class OnlineFromTest {
  @TempDir Path folder;

  /** At a learning rate of nothing to speak of, it says what the run's own forecaster does. */
  @Test
  void itSaysWhatTheRunSays() throws IOException {
    var lines = new ArrayList<String>(List.of("when,load,wind"));
    for (int t = 0; t < 160; t++) {
      lines.add(
          "2024-03-%s%sT%s%s:00,%s,%s"
              .formatted(
                  (1 + t / 24) / 10,
                  (1 + t / 24) % 10,
                  t % 24 / 10,
                  t % 24 % 10,
                  t % 19 == 5 ? "" : 50 + 10 * Math.sin(t * Math.PI / 12),
                  Math.cos(0.3 * t)));
    }
    Path table = Files.write(folder.resolve("hours.csv"), lines);
    Path run = folder.resolve("run");
    CommandRun.succeeds(
        TinyData.quick(
            "train",
            "--csv",
            table,
            "--target",
            "load",
            "--input",
            "load,wind",
            "--calendar",
            "hour",
            "--horizon",
            "1,3",
            "--out",
            run));

    StreamRun said =
        StreamRun.succeeds(
            StreamData.text(lines), "--from", run, "--lr", 1e-30, "--out", folder.resolve("live"));
    Forecaster forecaster = Forecaster.load(run);
    assertEquals(List.of("load", "wind"), forecaster.columns());
    for (int t = 0; t < 160; t++) {
      String[] fields = lines.get(t + 1).split(",", -1);
      double next =
          forecaster
              .step(
                  Instant.parse(fields[0] + ":00Z"),
                  fields[1].isEmpty() ? Double.NaN : Double.parseDouble(fields[1]),
                  Double.parseDouble(fields[2]))
              .value();
      double found =
          said.json()
              .get(t)
              .getAsJsonObject("predictions")
              .getAsJsonObject("load")
              .get("1")
              .getAsDouble();
      assertEquals(next, found, 1e-4, "row " + t);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --known force --fill last            | reads 'force' 1 rows ahead (--known)
          --fill linear --input wave,force     | fills gaps of 'force' with the next value (--fill linear)
          --fill last --gap 3                  | begins anew after 3 empty rows (--gap)
          """)
  void whatAStreamCannotKnowIsRefused(String options, String reason) throws IOException {
    Path run = folder.resolve("run");
    Object[] words =
        TinyData.quick("train", "--csv", TinyData.table(folder), "--target", "wave", "--out", run);
    CommandRun.succeeds(TinyData.changed(words, options));
    String said =
        StreamRun.fails(2, "wave,force\n1,2\n", "--from", run, "--out", folder.resolve("live"));
    CommandRun.says(said, reason);
  }

  @Test
  void whatItHasFromTheRunIsNotSaidAgain() throws IOException {
    Path run = folder.resolve("run");
    CommandRun.succeeds(
        TinyData.quick("train", "--csv", TinyData.table(folder), "--target", "wave", "--out", run));
    Path live = folder.resolve("live");
    for (String option : List.of("--target wave", "--hidden 8", "--horizon 2", "--loss huber")) {
      CommandRun.says(
          StreamRun.fails(
              2, "", TinyData.changed(new Object[] {"--from", run, "--out", live}, option)),
          "does not go with --from");
    }
    Path text = folder.resolve("text");
    CommandRun.succeeds(
        "train", "--text", TinyData.text(folder), "--hidden", 4, "--epochs", 1, "--out", text);
    CommandRun.says(StreamRun.fails(2, "", "--from", text, "--out", live), "model of text");

    StreamRun.succeeds("wave\n1\n2\n", "--from", run, "--out", live);
    FolderContent.delete(run);
    assertEquals(1, StreamRun.succeeds("3\n", "--out", live).lines().size(), "it is on its own");
    assertTrue(CommandRun.succeeds("info", live).out().contains("from"));
  }
}
