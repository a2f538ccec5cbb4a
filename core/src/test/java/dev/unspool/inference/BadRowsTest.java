// SPDX-License-Identifier: Apache-2.0
package dev.unspool.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.predict.Features;
import dev.unspool.predict.Fill;
import dev.unspool.predict.Forecaster;
import dev.unspool.predict.Outputs;
import dev.unspool.predict.Prediction;
import dev.unspool.predict.Sampling;
import dev.unspool.predict.StepEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a service is sent: it is refused in a line, and the stream is where it was. */
@SuppressWarnings("NullAway") // what no compiler would let pass
final class BadRowsTest {
  private static final List<Double> LEVELS = List.of(0.05, 0.5, 0.95);

  @TempDir Path folder;

  /** Reads the load alone. */
  private static Features features(long gap, Fill fill) {
    return new Features(
        List.of(new Features.Column("load", 0, 0, 3000, 250, fill, false)), null, 0, gap);
  }

  private Forecaster forecaster(long gap, Fill fill, Outputs outputs) throws IOException {
    RunOnDisk.write(folder, "loads", 3, features(gap, fill), outputs);
    return Forecaster.load(folder, StepEngine.PLAIN);
  }

  private static Instant hour(long row) {
    return RunOnDisk.AXIS.at(row);
  }

  /** What is refused leaves no trace. */
  private static void assertRefused(
      Forecaster forecaster, Class<? extends Exception> type, String says, Executable what) {
    byte[] before = forecaster.save();
    String message = String.valueOf(assertThrows(type, what).getMessage());
    assertTrue(message.contains(says), message);
    assertEquals(1, message.lines().count());
    assertArrayEquals(before, forecaster.save());
  }

  @Test
  void aFarFutureIsRefusedWhereRowsWouldHaveToBeMadeUp() throws IOException {
    Forecaster forecaster = forecaster(-1, Fill.LAST, RunOnDisk.outputs(1));
    forecaster.step(hour(0), 3000, 1, 0);
    assertRefused(
        forecaster,
        IllegalArgumentException.class,
        "10001 rows are missing between 2024-01-01 00:00 and 2025-02-20 18:00, at most 10000 are stepped through; if the time is right, begin anew with fresh()",
        () -> forecaster.step(hour(10_002), 3000, 1, 0));
    for (Instant time : new Instant[] {Instant.MAX, Instant.MIN, hour(Integer.MAX_VALUE * 9999L)}) {
      assertRefused(
          forecaster,
          IllegalArgumentException.class,
          time + " is too far away",
          () -> forecaster.step(time, 3000, 1, 0));
    }
    // As many rows as are let pass are the same as if somebody had said that they are missing.
    Forecaster said = forecaster.fresh();
    said.step(hour(0), 3000, 1, 0);
    for (int t = 1; t <= 10_000; t++) {
      said.step(hour(t), Double.NaN, Double.NaN, Double.NaN);
    }
    Prediction last = forecaster.step(hour(10_001), 3010, 1, 0);
    assertEquals(said.step(hour(10_001), 3010, 1, 0).value(), last.value());
    assertEquals(10_002, last.row());
  }

  @Test
  void afterManyMissingRowsASequenceBeginsAnewWhereTheModelKnowsGaps() throws IOException {
    Forecaster forecaster = forecaster(6, Fill.LAST, RunOnDisk.outputs(1));
    forecaster.step(hour(0), 3100, 1, 0);
    double first = forecaster.fresh().step(hour(0), 2900, 1, 0).value();
    assertEquals(first, forecaster.step(hour(50_000), 2900, 1, 0).value());
    assertEquals(50_001, forecaster.rows());
    // A row of nothing begins nothing.
    assertRefused(
        forecaster,
        IllegalArgumentException.class,
        "at most 10000 are stepped through",
        () -> forecaster.step(hour(100_000), Double.NaN, Double.NaN, 0));
    assertRefused(
        forecaster,
        IllegalArgumentException.class,
        "is not after the newest row",
        () -> forecaster.step(hour(50_000), 2900, 1, 0));
  }

  /** What rows within a gap say of those behind it counts, as it does in a table. */
  @Test
  void whatMissingRowsSayOfLaterOnesCounts() throws IOException {
    Forecaster forecaster = forecaster(6, Fill.LAST, RunOnDisk.outputs(20));
    Forecaster said = forecaster.fresh();
    for (int t = 0; t < 40; t++) {
      boolean missing = t > 20 && t < 35;
      said.step(hour(t), missing ? Double.NaN : 3000 + t, 1, 0);
      if (!missing) {
        forecaster.step(hour(t), 3000 + t, 1, 0);
      }
    }
    List<Prediction> expected = said.forecast(30);
    List<Prediction> forecast = forecaster.forecast(30);
    for (int i = 0; i < 30; i++) {
      assertEquals(40 + i, forecast.get(i).row());
      assertEquals(expected.get(i).value(), forecast.get(i).value());
      assertEquals(Math.max(20, i + 1), forecast.get(i).ahead());
    }
  }

  @Test
  void valuesThatAreNoneAreRefused() throws IOException {
    Forecaster forecaster = forecaster(-1, Fill.NONE, RunOnDisk.outputs(1));
    forecaster.step(hour(0), 3000, 1, 0);
    double[] none = null;
    Map<String, Double> noMap = null;
    Instant noTime = null;
    Class<IllegalArgumentException> wrong = IllegalArgumentException.class;
    assertRefused(forecaster, wrong, "found null, expected a row", () -> forecaster.step(none));
    assertRefused(forecaster, wrong, "found null, expected a row", () -> forecaster.step(noMap));
    assertRefused(
        forecaster, wrong, "found null, expected a time", () -> forecaster.step(noTime, 1, 1, 1));
    assertRefused(
        forecaster, wrong, "found null, expected what save() gave", () -> forecaster.restore(null));
    assertRefused(
        forecaster,
        wrong,
        "no column 'null'; the model has [load, wind, holiday]",
        () -> forecaster.step(Collections.singletonMap(null, 1)));
    for (double infinite : new double[] {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
      for (int column = 0; column < 3; column++) {
        double[] row = {3000, 1, 0};
        row[column] = infinite;
        assertRefused(
            forecaster,
            wrong,
            "'%s': found %s, expected a number, or NaN for a missing one"
                .formatted(RunOnDisk.COLUMNS.get(column), infinite),
            () -> forecaster.step(row));
      }
      assertRefused(
          forecaster,
          wrong,
          "'wind': found " + infinite,
          () -> forecaster.future("wind", 1, infinite));
    }
    assertRefused(
        forecaster,
        wrong,
        "row 1: 'load' is missing, and the model was trained on a table without gaps",
        () -> forecaster.step(Double.NaN, 1, 0));
    Map<String, @Nullable Double> row = new HashMap<>(Map.of("load", 3000.0, "wind", 1.0));
    row.put("holiday", null); // which is not read here, and may be missing
    forecaster.step(row);
    assertEquals(2, forecaster.rows());
  }

  @Test
  void forecastsHaveALengthThatCanBeHad() throws IOException {
    Forecaster forecaster = forecaster(-1, Fill.LAST, RunOnDisk.outputs(1));
    forecaster.step(hour(0), 3000, 1, 0);
    Class<IllegalArgumentException> wrong = IllegalArgumentException.class;
    assertRefused(
        forecaster,
        wrong,
        "at most 100000 rows, found 2147483647; take them one by one, forecast(steps, sampling, each)",
        () -> forecaster.forecast(Integer.MAX_VALUE));
    for (int steps : new int[] {0, -1, Integer.MIN_VALUE}) {
      assertRefused(
          forecaster,
          wrong,
          "a forecast needs at least 1 row, found " + steps,
          () -> forecaster.forecast(steps));
    }
    assertRefused(
        forecaster, wrong, "found null, expected a sampling", () -> forecaster.forecast(1, null));
    assertRefused(
        forecaster,
        wrong,
        "the number of paths must be 0, or between 2 and 100000, found -1",
        () -> new Sampling(-1, 1));
    // One by one it may be of any length, until its taker has enough.
    var taken = new ArrayList<Prediction>();
    var enough = new IllegalStateException("enough");
    assertEquals(
        enough,
        assertThrows(
            IllegalStateException.class,
            () ->
                forecaster.forecast(
                    Integer.MAX_VALUE,
                    Sampling.NONE,
                    next -> {
                      taken.add(next);
                      if (taken.size() == 300) {
                        throw enough;
                      }
                    })));
    List<Prediction> list = forecaster.forecast(300);
    for (int i = 0; i < 300; i++) {
      assertEquals(list.get(i).value(), taken.get(i).value());
      assertEquals(i + 1, taken.get(i).ahead());
    }
  }

  @Test
  void theLibraryIsFoundAndSaysTheSame() throws IOException {
    StepEngine found = ServiceLoader.load(StepEngine.class).findFirst().orElseThrow();
    assertEquals(KernelSteps.class, found.getClass());
    var target = new Outputs.Target("load", true, 3000, List.of(40.0, 70.0));
    for (Outputs.Law law : Outputs.Law.values()) {
      List<Double> levels = law == Outputs.Law.VALUE ? List.of() : LEVELS;
      Outputs outputs = new Outputs(List.of(target), List.of(1, 3), law, levels);
      Forecaster plain = forecaster(6, Fill.LAST, outputs);
      Forecaster fast = Forecaster.load(folder);
      for (int t = 0; t < 80; t++) {
        double load = t % 11 == 5 ? Double.NaN : 3000 + 200 * Math.sin(t);
        assertNear(plain.step(hour(t), load, 1, 0), fast.step(hour(t), load, 1, 0));
      }
      List<Prediction> expected = plain.forecast(10, new Sampling(30, 4));
      List<Prediction> forecast = fast.forecast(10, new Sampling(30, 4));
      for (int i = 0; i < 10; i++) {
        assertNear(expected.get(i), forecast.get(i));
      }
    }
  }

  private static void assertNear(Prediction expected, Prediction found) {
    double size = 1e-6 * Math.abs(expected.value());
    assertEquals(expected.row(), found.row());
    assertArrayEquals(expected.values(), found.values(), size);
    assertArrayEquals(expected.quantiles()[0], found.quantiles()[0], size);
    if (expected.deviations() != null) {
      assertArrayEquals(expected.deviations(), found.deviations(), size);
    }
  }

  /** Streams of several threads, steps and paths among each other, over one set of weights. */
  @Test
  void streamsOfSeveralThreadsGoOnAlone() throws Exception {
    var target = new Outputs.Target("load", true, 3000, List.of(40.0));
    Outputs outputs = new Outputs(List.of(target), List.of(1), Outputs.Law.GAUSSIAN, LEVELS);
    forecaster(-1, Fill.LAST, outputs);
    for (StepEngine engine : List.of(StepEngine.PLAIN, new KernelSteps())) {
      Forecaster model = Forecaster.load(folder, engine);
      var alone = new ArrayList<List<Double>>();
      for (int client = 0; client < 6; client++) {
        alone.add(client(model.fresh(), client));
      }
      try (var threads = Executors.newFixedThreadPool(4)) {
        var tasks = new ArrayList<Callable<List<Double>>>();
        for (int client = 0; client < 6; client++) {
          int number = client;
          tasks.add(() -> client(model.fresh(), number));
        }
        var together = new ArrayList<List<Double>>();
        for (var each : threads.invokeAll(tasks)) {
          together.add(each.get());
        }
        assertEquals(alone, together);
      }
    }
  }

  private static List<Double> client(Forecaster forecaster, int number) {
    var said = new ArrayList<Double>();
    for (int t = 0; t < 12; t++) {
      said.add(forecaster.step(3000 + 100 * Math.sin(number * t), 1, 0).value());
      List<Prediction> forecast = forecaster.forecast(4, new Sampling(2 + number, t));
      said.add(forecast.getLast().quantiles()[0][0]);
    }
    return said;
  }
}
