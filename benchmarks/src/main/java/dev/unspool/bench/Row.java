// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What was measured for one shape. Times are microseconds per update, or per step where {@link
 * Shape#perStep()}.
 *
 * @param shape the piece of work
 * @param micros best time
 * @param median median time
 * @param gflops floating-point operations of the matrix products, in 10⁹ per second
 * @param peak what the threads could do at most, in the same unit
 * @param peers what others took for the same work
 */
public record Row(
    Shape shape, double micros, double median, double gflops, double peak, List<Peer> peers) {

  /** The head of such a table as {@link #markdown()} has lines of. */
  static final String MARKDOWN =
      """
      | shape | µs per update or step | GFLOP/s | of the peak | best peer, µs | ratio |
      |---|---|---|---|---|---|""";

  /**
   * One of the others.
   *
   * @param name e.g. {@code torch-recompute}
   * @param micros best time
   */
  public record Peer(String name, double micros) {}

  /** What {@link #json()} was made of. */
  static Row of(JsonObject row) {
    var peers = new ArrayList<Peer>();
    if (row.has("peers")) {
      row.getAsJsonObject("peers")
          .entrySet()
          .forEach(peer -> peers.add(new Peer(peer.getKey(), peer.getValue().getAsDouble())));
    }
    return new Row(
        Shape.of(row.get("shape").getAsString()),
        row.get("micros").getAsDouble(),
        row.get("micros_median").getAsDouble(),
        row.get("gflops").getAsDouble(),
        row.get("peak_gflops").getAsDouble(),
        peers);
  }

  /** Share of the peak. */
  public double peakFraction() {
    return gflops / peak;
  }

  /** The fastest of the others. */
  public Optional<Peer> bestPeer() {
    return peers.stream().min(Comparator.comparingDouble(Peer::micros));
  }

  String text() {
    var line =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%-27s %10.2f µs/%-6s %7.1f GFLOP/s %5.1f %% of peak",
                shape.name(),
                micros,
                shape.perStep() ? "step" : "update",
                gflops,
                100 * peakFraction()));
    bestPeer()
        .ifPresent(
            best ->
                line.append(
                    String.format(
                        Locale.ROOT,
                        "  %5.2f× %s (%.1f µs)",
                        best.micros() / micros,
                        best.name(),
                        best.micros())));
    peers.stream()
        .filter(peer -> !peer.equals(bestPeer().orElse(peer)))
        .forEach(
            peer ->
                line.append(String.format(Locale.ROOT, ", %s %.1f", peer.name(), peer.micros())));
    return line.toString();
  }

  /** A line of a table of Markdown. */
  String markdown() {
    String peer =
        bestPeer()
            .map(
                best ->
                    String.format(
                        Locale.ROOT,
                        "%s, %.1f | %.2f",
                        best.name(),
                        best.micros(),
                        best.micros() / micros))
            .orElse(" | ");
    return String.format(
        Locale.ROOT,
        "| `%s` | %.2f | %.1f | %.1f %% | %s |",
        shape.name(),
        micros,
        gflops,
        100 * peakFraction(),
        peer);
  }

  JsonObject json() {
    var row = new JsonObject();
    row.addProperty("shape", shape.name());
    row.addProperty("unit", shape.perStep() ? "step" : "update");
    row.addProperty("micros", rounded(micros));
    row.addProperty("micros_median", rounded(median));
    row.addProperty("gflops", rounded(gflops));
    row.addProperty("peak_gflops", rounded(peak));
    row.addProperty("peak_fraction", Math.round(peakFraction() * 1e4) / 1e4);
    bestPeer()
        .ifPresent(
            best -> {
              row.addProperty("best_peer", best.name());
              row.addProperty("best_peer_micros", rounded(best.micros()));
              row.addProperty("ratio_to_best_peer", rounded(best.micros() / micros));
              var all = new JsonObject();
              peers.forEach(peer -> all.addProperty(peer.name(), rounded(peer.micros())));
              row.add("peers", all);
            });
    return row;
  }

  private static double rounded(double value) {
    return Math.round(value * 1e3) / 1e3;
  }
}
