// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.run.FitStep;
import dev.unspool.cli.run.FreeRunFigures;
import dev.unspool.lm.Residuals;
import dev.unspool.lm.Uncertainty;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A fitted model, run over every part of the data. */
final class Judgement {
  /** Above this, factorising the Jacobian once more takes longer than it tells. */
  private static final double MOST_WORK = 2e10;

  /** A simulation so many times farther out than any measurement is no simulation. */
  private static final int AWAY = 10;

  private final FitTask task;
  private final FittedModel model;
  private final Trace train;
  private final @Nullable Trace valid;
  private final @Nullable Trace test;

  Judgement(FitTask task, FittedModel model) {
    this.task = task;
    this.model = model;
    this.train = simulate(task.train());
    this.valid = task.valid() == null ? null : simulate(task.valid());
    this.test = task.test() == null ? null : simulate(task.test());
  }

  @SuppressWarnings("ReferenceEquality") // the same signals, not equal ones
  private Trace simulate(FitTask.Part part) {
    boolean fitted = part.signals() == task.signals();
    FittedModel starting = fitted ? model : model.startingIn(part.signals());
    return starting.simulate(part.signals(), part.from(), part.to());
  }

  FreeRunFigures train() {
    return figures(task.train(), train);
  }

  @Nullable FreeRunFigures valid() {
    return figuresOf(task.valid(), valid);
  }

  @Nullable FreeRunFigures test() {
    return figuresOf(task.test(), test);
  }

  private @Nullable FreeRunFigures figuresOf(FitTask.@Nullable Part part, @Nullable Trace trace) {
    return part == null || trace == null || trace.rows() == 0 ? null : figures(part, trace);
  }

  private FreeRunFigures figures(FitTask.Part part, Trace trace) {
    // With a state of its own, a model that was fitted in closed loop knows no other.
    boolean feedsBack = task.feedsBack() && !task.remembers();
    Trace predicted = feedsBack ? model.predict(part.signals(), part.from(), part.to()) : null;
    return trace.figures(task.data().targets(), predicted);
  }

  /**
   * What is wrong with the simulations, if something is; one line each.
   *
   * @param cure what may mend it
   */
  List<String> warnings(String cure) {
    var warnings = new ArrayList<String>();
    warn(warnings, "training", train, cure);
    warn(warnings, "validation", valid, cure);
    warn(warnings, "test", test, cure);
    if (task.testSignals() != null && !model.canStartIn(task.testSignals())) {
      warnings.add(task.data().testFile() + model.cannotStart());
    }
    return warnings;
  }

  private void warn(List<String> warnings, String part, @Nullable Trace trace, String cure) {
    int row = trace == null ? -1 : trace.divergesAt();
    if (row >= 0) {
      warnings.add(
          "the simulation of the %s part diverges at row %s; %s".formatted(part, row, cure));
    } else if (trace != null && (task.feedsBack() || task.remembers())) {
      int away = trace.runsAwayAt(train.measured(), AWAY);
      if (away >= 0) {
        warnings.add(
            "the simulation of the %s part is unstable: it runs away at row %s, beyond %s times the range of the measurement; %s"
                .formatted(part, away, AWAY, cure));
      }
    }
  }

  /**
   * What the last Jacobian says about the weights.
   *
   * @param problem that they solve
   */
  String standardErrors(Residuals problem) {
    double work = (double) problem.count() * problem.parameters() * problem.parameters();
    if (work > MOST_WORK) {
      return "not computed for so many rows and parameters";
    }
    Uncertainty uncertainty = Uncertainty.of(problem, model.theta());
    if (uncertainty == null) {
      return "not available, the data determine no more than they have rows for; fewer --hidden units"
          + " or delays would do";
    }
    double[] errors =
        Arrays.copyOf(
            uncertainty.standardErrors(), model.narx().parameters().size()); // weights alone
    int unsure = 0;
    int free = 0;
    for (int p = 0; p < errors.length; p++) {
      unsure += Math.abs(model.theta()[p]) < 2 * errors[p] ? 1 : 0;
      free += Double.isInfinite(errors[p]) ? 1 : 0;
    }
    return "%s of %s %s within two standard errors of 0%s%s; residual deviation %s%s"
        .formatted(
            unsure,
            Numbers.count(errors.length, "parameter"),
            unsure == 1 ? "lies" : "lie",
            unsure == 0
                ? ""
                : ": the data do not pin %s down".formatted(unsure == 1 ? "it" : "them"),
            free == 0
                ? ""
                : " (%s not at all, JᵀJ is singular; fewer --hidden units or delays would do)"
                    .formatted(free),
            Numbers.of(task.unit() * uncertainty.sigma()),
            task.normalised() ? " (normalised)" : "");
  }

  /**
   * The part that a model is judged on.
   *
   * @param name of the part
   * @param rows of it
   * @param trace over them
   */
  private record Judged(String name, FitTask.Part rows, Trace trace) {}

  /** Test, else validation, else training. */
  private Judged judged() {
    if (test != null && task.test() != null && test.rows() > 0) {
      return new Judged("Test", task.test(), test);
    }
    return valid != null && task.valid() != null && valid.rows() > 0
        ? new Judged("Validation", task.valid(), valid)
        : new Judged("Training", task.train(), train);
  }

  /** Draws the part that the model is judged on. */
  void draw(FitFolder folder, List<FitStep> steps, FitFigures figures, Console console) {
    Judged part = judged();
    Pictures.draw(console, folder, task, part.rows, part.trace, part.name, steps, figures);
  }

  /** Draws only the simulation of that part. */
  void drawSimulation(Path png) throws IOException {
    Judged part = judged();
    Pictures.simulation(png, task, part.rows, part.trace, part.name);
  }
}
