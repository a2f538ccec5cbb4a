// SPDX-License-Identifier: Apache-2.0
package dev.unspool.jacobian;

import dev.unspool.lm.ResidualRows;
import dev.unspool.lm.Residuals;
import dev.unspool.lm.Sequence;
import dev.unspool.model.Model;
import dev.unspool.program.Program;
import dev.unspool.sequence.Beginning;
import dev.unspool.sequence.Labels;
import dev.unspool.sequence.SequenceJacobian;
import dev.unspool.sequence.SequenceResiduals;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The least-squares problem of fitting a recorded step to sequences, for {@link
 * dev.unspool.lm.LevenbergMarquardt}. Forward pass, derivatives and θ are float64: with float32
 * activations the cost of nearby points could not be told apart once residuals are a thousandth of
 * the signal.
 */
public final class ModelResiduals implements Residuals {
  private final Program program;
  private final SequenceResiduals residuals;

  /**
   * A problem.
   *
   * @param model a network or a {@link dev.unspool.step.StepProgram}, with numeric inputs
   * @param depth k2, or {@link JacobianRequest#UNTRUNCATED}
   */
  public ModelResiduals(Model model, List<Sequence> sequences, int depth) {
    var recorded = Recorded.of(model);
    if (recorded == null) {
      throw new IllegalArgumentException(
          "least squares in float64 needs a network or a StepProgram, found " + model);
    }
    this.program = Program.of(recorded.recording());
    if (program.classes() > 0) {
      throw new IllegalArgumentException(
          "least squares needs numeric inputs, found an index of %s classes"
              .formatted(program.classes()));
    }
    var parts =
        sequences.stream()
            .map(
                sequence ->
                    new SequenceResiduals.Part(
                        Beginning.own(),
                        sequence.inputs(),
                        sequence.targets(),
                        sequence.weights(),
                        Labels.PLAIN))
            .toList();
    this.residuals = new SequenceResiduals(program, program.parameters().size(), parts, depth);
  }

  /**
   * The outputs over one sequence, steps × outputs.
   *
   * @param inputs steps × inputs
   */
  public double[] simulate(double[] theta, double[] inputs, int steps) {
    var engine = new SequenceJacobian(program, theta.length, 1, false);
    engine.parameters(theta);
    double[] outputs = new double[steps * program.output().width()];
    engine.simulate(Beginning.own(), inputs, steps, outputs);
    return outputs;
  }

  @Override
  public int parameters() {
    return residuals.parameters();
  }

  @Override
  public int count() {
    return residuals.count();
  }

  @Override
  public void evaluate(double[] theta, double[] into) {
    residuals.evaluate(theta, into);
  }

  @Override
  public void linearise(double[] theta, ResidualRows rows) {
    residuals.linearise(theta, rows);
  }

  @Override
  public @Nullable String objection() {
    return residuals.objection();
  }
}
