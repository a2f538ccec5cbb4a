// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows that never came to a service are what they are in a table. */
final class FeedTest {
  private static final TimeAxis AXIS = TimeAxis.every(Instant.EPOCH, 1000, ZoneOffset.UTC);

  /** Says how many steps it made since its state began. */
  private static final class Counter implements StepRunner {
    @Override
    public void step(double[] x, double[] state, double[] y) {
      if (x[0] == 7) {
        throw new IllegalArgumentException("found the index 7");
      }
      state[0]++;
      y[0] = state[0];
    }

    @Override
    public double[] initial() {
      return new double[1];
    }
  }

  /** Reads a load and the wind. */
  private static ModelDescription description(long gap) {
    return description(
        gap,
        new Features.Column("load", 0, 0, 0, 1, Fill.LAST, false),
        new Features.Column("wind", 1, 0, 0, 1, Fill.LAST, false));
  }

  private static ModelDescription description(long gap, Features.Column... columns) {
    var features = new Features(List.of(columns), null, 0, gap);
    var outputs =
        new Outputs(
            List.of(new Outputs.Target("load", false, 0, List.of(1.0))),
            List.of(1),
            Outputs.Law.VALUE,
            List.of());
    var step =
        new RecordedStep(
            2,
            0,
            List.of(new RecordedStep.State("s", 1, 2, null)),
            List.of(),
            List.of(
                new Instruction(Operation.STATE, List.of(), 1, "s", null),
                new Instruction(Operation.CONSTANT, List.of(), 1, null, 1.0),
                new Instruction(Operation.ADD, List.of(0, 1), 1, null, null)),
            2);
    return new ModelDescription(
        ModelDescription.FORMAT,
        "a",
        List.of("load", "wind"),
        ModelDescription.Clock.of(AXIS),
        features,
        outputs,
        Precision.FLOAT32,
        null,
        step);
  }

  private static Forecaster forecaster(long gap) {
    return Forecaster.of(description(gap), new Counter());
  }

  /** What the same model says of the last row of a table, most of which is missing. */
  private static double table(long gap, long[] rows) {
    var table = new History(2);
    for (long row : rows) {
      table.put(row, 0, 3);
    }
    RowModel model = LoadedModel.of(description(gap), new Counter(), null, null).model();
    var stream = new Stream(model, table, AXIS, row -> {});
    double said = 0;
    while (stream.row() < rows[rows.length - 1]) {
      said = stream.advance().value();
    }
    return said;
  }

  private static double service(Forecaster forecaster, long[] rows) {
    double said = 0;
    for (long row : rows) {
      said = forecaster.step(AXIS.at(row), 3, Double.NaN).value();
    }
    return said;
  }

  @ParameterizedTest
  @CsvSource({
    "20000, 15000, 15002",
    "20000, 20000, 20002",
    "20000, 20001, 1",
    "10000, 10001, 1",
    "10001, 10001, 10003",
    "0, 10001, 1",
    "6, 50000, 1",
    "6, 6, 8",
    "6, 7, 1",
    "-1, 10000, 10002"
  })
  void aServiceBeginsAnewWhereATableDoes(long gap, long missing, double expected) {
    long[] rows = {0, missing + 1};
    assertEquals(expected, table(gap, rows));
    assertEquals(expected, service(forecaster(gap), rows));
  }

  @Test
  void aServiceSaysWhatATableSaysWhateverIsMissing() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    for (int trial = 0; trial < 8; trial++) {
      long gap = random.nextInt(25_000) - 1;
      long[] rows = new long[4];
      for (int i = 1; i < rows.length; i++) {
        int most = gap < 10_000 ? 10_000 : (int) gap + 1000;
        rows[i] = rows[i - 1] + 1 + random.nextInt(most);
      }
      assertEquals(
          table(gap, rows),
          service(forecaster(gap), rows),
          "gap %s, rows %s, seed %s".formatted(gap, List.of(rows[1], rows[2], rows[3]), seed));
    }
  }

  /** What was told of rows within a gap ends it, as in a table. */
  @Test
  void whatWasToldOfMissingRowsCounts() {
    Forecaster forecaster = forecaster(6000);
    forecaster.step(AXIS.at(0), 3, 1);
    double[] wind = new double[6000];
    forecaster.future("wind", wind);
    assertEquals(1, forecaster.fresh().step(AXIS.at(0), 3, 1).value());
    assertThrows(
        IllegalArgumentException.class,
        () -> forecaster.step(AXIS.at(11_000), 3, 1),
        "no beginning, and too many to be stepped through");
    assertEquals(1, forecaster.step(AXIS.at(12_002), 3, 1).value());
  }

  @Test
  void whatIsToBeToldIsSaidWithTheNumberOfRows() {
    Features.Column[] wind = {
      new Features.Column("wind", 1, 1, 0, 1, Fill.LAST, false),
      new Features.Column("wind", 1, 24, 0, 1, Fill.LAST, false)
    };
    Forecaster forecaster = Forecaster.of(description(-1, wind), new Counter());
    String reads = "the model reads 'wind', which it does not predict, and ";
    assertNeeds(
        forecaster,
        reads + "nothing is known of its next 24 rows: say them with future(\"wind\", …)");
    forecaster.future("wind", new double[1 + 5]);
    assertNeeds(
        forecaster,
        reads + "only 5 are known of its next 24 rows: say the other 19 with future(\"wind\", …)");
    forecaster.future("wind", new double[18]);
    assertNeeds(
        forecaster,
        reads + "only 23 are known of its next 24 rows: say the other 1 with future(\"wind\", …)");
    forecaster.future("wind", 0).step(3, 1);
  }

  private static void assertNeeds(Forecaster forecaster, String message) {
    assertEquals(
        message,
        assertThrows(IllegalStateException.class, () -> forecaster.step(3, 1)).getMessage());
  }

  /** However long a gap is said to be, a wrong clock does not keep a service busy for hours. */
  @Test
  void gapsOfAnyLengthAreNotSteppedThrough() {
    Forecaster forecaster = forecaster(1L << 50);
    forecaster.step(AXIS.at(0), 3, 1);
    assertEquals(
        "1000001 rows are missing between 1970-01-01 00:00:00 and 1970-01-12 13:46:42, at most 1000000 are stepped through; if the time is right, begin anew with fresh()",
        assertThrows(
                IllegalArgumentException.class, () -> forecaster.step(AXIS.at(1_000_002), 3, 1))
            .getMessage());
    assertEquals(1, forecaster.rows());
  }

  /** Also where a sequence would have begun with it. */
  @Test
  void aRowThatTheStepRefusesHasNotBeen() {
    Forecaster forecaster = forecaster(0);
    forecaster.step(AXIS.at(0), 3, 1);
    forecaster.step(AXIS.at(1), 3, 1);
    forecaster.step(AXIS.at(2), Double.NaN, Double.NaN);
    byte[] before = forecaster.save();
    assertThrows(IllegalArgumentException.class, () -> forecaster.step(AXIS.at(3), 7, 1));
    assertArrayEquals(before, forecaster.save());
    assertThrows(IllegalArgumentException.class, () -> forecaster.step(7, 1));
    assertArrayEquals(before, forecaster.save());
    assertEquals(1, forecaster.step(AXIS.at(3), 3, 1).value());
  }
}
