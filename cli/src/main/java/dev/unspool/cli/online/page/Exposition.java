// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online.page;

import dev.unspool.cli.online.StreamPage;
import dev.unspool.cli.online.StreamStatus;
import dev.unspool.cli.report.Labels;
import dev.unspool.online.Incident;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Figures in the text format of Prometheus, version 0.0.4. */
final class Exposition {
  static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final StringBuilder text = new StringBuilder();
  private String name = "";

  private Exposition() {}

  /**
   * Says them.
   *
   * @param standing of the stream; null before it was heard of
   * @param now on the clock of {@link System#nanoTime}
   * @param at the same on the wall
   */
  static String of(@Nullable Standing standing, Feed.Load load, long now, Instant at) {
    var all = new Exposition();
    all.process(load, Health.of(standing, now).ok());
    if (standing != null) {
      all.stream(standing.view(), at);
      all.gauge("unspool_status_age_seconds", "Time since the stream was heard of.");
      all.sample(standing.age(now));
      Double age = standing.recordAge(now);
      if (age != null) {
        all.gauge("unspool_last_record_age_seconds", "Time since the last record came.");
        all.sample(age);
      }
    }
    return all.text.toString();
  }

  private void process(Feed.Load load, boolean healthy) {
    Runtime memory = Runtime.getRuntime();
    gauge("unspool_healthy", "Whether the stream is well: 1, or 0 as /health says why.");
    sample(healthy ? 1 : 0);
    gauge("unspool_heap_used_bytes", "Heap in use, with what is not collected yet.");
    sample(memory.totalMemory() - memory.freeMemory());
    gauge("unspool_heap_max_bytes", "Heap that there may be.");
    sample(memory.maxMemory());
    gauge("unspool_page_readers", "Readers of the events of this page.");
    sample(load.readers());
    counter("unspool_page_skips_total", "Times that a slow reader was skipped ahead.");
    sample(load.skips());
  }

  private void stream(StreamPage.View view, Instant at) {
    StreamStatus status = view.status();
    counter("unspool_records_total", "Records consumed since the very beginning.");
    sample(status.records());
    counter("unspool_unusable_records_total", "Records that were not predicted from.");
    sample(status.unusable());
    counter("unspool_predictions_total", "Records that were predicted from.");
    sample(status.records() - status.unusable());
    counter("unspool_updates_total", "Changes of the weights.");
    sample(status.updates());
    gauge("unspool_records_per_second", "Records a second of late.");
    sample(status.recordsPerSecond());
    gauge("unspool_keys", "Keys that are remembered.");
    sample(status.keys());
    counter("unspool_incidents_total", "What kept records or updates from counting, by kind.");
    for (Incident kind : Incident.values()) {
      String label = Labels.of(kind);
      sample(status.incidents().getOrDefault(label, 0L), "kind", label);
    }
    gauge("unspool_incidents_in_a_row", "Incidents since something was last as it should be.");
    sample(view.condition().incidentsInARow());
    gauge("unspool_snapshot_records", "Records that the newest snapshot is of.");
    sample(status.snapshot());
    gauge("unspool_snapshot_failing", "Whether the snapshot after that could not be written.");
    sample(view.condition().snapshotFails() ? 1 : 0);
    if (view.condition().snapshotAt() != null) {
      gauge("unspool_snapshot_age_seconds", "Time since the newest snapshot was written.");
      sample(Duration.between(view.condition().snapshotAt(), at).toMillis() / 1e3);
    }
    figures(status);
  }

  private void figures(StreamStatus status) {
    counter("unspool_judged_rows_total", "Rows that were judged, by target and rows ahead.");
    status.figures().forEach(each -> ofFigure(each, each.rows()));
    gauge("unspool_drift_ratio", "How near the error is to an alarm that it has grown: 0 to 1.");
    status.figures().forEach(each -> ofFigure(each, each.drift()));
    counter("unspool_drift_alarms_total", "Alarms that the error has grown.");
    status.figures().forEach(each -> ofFigure(each, each.alarms()));
    gauge(
        "unspool_mean_absolute_error",
        "Mean absolute error in units of the target: of the newest rows, weights fading over 1000, and of all.");
    errors(
        status,
        (each, over) -> {
          error(each, over, "model", errors(each, over).mae());
          error(each, over, "combined", errors(each, over).combined());
          errors(each, over).baselines().forEach((name, mae) -> error(each, over, name, mae));
        });
    gauge("unspool_root_mean_square_error", "Root mean square error in units of the target.");
    errors(status, (each, over) -> error(each, over, "model", errors(each, over).rmse()));
  }

  private static void errors(StreamStatus status, BiConsumer<StreamStatus.Figures, String> of) {
    for (StreamStatus.Figures each : status.figures()) {
      of.accept(each, "lately");
      of.accept(each, "total");
    }
  }

  private static StreamStatus.Errors errors(StreamStatus.Figures figures, String over) {
    return over.equals("total") ? figures.total() : figures.lately();
  }

  private void ofFigure(StreamStatus.Figures figures, double value) {
    sample(value, "target", figures.target(), "ahead", String.valueOf(figures.ahead()));
  }

  private void error(
      StreamStatus.Figures figures, String over, String forecaster, @Nullable Double value) {
    if (value != null) {
      String ahead = String.valueOf(figures.ahead());
      sample(
          value,
          "target",
          figures.target(),
          "ahead",
          ahead,
          "forecaster",
          forecaster,
          "over",
          over);
    }
  }

  private void gauge(String of, String help) {
    begin(of, "gauge", help);
  }

  private void counter(String of, String help) {
    begin(of, "counter", help);
  }

  private void begin(String of, String type, String help) {
    name = of;
    text.append("# HELP ").append(of).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(of).append(' ').append(type).append('\n');
  }

  /** A value, with names and values of labels in turn. */
  private void sample(double value, String... labels) {
    text.append(name);
    for (int i = 0; i < labels.length; i += 2) {
      text.append(i == 0 ? '{' : ',').append(labels[i]).append("=\"");
      text.append(escaped(labels[i + 1])).append('"');
    }
    text.append(labels.length == 0 ? " " : "} ");
    boolean whole = value == Math.rint(value) && Math.abs(value) < 1e15;
    text.append(whole ? Long.toString((long) value) : Double.toString(value)).append('\n');
  }

  private static String escaped(String label) {
    return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}
