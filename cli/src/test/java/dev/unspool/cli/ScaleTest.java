// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.CommandRun.succeeds;
import static dev.unspool.cli.TinyData.quick;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the size of numbers does to a model and to its figures. */
final class ScaleTest {
  @TempDir Path folder;

  private Path column(String name, IntToDoubleFunction value) throws IOException {
    var lines = new ArrayList<String>(List.of("y"));
    for (int t = 0; t < 300; t++) {
      lines.add(Double.toString(value.applyAsDouble(t)));
    }
    return Files.write(folder.resolve(name + ".csv"), lines);
  }

  private CommandRun train(Path csv, String... more) {
    var words =
        new ArrayList<Object>(
            List.of(quick("train", "--csv", csv, "--target", "y", "--out", run(csv), "--json")));
    words.addAll(List.of(more));
    return succeeds(words.toArray());
  }

  private Path run(Path csv) {
    return folder.resolve(csv.getFileName() + "-run");
  }

  private static JsonObject test(CommandRun run) {
    return run.json().getAsJsonObject("test");
  }

  private static double rmse(CommandRun run) {
    return test(run).get("rmse").getAsDouble();
  }

  @Test
  void anOffsetChangesNothing() throws IOException {
    double expected = rmse(train(column("small", t -> Math.sin(0.1 * t))));
    for (double offset : new double[] {1e7, 1e8, -1e9}) {
      Path csv = column("at" + offset, t -> offset + Math.sin(0.1 * t));
      CommandRun train = train(csv);
      assertEquals(expected, rmse(train), 0.02 * expected, "offset " + offset);
      String last = succeeds("forecast", run(csv), "--steps", "1").out().lines().toList().getLast();
      double forecast = Double.parseDouble(last.substring(last.indexOf(',') + 1));
      assertEquals(Math.sin(30), forecast - offset, 0.3, last);
      assertTrue(last.matches("300,-?\\d+\\.\\d{4,}"), last);
    }
  }

  @Test
  void anOffsetChangesNoFit() throws IOException {
    Path plant = TinyPlant.table(folder.resolve("plant.csv"), 300, 1);
    List<String> lines = Files.readAllLines(plant);
    for (int i = 1; i < lines.size(); i++) {
      String[] cells = lines.get(i).split(",", -1);
      cells[3] = Double.toString(1e8 + Double.parseDouble(cells[3]));
      lines.set(i, String.join(",", cells));
    }
    Path moved = Files.write(folder.resolve("moved.csv"), lines);
    double[] percent = new double[2];
    for (int i = 0; i < 2; i++) {
      CommandRun fit =
          succeeds(
              "fit",
              "--csv",
              i == 0 ? plant : moved,
              "--input",
              "u",
              "--target",
              "y",
              "--hidden",
              "3",
              "--starts",
              "1",
              "--iterations",
              "30",
              "--out",
              folder.resolve("fit" + i),
              "--json");
      percent[i] = fit.json().getAsJsonObject("test").get("fit_percent").getAsDouble();
    }
    assertTrue(percent[0] > 95, "the plant can be fitted");
    assertEquals(percent[0], percent[1], 0.1);
    String last =
        succeeds("simulate", "--model", folder.resolve("fit1"), "--csv", moved)
            .out()
            .lines()
            .toList()
            .getLast();
    assertTrue(last.matches("299,1000000\\d\\d\\.\\d{4,}"), last);
  }

  @Test
  void wildValuesAreTold() throws IOException {
    IntToDoubleFunction degrees = t -> 20 + 5 * Math.sin(0.1 * t);
    assertFalse(train(column("clean", degrees)).err().contains("variance"));
    Path wild = column("wild", t -> t == 50 || t == 120 ? 999.9 : degrees.applyAsDouble(t));
    CommandRun standard = train(wild);
    assertTrue(
        standard
            .err()
            .contains(
                "2 of 210 training values of 'y' make up 98 % of its variance (farthest: 999.9 in"
                    + " row"),
        standard.err());
    assertTrue(standard.err().contains("--normalise robust"), standard.err());
    CommandRun robust = train(wild, "--normalise", "robust", "--force");
    assertFalse(robust.err().contains("variance"), robust.err());
    double expected = rmse(train(column("again", degrees)));
    assertTrue(rmse(robust) < 0.5 * rmse(standard), "%s, %s".formatted(robust, standard));
    assertTrue(rmse(robust) < 20 * expected, robust::toString);
    JsonObject config = CommandRun.json(Files.readString(run(wild).resolve("config.json")));
    assertEquals("robust", config.getAsJsonObject("csv").get("normalise").getAsString());
    succeeds("evaluate", run(wild));
    succeeds("forecast", run(wild));
  }

  @Test
  void oneCellOfTheTestPartIsToldToo() throws IOException {
    Path csv = column("cell", t -> t == 280 ? 1e20 : Math.sin(0.1 * t));
    CommandRun train = train(csv);
    assertTrue(train.err().contains("1 of 60 test values of 'y' make up"), train.err());
    CommandRun info = succeeds("info", run(csv));
    assertFalse(info.out().matches("(?s).*\\d{6,}\\.\\d % above.*"), info.out());
  }

  @Test
  void fitTellsWildValuesToo() throws IOException {
    Path plant = TinyPlant.table(folder.resolve("plant.csv"), 300, 1);
    List<String> lines = Files.readAllLines(plant);
    lines.set(20, lines.get(20).replaceFirst("^[^,]*", "999.9"));
    Files.write(plant, lines);
    Object[] words = {
      "fit",
      "--csv",
      plant,
      "--input",
      "u",
      "--target",
      "y",
      "--starts",
      "1",
      "--iterations",
      "2",
      "--out",
      folder.resolve("fit"),
      "--force"
    };
    assertTrue(succeeds(words).err().contains("1 of 180 training values of 'u' make up"));
    var robust = new ArrayList<>(List.of(words));
    robust.addAll(List.of("--normalise", "robust"));
    assertFalse(succeeds(robust.toArray()).err().contains("variance"));
  }

  @Test
  void aTargetThatIsNotKnownIsComparedWithAConstant() throws IOException {
    Path table = TinyData.table(folder);
    Path run = folder.resolve("run");
    CommandRun train =
        succeeds(
            quick("train", "--csv", table, "--target", "driven", "--input", "force", "--out", run));
    assertTrue(train.err().contains("'unspool fit' is the command"), train.err());
    assertTrue(
        train
            .out()
            .lines()
            .toList()
            .getLast()
            .matches("test RMSE .* a constant \\([0-9.]+\\), MAE .*"),
        train.out());
    JsonObject test =
        CommandRun.json(Files.readString(run.resolve("metrics.json"))).getAsJsonObject("test");
    assertFalse(test.has("persistence_rmse"));
    double sum = 0;
    List<String> lines = Files.readAllLines(table);
    for (int t = 0; t < 140; t++) {
      sum += Double.parseDouble(lines.get(t + 1).split(",", -1)[3]);
    }
    double squares = 0;
    for (int t = 160; t < 200; t++) {
      squares += Math.pow(Double.parseDouble(lines.get(t + 1).split(",", -1)[3]) - sum / 140, 2);
    }
    assertEquals(Math.sqrt(squares / 40), test.get("constant_rmse").getAsDouble(), 1e-9);
  }

  @Test
  void dropoutOfOneLayerIsToldToDoNothing() throws IOException {
    Path csv = column("wave", t -> Math.sin(0.1 * t));
    CommandRun train = train(csv, "--dropout", "0.2");
    assertEquals(
        1,
        train
            .err()
            .lines()
            .filter(
                line -> line.contains("--dropout 0.2 does nothing") && line.contains("--layers 2"))
            .count(),
        train.err());
    CommandRun two = train(csv, "--dropout", "0.2", "--layers", "2", "--force");
    assertFalse(two.err().contains("dropout"), two.err());
  }
}
