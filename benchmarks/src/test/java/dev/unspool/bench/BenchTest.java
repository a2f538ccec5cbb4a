// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import dev.unspool.network.Cell;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "h64-l1-k1-20",
        "gru-h128-l32-k20-20",
        "rnn-tanh-h5-l1-k3-7",
        "h64-l1-k1-20-adam",
        "h64-l1-k1-20-adam-current",
        "h200-l20-k20-20-x2-v10000",
        "gru-h8-l2-k2-3-x3-adam-replay"
      })
  void namesAreUnderstoodAsTheyArePrinted(String name) {
    assertEquals(name, Shape.of(name).name());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "h64", "h64-l1-k1", "lstm64", "h64-l1-k1-20-sgd", "h64-l1-k1-20-adam-"})
  void otherNamesAreRefused(String name) {
    var e = assertThrows(IllegalArgumentException.class, () -> Shape.of(name));
    assertTrue(e.toString().contains("h64-l1-k1-20"), e.toString());
  }

  @Test
  void operationsCountEveryMultiplicationTwice() {
    // One unit, lane and step: 2 products forwards, the output, its two derivatives, 2 gradients.
    var shape = new Shape(Cell.RNN_TANH, 1, 1, 0, 1, 1, 1, Family.GRADIENT);
    assertEquals(2 * (2 + 1 + 1 + 1 + 2), shape.operations());
  }

  @Test
  void jsonHasARowPerShape() throws IOException {
    var bytes = new ByteArrayOutputStream();
    var shapes = List.of(Shape.of("h8-l2-k2-3"), Shape.of("gru-h5-l1-k1-4-adam"));
    var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    var output = new Output(out, Output.Format.JSON, 1, new Pinning(List.of(3), null));
    output.begin();
    new Bench(shapes, 1, 1e-3, List.of()).run(output::row, out);
    output.end();
    String json = bytes.toString(StandardCharsets.UTF_8);
    var parsed = JsonParser.parseString(json).getAsJsonObject();
    var keys = Set.of("machine", "threads", "pinned", "processors", "rows");
    assertEquals(keys, parsed.keySet());
    var rows = parsed.getAsJsonArray("rows").asList();
    var names = rows.stream().map(row -> row.getAsJsonObject().get("shape").getAsString()).toList();
    assertEquals(shapes.stream().map(Shape::name).toList(), names);
    assertTrue(rows.getFirst().getAsJsonObject().get("micros").getAsDouble() > 0, json);
  }

  @Test
  void rowsComeBackFromJson() {
    var peers = List.of(new Row.Peer("jax-recompute", 80), new Row.Peer("torch-recompute", 120));
    var row = new Row(Shape.of("gru-h8-l2-k2-3"), 40, 41.5, 50, 100, peers);
    assertEquals(row, Row.of(row.json()));
    assertEquals(
        "| `gru-h8-l2-k2-3` | 40.00 | 50.0 | 50.0 % | jax-recompute, 80.0 | 2.00 |",
        row.markdown());
    var alone = new Row(Shape.of("h8-l2-k1-3-adam"), 40, 41.5, 50, 100, List.of());
    assertEquals(alone, Row.of(alone.json()));
  }
}
