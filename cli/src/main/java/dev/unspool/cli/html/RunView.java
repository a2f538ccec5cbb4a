// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.html;

import com.google.gson.JsonParseException;
import dev.unspool.cli.fit.FitFolder;
import dev.unspool.cli.model.FolderStatus;
import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.report.JsonFile;
import dev.unspool.cli.report.Labels;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.report.Reason;
import dev.unspool.cli.run.FinalFigures;
import dev.unspool.cli.run.FolderLock;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.RunSettings;
import dev.unspool.cli.run.RunSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a folder says about a run, as far as it says it. A file that is missing or damaged costs
 * what it would have shown, and a sentence says so. Nothing in the folder is run, also not a cell
 * that somebody wrote.
 *
 * @param name by which the page calls it
 * @param model what it is, in a few words
 * @param headline the figures that matter most, in a line; empty where there are none yet
 * @param standing what is unfinished about it; null if nothing is
 * @param doubts what is left out, and why
 * @param effort what it took; null where that is not known
 * @param courses how the training or the fit went
 * @param figures how well it does; null where it was not judged yet
 * @param predictions what it says about the test part; null where the folder does not hold it
 * @param settings how it is built
 */
record RunView(
    String name,
    String model,
    String headline,
    @Nullable String standing,
    List<String> doubts,
    @Nullable Effort effort,
    Courses courses,
    @Nullable FigureTable figures,
    @Nullable Predictions predictions,
    RunSettings settings) {

  /**
   * What a run took, in words.
   *
   * @param parameters number of weights
   * @param updates of the weights, of a fit iterations
   * @param time of training
   */
  record Effort(@Nullable Long parameters, @Nullable Long updates, @Nullable String time) {
    static Effort of(RunSummary run) {
      Double seconds = run.seconds();
      return new Effort(
          run.parameters(), run.updates(), seconds == null ? null : Numbers.duration(seconds));
    }
  }

  /**
   * Looks into a folder.
   *
   * @throws IOException with one line, if it holds no run or one whose configuration is damaged
   */
  static RunView read(String name, RunFolder folder) throws IOException {
    return folder.read(config -> new Reading(name, folder, config).view());
  }

  /** One look, and what is to be said about it. */
  private static final class Reading {
    private final String name;
    private final RunFolder folder;
    private final RunConfig config;
    private final List<String> doubts = new ArrayList<>();

    Reading(String name, RunFolder folder, RunConfig config) {
      this.name = name;
      this.folder = folder;
      this.config = config;
    }

    @FunctionalInterface
    private interface Part<T> {
      @Nullable T read() throws IOException;
    }

    /** What a file shows, or null and a doubt. */
    private <T> @Nullable T attempt(Path file, Part<T> part) {
      if (!Files.exists(file)) {
        return null;
      }
      try {
        return part.read();
      } catch (IOException | JsonParseException e) {
        // The page may be read elsewhere: a file is called by its name in the folder.
        String reason =
            e instanceof IOException io ? Reason.of(io) : String.valueOf(e.getMessage());
        String line = reason.lines().findFirst().orElse("");
        String name = String.valueOf(file.getFileName());
        String said = line.replace(file.toString(), name);
        doubts.add(
            "%s%s; what it would show is left out"
                .formatted(said.startsWith(name) ? "" : name + ": ", said));
        return null;
      }
    }

    RunView view() throws IOException {
      FigureTable table = attempt(folder.figures(), this::table);
      FinalFigures figures =
          table == null
              ? null
              : attempt(folder.figures(), () -> FolderStatus.figures(folder, config));
      Courses courses = attempt(folder.metrics(), () -> courses(table));
      courses = courses != null ? courses : Courses.none();
      Predictions predictions =
          attempt(folder.predictions(), () -> Predictions.read(folder.predictions()));
      if (predictions != null && predictions.doubt() != null) {
        doubts.add(predictions.doubt());
      }
      RunSummary summary =
          figures == null ? null : attempt(folder.figures(), () -> RunSummary.read(folder));
      boolean judged = Files.exists(folder.figures());
      if (judged && config.csv() != null && !Files.exists(folder.predictions())) {
        doubts.add(
            config.isFit()
                ? "predictions of a fit are in the pictures of its folder, and not here"
                : "there is no predictions.csv to draw; 'unspool resume %s' writes it"
                    .formatted(name));
      }
      return new RunView(
          name,
          model(),
          figures == null || figures.describe().isEmpty() ? "" : headline(figures),
          standing(courses, judged),
          List.copyOf(doubts),
          summary == null ? null : Effort.of(summary),
          courses,
          table,
          predictions,
          RunSettings.of(config));
    }

    private static String headline(FinalFigures figures) {
      List<String> lines = figures.describe();
      List<String> ofTest = lines.stream().filter(line -> line.startsWith("test")).toList();
      return ofTest.isEmpty() ? lines.getLast() : String.join(" · ", ofTest);
    }

    /** The numbers that are there, whichever these are: more than one version has written them. */
    private FigureTable table() throws IOException {
      JsonFile file = JsonFile.read(folder.figures(), "");
      file.requireUnchanged();
      return FigureTable.of(file);
    }

    private Courses courses(@Nullable FigureTable table) throws IOException {
      if (config.isFit()) {
        return Courses.ofFit(new FitFolder(folder.path()), table == null ? 0 : table.start());
      }
      return Courses.ofTraining(
          folder.log(),
          config.csv() == null
              ? "nats per token"
              : "loss (%s, normalised)".formatted(Labels.of(config.csv().loss())));
    }

    private @Nullable String standing(Courses courses, boolean judged) throws IOException {
      String kind = config.isFit() ? "fit" : "training";
      String where = courses.newest() == null ? "at its beginning" : "at " + courses.newest();
      if (FolderLock.holder(folder.path()) != null) {
        return "This %s is going on now, %s; its final figures come at the end."
            .formatted(kind, where);
      }
      return judged
          ? null
          : "This %s has not ended: it is %s. 'unspool resume %s' goes on from there."
              .formatted(kind, where, name);
    }

    private String model() {
      String data =
          config.csv() != null
              ? "%s from %s"
                  .formatted(
                      CsvLine.list(config.csv().targets()), CsvLine.list(config.csv().inputs()))
              : "text";
      String what =
          config.narx() != null ? config.narx().describe() : config.requireNetwork().describe();
      String how =
          config.training() != null
              ? config.training().sweep().describe()
              : config.requireFitting().describe();
      String file = Objects.toString(Path.of(config.file()).getFileName(), "");
      return "%s · %s · %s · %s".formatted(what, how, data, file);
    }
  }
}
