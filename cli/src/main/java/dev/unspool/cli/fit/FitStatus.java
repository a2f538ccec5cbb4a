// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.report.Labels;
import dev.unspool.cli.report.Numbers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is in the folder of a fit.
 *
 * @param folder its path
 * @param model what the model is
 * @param parameters number of weights
 * @param unfinished the step that the weights are of, where the fit has not ended; else null
 * @param figures how well it does; null if the fit was cut off before it was judged
 * @param files names of the files
 */
public record FitStatus(
    String folder,
    FitFolder.Description model,
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
          saved.description(),
          saved.model().weights().length,
          saved.finished() ? null : saved.about().step(),
          saved.readFigures(),
          files.map(file -> String.valueOf(file.getFileName())).sorted().toList());
    }
  }

  /** Facts for people: what each is about, and one or more lines about it. */
  public Map<String, List<String>> describe() {
    var facts = new LinkedHashMap<String, List<String>>();
    facts.put("model", List.of(folder));
    facts.put("data", List.of(data()));
    facts.put(
        "network",
        List.of(model.shape().describe() + ", " + Numbers.count(parameters, "parameter")));
    facts.put("scaling", scaling());
    facts.put("fitting", List.of(fitting()));
    facts.put("figures", judged());
    facts.put("files", List.of(String.join(", ", files)));
    return facts;
  }

  private String data() {
    FitData data = model.data();
    return "%s: %s from %s%s"
        .formatted(
            data.csv(),
            CsvLine.list(data.targets()),
            CsvLine.list(data.inputs()),
            data.testCsv() == null ? "" : ", judged on " + data.testCsv());
  }

  private List<String> scaling() {
    var lines = new ArrayList<String>();
    for (int i = 0; i < model.data().inputs().size(); i++) {
      lines.add(scaling(model.data().inputs().get(i), model.inputScale(), i));
    }
    for (int i = 0; i < model.data().targets().size(); i++) {
      lines.add(scaling(model.data().targets().get(i), model.targetScale(), i));
    }
    return lines;
  }

  private static String scaling(String column, Scale scale, int index) {
    double offset = scale.offsets().get(index);
    String sign = offset < 0 ? "+" : "−";
    String moved =
        offset == 0 ? column : "(%s %s %s)".formatted(column, sign, Numbers.of(Math.abs(offset)));
    return "%s / %s".formatted(moved, Numbers.of(scale.factors().get(index)));
  }

  private String fitting() {
    FitTraining training = model.training();
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
          "none yet: " + SavedFit.standing(unfinished),
          "'unspool resume %s' goes on from there".formatted(folder));
    }
    return figures == null ? List.of("none: metrics.json is not there") : results(figures);
  }

  private static List<String> results(FitFigures figures) {
    var lines = new ArrayList<String>();
    lines.addAll(part("train", figures.train()));
    if (figures.valid() != null) {
      lines.addAll(part("validation", figures.valid()));
    }
    if (figures.test() != null) {
      lines.addAll(part("test", figures.test()));
    }
    lines.add(figures.ending());
    return lines;
  }

  private static List<String> part(String name, FitFigures.Part part) {
    var lines = new ArrayList<String>();
    part.each()
        .forEach(
            (target, figures) ->
                lines.add(
                    "%s%s %s, %s"
                        .formatted(
                            name,
                            target.isEmpty() ? "" : ", " + target + ":",
                            figures.line(),
                            Numbers.count(part.rows(), "row"))));
    return lines;
  }
}
