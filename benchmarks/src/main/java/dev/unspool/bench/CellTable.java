// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import dev.unspool.network.Cell;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What every cell costs, beside the LSTM of the same width and the same cell in PyTorch. Each is
 * measured several times, and the best counts: in between came all others, so that a bad minute of
 * the machine is nobody's.
 */
final class CellTable {
  private final Map<Shape, Row> best = new LinkedHashMap<>();

  /** One more measurement. */
  void add(Row row) {
    best.merge(row.shape(), row, CellTable::better);
  }

  private static Row better(Row one, Row other) {
    var peers = new TreeMap<String, Double>();
    one.peers().forEach(peer -> peers.merge(peer.name(), peer.micros(), Math::min));
    other.peers().forEach(peer -> peers.merge(peer.name(), peer.micros(), Math::min));
    return new Row(
        one.shape(),
        Math.min(one.micros(), other.micros()),
        Math.min(one.median(), other.median()),
        Math.max(one.gflops(), other.gflops()),
        Math.max(one.peak(), other.peak()),
        peers.entrySet().stream()
            .map(peer -> new Row.Peer(peer.getKey(), peer.getValue()))
            .toList());
  }

  List<Row> rows() {
    return List.copyOf(best.values());
  }

  /** A table for each shape, without a line break at the end. */
  String markdown() {
    return best.values().stream()
        .collect(
            Collectors.groupingBy(
                row -> row.shape().with(Cell.LSTM), LinkedHashMap::new, Collectors.toList()))
        .entrySet()
        .stream()
        .map(shape -> markdown(shape.getKey(), shape.getValue()))
        .collect(Collectors.joining("\n\n"));
  }

  private String markdown(Shape lstm, List<Row> rows) {
    var peers =
        rows.stream().flatMap(row -> row.peers().stream()).map(Row.Peer::name).distinct().toList();
    var lines = new ArrayList<String>();
    lines.add(
        "| `%s` | µs per %s | of the LSTM's |%s"
            .formatted(
                lstm.name(),
                lstm.perStep() ? "step" : "update",
                String.join("", peers.stream().map(" `%s` |"::formatted).toList())));
    lines.add("|---|---|---|" + "---|".repeat(peers.size()));
    Row reference = best.get(lstm);
    for (Row row : rows) {
      double ratio = reference == null ? Double.NaN : row.micros() / reference.micros();
      lines.add(
          String.format(
                  Locale.ROOT, "| %s | %.2f | %.2f |", row.shape().cell(), row.micros(), ratio)
              + String.join("", peers.stream().map(peer -> time(row, peer)).toList()));
    }
    return String.join("\n", lines);
  }

  private static String time(Row row, String peer) {
    return row.peers().stream()
        .filter(some -> some.name().equals(peer))
        .findFirst()
        .map(some -> String.format(Locale.ROOT, " %.1f |", some.micros()))
        .orElse(" |");
  }
}
