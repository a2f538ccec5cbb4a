// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.unspool.bench.scaling.Bandwidth;
import dev.unspool.bench.scaling.Measured;
import dev.unspool.bench.scaling.ScalingTable;
import java.io.PrintStream;

/** Prints rows as they come, or one JSON object at the end. */
final class Output {
  /** What is printed. */
  enum Format {
    TEXT,
    MARKDOWN,
    JSON
  }

  private final PrintStream out;
  private final Format format;
  private final int threads;
  private final Pinning pinning;
  private final JsonArray rows = new JsonArray();

  Output(PrintStream out, Format format, int threads, Pinning pinning) {
    this.out = out;
    this.format = format;
    this.threads = threads;
    this.pinning = pinning;
  }

  void begin() {
    if (format != Format.JSON) {
      out.printf(
          "%s, %s thread%s, %s%n",
          Bench.machine(), threads, threads == 1 ? "" : "s", pinning.text());
    }
  }

  void row(Row row) {
    if (format == Format.MARKDOWN && rows.isEmpty()) {
      out.printf("%n%s%n", Row.MARKDOWN);
    }
    rows.add(row.json());
    if (format != Format.JSON) {
      out.println(format == Format.TEXT ? row.text() : row.markdown());
    }
  }

  /** All at once, as lines where no Markdown is wanted. */
  void table(CellTable table) {
    if (format == Format.MARKDOWN) {
      out.printf("%n%s%n", table.markdown());
    } else {
      table.rows().forEach(this::row);
    }
  }

  /** How fast arrays are read, before the points that are held against it. */
  void bandwidth(Bandwidth measured) {
    if (format != Format.JSON) {
      out.printf("Reading: %s%n", measured.text());
    }
  }

  /**
   * A point as soon as it is measured.
   *
   * @param notes where it is said if the output has it at the end only: all take many minutes
   */
  void point(Measured point, PrintStream notes) {
    rows.add(point.json());
    (format == Format.TEXT ? out : notes).println(point.text());
  }

  /** The same points again, where tables are wanted. */
  void end(ScalingTable table, Bandwidth measured) {
    if (format == Format.MARKDOWN) {
      out.printf("%n%s", table.markdown());
    }
    var first = new JsonObject();
    first.add("bandwidth", measured.json());
    end(first);
  }

  void end() {
    end(new JsonObject());
  }

  /** Adds what is common, and all rows, to what is given. */
  private void end(JsonObject all) {
    if (format == Format.JSON) {
      all.addProperty("machine", Bench.machine());
      all.addProperty("threads", threads);
      all.addProperty("pinned", pinning.possible());
      all.addProperty("processors", Processors.list(pinning.processors()));
      if (pinning.obstacle() != null) {
        all.addProperty("not_pinned", pinning.obstacle());
      }
      all.add("rows", rows);
      out.println(all);
    }
  }
}
