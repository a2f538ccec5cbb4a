// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

final class NormalisationTest {
  @Test
  void measuresTheRangeOnly() {
    var table = Table.of(List.of("a", "b"), 1, 50, 3, 50, 8, 50, 1000, -1000);
    var normalisation = Normalisation.of(table, List.of("b", "a"), new Range(0, 3));
    assertEquals(List.of("b", "a"), normalisation.columns());
    assertEquals(50, normalisation.mean(0));
    assertEquals(1, normalisation.deviation(0), "a constant column");
    assertEquals(4, normalisation.mean(1), 1e-12);
    assertEquals(Math.sqrt(26 / 3.0), normalisation.deviation(1), 1e-12);
    assertEquals(1, normalisation.indexOf("a"));
    assertEquals(-1, normalisation.indexOf("c"));
  }

  @Test
  void isExactFarFromZero() {
    // The textbook formula E[x²] − E[x]² loses all digits here.
    var values = new double[1000];
    for (int i = 0; i < values.length; i++) {
      values[i] = 16_000_000 + i % 2;
    }
    var normalisation =
        Normalisation.of(Table.of(List.of("a"), values), List.of("a"), new Range(0, 1000));
    assertEquals(16_000_000.5, normalisation.mean(0), 1e-6);
    assertEquals(0.5, normalisation.deviation(0), 1e-9);
  }

  @Test
  void keepsASmallMovementOnALargeOffset() {
    var normalisation = new Normalisation(List.of("a"), new double[] {1e8}, new double[] {0.5});
    assertEquals(0.2, normalisation.apply(0, 1e8 + 0.1), 1e-7);
    assertEquals(1e8 + 0.1, normalisation.invert(0, 0.2f), 1e-7);
  }

  @Test
  void robustFiguresAreThoseOfMostValues() {
    var values = new double[2001];
    for (int i = 0; i < values.length; i++) {
      values[i] = 20 + (i % 101 - 50) / 10.0;
    }
    var clean = Table.of(List.of("a"), values.clone());
    values[700] = 999.9;
    values[701] = 999.9;
    var wild = Table.of(List.of("a"), values);
    var all = new Range(0, 2001);
    var expected = Normalisation.robust(clean, List.of("a"), all);
    var found = Normalisation.robust(wild, List.of("a"), all);
    assertEquals(20, expected.mean(0), 0.1);
    assertEquals(5 / 1.349, expected.deviation(0), 0.1);
    assertEquals(expected.mean(0), found.mean(0), 0.1);
    assertEquals(expected.deviation(0), found.deviation(0), 0.1);
    assertTrue(Normalisation.of(wild, List.of("a"), all).deviation(0) > 30);
  }

  @Test
  void aColumnThatRestsMostOfTheTimeHasNoQuartiles() {
    var table = Table.of(List.of("a"), 0, 0, 0, 0, 0, 0, 8, 0);
    var robust = Normalisation.robust(table, List.of("a"), new Range(0, 8));
    var plain = Normalisation.of(table, List.of("a"), new Range(0, 8));
    assertEquals(plain.mean(0), robust.mean(0));
    assertEquals(plain.deviation(0), robust.deviation(0));
  }

  @Test
  void refusesNumbersWhoseSquaresOverflow() {
    var table = Table.of(List.of("a"), 1, 1e200, 2);
    refused(
        "column 'a' has numbers too large to measure a deviation of",
        () -> Normalisation.of(table, List.of("a"), new Range(0, 3)));
    refused(
        "column 'a' has numbers too large to measure a deviation of",
        () -> Normalisation.rms(table, List.of("a"), new Range(0, 3)));
  }

  @Test
  void invertsWhatItApplies() {
    var normalisation = new Normalisation(List.of("a"), new double[] {10}, new double[] {4});
    assertEquals(-1.5, normalisation.apply(0, 4));
    assertEquals(4, normalisation.invert(0, -1.5));
    double[] rows = {1, 10, -1, 30, 2, -20};
    var columns = List.of("a", "b");
    var rms = Normalisation.rms(Table.of(columns, rows), columns, new Range(0, 3));
    assertArrayEquals(rows, rms.invert(rms.apply(rows)), 1e-12);
    assertArrayEquals(rows, Normalisation.none(columns).apply(rows), 0.0);
  }

  @Test
  void zeroStaysZeroWhereItIsDividedByTheRootMeanSquare() {
    var table = Table.of(List.of("a", "b"), 1, 0, -1, 0, 2, 0, 9, 9);
    var rms = Normalisation.rms(table, List.of("a", "b"), new Range(0, 3));
    assertEquals(Math.sqrt(2), rms.deviation(0), 1e-12);
    assertEquals(1, rms.deviation(1), "a column of zeros");
    assertEquals(0, rms.apply(0, 0));
  }

  @Test
  void someColumnsKeepTheirFigures() {
    var all =
        new Normalisation(List.of("a", "b"), new double[] {1, 2}, new double[] {3, 4})
            .of(List.of("b"));
    assertEquals(List.of("b"), all.columns());
    assertEquals(2, all.mean(0));
    assertEquals(4, all.deviation(0));
    refused("no column 'z'; there are figures of [b]", () -> all.of(List.of("z")));
  }

  @Test
  void refusesFiguresThatCannotBe() {
    var table = Table.of(List.of("a"), 1, 2);
    var a = List.of("a");
    refused("no rows to take a mean of", () -> Normalisation.of(table, a, new Range(1, 1)));
    refused("rows 0 to 3 were asked for", () -> Normalisation.of(table, a, new Range(0, 3)));
    refused("there is no column 'z'", () -> Normalisation.of(table, List.of("z"), new Range(0, 2)));
    refused("found 2 and 1", () -> new Normalisation(a, new double[2], new double[1]));
    refused(
        "column 'a' needs a finite mean and a deviation above 0, found 0.0 and 0.0",
        () -> new Normalisation(a, new double[1], new double[1]));
    refused(
        "found NaN and 1.0",
        () -> new Normalisation(a, new double[] {Double.NaN}, new double[] {1}));
  }

  private static void refused(String part, Executable call) {
    Refusal.containing(IllegalArgumentException.class, part, call);
  }
}
