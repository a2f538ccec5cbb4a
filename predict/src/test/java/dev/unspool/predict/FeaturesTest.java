// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.predict.Features.Column;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a model sees of rows. */
final class FeaturesTest {
  private static final TimeAxis HOURS =
      TimeAxis.every(Instant.parse("2024-02-28T05:00:00Z"), 3_600_000, ZoneOffset.UTC);
  private static final int ROWS = 200;

  /** Rows × columns, with every third number missing, and in the end the future. */
  private static double[][] table(Random random) {
    double[][] table = new double[ROWS + 10][3];
    for (double[] row : table) {
      for (int i = 0; i < row.length; i++) {
        row[i] = random.nextInt(3) == 0 ? Double.NaN : random.nextGaussian();
      }
    }
    for (int row = 50; row < 60; row++) {
      table[row] = new double[] {Double.NaN, Double.NaN, 1};
    }
    return table;
  }

  private static Rows rows(double[][] table) {
    return (row, column) -> table[(int) row][column];
  }

  private static Rows looking(double[][] table) {
    return new Rows() {
      @Override
      public double get(long row, int column) {
        return table[(int) row][column];
      }

      @Override
      public long next(long row, int column) {
        for (int at = (int) row + 1; at < table.length; at++) {
          if (!Double.isNaN(table[at][column])) {
            return at;
          }
        }
        return -1;
      }
    };
  }

  private static Features features(Fill fill) {
    return new Features(
        List.of(
            new Column("a", 0, 0, 0.5, 2, fill, true),
            new Column("b", 1, 0, -1, 3, fill, false),
            new Column("c", 2, 4, 0, 1, fill, true)),
        new Calendar(List.of(Calendar.Part.HOUR)),
        4,
        5);
  }

  private static double[] seen(Features features, Rows rows, long row) {
    double[] into = new double[features.count()];
    features.over(rows, HOURS).write(row, into, 0);
    return into;
  }

  /** The newest number, looked for row by row. */
  private static double slow(double[][] table, int row, Column column) {
    int at = row + column.ahead();
    double value = table[at][column.column()];
    if (Double.isNaN(value)) {
      int before = at;
      while (before >= 0 && Double.isNaN(table[before][column.column()])) {
        before--;
      }
      int after = at;
      while (after < table.length && Double.isNaN(table[after][column.column()])) {
        after++;
      }
      value = before < 0 ? column.mean() : table[before][column.column()];
      if (column.fill() == Fill.ZERO) {
        value = 0;
      } else if (column.fill() == Fill.LINEAR && before >= 0 && after < table.length) {
        double share = (at - before) / (double) (after - before);
        value = (1 - share) * value + share * table[after][column.column()];
      }
    }
    return (value - column.mean()) / column.deviation();
  }

  @Test
  void eachNumberIsWhatASearchFinds() {
    long seed = new Random().nextLong();
    double[][] table = table(new Random(seed));
    for (Fill fill : List.of(Fill.LAST, Fill.LINEAR, Fill.ZERO)) {
      Features features = features(fill);
      for (int row = 0; row < ROWS; row++) {
        double[] seen = seen(features, looking(table), row);
        assertEquals(3 + 2 + 6, seen.length);
        for (int i = 0; i < 3; i++) {
          assertEquals(
              slow(table, row, features.columns().get(i)),
              seen[i],
              1e-12,
              "row %s, feature %s, %s, seed %s".formatted(row, i, fill, seed));
        }
        assertEquals(Double.isNaN(table[row][0]) ? 1 : 0, seen[3]);
        assertEquals(Double.isNaN(table[row + 4][2]) ? 1 : 0, seen[4]);
        double hour = HOURS.at(row + 4).atZone(ZoneOffset.UTC).getHour();
        assertEquals(Math.sin(2 * Math.PI * hour / 24), seen[5], 1e-12);
      }
    }
  }

  @Test
  void aStreamThatDoesNotKnowTheNextNumberKeepsTheLast() {
    long seed = new Random().nextLong();
    double[][] table = table(new Random(seed));
    for (int row = 0; row < ROWS; row++) {
      assertArrayEquals(
          seen(features(Fill.LAST), rows(table), row),
          seen(features(Fill.LINEAR), rows(table), row),
          "seed " + seed);
    }
  }

  @Test
  void nothingIsSeenOfTheFutureButWhatIsKnownAhead() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    double[][] table = table(random);
    for (int now = 0; now < ROWS; now += 7) {
      double[] before = seen(features(Fill.LAST), rows(table), now);
      double[][] changed = new double[table.length][];
      for (int row = 0; row < table.length; row++) {
        changed[row] = table[row].clone();
        if (row > now) {
          changed[row][0] = random.nextGaussian();
          changed[row][1] = Double.NaN;
        }
        if (row > now + 4) {
          changed[row][2] = random.nextGaussian();
        }
      }
      assertArrayEquals(before, seen(features(Fill.LAST), rows(changed), now), "seed " + seed);
      changed[now + 4][2] = 99;
      assertEquals(99, seen(features(Fill.LAST), rows(changed), now)[2]);
    }
  }

  @Test
  void aRowAfterALongGapIsABeginning() {
    double[][] table = new double[40][];
    for (int row = 0; row < table.length; row++) {
      boolean gone = (row >= 10 && row < 15) || (row >= 20 && row < 26) || row == 30;
      table[row] = new double[] {gone ? Double.NaN : 1, Double.NaN, 1};
    }
    var seen = features(Fill.LAST).over(rows(table), HOURS);
    for (int row = 0; row < 30; row++) {
      assertEquals(row == 26, seen.begins(row), "row " + row);
    }
    Features none = new Features(features(Fill.LAST).columns(), null, 0, -1);
    assertFalse(none.over(rows(table), null).begins(26));
    Features any = new Features(none.columns(), null, 0, 0);
    assertTrue(any.over(rows(table), null).begins(31));
  }

  @Test
  void whatIsNotFilledStaysMissing() {
    var features =
        new Features(List.of(new Column("a", 0, 0, 1, 2, Fill.NONE, false)), null, 0, -1);
    double[][] table = {{Double.NaN}, {3}};
    assertEquals(Double.NaN, seen(features, rows(table), 0)[0]);
    assertEquals(1, seen(features, rows(table), 1)[0]);
    assertEquals(List.of("a"), features.names());
    assertEquals(0, features.reach());
  }

  @Test
  void numbersHaveNames() {
    assertEquals(
        List.of("a", "b", "c +4", "a missing", "c +4 missing", "hour sin 1"),
        features(Fill.LAST).names().subList(0, 6));
    assertEquals(11, features(Fill.LAST).names().size());
    assertEquals(4, features(Fill.LAST).reach());
  }

  @Test
  void refusesWhatCannotBe() {
    assertThrows(
        IllegalArgumentException.class, () -> new Column("a", 0, -1, 0, 1, Fill.LAST, false));
    assertThrows(
        IllegalArgumentException.class, () -> new Column("a", 0, 0, 0, 0, Fill.LAST, false));
    assertThrows(IllegalArgumentException.class, () -> new Features(List.of(), null, 0, -1));
    assertThrows(
        IllegalArgumentException.class,
        () -> features(Fill.LAST).over(rows(table(new Random(1))), null));
  }
}
