// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers that are missing and keep their place. */
final class MissingNumbersTest extends CsvOnDisk {
  private static final double NAN = Double.NaN;

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "NaN", "nan", "NA", "n/a", "#N/A", "null", "NULL", "None", "-", "?"})
  void whatProgramsWriteForNothingIsMissing(String cell) throws IOException {
    write("x,y\n1,2\n3," + cell + "\n5,6\n");
    try (var table = file.keepingMissing().read(List.of("y", "x"))) {
      assertEquals(3, table.rows());
      assertArrayEquals(new double[] {NAN, 3}, row(table, 1));
      assertEquals(0, table.skippedRows());
      assertEquals(1, table.missing(0, new Range(0, 3)));
      assertEquals(0, table.missing(1, new Range(0, 3)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"abc", "1f", "Infinity", "-1.2.3", "nope", "--1"})
  void anotherTextIsStillBad(String cell) throws IOException {
    write("x,y\n1,2\n3," + cell + "\n5,6\n");
    Refusal.containing(
        DataException.class,
        ":3: column 'y' is '" + cell + "', expected a number",
        () -> file.keepingMissing().read(List.of("y")));
    try (var table = file.keepingMissing().skippingBadRows().read(List.of("y"))) {
      assertEquals(2, table.rows());
      assertEquals(1, table.skippedRows());
    }
  }

  @Test
  void aRowOfNothingIsARow() throws IOException {
    write("x,y\n1,2\n,\n\n,\n5,6\n,\n");
    try (var table = file.keepingMissing().read(List.of("x"))) {
      assertEquals(4, table.rows());
      assertArrayEquals(new double[] {NAN}, row(table, 1));
      assertArrayEquals(new double[] {5}, row(table, 3));
    }
    write("x\n1\n\n\n4\n\n");
    try (var table = file.keepingMissing().read(X)) {
      assertEquals(4, table.rows());
      assertArrayEquals(new double[] {NAN}, row(table, 2));
    }
  }

  @Test
  void theNewestAndTheNextKnownRowAreWhatASearchFinds() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    for (int trial = 0; trial < 200; trial++) {
      double[] values = new double[random.nextInt(200) + 1];
      double stays = random.nextDouble();
      boolean gone = random.nextBoolean();
      for (int i = 0; i < values.length; i++) {
        gone = random.nextDouble() < stays ? gone : !gone;
        values[i] = gone ? NAN : i;
      }
      try (Table table = Table.of(X, values)) {
        for (int row = 0; row < values.length; row++) {
          int before = row;
          while (before >= 0 && Double.isNaN(values[before])) {
            before--;
          }
          int after = row + 1;
          while (after < values.length && Double.isNaN(values[after])) {
            after++;
          }
          assertEquals(before, table.known(row, 0), "row " + row + ", seed " + seed);
          assertEquals(
              after < values.length ? after : -1,
              table.next(row, 0),
              "row " + row + ", seed " + seed);
        }
      }
    }
  }
}
