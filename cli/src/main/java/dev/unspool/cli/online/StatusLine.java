// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.Numbers;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a stream stands, on a line of a terminal that is written anew; elsewhere nothing. */
final class StatusLine implements Closeable {
  /** Room for the ^C of the terminal. */
  private static final int MARGIN = 3;

  private static final String ERASE_TO_END = "\u001b[K";

  private final Console console;
  private boolean begun;

  StatusLine(Console console) {
    this.console = console;
  }

  void show(StreamStatus status) {
    if (!console.terminal() || console.quiet()) {
      return;
    }
    begun = true;
    int width = Math.max(1, console.columns().getAsInt() - MARGIN);
    console.err().print('\r' + line(width, status) + ERASE_TO_END);
    console.err().flush();
  }

  /** One line; where it does not fit, what stands last goes: half a number would be another one. */
  static String line(int width, StreamStatus status) {
    var words = new ArrayList<String>();
    words.add(Numbers.count(status.records(), "record"));
    words.add(Math.round(status.recordsPerSecond()) + "/s");
    if (status.unusable() > 0) {
      words.add(status.unusable() + " unusable");
    }
    for (StreamStatus.Figures each : status.figures()) {
      words.addAll(described(each));
    }
    while (words.size() > 1 && String.join("  ", words).length() > width) {
      words.removeLast();
    }
    String line = String.join("  ", words);
    return line.substring(0, Math.min(width, line.length()));
  }

  private static List<String> described(StreamStatus.Figures figures) {
    Double mae = figures.lately().mae();
    if (mae == null) {
      return List.of();
    }
    var text = new StringBuilder();
    text.append("%s +%s: %s".formatted(figures.target(), figures.ahead(), Numbers.of(mae)));
    Map.Entry<String, @Nullable Double> best = null;
    for (Map.Entry<String, @Nullable Double> each : figures.lately().baselines().entrySet()) {
      Double value = each.getValue();
      if (value != null && (best == null || value < value(best))) {
        best = each;
      }
    }
    var others = new ArrayList<String>();
    Double combined = figures.lately().combined();
    if (combined != null) {
      others.add("combined " + Numbers.of(combined));
    }
    if (best != null) {
      others.add("%s %s".formatted(best.getKey(), Numbers.of(value(best))));
    }
    if (!others.isEmpty()) {
      text.append(" (%s)".formatted(String.join(", ", others)));
    }
    if (figures.drift() > 0.5) {
      text.append(" drifting");
    }
    return List.of(text.toString());
  }

  private static double value(Map.Entry<String, @Nullable Double> entry) {
    Double value = entry.getValue();
    return value == null ? Double.NaN : value;
  }

  @Override
  public void close() {
    if (begun) {
      console.err().println();
      console.err().flush();
    }
  }
}
