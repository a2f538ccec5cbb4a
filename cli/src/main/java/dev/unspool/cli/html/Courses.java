// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.html;

import dev.unspool.cli.fit.FitFolder;
import dev.unspool.cli.report.MetricsLog;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.report.Report;
import dev.unspool.cli.report.ThinnedCurve;
import dev.unspool.cli.run.FitStep;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How a training or a fit went: {@code metrics.jsonl}.
 *
 * @param x what the curves are drawn against
 * @param unit of the losses
 * @param loss of training and validation
 * @param gradient norms of the gradients, before clipping; empty of a fit
 * @param rate learning rates where they change; else empty
 * @param newest where it stands, in words; null if nothing was reported yet
 * @param update number of updates at the newest report
 */
record Courses(
    String x,
    String unit,
    List<Curve> loss,
    List<Curve> gradient,
    List<Curve> rate,
    @Nullable String newest,
    long update) {

  /** Of what has no log. */
  static Courses none() {
    return new Courses("step", "", List.of(), List.of(), List.of(), null, 0);
  }

  /** Reads the log of a training, of any length. */
  static Courses ofTraining(MetricsLog log, String unit) throws IOException {
    var training = new ThinnedCurve();
    var validation = new ThinnedCurve();
    var gradient = new ThinnedCurve();
    var rate = new ThinnedCurve();
    var rates = new TreeSet<Double>();
    var last = new Report[1];
    log.read(
        report -> {
          training.add(report.step(), orNaN(report.loss()));
          if (report.validation() != null) {
            validation.add(report.step(), report.validation());
          }
          gradient.add(report.step(), orNaN(report.gradientNorm()));
          rate.add(report.step(), report.rate());
          if (rates.size() < 2) {
            rates.add(report.rate());
          }
          last[0] = report;
        });
    var loss = new ArrayList<Curve>();
    add(loss, "training", "other", training);
    add(loss, "validation", "main", validation);
    Report newest = last[0];
    return new Courses(
        "step",
        unit,
        loss,
        curves("gradient norm", gradient),
        rates.size() < 2 ? List.of() : curves("learning rate", rate),
        newest == null ? null : "update %s, epoch %s".formatted(newest.update(), newest.epoch()),
        newest == null ? 0 : newest.update());
  }

  /**
   * Reads the log of a fit.
   *
   * @param best number of the start that did best; 0 if that is not known
   */
  static Courses ofFit(FitFolder folder, int best) throws IOException {
    List<FitStep> steps = folder.readSteps();
    var loss = new ArrayList<Curve>();
    int starts = steps.stream().mapToInt(FitStep::start).max().orElse(0);
    for (int s = 1; s <= starts; s++) {
      int number = s;
      boolean only = starts == 1;
      boolean main = only || s == best;
      var training = new ThinnedCurve();
      var validation = new ThinnedCurve();
      for (FitStep step : steps.stream().filter(one -> one.start() == number).toList()) {
        training.add(step.iteration(), step.rmse());
        if (step.validation() != null) {
          validation.add(step.iteration(), step.validation());
        }
      }
      String of = only ? "" : ", start " + s;
      add(loss, "training" + of, main ? "other" : "faint", training);
      if (main) {
        add(loss, "validation" + of, "main", validation);
      }
    }
    FitStep newest = steps.isEmpty() ? null : steps.getLast();
    boolean normalised = newest != null && newest.normalised() != null;
    return new Courses(
        "iteration",
        normalised ? "RMSE (normalised)" : "RMSE",
        loss,
        List.of(),
        List.of(),
        newest == null
            ? null
            : "start %s, %s"
                .formatted(newest.start(), Numbers.count(newest.iteration(), "iteration")),
        0);
  }

  private static double orNaN(@Nullable Double value) {
    return value == null ? Double.NaN : value;
  }

  private static void add(List<Curve> curves, String name, String role, ThinnedCurve curve) {
    if (!curve.x().isEmpty()) {
      curves.add(Curve.of(name, role, curve));
    }
  }

  private static List<Curve> curves(String name, ThinnedCurve curve) {
    var curves = new ArrayList<Curve>();
    add(curves, name, "main", curve);
    return curves;
  }
}
