// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import static dev.unspool.torch.Leaves.keep;

import dev.unspool.model.Snapshot;
import dev.unspool.model.TapeOptions;
import dev.unspool.model.WeightPolicy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;

/** Makes the steps of a stored tape again. */
final class TapeLoader {
  private final TorchModel model;
  private final StepRunner runner;
  private final TapeOptions options;
  private final Snapshot snapshot;
  private final StoredTensors stored;
  private final Map<Long, Leaves> leaves = new HashMap<>();
  private final Map<Long, float[]> weights = new HashMap<>();

  TapeLoader(TorchModel model, StepRunner runner, TapeOptions options, Snapshot snapshot) {
    this.model = model;
    this.runner = runner;
    this.options = options;
    this.snapshot = snapshot;
    this.stored = new StoredTensors(model, options.lanes());
  }

  /**
   * Runs each step again.
   *
   * @param into receives the steps, oldest first
   * @param shared the leaves of a tape that has only one set of them
   */
  void load(List<TapeStep> into, Leaves shared) {
    long held = snapshot.number("held");
    if (held < 0 || held > options.capacity()) {
      throw new IllegalArgumentException(
          "the checkpoint holds %s steps, the tape has room for %s"
              .formatted(held, options.capacity()));
    }
    for (int i = 0; i < held; i++) {
      into.add(load(snapshot.in("step" + i), shared));
    }
    leaves.values().forEach(Leaves::release);
  }

  private TapeStep load(Snapshot step, Leaves shared) {
    long version = step.number("weights");
    float[] theta =
        weights.computeIfAbsent(
            version, v -> snapshot.in("weights").floats(String.valueOf(v)).clone());
    Leaves with = shared;
    if (options.weightPolicy() == WeightPolicy.CURRENT) {
      shared.overwrite(theta);
    } else {
      with = Objects.requireNonNull(leaves.computeIfAbsent(version, v -> retained(theta)));
    }
    boolean[] resets = stored.flags(step.longs("resets"));
    long[] shape = Shapes.batched(options.lanes(), model.inputShape());
    Tensor input = keep(runner.arrays().tensor(model.type(), step.doubles("input"), shape));
    Tensor[] entering = stored.load(step.in("entering"));
    return runner.run(step.number("number"), input, entering, resets, with, theta);
  }

  private Leaves retained(float[] theta) {
    var made = new Leaves(model, theta);
    made.retain();
    return made;
  }
}
