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
      | curve | %s | %s | floor: operations, µs | floor: traffic, µs | floor ÷ time |
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
        "| %s | %d | %s | %s | %s | %.0f %% |",
        curve.name(),
        point.at(),
        rounded(row.micros()),
        rounded(floor.arithmetic()),
        floor.traffic() == 0 ? "" : rounded(floor.traffic()),
        100 * reached());
  }

  /** With as many digits as mean anything. */
  private static String rounded(double micros) {
    int decimals = micros < 100 ? 2 : micros < 1000 ? 1 : 0;
    return String.format(Locale.ROOT, "%." + decimals + "f", micros);
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
