// SPDX-License-Identifier: Apache-2.0
package dev.unspool.inference;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.checkpoint.Safetensors;
import dev.unspool.checkpoint.Tensor;
import dev.unspool.model.SplitMix64;
import dev.unspool.predict.Features;
import dev.unspool.predict.Forecaster;
import dev.unspool.predict.ForecasterException;
import dev.unspool.predict.Prediction;
import dev.unspool.predict.Rows;
import dev.unspool.predict.StepEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A stream of rows says what the same rows say as a table. */
final class ForecasterTest {
  private static final int ROWS = 60;

  @TempDir Path folder;

  /** Hourly loads with gaps: a short one, over which the state goes on, and a long one. */
  private static double[][] table() {
    var random = new SplitMix64(5);
    double[][] rows = new double[ROWS][];
    for (int t = 0; t < ROWS; t++) {
      double load = 3000 + 200 * Math.sin(t / 4.0) + 20 * random.nextGaussian();
      rows[t] = new double[] {load, t % 7 == 3 ? Double.NaN : 10 + t % 5, t % 24 < 3 ? 1 : 0};
    }
    for (int t : new int[] {11, 12, 30, 31, 32, 33, 34, 35, 36, 37, 38}) {
      rows[t][0] = Double.NaN;
      rows[t][1] = Double.NaN;
    }
    return rows;
  }

  private static Rows rows(double[][] table) {
    return (row, column) -> row < table.length ? table[(int) row][column] : Double.NaN;
  }

  static Stream<StepEngine> engines() {
    return Stream.of(StepEngine.PLAIN, new KernelSteps());
  }

  /** Without a forecaster: the predictor over what is seen of the whole table. */
  private static double[] expected(RunOnDisk run, double[][] table) {
    Rows rows = rows(table);
    Features.Seen seen = run.description().features().over(rows, RunOnDisk.AXIS);
    double[] x = new double[seen.count()];
    double[] predictions = new double[table.length - 2];
    try (var predictor = new Predictor(run.step(), run.theta())) {
      for (int t = 0; t < predictions.length; t++) {
        seen.write(t, x, 0);
        if (seen.begins(t)) {
          predictor.reset();
        }
        float[] inputs = new float[x.length];
        IntStream.range(0, x.length).forEach(i -> inputs[i] = (float) x[i]);
        long known = rows.known(t, 0);
        double newest = known < 0 ? 3000 : rows.get(known, 0);
        predictions[t] = run.description().outputs().point(predictor.step(inputs), 0, 0, 0, newest);
      }
    }
    return predictions;
  }

  /** Gives rows of the table as a service gets them: those that are there, with their times. */
  private static double[] given(Forecaster forecaster, double[][] table, int from, int to) {
    double[] predictions = new double[to - from];
    Arrays.fill(predictions, Double.NaN);
    for (int t = from; t < to; t++) {
      forecaster.future("holiday", holidays(forecaster, table, t + 3));
      if (Double.isNaN(table[t][0]) && Double.isNaN(table[t][1])) {
        continue; // nobody sends a row that has nothing
      }
      predictions[t - from] = forecaster.step(RunOnDisk.AXIS.at(t), table[t]).value();
    }
    return predictions;
  }

  private static double[] holidays(Forecaster forecaster, double[][] table, int until) {
    int said = forecaster.rows() == 0 && until == 3 ? 0 : until - 1;
    return IntStream.range(said, until).mapToDouble(t -> table[t][2]).toArray();
  }

  @ParameterizedTest
  @MethodSource("engines")
  void rowsOfAStreamSayWhatATableSays(StepEngine engine) throws IOException {
    RunOnDisk run = RunOnDisk.write(folder, "loads", 3, RunOnDisk.features(), RunOnDisk.outputs(1));
    double[][] table = table();
    double[] expected = expected(run, table);
    double[] found = given(Forecaster.load(folder, engine), table, 0, ROWS - 2);
    for (int t = 0; t < found.length; t++) {
      if (!Double.isNaN(found[t])) {
        assertEquals(expected[t], found[t], 1e-6 * expected[t], "row " + t);
      }
    }
  }

  @Test
  void aForecastFeedsPredictionsBack() throws IOException {
    RunOnDisk run = RunOnDisk.write(folder, "loads", 3, RunOnDisk.features(), RunOnDisk.outputs(1));
    Forecaster forecaster = Forecaster.load(folder);
    double[][] table = table();
    given(forecaster, table, 0, 50);
    byte[] before = forecaster.save();
    forecaster.future("wind", 11, 12, Double.NaN, 13);
    forecaster.future("holiday", 0, 0, 0, 1);
    List<Prediction> forecast = forecaster.forecast(5);
    forecaster.restore(before);
    // By hand: the table goes on with what was predicted.
    double[][] longer = Arrays.copyOf(table, 58);
    double[] wind = {11, 12, Double.NaN, 13, Double.NaN};
    for (int i = 0; i < 5; i++) {
      longer[50 + i] = new double[] {Double.NaN, wind[i], i < 2 ? table[50 + i][2] : 0};
    }
    for (int row = 55; row < 58; row++) {
      longer[row] = new double[] {Double.NaN, Double.NaN, 1};
    }
    for (int i = 0; i < 5; i++) {
      double next = expected(run, longer)[49 + i];
      assertEquals(50 + i, forecast.get(i).row());
      assertEquals(RunOnDisk.AXIS.at(50 + i), forecast.get(i).time());
      assertEquals(next, forecast.get(i).value(), 1e-6 * next, "row " + (50 + i));
      longer[50 + i][0] = forecast.get(i).value();
    }
    assertEquals(50, forecaster.rows());
  }

  @Test
  void directHorizonsAreTakenAsFarAsTheyGo() throws IOException {
    RunOnDisk.write(folder, "loads", 4, RunOnDisk.features(), RunOnDisk.outputs(1, 2, 3));
    Forecaster forecaster = Forecaster.load(folder);
    given(forecaster, table(), 0, 50);
    double first = forecaster.forecast(1).get(0).value();
    List<Prediction> three = forecaster.forecast(3);
    assertEquals(first, three.get(0).value());
    assertThrows(
        IllegalStateException.class, () -> forecaster.forecast(4), "the wind is not known");
    forecaster.future("wind", 12).future("holiday", 1);
    List<Prediction> four = forecaster.forecast(4);
    IntStream.range(0, 3)
        .forEach(i -> assertEquals(three.get(i).value(), four.get(i).value(), "step " + i));
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aRestoredStreamGoesOnToTheSameBits(StepEngine engine) throws IOException {
    RunOnDisk.write(folder, "loads", 3, RunOnDisk.features(), RunOnDisk.outputs(1, 4));
    double[][] table = table();
    Forecaster whole = Forecaster.load(folder, engine);
    double[] expected = given(whole, table, 0, ROWS - 3);
    for (int cut : new int[] {1, 12, 31, 50}) {
      Forecaster before = Forecaster.load(folder, engine);
      given(before, table, 0, cut);
      byte[] saved = before.save();
      Forecaster after = Forecaster.load(folder, engine);
      after.restore(saved);
      assertArrayEquals(saved, after.save());
      assertArrayEquals(
          Arrays.copyOfRange(expected, cut, ROWS - 3), given(after, table, cut, ROWS - 3));
      assertArrayEquals(whole.save(), after.save());
    }
  }

  @Test
  void streamsOverTheSameWeightsDoNotDisturbEachOther() throws Exception {
    RunOnDisk.write(folder, "loads", 3, RunOnDisk.features(), RunOnDisk.outputs(1));
    Forecaster model = Forecaster.load(folder);
    double[][] table = table();
    double[] expected = given(model.fresh(), table, 0, 50);
    var found = new ArrayList<double[]>();
    var threads = new ArrayList<Thread>();
    for (int client = 0; client < 8; client++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    double[] own = given(model.fresh(), table, 0, 50);
                    synchronized (found) {
                      found.add(own);
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(8, found.size());
    found.forEach(own -> assertArrayEquals(expected, own));
  }

  @Test
  void aRowThatIsRefusedHasNotBeen() throws IOException {
    RunOnDisk.write(folder, "loads", 3, RunOnDisk.features(), RunOnDisk.outputs(1));
    Forecaster forecaster = Forecaster.load(folder);
    assertMessage(
        IllegalStateException.class,
        "the model reads the calendar: give the first row with its time, step(time, …)",
        () -> forecaster.step(3000, 10, 0));
    given(forecaster, table(), 0, 20);
    byte[] before = forecaster.save();
    assertMessage(
        IllegalArgumentException.class,
        "a row has 3 values, [load, wind, holiday]; found 2",
        () -> forecaster.step(3000, 10));
    assertMessage(
        IllegalArgumentException.class,
        "row 20: 'load' is out of range for float32, which the model computes in",
        () -> forecaster.future("holiday", 0).step(1e300, 10, 0));
    assertMessage(
        IllegalArgumentException.class,
        "2024-01-01 19:00 is not after the newest row, 2024-01-01 19:00 (rows come every hour); leave out what has come already",
        () -> forecaster.step(RunOnDisk.AXIS.at(19), 3000, 10, 0));
    Map<String, Double> row = new HashMap<>(Map.of("load", 3000.0, "wind", 1.0));
    assertMessage(
        IllegalArgumentException.class,
        "column 'holiday' is missing; a row has [load, wind, holiday], each with a number or null",
        () -> forecaster.step(row));
    row.put("rain", 1.0);
    assertMessage(
        IllegalArgumentException.class,
        "no column 'rain'; the model has [load, wind, holiday]",
        () -> forecaster.step(row));
    forecaster.restore(before);
    assertMessage(
        IllegalStateException.class,
        "the model reads 'holiday', which it does not predict, and only 1 is known of its next 2 rows: say the other 1 with future(\"holiday\", …)",
        () -> forecaster.step(3000, 10, 0));
    assertArrayEquals(before, forecaster.save());
    byte[] told = forecaster.future("holiday", 0, 0, 0, 0).save();
    assertMessage(
        IllegalArgumentException.class,
        "row 23: 'load' is out of range for float32, which the model computes in",
        () -> forecaster.step(RunOnDisk.AXIS.at(23), 1e300, 10, 0));
    assertArrayEquals(told, forecaster.save());
    Forecaster other = forecaster.fresh().future("holiday", 0, 0, 0);
    byte[] beginning = other.save();
    assertThrows(
        IllegalArgumentException.class, () -> other.step(RunOnDisk.AXIS.at(7), 1e300, 1, 0));
    assertArrayEquals(beginning, other.save());
  }

  @Test
  void statesOfOthersAreRefused() throws IOException {
    RunOnDisk.write(folder.resolve("a"), "a", 3, RunOnDisk.features(), RunOnDisk.outputs(1));
    RunOnDisk.write(folder.resolve("b"), "b", 3, RunOnDisk.features(), RunOnDisk.outputs(1));
    Forecaster a = Forecaster.load(folder.resolve("a"));
    byte[] saved = Forecaster.load(folder.resolve("b")).save();
    assertMessage(
        IllegalArgumentException.class,
        "the state belongs to another run (found the name b, expected a); begin anew with fresh()",
        () -> a.restore(saved));
    byte[] own = a.save();
    own[own.length / 2] ^= 1;
    assertMessage(
        IllegalArgumentException.class,
        "the saved state is damaged, or no state at all: its checksum is wrong; begin anew with fresh()",
        () -> a.restore(own));
    assertThrows(IllegalArgumentException.class, () -> a.restore(new byte[0]));
  }

  @Test
  void foldersThatHoldNothingSaySoInALine() throws IOException {
    Path none = folder.resolve("none");
    assertMessage(
        ForecasterException.class,
        "%s: there is no such run folder".formatted(none),
        () -> Forecaster.load(none));
    Files.createDirectory(none);
    assertMessage(
        ForecasterException.class,
        "%s is not a run folder: it has no forecaster.json".formatted(none),
        () -> Forecaster.load(none));
    Files.writeString(none.resolve("config.json"), "{}");
    assertMessage(
        ForecasterException.class,
        "%s holds a run of a version that wrote no forecaster.json; 'unspool export %s --forecaster' writes it"
            .formatted(none, none),
        () -> Forecaster.load(none));
    RunOnDisk run = RunOnDisk.write(none, "n", 3, RunOnDisk.features(), RunOnDisk.outputs(1));
    RunOnDisk.write(folder.resolve("m"), "m", 3, RunOnDisk.features(), RunOnDisk.outputs(1));
    Path weights = none.resolve("best.safetensors");
    Files.write(weights, Files.readAllBytes(folder.resolve("m/best.safetensors")));
    assertMessage(
        ForecasterException.class,
        "%s belongs to another run than %s (found the name m, expected n); put back the file that was replaced"
            .formatted(weights, none.resolve("forecaster.json")),
        () -> Forecaster.load(none));
    var damaged = Map.of("run", "n", "crc32c", "00000000");
    Safetensors.write(weights, Tensor.byName(run.theta()), damaged);
    String sum =
        String.valueOf(
            assertThrows(ForecasterException.class, () -> Forecaster.load(none)).getMessage());
    assertTrue(sum.startsWith(weights + " is damaged: its content has the checksum "), sum);
    Files.delete(weights);
    assertMessage(
        ForecasterException.class,
        "%s holds no weights: neither best.safetensors nor a checkpoint".formatted(none),
        () -> Forecaster.load(none));
    String changed =
        new String(run.description().toJson(), UTF_8)
            .replace("\"change\": true", "\"change\": false");
    Files.writeString(none.resolve("forecaster.json"), changed);
    String message =
        String.valueOf(
            assertThrows(ForecasterException.class, () -> Forecaster.load(none)).getMessage());
    assertEquals(
        "%s is damaged: its content has the checksum".formatted(none.resolve("forecaster.json")),
        message.substring(0, message.indexOf(" checksum") + 9));
  }

  private static void assertMessage(
      Class<? extends Exception> type, String message, Executable what) {
    assertEquals(message, assertThrows(type, what).getMessage());
  }
}
