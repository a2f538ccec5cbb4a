// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import dev.unspool.loss.Loss;
import dev.unspool.loss.LossValue;
import dev.unspool.model.Model;
import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Parameters;
import dev.unspool.model.StateLayout;
import dev.unspool.model.Steps;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import java.util.function.IntUnaryOperator;
import java.util.random.RandomGenerator;

/**
 * A recurrent model A with a head B on top: B reads the outputs of the last m steps of A at once (a
 * small CNN over the last 9 frames), and what B predicts is compared with the target of the newest
 * step. Truncation is A's alone: the gradient flows from B into each of the m steps, and from the
 * newest step at most k2 back. B's parameters are part of θ, so that one optimizer, one clipping
 * and one checkpoint serve both.
 *
 * <pre>{@code
 * TorchModel cnn = TorchModel.builder().inputs(9, 16).outputs(1).module(layers)
 *     .step((p, frames, s) -> StepOutput.of(layers.forward(frames))).build();
 * var model = new ModelWithHead(lstm, cnn, new MeanSquaredError());
 * var engine = Tbptt.builder(model, theta)
 *     .truncation(new Truncation(1, 9, LossAt.last(9))).loss(model.loss()).build();
 * }</pre>
 *
 * <p>A is any model, a built-in one too. If B is to read states, let A's step return them as its
 * output. B reads a lane from where it began, and the steps that are missing to m are zeros; no
 * gradient goes back beyond. Lanes cannot be held: B sees all of them at once. θ has A's parameters
 * under their own names and B's with {@code head.} in front.
 *
 * <p>The outputs of this model are A's; {@link #predict} gives B's.
 */
public final class ModelWithHead implements Model {
  private static final String PREFIX = "head.";

  private final Model recurrent;
  private final TorchModel head;
  private final Loss loss;
  private final int frames;
  private final ParameterLayout parameters;

  /**
   * Puts a head on a model.
   *
   * @param head without state; its inputs are m × the outputs of {@code recurrent}, oldest step
   *     first
   * @param loss of the head's outputs
   */
  public ModelWithHead(Model recurrent, TorchModel head, Loss loss) {
    if (!head.state().arrays().isEmpty()) {
      throw new IllegalArgumentException(
          "a head has no state, found %s; what is recurrent belongs into the model below"
              .formatted(head.state().arrays()));
    }
    if (head.inputs() % recurrent.outputs() != 0) {
      throw new IllegalArgumentException(
          "the head takes %s values, which is no multiple of the %s outputs of the model below"
              .formatted(head.inputs(), recurrent.outputs()));
    }
    this.recurrent = recurrent;
    this.head = head;
    this.loss = loss;
    this.frames = head.inputs() / recurrent.outputs();
    var layout = ParameterLayout.builder();
    recurrent.parameters().slices().forEach(s -> layout.add(s.name(), extents(s)));
    head.parameters().slices().forEach(s -> layout.add(PREFIX + s.name(), extents(s)));
    this.parameters = layout.build();
  }

  private static int[] extents(ParameterLayout.Slice slice) {
    return slice.shape().stream().mapToInt(Integer::intValue).toArray();
  }

  /** Number m of steps that the head reads. */
  public int frames() {
    return frames;
  }

  @Override
  public ParameterLayout parameters() {
    return parameters;
  }

  @Override
  public StateLayout state() {
    return recurrent.state();
  }

  @Override
  public int inputs() {
    return recurrent.inputs();
  }

  @Override
  public int outputs() {
    return recurrent.outputs();
  }

  @Override
  public void initialise(Parameters theta, RandomGenerator random) {
    requireLayout(theta);
    float[] values = theta.values();
    float[] below = recurrent.initialise(random).values();
    float[] above = head.initialise(random).values();
    System.arraycopy(below, 0, values, 0, below.length);
    System.arraycopy(above, 0, values, below.length, above.length);
  }

  @Override
  public Tape open(Parameters theta, TapeOptions options) {
    requireLayout(theta);
    return new HeadTape(this, theta, options);
  }

  private void requireLayout(Parameters theta) {
    if (!theta.layout().equals(parameters)) {
      throw new IllegalArgumentException(
          "the parameters belong to another model; this one has %s:%n%s%nfound %s:%n%s"
              .formatted(parameters.size(), parameters, theta.layout().size(), theta.layout()));
    }
  }

  /**
   * The loss for the engine. It reads the outputs of the last m steps, and target and mask of the
   * newest; the derivative with respect to the head's parameters goes into the gradient of the same
   * sweep. An engine binds it to its tape, which has the head.
   */
  public Loss loss() {
    return new HeadLoss();
  }

  /**
   * What the head predicts.
   *
   * @param outputs of the newest steps of the recurrent model, at most m, oldest first; zeros where
   *     a lane had not begun. Not modified
   * @return 1 × lanes × the head's outputs
   */
  public Steps predict(Parameters theta, Steps outputs) {
    requireLayout(theta);
    var options = TapeOptions.inference(outputs.lanes());
    try (Tape tape = head.open(aboveOf(theta), options)) {
      tape.forward(frames(outputs, lane -> outputs.steps()));
      return tape.outputs(1).copy();
    }
  }

  Model recurrent() {
    return recurrent;
  }

  TorchModel head() {
    return head;
  }

  Parameters belowOf(Parameters theta) {
    var below = new Parameters(recurrent.parameters());
    copyBelow(theta, below);
    return below;
  }

  Parameters aboveOf(Parameters theta) {
    var above = new Parameters(head.parameters());
    copyAbove(theta, above);
    return above;
  }

  void copyBelow(Parameters theta, Parameters into) {
    System.arraycopy(theta.values(), 0, into.values(), 0, into.values().length);
  }

  void copyAbove(Parameters theta, Parameters into) {
    int from = recurrent.parameters().size();
    System.arraycopy(theta.values(), from, into.values(), 0, into.values().length);
  }

  /**
   * One step of the head: for each lane m × outputs, zeros where there were no steps yet.
   *
   * @param own by lane, how many of the newest steps it has made since it began; may be more than
   *     there are outputs
   */
  private Steps frames(Steps outputs, IntUnaryOperator own) {
    int missing = frames - outputs.steps();
    if (missing < 0) {
      throw new IllegalArgumentException(
          "the head reads the outputs of %s steps, found %s; let the truncation say LossAt.last(%s)"
              .formatted(frames, outputs.steps(), frames));
    }
    Steps input = Steps.allocate(1, outputs.lanes(), head.inputs());
    for (int lane = 0; lane < outputs.lanes(); lane++) {
      for (int step = first(outputs, own, lane); step < outputs.steps(); step++) {
        System.arraycopy(
            outputs.values(),
            at(outputs, step, lane),
            input.values(),
            frame(missing + step, lane),
            outputs.features());
      }
    }
    return input;
  }

  /**
   * The reverse of {@link #frames(Steps, IntUnaryOperator)}: zeros for what the head has not read.
   */
  private void scatter(Steps inputGradient, Steps gradient, IntUnaryOperator own) {
    int missing = frames - gradient.steps();
    gradient.fill(0);
    for (int lane = 0; lane < gradient.lanes(); lane++) {
      for (int step = first(gradient, own, lane); step < gradient.steps(); step++) {
        System.arraycopy(
            inputGradient.values(),
            inputGradient.offset() + frame(missing + step, lane),
            gradient.values(),
            at(gradient, step, lane),
            gradient.features());
      }
    }
  }

  private static int first(Steps outputs, IntUnaryOperator own, int lane) {
    return Math.max(0, outputs.steps() - own.applyAsInt(lane));
  }

  private static int at(Steps outputs, int step, int lane) {
    return outputs.at(step) + lane * outputs.features();
  }

  /** Where a frame of a lane stands in the input of the head. */
  private int frame(int number, int lane) {
    return lane * head.inputs() + number * recurrent.outputs();
  }

  private final class HeadLoss implements Loss {
    @Override
    public int targets(int outputs) {
      return loss.targets(head.outputs());
    }

    @Override
    public LossValue evaluate(Steps outputs, Steps targets, Steps mask, Steps gradient) {
      throw new IllegalStateException(
          "the loss of a head has to be bound to the tape that has the head; Tbptt does");
    }

    @Override
    public Loss bind(Tape tape) {
      if (tape instanceof HeadTape own && own.model() == ModelWithHead.this) {
        return new BoundHeadLoss(own, loss.bind(tape.workers()));
      }
      throw new IllegalArgumentException(
          "this loss belongs to a model with a head, the tape to another model, or its lanes may be"
              + " held; give it to an engine of that model that advances all lanes together");
    }
  }

  private final class BoundHeadLoss implements Loss {
    private final HeadTape tape;
    private final Loss ofHead;

    BoundHeadLoss(HeadTape tape, Loss ofHead) {
      this.tape = tape;
      this.ofHead = ofHead;
    }

    @Override
    public int targets(int outputs) {
      return loss.targets(head.outputs());
    }

    @Override
    public LossValue evaluate(Steps outputs, Steps targets, Steps mask, Steps gradient) {
      int window = tape.options().outputWindow();
      if (window < frames) {
        throw new IllegalStateException(
            "the head reads the outputs of %s steps, the loss is given %s; let the truncation say LossAt.last(%s)"
                .formatted(frames, window, frames));
      }
      int newest = outputs.steps() - 1;
      Steps prediction = tape.predict(frames(outputs, tape::frames));
      Steps seed = Steps.allocate(1, outputs.lanes(), head.outputs());
      LossValue value =
          ofHead.evaluate(
              prediction, targets.view(newest, newest + 1), mask.view(newest, newest + 1), seed);
      scatter(tape.differentiate(seed), gradient, tape::frames);
      return value;
    }
  }
}
