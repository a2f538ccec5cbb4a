// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.unspool.engine.Block;
import dev.unspool.predict.Features;
import dev.unspool.predict.Features.Column;
import dev.unspool.predict.Fill;
import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A table with gaps as steps. */
final class SeriesFeaturesTest {
  private static final double NAN = Double.NaN;
  private static final List<String> Y = List.of("y");

  private static Table table() {
    return Table.of(
        List.of("y", "u"), 1, 10, NAN, 11, 3, NAN, NAN, NAN, NAN, NAN, 6, 15, 7, 16, 8, 17, 9, 18);
  }

  private static Block read(SeriesSource source, int steps) {
    Block block = Block.allocate(steps, 1, source.inputs(), source.targets());
    assertEquals(steps, source.read(block, steps));
    return block;
  }

  @Test
  void inputsAreFilledFlaggedAndBeginAfterAGapAndTargetsStayMissing() {
    try (Table table = table()) {
      var features =
          new Features(
              List.of(
                  new Column("y", 0, 0, 1, 2, Fill.LAST, true),
                  new Column("u", 1, 1, 0, 1, Fill.LAST, false)),
              null,
              0,
              1);
      var source =
          SeriesSource.builder(table)
              .features(features.over(table.andNothingAfter(), null))
              .targets(Y)
              .horizon(1)
              .build();
      Block block = read(source, 8);
      double[] y = {1, 1, 3, 3, 3, 6, 7, 8};
      double[] u = {11, 11, 11, 11, 15, 16, 17, 18};
      double[] next = {NAN, 3, NAN, NAN, 6, 7, 8, 9};
      for (int t = 0; t < 8; t++) {
        assertEquals((y[t] - 1) / 2, block.inputs().get(t, 0, 0), "y in step " + t);
        assertEquals(u[t], block.inputs().get(t, 0, 1), "u in step " + t);
        assertEquals(t == 1 || t == 3 || t == 4 ? 1 : 0, block.inputs().get(t, 0, 2), "flag");
        assertEquals(next[t], block.targets().get(t, 0, 0), "target of step " + t);
        assertEquals(t == 0 || t == 5, block.events().begins(t, 0), "beginning in step " + t);
        assertEquals(1, block.mask().get(t, 0, 0));
      }
    }
  }

  @Test
  void aColumnThatNobodyFillsMustBeThere() {
    try (Table table = table()) {
      var source = SeriesSource.builder(table).inputs(List.of("u")).targets(Y).build();
      Block block = Block.allocate(4, 1, 1, 1);
      var refused = assertThrows(UncheckedIOException.class, () -> source.read(block, 4));
      assertEquals(
          true, String.valueOf(refused.getMessage()).startsWith("row 2 of column 'u' is NaN"));
    }
  }
}
