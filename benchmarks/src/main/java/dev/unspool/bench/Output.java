// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
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

  void end() {
    if (format == Format.JSON) {
      var all = new JsonObject();
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
