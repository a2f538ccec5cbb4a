// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import com.google.gson.JsonParseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** The file {@code metrics.jsonl}: one report a line, in the order of the updates. */
public final class MetricsLog {
  private final Path file;

  /** The log in that file, which need not exist yet. */
  public MetricsLog(Path file) {
    this.file = file;
  }

  /** Appends one line. */
  public void append(Report report) throws IOException {
    Files.writeString(
        file, Json.line(report) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** All reports. A half-written last line, as a crash leaves it, is passed over. */
  public List<Report> read() throws IOException {
    var reports = new ArrayList<Report>();
    if (!Files.exists(file)) {
      return reports;
    }
    List<String> lines = Files.readAllLines(file);
    for (int i = 0; i < lines.size(); i++) {
      try {
        reports.add(Json.parse(lines.get(i), Report.class));
      } catch (JsonParseException e) {
        if (i + 1 < lines.size()) {
          throw new IOException(
              "%s:%s is not a report; delete that line".formatted(file, i + 1), e);
        }
      }
    }
    return reports;
  }

  /** Drops the reports after an update: what a run did after the checkpoint it goes on from. */
  public void truncate(long update) throws IOException {
    List<Report> reports = read();
    var kept = new StringBuilder();
    for (Report report : reports) {
      if (report.update() <= update) {
        kept.append(Json.line(report)).append('\n');
      }
    }
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    Files.writeString(temporary, kept);
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
