// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.CommandRun.fails;
import static dev.unspool.cli.CommandRun.succeeds;
import static dev.unspool.cli.TinyData.quick;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How far ahead a model sees, beside what costs nothing. */
final class HorizonTest {
  @TempDir static Path folder;
  private static Path run = Path.of("");
  private static Path driven = Path.of("");
  private static String trained = "";

  @BeforeAll
  static void train() throws IOException {
    Path table = TinyData.table(folder.resolve("table.csv"), 600);
    run = folder.resolve("wave");
    trained = succeeds(quick("train", "--csv", table, "--target", "wave", "--out", run)).out();
    driven = folder.resolve("driven");
    succeeds(
        quick(
            "train",
            "--csv",
            table,
            "--target",
            "driven",
            "--input",
            "driven,force",
            "--out",
            driven));
  }

  private static JsonArray horizons(String json, String target) {
    return CommandRun.json(json)
        .getAsJsonObject("test")
        .getAsJsonObject("targets")
        .getAsJsonObject(target)
        .getAsJsonArray("horizons");
  }

  @Test
  void trainingEndsWithErrorsByHorizon() throws IOException {
    JsonArray horizons = horizons(Files.readString(run.resolve("metrics.json")), "wave");
    assertEquals(24, horizons.size());
    JsonObject first = horizons.get(0).getAsJsonObject();
    JsonObject test =
        CommandRun.json(Files.readString(run.resolve("metrics.json"))).getAsJsonObject("test");
    assertEquals(120, first.get("rows").getAsLong());
    assertEquals(
        test.get("rmse").getAsDouble(), first.get("rmse").getAsDouble(), 1e-6, "the same rows");
    assertEquals(
        test.get("persistence_rmse").getAsDouble(),
        first.get("persistence_rmse").getAsDouble(),
        1e-9);
    assertEquals(120, horizons.get(23).getAsJsonObject().get("rows").getAsLong());
    assertTrue(
        first.get("linear_rmse").getAsDouble() < 1e-3, "a sine is a linear recurrence of two lags");
    assertTrue(
        trained.contains(
            "A linear autoregression is at least as good as the model, at every horizon"),
        trained);
    assertTrue(Files.size(run.resolve("horizons.png")) > 1000);
    List<String> lines = Files.readAllLines(run.resolve("predictions.csv"));
    assertEquals("row,target,horizon,truth,prediction,lower,upper", lines.getFirst());
    assertTrue(lines.get(1).startsWith("480,wave,1,"), lines.get(1));
    assertTrue(lines.getLast().startsWith("599,wave,24,"), lines.getLast());
    JsonObject bands = CommandRun.json(Files.readString(run.resolve("bands.json")));
    assertEquals(24, bands.getAsJsonArray("horizons").size());
    assertFalse(bands.get("scaled").getAsBoolean());
    assertEquals(4, bands.getAsJsonArray("levels").size());
  }

  @Test
  void evaluateJudgesFurtherAhead() throws IOException {
    Path copy = folder.resolve("copy");
    succeeds(
        quick("train", "--csv", folder.resolve("table.csv"), "--target", "wave", "--out", copy));
    String said =
        succeeds("evaluate", copy, "--horizon", 40, "--season", "31,7", "--band", 0.8, "--json")
            .out();
    JsonArray horizons = horizons(said, "wave");
    assertEquals(40, horizons.size());
    JsonObject last = horizons.get(39).getAsJsonObject();
    assertEquals(31, last.get("season").getAsInt(), "nearly 10π; the better of the two");
    assertEquals(0.8, last.get("band").getAsDouble());
    JsonObject bands = CommandRun.json(Files.readString(copy.resolve("bands.json")));
    assertEquals(40, bands.getAsJsonArray("horizons").size());
    assertTrue(Files.readString(copy.resolve("predictions.csv")).contains("\n599,wave,40,"));
  }

  @Test
  void evaluateSaysHowFarItJudgedAndWhyNoFurther() throws IOException {
    Path copy = folder.resolve("further");
    succeeds(
        quick("train", "--csv", folder.resolve("table.csv"), "--target", "wave", "--out", copy));
    assertTrue(
        succeeds("evaluate", copy, "--horizon", 500)
            .err()
            .contains(
                "Forecasts are judged up to 180 rows ahead, not 500: the held-out parts are no longer"));
    assertFalse(succeeds("evaluate", copy, "--horizon", 180).err().contains("are judged up to"));
    Path direct = folder.resolve("direct");
    succeeds(
        quick(
            "train",
            "--csv",
            folder.resolve("table.csv"),
            "--target",
            "wave",
            "--horizon",
            "1-3",
            "--out",
            direct));
    assertTrue(
        succeeds("evaluate", direct, "--horizon", 24)
            .err()
            .contains(
                "judged up to 3 rows ahead, not 24: the model says 1 to 3 rows ahead directly, and does not go on"));
    assertFalse(succeeds("evaluate", direct, "--season", 31).err().contains("are judged up to"));
  }

  @Test
  void aModelWithInputsThatNobodyKnowsIsJudgedOneRowAhead() throws IOException {
    JsonArray horizons = horizons(Files.readString(driven.resolve("metrics.json")), "driven");
    assertEquals(1, horizons.size());
    assertFalse(Files.exists(driven.resolve("horizons.png")), "there is nothing to draw");
    assertTrue(
        succeeds("evaluate", driven, "--horizon", 5).err().contains("one row ahead"),
        "is that not said?");
  }

  @Test
  void aForecastHasBandsAsFarAsTheyWereCalibrated() {
    List<String> lines =
        succeeds("forecast", run, "--steps", 30, "--band", 0.9).out().lines().toList();
    assertEquals("row,wave,wave lower,wave upper", lines.getFirst());
    String[] first = lines.get(1).split(",", -1);
    double value = Double.parseDouble(first[1]);
    assertTrue(Double.parseDouble(first[2]) < value && value < Double.parseDouble(first[3]));
    assertTrue(lines.get(30).endsWith(",,"), "30 rows ahead nobody knows: " + lines.get(30));
    JsonObject json = succeeds("forecast", run, "--steps", 2, "--band", 0.5, "--json").json();
    assertTrue(
        json.getAsJsonObject("upper").getAsJsonArray("wave").get(0).getAsDouble()
            <= Double.parseDouble(first[3]));
    assertEquals(
        "unspool: --band 0.77 was not calibrated, only 0.5, 0.8, 0.9, 0.95 were; 'unspool evaluate "
            + run
            + " --band 0.77' does; see 'unspool forecast --help'",
        fails(2, "forecast", run, "--band", 0.77));
  }

  @Test
  void aForecastIsCombinedWithALine() throws IOException {
    List<String> lines =
        succeeds("forecast", run, "--steps", 25, "--combine", "--band", 0.9).out().lines().toList();
    List<String> alone = succeeds("forecast", run, "--steps", 25).out().lines().toList();
    double worst = 0;
    double worstAlone = 0;
    for (int step = 1; step <= 24; step++) {
      double truth = 3 + 2 * Math.sin(0.2 * (599 + step));
      String[] line = lines.get(step).split(",", -1);
      double value = Double.parseDouble(line[1]);
      assertTrue(
          Double.parseDouble(line[2]) <= value && value <= Double.parseDouble(line[3]),
          lines.get(step));
      worst = Math.max(worst, Math.abs(value - truth));
      worstAlone =
          Math.max(
              worstAlone, Math.abs(Double.parseDouble(alone.get(step).split(",", -1)[1]) - truth));
    }
    assertTrue(worst < 0.01, "a sine is a line in its lags, and this errs by " + worst);
    assertTrue(worstAlone > 0.1, "the network errs by " + worstAlone);
    assertEquals(
        alone.get(25), lines.get(25).replaceAll(",,$", ""), "beyond what was judged it is alone");
    JsonObject json = succeeds("forecast", run, "--steps", 2, "--combine", "--json").json();
    assertEquals(
        Double.parseDouble(lines.get(2).split(",", -1)[1]),
        json.getAsJsonObject("targets").getAsJsonArray("wave").get(1).getAsDouble(),
        1e-5);
  }

  @Test
  void whatCannotBeCombinedIsSaid() throws IOException {
    Path kept = folder.resolve("kept");
    Path combined = run.resolve("combined.json");
    Files.move(combined, kept);
    assertTrue(
        fails(2, "forecast", run, "--combine")
            .startsWith(
                "unspool: %s has no combined.json, so nobody knows how to weight a line; 'unspool evaluate %s --horizon 24' finds it"
                    .formatted(run, run)));
    String text = Files.readString(kept);
    Files.writeString(combined, text.replaceFirst("\"share\": ?[0-9.E-]+", "\"share\": 2"));
    assertTrue(
        fails(1, "forecast", run, "--combine")
            .startsWith(
                "unspool: %s is damaged: its content has the checksum".formatted(combined)));
    Files.move(kept, combined, StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void theSeasonMayBeGiven() throws IOException {
    Path given = folder.resolve("given");
    succeeds(
        quick(
            "train",
            "--csv",
            folder.resolve("table.csv"),
            "--target",
            "wave",
            "--out",
            given,
            "--season",
            "31",
            "--band",
            "0.7"));
    JsonObject first =
        horizons(Files.readString(given.resolve("metrics.json")), "wave").get(0).getAsJsonObject();
    assertEquals(31, first.get("season").getAsInt());
    assertEquals(0.7, first.get("band").getAsDouble());
    assertEquals(
        31,
        horizons(succeeds("evaluate", given, "--json").out(), "wave")
            .get(0)
            .getAsJsonObject()
            .get("season")
            .getAsInt(),
        "the folder remembers");
  }

  @Test
  void whatIsWrongIsSaid() {
    assertEquals(
        "unspool: --horizon must be from 1 to 10000, found 0; see 'unspool evaluate --help'",
        fails(2, "evaluate", run, "--horizon", 0));
    for (Object word : new Object[] {"1-24", "", "far", -3, "1.5"}) {
      assertEquals(
          "unspool: --horizon is '%s', expected one number of rows, such as 24: forecasts of all rows ahead from 1 to that are judged; see 'unspool evaluate --help'"
              .formatted(word),
          fails(2, "evaluate", run, "--horizon", word));
    }
    for (String band : new String[] {"0", "1", "90"}) {
      assertTrue(
          fails(2, "forecast", run, "--band", band).contains("--band must be between 0 and 1"));
    }
    assertTrue(
        fails(2, "forecast", run, "--band", "1e400").contains("'1e400' is not a finite number"));
    assertEquals(
        "unspool: --season must be at least 2 rows, found [1]; see 'unspool evaluate --help'",
        fails(2, "evaluate", run, "--season", 1));
    assertEquals(
        "unspool: --band must be between 0 and 1, such as 0.9, found 90.0; see 'unspool evaluate --help'",
        fails(2, "evaluate", run, "--band", 90));
    assertEquals(
        "unspool: --horizon, --season and --band are for the held-out parts of the run's own table: leave out --csv; see 'unspool evaluate --help'",
        fails(2, "evaluate", run, "--horizon", 3, "--csv", folder.resolve("table.csv")));
  }
}
