// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.TinyData.quick;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ForecastTest {
  @TempDir Path folder;
  Path table = Path.of("");
  Path run = Path.of("");

  @BeforeEach
  void write() throws IOException {
    table = TinyData.table(folder);
    run = folder.resolve("run");
  }

  private JsonArray forecast(Object... words) {
    return CommandRun.succeeds(words).json().getAsJsonObject("targets").getAsJsonArray("wave");
  }

  @Test
  void theOutputIsATable() throws IOException {
    CommandRun.succeeds(quick("train", "--csv", table, "--target", "wave", "--out", run));
    Path plot = folder.resolve("plot.png");
    List<String> lines =
        CommandRun.succeeds("forecast", run, "--steps", "3", "--plot", plot).out().lines().toList();
    assertEquals("row,wave", lines.getFirst());
    assertEquals(4, lines.size());
    assertTrue(lines.get(1).matches("200,-?[0-9.E-]+"), lines.get(1));
    assertTrue(Files.size(plot) > 0);
  }

  @Test
  void aLongerForecastBeginsLikeAShorterOne() {
    CommandRun.succeeds(quick("train", "--csv", table, "--target", "wave", "--out", run));
    JsonArray shorter = forecast("forecast", run, "--steps", "2", "--json");
    JsonArray longer = forecast("forecast", run, "--steps", "5", "--json");
    assertEquals(shorter.get(0), longer.get(0));
    assertEquals(shorter.get(1), longer.get(1));
  }

  @Test
  void feedingBackIsWhatAppendingThePredictionWouldDo() throws IOException {
    CommandRun.succeeds(quick("train", "--csv", table, "--target", "wave", "--out", run));
    JsonArray both = forecast("forecast", run, "--steps", "2", "--json");
    var lines = new ArrayList<>(Files.readAllLines(table));
    lines.add("200," + both.get(0).getAsDouble() + ",0,0");
    Path appended = Files.write(folder.resolve("appended.csv"), lines);
    JsonArray second = forecast("forecast", run, "--steps", "1", "--csv", appended, "--json");
    assertEquals(both.get(1).getAsDouble(), second.get(0).getAsDouble(), 1e-4);
  }

  @Test
  void otherInputsOfTheFutureAreAskedFor() throws IOException {
    CommandRun.succeeds(TinyData.driven(table, run));
    CommandRun.succeeds("forecast", run, "--steps", "1");
    String error = CommandRun.fails(2, "forecast", run, "--steps", "4");
    assertTrue(error.contains("force") && error.contains("--future"), error);
    Path future = Files.writeString(folder.resolve("future.csv"), "force\n0.1\n0.2\n");
    String tooShort = CommandRun.fails(1, "forecast", run, "--steps", "4", "--future", future);
    assertTrue(tooShort.contains("3") && tooShort.contains("2"), tooShort);
    Files.writeString(future, "force\n0.1\n0.2\n0.3\n");
    CommandRun.succeeds("forecast", run, "--steps", "4", "--future", future);
  }

  @Test
  void aModelWithoutFeedbackNeedsAllInputs() throws IOException {
    CommandRun.succeeds(
        quick(
            "train",
            "--csv",
            table,
            "--target",
            "driven",
            "--input",
            "force",
            "--out",
            run,
            "--loss",
            "gaussian"));
    CommandRun.fails(2, "forecast", run, "--steps", "1");
    Path future = Files.writeString(folder.resolve("future.csv"), "force\n0.1\n0.2\n");
    JsonObject json =
        CommandRun.succeeds("forecast", run, "--steps", "2", "--future", future, "--json").json();
    assertEquals(2, json.getAsJsonObject("deviations").getAsJsonArray("driven").size());
    assertEquals(
        "row,driven,driven deviation,driven 5%,driven 95%",
        CommandRun.succeeds("forecast", run, "--steps", "2", "--future", future)
            .out()
            .lines()
            .findFirst()
            .orElseThrow());
  }
}
