// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.unspool.model.SplitMix64;
import dev.unspool.network.Cell;
import dev.unspool.network.Initialisation;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.online.OnlineLearner;
import dev.unspool.online.Prediction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The filter over streams that end. */
final class OnlineTest {
  private static final int RECORDS = 32;

  @TempDir Path folder;

  @Test
  void predictionsAreThoseOfTheLibrary() {
    var lines = new java.util.ArrayList<String>(List.of("y"));
    double[] series = new double[80];
    for (int t = 0; t < series.length; t++) {
      series[t] = 3 + Math.sin(0.3 * t) + 0.1 * (t % 7);
      lines.add(Double.toString(series[t]));
    }
    StreamRun run =
        StreamRun.succeeds(
            StreamData.text(lines),
            "--target",
            "y",
            "--horizon",
            "1,3",
            "--cell",
            "lstm",
            "--hidden",
            5,
            "--k1",
            2,
            "--k2",
            7,
            "--warm-up",
            8,
            "--lr",
            0.01,
            "--out",
            folder.resolve("run"));

    var network = new Network(NetworkSpec.of(Cell.named("lstm"), 1, 5, 2));
    var theta = network.initialise(Initialisation.PYTORCH, new SplitMix64(1));
    try (var learner =
        OnlineLearner.builder(network.program(), theta)
            .horizons(1, 3)
            .keys(1)
            .truncation(2, 7)
            .learningRate(dev.unspool.optimizer.LearningRate.settling(0.05, 100, 300, 0.01))
            .warmUp(8)
            .build()) {
      assertEquals(series.length, run.lines().size());
      for (int t = 0; t < series.length; t++) {
        JsonObject line = run.json().get(t);
        learner.learn("", t, new double[] {series[t]});
        Prediction p = learner.predict("", new double[] {series[t]});
        assertEquals(t + 1, line.get("record").getAsLong());
        assertEquals(t, line.get("row").getAsLong());
        JsonObject said = line.getAsJsonObject("predictions").getAsJsonObject("y");
        assertEquals(p.value(0, 0), said.get("1").getAsDouble(), "row " + t);
        assertEquals(p.value(0, 1), said.get("3").getAsDouble(), "row " + t);
      }
    }
  }

  /** Wherever a stream stops, it goes on as if it never had. */
  @ParameterizedTest
  @CsvSource({"0,csv,false,5", "3,csv,false,7", "3,json,false,1", "1,csv,true,6", "3,json,true,8"})
  void aStreamGoesOnAtEveryRecord(int keys, String format, boolean fromStart, int step)
      throws IOException {
    List<String> csv = StreamData.csv(RECORDS, keys);
    List<String> all = format.equals("csv") ? csv : StreamData.json(csv);
    int header = format.equals("csv") ? 1 : 0;
    Object[] keyed = keys == 0 ? new Object[] {} : new Object[] {"--key", "host"};
    Path whole = folder.resolve("whole");
    Object[] words = words(whole, format, keyed);
    StreamRun once = StreamRun.succeeds(StreamData.text(all), words);
    assertEquals(RECORDS, once.lines().size());

    for (int stop = 0; stop <= RECORDS; stop += step) {
      Path run = folder.resolve("stop" + stop);
      List<String> first = all.subList(0, header + stop);
      StreamRun before = StreamRun.succeeds(StreamData.text(first), words(run, format, keyed));
      assertEquals(once.lines().subList(0, stop), before.lines());
      assertEquals(stop, StreamRun.number(StreamRun.newest(run)));
      List<String> rest = fromStart ? all : all.subList(header + stop, all.size());
      StreamRun after =
          fromStart
              ? StreamRun.succeeds(StreamData.text(rest), "--out", run, "--input-from-start")
              : StreamRun.succeeds(StreamData.text(rest), "--out", run);
      assertEquals(once.lines().subList(stop, RECORDS), after.lines(), "stopped at " + stop);
      StreamRun.assertSame(whole, run, "stopped at " + stop);
    }
  }

  private static Object[] words(Path run, String format, Object... keyed) {
    var words = new java.util.ArrayList<Object>(List.of(StreamData.words(run, keyed)));
    words.addAll(List.of("--time", "at", "--format", format, "--horizon", "1,2"));
    return words.toArray();
  }

  /** What is predicted may change while a stream goes on: what is learned is the same. */
  @Test
  void whatAllSayTogetherIsPredictedWhereItIsAskedFor() throws IOException {
    List<String> csv = StreamData.csv(60, 0);
    StreamRun alone =
        StreamRun.succeeds(StreamData.text(csv), words(folder.resolve("alone"), "csv"));
    Path run = folder.resolve("run");
    List<String> begun = csv.subList(0, 31);
    StreamRun.succeeds(StreamData.text(begun), words(run, "csv", "--combine"));
    StreamRun together =
        StreamRun.succeeds(
            StreamData.text(csv), "--out", run, "--input-from-start"); // as it was begun
    for (int i = 0; i < 30; i++) {
      JsonObject model = alone.json().get(30 + i);
      JsonObject all = together.json().get(i);
      assertEquals(model.get("predictions"), all.get("model"), "record " + (31 + i));
      assertEquals(model.get("combined"), all.get("predictions"), "record " + (31 + i));
      assertFalse(all.has("combined"), all::toString);
      if (all.has("lower")) {
        double middle = (ahead(all, "lower") + ahead(all, "upper")) / 2;
        assertEquals(ahead(all, "predictions"), middle, 1e-9, "record " + (31 + i));
      }
    }
    assertTrue(together.json().getLast().has("lower"));
    StreamRun.assertSame(folder.resolve("alone"), run, "learned");
    JsonObject last =
        com.google.gson.JsonParser.parseString(
                Files.readAllLines(run.resolve("metrics.jsonl")).getLast())
            .getAsJsonObject();
    JsonObject lately =
        last.getAsJsonArray("figures").get(0).getAsJsonObject().getAsJsonObject("lately");
    assertTrue(lately.get("combined").getAsDouble() > 0, last::toString);
    StreamRun back = StreamRun.succeeds(StreamData.text(csv), "--out", run, "--no-combine");
    assertTrue(back.json().getLast().has("combined"), back.lines()::getLast);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--combine", "--no-combine"})
  void errorsAreTruthsLessWhatWasSaid(String combine) {
    StreamRun run =
        StreamRun.succeeds(
            StreamData.text(StreamData.csv(40, 0)), words(folder.resolve("r"), "csv", combine));
    for (int t = 2; t < 40; t++) {
      JsonObject line = run.json().get(t);
      String load = StreamData.csv(40, 0).get(t + 1).split(",", -1)[2];
      if (load.isEmpty()) {
        assertFalse(line.has("errors"), line::toString);
        continue;
      }
      for (int ahead = 1; ahead <= 2; ahead++) {
        double said =
            run.json()
                .get(t - ahead)
                .getAsJsonObject("predictions")
                .getAsJsonObject("load")
                .get("" + ahead)
                .getAsDouble();
        double error =
            line.getAsJsonObject("errors").getAsJsonObject("load").get("" + ahead).getAsDouble();
        assertEquals(Double.parseDouble(load) - said, error, line::toString);
      }
    }
    assertTrue(run.json().getLast().has("lower"), "there is a band");
    JsonObject newest = run.json().getLast();
    double together = ahead(newest, combine.equals("--combine") ? "model" : "combined");
    assertTrue(Double.isFinite(together), newest::toString);
    assertNotEquals(ahead(newest, "predictions"), together, "baselines say something else");
  }

  private static double ahead(JsonObject line, String member) {
    return line.getAsJsonObject(member).getAsJsonObject("load").get("1").getAsDouble();
  }

  @Test
  void anEmptyStreamAndAHeaderAloneAreNoErrors() throws IOException {
    Path run = folder.resolve("run");
    assertEquals(List.of(), StreamRun.succeeds("", StreamData.words(run)).lines());
    assertEquals(List.of(), StreamRun.succeeds("at,host,load,temp\n", "--out", run).lines());
    assertEquals(
        3, StreamRun.succeeds(StreamData.text(StreamData.csv(3, 0)), "--out", run).lines().size());
    // It knows the header by now, and recognises it.
    assertEquals(2, StreamRun.succeeds("x,y,4,5\nx,y,4,5\n", "--out", run).lines().size());
    assertEquals(1, StreamRun.succeeds("temp,load\n4,5\n", "--out", run).lines().size());
    assertEquals(6, StreamRun.number(StreamRun.newest(run)));
  }

  @Test
  void itIsToldWhatIsInTheFolder() throws IOException {
    Path run = folder.resolve("run");
    StreamRun.succeeds(StreamData.text(StreamData.csv(50, 0)), StreamData.words(run));
    String info = CommandRun.succeeds("info", run).out();
    for (String word :
        List.of("load from load, temp", "gru", "TBPTT(1, 5)", "50 records", "persistence")) {
      assertTrue(info.contains(word), info);
    }
    JsonObject json = CommandRun.succeeds("info", run, "--json").json();
    assertEquals(50, json.get("records").getAsLong());
    assertEquals(
        List.of("config.json", "metrics.jsonl", "snapshots"),
        Files.list(run)
            .map(f -> f.getFileName().toString())
            .filter(f -> !f.startsWith("."))
            .sorted()
            .toList());
    String said = CommandRun.fails(1, "forecast", run);
    CommandRun.says(said, "unspool online --out " + run, "unspool info");
  }
}
