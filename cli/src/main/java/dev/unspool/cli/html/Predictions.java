// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.html;

import dev.unspool.checkpoint.RegularFile;
import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.report.Numbers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Truth and predictions over the newest rows of the test part: {@code predictions.csv}.
 *
 * @param targets each with its predictions
 * @param unread how many lines were none
 */
record Predictions(List<Target> targets, int unread) {
  private static final int LARGEST = 256 << 20;

  /**
   * One target.
   *
   * @param target its name
   * @param time whether {@code x} are milliseconds since 1970, else numbers of rows
   * @param x ascending
   * @param labels of the points, as the file has them; null where {@code x} are rows
   * @param truth null is a gap
   * @param horizons ascending
   */
  record Target(
      String target,
      boolean time,
      List<Long> x,
      @Nullable List<String> labels,
      List<@Nullable Double> truth,
      List<Horizon> horizons) {}

  /**
   * Predictions so far ahead, of the same points as the truth; null is a gap.
   *
   * @param horizon in rows
   * @param prediction the middle
   * @param lower edge of the band; null without one
   * @param upper edge of the band; null without one
   */
  record Horizon(
      long horizon,
      List<@Nullable Double> prediction,
      @Nullable List<@Nullable Double> lower,
      @Nullable List<@Nullable Double> upper) {}

  private record Cell(
      @Nullable Double prediction, @Nullable Double lower, @Nullable Double upper) {}

  private static final class Point {
    private final String label;
    private @Nullable Double truth;
    private final Map<Long, Cell> cells = new HashMap<>();

    Point(String label) {
      this.label = label;
    }
  }

  /**
   * Reads the file.
   *
   * @throws IOException with one line, if it is none of these
   */
  static Predictions read(Path file) throws IOException {
    List<String> lines = RegularFile.readText(file, LARGEST).lines().toList();
    Map<String, Integer> columns = columns(file, lines.isEmpty() ? "" : lines.getFirst());
    boolean time = columns.containsKey("time");
    var targets = new LinkedHashMap<String, TreeMap<Long, Point>>();
    var horizons = new LinkedHashMap<String, TreeMap<Long, Boolean>>();
    ZoneOffset clock = null;
    int unread = 0;
    for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
      Row row = Row.of(line, columns, time);
      if (row == null) {
        unread++;
        continue;
      }
      if (row.time() != null && clock == null) {
        clock = row.time().offset();
      }
      long x = row.time() == null ? row.number() : row.time().milliseconds(clock);
      Point point =
          targets
              .computeIfAbsent(row.target(), _ -> new TreeMap<>())
              .computeIfAbsent(x, _ -> new Point(row.label()));
      point.truth = row.truth() == null ? point.truth : row.truth();
      point.cells.put(row.horizon(), row.cell());
      horizons
          .computeIfAbsent(row.target(), _ -> new TreeMap<>())
          .merge(row.horizon(), row.cell().lower() != null, Boolean::logicalOr);
    }
    var all = new ArrayList<Target>();
    targets.values().forEach(Predictions::open);
    targets.forEach(
        (name, points) ->
            all.add(target(name, time, points, horizons.getOrDefault(name, new TreeMap<>()))));
    return new Predictions(all, unread);
  }

  private static Map<String, Integer> columns(Path file, String header) throws IOException {
    List<String> names;
    try {
      names = CsvLine.fields(header);
    } catch (IllegalArgumentException _) {
      names = List.of();
    }
    var columns = new HashMap<String, Integer>();
    for (int i = 0; i < names.size(); i++) {
      columns.putIfAbsent(names.get(i), i);
    }
    boolean placed = columns.containsKey("time") || columns.containsKey("row");
    if (!placed || !columns.containsKey("truth") || !columns.containsKey("prediction")) {
      throw new IOException(
          "%s is damaged: found the columns '%s', expected time or row, truth and prediction"
              .formatted(file, header.length() > 80 ? header.substring(0, 80) + "…" : header));
    }
    return columns;
  }

  /** Puts a point without values into each hole, which a line would pass over. */
  private static void open(TreeMap<Long, Point> points) {
    List<Long> x = List.copyOf(points.keySet());
    List<Long> steps =
        IntStream.range(1, x.size()).mapToObj(i -> x.get(i) - x.get(i - 1)).sorted().toList();
    for (int i = 1; i < x.size(); i++) {
      long usual = steps.get((steps.size() - 1) / 2);
      if (x.get(i) - x.get(i - 1) > usual + usual / 2) {
        points.put(x.get(i - 1) + usual, new Point(""));
      }
    }
  }

  private static Target target(
      String name, boolean time, TreeMap<Long, Point> points, TreeMap<Long, Boolean> horizons) {
    var truth = new ArrayList<@Nullable Double>();
    points.values().forEach(point -> truth.add(point.truth));
    var each = new ArrayList<Horizon>();
    horizons.forEach(
        (horizon, banded) -> {
          var prediction = new ArrayList<@Nullable Double>();
          var lower = new ArrayList<@Nullable Double>();
          var upper = new ArrayList<@Nullable Double>();
          for (Point point : points.values()) {
            Cell cell = point.cells.get(horizon);
            prediction.add(cell == null ? null : cell.prediction);
            lower.add(cell == null ? null : cell.lower);
            upper.add(cell == null ? null : cell.upper);
          }
          each.add(new Horizon(horizon, prediction, banded ? lower : null, banded ? upper : null));
        });
    return new Target(
        name,
        time,
        List.copyOf(points.keySet()),
        time ? points.values().stream().map(point -> point.label).toList() : null,
        truth,
        each);
  }

  /** What is to be said about lines that were left out; null if there are none. */
  @Nullable String doubt() {
    return unread == 0
        ? null
        : "%s of predictions.csv could not be read and %s left out"
            .formatted(Numbers.count(unread, "line"), unread == 1 ? "is" : "are");
  }

  private record Row(
      String label,
      @Nullable TimeLabel time,
      long number,
      String target,
      long horizon,
      @Nullable Double truth,
      Cell cell) {

    static @Nullable Row of(String line, Map<String, Integer> columns, boolean time) {
      try {
        List<String> fields = CsvLine.fields(line);
        String label = field(fields, columns, time ? "time" : "row");
        TimeLabel at = time ? TimeLabel.parse(label) : null;
        if (time && at == null) {
          return null;
        }
        String horizon = field(fields, columns, "horizon");
        return new Row(
            label,
            at,
            time ? 0 : Long.parseLong(label),
            field(fields, columns, "target"),
            horizon.isEmpty() ? 1 : Long.parseLong(horizon),
            value(fields, columns, "truth"),
            new Cell(
                value(fields, columns, "prediction"),
                value(fields, columns, "lower"),
                value(fields, columns, "upper")));
      } catch (IllegalArgumentException _) {
        return null;
      }
    }

    private static String field(List<String> fields, Map<String, Integer> columns, String name) {
      int at = columns.getOrDefault(name, fields.size());
      return at < fields.size() ? fields.get(at) : "";
    }

    private static @Nullable Double value(
        List<String> fields, Map<String, Integer> columns, String name) {
      String field = field(fields, columns, name);
      return field.isEmpty() ? null : Curve.rounded(Double.parseDouble(field));
    }
  }
}
