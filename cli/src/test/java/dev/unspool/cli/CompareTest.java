// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.CommandRun.fails;
import static dev.unspool.cli.CommandRun.says;
import static dev.unspool.cli.CommandRun.succeeds;
import static dev.unspool.cli.TinyData.changed;
import static dev.unspool.cli.TinyData.quick;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CompareTest {
  @TempDir Path folder;
  Path small = Path.of("");
  Path large = Path.of("");

  @BeforeEach
  void train() throws IOException {
    Path table = TinyData.table(folder);
    small = folder.resolve("small");
    large = folder.resolve("large");
    Object[] words = quick("train", "--csv", table, "--target", "wave", "--out", small);
    succeeds(words);
    succeeds(changed(words, "--hidden 12 --lr 0.01 --report-every 500 --out " + large));
  }

  private static List<String> row(CommandRun run, String name) {
    return run.out()
        .lines()
        .filter(line -> line.startsWith(name + "  "))
        .findFirst()
        .map(line -> List.of(line.substring(name.length()).strip().split(" {2,}")))
        .orElse(List.of());
  }

  @Test
  void aTableSaysWhatDiffersAndHowWellEachDoes() {
    CommandRun run = succeeds("compare", small, large);
    assertEquals(List.of("small", "large"), List.of(run.out().strip().split("\\s+")).subList(0, 2));
    assertEquals(List.of("8", "12"), row(run, "model hidden"));
    assertEquals(List.of("0.003", "0.01"), row(run, "training lr"));
    assertEquals(2, row(run, "test rmse").size(), run::toString);
    assertEquals(2, row(run, "validation loss").size(), run::toString);
    assertEquals(2, row(run, "time").size(), run::toString);
    assertFalse(run.out().contains("report every"), run::toString);
    assertEquals("", run.err(), "the same data");
  }

  @Test
  void withJsonEverythingIsThere() throws IOException {
    JsonObject json = succeeds("compare", small, large, "--json").json();
    JsonArray differences = json.getAsJsonArray("differences");
    assertEquals(2, differences.size(), json::toString);
    JsonObject first = json.getAsJsonArray("runs").get(0).getAsJsonObject();
    JsonObject metrics = CommandRun.json(Files.readString(small.resolve("metrics.json")));
    assertEquals(
        metrics.getAsJsonObject("test").get("rmse"),
        first.getAsJsonObject("figures").get("test rmse"));
    assertEquals(metrics.getAsJsonObject("training").get("updates"), first.get("updates"));
    assertTrue(first.get("seconds").getAsDouble() > 0, json::toString);
  }

  @Test
  void aPictureHasTheLosses() throws IOException {
    Path png = folder.resolve("compare.png");
    succeeds("compare", small, large, "--plot", png);
    assertTrue(Files.size(png) > 1000);
  }

  @Test
  void validationLossesOfOtherThingsAreSaidNotToCompare() throws IOException {
    Path level = folder.resolve("level");
    Object[] words = quick("train", "--csv", folder.resolve("table.csv"), "--target", "wave");
    succeeds(changed(words, "--predict level --out " + level));
    CommandRun run = succeeds("compare", small, level);
    says(run.err(), "validation losses", "do not compare");
    says(run.err(), "small has mse of the change of 'wave'", "level has mse of 'wave'");
    assertFalse(run.err().contains("different data"), run::toString);
  }

  @Test
  void figuresOfOtherDataAreSaidNotToCompare() throws IOException {
    Path text = TinyData.text(folder);
    Path novel = folder.resolve("novel");
    succeeds(quick("train", "--text", text, "--out", novel));
    CommandRun run = succeeds("compare", small, novel);
    says(run.err(), "different data");
    assertEquals(2, row(run, "test rmse").size(), run::toString);
    assertEquals("-", row(run, "test rmse").getLast());
  }

  @Test
  void whatCannotBeComparedIsRefused() throws IOException {
    says(fails(2, "compare", small), "two or more");
    says(fails(2, "compare", small, large, small), "twice");
    says(fails(1, "compare", small, folder.resolve("none")), "none", "no such run folder");
    Files.writeString(large.resolve("metrics.json"), "{");
    says(fails(1, "compare", small, large), "metrics.json", "damaged");
    says(fails(2, "compare"), "RUN");
  }
}
