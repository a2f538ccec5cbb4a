// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.scaling;

import com.google.gson.JsonObject;
import dev.unspool.bench.Row;
import java.util.Locale;

/**
 * A point of a curve, measured.
 *
 * @param curve that it lies on
 * @param point of it
 * @param row what was measured
 * @param floor what it takes at least
 */
public record Measured(Curve curve, Curve.Point point, Row row, Floor floor) {
  /** The head of such a table as {@link #markdown()} has lines of. */
  static final String MARKDOWN =
      """
      | | %s | %s | arithmetic | traffic | of the floor |
      |---|---|---|---|---|---|""";

  /** How near it is to its floor, from 0 to 1. */
  double reached() {
    return floor.micros() / row.micros();
  }

  /** A line of text. */
  public String text() {
    return String.format(
        Locale.ROOT,
        "%-18s %5d %-14s %12.2f %-12s at least %10.2f (operations), %10.2f (traffic): %3.0f %%",
        curve.name(),
        point.at(),
        curve.axis().label(),
        row.micros(),
        curve.axis().unit(),
        floor.arithmetic(),
        floor.traffic(),
        100 * reached());
  }

  /** A line of a table of Markdown. */
  String markdown() {
    return String.format(
        Locale.ROOT,
        "| %s | %d | %.2f | %.2f | %s | %.0f %% |",
        curve.name(),
        point.at(),
        row.micros(),
        floor.arithmetic(),
        floor.traffic() == 0 ? "" : String.format(Locale.ROOT, "%.2f", floor.traffic()),
        100 * reached());
  }

  /** What a program reads. */
  public JsonObject json() {
    var json = new JsonObject();
    json.addProperty("axis", curve.axis().name().toLowerCase(Locale.ROOT));
    json.addProperty("curve", curve.name());
    json.addProperty("at", point.at());
    json.addProperty("shape", point.shape().name());
    json.addProperty("threads", point.threads());
    json.addProperty("micros", row.micros());
    json.addProperty("micros_median", row.median());
    json.addProperty("floor_arithmetic", floor.arithmetic());
    json.addProperty("floor_traffic", floor.traffic());
    return json;
  }
}
