// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.PrintStream;

/** Prints rows as they come, or one JSON object at the end. */
final class Output {
  private final PrintStream out;
  private final boolean json;
  private final int threads;
  private final JsonArray rows = new JsonArray();

  Output(PrintStream out, boolean json, int threads) {
    this.out = out;
    this.json = json;
    this.threads = threads;
  }

  void begin() {
    if (!json) {
      out.printf("%s, %s thread%s%n", Bench.machine(), threads, threads == 1 ? "" : "s");
    }
  }

  void row(Row row) {
    rows.add(row.json());
    if (!json) {
      out.println(row.text());
    }
  }

  void end() {
    if (json) {
      var all = new JsonObject();
      all.addProperty("machine", Bench.machine());
      all.addProperty("threads", threads);
      all.add("rows", rows);
      out.println(all);
    }
  }
}
