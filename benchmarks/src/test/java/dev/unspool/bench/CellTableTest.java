// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.network.Cell;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class CellTableTest {
  @Test
  void theBestOfSeveralRoundsStandsBesideTheLstm() {
    var table = new CellTable();
    for (double slow : new double[] {3, 1, 2}) {
      table.add(row("h8-l1-k2-2", 20 * slow, new Row.Peer("torch-loop", 50 * slow)));
      table.add(row("gru-h8-l1-k2-2", 10 * slow, new Row.Peer("torch-chunks", 30)));
      table.add(row("gru-h9-l1-k2-2", 11 * slow));
    }
    assertEquals(
        """
        | `h8-l1-k2-2` | µs per step | of the LSTM's | `torch-loop` | `torch-chunks` |
        |---|---|---|---|---|
        | lstm | 20.00 | 1.00 | 50.0 | |
        | gru | 10.00 | 0.50 | | 30.0 |

        | `h9-l1-k2-2` | µs per step | of the LSTM's |
        |---|---|---|
        | gru | 11.00 | NaN |""",
        table.markdown());
  }

  private static Row row(String shape, double micros, Row.Peer... peers) {
    return new Row(Shape.of(shape), micros, micros, 1, 2, List.of(peers));
  }

  @Test
  void everyCellHasAShapeAndCanBeMeasured() throws IOException {
    var shapes = Cell.builtIn().stream().map(Shape.of("h4-l1-k2-2")::with).toList();
    var table = new CellTable();
    var notes = new ByteArrayOutputStream();
    new Bench(shapes, 1, 1e-3, List.of())
        .run(table::add, new PrintStream(notes, true, StandardCharsets.UTF_8));
    for (Shape shape : shapes) {
      assertEquals(shape, Shape.of(shape.name()));
      assertTrue(shape.operations() > 0, shape.name());
    }
    assertEquals(shapes, table.rows().stream().map(Row::shape).toList());
    assertEquals("", notes.toString(StandardCharsets.UTF_8));
  }

  /** The one product that both know: a square matrix for each of four gates, twice. */
  @Test
  void operationsOfAnLstmAreThoseOfItsProducts() {
    // 2 lanes, 3 steps: W_ih and W_hh of 4·25 each and W of 25 forwards, all but W_ih backwards but
    // for the step at the cut, and all gradients.
    double forward = 3 * (100 + 100 + 25);
    double backward = 2 * 100 + 3 * 25;
    assertEquals(2 * 2 * (2 * forward + backward), Shape.of("h5-l2-k3-3").operations());
  }
}
