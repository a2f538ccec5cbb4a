// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
    var values = new float[1000];
    for (int i = 0; i < values.length; i++) {
      values[i] = 16_000_000 + i % 2;
    }
    var normalisation =
        Normalisation.of(Table.of(List.of("a"), values), List.of("a"), new Range(0, 1000));
    assertEquals(16_000_000.5, normalisation.mean(0), 1e-6);
    assertEquals(0.5, normalisation.deviation(0), 1e-9);
  }

  @Test
  void invertsWhatItApplies() {
    var normalisation = new Normalisation(List.of("a"), new double[] {10}, new double[] {4});
    assertEquals(-1.5f, normalisation.apply(0, 4));
    assertEquals(4, normalisation.invert(0, -1.5f));
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
