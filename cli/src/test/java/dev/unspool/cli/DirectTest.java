// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.CommandRun.fails;
import static dev.unspool.cli.CommandRun.says;
import static dev.unspool.cli.CommandRun.succeeds;
import static dev.unspool.cli.TinyData.changed;
import static dev.unspool.cli.TinyData.quick;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models that look several rows ahead at once, and say quantiles. */
final class DirectTest {
  @TempDir Path folder;
  Path table = Path.of("");
  Path run = Path.of("");

  @BeforeEach
  void write() throws IOException {
    table = TinyData.table(folder);
    run = folder.resolve("run");
  }

  private Object[] train(String more) {
    return changed(quick("train", "--csv", table, "--target", "wave", "--out", run), more);
  }

  private JsonObject forecast(Path of, Object... more) {
    return succeeds(TinyData.joined("forecast", TinyData.joined(of.toString(), more))).json();
  }

  private static JsonArray wave(JsonObject forecast) {
    return forecast.getAsJsonObject("targets").getAsJsonArray("wave");
  }

  /** What is said directly is said in one go; the row after that is said by a predicted row. */
  @Test
  void aForecastBeginsDirectlyAndGoesOnWithItsOwnPredictions() throws IOException {
    succeeds(train("--horizon 1-4"));
    JsonArray four = wave(forecast(run, "--steps", "4", "--json"));
    JsonArray six = wave(forecast(run, "--steps", "6", "--json"));
    for (int i = 0; i < 4; i++) {
      assertEquals(four.get(i), six.get(i));
    }
    var lines = new ArrayList<>(Files.readAllLines(table));
    lines.add("200," + four.get(0).getAsDouble() + ",0,0");
    Path appended = Files.write(folder.resolve("appended.csv"), lines);
    JsonArray after = wave(forecast(run, "--csv", appended, "--steps", "4", "--json"));
    assertEquals(after.get(3).getAsDouble(), six.get(4).getAsDouble(), 1e-4);
    assertNotEquals(after.get(0).getAsDouble(), six.get(1).getAsDouble(), "two ways to row 201");
  }

  @Test
  void everyHorizonIsJudgedOnAllRowsOfThePart() throws IOException {
    succeeds(train("--horizon 1,3,6 --test 0.25"));
    JsonObject figures = CommandRun.json(Files.readString(run.resolve("metrics.json")));
    JsonObject test = figures.getAsJsonObject("test");
    assertEquals(3 * 50, test.get("rows").getAsLong(), "at each of three horizons");
    JsonArray horizons =
        test.getAsJsonObject("targets").getAsJsonObject("wave").getAsJsonArray("horizons");
    List<Integer> ahead = new ArrayList<>();
    double squares = 0;
    for (var each : horizons) {
      ahead.add(each.getAsJsonObject().get("horizon").getAsInt());
      squares += Math.pow(each.getAsJsonObject().get("rmse").getAsDouble(), 2);
      assertTrue(each.getAsJsonObject().get("rows").getAsInt() >= 45, each.toString());
    }
    assertEquals(List.of(1, 3, 6), ahead);
    double all = test.get("rmse").getAsDouble();
    assertEquals(Math.sqrt(squares / 3), all, 0.2 * all, "root mean square over the horizons");
  }

  @Test
  void quantilesAreColumnsAndDoNotCross() throws IOException {
    succeeds(train("--horizon 1-3 --quantiles 0.05,0.5,0.95 --epochs 1"));
    List<String> lines = succeeds("forecast", run, "--steps", "5").out().lines().toList();
    assertEquals("row,wave,wave 5%,wave 95%", lines.getFirst());
    for (String line : lines.subList(1, lines.size())) {
      String[] said = line.split(",");
      double lower = Double.parseDouble(said[2]);
      double upper = Double.parseDouble(said[3]);
      double middle = Double.parseDouble(said[1]);
      assertTrue(lower <= middle && middle <= upper, line);
    }
    JsonObject json = forecast(run, "--steps", "5", "--json");
    assertEquals(
        wave(json),
        json.getAsJsonObject("quantiles").getAsJsonObject("50%").getAsJsonArray("wave"),
        "the middle one is the forecast itself");
    Path plot = folder.resolve("plot.png");
    succeeds("forecast", run, "--plot", plot);
    assertTrue(Files.size(plot) > 0);
    assertTrue(succeeds("info", run).out().contains("1 to 3 rows ahead"));
  }

  @Test
  void pathsAreDrawnFromASeed() throws IOException {
    succeeds(train("--loss gaussian --quantiles 0.1,0.9"));
    JsonObject once = forecast(run, "--steps", "6", "--json");
    assertEquals(once, forecast(run, "--steps", "6", "--json", "--seed", "1", "--paths", "200"));
    JsonObject other = forecast(run, "--steps", "6", "--json", "--seed", "2");
    JsonObject straight = forecast(run, "--steps", "6", "--json", "--paths", "0");
    assertEquals(wave(once).get(0), wave(other).get(0), "one row ahead, nothing is drawn");
    assertNotEquals(wave(once).get(5), wave(other).get(5));
    assertNotEquals(wave(once).get(5), wave(straight).get(5));
    assertEquals(
        "[10%, 90%]", once.getAsJsonObject("quantiles").keySet().toString(), "as asked for");
  }

  @Test
  void aTrainingGoesOnAsIfItHadNeverStopped() throws IOException {
    String how = "--horizon 1-5 --quantiles 0.2,0.5,0.8 --schedule constant";
    succeeds(train(how));
    String whole = Files.readString(run.resolve("metrics.json"));
    succeeds(changed(train(how), "--epochs 1 --force"));
    succeeds("resume", run, "--epochs", "3");
    assertEquals(whole, Files.readString(run.resolve("metrics.json")));
  }

  @Test
  void leastSquaresFinishValuesAtSeveralHorizons() throws IOException {
    succeeds(train("--horizon 1,4 --hidden 2"));
    Path fit = folder.resolve("fit");
    Object[] finish = {"fit", "--from", run, "--iterations", 3, "--out", fit};
    succeeds(finish);
    double before = rmse(run);
    assertTrue(rmse(fit) < before, rmse(fit) + " after " + before);
    assertEquals(9, wave(forecast(fit, "--steps", "9", "--json")).size());
    succeeds(train("--quantiles 0.5 --force"));
    says(fails(2, changed(finish, "--force")), "--loss quantile", "least squares");
  }

  private static double rmse(Path of) throws IOException {
    return CommandRun.json(Files.readString(of.resolve("metrics.json")))
        .getAsJsonObject("valid")
        .get("rmse")
        .getAsDouble();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--horizon 24-1 | 24-1",
        "--horizon 0-3 | at least 1",
        "--horizon 1- | rows ahead",
        "--horizon -1 | rows ahead",
        "--horizon 1,1 | ascending",
        "--horizon 5,1 | ascending",
        "--horizon 1..24 | 1-24",
        "--horizon 1,x | 1,5,24",
        "--horizon 1-2000000000 | 1-2000000000",
        "--horizon 1-20000 | more than 10000",
        "--horizon 1-500 | horizon of 500",
        "--horizon 99999999999 | rows ahead",
        "--quantiles 0,0.5,1 | between 0 and 1",
        "--quantiles 0.5,1.2 | between 0 and 1",
        "--quantiles NaN | between 0 and 1",
        "--quantiles 0.95,0.5,0.05 | ascending",
        "--quantiles 0.5,0.5 | ascending",
        "--quantiles 0.05,0.95 | add 0.5",
        "--quantiles some | 0.05,0.5,0.95",
        "--quantiles 0.5, | 0.05,0.5,0.95",
        "--quantiles 0.5 --loss mse | --loss quantile or gaussian",
        "--loss quantile | --quantiles",
      })
  void whatCannotBeMeantIsRefused(String more, String part) {
    int status = more.contains("1-500") ? 1 : 2;
    String line = fails(status, train(more));
    says(line, more.split(" ")[0].replace("--loss", "loss").replace("--horizon", "horizon"), part);
  }

  @ParameterizedTest
  @CsvSource({"-1", "1", "100001", "many"})
  void pathsAreSeveralOrNone(String paths) {
    succeeds(train("--loss gaussian --epochs 1"));
    says(fails(2, "forecast", run, "--paths", paths), "--paths");
  }

  @Test
  void pathsNeedADistribution() {
    succeeds(train("--epochs 1"));
    says(fails(2, "forecast", run, "--paths", "10"), "--loss mse", "distribution");
  }
}
