// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.model.FolderStatus;
import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.report.Labels;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.run.Checkpoint;
import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.GapConfig;
import dev.unspool.cli.run.NarxConfig;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.TextConfig;
import dev.unspool.cli.run.TimeConfig;
import dev.unspool.cli.run.TrainingConfig;
import dev.unspool.data.Normalisation;
import dev.unspool.predict.Calendar;
import dev.unspool.predict.TimeAxis;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A folder's status for people. */
final class StatusLines {
  private final FolderStatus status;
  private final RunConfig config;
  private final List<String> lines = new ArrayList<>();

  private StatusLines(FolderStatus status) {
    this.status = status;
    this.config = status.config();
  }

  /** What each is about, and one or more lines about it. */
  static List<String> of(FolderStatus status) {
    var lines = new StatusLines(status);
    lines.describe();
    return lines.lines;
  }

  private void describe() {
    add("run", status.folder());
    add("data", config.csv() != null ? table(config.csv()) : text(config.text()));
    if (config.csv() != null) {
      describeRows(config.csv());
    }
    describeModel();
    addAll("equations", status.equations());
    if (config.csv() != null) {
      addAll("scaling", scaling(config.csv()));
    }
    if (config.from() != null) {
      add("from", config.from());
    }
    if (config.training() != null) {
      describeTraining(config.training());
    } else {
      add("fitting", config.requireFitting().describe());
    }
    addAll("figures", figures());
    add("files", String.join(", ", status.files()));
  }

  private void describeModel() {
    NarxConfig narx = config.narx();
    String words = narx != null ? narx.describe() : config.requireNetwork().describe();
    add("network", words + ", " + Numbers.count(status.parameters(), "parameter"));
    if (narx != null) {
      add("free runs", narx.describeRuns());
    }
  }

  private void describeTraining(TrainingConfig training) {
    add("training", training(training));
    List<String> truncated = status.truncated();
    if (truncated != null) {
      add("", exactness(truncated));
    }
    Checkpoint checkpoint = status.checkpoint();
    if (checkpoint == null) {
      add("checkpoint", "none yet");
      return;
    }
    add(
        "checkpoint",
        "update %s, %s, %s parameters"
            .formatted(
                checkpoint.update(),
                epoch(checkpoint.epoch(), training.limit().epochs()),
                checkpoint.parameters()));
    add("", "newest weights: 'unspool resume' goes on from them");
    add(
        "",
        checkpoint.bestUpdate() == 0
            ? "best weights: none yet; the newest are used in their place"
            : "best weights: of update %s, in %s; figures and forecasts are theirs"
                .formatted(checkpoint.bestUpdate(), RunFolder.BEST_WEIGHTS));
  }

  private List<String> figures() {
    if (status.unfinished() != null) {
      return List.of(
          "none yet: " + status.unfinished().standing(),
          "'unspool resume %s' goes on from there".formatted(status.folder()));
    }
    if (status.figures() != null) {
      return status.figures().describe();
    }
    return List.of(
        config.isFit()
            ? "none: metrics.json is not there"
            : "none yet; 'unspool resume' finishes the run");
  }

  private void add(String name, String value) {
    lines.add("%-12s%s".formatted(name, value));
  }

  private void addAll(String name, List<String> values) {
    for (int i = 0; i < values.size(); i++) {
      add(i == 0 ? name : "", values.get(i));
    }
  }

  /** After the last epoch, the one that would come next is not news. */
  private static String epoch(int current, int epochs) {
    return epochs > 0 && current > epochs
        ? "after " + Numbers.count(epochs, "epoch")
        : "in epoch " + current;
  }

  private String table(CsvConfig csv) {
    CsvConfig.Facts facts = csv.facts();
    return "%s: %s from %s%s%s%s"
        .formatted(
            csv.file(),
            CsvLine.list(csv.targets()),
            CsvLine.list(csv.inputs()),
            config.narx() != null ? "" : ", " + csv.output().ahead(),
            facts == null ? "" : ", " + rows(facts),
            csv.testFile() == null ? "" : ", judged on " + csv.testFile());
  }

  private void describeRows(CsvConfig csv) {
    TimeConfig time = csv.time();
    TimeAxis axis = csv.axis();
    if (time != null && axis != null) {
      long last = Objects.requireNonNull(csv.facts()).rows() - 1;
      add(
          "time",
          "%s, %s, from %s to %s"
              .formatted(time.described(), axis.describe(), axis.label(0), axis.label(last)));
      if (!time.calendar().isEmpty()) {
        add(
            "calendar",
            String.join(", ", time.calendar().stream().map(Calendar.Part::label).toList()));
      }
    }
    if (!csv.roles().known().isEmpty()) {
      add("known", CsvLine.list(csv.roles().known()));
    }
    GapConfig gaps = csv.gaps();
    if (gaps != null) {
      add(
          "gaps",
          "a missing number is seen as: %s%s"
              .formatted(
                  Labels.of(gaps.fill()),
                  gaps.gap() < 0
                      ? ""
                      : "; anew after more than " + Numbers.count(gaps.gap(), "empty row")));
    }
  }

  private static String rows(CsvConfig.Facts facts) {
    String rows = Numbers.count(facts.rows(), "row");
    return facts.skippedRows() == 0
        ? rows
        : "%s (%s left out)".formatted(rows, Numbers.count(facts.skippedRows(), "bad one"));
  }

  private static String text(@Nullable TextConfig text) {
    if (text == null) {
      return "none";
    }
    TextConfig.Facts facts = text.facts();
    return "%s: %s%s"
        .formatted(
            text.file(),
            Labels.of(text.tokens()),
            facts == null ? "" : ", " + Numbers.count(facts.tokens(), "token"));
  }

  private static List<String> scaling(CsvConfig csv) {
    var lines = new ArrayList<String>();
    if (csv.facts() != null) {
      Normalisation scales = csv.facts().normalisation();
      for (int i = 0; i < scales.columns().size(); i++) {
        lines.add(scaling(scales.columns().get(i), scales.mean(i), scales.deviation(i)));
      }
    }
    return lines;
  }

  private static String scaling(String column, double offset, double factor) {
    String sign = offset < 0 ? "+" : "−";
    String moved =
        offset == 0 ? column : "(%s %s %s)".formatted(column, sign, Numbers.of(Math.abs(offset)));
    return "%s / %s".formatted(moved, Numbers.of(factor));
  }

  private static String exactness(List<String> truncated) {
    return truncated.isEmpty()
        ? "gradients of everything since a sequence began"
        : "gradients of everything since a sequence began, but for what these do through other layers: "
            + String.join(", ", truncated);
  }

  private static String training(TrainingConfig training) {
    return "%s, loss at %s, %s, %s, %s, rate %s (%s)"
        .formatted(
            training.sweep().describe(),
            training.sweep().lossAt(),
            Numbers.count(training.lanes(), "lane"),
            Numbers.count(training.limit().epochs(), "epoch"),
            Labels.of(training.rule().optimizer()),
            Numbers.of(training.rate().lr()),
            Labels.of(training.rate().schedule()));
  }
}
