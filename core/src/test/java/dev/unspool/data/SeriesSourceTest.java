// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unspool.engine.BlockSource;
import dev.unspool.predict.Features;
import dev.unspool.predict.Fill;
import dev.unspool.predict.Outputs;
import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SeriesSourceTest extends BlockSourceContract {
  private static final List<String> COLUMNS = List.of("x", "y");

  /** Row r is (r, 100 + r). */
  private static Table table(int rows) {
    var values = new double[2 * rows];
    for (int r = 0; r < rows; r++) {
      values[2 * r] = r;
      values[2 * r + 1] = 100 + r;
    }
    return Table.of(COLUMNS, values);
  }

  private static SeriesSource.Builder builder(int rows) {
    return SeriesSource.builder(table(rows)).inputs(List.of("x")).targets(List.of("y"));
  }

  @Override
  BlockSource open() {
    return builder(24)
        .range(new Range(3, 23))
        .inputs(List.of("y", "x"))
        .horizon(2)
        .lanes(4)
        .warmUp(5)
        .build();
  }

  @Test
  void targetsAreHorizonRowsLater() {
    for (int horizon : new int[] {0, 1, 3}) {
      var source = builder(8).horizon(horizon).build();
      assertEquals(8 - horizon, source.steps());
      var steps = read(source, 8, 8);
      assertEquals(8 - horizon, steps.size());
      for (int t = 0; t < steps.size(); t++) {
        assertArrayEquals(new float[] {t, 100 + t + horizon, 1, t == 0 ? 1 : 0}, steps.get(t));
      }
    }
  }

  /** What lies beyond the end of the range is missing, and no step is lost for it. */
  @Test
  void severalHorizonsAreByTargetAndThenByHorizon() {
    var source =
        builder(9)
            .range(new Range(0, 7))
            .targets(List.of("y", "x"))
            .horizons(List.of(1, 3))
            .counting(new Range(2, 7))
            .build();
    assertEquals(4, source.targets());
    assertEquals(6, source.steps());
    var steps = read(source, 9, 4);
    float none = Float.NaN;
    assertArrayEquals(new float[] {0, none, 103, none, 3, 1, 1}, steps.get(0));
    assertArrayEquals(new float[] {1, 102, 104, 2, 4, 1, 0}, steps.get(1));
    assertArrayEquals(new float[] {3, 104, 106, 4, 6, 1, 0}, steps.get(3));
    assertArrayEquals(new float[] {5, 106, none, 6, none, 1, 0}, steps.get(5));
  }

  @Test
  void outputsSayHowFarATargetIsFromItsNewestKnownValue() {
    double[] values = {5, Double.NaN, 8, 12, Double.NaN, 13};
    var table = Table.of(List.of("y"), values);
    var change = new Outputs.Target("y", true, 99, List.of(2.0, 4.0));
    var level = new Outputs.Target("y", false, 10, List.of(2.0, 2.0));
    for (var target : List.of(change, level)) {
      var outputs = new Outputs(List.of(target), List.of(1, 2), Outputs.Law.VALUE, List.of());
      var features =
          new Features(
              List.of(new Features.Column("y", 0, 0, 0, 1, Fill.LAST, false)), null, 0, -1);
      var source =
          SeriesSource.builder(table).features(features.over(table, null)).outputs(outputs).build();
      double[] newest = {5, 5, 8, 12, 12};
      var steps = read(source, 9, 5);
      assertEquals(5, steps.size());
      for (int t = 0; t < 5; t++) {
        for (int h = 0; h < 2; h++) {
          double truth = t + 1 + h < values.length ? values[t + 1 + h] : Double.NaN;
          double output = steps.get(t)[1 + h];
          double said = target.decode(h, output, newest[t]);
          assertEquals(truth, said, 1e-5, target.name() + " " + t + " " + h);
        }
      }
    }
  }

  @Test
  void lastTargetIsTheLastRowOfTheRange() {
    var source = builder(9).range(new Range(2, 6)).build();
    var steps = read(source, 9, 9);
    assertEquals(3, steps.size());
    assertArrayEquals(new float[] {2, 103, 1, 1}, steps.getFirst());
    assertArrayEquals(new float[] {4, 105, 1, 0}, steps.getLast());
  }

  @Test
  void lanesAreContiguousAndTheLastOnesArePadded() {
    // 7 steps for 3 lanes: 3, 3 and 1.
    var source = builder(8).lanes(3).build();
    assertEquals(3, source.steps());
    var steps = read(source, 3, 3);
    assertArrayEquals(new float[] {0, 101, 1, 1, 3, 104, 1, 1, 6, 107, 1, 1}, steps.get(0));
    assertArrayEquals(new float[] {1, 102, 1, 0, 4, 105, 1, 0, 0, 0, 0, 0}, steps.get(1));
    assertArrayEquals(new float[] {2, 103, 1, 0, 5, 106, 1, 0, 0, 0, 0, 0}, steps.get(2));
    assertEquals(4, source.row(1, 1));
    assertEquals(-1, source.row(1, 2));
  }

  @Test
  void everyStepCountsOnceWhateverTheLanes() {
    for (int rows = 2; rows < 14; rows++) {
      for (int lanes = 1; lanes < rows; lanes++) {
        for (int warmUp : new int[] {0, 1, 4, 50}) {
          var source =
              builder(20).range(new Range(3, 3 + rows)).lanes(lanes).warmUp(warmUp).build();
          var seen = new int[20];
          for (float[] step : read(source, 100, 3)) {
            for (int lane = 0; lane < lanes; lane++) {
              if (step[4 * lane + 2] == 1) {
                seen[(int) step[4 * lane]]++;
                assertEquals(101 + step[4 * lane], step[4 * lane + 1]);
              }
            }
          }
          for (int r = 0; r < 20; r++) {
            assertEquals(
                r >= 3 && r < 3 + rows - 1 ? 1 : 0,
                seen[r],
                "row %s of %s rows, %s lanes, warm-up %s".formatted(r, rows, lanes, warmUp));
          }
        }
      }
    }
  }

  @Test
  void warmUpRunsTheRowsBeforeTheRangeUncounted() {
    var source = builder(9).range(new Range(4, 7)).warmUp(2).build();
    assertEquals(2, source.warmUp());
    assertEquals(4, source.steps());
    var steps = read(source, 9, 9);
    assertArrayEquals(new float[] {2, 103, 0, 1}, steps.get(0));
    assertArrayEquals(new float[] {3, 104, 0, 0}, steps.get(1));
    assertArrayEquals(new float[] {4, 105, 1, 0}, steps.get(2));
    assertArrayEquals(new float[] {5, 106, 1, 0}, steps.get(3));
  }

  @Test
  void warmUpIsAsLongAsThereAreRows() {
    var source = builder(9).range(new Range(1, 4)).warmUp(1000).build();
    assertEquals(1, source.warmUp());
    assertArrayEquals(new float[] {0, 101, 0, 1}, read(source, 1, 1).getFirst());
  }

  @Test
  void laneWithTooFewRowsBeforeItBeginsLater() {
    // Lane 0 counts rows 1 to 3 and has one row before it; lane 1 counts rows 4 to 6.
    var source = builder(8).range(new Range(1, 8)).lanes(2).warmUp(2).build();
    var steps = read(source, 9, 9);
    assertEquals(5, steps.size());
    assertArrayEquals(new float[] {0, 0, 0, 1, 2, 103, 0, 1}, steps.get(0));
    assertArrayEquals(new float[] {0, 101, 0, 1, 3, 104, 0, 0}, steps.get(1));
    assertArrayEquals(new float[] {1, 102, 1, 0, 4, 105, 1, 0}, steps.get(2));
  }

  @Test
  void normalisesTheColumnsThatHaveANormalisation() {
    var normalisation =
        new Normalisation(List.of("y", "x"), new double[] {100, 2}, new double[] {10, 4});
    var source = builder(4).normalisation(normalisation).build();
    assertArrayEquals(new float[] {-0.5f, 0.1f, 1, 1}, read(source, 1, 1).getFirst());
    var onlyX = new Normalisation(List.of("x"), new double[] {2}, new double[] {4});
    var partly = builder(4).normalisation(onlyX).build();
    assertArrayEquals(new float[] {-0.5f, 101, 1, 1}, read(partly, 1, 1).getFirst());
  }

  @Test
  void normalisesBeforeItRounds() {
    var table = Table.of(COLUMNS, 1e8 + 0.1, 1e8, 1e8 + 0.2, 1e8 + 0.3);
    var normalisation =
        new Normalisation(COLUMNS, new double[] {1e8, 1e8}, new double[] {0.1, 0.1});
    var source =
        SeriesSource.builder(table)
            .inputs(List.of("x"))
            .targets(List.of("y"))
            .normalisation(normalisation)
            .build();
    assertEquals(0, source.step());
    assertArrayEquals(new float[] {1, 3, 1, 1}, read(source, 1, 1).getFirst(), 1e-6f);
    assertEquals(1, source.step());
  }

  @Test
  void refusesWhatFloat32CannotHold() {
    var table = Table.of(COLUMNS, 1, 1, 2, 1e39);
    var source = SeriesSource.builder(table).inputs(List.of("x")).targets(List.of("y")).build();
    Refusal.containing(
        UncheckedIOException.class,
        "row 1 of column 'y' is 1.0E39, out of range for float32 (3.4e38)",
        () -> read(source, 9, 9));
  }

  @Test
  void threeRowsAreEnough() {
    assertEquals(2, read(builder(3).build(), 9, 9).size());
    assertEquals(1, read(builder(3).lanes(2).build(), 9, 9).size());
  }

  @Test
  void saysHowManyRowsAreNeeded() {
    refused(
        builder(9).range(new Range(2, 7)).horizon(3).lanes(4),
        "the rows 2 to 7 are 5 rows; 4 lanes with a horizon of 3: at least 7 are needed; use more rows,"
            + " or fewer lanes");
    refused(
        builder(5).range(new Range(5, 5)),
        "the rows 5 to 5 are 0 rows; 1 lane with a horizon of 1: at least 2 are needed; use more rows");
  }

  @Test
  void refusesWhatDoesNotExist() {
    refused(builder(5).range(new Range(2, 7)), "rows 2 to 7 were asked for, there are 5");
    refused(builder(5).inputs(List.of("z")), "there is no column 'z'; there are 'x', 'y'");
    refused(builder(5).targets(List.of("z")), "there is no column 'z'; there are 'x', 'y'");
    refused(builder(5).inputs(List.of()), "at least one column is needed, found none");
    refused(builder(5).inputs(List.of("x", "x")), "column 'x' is named twice in 'x', 'x'");
    refused(builder(5).horizon(-1), "the horizon must be at least 0 rows, found -1");
    refused(builder(5).lanes(0), "at least 1 lane is needed, found 0");
    refused(builder(5).warmUp(-2), "the warm-up must be at least 0 rows, found -2");
  }

  private static void refused(SeriesSource.Builder builder, String message) {
    Refusal.containing(IllegalArgumentException.class, message, builder::build);
  }
}
