// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.report.Labels;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.FitStep;
import dev.unspool.cli.run.FittingConfig;
import dev.unspool.cli.run.NarxConfig;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.data.Normalisation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is in the folder of a fit.
 *
 * @param folder its path
 * @param config what the model is
 * @param equations a step of it in closed loop, one equation a line
 * @param parameters number of weights
 * @param unfinished the step that the weights are of, where the fit has not ended; else null
 * @param figures how well it does; null if the fit was cut off before it was judged
 * @param files names of the files
 */
public record FitStatus(
    String folder,
    RunConfig config,
    List<String> equations,
    int parameters,
    @Nullable FitStep unfinished,
    @Nullable FitFigures figures,
    List<String> files) {

  /** Looks into a folder. */
  public static FitStatus read(FitFolder folder) throws IOException {
    SavedFit saved = SavedFit.read(folder);
    try (Stream<Path> files = Files.list(folder.path())) {
      return new FitStatus(
          folder.path().toString(),
          saved.config(),
          saved.model().narx().closedLoop().toString().lines().toList(),
          saved.model().weights().length,
          saved.finished() ? null : saved.about().step(),
          saved.readFigures(),
          files
              .map(file -> String.valueOf(file.getFileName()))
              .filter(name -> !name.startsWith(".")) // the lock
              .sorted()
              .toList());
    }
  }

  /** Facts for people: what each is about, and one or more lines about it. */
  public Map<String, List<String>> describe() {
    var facts = new LinkedHashMap<String, List<String>>();
    facts.put("model", List.of(folder));
    facts.put("data", List.of(data()));
    facts.put(
        "network", List.of(narx().describe() + ", " + Numbers.count(parameters, "parameter")));
    facts.put("equations", equations);
    facts.put("scaling", scaling());
    if (config.from() != null) {
      facts.put("from", List.of(config.from()));
    }
    facts.put("fitting", List.of(fitting()));
    facts.put("figures", judged());
    facts.put("files", List.of(String.join(", ", files)));
    return facts;
  }

  private NarxConfig narx() {
    return Objects.requireNonNull(config.narx());
  }

  private String data() {
    CsvConfig data = config.requireCsv();
    return "%s: %s from %s%s"
        .formatted(
            data.file(),
            CsvLine.list(data.targets()),
            CsvLine.list(data.inputs()),
            data.testFile() == null ? "" : ", judged on " + data.testFile());
  }

  private List<String> scaling() {
    var lines = new ArrayList<String>();
    Normalisation scales = Objects.requireNonNull(config.requireCsv().facts()).normalisation();
    for (int i = 0; i < scales.columns().size(); i++) {
      lines.add(scaling(scales.columns().get(i), scales.mean(i), scales.deviation(i)));
    }
    return lines;
  }

  private static String scaling(String column, double offset, double factor) {
    String sign = offset < 0 ? "+" : "−";
    String moved =
        offset == 0 ? column : "(%s %s %s)".formatted(column, sign, Numbers.of(Math.abs(offset)));
    return "%s / %s".formatted(moved, Numbers.of(factor));
  }

  private String fitting() {
    FittingConfig training = Objects.requireNonNull(config.fitting());
    return "%s, %s, initial outputs %s, %s, seed %s%s%s"
        .formatted(
            Labels.of(training.method()),
            Labels.of(training.feed()),
            Labels.of(training.initial()),
            Numbers.count(training.starts(), "start"),
            training.seed(),
            training.k2() == 0 ? "" : ", k2 " + training.k2(),
            training.warmUp() == 0 ? "" : ", warm-up " + Numbers.count(training.warmUp(), "row"));
  }

  private List<String> judged() {
    if (unfinished != null) {
      return List.of(
          "none yet: " + unfinished.standing(),
          "'unspool resume %s' goes on from there".formatted(folder));
    }
    return figures == null ? List.of("none: metrics.json is not there") : results(figures);
  }

  private static List<String> results(FitFigures figures) {
    var lines = new ArrayList<String>();
    lines.addAll(figures.train().describe("train"));
    if (figures.valid() != null) {
      lines.addAll(figures.valid().describe("validation"));
    }
    if (figures.test() != null) {
      lines.addAll(figures.test().describe("test"));
    }
    lines.add(figures.ending());
    return lines;
  }
}
